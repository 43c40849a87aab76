//! Locks between users of one in-memory storage.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};

use super::{LockMode, StorageLock};

/// Which paths are locked and how; clones share the table.
#[derive(Debug, Clone, Default)]
pub(super) struct LockTable {
    held: Arc<Mutex<HashMap<String, Held>>>,
}

#[derive(Debug, Clone, Copy)]
enum Held {
    Exclusive,
    Shared(usize),
}

#[derive(Debug)]
struct TableLock {
    table: LockTable,
    path: String,
}

impl StorageLock for TableLock {}

impl LockTable {
    pub(super) fn try_lock(&self, path: &str, mode: LockMode) -> Option<Box<dyn StorageLock>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        match (held.entry(path.to_owned()), mode) {
            (Entry::Vacant(free), LockMode::Exclusive) => {
                free.insert(Held::Exclusive);
            }
            (Entry::Vacant(free), LockMode::Shared) => {
                free.insert(Held::Shared(1));
            }
            (Entry::Occupied(mut taken), LockMode::Shared) => match taken.get_mut() {
                Held::Shared(holders) => *holders += 1,
                Held::Exclusive => return None,
            },
            (Entry::Occupied(_), LockMode::Exclusive) => return None,
        }
        Some(Box::new(TableLock { table: self.clone(), path: path.to_owned() }))
    }

    fn release(&self, path: &str) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        match held.get_mut(path) {
            Some(Held::Shared(holders)) if *holders > 1 => *holders -= 1,
            _ => {
                held.remove(path);
            }
        }
    }
}

impl Drop for TableLock {
    fn drop(&mut self) {
        self.table.release(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::{LockMode, LockTable};

    #[test]
    fn shared_locks_exclude_exclusive_ones_until_the_last_is_gone() {
        let table = LockTable::default();
        let first = table.try_lock("a", LockMode::Shared);
        let second = table.try_lock("a", LockMode::Shared);
        assert!(first.is_some() && second.is_some());
        assert!(table.try_lock("a", LockMode::Exclusive).is_none());
        assert!(table.try_lock("b", LockMode::Exclusive).is_some());
        drop(first);
        assert!(table.try_lock("a", LockMode::Exclusive).is_none());
        drop(second);
        let exclusive = table.try_lock("a", LockMode::Exclusive);
        assert!(exclusive.is_some());
        assert!(table.try_lock("a", LockMode::Shared).is_none());
    }
}
