//! Rows that a delta has read, with all that they are compared by.

use arrow::array::RecordBatch;
use arrow::compute::filter_record_batch;
use drillcore_store::{KeyEntry, KeyHasher, KeySecret};

use super::digests::content_digests;
use super::keys::{picked, with_key};
use super::merge::{first_of_each, latest_of_each};
use super::roles::Roles;
use super::versions::{NO_TIME, greatest, version_times};
use crate::catalog::{Acceleration, Strategy};
use crate::error::{Error, Result};

/// Rows of the source in its order.
#[derive(Debug)]
pub(crate) struct Incoming {
    /// The columns of the dataset, then the ordinal, which means nothing here.
    pub(crate) rows: RecordBatch,
    /// Their versions.
    pub(crate) times: Vec<i64>,
    /// The hashes of their keys; empty without a key.
    pub(crate) hashes: Vec<u128>,
    /// The digests of their values; empty without a key.
    pub(crate) digests: Vec<u64>,
    /// Which of them say that they are deleted; empty if none can.
    pub(crate) deleted: Vec<bool>,
    /// Rows left out because they have no key.
    pub(crate) null_keys: u64,
}

impl Incoming {
    /// Rows with a key if a secret is given. `added` are columns that not all held rows have. Works in parallel on the
    /// rayon pool of the calling thread.
    pub(crate) fn new(
        mut rows: RecordBatch,
        secret: Option<KeySecret>,
        added: &[String],
        roles: &Roles,
        acceleration: &Acceleration,
        dataset: &str,
    ) -> Result<Self> {
        let (mut hashes, mut digests, mut null_keys) = (Vec::new(), Vec::new(), 0);
        if let Some(secret) = &secret {
            let hashed = KeyHasher::new(secret).hash(&roles.key_of(&rows))?;
            match with_key(&hashed, acceleration, dataset)? {
                None => hashes = hashed.hashes,
                Some(mask) => {
                    let before = rows.num_rows();
                    hashes = picked(&hashed.hashes, &mask);
                    rows = filter_record_batch(&rows, &mask)
                        .map_err(|error| Error::internal("rows without a key cannot be left out").with_source(error))?;
                    null_keys = u64::try_from(before - rows.num_rows()).unwrap_or(u64::MAX);
                }
            }
            digests = content_digests(secret, &rows, roles, added)?;
        }
        let times = version_times(&rows, &roles.versions)?;
        let deleted = roles.deleted_of(&rows).unwrap_or_default();
        Ok(Self { rows, times, hashes, digests, deleted, null_keys })
    }

    /// The latest version among them that is no later than a time.
    pub(crate) fn latest(&self, most: i64) -> Option<i64> {
        greatest(&self.times, most)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// The rows that count for their keys: where rows are only ever added the first of each, else the latest version,
    /// and of several the last.
    pub(crate) fn winners(&self, strategy: Strategy) -> Vec<usize> {
        match strategy {
            Strategy::Insert => first_of_each(&self.hashes),
            _ => latest_of_each(&self.hashes, &self.times),
        }
    }

    /// The hashes of the keys of some rows.
    pub(crate) fn hashes_of(&self, rows: &[usize]) -> Vec<u128> {
        rows.iter().filter_map(|row| self.hashes.get(*row)).copied().collect()
    }

    /// What is known of the key of a row, but for its place.
    pub(crate) fn entry(&self, row: usize) -> Option<KeyEntry> {
        let version_time = self.times.get(row).copied().filter(|time| *time != NO_TIME);
        let (hash, digest) = (*self.hashes.get(row)?, *self.digests.get(row)?);
        Some(KeyEntry { hash, place: None, version_time, digest })
    }
}
