//! How often each value occurs.

use std::hash::BuildHasher;

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};

use crate::functions::values::Held;

/// The different values of a group, each with how often it occurs.
#[derive(Debug)]
pub(super) struct Counter<H> {
    counts: HashTable<(H, i64)>,
}

impl<H> Default for Counter<H> {
    fn default() -> Self {
        Self { counts: HashTable::new() }
    }
}

impl<H: Held> Counter<H> {
    /// Counts a value so many times more. Gives how many bytes more the counter takes.
    pub(super) fn add(&mut self, hasher: &DefaultHashBuilder, item: H::Item<'_>, times: i64) -> usize {
        let before = self.counts.allocation_size();
        let found = self.counts.entry(
            hasher.hash_one(item),
            |(value, _)| value.compare(item).is_eq(),
            |(value, _)| hasher.hash_one(value.item()),
        );
        let mut bytes = 0;
        match found {
            Entry::Occupied(mut entry) => entry.get_mut().1 += times,
            Entry::Vacant(entry) => {
                let value = H::own(item);
                bytes = value.bytes();
                entry.insert((value, times));
            }
        }
        bytes + self.counts.allocation_size() - before
    }

    /// The most frequent value, and of several the least; nothing if there are none.
    pub(super) fn most_frequent(&self) -> Option<&H> {
        let most = self.counts.iter().max_by(|(left, left_times), (right, right_times)| {
            left_times.cmp(right_times).then_with(|| right.cmp(left))
        });
        most.map(|(value, _)| value)
    }

    /// How many different values there are.
    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }

    /// The values, each with how often it occurs.
    pub(super) fn iter(&self) -> impl Iterator<Item = &(H, i64)> {
        self.counts.iter()
    }

    /// Bytes on the heap.
    pub(super) fn bytes(&self) -> usize {
        self.counts.allocation_size() + self.counts.iter().map(|(value, _)| value.bytes()).sum::<usize>()
    }
}
