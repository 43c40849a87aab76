//! Numbered logs: folders in which version N is the file of N in 20 digits, made once and never changed.
//!
//! The catalog and the manifests of every dataset are such logs. A version appears by being linked under its number, so
//! of several writers exactly one makes it; see [`commit`] for the protocol.

mod commit;
#[cfg(test)]
mod race_tests;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::format::{FORMAT_VERSION, Features, check_readable, unknown_shape};
use crate::layout::{COMMIT_LOCK, is_temp_name, join, parse_version_name, version_name};
use crate::seal::unseal;
use crate::storage::{LockMode, StorageEntry, StorageLock};

/// What every version says about itself, whatever it holds.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitHeader {
    /// The number of the version, the same as in its file name; the first is 1.
    pub version: u64,
    /// Made anew for every attempt to commit, so that a writer recognises its own.
    pub commit_id: Uuid,
    /// The commit id of the version before, where no lock said that nobody came in between; so a writer knows who built
    /// upon its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Uuid>,
    /// When it was committed: microseconds since 1970-01-01T00:00:00Z, greater than that of the version before even if
    /// the clock went back.
    pub committed_at_us: i64,
    /// The on-disk format of this file.
    pub format_version: u32,
    /// What software must know to read this version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reader_features: Vec<String>,
    /// What software must know to commit on top of this version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub writer_features: Vec<String>,
}

/// A version as it is stored.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Envelope<T> {
    pub(crate) header: CommitHeader,
    pub(crate) body: T,
}

/// A header that was checked, with the whole JSON text it came from.
#[derive(Debug, Clone)]
pub(crate) struct RawVersion {
    pub(crate) header: CommitHeader,
    pub(crate) json: Bytes,
}

/// Whether a handle may still write; clones share the answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Health {
    poisoned_by: Arc<Mutex<Option<String>>>,
}

#[derive(Debug)]
pub(crate) struct NumberedLog {
    context: Arc<Context>,
    dir: String,
    health: Health,
    /// Writers of one process queue here instead of polling the lock of the operating system.
    gate: Mutex<()>,
    /// Whether this process made sure that the folder is durable.
    ensured: Mutex<bool>,
    /// A version that was seen; the newest one never goes, so listing may begin there. 0 if none was. Only kept where
    /// listing takes many requests, on media without locks.
    seen: AtomicU64,
}

/// The right to commit to a log, until dropped.
#[derive(Debug)]
pub(crate) struct LogGuard<'a> {
    /// Declared before the gate, so that the next writer of this process finds it free. `None` on a medium without locks.
    _lock: Option<Box<dyn StorageLock>>,
    /// When the base of what is to be committed was looked up; on a medium without locks the commit has to come soon.
    since_us: i64,
    _gate: MutexGuard<'a, ()>,
}

impl LogGuard<'_> {
    /// The same right for what rests on an earlier look.
    pub(crate) fn since(mut self, since_us: i64) -> Self {
        self.since_us = self.since_us.min(since_us);
        self
    }
}

impl Health {
    pub(crate) fn check(&self) -> Result<()> {
        match &*self.poisoned_by.lock().unwrap_or_else(PoisonError::into_inner) {
            None => Ok(()),
            Some(cause) => Err(Error::new(
                ErrorKind::Poisoned,
                "an earlier write could not be made durable; open the store again to write",
            )
            .with_context("cause", cause)),
        }
    }

    /// Remembers the first failure and hands the error on.
    pub(crate) fn poison(&self, error: Error) -> Error {
        let mut poisoned_by = self.poisoned_by.lock().unwrap_or_else(PoisonError::into_inner);
        if poisoned_by.is_none() {
            *poisoned_by = Some(error.to_string());
        }
        error
    }
}

/// The versions among the entries of a log, in order.
fn numbers(entries: &[StorageEntry]) -> Vec<u64> {
    let files = entries.iter().filter(|entry| !entry.is_dir);
    let mut versions: Vec<u64> = files.filter_map(|entry| parse_version_name(&entry.name)).collect();
    versions.sort_unstable();
    versions
}

impl NumberedLog {
    pub(crate) fn new(context: Arc<Context>, dir: String, health: Health) -> Self {
        Self { context, dir, health, gate: Mutex::new(()), ensured: Mutex::new(false), seen: AtomicU64::new(0) }
    }

    pub(crate) fn dir(&self) -> &str {
        &self.dir
    }

    pub(crate) fn health(&self) -> &Health {
        &self.health
    }

    pub(crate) fn path_of(&self, version: u64) -> String {
        join(&self.dir, &version_name(version))
    }

    /// All versions present, in order.
    pub(crate) fn versions(&self) -> Result<Vec<u64>> {
        let versions = numbers(&self.context.list(&self.dir)?);
        self.seen.store(versions.last().copied().unwrap_or(0), Ordering::Relaxed);
        Ok(versions)
    }

    /// All versions after one that need not be present, in order.
    fn versions_after(&self, version: u64) -> Result<Vec<u64>> {
        let listed = self.context.storage.list_after(&self.dir, &version_name(version));
        let listed = listed.map_err(|error| Error::io("list the folder", &self.dir, error))?;
        Ok(numbers(&listed))
    }

    /// The newest version by listing; 0 if there is none.
    pub(crate) fn newest(&self) -> Result<u64> {
        let seen = self.seen.load(Ordering::Relaxed);
        if seen == 0 || self.context.has_locks() {
            return Ok(self.versions()?.last().copied().unwrap_or(0));
        }
        let newest = self.versions_after(seen)?.last().copied().unwrap_or(seen);
        self.seen.store(newest, Ordering::Relaxed);
        Ok(newest)
    }

    /// Lets the next listing begin at the beginning: what was seen turned out to be gone.
    pub(crate) fn forget_seen(&self) {
        self.seen.store(0, Ordering::Relaxed);
    }

    /// The newest version if it is newer than `known`; costs a look at two names when there is none. Versions are removed
    /// oldest first, so as long as `known` is still there, a missing `known + 1` was never made; otherwise the folder has
    /// to be listed. A lease does not help: a vacuum that had looked at the leases before may remove both.
    pub(crate) fn newer_than(&self, known: u64) -> Result<Option<u64>> {
        let next = known.checked_add(1).map(|next| self.path_of(next));
        if next.map(|next| self.context.exists(&next)).transpose()?.unwrap_or(false) {
            return self.newest().map(Some);
        }
        if self.context.exists(&self.path_of(known))? {
            return Ok(None);
        }
        self.forget_seen();
        Ok(Some(self.newest()?).filter(|newest| *newest > known))
    }

    /// A version with its header checked, or `None` if it is not there.
    pub(crate) fn read_raw(&self, version: u64) -> Result<Option<RawVersion>> {
        let path = self.path_of(version);
        let Some(bytes) = self.context.read_all(&path)? else { return Ok(None) };
        let json = bytes.slice_ref(unseal(&bytes, &path)?);
        let header = serde_json::from_slice::<Envelope<IgnoredAny>>(&json);
        let header = header.map_err(|error| unknown_shape(&path, error))?.header;
        check_readable(header.format_version, &header.reader_features, &path)?;
        if header.version != version {
            let error = Error::corruption(&path, "the file holds another version than its name says");
            return Err(error.with_context("holds", header.version));
        }
        Ok(Some(RawVersion { header, json }))
    }

    /// A version, or `None` if it is not there.
    pub(crate) fn read<T: DeserializeOwned>(&self, version: u64) -> Result<Option<Envelope<T>>> {
        match self.read_raw(version)? {
            None => Ok(None),
            Some(raw) => self.parse(&raw).map(Some),
        }
    }

    pub(crate) fn parse<T: DeserializeOwned>(&self, raw: &RawVersion) -> Result<Envelope<T>> {
        serde_json::from_slice(&raw.json).map_err(|error| unknown_shape(&self.path_of(raw.header.version), error))
    }

    /// A version that must be kept still: tells one past its retention from one that never was.
    pub(crate) fn read_kept<T: DeserializeOwned>(&self, version: u64) -> Result<Envelope<T>> {
        match self.read(version)? {
            Some(envelope) => Ok(envelope),
            None => Err(self.absent(version)?),
        }
    }

    pub(crate) fn absent(&self, version: u64) -> Result<Error> {
        let versions = self.versions()?;
        let (oldest, newest) = (versions.first().copied().unwrap_or(0), versions.last().copied().unwrap_or(0));
        let error = if version > 0 && version < oldest {
            Error::new(ErrorKind::VersionExpired, "the version is past its retention")
        } else if versions.contains(&version) {
            Error::new(ErrorKind::Conflict, "the version was committed just now")
        } else if version > oldest && version < newest {
            Error::new(ErrorKind::Corruption, "the version is missing between others")
        } else {
            Error::new(ErrorKind::InvalidInput, "there is no such version")
        };
        Ok(error
            .with_path(&self.dir)
            .with_context("version", version)
            .with_context("oldest", oldest)
            .with_context("newest", newest))
    }

    /// Takes the right to commit, making the folder durable on the first call.
    pub(crate) fn lock(&self) -> Result<LogGuard<'_>> {
        self.context.check_writable()?;
        self.health.check()?;
        let gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        self.ensure_dir()?;
        let lock = self.context.lock(&join(&self.dir, COMMIT_LOCK), LockMode::Exclusive)?;
        self.health.check()?;
        Ok(LogGuard { _lock: lock, since_us: self.context.env.now_us(), _gate: gate })
    }

    fn ensure_dir(&self) -> Result<()> {
        let mut ensured = self.ensured.lock().unwrap_or_else(PoisonError::into_inner);
        if !*ensured {
            self.context
                .storage
                .create_dir(&self.dir)
                .map_err(|error| self.health.poison(Error::io("make the folder durable", &self.dir, error)))?;
            *ensured = true;
        }
        Ok(())
    }

    /// Makes the newest entries durable, whoever made them, before something is promised that rests on them.
    pub(crate) fn sync(&self) -> Result<()> {
        self.context
            .storage
            .sync_dir(&self.dir)
            .map_err(|error| self.health.poison(Error::io("sync the folder", &self.dir, error)))
    }

    /// Removes versions, oldest first, durably. Needs the lock; the caller keeps the newest.
    pub(crate) fn remove_below(&self, _lock: &LogGuard<'_>, oldest_kept: u64) -> Result<Vec<String>> {
        let mut removed = Vec::new();
        for version in self.versions()?.into_iter().filter(|version| *version < oldest_kept) {
            let path = self.path_of(version);
            self.context.remove(&path)?;
            removed.push(path);
        }
        if !removed.is_empty() {
            self.sync()?;
        }
        Ok(removed)
    }

    /// Removes what interrupted commits left in the folder. Needs the lock, which every commit under way holds; where there
    /// is none, the age of a file says that its commit is not under way.
    pub(crate) fn remove_temps(&self, _lock: &LogGuard<'_>) -> Result<Vec<(String, u64)>> {
        let mut removed = Vec::new();
        let interrupted = |entry: &StorageEntry| {
            is_temp_name(&entry.name) && (self.context.has_locks() || self.context.is_abandoned(entry.modified_us))
        };
        for entry in self.context.list(&self.dir)?.into_iter().filter(interrupted) {
            let path = join(&self.dir, &entry.name);
            self.context.remove(&path)?;
            removed.push((path, entry.size));
        }
        Ok(removed)
    }

    /// The time of a new version: now, but later than the version before.
    fn commit_time(&self, previous: Option<&CommitHeader>) -> i64 {
        let earliest = previous.map_or(i64::MIN, |header| header.committed_at_us.saturating_add(1));
        self.context.env.now_us().max(earliest)
    }

    /// Features are those of the new version alone: those of the version before are all known here, or it could not have
    /// been read and built upon, and its content may be gone.
    fn next_header(&self, previous: Option<&CommitHeader>, features: Features) -> Result<CommitHeader> {
        let version = previous.map_or(0, |header| header.version).checked_add(1);
        Ok(CommitHeader {
            version: version.ok_or_else(|| Error::new(ErrorKind::InvalidInput, "version numbers are used up"))?,
            commit_id: self.context.env.new_id(),
            previous: previous.filter(|_| !self.context.has_locks()).map(|header| header.commit_id),
            committed_at_us: self.commit_time(previous),
            format_version: FORMAT_VERSION,
            reader_features: features.of_readers(),
            writer_features: features.of_writers(),
        })
    }
}
