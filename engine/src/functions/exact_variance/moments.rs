//! The exact sums that a variance is made of.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Float64Array};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use datafusion::common::Result;
use datafusion::logical_expr::EmitTo;

use super::finish::Finish;
use crate::functions::exact::{Direction, Sums, column};

/// The sums of the values (`S`) and of their squares (`Q`), for each group.
#[derive(Debug)]
pub(super) struct Moments<S, Q> {
    sums: S,
    squares: Q,
}

impl<S: Sums, Q: Sums> Moments<S, Q> {
    pub(super) fn new(sums: S, squares: Q) -> Self {
        Self { sums, squares }
    }

    /// The same kind, for no groups.
    pub(super) fn fresh(&self) -> Self {
        Self { sums: self.sums.fresh(), squares: self.squares.fresh() }
    }

    /// Makes room for so many groups.
    pub(super) fn resize(&mut self, groups: usize) {
        self.sums.resize(groups);
        self.squares.resize(groups);
    }

    /// The rows that count; nothing means all.
    pub(super) fn selection(values: &dyn Array, filter: Option<&BooleanArray>) -> Result<Option<BooleanBuffer>> {
        S::selection(values, filter)
    }

    /// Adds the selected values to their groups.
    pub(super) fn add(&mut self, values: &dyn Array, groups: &[usize], selected: Option<&BooleanBuffer>) -> Result<()> {
        self.sums.add(values, groups, selected)?;
        self.squares.add(values, groups, selected)
    }

    /// Adds the selected values to group 0, or takes them out of it.
    pub(super) fn add_to_first(
        &mut self,
        values: &dyn Array,
        selected: Option<&BooleanBuffer>,
        direction: Direction,
    ) -> Result<()> {
        self.sums.add_to_first(values, selected, direction)?;
        self.squares.add_to_first(values, selected, direction)
    }

    /// Adds what is stored in the first two columns to the groups.
    pub(super) fn merge(&mut self, states: &[ArrayRef], groups: &[usize]) -> Result<()> {
        self.sums.merge(column(states, 0)?, groups)?;
        self.squares.merge(column(states, 1)?, groups)
    }

    /// Takes out the groups that are emitted.
    pub(super) fn take(&mut self, emit: EmitTo) -> Self {
        Self { sums: self.sums.take(emit), squares: self.squares.take(emit) }
    }

    /// The two columns that are stored.
    pub(super) fn states(&self, nulls: Option<&NullBuffer>) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.sums.states(nulls)?, self.squares.states(nulls)?])
    }

    /// The results of the groups, which have so many values.
    pub(super) fn results(&self, counts: &[i64], finish: Finish) -> Result<ArrayRef> {
        let results = counts.iter().enumerate().map(|(group, count)| match u64::try_from(*count) {
            Ok(count) => finish.result(count, &self.sums.number(group), &self.squares.number(group)),
            Err(_) => Ok(None),
        });
        Ok(Arc::new(results.collect::<Result<Float64Array>>()?))
    }

    /// Bytes on the heap.
    pub(super) fn size(&self) -> usize {
        self.sums.size() + self.squares.size()
    }
}
