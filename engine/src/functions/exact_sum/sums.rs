//! What every kind of exact sum can do.

use std::fmt::Debug;

use arrow::array::{Array, ArrayRef, BooleanArray};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::EmitTo;

/// Whether values come into a sum or leave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    In,
    Out,
}

/// Exact running sums, one for each group.
pub(super) trait Sums: Debug + Send + Sync + Sized + 'static {
    /// The same kind, for no groups.
    fn fresh(&self) -> Self;

    /// Makes room for so many groups; new ones are 0.
    fn resize(&mut self, groups: usize);

    /// The rows that count: not NULL, and let through by the filter. Nothing means all.
    fn selection(values: &dyn Array, filter: Option<&BooleanArray>) -> Result<Option<BooleanBuffer>> {
        Ok(selected(values, filter))
    }

    /// Adds the selected values to the sums of their groups.
    fn add(&mut self, values: &dyn Array, groups: &[usize], selected: Option<&BooleanBuffer>) -> Result<()>;

    /// Adds the selected values to the sum of group 0, or takes them out of it.
    fn add_to_first(
        &mut self,
        values: &dyn Array,
        selected: Option<&BooleanBuffer>,
        direction: Direction,
    ) -> Result<()>;

    /// Adds stored sums to those of their groups.
    fn merge(&mut self, states: &dyn Array, groups: &[usize]) -> Result<()>;

    /// Takes out the groups that are emitted.
    fn take(&mut self, emit: EmitTo) -> Self;

    /// The sums as they are stored.
    fn states(&self, nulls: Option<&NullBuffer>) -> Result<ArrayRef>;

    /// The sums as they are shown.
    fn totals(&self, nulls: Option<&NullBuffer>) -> Result<ArrayRef>;

    /// The sums divided by the counts; NULL where a count is not positive.
    fn averages(&self, counts: &[i64]) -> Result<ArrayRef>;

    /// Bytes on the heap.
    fn size(&self) -> usize;
}

/// The rows that are not NULL and let through by the filter; nothing means all.
pub(super) fn selected(values: &dyn Array, filter: Option<&BooleanArray>) -> Option<BooleanBuffer> {
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

/// Adds each selected value to the sum of its group.
pub(super) fn add_each<S, V: Copy>(
    sums: &mut [S],
    values: &[V],
    groups: &[usize],
    selected: Option<&BooleanBuffer>,
    add: impl Fn(&mut S, V),
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
pub(super) fn for_each<V: Copy>(values: &[V], selected: Option<&BooleanBuffer>, mut add: impl FnMut(V)) {
    match selected {
        None => values.iter().for_each(|value| add(*value)),
        Some(selected) => {
            values.iter().zip(selected.iter()).filter(|(_, selected)| *selected).for_each(|(value, _)| add(*value));
        }
    }
}

/// Whether a group has a value.
pub(super) fn is_present(nulls: Option<&NullBuffer>, group: usize) -> bool {
    nulls.is_none_or(|nulls| nulls.is_valid(group))
}

/// A row with a group for which there is no room.
pub(super) fn no_such_group() -> DataFusionError {
    DataFusionError::Internal("an exact sum was given a group beyond the number of groups".into())
}

/// A stored sum that is none.
pub(super) fn damaged() -> DataFusionError {
    DataFusionError::Execution("a stored exact sum is damaged".into())
}
