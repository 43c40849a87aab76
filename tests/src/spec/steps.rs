//! What happens to the groups: comparison, top, windows, totals.

use super::{At, Key, Level, Literal};

/// `compare`. The ranges on its date, if there are some, stand among the query's filters at the top; no other filter
/// there has a range of the date in it, but for its complement.
#[derive(Debug, Clone, PartialEq)]
pub struct Compare {
    /// The date that is shifted.
    pub at: At,
    /// `shift`.
    pub shift: Shift,
    /// Places of the measures compared.
    pub measures: Vec<usize>,
    /// `trim_running`.
    pub trim_running: bool,
}

/// How far a comparison reaches back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    /// So many units.
    By {
        /// How many.
        quantity: u32,
        /// Of what.
        unit: Level,
    },
    /// `previous_period`.
    Previous,
}

/// `top`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Top {
    /// The dimension whose members are ranked.
    pub of: usize,
    /// Whether `of` is written down; it may be left out where it is the only dimension not in `per`.
    pub named: bool,
    /// `n`.
    pub n: usize,
    /// The measure that ranks.
    pub by: usize,
    /// Whether the least come first.
    pub ascending: bool,
    /// `per`.
    pub per: Vec<usize>,
    /// `other`.
    pub other: bool,
}

/// `totals`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// `grand`.
    pub grand: bool,
    /// The dimensions that each level keeps, in rising order; no two levels are the same, and none is empty.
    pub levels: Vec<Vec<usize>>,
    /// Whether `over` is `all_rows`.
    pub all_rows: bool,
}

/// A window calculation.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// `function`.
    pub function: WindowFunction,
    /// The cell it is computed from, counted from behind the dimensions.
    pub of: Option<usize>,
    /// `size`, or the `n` of an ntile.
    pub size: Option<usize>,
    /// `offset`.
    pub offset: Option<usize>,
    /// `default`.
    pub default: Option<Literal>,
    /// `order_by`.
    pub order: Vec<Key>,
    /// `partition_by`.
    pub partition: Option<Vec<usize>>,
    /// What stands in totals.
    pub total: WindowTotal,
}

/// What totals hold in a window column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowTotal {
    /// NULL.
    None,
    /// The function over the totals.
    Native,
    /// The sum of the rows below.
    SumOfRows,
}

/// The window functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WindowFunction {
    RunningTotal,
    MovingAverage,
    PercentOfTotal,
    PercentChange,
    Difference,
    Lag,
    Lead,
    FirstValue,
    LastValue,
    Rank,
    DenseRank,
    RowNumber,
    Ntile,
}

impl WindowFunction {
    /// All of them with their names.
    pub const NAMES: [(Self, &str); 13] = [
        (Self::RunningTotal, "running_total"),
        (Self::MovingAverage, "moving_average"),
        (Self::PercentOfTotal, "percent_of_total"),
        (Self::PercentChange, "percent_change"),
        (Self::Difference, "difference"),
        (Self::Lag, "lag"),
        (Self::Lead, "lead"),
        (Self::FirstValue, "first_value"),
        (Self::LastValue, "last_value"),
        (Self::Rank, "rank"),
        (Self::DenseRank, "dense_rank"),
        (Self::RowNumber, "row_number"),
        (Self::Ntile, "ntile"),
    ];

    /// The name in a query.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].1
    }

    /// Whether it takes an order and no column.
    #[must_use]
    pub fn is_rank(self) -> bool {
        matches!(self, Self::Rank | Self::DenseRank | Self::RowNumber | Self::Ntile)
    }

    /// Whether, without a partition, rows belong together that share all dimensions but those of the order.
    #[must_use]
    pub fn runs_along(self) -> bool {
        matches!(
            self,
            Self::RunningTotal | Self::MovingAverage | Self::PercentChange | Self::Difference | Self::Lag | Self::Lead
        )
    }
}
