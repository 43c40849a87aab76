//! The heart of the engine: a query with every name, zone, date and scope decision fixed. It is canonical and hashable;
//! routing, planning and explaining work on it and never on the text of a query.

use std::sync::Arc;

use datafusion::scalar::ScalarValue;
use drillcore_formulas::Typed;
use uuid::Uuid;

use super::{FixedValue, Groups, NodeOf};
use crate::functions::Bins;
use crate::model::{ColumnType, CyclicPart, Level, Subtype, column_type};
use crate::time::{Calendar, Elapsed, TimeKind};

/// A query that no longer depends on names, on the clock or on who asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ResolvedQuery {
    /// The dataset whose rows are counted.
    pub(crate) base: DatasetRef,
    /// Zone, week start and fiscal year of every bucket.
    pub(crate) calendar: Calendar,
    pub(crate) locale: String,
    /// The links in use; a lookup stands behind the one it starts from.
    pub(crate) lookups: Vec<Lookup>,
    /// The dataset's own filters and the query's, over base rows.
    pub(crate) filter: Predicate,
    pub(crate) shape: Shape,
    pub(crate) order: Vec<SortKey>,
    pub(crate) limit: Option<u64>,
    pub(crate) offset: u64,
    /// More rows than this are an error, also if the limit is greater.
    pub(crate) max_rows: u64,
    /// Whether the number of rows without the limit is wanted.
    pub(crate) total_rows: bool,
}

/// A dataset by name (for messages) and identity.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct DatasetRef {
    pub(crate) name: String,
    pub(crate) id: Uuid,
}

/// One link in use: how rows of the base, or of an earlier lookup, find their row in another dataset.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Lookup {
    /// The chain of link names from the base, for names and messages: `origin_airport.country`.
    pub(crate) chain: String,
    pub(crate) dataset: DatasetRef,
    pub(crate) keys: Vec<KeyPair>,
    /// The target's own filters: rows they hide count as absent.
    pub(crate) filter: Predicate,
}

/// A pair of columns that a link compares, and the type in which it does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct KeyPair {
    pub(crate) from: ColumnRef,
    pub(crate) to: String,
    pub(crate) key_type: ColumnType,
}

/// A column of the base (no lookup) or of a looked-up row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ColumnRef {
    /// Index into [`ResolvedQuery::lookups`].
    pub(crate) lookup: Option<usize>,
    pub(crate) column: String,
    pub(crate) column_type: ColumnType,
}

/// A value of a row, or of a row of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Scalar {
    Column(ColumnRef),
    /// A column that a dataset derives: what it is called there, and how it is computed.
    Derived {
        column: ColumnRef,
        of: Arc<Scalar>,
    },
    Bucket {
        of: Arc<Scalar>,
        level: Level,
    },
    Cyclic {
        of: Arc<Scalar>,
        part: CyclicPart,
    },
    /// The bin of a number: its lower border, or for bins between edges its place.
    Bin {
        of: Arc<Scalar>,
        bins: Bins,
    },
    /// The group of a member, as text.
    Member {
        of: Arc<Scalar>,
        groups: Arc<[(String, Vec<ScalarValue>)]>,
        rest: Option<String>,
    },
    /// The member of a hierarchy, by its number.
    Node(Arc<NodeOf>),
    /// A formula over other values.
    Computed(Arc<Typed<Scalar>>),
    /// A value that all rows with the same keys share, computed before the rows are read.
    Fixed(Arc<FixedValue>),
    /// One of the aggregates of a group, by its place; only behind the aggregation.
    Part {
        index: usize,
        column_type: ColumnType,
    },
    /// A dimension or measure of the answer, by its place; only behind the aggregation.
    Output {
        index: usize,
        output_type: OutputType,
    },
}

/// What a [`Scalar`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum OutputType {
    Plain(ColumnType),
    /// The start of a bucket below a day, an instant shown in the query's zone.
    InstantBucket,
    /// A cyclic part: its number, shown as a number or by name.
    Cyclic(CyclicPart),
    /// A bin between edges: its place, shown by its borders.
    EdgeBin,
    /// How many values lie in each bin.
    Histogram,
    /// A member of a hierarchy: its number in the tree, shown as the member.
    Node,
}

impl OutputType {
    /// The column type of the values compared in filters.
    pub(crate) fn column_type(self) -> ColumnType {
        match self {
            Self::Plain(column_type) => column_type,
            Self::InstantBucket => ColumnType::Datetime,
            Self::Cyclic(_) | Self::EdgeBin | Self::Node => ColumnType::Integer,
            Self::Histogram => ColumnType::Text,
        }
    }
}

impl Scalar {
    pub(crate) fn output_type(&self) -> OutputType {
        match self {
            Self::Column(column) | Self::Derived { column, .. } => OutputType::Plain(column.column_type),
            Self::Bucket { of, level } => match of.output_type().column_type() {
                ColumnType::Datetime if !level.is_calendar() => OutputType::InstantBucket,
                ColumnType::LocalDatetime if !level.is_calendar() => OutputType::Plain(ColumnType::LocalDatetime),
                _ => OutputType::Plain(ColumnType::Date),
            },
            Self::Cyclic { part, .. } => OutputType::Cyclic(*part),
            Self::Bin { bins, .. } => bins.border_type().map_or(OutputType::EdgeBin, OutputType::Plain),
            Self::Member { .. } => OutputType::Plain(ColumnType::Text),
            Self::Node(_) => OutputType::Node,
            Self::Computed(tree) => OutputType::Plain(column_type(tree.value_type)),
            Self::Fixed(fixed) => fixed.value.output_type(),
            Self::Part { column_type, .. } => OutputType::Plain(*column_type),
            Self::Output { output_type, .. } => *output_type,
        }
    }

    /// How the date that this is, or that it buckets, stands in time.
    pub(crate) fn time_kind(&self) -> Option<TimeKind> {
        match self {
            Self::Bucket { of, .. } => of.time_kind(),
            other => match other.output_type().column_type() {
                ColumnType::Date => Some(TimeKind::Date),
                ColumnType::Datetime => Some(TimeKind::Datetime),
                ColumnType::LocalDatetime => Some(TimeKind::Local),
                _ => None,
            },
        }
    }

    /// The column of which this is the value or a level.
    pub(crate) fn column_ref(&self) -> Option<&ColumnRef> {
        match self {
            Self::Column(of) | Self::Derived { column: of, .. } => Some(of),
            Self::Bucket { of, .. } | Self::Cyclic { of, .. } => of.column_ref(),
            _ => None,
        }
    }

    /// Calls `visit` with every column that is read for the value.
    pub(crate) fn visit_columns<'a>(&'a self, visit: &mut dyn FnMut(&'a ColumnRef)) {
        match self {
            Self::Column(of) => visit(of),
            Self::Derived { of, .. }
            | Self::Bucket { of, .. }
            | Self::Cyclic { of, .. }
            | Self::Bin { of, .. }
            | Self::Member { of, .. } => of.visit_columns(visit),
            Self::Node(node) => node.read_keys().iter().for_each(|key| key.visit_columns(visit)),
            Self::Computed(tree) => tree.visit_leaves(&mut |leaf| leaf.visit_columns(visit)),
            Self::Fixed(fixed) => fixed.keys.iter().for_each(|key| key.visit_columns(visit)),
            Self::Part { .. } | Self::Output { .. } => {}
        }
    }

    /// Calls `visit` with every column that the value is about. A column that a dataset derives is one like others,
    /// whatever is read for it.
    pub(crate) fn visit_named<'a>(&'a self, visit: &mut dyn FnMut(&'a ColumnRef)) {
        match self {
            Self::Column(of) | Self::Derived { column: of, .. } => visit(of),
            Self::Bucket { of, .. } | Self::Cyclic { of, .. } | Self::Bin { of, .. } | Self::Member { of, .. } => {
                of.visit_named(visit);
            }
            Self::Node(node) => node.keys.iter().for_each(|key| key.visit_named(visit)),
            Self::Computed(tree) => tree.visit_leaves(&mut |leaf| leaf.visit_named(visit)),
            Self::Fixed(fixed) => fixed.keys.iter().for_each(|key| key.visit_named(visit)),
            Self::Part { .. } | Self::Output { .. } => {}
        }
    }

    /// Calls `visit` with every value that must be computed for the keys of rows first.
    pub(crate) fn visit_fixed<'a>(&'a self, visit: &mut dyn FnMut(&'a Arc<FixedValue>)) {
        match self {
            Self::Fixed(fixed) => visit(fixed),
            Self::Derived { of, .. }
            | Self::Bucket { of, .. }
            | Self::Cyclic { of, .. }
            | Self::Bin { of, .. }
            | Self::Member { of, .. } => of.visit_fixed(visit),
            Self::Node(node) => node.keys.iter().for_each(|key| key.visit_fixed(visit)),
            Self::Computed(tree) => tree.visit_leaves(&mut |leaf| leaf.visit_fixed(visit)),
            Self::Column(_) | Self::Part { .. } | Self::Output { .. } => {}
        }
    }

    /// Calls `visit` with every aggregate that the value is computed from.
    pub(crate) fn visit_parts(&self, visit: &mut dyn FnMut(usize)) {
        match self {
            Self::Part { index, .. } => visit(*index),
            Self::Computed(tree) => tree.visit_leaves(&mut |leaf| leaf.visit_parts(visit)),
            _ => {}
        }
    }
}

/// A condition that is true or false for every row, never unknown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(clippy::large_enum_variant, reason = "most predicates are tests, and queries hold few")]
pub(crate) enum Predicate {
    Constant(bool),
    And(Vec<Predicate>),
    Or(Vec<Predicate>),
    Not(Box<Predicate>),
    Test(Test),
}

/// One test. Where a side is NULL it is false, but for [`Test::Null`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Test {
    Null(Scalar),
    /// Equal to one of some constants of the column's type; `folded`: by Unicode simple folding.
    OneOf {
        of: Scalar,
        values: Vec<ScalarValue>,
        folded: bool,
    },
    /// Between two bounds of the column's type.
    Range {
        of: Scalar,
        low: Option<Bound>,
        high: Option<Bound>,
        folded: bool,
    },
    Text {
        of: Scalar,
        part: TextPart,
        text: TextSide,
        folded: bool,
    },
    Matches {
        of: Scalar,
        pattern: String,
        case_sensitive: bool,
    },
    /// Not further into its own period than now is into the present one.
    Elapsed {
        of: Scalar,
        elapsed: Elapsed,
    },
    /// The value itself is true.
    Holds(Scalar),
    Compare {
        left: Scalar,
        comparison: Comparison,
        right: Scalar,
        folded: bool,
    },
}

/// One end of a range.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Bound {
    pub(crate) value: ScalarValue,
    pub(crate) inclusive: bool,
}

/// What a text is searched for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum TextSide {
    Literal(String),
    Of(Scalar),
}

/// Where in a text another text must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum TextPart {
    Anywhere,
    Start,
    End,
}

/// How two columns are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Predicate {
    /// The conjunction, with constants and nested conjunctions taken out.
    pub(crate) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Self::Constant(true) => {}
                Self::Constant(false) => return Self::Constant(false),
                Self::And(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        if kept.len() > 1 { Self::And(kept) } else { kept.pop().unwrap_or(Self::Constant(true)) }
    }

    /// The disjunction, with constants and nested disjunctions taken out.
    pub(crate) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Self::Constant(false) => {}
                Self::Constant(true) => return Self::Constant(true),
                Self::Or(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        if kept.len() > 1 { Self::Or(kept) } else { kept.pop().unwrap_or(Self::Constant(false)) }
    }

    /// The exact complement.
    pub(crate) fn negate(self) -> Self {
        match self {
            Self::Constant(value) => Self::Constant(!value),
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// The condition with a value in place of another one; none if it reads anything else.
    pub(crate) fn about(&self, of: &Scalar, value: &Scalar) -> Option<Self> {
        let each = |parts: &[Self]| parts.iter().map(|part| part.about(of, value)).collect::<Option<Vec<_>>>();
        let swap = |scalar: &Scalar| (scalar == of).then(|| value.clone());
        Some(match self {
            Self::Constant(value) => Self::Constant(*value),
            Self::And(parts) => Self::And(each(parts)?),
            Self::Or(parts) => Self::Or(each(parts)?),
            Self::Not(inner) => Self::Not(Box::new(inner.about(of, value)?)),
            Self::Test(test) => Self::Test(match test {
                Test::Null(of) => Test::Null(swap(of)?),
                Test::OneOf { of, values, folded } => {
                    Test::OneOf { of: swap(of)?, values: values.clone(), folded: *folded }
                }
                Test::Range { of, low, high, folded } => {
                    Test::Range { of: swap(of)?, low: low.clone(), high: high.clone(), folded: *folded }
                }
                _ => return None,
            }),
        })
    }

    /// Calls `visit` on every value that the condition reads.
    pub(crate) fn visit_scalars<'a>(&'a self, visit: &mut impl FnMut(&'a Scalar)) {
        match self {
            Self::Constant(_) => {}
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.visit_scalars(visit)),
            Self::Not(inner) => inner.visit_scalars(visit),
            Self::Test(test) => match test {
                Test::Null(of)
                | Test::OneOf { of, .. }
                | Test::Range { of, .. }
                | Test::Text { of, text: TextSide::Literal(_), .. }
                | Test::Elapsed { of, .. }
                | Test::Holds(of)
                | Test::Matches { of, .. } => visit(of),
                Test::Text { of: left, text: TextSide::Of(right), .. } | Test::Compare { left, right, .. } => {
                    visit(left);
                    visit(right);
                }
            },
        }
    }
}

/// What the rows of the answer are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Shape {
    /// One row per group.
    Grouped(Box<Groups>),
    /// One row per row of the base, in the source's order where nothing else is asked.
    Rows { columns: Vec<Dimension> },
}

/// A column of the answer that is a value of a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Dimension {
    pub(crate) value: Scalar,
    pub(crate) output: Output,
}

/// How a column of the answer is called and shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Output {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) output_type: OutputType,
    pub(crate) level: Option<String>,
    pub(crate) subtype: Option<Subtype>,
    pub(crate) format: Option<String>,
}

/// One key of the order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct SortKey {
    pub(crate) of: Scalar,
    pub(crate) descending: bool,
    pub(crate) nulls_first: bool,
}
