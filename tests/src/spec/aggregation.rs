//! The aggregations.

/// The aggregations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aggregation {
    /// `count`.
    Count,
    /// `count_values`.
    CountValues,
    /// `distinctcount`.
    DistinctCount,
    /// `sum`.
    Sum,
    /// `average`.
    Average,
    /// `median`.
    Median,
    /// `min`.
    Min,
    /// `max`.
    Max,
    /// `stddev`.
    Stddev,
    /// `variance`.
    Variance,
}

impl Aggregation {
    /// Every aggregation.
    pub const ALL: [Self; 10] = [
        Self::Count,
        Self::CountValues,
        Self::DistinctCount,
        Self::Sum,
        Self::Average,
        Self::Median,
        Self::Min,
        Self::Max,
        Self::Stddev,
        Self::Variance,
    ];

    /// The name in a query.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::CountValues => "count_values",
            Self::DistinctCount => "distinctcount",
            Self::Sum => "sum",
            Self::Average => "average",
            Self::Median => "median",
            Self::Min => "min",
            Self::Max => "max",
            Self::Stddev => "stddev",
            Self::Variance => "variance",
        }
    }

    /// Whether only numbers take it.
    #[must_use]
    pub fn needs_numbers(self) -> bool {
        matches!(self, Self::Sum | Self::Average | Self::Median | Self::Stddev | Self::Variance)
    }
}
