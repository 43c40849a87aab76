//! The accumulators that DataFusion drives: one for many groups, one for a single value.

use arrow::array::{Array, ArrayRef, BooleanArray, make_array};
use arrow::buffer::NullBuffer;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};

use super::pairs::{End, Pairs, Types, complete};
use crate::functions::exact::column;
use crate::functions::values::Held;

/// The same column with other NULLs.
fn with_nulls(values: &dyn Array, nulls: Option<NullBuffer>) -> Result<ArrayRef> {
    Ok(make_array(values.to_data().into_builder().nulls(nulls).build()?))
}

/// First or last values of many groups.
#[derive(Debug)]
pub(super) struct GroupedEnds<B, V> {
    pairs: Pairs<B, V>,
}

impl<B: Held, V: Held> GroupedEnds<B, V> {
    pub(super) fn new(end: End, types: Types) -> Self {
        Self { pairs: Pairs::new(end, types) }
    }
}

impl<B: Held, V: Held> GroupsAccumulator for GroupedEnds<B, V> {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.pairs.resize(total_num_groups);
        self.pairs.add(values, opt_filter, group_indices.iter().copied())
    }

    fn merge_batch(&mut self, values: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        // A pair is stored as a row that has it.
        self.update_batch(values, group_indices, None, total_num_groups)
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        self.pairs.take(emit_to).values()
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        self.pairs.take(emit_to).states()
    }

    fn convert_to_state(&self, values: &[ArrayRef], opt_filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        // Every row is a group of its own: the row itself, or NULL.
        let nulls = complete(values, opt_filter)?.map(NullBuffer::new);
        [column(values, 0)?, column(values, 1)?].into_iter().map(|column| with_nulls(column, nulls.clone())).collect()
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.pairs.size()
    }
}

/// A single first or last value.
#[derive(Debug)]
pub(super) struct SingleEnd<B, V> {
    pairs: Pairs<B, V>,
}

impl<B: Held, V: Held> SingleEnd<B, V> {
    pub(super) fn new(end: End, types: Types) -> Self {
        let mut pairs = Pairs::new(end, types);
        pairs.resize(1);
        Self { pairs }
    }
}

impl<B: Held, V: Held> Accumulator for SingleEnd<B, V> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let rows = column(values, 0)?.len();
        self.pairs.add(values, None, std::iter::repeat_n(0, rows))
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.update_batch(states)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        ScalarValue::try_from_array(self.pairs.values()?.as_ref(), 0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.pairs.states()?.iter().map(|column| ScalarValue::try_from_array(column.as_ref(), 0)).collect()
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.pairs.size()
    }
}
