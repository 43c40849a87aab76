//! The accumulators that DataFusion drives: one for many groups, one for a single sketch.

use arrow::array::{ArrayRef, BooleanArray};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};

use super::slots::{Sketching, Slots, stored};
use crate::functions::exact::column;

/// Sketches of many groups.
#[derive(Debug)]
pub(super) struct GroupedSketches<S: Sketching> {
    slots: Slots<S>,
}

impl<S: Sketching> GroupedSketches<S> {
    pub(super) fn new(kind: S) -> Self {
        Self { slots: Slots::new(kind, 0) }
    }
}

impl<S: Sketching> GroupsAccumulator for GroupedSketches<S> {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.slots.resize(total_num_groups);
        self.slots.add(column(values, 0)?, opt_filter, |row| group_indices.get(row).copied())
    }

    fn merge_batch(&mut self, values: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        self.slots.resize(total_num_groups);
        self.slots.merge(column(values, 0)?, |row| group_indices.get(row).copied())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let sketches = self.slots.take(emit_to);
        self.slots.results(&sketches)
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![stored::<S>(&self.slots.take(emit_to))?])
    }

    fn convert_to_state(&self, values: &[ArrayRef], opt_filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        // Every row is a group of its own.
        let values = column(values, 0)?;
        let mut rows = self.slots.fresh(values.len());
        rows.add(values, opt_filter, Some)?;
        Ok(vec![stored::<S>(&rows.take(EmitTo::All))?])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.slots.size()
    }
}

/// A single sketch.
#[derive(Debug)]
pub(super) struct SingleSketch<S: Sketching> {
    slots: Slots<S>,
}

impl<S: Sketching> SingleSketch<S> {
    pub(super) fn new(kind: S) -> Self {
        Self { slots: Slots::new(kind, 1) }
    }
}

impl<S: Sketching> Accumulator for SingleSketch<S> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.slots.add(column(values, 0)?, None, |_| Some(0))
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.slots.merge(column(states, 0)?, |_| Some(0))
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        ScalarValue::try_from_array(self.slots.peek()?.as_ref(), 0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let state = stored::<S>(&self.slots.take(EmitTo::All))?;
        self.slots.resize(1);
        Ok(vec![ScalarValue::try_from_array(state.as_ref(), 0)?])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.slots.size()
    }
}
