//! The accumulators that DataFusion drives: one for many groups, one for a single mode.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Int64Array, ListArray};
use arrow::datatypes::DataType;
use datafusion::common::cast::{as_int64_array, as_list_array};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};
use hashbrown::DefaultHashBuilder;

use super::counter::Counter;
use crate::functions::exact::{column, damaged, no_such_group};
use crate::functions::lists::{each_list, lists, one_each};
use crate::functions::values::{Held, one_list, present};

/// A stored value: the row of its group, where it stands among all values, and how often it occurs.
#[derive(Debug)]
struct Stored {
    row: usize,
    place: usize,
    times: i64,
}

/// All stored values.
fn stored(values: &ListArray, states: &[ArrayRef]) -> Result<Vec<Stored>> {
    let times = as_list_array(column(states, 1)?)?;
    if times.values().null_count() > 0 {
        return Err(damaged());
    }
    // Lists of the same lengths, which need not begin at the same place.
    let starts = times.value_offsets();
    let times = as_int64_array(times.values().as_ref())?.values();
    let mut all = Vec::with_capacity(values.values().len());
    each_list(values, |row, places| {
        let (start, end) = starts.get(row).zip(starts.get(row + 1)).ok_or_else(damaged)?;
        let [start, end] = [start, end].map(|bound| usize::try_from(*bound).unwrap_or(usize::MAX));
        let times = times.get(start..end).filter(|times| times.len() == places.len()).ok_or_else(damaged)?;
        all.extend(places.zip(times).map(|(place, times)| Stored { row, place, times: *times }));
        Ok(())
    })?;
    Ok(all)
}

/// Modes of many groups.
#[derive(Debug)]
pub(super) struct GroupedModes<H> {
    data_type: DataType,
    hasher: DefaultHashBuilder,
    groups: Vec<Counter<H>>,
    /// Bytes of the counters on the heap.
    held: usize,
}

impl<H: Held> GroupedModes<H> {
    /// For values of this type.
    pub(super) fn new(data_type: DataType) -> Self {
        Self { data_type, hasher: DefaultHashBuilder::default(), groups: Vec::new(), held: 0 }
    }

    fn resize(&mut self, groups: usize) {
        self.groups.resize_with(groups.max(self.groups.len()), Counter::default);
    }

    fn add(&mut self, group: usize, item: H::Item<'_>, times: i64) -> Result<()> {
        let counter = self.groups.get_mut(group).ok_or_else(no_such_group)?;
        self.held += counter.add(&self.hasher, item, times);
        Ok(())
    }

    /// Takes out the groups that are emitted.
    fn take(&mut self, emit: EmitTo) -> Vec<Counter<H>> {
        let groups = emit.take_needed(&mut self.groups);
        self.held -= groups.iter().map(Counter::bytes).sum::<usize>();
        groups
    }
}

impl<H: Held> GroupsAccumulator for GroupedModes<H> {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        let values = column(values, 0)?;
        let selected = present(values, opt_filter)?;
        let items = H::column(values)?;
        self.resize(total_num_groups);
        for (row, group) in group_indices.iter().enumerate() {
            if selected.as_ref().is_none_or(|selected| selected.value(row)) {
                self.add(*group, H::get(&items, row).ok_or_else(damaged)?, 1)?;
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, values: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        let lists = as_list_array(column(values, 0)?)?;
        let items = H::column(lists.values().as_ref())?;
        self.resize(total_num_groups);
        for Stored { row, place, times } in stored(lists, values)? {
            let group = group_indices.get(row).ok_or_else(no_such_group)?;
            self.add(*group, H::get(&items, place).ok_or_else(damaged)?, times)?;
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let groups = self.take(emit_to);
        H::array(groups.iter().map(Counter::most_frequent), &self.data_type)
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let groups = self.take(emit_to);
        let values = H::array(groups.iter().flat_map(Counter::iter).map(|(value, _)| Some(value)), &self.data_type)?;
        let times = Int64Array::from_iter_values(groups.iter().flat_map(Counter::iter).map(|(_, times)| *times));
        let ends = || {
            groups.iter().scan(0, |end, counter| {
                *end += counter.len();
                Some(*end)
            })
        };
        Ok(vec![Arc::new(lists(values, ends(), None)?), Arc::new(lists(Arc::new(times), ends(), None)?)])
    }

    fn convert_to_state(&self, values: &[ArrayRef], opt_filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        // Every row is a group of its own: a list of one value, or NULL.
        let values = column(values, 0)?;
        let selected = present(values, opt_filter)?;
        let times = Int64Array::from_value(1, values.len());
        Ok(vec![Arc::new(one_each(values, selected.as_ref())?), Arc::new(one_each(&times, selected.as_ref())?)])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.groups.capacity() * size_of::<Counter<H>>() + self.held
    }
}

/// A single mode.
#[derive(Debug)]
pub(super) struct SingleMode<H> {
    data_type: DataType,
    hasher: DefaultHashBuilder,
    counter: Counter<H>,
    held: usize,
}

impl<H: Held> SingleMode<H> {
    /// For values of this type.
    pub(super) fn new(data_type: DataType) -> Self {
        Self { data_type, hasher: DefaultHashBuilder::default(), counter: Counter::default(), held: 0 }
    }
}

impl<H: Held> Accumulator for SingleMode<H> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = column(values, 0)?;
        let selected = present(values, None)?;
        let items = H::column(values)?;
        for row in 0..values.len() {
            if selected.as_ref().is_none_or(|selected| selected.value(row)) {
                let item = H::get(&items, row).ok_or_else(damaged)?;
                self.held += self.counter.add(&self.hasher, item, 1);
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let lists = as_list_array(column(states, 0)?)?;
        let items = H::column(lists.values().as_ref())?;
        for Stored { place, times, .. } in stored(lists, states)? {
            let item = H::get(&items, place).ok_or_else(damaged)?;
            self.held += self.counter.add(&self.hasher, item, times);
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mode = H::array(std::iter::once(self.counter.most_frequent()), &self.data_type)?;
        ScalarValue::try_from_array(mode.as_ref(), 0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let values = H::array(self.counter.iter().map(|(value, _)| Some(value)), &self.data_type)?;
        let times = Int64Array::from_iter_values(self.counter.iter().map(|(_, times)| *times));
        Ok(vec![one_list(values)?, one_list(Arc::new(times))?])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.held
    }
}
