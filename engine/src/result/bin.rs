//! The bins of a dimension.

use serde::Serialize;

use super::cell::Cell;

/// One bin of a dimension: `lo` belongs to it, `hi` does not (but in the last of a number of bins it does).
///
/// In the rows a bin stands as its `lo`. Bins between custom edges have no `lo` at the bottom, where the cell would read
/// as the bin of NULL; so their cells are texts, [`Bin::label`].
///
/// ```
/// use drillcore::{Bin, Cell};
///
/// let first = Bin::new(None, Some(Cell::Integer(10)), 0);
/// let second = Bin::new(Some(Cell::Integer(10)), Some(Cell::Float(22.5)), 1);
/// let last = Bin::new(Some(Cell::Float(22.5)), None, 2);
/// assert_eq!([first.label(), second.label(), last.label()], ["< 10", "10 - 22.5", ">= 22.5"]);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Bin {
    /// The lower end; none where the bin is open below.
    pub lo: Option<Cell>,
    /// The upper end; none where the bin is open above.
    pub hi: Option<Cell>,
    /// The place of the bin among all bins of the dimension, by number.
    pub order: i64,
}

impl Bin {
    /// A bin between two numbers.
    #[must_use]
    pub fn new(lo: Option<Cell>, hi: Option<Cell>, order: i64) -> Self {
        Self { lo, hi, order }
    }

    /// The bin as a text: `< 10`, `10 - 20`, `>= 20`, and `all` where it has no ends.
    #[must_use]
    pub fn label(&self) -> String {
        match (&self.lo, &self.hi) {
            (None, None) => "all".to_owned(),
            (None, Some(hi)) => format!("< {hi}"),
            (Some(lo), Some(hi)) => format!("{lo} - {hi}"),
            (Some(lo), None) => format!(">= {lo}"),
        }
    }
}
