//! The aggregations a measure can ask for.

use serde::{Deserialize, Serialize};

use super::Kind;

/// How the values of a column become one value per group. NULLs are left out of all but [`Aggregation::Count`].
///
/// What an aggregation needs besides its column stands in the measure's
/// [`AggregationSettings`](crate::AggregationSettings).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Aggregation {
    /// The exact sum: integers never wrap, decimals are exact, floats are summed exactly and rounded once.
    Sum,
    /// The exact sum divided by the number of values.
    Average,
    /// The middle value, or the mean of the two in the middle.
    Median,
    /// The number of rows, also those where the column is NULL.
    Count,
    /// The number of rows where the column is not NULL.
    CountValues,
    /// The number of different values; NULL is none.
    #[serde(rename = "distinctcount")]
    DistinctCount,
    /// The least value; text by code point.
    Min,
    /// The greatest value; text by code point.
    Max,
    /// The sample standard deviation; NULL under two values.
    Stddev,
    /// The sample variance; NULL under two values.
    Variance,
    /// The standard deviation of the values as a whole population; NULL without any.
    StddevPop,
    /// The variance of the values as a whole population; NULL without any.
    VariancePop,
    /// The most frequent value; of several the least.
    Mode,
    /// The value below which a share of the values lies.
    Percentile,
    /// The sum of the column divided by the sum of another; each leaves out its own NULLs.
    Rate,
    /// The mean weighted by another column, over the rows where both are set.
    #[serde(rename = "weightedaverage")]
    WeightedAverage,
    /// The value of the row where another column is least; rows where either is NULL are left out.
    First,
    /// The value of the row where another column is greatest; rows where either is NULL are left out.
    Last,
    /// The values as one text.
    StringList,
    /// How many values lie in each of some bins.
    Histogram,
    /// The sum, added up along the answer.
    #[serde(rename = "cumulativesum")]
    CumulativeSum,
    /// About the number of different values, only where an answer need not be exact.
    #[serde(rename = "approx_distinctcount")]
    ApproxDistinctCount,
    /// About the value below which a share of the values lies, only where an answer need not be exact.
    ApproxPercentile,
}

impl Aggregation {
    /// Every aggregation, in the order of the documentation.
    pub const ALL: [Self; 23] = [
        Self::Sum,
        Self::Average,
        Self::Median,
        Self::Count,
        Self::CountValues,
        Self::DistinctCount,
        Self::Min,
        Self::Max,
        Self::Stddev,
        Self::Variance,
        Self::StddevPop,
        Self::VariancePop,
        Self::Mode,
        Self::Percentile,
        Self::Rate,
        Self::WeightedAverage,
        Self::First,
        Self::Last,
        Self::StringList,
        Self::Histogram,
        Self::CumulativeSum,
        Self::ApproxDistinctCount,
        Self::ApproxPercentile,
    ];

    /// The name in a query document.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Average => "average",
            Self::Median => "median",
            Self::Count => "count",
            Self::CountValues => "count_values",
            Self::DistinctCount => "distinctcount",
            Self::Min => "min",
            Self::Max => "max",
            Self::Stddev => "stddev",
            Self::Variance => "variance",
            Self::StddevPop => "stddev_pop",
            Self::VariancePop => "variance_pop",
            Self::Mode => "mode",
            Self::Percentile => "percentile",
            Self::Rate => "rate",
            Self::WeightedAverage => "weightedaverage",
            Self::First => "first",
            Self::Last => "last",
            Self::StringList => "string_list",
            Self::Histogram => "histogram",
            Self::CumulativeSum => "cumulativesum",
            Self::ApproxDistinctCount => "approx_distinctcount",
            Self::ApproxPercentile => "approx_percentile",
        }
    }

    /// The aggregation of that name in a query document.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|aggregation| aggregation.as_str() == name)
    }

    /// Whether a column of this kind can be aggregated so: hierarchy and datetime columns can be counted, have a least,
    /// greatest, first, last and most frequent value; texts can be listed; numeric columns take every aggregation but
    /// the list.
    #[must_use]
    pub fn applies_to(self, kind: Kind) -> bool {
        match self {
            Self::Count
            | Self::CountValues
            | Self::DistinctCount
            | Self::ApproxDistinctCount
            | Self::Min
            | Self::Max
            | Self::First
            | Self::Last
            | Self::Mode => true,
            Self::StringList => kind == Kind::Hierarchy,
            _ => kind == Kind::Numeric,
        }
    }
}
