//! The different pairs of a group and a value.

use std::hash::{BuildHasher, Hash};

use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::EmitTo;
use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};

use crate::functions::exact::no_such_group;

/// The different pairs of a group and a value, and how many each group has.
#[derive(Debug)]
pub(super) struct Pairs<K> {
    table: HashTable<(u32, K)>,
    counts: Vec<i64>,
    hasher: DefaultHashBuilder,
}

impl<K: Copy + Eq + Hash> Pairs<K> {
    pub(super) fn new() -> Self {
        Self { table: HashTable::new(), counts: Vec::new(), hasher: DefaultHashBuilder::default() }
    }

    /// Makes room for so many groups.
    pub(super) fn resize(&mut self, groups: usize) {
        self.counts.resize(groups.max(self.counts.len()), 0);
    }

    /// Notes that a group has a value.
    pub(super) fn insert(&mut self, group: usize, key: K) -> Result<()> {
        let Self { table, counts, hasher } = self;
        let count = counts.get_mut(group).ok_or_else(no_such_group)?;
        let group = u32::try_from(group).map_err(|_| {
            DataFusionError::ResourcesExhausted("a count of different values in more than 2^32 groups".to_owned())
        })?;
        let pair = (group, key);
        let hash = hasher.hash_one(pair);
        if let Entry::Vacant(vacant) = table.entry(hash, |known| *known == pair, |known| hasher.hash_one(known)) {
            vacant.insert(pair);
            *count += 1;
        }
        Ok(())
    }

    /// How many values each group has.
    pub(super) fn counts(&self) -> &[i64] {
        &self.counts
    }

    /// The number of pairs.
    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    /// Takes out the groups that are emitted, with their numbers of values, and gives the pairs of these to `emitted`.
    /// The other groups are numbered from 0 again, and their values pass through `kept`.
    pub(super) fn take(
        &mut self,
        emit: EmitTo,
        mut emitted: impl FnMut(u32, K),
        mut kept: impl FnMut(K) -> Result<K>,
    ) -> Result<Vec<i64>> {
        let taken = emit.take_needed(&mut self.counts);
        let first = u32::try_from(taken.len()).unwrap_or(u32::MAX);
        for (group, key) in std::mem::take(&mut self.table) {
            match group.checked_sub(first) {
                None => emitted(group, key),
                Some(group) => {
                    let pair = (group, kept(key)?);
                    let hasher = &self.hasher;
                    self.table.insert_unique(hasher.hash_one(pair), pair, |known| hasher.hash_one(known));
                }
            }
        }
        Ok(taken)
    }

    /// Bytes on the heap.
    pub(super) fn size(&self) -> usize {
        self.table.allocation_size() + self.counts.capacity() * size_of::<i64>()
    }
}

/// Brings the values of group 0 to the front, then those of group 1 and so on. Gives the values, and where those of
/// each group end.
pub(super) fn by_group<K: Copy>(pairs: &[(u32, K)], counts: &[i64]) -> (Vec<K>, Vec<usize>) {
    let places = counts.iter().scan(0, |end, count| {
        let start = *end;
        *end += usize::try_from(*count).unwrap_or_default();
        Some(start)
    });
    let mut places: Vec<usize> = places.collect();
    let mut keys = pairs.first().map_or_else(Vec::new, |(_, key)| vec![*key; pairs.len()]);
    for (group, key) in pairs {
        let place = usize::try_from(*group).ok().and_then(|group| places.get_mut(group));
        if let Some(place) = place
            && let Some(slot) = keys.get_mut(*place)
        {
            *slot = *key;
            *place += 1;
        }
    }
    // A group that is filled has its next place where it ends.
    (keys, places)
}
