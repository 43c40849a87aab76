//! Totals and subtotals.

/// The totals that an answer carries beside its rows. Each is a native value: the aggregation over all its rows, never
/// a sum or mean of the rows shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Totals {
    /// Whether there is one row over everything.
    pub grand: bool,
    /// The names of the dimensions that each level of subtotals keeps: `[["region"], ["region", "nation"]]`.
    pub levels: Vec<Vec<String>>,
    /// Which rows count.
    pub over: TotalsOver,
}

impl Totals {
    /// One row over everything.
    #[must_use]
    pub fn grand() -> Self {
        Self { grand: true, ..Self::default() }
    }

    /// Adds subtotals that keep some dimensions.
    #[must_use]
    pub fn level<N: Into<String>>(mut self, dimensions: impl IntoIterator<Item = N>) -> Self {
        self.levels.push(dimensions.into_iter().map(Into::into).collect());
        self
    }

    /// Whether neither a grand total nor a level is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.grand && self.levels.is_empty()
    }
}

/// The rows that totals are over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum TotalsOver {
    /// The rows of the groups that having, top and post leave. Limit and offset never change a total.
    #[default]
    Visible,
    /// All rows that pass the filters.
    AllRows,
}

impl TotalsOver {
    /// Both rules.
    pub const ALL: [Self; 2] = [Self::Visible, Self::AllRows];

    /// The name in a query document.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Visible => "visible",
            Self::AllRows => "all_rows",
        }
    }
}
