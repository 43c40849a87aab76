//! Window calculations: columns computed over the rows of the answer.

use super::{Literal, Order, Reference};

/// A column of the answer that is computed from other rows of the answer.
///
/// It sees the groups that having and top leave, also those that limit cuts off.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Window {
    /// The name in the answer, `as` in JSON.
    pub name: String,
    /// What is computed.
    pub value: WindowValue,
    /// The name of the column that a function is computed from; the rank functions, ntile and formulas take none.
    pub of: Option<String>,
    /// The rows of a moving average, this one included (`size`); the parts of an ntile (`n`).
    pub size: Option<u64>,
    /// How many rows back (lag, difference, percent_change) or ahead (lead); 1 without it.
    pub offset: Option<u64>,
    /// The value of a lag or lead outside of the partition; NULL without it.
    pub default: Option<Literal>,
    /// The order of the rows; in a formula that of the calls which say none. Empty: the first datetime dimension.
    pub order_by: Vec<Order>,
    /// The names of the dimensions whose rows belong together; in a formula those of the calls which say none. None:
    /// see [`WindowFunction::partitions_by_rest`].
    pub partition_by: Option<Vec<String>>,
    /// What stands in rows of totals.
    pub total: WindowTotal,
}

/// What a [`Window`] computes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WindowValue {
    /// A function over a column of the answer.
    Function(WindowFunction),
    /// A formula of window level: `MOVING_AVG({n}, 7) / {n}`. Its names are columns of the answer: dimensions,
    /// measures, those of a comparison, and windows that stand before it.
    Formula(Reference),
}

impl Window {
    /// A function over the column of the answer with that name.
    #[must_use]
    pub fn new(name: impl Into<String>, function: WindowFunction, of: Option<&str>) -> Self {
        Self { of: of.map(str::to_owned), ..Self::computed(name.into(), WindowValue::Function(function)) }
    }

    /// A formula over columns of the answer and of other rows of it.
    ///
    /// ```
    /// use drillcore::{Level, Query, Window, count, level};
    ///
    /// let query = Query::on("flights")
    ///     .dimension(level("time_hour", Level::Month).named("month"))
    ///     .measure(count().named("n"))
    ///     .window(Window::formula("above", "{n} / WINDOW_AVG({n}) - 1"))
    ///     .window(Window::formula("smooth", "MOVING_AVG({n}, 3)"));
    /// # query.check()?;
    /// # Ok::<(), drillcore::Error>(())
    /// ```
    #[must_use]
    pub fn formula(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::computed(name.into(), WindowValue::Formula(Reference::formula(text)))
    }

    fn computed(name: String, value: WindowValue) -> Self {
        Self {
            name,
            value,
            of: None,
            size: None,
            offset: None,
            default: None,
            order_by: Vec::new(),
            partition_by: None,
            total: WindowTotal::default(),
        }
    }

    /// Adds a key to the order.
    #[must_use]
    pub fn order_by(mut self, order: impl Into<Order>) -> Self {
        self.order_by.push(order.into());
        self
    }

    /// Sets the dimensions whose rows belong together; none: all rows do.
    #[must_use]
    pub fn partition_by<N: Into<String>>(mut self, dimensions: impl IntoIterator<Item = N>) -> Self {
        self.partition_by = Some(dimensions.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the rows of a moving average or the parts of an ntile.
    #[must_use]
    pub fn size(mut self, size: u64) -> Self {
        self.size = Some(size);
        self
    }

    /// Sets how many rows back or ahead.
    #[must_use]
    pub fn offset(mut self, rows: u64) -> Self {
        self.offset = Some(rows);
        self
    }

    /// Sets what stands in rows of totals.
    #[must_use]
    pub fn total(mut self, rule: WindowTotal) -> Self {
        self.total = rule;
        self
    }
}

/// A function that a [`Window`] computes. Frames and offsets count rows of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WindowFunction {
    /// The sum of this row and all before it.
    RunningTotal,
    /// The mean of the last `size` rows, this one included, over the values that are not NULL.
    MovingAverage,
    /// The share in the sum over the partition, a fraction; NULL if the sum is 0 or NULL.
    PercentOfTotal,
    /// This value divided by that `offset` rows before, minus 1; NULL if that is NULL or 0.
    PercentChange,
    /// This value minus that `offset` rows before.
    Difference,
    /// The value `offset` rows before.
    Lag,
    /// The value `offset` rows behind.
    Lead,
    /// The value of the first row of the partition.
    FirstValue,
    /// The value of the last row of the partition.
    LastValue,
    /// 1 for the first; rows that are equal in `order_by` share a rank, and the next ranks are left out.
    Rank,
    /// As rank, without gaps.
    DenseRank,
    /// 1, 2, 3 and so on.
    RowNumber,
    /// The number, from 1, of the part that the row falls into when its partition is cut into `n` parts of nearly equal
    /// size, the larger ones first.
    Ntile,
}

impl WindowFunction {
    /// Every function.
    pub const ALL: [Self; 13] = [
        Self::RunningTotal,
        Self::MovingAverage,
        Self::PercentOfTotal,
        Self::PercentChange,
        Self::Difference,
        Self::Lag,
        Self::Lead,
        Self::FirstValue,
        Self::LastValue,
        Self::Rank,
        Self::DenseRank,
        Self::RowNumber,
        Self::Ntile,
    ];

    /// The name in a query document.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RunningTotal => "running_total",
            Self::MovingAverage => "moving_average",
            Self::PercentOfTotal => "percent_of_total",
            Self::PercentChange => "percent_change",
            Self::Difference => "difference",
            Self::Lag => "lag",
            Self::Lead => "lead",
            Self::FirstValue => "first_value",
            Self::LastValue => "last_value",
            Self::Rank => "rank",
            Self::DenseRank => "dense_rank",
            Self::RowNumber => "row_number",
            Self::Ntile => "ntile",
        }
    }

    /// Whether, where no partition is given, the rows that share all dimensions but those of the order belong together;
    /// for the other functions all rows do.
    #[must_use]
    pub fn partitions_by_rest(self) -> bool {
        matches!(
            self,
            Self::Lag | Self::Lead | Self::Difference | Self::PercentChange | Self::RunningTotal | Self::MovingAverage
        )
    }

    /// Whether the function ranks rows: it takes no column, needs an order, and gives NULL to the remainder of a top.
    #[must_use]
    pub fn is_rank(self) -> bool {
        matches!(self, Self::Rank | Self::DenseRank | Self::RowNumber | Self::Ntile)
    }
}

/// What a window column holds in rows of totals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum WindowTotal {
    /// NULL.
    #[default]
    None,
    /// The function, or the formula, over the total rows of the same level.
    Native,
    /// The sum of the column over the rows below the total.
    SumOfRows,
}

impl WindowTotal {
    /// All rules.
    pub const ALL: [Self; 3] = [Self::None, Self::Native, Self::SumOfRows];

    /// The name in a query document.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Native => "native",
            Self::SumOfRows => "sum_of_rows",
        }
    }
}
