//! The heart of the engine: a query with every name, zone, date and scope decision fixed. It is canonical and hashable;
//! routing, planning and explaining work on it and never on the text of a query.

use datafusion::scalar::ScalarValue;
use uuid::Uuid;

use crate::model::{Aggregation, ColumnType, CyclicPart, Level, Subtype};
use crate::time::Calendar;

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
    Bucket {
        of: ColumnRef,
        level: Level,
    },
    Cyclic {
        of: ColumnRef,
        part: CyclicPart,
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
}

impl OutputType {
    /// The column type of the values compared in filters.
    pub(crate) fn column_type(self) -> ColumnType {
        match self {
            Self::Plain(column_type) => column_type,
            Self::InstantBucket => ColumnType::Datetime,
            Self::Cyclic(_) => ColumnType::Integer,
        }
    }
}

impl Scalar {
    pub(crate) fn output_type(&self) -> OutputType {
        match self {
            Self::Column(column) => OutputType::Plain(column.column_type),
            Self::Bucket { of, level } => match of.column_type {
                ColumnType::Datetime if !level.is_calendar() => OutputType::InstantBucket,
                ColumnType::LocalDatetime if !level.is_calendar() => OutputType::Plain(ColumnType::LocalDatetime),
                _ => OutputType::Plain(ColumnType::Date),
            },
            Self::Cyclic { part, .. } => OutputType::Cyclic(*part),
            Self::Output { output_type, .. } => *output_type,
        }
    }

    pub(crate) fn column_ref(&self) -> Option<&ColumnRef> {
        match self {
            Self::Column(of) | Self::Bucket { of, .. } | Self::Cyclic { of, .. } => Some(of),
            Self::Output { .. } => None,
        }
    }
}

/// A condition that is true or false for every row, never unknown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
    Grouped { dimensions: Vec<Dimension>, measures: Vec<Measure>, having: Box<Predicate> },
    /// One row per row of the base, in the source's order where nothing else is asked.
    Rows { columns: Vec<Dimension> },
}

/// A column of the answer that is a value of a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Dimension {
    pub(crate) value: Scalar,
    pub(crate) output: Output,
}

/// A column of the answer that is computed over the rows of a group.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Measure {
    pub(crate) aggregation: Aggregation,
    /// What is aggregated; none for a count of rows.
    pub(crate) of: Option<Scalar>,
    /// The measure's own filter. It never removes a group.
    pub(crate) filter: Predicate,
    pub(crate) output: Output,
}

impl Measure {
    /// Whether the measure sees every row of its group.
    pub(crate) fn filter_is_empty(&self) -> bool {
        self.filter == Predicate::Constant(true)
    }
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
