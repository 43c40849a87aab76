//! Trees of members in memory, kept from query to query.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use super::MemberTree;
use crate::model::ColumnType;
use crate::resolve::Predicate;
use crate::time::Calendar;

/// Trees kept at most; beyond it the one unused for longest goes.
const MOST_TREES: usize = 128;

/// What makes two queries see the same members.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct MemberKey {
    /// Of the definition.
    pub(crate) revision: Uuid,
    /// The dataset whose rows are read.
    pub(crate) dataset: Uuid,
    /// The version of the dataset.
    pub(crate) version: u64,
    /// Where members depend on it.
    pub(crate) calendar: Option<Calendar>,
    /// The rows that are seen.
    pub(crate) filter: Predicate,
    /// Of what tells the member of a row: a column may become wider without a new version.
    pub(crate) types: Vec<ColumnType>,
}

/// The kept trees of one engine, bounded by bytes.
#[derive(Debug)]
pub(crate) struct MemberCache {
    most_bytes: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    trees: HashMap<MemberKey, (Arc<MemberTree>, u64)>,
    /// Counts uses, so that the tree unused for longest is known.
    uses: u64,
}

impl MemberCache {
    pub(crate) fn new(most_bytes: usize) -> Self {
        Self { most_bytes, kept: Mutex::default() }
    }

    pub(crate) fn get(&self, key: &MemberKey) -> Option<Arc<MemberTree>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.uses += 1;
        let now = kept.uses;
        let (tree, used) = kept.trees.get_mut(key)?;
        *used = now;
        Some(Arc::clone(tree))
    }

    /// Keeps a tree and lets go of those of older versions of the dataset.
    pub(crate) fn put(&self, key: MemberKey, tree: &Arc<MemberTree>) {
        if tree.bytes() > self.most_bytes {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.trees.retain(|other, _| other.dataset != key.dataset || other.version >= key.version);
        kept.uses += 1;
        let now = kept.uses;
        kept.trees.insert(key, (Arc::clone(tree), now));
        kept.let_go(self.most_bytes);
    }

    /// Whether a tree may grow by so many bytes and still be kept.
    pub(crate) fn has_room(&self, tree: &MemberTree, more: usize) -> bool {
        tree.bytes().saturating_add(more) <= self.most_bytes
    }

    /// Keeps to the bound after trees have grown: those unused for longest go.
    pub(crate) fn fit(&self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // A tree that fits without the nodes of rows is better kept alone than not at all.
        let grown = kept.trees.values().filter(|(tree, _)| tree.bytes() > self.most_bytes);
        grown.for_each(|(tree, _)| tree.rows().clear());
        kept.let_go(self.most_bytes);
    }
}

impl Kept {
    fn let_go(&mut self, most_bytes: usize) {
        while self.trees.len() > MOST_TREES || self.bytes() > most_bytes {
            let oldest = self.trees.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| key.clone());
            let Some(oldest) = oldest else { break };
            self.trees.remove(&oldest);
        }
    }

    fn bytes(&self) -> usize {
        self.trees.values().map(|(tree, _)| tree.bytes()).sum()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use uuid::Uuid;

    use super::{MOST_TREES, MemberCache, MemberKey};
    use crate::members::MemberTree;
    use crate::members::testing::{texts, tree_of};
    use crate::model::{ColumnType, WeekStart};
    use crate::resolve::Predicate;
    use crate::time::{Calendar, Zone};

    fn tree() -> Arc<MemberTree> {
        tree_of(&[], texts(&[Some("a"), Some("b")]))
    }

    fn key(dataset: Uuid, version: u64) -> MemberKey {
        let (filter, types) = (Predicate::Constant(true), vec![ColumnType::Text]);
        MemberKey { revision: Uuid::nil(), dataset, version, calendar: None, filter, types }
    }

    #[test]
    fn a_tree_is_found_by_its_whole_key() {
        let (cache, kept) = (MemberCache::new(usize::MAX), tree());
        let known = key(Uuid::from_u128(1), 7);
        cache.put(known.clone(), &kept);
        assert_eq!(cache.get(&known), Some(kept));
        let utc = Calendar::new(Zone::named("UTC").unwrap(), WeekStart::Monday, 1).unwrap();
        for other in [
            MemberKey { revision: Uuid::from_u128(9), ..known.clone() },
            MemberKey { dataset: Uuid::from_u128(2), ..known.clone() },
            MemberKey { version: 8, ..known.clone() },
            MemberKey { calendar: Some(utc), ..known.clone() },
            MemberKey { types: vec![ColumnType::Integer], ..known.clone() },
            MemberKey { filter: Predicate::Constant(false), ..known },
        ] {
            assert_eq!(cache.get(&other), None, "{other:?}");
        }
    }

    #[test]
    fn older_versions_of_the_same_dataset_go() {
        let (cache, kept) = (MemberCache::new(usize::MAX), tree());
        let [one, two] = [1, 2].map(Uuid::from_u128);
        for key in [key(one, 1), key(two, 1), key(one, 2)] {
            cache.put(key, &kept);
        }
        assert_eq!(cache.get(&key(one, 1)), None);
        assert!(cache.get(&key(two, 1)).is_some() && cache.get(&key(one, 2)).is_some());
        // A query that began before does not push out what is newer.
        cache.put(key(one, 1), &kept);
        assert!(cache.get(&key(one, 1)).is_some() && cache.get(&key(one, 2)).is_some());
    }

    #[test]
    fn what_is_unused_for_longest_goes_when_there_is_no_room() {
        let kept = tree();
        let [one, two, three] = [1, 2, 3].map(|dataset| key(Uuid::from_u128(dataset), 1));
        let cache = MemberCache::new(2 * kept.bytes());
        cache.put(one.clone(), &kept);
        cache.put(two.clone(), &kept);
        assert!(cache.get(&one).is_some());
        cache.put(three.clone(), &kept);
        assert_eq!([one, two, three].map(|key| cache.get(&key).is_some()), [true, false, true]);

        let small = MemberCache::new(kept.bytes() - 1);
        small.put(key(Uuid::nil(), 1), &kept);
        assert_eq!(small.get(&key(Uuid::nil(), 1)), None);
    }

    #[test]
    fn a_tree_that_grows_takes_the_room_of_others_or_forgets() {
        let grow = |tree: &MemberTree, rows: u32| {
            tree.rows().of_target(u64::from(rows), &["a"], || Ok(vec![0; rows as usize])).unwrap();
        };
        let trees = [tree(), tree()];
        let keys = [1, 2].map(|dataset| key(Uuid::from_u128(dataset), 1));
        let room = 3 * trees[0].bytes();
        let cache = MemberCache::new(room);
        keys.iter().zip(&trees).for_each(|(key, tree)| cache.put(key.clone(), tree));
        cache.fit();
        assert!(keys.iter().all(|key| cache.get(key).is_some()));

        let rows = u32::try_from(trees[1].bytes() / 2).unwrap();
        assert!(cache.has_room(&trees[1], 4 * rows as usize) && !cache.has_room(&trees[1], room));
        grow(&trees[1], rows);
        cache.fit();
        assert_eq!(keys.each_ref().map(|key| cache.get(key).is_some()), [false, true]);

        grow(&trees[1], u32::try_from(room).unwrap());
        assert!(trees[1].bytes() > room);
        cache.fit();
        assert!(cache.get(&keys[1]).is_some() && trees[1].bytes() < room);
    }

    #[test]
    fn there_is_a_most_of_trees() {
        let (cache, kept) = (MemberCache::new(usize::MAX), tree());
        let keys = (0..=MOST_TREES as u128).map(|dataset| key(Uuid::from_u128(dataset), 1));
        let keys: Vec<_> = keys.inspect(|key| cache.put(key.clone(), &kept)).collect();
        let found: Vec<bool> = keys.iter().map(|key| cache.get(key).is_some()).collect();
        assert_eq!(found.iter().filter(|found| **found).count(), MOST_TREES);
        assert!(!found[0]);
    }
}
