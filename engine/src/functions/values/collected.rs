//! The accumulators of what needs all the values of a group: one for many groups, one for a single result.

use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, ListArray};
use arrow::datatypes::DataType;
use datafusion::common::cast::as_list_array;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};

use super::held::{Held, present};
use crate::functions::exact::{column, damaged, no_such_group};
use crate::functions::lists::{each_list, lists, one_each};

/// What is made of all the values of a group.
pub(crate) trait Statistic: Debug + Send + Sync + 'static {
    /// How the values are held.
    type Held: Held;

    /// What is made of them.
    type Value;

    /// Makes it of values, which are put into another order; nothing if there are none.
    fn of(&self, values: &mut [Self::Held]) -> Option<Self::Value>;

    /// The column that is shown.
    fn column(&self, results: Vec<Option<Self::Value>>) -> Result<ArrayRef>;
}

/// A single list of all the items, as it is stored.
pub(crate) fn one_list(items: ArrayRef) -> Result<ScalarValue> {
    let ends = std::iter::once(items.len());
    Ok(ScalarValue::List(Arc::new(lists(items, ends, None)?)))
}

/// Bytes on the heap of a vector itself.
fn room<V>(values: &Vec<V>) -> usize {
    values.capacity() * size_of::<V>()
}

/// Adds some rows of a column to the values of a group. Gives how many bytes more these take.
fn append<H: Held>(values: &mut Vec<H>, column: &H::Column, rows: Range<usize>) -> Result<usize> {
    let before = room(values);
    values.reserve(rows.len());
    let mut bytes = 0;
    for row in rows {
        let value = H::own(H::get(column, row).ok_or_else(damaged)?);
        bytes += value.bytes();
        values.push(value);
    }
    Ok(bytes + room(values) - before)
}

/// The stored lists and what they consist of.
fn stored<H: Held>(states: &[ArrayRef]) -> Result<(&ListArray, H::Column)> {
    let lists = as_list_array(column(states, 0)?)?;
    Ok((lists, H::column(lists.values().as_ref())?))
}

/// The values of many groups.
#[derive(Debug)]
pub(crate) struct GroupedValues<S: Statistic> {
    statistic: S,
    input: DataType,
    groups: Vec<Vec<S::Held>>,
    /// Bytes of the values of all groups, with the room for more.
    held: usize,
}

impl<S: Statistic> GroupedValues<S> {
    /// For values of this type.
    pub(crate) fn new(statistic: S, input: DataType) -> Self {
        Self { statistic, input, groups: Vec::new(), held: 0 }
    }

    fn resize(&mut self, groups: usize) {
        self.groups.resize_with(groups.max(self.groups.len()), Vec::new);
    }

    fn append(&mut self, group: usize, column: &<S::Held as Held>::Column, rows: Range<usize>) -> Result<()> {
        let values = self.groups.get_mut(group).ok_or_else(no_such_group)?;
        self.held += append(values, column, rows)?;
        Ok(())
    }

    /// Takes out the groups that are emitted.
    fn take(&mut self, emit: EmitTo) -> Vec<Vec<S::Held>> {
        let groups = emit.take_needed(&mut self.groups);
        let bytes = |values: &Vec<S::Held>| room(values) + values.iter().map(Held::bytes).sum::<usize>();
        self.held -= groups.iter().map(bytes).sum::<usize>();
        groups
    }
}

impl<S: Statistic> GroupsAccumulator for GroupedValues<S> {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        let values = column(values, 0)?;
        let selected = present(values, opt_filter)?;
        let values = S::Held::column(values)?;
        self.resize(total_num_groups);
        for (row, group) in group_indices.iter().enumerate() {
            if selected.as_ref().is_none_or(|selected| selected.value(row)) {
                self.append(*group, &values, row..row + 1)?;
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, values: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        let (lists, values) = stored::<S::Held>(values)?;
        self.resize(total_num_groups);
        each_list(lists, |row, items| {
            let group = group_indices.get(row).ok_or_else(no_such_group)?;
            self.append(*group, &values, items)
        })
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let mut groups = self.take(emit_to);
        self.statistic.column(groups.iter_mut().map(|values| self.statistic.of(values)).collect())
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let groups = self.take(emit_to);
        let items = S::Held::array(groups.iter().flatten().map(Some), &self.input)?;
        let ends = groups.iter().scan(0, |end, values| {
            *end += values.len();
            Some(*end)
        });
        Ok(vec![Arc::new(lists(items, ends, None)?)])
    }

    fn convert_to_state(&self, values: &[ArrayRef], opt_filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        // Every row is a group of its own: a list of one value, or NULL.
        let values = column(values, 0)?;
        Ok(vec![Arc::new(one_each(values, present(values, opt_filter)?.as_ref())?)])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + room(&self.groups) + self.held
    }
}

/// The values of a single group.
#[derive(Debug)]
pub(crate) struct SingleValues<S: Statistic> {
    statistic: S,
    input: DataType,
    values: Vec<S::Held>,
    held: usize,
}

impl<S: Statistic> SingleValues<S> {
    /// For values of this type.
    pub(crate) fn new(statistic: S, input: DataType) -> Self {
        Self { statistic, input, values: Vec::new(), held: 0 }
    }
}

impl<S: Statistic> Accumulator for SingleValues<S> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = column(values, 0)?;
        let selected = present(values, None)?;
        let rows = 0..values.len();
        let values = S::Held::column(values)?;
        match selected {
            None => self.held += append(&mut self.values, &values, rows)?,
            Some(selected) => {
                for row in selected.set_indices() {
                    self.held += append(&mut self.values, &values, row..row + 1)?;
                }
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let (lists, values) = stored::<S::Held>(states)?;
        each_list(lists, |_, items| {
            self.held += append(&mut self.values, &values, items)?;
            Ok(())
        })
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let result = self.statistic.of(&mut self.values);
        ScalarValue::try_from_array(self.statistic.column(vec![result])?.as_ref(), 0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.held = 0;
        let values = std::mem::take(&mut self.values);
        Ok(vec![one_list(S::Held::array(values.iter().map(Some), &self.input)?)?])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.held
    }
}
