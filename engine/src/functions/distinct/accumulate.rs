//! The accumulators that DataFusion drives: one for many groups, one for a single count.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int64Array};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};

use super::sets::Sets;
use super::values::Values;
use crate::functions::exact::column;
use crate::functions::lists::one_each;

/// Counts of many groups.
#[derive(Debug)]
pub(super) struct GroupedDistinct<V: Values> {
    sets: Sets<V>,
}

impl<V: Values> GroupedDistinct<V> {
    pub(super) fn new(values: V) -> Self {
        Self { sets: Sets::new(values) }
    }
}

impl<V: Values> GroupsAccumulator for GroupedDistinct<V> {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        let values = column(values, 0)?;
        let selected = V::selection(values, opt_filter)?;
        self.sets.resize(total_num_groups);
        self.sets.add(values, selected.as_ref(), |row| group_indices.get(row).copied())
    }

    fn merge_batch(&mut self, values: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        self.sets.resize(total_num_groups);
        self.sets.merge(column(values, 0)?, |row| group_indices.get(row).copied())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        Ok(Arc::new(Int64Array::from(self.sets.take_counts(emit_to)?)))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![Arc::new(self.sets.take_lists(emit_to)?)])
    }

    fn convert_to_state(&self, values: &[ArrayRef], opt_filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let values = column(values, 0)?;
        Ok(vec![Arc::new(one_each(values, V::selection(values, opt_filter)?.as_ref())?)])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.sets.size()
    }
}

/// A single count.
#[derive(Debug)]
pub(super) struct SingleDistinct<V: Values> {
    sets: Sets<V>,
}

impl<V: Values> SingleDistinct<V> {
    pub(super) fn new(values: V) -> Self {
        let mut sets = Sets::new(values);
        sets.resize(1);
        Self { sets }
    }
}

impl<V: Values> Accumulator for SingleDistinct<V> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = column(values, 0)?;
        let selected = V::selection(values, None)?;
        self.sets.add(values, selected.as_ref(), |_| Some(0))
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.sets.merge(column(states, 0)?, |_| Some(0))
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Int64(self.sets.counts().first().copied()))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let values = self.sets.take_lists(EmitTo::All)?;
        self.sets.resize(1);
        Ok(vec![ScalarValue::List(Arc::new(values))])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.sets.size()
    }
}
