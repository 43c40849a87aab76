//! Columns that a query adds to its rows.

/// A column of this query only, computed row by row from other columns: `{distance} / {air_time}`.
///
/// Its name is used as a column of the query's base dataset, in filters, dimensions, measures and other derived columns.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Derived {
    /// The name, `as` in JSON. It must not be that of a column of the base.
    pub name: String,
    /// The formula, of row level.
    pub expression: String,
}

impl Derived {
    /// A derived column.
    #[must_use]
    pub fn new(name: impl Into<String>, expression: impl Into<String>) -> Self {
        Self { name: name.into(), expression: expression.into() }
    }
}
