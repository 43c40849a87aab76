//! What an aggregation needs besides its column.

use super::{Literal, Reference};
use crate::model::Level;

/// What an aggregation needs besides its column. Each field belongs to some aggregations and is refused for others.
///
/// ```
/// use drillcore::{AggregationSettings, Measure, Aggregation, column};
///
/// let mut measure = Measure::new(Aggregation::Percentile, column("arr_delay")).named("p90");
/// measure.settings.p = Some(0.9.into());
/// assert_ne!(measure.settings, AggregationSettings::default());
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct AggregationSettings {
    /// `column_id` and `dataset_id` in the JSON of an aggregation: the divisor of a
    /// [`Rate`](crate::Aggregation::Rate), the weight of a [`WeightedAverage`](crate::Aggregation::WeightedAverage).
    pub column: Option<Reference>,
    /// The share of a [`Percentile`](crate::Aggregation::Percentile), from 0 to 1: an [integer](Literal::Integer), a
    /// [number](Literal::Number) or a [decimal](Literal::Decimal).
    pub p: Option<Literal>,
    /// How a [`Percentile`](crate::Aggregation::Percentile) between two values is taken; continuous without it.
    pub kind: Option<PercentileKind>,
    /// What orders the rows of [`First`](crate::Aggregation::First) and [`Last`](crate::Aggregation::Last).
    pub by: Option<Reference>,
    /// What stands between the values of a [`StringList`](crate::Aggregation::StringList); `, ` without it.
    pub separator: Option<String>,
    /// Whether a [`StringList`](crate::Aggregation::StringList) holds each value once; false without it.
    pub distinct: Option<bool>,
    /// Whether a [`StringList`](crate::Aggregation::StringList) runs from the greatest value to the least instead of from the
    /// least.
    pub descending: Option<bool>,
    /// The most values of a [`StringList`](crate::Aggregation::StringList); 1,000 without it. Further ones are left out, and
    /// `…` stands for them.
    pub max: Option<u64>,
    /// How many bins of one width a [`Histogram`](crate::Aggregation::Histogram) has, between the least and the greatest value
    /// of all rows of the query.
    pub bins: Option<u64>,
    /// The width of the bins of a [`Histogram`](crate::Aggregation::Histogram).
    pub size: Option<Literal>,
    /// Makes the aggregation semi-additive: in each group and for each entity only the rows with the last date count.
    pub last_by: Option<Reference>,
    /// The columns that tell entities apart, for `last_by`.
    pub entity: Vec<Reference>,
    /// Whether each entity has a last date of its own (the default) or the group has one, for `last_by`.
    pub pick: Option<Pick>,
    /// Makes the aggregation cumulative: it runs over rows up to the end of the bucket of a date.
    pub cumulative: Option<Cumulative>,
}

/// How a percentile that falls between two values is taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum PercentileKind {
    /// On the straight line between the two.
    #[default]
    Continuous,
    /// The smallest value whose cumulative share is at least the percentile's.
    Discrete,
}

impl PercentileKind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Continuous, Self::Discrete];

    /// The name in a query document.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Continuous => "continuous",
            Self::Discrete => "discrete",
        }
    }
}

/// Which date counts in a semi-additive aggregation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Pick {
    /// For each entity the last date that it has rows for.
    #[default]
    LastPerEntity,
    /// One date for the whole group: the last for which it has rows.
    LastCommonDate,
}

impl Pick {
    /// Both rules.
    pub const ALL: [Self; 2] = [Self::LastPerEntity, Self::LastCommonDate];

    /// The name in a query document.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LastPerEntity => "last_per_entity",
            Self::LastCommonDate => "last_common_date",
        }
    }
}

/// Over which earlier rows a cumulative aggregation runs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cumulative {
    /// The date or datetime along which it runs.
    pub over: Reference,
    /// How far it reaches back.
    pub span: CumulativeSpan,
}

impl Cumulative {
    /// A span along a date.
    #[must_use]
    pub fn new(over: impl Into<Reference>, span: CumulativeSpan) -> Self {
        Self { over: over.into(), span }
    }
}

/// How far a cumulative aggregation reaches back from the end of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CumulativeSpan {
    /// So many units, the current one included: `{"window": {"quantity": 28, "unit": "day"}}`.
    Window {
        /// How many; at least 1.
        quantity: u32,
        /// Of what.
        unit: Level,
    },
    /// To the start of the period that the end of the bucket lies in: `{"to_date": "month"}`.
    ToDate(Level),
    /// To the first row: `{"all": true}`.
    All,
}

impl AggregationSettings {
    /// Whether nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
