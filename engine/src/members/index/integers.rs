//! Keys that are integers.

use std::hash::BuildHasher;

use arrow::array::{Array, Int64Array};
use arrow::compute::{max, min};
use hashbrown::{DefaultHashBuilder, HashTable};

use super::nodes_of;

/// An array of nodes may have that many places per key; beyond it a table is smaller.
const PLACES_PER_KEY: usize = 4;
/// What stands at a place without a key. Trees end before a node of this number.
const NO_NODE: u32 = u32::MAX;

/// Nodes by integer.
#[derive(Debug)]
pub(in crate::members) struct Integers {
    places: Places,
    null: Option<u32>,
}

#[derive(Debug)]
enum Places {
    /// The nodes of integers that lie close together, from the least on.
    Dense { least: i64, nodes: Vec<u32> },
    /// The others. The hasher differs from index to index, so that nobody can choose keys that collide.
    Sparse { table: HashTable<(i64, u32)>, hasher: DefaultHashBuilder },
}

impl Integers {
    pub(super) fn new(keys: &Int64Array, nodes: &[u32]) -> Self {
        let null = keys.iter().zip(nodes).find(|(key, _)| key.is_none()).map(|(_, node)| *node);
        let present = || keys.iter().zip(nodes).filter_map(|(key, node)| Some((key?, *node)));
        let count = keys.len() - keys.null_count();
        let places = match dense_places(keys, count) {
            Some((least, places)) => {
                let mut dense = vec![NO_NODE; places];
                for (key, node) in present() {
                    if let Some(slot) = place(least, key).and_then(|place| dense.get_mut(place)) {
                        *slot = node;
                    }
                }
                Places::Dense { least, nodes: dense }
            }
            None => {
                let hasher = DefaultHashBuilder::default();
                let mut table = HashTable::with_capacity(count);
                for (key, node) in present() {
                    table.insert_unique(hasher.hash_one(key), (key, node), |(other, _)| hasher.hash_one(*other));
                }
                Places::Sparse { table, hasher }
            }
        };
        Self { places, null }
    }

    pub(super) fn find<N: Copy>(&self, keys: &Int64Array, of: impl Fn(u32) -> N) -> Vec<N> {
        let values = keys.values().iter().copied();
        match keys.nulls().filter(|nulls| nulls.null_count() > 0) {
            None => nodes_of(values, |_, key| self.node(key), of),
            Some(nulls) => {
                let values = values.zip(nulls).map(|(key, valid)| valid.then_some(key));
                let find = |_, key: Option<i64>| match key {
                    Some(key) => self.node(key),
                    None => self.null,
                };
                nodes_of(values, find, of)
            }
        }
    }

    fn node(&self, key: i64) -> Option<u32> {
        match &self.places {
            Places::Dense { least, nodes } => nodes.get(place(*least, key)?).copied().filter(|node| *node != NO_NODE),
            Places::Sparse { table, hasher } => {
                table.find(hasher.hash_one(key), |(other, _)| *other == key).map(|(_, node)| *node)
            }
        }
    }

    pub(super) fn bytes(&self) -> usize {
        match &self.places {
            Places::Dense { nodes, .. } => nodes.capacity() * size_of::<u32>(),
            Places::Sparse { table, .. } => table.allocation_size(),
        }
    }
}

/// The least key and the places from it to the greatest, if they are few enough.
fn dense_places(keys: &Int64Array, count: usize) -> Option<(i64, usize)> {
    let (least, greatest) = (min(keys)?, max(keys)?);
    let spread = usize::try_from(greatest.abs_diff(least)).ok()?;
    (spread / PLACES_PER_KEY < count).then(|| (least, spread.saturating_add(1)))
}

/// The place of a key; none for those that are less than the least, or too far from it.
fn place(least: i64, key: i64) -> Option<usize> {
    usize::try_from(key.checked_sub(least)?).ok()
}
