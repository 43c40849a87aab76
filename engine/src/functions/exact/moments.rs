//! What results that are made of several exact sums have in common.

use std::fmt::Debug;

use arrow::array::{ArrayRef, BooleanArray};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use datafusion::common::Result;
use datafusion::logical_expr::EmitTo;

use super::big::Big;
use super::number::{Number, Power};
use super::sums::Direction;

/// The exact sums that results are made of, for each group. How many rows count is kept beside them.
pub(crate) trait Moments: Debug + Send + Sync + Sized + 'static {
    /// The same kind, for no groups.
    fn fresh(&self) -> Self;

    /// Makes room for so many groups.
    fn resize(&mut self, groups: usize);

    /// The rows that count; nothing means all.
    fn selection(columns: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Option<BooleanBuffer>>;

    /// Adds the selected rows to their groups.
    fn add(&mut self, columns: &[ArrayRef], groups: &[usize], selected: Option<&BooleanBuffer>) -> Result<()>;

    /// Adds the selected rows to group 0, or takes them out of it.
    fn add_to_first(
        &mut self,
        columns: &[ArrayRef],
        selected: Option<&BooleanBuffer>,
        direction: Direction,
    ) -> Result<()>;

    /// Adds what is stored to the groups.
    fn merge(&mut self, states: &[ArrayRef], groups: &[usize]) -> Result<()>;

    /// Takes out the groups that are emitted.
    fn take(&mut self, emit: EmitTo) -> Self;

    /// The columns that are stored.
    fn states(&self, nulls: Option<&NullBuffer>) -> Result<Vec<ArrayRef>>;

    /// The result of a group of so many rows; nothing if it has no finite `f64`, or if there are too few rows for one.
    ///
    /// # Errors
    /// Sums that no rows have.
    fn result(&self, group: usize, count: u64) -> Result<Option<f64>>;

    /// Bytes on the heap.
    fn size(&self) -> usize;
}

/// `n Σxy - Σx Σy`, which is n times the sum of the products of both distances from the mean.
pub(crate) fn spread(count: u64, products: &Number, sum: &Number, other_sum: &Number) -> Number {
    let mut spread = Big::default();
    spread.add_number(&products.times(count), Power::Second);
    spread.add_number(&sum.product(other_sum).negated(), Power::Second);
    spread.number(Power::Second)
}
