//! The accumulators that DataFusion drives: one for many groups, one for a single list.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, ListArray, StringViewBuilder};
use arrow::buffer::BooleanBuffer;
use datafusion::common::cast::{as_list_array, as_string_view_array};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};

use super::best::{Best, Rule};
use crate::functions::exact::{column, no_such_group, selected};
use crate::functions::lists::{each_list, lists, one_each};

/// Calls `each` with the number and the text of each selected row.
fn each_text(
    values: &dyn Array,
    selected: Option<&BooleanBuffer>,
    mut each: impl FnMut(usize, &str) -> Result<()>,
) -> Result<()> {
    let texts = as_string_view_array(values)?;
    match selected {
        None => (0..texts.len()).try_for_each(|row| each(row, texts.value(row))),
        Some(selected) => selected.set_indices().try_for_each(|row| each(row, texts.value(row))),
    }
}

/// Calls `each` with the number of each stored list and each of its texts.
fn each_stored(states: &dyn Array, mut each: impl FnMut(usize, &str) -> Result<()>) -> Result<()> {
    let states = as_list_array(states)?;
    let texts = as_string_view_array(states.values().as_ref())?;
    each_list(states, |row, mut range| range.try_for_each(|index| each(row, texts.value(index))))
}

/// The texts of groups as they are stored.
fn stored(groups: &mut [Best], rule: &Rule) -> Result<ListArray> {
    let mut texts = StringViewBuilder::new();
    let mut ends = Vec::with_capacity(groups.len());
    let mut end = 0;
    for group in groups {
        for text in group.sorted(rule) {
            texts.try_append_value(text)?;
            end += 1;
        }
        ends.push(end);
    }
    lists(Arc::new(texts.finish()), ends.into_iter(), None)
}

/// Lists of many groups.
#[derive(Debug)]
pub(super) struct GroupedLists {
    rule: Rule,
    groups: Vec<Best>,
    /// Bytes of all groups.
    held: usize,
}

impl GroupedLists {
    pub(super) fn new(rule: Rule) -> Self {
        Self { rule, groups: Vec::new(), held: 0 }
    }

    fn resize(&mut self, groups: usize) {
        self.groups.resize_with(groups.max(self.groups.len()), Best::default);
    }

    /// Offers a text to a group.
    fn offer(&mut self, group: Option<&usize>, text: &str) -> Result<()> {
        let Self { rule, groups, held } = self;
        let group = group.and_then(|group| groups.get_mut(*group)).ok_or_else(no_such_group)?;
        let before = group.size();
        group.offer(text, rule);
        *held = *held + group.size() - before;
        Ok(())
    }

    /// Takes out the groups that are emitted.
    fn take(&mut self, emit: EmitTo) -> Vec<Best> {
        let groups = emit.take_needed(&mut self.groups);
        self.held -= groups.iter().map(Best::size).sum::<usize>();
        groups
    }
}

impl GroupsAccumulator for GroupedLists {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        let values = column(values, 0)?;
        let selected = selected(values, opt_filter);
        self.resize(total_num_groups);
        each_text(values, selected.as_ref(), |row, text| self.offer(group_indices.get(row), text))
    }

    fn merge_batch(&mut self, values: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        self.resize(total_num_groups);
        each_stored(column(values, 0)?, |row, text| self.offer(group_indices.get(row), text))
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let groups = self.take(emit_to);
        let mut joined = StringViewBuilder::with_capacity(groups.len());
        for mut group in groups {
            match group.joined(&self.rule) {
                Some(text) => joined.try_append_value(text)?,
                None => joined.append_null(),
            }
        }
        Ok(Arc::new(joined.finish()))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let mut groups = self.take(emit_to);
        Ok(vec![Arc::new(stored(&mut groups, &self.rule)?)])
    }

    fn convert_to_state(&self, values: &[ArrayRef], opt_filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let values = column(values, 0)?;
        Ok(vec![Arc::new(one_each(values, selected(values, opt_filter).as_ref())?)])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.groups.capacity() * size_of::<Best>() + self.held
    }
}

/// A single list.
#[derive(Debug)]
pub(super) struct SingleList {
    rule: Rule,
    best: Best,
}

impl SingleList {
    pub(super) fn new(rule: Rule) -> Self {
        Self { rule, best: Best::default() }
    }

    fn offer(&mut self, text: &str) -> Result<()> {
        self.best.offer(text, &self.rule);
        Ok(())
    }
}

impl Accumulator for SingleList {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = column(values, 0)?;
        each_text(values, selected(values, None).as_ref(), |_, text| self.offer(text))
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        each_stored(column(states, 0)?, |_, text| self.offer(text))
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Utf8View(self.best.joined(&self.rule)))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let texts = stored(std::slice::from_mut(&mut self.best), &self.rule)?;
        Ok(vec![ScalarValue::List(Arc::new(texts))])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.best.size()
    }
}
