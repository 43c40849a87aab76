//! What the generated queries covered: how often each part of the language was in a query on which engine and oracle
//! agreed with at least one row.

use std::collections::BTreeMap;
use std::fmt;

use crate::spec::{Aggregation, Level, Operator, Part};

/// A part of the query language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tag {
    /// An aggregation of a measure.
    Aggregation(Aggregation),
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
    /// Something else.
    Feature(Feature),
}

/// Further parts of the query language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    Zone,
    WeekStart,
    FiscalYear,
    CaseInsensitiveLeaf,
    CaseInsensitiveQuery,
    NullsInclude,
    NullsExclude,
    NullsOnly,
    Limit,
    Offset,
    Having,
    HavingNot,
    RowsMode,
    Link,
    CompositeLink,
    ChainLink,
    SelfLink,
    LinkFilter,
    And,
    Or,
    Not,
    NestedTwice,
    EqualsNull,
    InWithNull,
    NotInWithNull,
    EmptyList,
    ColumnComparison,
    FilterPart,
    DateLiteral,
    InstantLiteral,
    LocalLiteral,
    PeriodLiteral,
    MeasureFilter,
    NoDimensions,
    NoMeasures,
    OrderByMeasure,
    Descending,
    NullsFirst,
}

impl Feature {
    /// Every feature.
    pub const ALL: [Self; 38] = [
        Self::Zone,
        Self::WeekStart,
        Self::FiscalYear,
        Self::CaseInsensitiveLeaf,
        Self::CaseInsensitiveQuery,
        Self::NullsInclude,
        Self::NullsExclude,
        Self::NullsOnly,
        Self::Limit,
        Self::Offset,
        Self::Having,
        Self::HavingNot,
        Self::RowsMode,
        Self::Link,
        Self::CompositeLink,
        Self::ChainLink,
        Self::SelfLink,
        Self::LinkFilter,
        Self::And,
        Self::Or,
        Self::Not,
        Self::NestedTwice,
        Self::EqualsNull,
        Self::InWithNull,
        Self::NotInWithNull,
        Self::EmptyList,
        Self::ColumnComparison,
        Self::FilterPart,
        Self::DateLiteral,
        Self::InstantLiteral,
        Self::LocalLiteral,
        Self::PeriodLiteral,
        Self::MeasureFilter,
        Self::NoDimensions,
        Self::NoMeasures,
        Self::OrderByMeasure,
        Self::Descending,
        Self::NullsFirst,
    ];
}

impl Tag {
    /// Everything that must be covered.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut tags: Vec<Self> = Aggregation::ALL.into_iter().map(Self::Aggregation).collect();
        tags.extend(Operator::TEXTS.iter().map(|(operator, _)| Self::Filter(*operator)));
        tags.extend(Operator::TEXTS.iter().map(|(operator, _)| Self::Negated(*operator)));
        tags.extend((1..=9).map(|level| Self::Level(Level(level))));
        tags.extend((0..11).map(|part| Self::Part(Part(part))));
        tags.extend((1..=9).map(|level| Self::FilterLevel(Level(level))));
        tags.extend(Feature::ALL.into_iter().map(Self::Feature));
        tags
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Aggregation(aggregation) => format!("aggregation {}", aggregation.name()),
            Self::Filter(operator) => format!("filter {}", operator.text()),
            Self::Negated(operator) => format!("filter not ({})", operator.text()),
            Self::Level(level) => format!("level {} {}", level.0, level.name()),
            Self::Part(part) => format!("part {}", part.name()),
            Self::FilterLevel(level) => format!("filter at level {}", level.name()),
            Self::Feature(feature) => format!("{feature:?}"),
        };
        f.pad(&text)
    }
}

/// Counts per part.
#[derive(Debug, Clone)]
pub struct Coverage(BTreeMap<Tag, usize>);

impl Default for Coverage {
    fn default() -> Self {
        Self(Tag::all().into_iter().map(|tag| (tag, 0)).collect())
    }
}

impl Coverage {
    /// Counts what one query covered.
    pub fn add(&mut self, tags: &[Tag]) {
        for tag in tags {
            *self.0.entry(*tag).or_default() += 1;
        }
    }

    /// The part that needs a query most, if any was covered less than `wanted` times.
    #[must_use]
    pub fn least(&self, wanted: usize) -> Option<Tag> {
        self.0.iter().filter(|(_, count)| **count < wanted).min_by_key(|(_, count)| **count).map(|(tag, _)| *tag)
    }

    /// Every part that was covered less than `wanted` times.
    #[must_use]
    pub fn missing(&self, wanted: usize) -> Vec<String> {
        self.0.iter().filter(|(_, count)| **count < wanted).map(|(tag, count)| format!("{tag}: {count}")).collect()
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(tag, count)| writeln!(f, "{tag:34} {count:6}"))
    }
}
