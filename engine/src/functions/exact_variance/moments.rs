//! The exact sums that a variance is made of.

use arrow::array::{ArrayRef, BooleanArray};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use datafusion::common::Result;
use datafusion::logical_expr::EmitTo;

use super::finish::Finish;
use crate::functions::exact::{Direction, Moments, Sums, column};

/// The sums of the values (`S`) and of their squares (`Q`), for each group.
#[derive(Debug)]
pub(super) struct VarianceMoments<S, Q> {
    sums: S,
    squares: Q,
    finish: Finish,
}

impl<S: Sums, Q: Sums> VarianceMoments<S, Q> {
    pub(super) fn new(sums: S, squares: Q, finish: Finish) -> Self {
        Self { sums, squares, finish }
    }
}

impl<S: Sums, Q: Sums> Moments for VarianceMoments<S, Q> {
    fn fresh(&self) -> Self {
        Self::new(self.sums.fresh(), self.squares.fresh(), self.finish)
    }

    fn resize(&mut self, groups: usize) {
        self.sums.resize(groups);
        self.squares.resize(groups);
    }

    fn selection(columns: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Option<BooleanBuffer>> {
        S::selection(columns, filter)
    }

    fn add(&mut self, columns: &[ArrayRef], groups: &[usize], selected: Option<&BooleanBuffer>) -> Result<()> {
        self.sums.add(columns, groups, selected)?;
        self.squares.add(columns, groups, selected)
    }

    fn add_to_first(
        &mut self,
        columns: &[ArrayRef],
        selected: Option<&BooleanBuffer>,
        direction: Direction,
    ) -> Result<()> {
        self.sums.add_to_first(columns, selected, direction)?;
        self.squares.add_to_first(columns, selected, direction)
    }

    fn merge(&mut self, states: &[ArrayRef], groups: &[usize]) -> Result<()> {
        self.sums.merge(column(states, 0)?, groups)?;
        self.squares.merge(column(states, 1)?, groups)
    }

    fn take(&mut self, emit: EmitTo) -> Self {
        Self::new(self.sums.take(emit), self.squares.take(emit), self.finish)
    }

    fn states(&self, nulls: Option<&NullBuffer>) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.sums.states(nulls)?, self.squares.states(nulls)?])
    }

    fn result(&self, group: usize, count: u64) -> Result<Option<f64>> {
        self.finish.result(count, &self.sums.number(group), &self.squares.number(group))
    }

    fn size(&self) -> usize {
        self.sums.size() + self.squares.size()
    }
}
