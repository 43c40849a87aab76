//! The different values of groups.

use arrow::array::{Array, ListArray};
use arrow::buffer::BooleanBuffer;
use datafusion::common::Result;
use datafusion::common::cast::as_list_array;
use datafusion::logical_expr::EmitTo;

use super::pairs::{Pairs, by_group};
use super::values::Values;
use crate::functions::exact::no_such_group;
use crate::functions::lists::{each_list, lists};

/// The different values of each group.
#[derive(Debug)]
pub(super) struct Sets<V: Values> {
    values: V,
    pairs: Pairs<V::Key>,
}

impl<V: Values> Sets<V> {
    pub(super) fn new(values: V) -> Self {
        Self { values, pairs: Pairs::new() }
    }

    /// Makes room for so many groups.
    pub(super) fn resize(&mut self, groups: usize) {
        self.pairs.resize(groups);
    }

    /// Adds the selected values to their groups.
    pub(super) fn add(
        &mut self,
        values: &dyn Array,
        selected: Option<&BooleanBuffer>,
        group_of: impl Fn(usize) -> Option<usize>,
    ) -> Result<()> {
        let Self { values: kind, pairs } = self;
        let insert = |row: usize, key: V::Key| pairs.insert(group_of(row).ok_or_else(no_such_group)?, key);
        match selected {
            None => kind.each(values, 0..values.len(), insert),
            Some(selected) => kind.each(values, selected.set_indices(), insert),
        }
    }

    /// Adds stored lists of values to their groups.
    pub(super) fn merge(&mut self, states: &dyn Array, group_of: impl Fn(usize) -> Option<usize>) -> Result<()> {
        let Self { values: kind, pairs } = self;
        let states = as_list_array(states)?;
        each_list(states, |row, range| {
            let group = group_of(row).ok_or_else(no_such_group)?;
            kind.each(states.values().as_ref(), range, |_, key| pairs.insert(group, key))
        })
    }

    /// How many different values each group has.
    pub(super) fn counts(&self) -> &[i64] {
        self.pairs.counts()
    }

    /// Takes out the numbers of different values of the groups that are emitted.
    pub(super) fn take_counts(&mut self, emit: EmitTo) -> Result<Vec<i64>> {
        self.take(emit, |_, _| ()).map(|(_, counts)| counts)
    }

    /// Takes out the different values of the groups that are emitted, as they are stored.
    pub(super) fn take_lists(&mut self, emit: EmitTo) -> Result<ListArray> {
        let mut pairs = Vec::with_capacity(self.pairs.len());
        let (known, counts) = self.take(emit, |group, key| pairs.push((group, key)))?;
        let (keys, ends) = by_group(&pairs, &counts);
        lists(known.array(keys)?, ends.into_iter(), None)
    }

    /// Takes out the groups that are emitted: what their keys mean, and how many values they have.
    fn take(&mut self, emit: EmitTo, emitted: impl FnMut(u32, V::Key)) -> Result<(V, Vec<i64>)> {
        let Self { values, pairs } = self;
        // What only emitted groups have is forgotten.
        let mut rest = values.fresh();
        let counts = pairs.take(emit, emitted, |key| rest.adopt(values, key))?;
        Ok((std::mem::replace(values, rest), counts))
    }

    /// Bytes on the heap.
    pub(super) fn size(&self) -> usize {
        self.values.size() + self.pairs.size()
    }
}
