//! Rows that a delta has read, with all that they are compared by.

use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use drillcore_store::{KeyEntry, KeyHasher, KeySecret};

use super::digests::content_digests;
use super::keys::{held_or_keyed, picked, with_key};
use super::merge::{first_of_each, latest_of_each};
use super::roles::Roles;
use super::versions::{NO_TIME, greatest, version_times};
use super::window::Window;
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
    /// Which of them were made too long ago to be held; empty if none can be. They only tell that no older row of their
    /// key is held.
    pub(crate) too_old: Vec<bool>,
    /// Rows left out because they have no key.
    pub(crate) null_keys: u64,
}

impl Incoming {
    /// Rows that are in question, with a key if a secret is given. `added` are columns that not all held rows have. Works
    /// in parallel on the rayon pool of the calling thread.
    pub(crate) fn new(
        mut rows: RecordBatch,
        secret: Option<KeySecret>,
        added: &[String],
        roles: &Roles,
        acceleration: &Acceleration,
        dataset: &str,
        window: &Window,
    ) -> Result<Self> {
        let (mut hashes, mut digests, mut null_keys) = (Vec::new(), Vec::new(), 0);
        let created = if window.expels { roles.created_of(&rows)? } else { None };
        let mut too_old = window.too_old(created.as_deref());
        if let Some(secret) = &secret {
            let hasher = KeyHasher::new(secret);
            let mut hashed = hasher.hash(&roles.key_of(&rows))?;
            if let Some(mask) = held_or_keyed(&hashed, &too_old) {
                (rows, too_old) = (filtered(&rows, &mask)?, picked(&too_old, &mask));
                hashed = hasher.hash(&roles.key_of(&rows))?;
            }
            match with_key(&hashed, acceleration, dataset)? {
                None => hashes = hashed.hashes,
                Some(mask) => {
                    let before = rows.num_rows();
                    hashes = picked(&hashed.hashes, &mask);
                    (rows, too_old) = (filtered(&rows, &mask)?, picked(&too_old, &mask));
                    null_keys = u64::try_from(before - rows.num_rows()).unwrap_or(u64::MAX);
                }
            }
            digests = content_digests(secret, &rows, roles, added)?;
        }
        let times = version_times(&rows, &roles.versions)?;
        let deleted = roles.deleted_of(&rows).unwrap_or_default();
        Ok(Self { rows, times, hashes, digests, deleted, too_old, null_keys })
    }

    /// The latest version among those that may be held that is no later than a time.
    pub(crate) fn latest(&self, most: i64) -> Option<i64> {
        if self.too_old.is_empty() {
            return greatest(&self.times, most);
        }
        let times = self.times.iter().enumerate().filter(|(row, _)| !self.is_too_old(*row));
        greatest(&times.map(|(_, time)| *time).collect::<Vec<_>>(), most)
    }

    pub(crate) fn is_too_old(&self, row: usize) -> bool {
        self.too_old.get(row).copied().unwrap_or(false)
    }

    /// How many rows may be held, of those with a key.
    fn takeable(&self) -> usize {
        self.times.len() - self.too_old.iter().filter(|too_old| **too_old).count()
    }

    /// How many rows were fetched that may be held, those without a key among them.
    pub(crate) fn fetched(&self) -> u64 {
        u64::try_from(self.takeable()).unwrap_or(u64::MAX).saturating_add(self.null_keys)
    }

    /// How many rows do not count because others do.
    pub(crate) fn dropped_for(&self, winners: &[usize]) -> usize {
        let winners = winners.iter().filter(|row| !self.is_too_old(**row)).count();
        self.takeable().saturating_sub(winners)
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

fn filtered(rows: &RecordBatch, mask: &BooleanArray) -> Result<RecordBatch> {
    filter_record_batch(rows, mask)
        .map_err(|error| Error::internal("rows without a key cannot be left out").with_source(error))
}
