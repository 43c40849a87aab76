//! What the generated queries covered: how often each part of the language was in a query on which engine and oracle
//! agreed with at least one row.

use std::collections::BTreeMap;
use std::fmt;

use crate::spec::{Aggregation, Comparison, Function, Level, Operator, Part, Sign, WindowFunction};

/// How often each part must have been covered.
pub const WANTED: usize = 50;

/// How often each pair of steps must have been covered.
pub const WANTED_PAIRS: usize = 20;

/// The least share of answers with two or more rows, in percent.
pub const WANTED_ROWS: usize = 70;

/// A part of the query language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tag {
    /// An aggregation of a measure, by its label.
    Aggregation(&'static str),
    /// A filter expression.
    Filter(Operator),
    /// A filter expression below at least one `not`.
    Negated(Operator),
    /// A level of a dimension.
    Level(Level),
    /// A cyclic part of a dimension.
    Part(Part),
    /// A level in a filter.
    FilterLevel(Level),
    /// A window function.
    Window(WindowFunction),
    /// An aggregate in a formula.
    Function(Function),
    /// Arithmetic in a formula.
    Sign(Sign),
    /// A comparison in a formula.
    Comparison(Comparison),
    /// Something else.
    Feature(Feature),
    /// Two steps in one query.
    Pair(Step, Step),
}

/// The steps of which each pair must be covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Link,
    MeasureFilter,
    Having,
    Totals,
    Window,
    Post,
    Top,
    Compare,
    GapRows,
    Limit,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 10] = [
        Self::Link,
        Self::MeasureFilter,
        Self::Having,
        Self::Totals,
        Self::Window,
        Self::Post,
        Self::Top,
        Self::Compare,
        Self::GapRows,
        Self::Limit,
    ];
}

macro_rules! features {
    ($($name:ident),* $(,)?) => {
        /// Further parts of the query language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Feature {
            $($name,)*
        }

        impl Feature {
            /// Every feature.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
        }
    };
}

features! {
    Zone, WeekStart, FiscalYear, CaseInsensitiveLeaf, CaseInsensitiveQuery, TotalRows,
    NullsInclude, NullsExclude, NullsOnly, Context,
    Limit, Offset, Having, HavingNot, RowsMode, NoDimensions, NoMeasures, MeasureFilter,
    Link, CompositeLink, ChainLink, SelfLink, LinkFilter,
    And, Or, Not, NestedTwice, EqualsNull, InWithNull, NotInWithNull, EmptyList, ColumnComparison, FilterPart,
    DateLiteral, InstantLiteral, LocalLiteral, PeriodLiteral, RelativeBelowDay,
    OrderByCell, Descending, NullsFirst, Tiered,
    Derived, DerivedInFilter, DerivedInMeasure, DerivedInDimension,
    FormulaIf, FormulaCoalesce, FormulaConcat, FormulaIsNull, FormulaLogic, FormulaWhere, FormulaOfMeasures,
    BinsOfWidth, BinsWithOrigin, BinsByCount, BinsByEdges, GroupsWithRest, GroupsWithoutRest,
    GapsOfBuckets, GapsOfParts, GapsOfBins, GapsOfColumn, GapsOfLink, GapsCrossed, GapsInRange,
    TotalsGrand, TotalsLevels, TotalsOverAllRows, TotalsWindowNative, TotalsWindowSum,
    WindowOrder, WindowPartition, WindowOverWindow, PostOnWindow,
    Top, TopPer, TopOther, TopAscending,
    CompareUnits, ComparePrevious, CompareTrim, CompareRange, CompareWithoutRange, CompareDateFilter, CompareByBucket,
    CompareInHaving,
    Pivot,
    LatestWithEntity, CumulativeWindow, CumulativeToDate, CumulativeAll,
}

impl Tag {
    /// Everything that must be covered, and how often.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut tags: Vec<Self> = Aggregation::LABELS.into_iter().map(Self::Aggregation).collect();
        tags.extend(Operator::TEXTS.iter().map(|(operator, _)| Self::Filter(*operator)));
        // `last_available` stands at the top level only.
        let negatable = Operator::TEXTS.iter().filter(|(operator, _)| *operator != Operator::LastAvailable);
        tags.extend(negatable.map(|(operator, _)| Self::Negated(*operator)));
        tags.extend((1..=9).map(|level| Self::Level(Level(level))));
        tags.extend((0..11).map(|part| Self::Part(Part(part))));
        tags.extend((1..=9).map(|level| Self::FilterLevel(Level(level))));
        tags.extend(WindowFunction::NAMES.iter().map(|(function, _)| Self::Window(*function)));
        tags.extend(Function::NAMES.iter().map(|(function, _)| Self::Function(*function)));
        tags.extend(Sign::ALL.into_iter().map(Self::Sign));
        tags.extend(Comparison::ALL.into_iter().map(Self::Comparison));
        tags.extend(Feature::ALL.iter().copied().map(Self::Feature));
        for (index, one) in Step::ALL.into_iter().enumerate() {
            tags.extend(Step::ALL[index + 1..].iter().map(|other| Self::Pair(one, *other)));
        }
        tags
    }

    /// How often it must be covered.
    #[must_use]
    pub fn wanted(self) -> usize {
        if matches!(self, Self::Pair(..)) { WANTED_PAIRS } else { WANTED }
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Aggregation(label) => format!("aggregation {label}"),
            Self::Filter(operator) => format!("filter {}", operator.text()),
            Self::Negated(operator) => format!("filter not ({})", operator.text()),
            Self::Level(level) => format!("level {} {}", level.0, level.name()),
            Self::Part(part) => format!("part {}", part.name()),
            Self::FilterLevel(level) => format!("filter at level {}", level.name()),
            Self::Window(function) => format!("window {}", function.name()),
            Self::Function(function) => format!("formula {}", function.name()),
            Self::Sign(sign) => format!("formula {}", sign.text()),
            Self::Comparison(comparison) => format!("formula {}", comparison.text()),
            Self::Feature(feature) => format!("{feature:?}"),
            Self::Pair(one, other) => format!("{one:?} and {other:?}"),
        };
        f.pad(&text)
    }
}

/// Counts per part, and how many answers had how many rows.
#[derive(Debug, Clone)]
pub struct Coverage {
    counts: BTreeMap<Tag, usize>,
    answers: usize,
    with_rows: usize,
}

impl Default for Coverage {
    fn default() -> Self {
        Self { counts: Tag::all().into_iter().map(|tag| (tag, 0)).collect(), answers: 0, with_rows: 0 }
    }
}

impl Coverage {
    /// Counts what one query covered, whose answer has so many rows.
    pub fn add(&mut self, tags: &[Tag], rows: usize) {
        self.answers += 1;
        self.with_rows += usize::from(rows >= 2);
        if rows > 0 {
            for tag in tags {
                *self.counts.entry(*tag).or_default() += 1;
            }
        }
    }

    /// Adds what another run covered.
    pub fn merge(&mut self, other: &Self) {
        self.answers += other.answers;
        self.with_rows += other.with_rows;
        for (tag, count) in &other.counts {
            *self.counts.entry(*tag).or_default() += count;
        }
    }

    /// The part that needs a query most, if any was covered less than its share of what is wanted, in percent.
    #[must_use]
    pub fn least(&self, percent: usize) -> Option<Tag> {
        let missing = |tag: Tag, count: usize| (count * 100).checked_div(tag.wanted()).unwrap_or(0);
        let short = self.counts.iter().map(|(tag, count)| (*tag, missing(*tag, *count)));
        short.filter(|(_, reached)| *reached < percent).min_by_key(|(_, reached)| *reached).map(|(tag, _)| tag)
    }

    /// Every part that was covered less than `percent` of what is wanted.
    #[must_use]
    pub fn missing(&self, percent: usize) -> Vec<String> {
        let short = |(tag, count): &(&Tag, &usize)| **count * 100 < tag.wanted() * percent;
        self.counts.iter().filter(short).map(|(tag, count)| format!("{tag}: {count}")).collect()
    }

    /// The share of answers with two or more rows, in percent.
    #[must_use]
    pub fn share_with_rows(&self) -> usize {
        (self.with_rows * 100).checked_div(self.answers).unwrap_or(0)
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.counts.iter().try_for_each(|(tag, count)| writeln!(f, "{tag:34} {count:6}"))?;
        writeln!(f, "answers with two or more rows: {} of {}", self.with_rows, self.answers)
    }
}
