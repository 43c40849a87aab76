//! Targets of links in memory, kept from query to query.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use super::LookupTable;
use crate::model::{Column, ColumnType};
use crate::resolve::{Lookup, Predicate};

/// Tables kept at most; beyond it the one unused for longest goes.
const MOST_TABLES: usize = 128;

/// What makes two lookups read the same rows by the same keys.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct LookupKey {
    dataset: Uuid,
    version: u64,
    filter: Predicate,
    keys: Vec<(String, ColumnType)>,
    /// What the target has: a column may become wider, and one of another kind may get its name, without a new version.
    columns: Vec<(String, ColumnType)>,
}

impl LookupKey {
    pub(crate) fn new(lookup: &Lookup, version: u64, columns: &[Column]) -> Self {
        Self {
            dataset: lookup.dataset.id,
            version,
            filter: lookup.filter.clone(),
            keys: lookup.keys.iter().map(|key| (key.to.clone(), key.key_type)).collect(),
            columns: columns.iter().map(|column| (column.id.clone(), column.column_type)).collect(),
        }
    }
}

/// The kept tables of one engine, bounded by bytes.
#[derive(Debug)]
pub(crate) struct LookupCache {
    most_bytes: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    tables: HashMap<LookupKey, (LookupTable, u64)>,
    /// Counts uses, so that the table unused for longest is known.
    uses: u64,
}

impl LookupCache {
    pub(crate) fn new(most_bytes: usize) -> Self {
        Self { most_bytes, kept: Mutex::default() }
    }

    pub(crate) fn get(&self, key: &LookupKey) -> Option<LookupTable> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.uses += 1;
        let now = kept.uses;
        let (table, used) = kept.tables.get_mut(key)?;
        *used = now;
        Some(table.clone())
    }

    /// Keeps a table and lets go of those of older versions of the dataset.
    pub(crate) fn put(&self, key: LookupKey, table: &LookupTable) {
        if table.bytes() > self.most_bytes {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.tables.retain(|other, _| other.dataset != key.dataset || other.version >= key.version);
        kept.uses += 1;
        let now = kept.uses;
        kept.tables.insert(key, (table.clone(), now));
        while kept.tables.len() > MOST_TABLES || kept.bytes() > self.most_bytes {
            let oldest = kept.tables.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| key.clone());
            let Some(oldest) = oldest else { break };
            kept.tables.remove(&oldest);
        }
    }
}

impl Kept {
    fn bytes(&self) -> usize {
        self.tables.values().map(|(table, _)| table.bytes()).sum()
    }
}
