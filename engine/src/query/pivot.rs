//! Dimensions as columns.

use super::Literal;

/// Lays the members of dimensions out as columns: one for each of their combinations and each measure.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Pivot {
    /// The names of the dimensions that become columns.
    pub columns: Vec<String>,
    /// The most combinations; more are an error. 100 without it.
    pub max_columns: Option<u64>,
}

impl Pivot {
    /// The most combinations unless a pivot says otherwise.
    pub const DEFAULT_MAX_COLUMNS: u64 = 100;

    /// Dimensions, by name, as columns.
    #[must_use]
    pub fn new<N: Into<String>>(columns: impl IntoIterator<Item = N>) -> Self {
        Self { columns: columns.into_iter().map(Into::into).collect(), max_columns: None }
    }
}

/// The column of a pivot: the name of each of its dimensions and the member.
pub type PivotCell = Vec<(String, Literal)>;
