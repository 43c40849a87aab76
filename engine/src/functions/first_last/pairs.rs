//! The first or the last pair of each group.

use std::cmp::Ordering;

use arrow::array::{ArrayRef, BooleanArray};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::EmitTo;

use crate::functions::exact::{column, damaged, no_such_group};
use crate::functions::values::{Held, present};

/// Which pair is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum End {
    First,
    Last,
}

impl End {
    /// Whether a pair gives way to another, by how it compares to that.
    fn gives_way(self, order: Ordering) -> bool {
        match self {
            Self::First => order.is_gt(),
            Self::Last => order.is_lt(),
        }
    }
}

/// The types of the value and of what orders the rows.
#[derive(Debug, Clone)]
pub(super) struct Types {
    pub(super) value: DataType,
    pub(super) by: DataType,
}

/// What orders the rows, and the value.
#[derive(Debug, Clone)]
struct Pair<B, V> {
    by: B,
    value: V,
}

/// The pair of each group, if it has any.
#[derive(Debug)]
pub(super) struct Pairs<B, V> {
    end: End,
    types: Types,
    groups: Vec<Option<Pair<B, V>>>,
    /// Bytes of the pairs on the heap.
    held: usize,
}

/// The rows where neither of the two columns is NULL and which the filter lets through; nothing means all.
pub(super) fn complete(columns: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Option<BooleanBuffer>> {
    let values = present(column(columns, 0)?, filter)?;
    let bys = present(column(columns, 1)?, None)?;
    Ok(match (values, bys) {
        (Some(values), Some(bys)) => Some(&values & &bys),
        (values, bys) => values.or(bys),
    })
}

impl<B: Held, V: Held> Pairs<B, V> {
    pub(super) fn new(end: End, types: Types) -> Self {
        Self { end, types, groups: Vec::new(), held: 0 }
    }

    /// Makes room for so many groups.
    pub(super) fn resize(&mut self, groups: usize) {
        self.groups.resize_with(groups.max(self.groups.len()), || None);
    }

    /// Takes in the rows of a batch, which is a value and what orders the rows, each for the group that is told.
    pub(super) fn add(
        &mut self,
        columns: &[ArrayRef],
        filter: Option<&BooleanArray>,
        rows: impl Iterator<Item = usize>,
    ) -> Result<()> {
        let complete = complete(columns, filter)?;
        let values = V::column(column(columns, 0)?)?;
        let bys = B::column(column(columns, 1)?)?;
        for (row, group) in rows.enumerate() {
            if complete.as_ref().is_some_and(|complete| !complete.value(row)) {
                continue;
            }
            let value = V::get(&values, row).ok_or_else(damaged)?;
            let by = B::get(&bys, row).ok_or_else(damaged)?;
            let held = self.groups.get_mut(group).ok_or_else(no_such_group)?;
            if let Some(pair) = held {
                if !self.end.gives_way(pair.by.compare(by).then_with(|| pair.value.compare(value))) {
                    continue;
                }
                self.held -= pair.bytes();
            }
            self.held += held.insert(Pair { by: B::own(by), value: V::own(value) }).bytes();
        }
        Ok(())
    }

    /// Takes out the groups that are emitted.
    pub(super) fn take(&mut self, emit: EmitTo) -> Self {
        let groups = emit.take_needed(&mut self.groups);
        let held = groups.iter().flatten().map(Pair::bytes).sum::<usize>();
        self.held -= held;
        Self { end: self.end, types: self.types.clone(), groups, held }
    }

    /// The values.
    pub(super) fn values(&self) -> Result<ArrayRef> {
        V::array(self.groups.iter().map(|pair| pair.as_ref().map(|pair| &pair.value)), &self.types.value)
    }

    /// The pairs as they are stored.
    pub(super) fn states(&self) -> Result<Vec<ArrayRef>> {
        let bys = self.groups.iter().map(|pair| pair.as_ref().map(|pair| &pair.by));
        Ok(vec![self.values()?, B::array(bys, &self.types.by)?])
    }

    /// Bytes on the heap.
    pub(super) fn size(&self) -> usize {
        self.groups.capacity() * size_of::<Option<Pair<B, V>>>() + self.held
    }
}

impl<B: Held, V: Held> Pair<B, V> {
    fn bytes(&self) -> usize {
        self.by.bytes() + self.value.bytes()
    }
}
