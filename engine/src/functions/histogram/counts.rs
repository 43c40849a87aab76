//! How many values the bins of groups have.

use datafusion::common::Result;
use datafusion::logical_expr::EmitTo;
use hashbrown::HashMap;

use crate::functions::exact::no_such_group;

/// The number of values in each bin of each group; bins without values are not held.
#[derive(Debug, Clone, Default)]
pub(super) struct BinCounts {
    groups: usize,
    counts: HashMap<(usize, i64), i64>,
}

impl BinCounts {
    /// Makes room for so many groups.
    pub(super) fn resize(&mut self, groups: usize) {
        self.groups = self.groups.max(groups);
    }

    /// Adds to a bin of a group.
    pub(super) fn add(&mut self, group: Option<usize>, bin: i64, count: i64) -> Result<()> {
        let group = group.filter(|group| *group < self.groups).ok_or_else(no_such_group)?;
        *self.counts.entry((group, bin)).or_insert(0) += count;
        Ok(())
    }

    /// Takes out the groups that are emitted: for each its bins, in order, and their numbers of values. The other
    /// groups are numbered from 0 again.
    pub(super) fn take(&mut self, emit: EmitTo) -> Vec<Vec<(i64, i64)>> {
        let first = match emit {
            EmitTo::All => self.groups,
            EmitTo::First(groups) => groups.min(self.groups),
        };
        self.groups -= first;
        let mut taken = vec![Vec::new(); first];
        for ((group, bin), count) in std::mem::take(&mut self.counts) {
            match taken.get_mut(group) {
                Some(bins) => bins.push((bin, count)),
                None => {
                    self.counts.insert((group - first, bin), count);
                }
            }
        }
        for bins in &mut taken {
            bins.sort_unstable();
        }
        taken
    }

    /// Bytes on the heap.
    pub(super) fn size(&self) -> usize {
        self.counts.allocation_size()
    }
}
