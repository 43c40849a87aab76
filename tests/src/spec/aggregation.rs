//! The aggregations.

use super::{At, Expr, Level};

/// What a measure computes over the rows of a group.
#[derive(Debug, Clone, PartialEq)]
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
    /// `stddev_pop`.
    StddevPop,
    /// `variance_pop`.
    VariancePop,
    /// `mode`.
    Mode,
    /// `percentile`.
    Percentile {
        /// The share, in thousandths.
        thousandths: u32,
        /// Whether it is a value that occurs.
        discrete: bool,
    },
    /// `rate`: divided by the sum of this column.
    Rate(At),
    /// `weightedaverage`: weighted by this column.
    WeightedAverage(At),
    /// `first` by this column.
    First(At),
    /// `last` by this column.
    Last(At),
    /// `string_list`.
    StringList {
        /// `separator`.
        separator: Option<String>,
        /// `distinct`.
        distinct: bool,
        /// Whether `order` is `desc`.
        descending: bool,
        /// `max`.
        max: Option<usize>,
    },
    /// `histogram` with this width of bins.
    Histogram {
        /// The width.
        size: i64,
    },
    /// `cumulativesum`.
    CumulativeSum,
    /// `approx_distinctcount`.
    ApproxDistinctCount,
    /// `approx_percentile`.
    ApproxPercentile {
        /// The share, in thousandths.
        thousandths: u32,
    },
    /// A plain aggregation over the rows with the last date.
    Latest {
        /// The plain aggregation.
        of: Box<Aggregation>,
        /// `last_by`.
        date: At,
        /// `entity`.
        entities: Vec<At>,
        /// Whether the group has one date.
        common: bool,
    },
    /// A plain aggregation over the rows up to the end of a bucket.
    Cumulative {
        /// The plain aggregation.
        of: Box<Aggregation>,
        /// `over`.
        over: At,
        /// How far it reaches back.
        span: Span,
    },
    /// No aggregation of a column but a formula of aggregate level.
    Formula(Expr),
}

/// How far a cumulative aggregation reaches back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// `window`.
    Window {
        /// How many units.
        quantity: u32,
        /// Of what.
        unit: Level,
    },
    /// `to_date`.
    ToDate(Level),
    /// `all`.
    All,
}

impl Aggregation {
    /// The aggregations that need nothing but a column.
    pub const PLAIN: [Self; 14] = [
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
        Self::StddevPop,
        Self::VariancePop,
        Self::Mode,
        Self::CumulativeSum,
    ];

    /// What the coverage calls the aggregations.
    pub const LABELS: [&str; 28] = [
        "count",
        "count_values",
        "distinctcount",
        "sum",
        "average",
        "median",
        "min",
        "max",
        "stddev",
        "variance",
        "stddev_pop",
        "variance_pop",
        "mode",
        "percentile continuous",
        "percentile discrete",
        "rate",
        "weightedaverage",
        "first",
        "last",
        "string_list",
        "histogram",
        "cumulativesum",
        "approx_distinctcount",
        "approx_percentile",
        "last_per_entity",
        "last_common_date",
        "cumulative",
        "formula",
    ];

    /// The name in a query; nothing for a formula.
    #[must_use]
    pub fn name(&self) -> &'static str {
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
            Self::StddevPop => "stddev_pop",
            Self::VariancePop => "variance_pop",
            Self::Mode => "mode",
            Self::Percentile { .. } => "percentile",
            Self::Rate(_) => "rate",
            Self::WeightedAverage(_) => "weightedaverage",
            Self::First(_) => "first",
            Self::Last(_) => "last",
            Self::StringList { .. } => "string_list",
            Self::Histogram { .. } => "histogram",
            Self::CumulativeSum => "cumulativesum",
            Self::ApproxDistinctCount => "approx_distinctcount",
            Self::ApproxPercentile { .. } => "approx_percentile",
            Self::Latest { of, .. } | Self::Cumulative { of, .. } => of.name(),
            Self::Formula(_) => "",
        }
    }

    /// What the coverage calls it.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Percentile { discrete: true, .. } => "percentile discrete",
            Self::Percentile { .. } => "percentile continuous",
            Self::Latest { common: true, .. } => "last_common_date",
            Self::Latest { .. } => "last_per_entity",
            Self::Cumulative { .. } => "cumulative",
            Self::Formula(_) => "formula",
            other => other.name(),
        }
    }

    /// Whether only numbers take it.
    #[must_use]
    pub fn needs_numbers(&self) -> bool {
        match self {
            Self::Latest { of, .. } | Self::Cumulative { of, .. } => of.needs_numbers(),
            Self::Sum
            | Self::Average
            | Self::Median
            | Self::Stddev
            | Self::Variance
            | Self::StddevPop
            | Self::VariancePop
            | Self::Percentile { .. }
            | Self::Rate(_)
            | Self::WeightedAverage(_)
            | Self::Histogram { .. }
            | Self::CumulativeSum
            | Self::ApproxPercentile { .. } => true,
            _ => false,
        }
    }

    /// Whether the query must allow approximations.
    #[must_use]
    pub fn is_approximate(&self) -> bool {
        matches!(self, Self::ApproxDistinctCount | Self::ApproxPercentile { .. })
    }
}
