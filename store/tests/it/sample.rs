//! A small store with files of every kind but those that only large data files have: a dataset with a key, whose rows are
//! replaced and deleted, whose columns change, that is compacted and restored; one without a key, of other types; and a
//! catalog. Made again it is the same, byte for byte.

mod orders;
mod readings;
mod shown;

use std::sync::Arc;

use drillcore_store::{Error, MemoryStorage, Store};
use serde::{Deserialize, Serialize};

use crate::support::{HOUR, environment, options};

pub(crate) use self::orders::{ORDERS, check_orders, delta, orders_of_versions};
pub(crate) use self::readings::{READINGS, append};
use self::shown::shown_catalog;
pub(crate) use self::shown::shown_versions;

/// What its catalog holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Document {
    pub(crate) datasets: Vec<String>,
    pub(crate) note: String,
}

impl Document {
    pub(crate) fn new(datasets: &[&str], note: &str) -> Self {
        Self { datasets: datasets.iter().map(|name| (*name).to_owned()).collect(), note: note.to_owned() }
    }
}

/// Makes it.
pub(crate) fn sample() -> Result<MemoryStorage, Error> {
    let storage = MemoryStorage::new();
    let clock = environment(1_001);
    let store = Store::open(Arc::new(storage.clone()), options(Arc::clone(&clock)))?;
    store.catalog().commit(0, &Document::new(&["orders"], "größer als \"1\""))?;
    clock.advance(HOUR);
    orders::fill(&store.dataset(ORDERS), &clock)?;
    readings::fill(&store.dataset(READINGS), &clock)?;
    store.catalog().commit(1, &Document::new(&["orders", "readings"], ""))?;
    Ok(storage)
}

/// All there is to see of a store like this one.
pub(crate) fn shown(store: &Store) -> Result<String, Error> {
    let versions = shown_versions(store)?;
    Ok(shown_catalog(store)? + &versions.into_values().collect::<String>())
}
