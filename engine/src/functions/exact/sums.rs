//! What every kind of exact sum can do, and what all accumulators do with rows.

use std::fmt::Debug;

use arrow::array::{Array, ArrayRef, BooleanArray};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use datafusion::common::cast::as_float64_array;
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::EmitTo;

use super::number::Number;

/// Whether values come into a sum or leave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    In,
    Out,
}

/// Exact running sums, one for each group: of the values of a column, of their squares, or of the products of two.
pub(crate) trait Sums: Debug + Send + Sync + Sized + 'static {
    /// The same kind, for no groups.
    fn fresh(&self) -> Self;

    /// Makes room for so many groups; new ones are 0.
    fn resize(&mut self, groups: usize);

    /// The rows that count: not NULL, and let through by the filter. Nothing means all.
    fn selection(columns: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Option<BooleanBuffer>> {
        Ok(selected(column(columns, 0)?, filter))
    }

    /// Adds the selected rows of the columns to the sums of their groups.
    fn add(&mut self, columns: &[ArrayRef], groups: &[usize], selected: Option<&BooleanBuffer>) -> Result<()>;

    /// Adds the selected rows to the sum of group 0, or takes them out of it.
    fn add_to_first(
        &mut self,
        columns: &[ArrayRef],
        selected: Option<&BooleanBuffer>,
        direction: Direction,
    ) -> Result<()>;

    /// Adds stored sums to those of their groups.
    fn merge(&mut self, states: &dyn Array, groups: &[usize]) -> Result<()>;

    /// Takes out the groups that are emitted.
    fn take(&mut self, emit: EmitTo) -> Self;

    /// The sums as they are stored.
    fn states(&self, nulls: Option<&NullBuffer>) -> Result<ArrayRef>;

    /// The sum of a group, unscaled for decimals.
    fn number(&self, group: usize) -> Number;

    /// Bytes on the heap.
    fn size(&self) -> usize;
}

/// One of the columns that an accumulator is given.
pub(crate) fn column(columns: &[ArrayRef], index: usize) -> Result<&dyn Array> {
    columns.get(index).map(|column| column.as_ref()).ok_or_else(too_few_columns)
}

/// The rows that are not NULL and let through by the filter; nothing means all.
pub(crate) fn selected(values: &dyn Array, filter: Option<&BooleanArray>) -> Option<BooleanBuffer> {
    let valid = values.nulls().filter(|nulls| nulls.null_count() > 0).map(|nulls| nulls.inner().clone());
    let passing = filter.map(|filter| match filter.nulls() {
        Some(nulls) => filter.values() & nulls.inner(),
        None => filter.values().clone(),
    });
    match (valid, passing) {
        (Some(valid), Some(passing)) => Some(&valid & &passing),
        (valid, passing) => valid.or(passing),
    }
}

/// The same for floats, of which infinities and NaN count as NULL.
pub(crate) fn finite(values: &dyn Array, filter: Option<&BooleanArray>) -> Result<Option<BooleanBuffer>> {
    let floats = as_float64_array(values)?.values();
    let kept = selected(values, filter);
    // Not `all`, which would stop at the first and not use vectors.
    if floats.iter().fold(true, |finite, value| finite & value.is_finite()) {
        return Ok(kept);
    }
    let finite: BooleanBuffer = floats.iter().map(|value| value.is_finite()).collect();
    Ok(Some(match kept {
        Some(kept) => &kept & &finite,
        None => finite,
    }))
}

/// Adds each selected value to what its group has.
pub(crate) fn add_each<S, V: Copy>(
    sums: &mut [S],
    values: &[V],
    groups: &[usize],
    selected: Option<&BooleanBuffer>,
    mut add: impl FnMut(&mut S, V),
) -> Result<()> {
    let rows = values.iter().zip(groups);
    match selected {
        None => {
            for (value, group) in rows {
                add(sums.get_mut(*group).ok_or_else(no_such_group)?, *value);
            }
        }
        Some(selected) => {
            for ((value, group), _) in rows.zip(selected.iter()).filter(|(_, selected)| *selected) {
                add(sums.get_mut(*group).ok_or_else(no_such_group)?, *value);
            }
        }
    }
    Ok(())
}

/// Calls `add` with each selected value.
pub(crate) fn for_each<V: Copy>(values: &[V], selected: Option<&BooleanBuffer>, mut add: impl FnMut(V)) {
    match selected {
        None => values.iter().for_each(|value| add(*value)),
        Some(selected) => {
            values.iter().zip(selected.iter()).filter(|(_, selected)| *selected).for_each(|(value, _)| add(*value));
        }
    }
}

/// Whether a group has a value.
pub(crate) fn is_present(nulls: Option<&NullBuffer>, group: usize) -> bool {
    nulls.is_none_or(|nulls| nulls.is_valid(group))
}

/// Fewer columns than the accumulator takes.
pub(crate) fn too_few_columns() -> DataFusionError {
    DataFusionError::Internal("an exact aggregate was given too few columns".into())
}

/// A row with a group for which there is no room.
pub(crate) fn no_such_group() -> DataFusionError {
    DataFusionError::Internal("an exact aggregate was given a group beyond the number of groups".into())
}

/// A stored state that is none.
pub(crate) fn damaged() -> DataFusionError {
    DataFusionError::Execution("the stored state of an exact aggregate is damaged".into())
}
