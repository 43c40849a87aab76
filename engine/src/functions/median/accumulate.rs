//! The accumulators that DataFusion drives: one for many groups, one for a single median.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, ListArray, PrimitiveArray};
use arrow::buffer::{BooleanBuffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Field};
use datafusion::common::cast::{as_list_array, as_primitive_array};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};

use super::middle::{Input, Middle, Output};
use crate::functions::exact::{add_each, column, damaged, for_each, no_such_group};

/// The types of the values and of their median.
#[derive(Debug, Clone)]
pub(super) struct Types {
    pub(super) input: DataType,
    pub(super) output: DataType,
}

impl Types {
    /// Lists of values, as they are stored. List `i` ends before value `ends[i]`.
    fn lists<M: Middle>(
        &self,
        values: PrimitiveArray<M::Input>,
        ends: impl Iterator<Item = usize>,
        nulls: Option<NullBuffer>,
    ) -> Result<ListArray> {
        let offsets = std::iter::once(0).chain(ends).map(i32::try_from).collect::<Result<Vec<i32>, _>>();
        let offsets = offsets.map_err(|_| {
            DataFusionError::ResourcesExhausted("a median of more values than a list can hold".to_owned())
        })?;
        let values = values.with_data_type(self.input.clone());
        let item = Arc::new(Field::new_list_field(self.input.clone(), true));
        let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
        Ok(ListArray::try_new(item, offsets, Arc::new(values), nulls)?)
    }

    /// Medians as they are shown.
    fn medians<M: Middle>(&self, medians: impl Iterator<Item = Option<Output<M>>>) -> ArrayRef {
        let medians: PrimitiveArray<M::Output> = medians.collect();
        Arc::new(medians.with_data_type(self.output.clone()))
    }
}

/// Calls `each` with the number of each stored list and its values.
fn each_list<M: Middle>(states: &dyn Array, mut each: impl FnMut(usize, &[Input<M>]) -> Result<()>) -> Result<()> {
    let lists = as_list_array(states)?;
    let values = as_primitive_array::<M::Input>(lists.values().as_ref())?;
    if values.null_count() > 0 {
        return Err(damaged());
    }
    let offsets = lists.value_offsets();
    for (row, (start, end)) in offsets.iter().zip(offsets.iter().skip(1)).enumerate() {
        if lists.is_valid(row) {
            let start = usize::try_from(*start).map_err(|_| damaged())?;
            let end = usize::try_from(*end).map_err(|_| damaged())?;
            each(row, values.values().get(start..end).ok_or_else(damaged)?)?;
        }
    }
    Ok(())
}

/// Medians of many groups.
#[derive(Debug)]
pub(super) struct GroupedMedians<M: Middle> {
    middle: M,
    types: Types,
    groups: Vec<Vec<Input<M>>>,
    /// Bytes of the values of all groups, with the room for more.
    held: usize,
}

impl<M: Middle> GroupedMedians<M> {
    pub(super) fn new(middle: M, types: Types) -> Self {
        Self { middle, types, groups: Vec::new(), held: 0 }
    }

    fn resize(&mut self, groups: usize) {
        self.groups.resize_with(groups.max(self.groups.len()), Vec::new);
    }

    /// Takes out the groups that are emitted.
    fn take(&mut self, emit: EmitTo) -> Vec<Vec<Input<M>>> {
        let groups = emit.take_needed(&mut self.groups);
        self.held -= groups.iter().map(bytes).sum::<usize>();
        groups
    }
}

/// Bytes on the heap.
fn bytes<V>(values: &Vec<V>) -> usize {
    values.capacity() * size_of::<V>()
}

impl<M: Middle> GroupsAccumulator for GroupedMedians<M> {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        let values = column(values, 0)?;
        let selected = M::selection(values, opt_filter)?;
        let values = as_primitive_array::<M::Input>(values)?;
        self.resize(total_num_groups);
        let held = &mut self.held;
        add_each(&mut self.groups, values.values(), group_indices, selected.as_ref(), |group, value| {
            let before = bytes(group);
            group.push(value);
            *held += bytes(group) - before;
        })
    }

    fn merge_batch(&mut self, values: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        self.resize(total_num_groups);
        let Self { groups, held, .. } = self;
        each_list::<M>(column(values, 0)?, |row, more| {
            let index = group_indices.get(row).ok_or_else(no_such_group)?;
            let group = groups.get_mut(*index).ok_or_else(no_such_group)?;
            let before = bytes(group);
            group.extend_from_slice(more);
            *held += bytes(group) - before;
            Ok(())
        })
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let groups = self.take(emit_to);
        Ok(self.types.medians::<M>(groups.into_iter().map(|mut values| self.middle.median(&mut values))))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let groups = self.take(emit_to);
        let ends = groups.iter().scan(0, |end, group| {
            *end += group.len();
            Some(*end)
        });
        let values = PrimitiveArray::<M::Input>::from_iter_values(groups.iter().flatten().copied());
        Ok(vec![Arc::new(self.types.lists::<M>(values, ends, None)?)])
    }

    fn convert_to_state(&self, values: &[ArrayRef], opt_filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        // Every row is a group of its own: a list of one value, or NULL.
        let values = column(values, 0)?;
        let nulls = M::selection(values, opt_filter)?.map(NullBuffer::new);
        let values = as_primitive_array::<M::Input>(values)?;
        let values = PrimitiveArray::<M::Input>::new(values.values().clone(), None);
        let ends = 1..=values.len();
        Ok(vec![Arc::new(self.types.lists::<M>(values, ends, nulls)?)])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.groups.capacity() * size_of::<Vec<Input<M>>>() + self.held
    }
}

/// A single median.
#[derive(Debug)]
pub(super) struct SingleMedian<M: Middle> {
    middle: M,
    types: Types,
    values: Vec<Input<M>>,
}

impl<M: Middle> SingleMedian<M> {
    pub(super) fn new(middle: M, types: Types) -> Self {
        Self { middle, types, values: Vec::new() }
    }
}

impl<M: Middle> Accumulator for SingleMedian<M> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = column(values, 0)?;
        let selected = M::selection(values, None)?;
        let values = as_primitive_array::<M::Input>(values)?;
        self.values.reserve(selected.as_ref().map_or_else(|| values.len(), BooleanBuffer::count_set_bits));
        for_each(values.values(), selected.as_ref(), |value| self.values.push(value));
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        each_list::<M>(column(states, 0)?, |_, more| {
            self.values.extend_from_slice(more);
            Ok(())
        })
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let median = self.types.medians::<M>(std::iter::once(self.middle.median(&mut self.values)));
        ScalarValue::try_from_array(median.as_ref(), 0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let values = PrimitiveArray::<M::Input>::new(std::mem::take(&mut self.values).into(), None);
        let ends = std::iter::once(values.len());
        Ok(vec![ScalarValue::List(Arc::new(self.types.lists::<M>(values, ends, None)?))])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + bytes(&self.values)
    }
}
