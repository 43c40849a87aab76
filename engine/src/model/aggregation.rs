//! The aggregations a measure can ask for.

use serde::{Deserialize, Serialize};

use super::Kind;

/// How the values of a column become one value per group. NULLs are left out of all but [`Aggregation::Count`].
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
}

impl Aggregation {
    /// Every aggregation, in the order of the documentation.
    pub const ALL: [Self; 10] = [
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
        }
    }

    /// The aggregation of that name in a query document.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|aggregation| aggregation.as_str() == name)
    }

    /// Whether a column of this kind can be aggregated so: hierarchy and datetime columns can be counted and have a
    /// least and a greatest value; numeric columns take every aggregation.
    #[must_use]
    pub fn applies_to(self, kind: Kind) -> bool {
        kind == Kind::Numeric
            || matches!(self, Self::Count | Self::CountValues | Self::DistinctCount | Self::Min | Self::Max)
    }
}
