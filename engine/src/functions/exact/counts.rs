//! How many values each group has.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use datafusion::common::Result;
use datafusion::common::cast::as_int64_array;
use datafusion::logical_expr::EmitTo;

/// The number of values of each group.
#[derive(Debug, Default)]
pub(crate) struct Counts(Vec<i64>);

impl Counts {
    /// Counts the selected rows of a batch, each in its group.
    pub(crate) fn mark(&mut self, groups: &[usize], selected: Option<&BooleanBuffer>, total: usize) {
        match selected {
            None => self.add(groups.iter().map(|group| (*group, 1)), total),
            Some(selected) => self.add(groups.iter().copied().zip(selected.iter().map(i64::from)), total),
        }
    }

    /// Adds stored counts to those of their groups.
    pub(crate) fn merge(&mut self, states: &dyn Array, groups: &[usize], total: usize) -> Result<()> {
        let more = as_int64_array(states)?;
        self.add(groups.iter().copied().zip(more.values().iter().copied()), total);
        Ok(())
    }

    fn add(&mut self, rows: impl Iterator<Item = (usize, i64)>, total: usize) {
        self.0.resize(total.max(self.0.len()), 0);
        let counts = self.0.as_mut_slice();
        for (group, count) in rows {
            if let Some(total) = counts.get_mut(group) {
                *total += count;
            }
        }
    }

    /// Takes out the groups that are emitted.
    pub(crate) fn take(&mut self, emit: EmitTo) -> Self {
        Self(emit.take_needed(&mut self.0))
    }

    pub(crate) fn values(&self) -> &[i64] {
        &self.0
    }

    /// The groups without a value, as NULLs; nothing if all have one.
    pub(crate) fn nulls(&self) -> Option<NullBuffer> {
        let valid: NullBuffer = self.0.iter().map(|count| *count > 0).collect();
        (valid.null_count() > 0).then_some(valid)
    }

    /// The counts as they are stored.
    pub(crate) fn into_state(self) -> ArrayRef {
        Arc::new(Int64Array::from(self.0))
    }

    /// Bytes on the heap.
    pub(crate) fn size(&self) -> usize {
        self.0.capacity() * size_of::<i64>()
    }
}
