//! One dataset of a store: its versions, its files, and who reads and writes them.

mod changes;
mod commit;
mod content;
mod describe;
mod evolution;
mod inventory;
mod remove;
mod restore;
mod vacuum;
mod verify;
mod verify_statistics;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::layout::{DATA_DIR, FILE_DIRS, MANIFEST_DIR, WRITING_LOCK, dataset_dir, join};
use crate::lockless::Freshness;
use crate::log::{Envelope, Health, NumberedLog};
use crate::manifest::Manifest;
use crate::pins::{Pin, Pins};
use crate::snapshot::{FileCache, Snapshot};
use crate::storage::{LockMode, StorageLock, StorageWriter};
use crate::writer::SnapshotWriter;

pub use self::changes::{Changes, Full, KeyChanges};
pub(crate) use self::commit::CommitRequest;
pub use self::commit::{CommitOptions, Committed};
pub(crate) use self::content::Content;
pub use self::describe::{DatasetDescription, VersionDescription};
pub use self::vacuum::VacuumReport;
pub(crate) use self::vacuum::vacuum_log;
pub use self::verify::{Problem, VerifyReport, VerifyScope};

/// How often a version is chosen anew because it was removed in the meantime.
const CHOICE_ATTEMPTS: usize = 16;

/// A dataset within a store; cheap to clone.
///
/// It is known by an id only; names are the catalog's. A dataset that was never written to has no version and takes up
/// no space.
#[derive(Debug, Clone)]
pub struct DatasetStore {
    pub(crate) inner: Arc<DatasetInner>,
}

#[derive(Debug)]
pub(crate) struct DatasetInner {
    context: Arc<Context>,
    id: Uuid,
    dir: String,
    log: NumberedLog,
    pins: Arc<Pins>,
    files: Arc<FileCache>,
    newest: Mutex<Option<Arc<Snapshot>>>,
    fresh: Freshness,
    /// Whether this process made sure that the folders for files are durable.
    ensured: Mutex<bool>,
}

impl DatasetStore {
    pub(crate) fn new(inner: Arc<DatasetInner>) -> Self {
        Self { inner }
    }

    /// The id of the dataset.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.inner.id
    }

    /// The newest version, or `None` if there is none yet. It is kept, so asking again costs a look at two names; on a
    /// medium without locks that is not done again before [`refresh`](crate::StoreOptions::refresh) has passed. As long as
    /// the snapshot lives, none of its files is removed, by whatever process (see [`Snapshot`] for media without locks).
    ///
    /// # Errors
    /// [`ErrorKind::Corruption`] or [`ErrorKind::UnsupportedFormat`] for a manifest that cannot be read,
    /// [`ErrorKind::Io`] if the medium fails, [`ErrorKind::Conflict`] if versions come and go faster than they are
    /// read.
    pub fn latest(&self) -> Result<Option<Arc<Snapshot>>> {
        self.inner.latest()
    }

    /// A version by its number, pinned like [`latest`](Self::latest).
    ///
    /// # Errors
    /// [`ErrorKind::VersionExpired`] if it is past its retention (the context says which is the oldest kept),
    /// [`ErrorKind::InvalidInput`] if it never was, otherwise as of [`latest`](Self::latest).
    pub fn snapshot(&self, version: u64) -> Result<Arc<Snapshot>> {
        self.inner.snapshot(version)
    }

    /// The numbers of all versions kept, in order.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if the medium fails.
    pub fn versions(&self) -> Result<Vec<u64>> {
        self.inner.log.versions()
    }

    /// The newest version committed at or before a moment, in microseconds since 1970-01-01T00:00:00Z; `None` if there
    /// was none yet.
    ///
    /// # Errors
    /// [`ErrorKind::VersionExpired`] if the version of that moment is past its retention (the context says which is the
    /// oldest kept), otherwise as of [`latest`](Self::latest).
    pub fn version_at(&self, micros: i64) -> Result<Option<u64>> {
        self.inner.version_at(micros)
    }

    /// Brings the content of an earlier version back, as a new version: its files, columns, properties and key runs.
    /// Tokens stay those of the newest version, so what was committed with one is not committed again.
    ///
    /// # Errors
    /// [`ErrorKind::VersionExpired`] if the version is past its retention, [`ErrorKind::InvalidInput`] if it never was,
    /// [`ErrorKind::Corruption`] if one of its files is missing, otherwise as of
    /// [`commit_full`](SnapshotWriter::commit_full).
    pub fn restore(&self, version: u64) -> Result<Committed> {
        self.inner.restore(version)
    }

    /// The version that a commit with this idempotency token made, if the token is still remembered; that version is
    /// durable then.
    ///
    /// # Errors
    /// As of [`latest`](Self::latest), and [`ErrorKind::Poisoned`] after an earlier failed sync.
    pub fn find_token(&self, token: &str) -> Result<Option<u64>> {
        let found = self.latest()?.and_then(|newest| newest.manifest().tokens.get(token).copied());
        if found.is_some() {
            // After a failed sync another one may succeed over nothing.
            self.inner.log.health().check()?;
            self.inner.log.sync()?;
        }
        Ok(found)
    }

    /// Starts writing a new version on top of the newest one. Several writers may write files at the same time; each
    /// commit is one step.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] if a vacuum holds the dataset longer than the lock timeout, [`ErrorKind::Poisoned`]
    /// after an earlier failed sync, [`ErrorKind::UnsupportedFormat`] if the store asks more of writers than this build
    /// knows, [`ErrorKind::Io`] if the medium fails.
    pub fn writer(&self) -> Result<SnapshotWriter> {
        let lock = self.inner.begin_writing()?;
        let since_us = self.inner.context.env.now_us();
        let base = self.inner.newest_version()?;
        if self.inner.held().as_ref().is_none_or(|held| held.version() < base) {
            self.inner.fresh.forget();
        }
        Ok(SnapshotWriter::new(Arc::clone(&self.inner), base, since_us, lock))
    }

    /// Removes versions past their retention and files no version needs; see [`Store::vacuum`](crate::Store::vacuum).
    ///
    /// # Errors
    /// [`ErrorKind::Corruption`], [`ErrorKind::UnsupportedFormat`] or [`ErrorKind::Io`] if a manifest that is kept cannot
    /// be read (nothing is removed then, because nobody knows what it needs), [`ErrorKind::Conflict`] if a writer holds
    /// the lock, [`ErrorKind::Poisoned`], [`ErrorKind::Io`] if the medium fails otherwise.
    pub fn vacuum(&self) -> Result<VacuumReport> {
        self.inner.vacuum(self.inner.context.retention)
    }

    /// Reads files of the dataset and checks them; see [`Store::verify`](crate::Store::verify).
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if folders cannot be listed; what is wrong with files is in the report.
    pub fn verify(&self, scope: VerifyScope) -> Result<VerifyReport> {
        self.inner.verify(scope)
    }

    pub(crate) fn remove(&self) -> Result<()> {
        self.inner.remove()
    }

    /// What is kept of the dataset.
    ///
    /// # Errors
    /// As of [`latest`](Self::latest).
    pub fn describe(&self) -> Result<DatasetDescription> {
        self.inner.describe()
    }
}

impl DatasetInner {
    pub(crate) fn new(context: &Arc<Context>, id: Uuid) -> Arc<Self> {
        let dir = dataset_dir(id);
        Arc::new(Self {
            context: Arc::clone(context),
            id,
            log: NumberedLog::new(Arc::clone(context), join(&dir, MANIFEST_DIR), Health::default()),
            dir,
            pins: Pins::new(Arc::clone(context), id),
            files: FileCache::new(Arc::clone(context), id),
            newest: Mutex::default(),
            fresh: Freshness::default(),
            ensured: Mutex::default(),
        })
    }

    pub(crate) fn context(&self) -> &Arc<Context> {
        &self.context
    }

    pub(crate) fn id(&self) -> Uuid {
        self.id
    }

    /// The path from the root of the store.
    pub(crate) fn locate(&self, path: &str) -> String {
        join(&self.dir, path)
    }

    pub(crate) fn latest(&self) -> Result<Option<Arc<Snapshot>>> {
        let held = self.held().clone();
        if held.is_some() && self.fresh.lasts(&self.context) {
            return Ok(held);
        }
        let looked = self.look(held);
        if looked.is_err() {
            self.fresh.forget();
        }
        looked
    }

    /// The newest version, given the newest one known.
    fn look(&self, held: Option<Arc<Snapshot>>) -> Result<Option<Arc<Snapshot>>> {
        let mut candidate = match &held {
            None => self.log.newest()?,
            Some(snapshot) => match self.log.newer_than(snapshot.version())? {
                None => return Ok(held),
                Some(newer) => newer,
            },
        };
        for _ in 0..CHOICE_ATTEMPTS {
            if candidate == 0 {
                return Ok(None);
            }
            let pin = self.pins.pin(candidate)?;
            if let Some(envelope) = self.log.read(candidate)? {
                return self.install(envelope, pin).map(Some);
            }
            drop(pin);
            self.log.forget_seen();
            candidate = self.log.newest()?;
        }
        Err(Error::new(ErrorKind::Conflict, "versions come and go faster than they are read").with_path(&self.dir))
    }

    /// The number of the newest version; 0 if there is none. While the lock of the log is held nothing is linked or
    /// removed, so it stays the newest one. Counting on from the version known keeps the folder from being listed, which
    /// takes the longer the more versions are kept. Without locks the log itself knows from where to list.
    fn newest_version(&self) -> Result<u64> {
        let known = self.held().as_ref().map(|held| held.version()).filter(|_| self.context.has_locks());
        match known {
            None => self.log.newest(),
            Some(known) => Ok(self.log.newer_than(known)?.unwrap_or(known)),
        }
    }

    pub(crate) fn snapshot(&self, version: u64) -> Result<Arc<Snapshot>> {
        if let Some(held) = self.held().clone().filter(|held| held.version() == version) {
            return Ok(held);
        }
        if version == 0 {
            return Err(self.log.absent(version)?);
        }
        let pin = self.pins.pin(version)?;
        match self.log.read_kept(version) {
            Ok(envelope) => self.build(envelope, pin).map(Arc::new),
            Err(error) => {
                drop(pin);
                let _lags_behind = self.pins.advance();
                Err(error)
            }
        }
    }

    /// Makes a snapshot the newest one known, unless a newer one is known already.
    fn install(&self, envelope: Envelope<Manifest>, pin: Pin) -> Result<Arc<Snapshot>> {
        let snapshot = Arc::new(self.build(envelope, pin)?);
        let mut newest = self.held();
        match &*newest {
            Some(held) if held.version() == snapshot.version() => return Ok(Arc::clone(held)),
            Some(held) if held.version() > snapshot.version() => return Ok(snapshot),
            _ => {}
        }
        let outdated = newest.replace(Arc::clone(&snapshot));
        drop(newest);
        drop(outdated);
        self.pins.advance_if_old();
        Ok(snapshot)
    }

    fn build(&self, envelope: Envelope<Manifest>, pin: Pin) -> Result<Snapshot> {
        let Envelope { header, body } = envelope;
        body.check(self.id, &self.log.path_of(header.version))?;
        Snapshot::new(header, body, Arc::clone(&self.files), pin)
    }

    fn held(&self) -> MutexGuard<'_, Option<Arc<Snapshot>>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the folders durable and announces that there will be files no manifest names yet; without locks their age
    /// says so.
    fn begin_writing(&self) -> Result<Option<Box<dyn StorageLock>>> {
        self.context.check_writable()?;
        self.log.health().check()?;
        self.ensure_dirs()?;
        self.context.lock(&self.locate(&join(DATA_DIR, WRITING_LOCK)), LockMode::Shared)
    }

    fn ensure_dirs(&self) -> Result<()> {
        let mut ensured = self.ensured.lock().unwrap_or_else(PoisonError::into_inner);
        if !*ensured {
            for dir in FILE_DIRS {
                let dir = self.locate(dir);
                let made = self.context.storage.create_dir(&dir);
                made.map_err(|error| self.poison(Error::io("make the folder durable", &dir, error)))?;
            }
            *ensured = true;
        }
        Ok(())
    }

    fn poison(&self, error: Error) -> Error {
        self.log.health().poison(error)
    }

    pub(crate) fn create_file(&self, path: &str) -> Result<Box<dyn StorageWriter>> {
        self.log.health().check()?;
        let path = self.locate(path);
        self.context.storage.create(&path).map_err(|error| Error::io("create the file", &path, error))
    }

    pub(crate) fn sync_file(&self, writer: Box<dyn StorageWriter>, path: &str) -> Result<()> {
        let path = self.locate(path);
        writer.sync_and_close().map_err(|error| self.poison(Error::io("sync the file", &path, error)))
    }

    pub(crate) fn write_file(&self, path: &str, content: &[u8]) -> Result<()> {
        let mut writer = self.create_file(path)?;
        writer.write_all(content).map_err(|error| Error::io("write the file", &self.locate(path), error))?;
        self.sync_file(writer, path)
    }

    pub(crate) fn sync_dir(&self, dir: &str) -> Result<()> {
        let dir = self.locate(dir);
        self.context.storage.sync_dir(&dir).map_err(|error| self.poison(Error::io("sync the folder", &dir, error)))
    }
}
