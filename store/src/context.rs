//! What every part of one open store shares: the storage, the clock and ids, the options.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::env::Environment;
use crate::error::{Error, ErrorKind, Result};
use crate::format::check_writable;
use crate::layout::FORMAT_FILE;
use crate::lockless::Lockless;
use crate::options::Retention;
use crate::storage::{LockMode, Storage, StorageEntry, StorageLock};

#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) env: Arc<dyn Environment>,
    pub(crate) retention: Retention,
    pub(crate) lock_timeout: Duration,
    pub(crate) key_cache_bytes: usize,
    pub(crate) lockless: Lockless,
    /// What `format.json` requires of writers; known only once it was read.
    pub(crate) writer_features: Vec<String>,
}

impl Context {
    /// Refuses to write into a store that requires more of writers than this build can do.
    pub(crate) fn check_writable(&self) -> Result<()> {
        check_writable(&self.writer_features, FORMAT_FILE)
    }

    /// The whole content of a file, or `None` if there is no such file.
    pub(crate) fn read_all(&self, path: &str) -> Result<Option<Bytes>> {
        match self.storage.read(path) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("read the file", path, error)),
        }
    }

    pub(crate) fn exists(&self, path: &str) -> Result<bool> {
        match self.storage.open(path) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(Error::io("open the file", path, error)),
        }
    }

    /// The entries of a folder; a missing folder is an empty one.
    pub(crate) fn list(&self, dir: &str) -> Result<Vec<StorageEntry>> {
        match self.storage.list(dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            listed => listed.map_err(|error| Error::io("list the folder", dir, error)),
        }
    }

    /// Makes a new file with this content and syncs it; its entry in the folder is left to the caller.
    pub(crate) fn write_durably(&self, path: &str, content: &[u8]) -> Result<()> {
        let mut writer = self.storage.create(path).map_err(|error| Error::io("create the file", path, error))?;
        writer.write_all(content).map_err(|error| Error::io("write the file", path, error))?;
        writer.sync_and_close().map_err(|error| Error::io("sync the file", path, error))
    }

    /// Removes a file. Where nobody holds locks, somebody else may have removed it first.
    pub(crate) fn remove(&self, path: &str) -> Result<()> {
        match self.storage.remove(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !self.has_locks() => Ok(()),
            removed => removed.map_err(|error| Error::io("remove the file", path, error)),
        }
    }

    /// Removes a file that nobody needs any more; if that fails it stays as an orphan for vacuum.
    pub(crate) fn remove_quietly(&self, path: &str) {
        let _left_behind = self.storage.remove(path);
    }

    /// Takes a lock, waiting for it up to the lock timeout; `None` on a medium without locks.
    pub(crate) fn lock(&self, path: &str, mode: LockMode) -> Result<Option<Box<dyn StorageLock>>> {
        if !self.has_locks() {
            return Ok(None);
        }
        let started = Instant::now();
        let mut pause = Duration::from_millis(1);
        loop {
            match self.storage.try_lock(path, mode) {
                Ok(Some(lock)) => return Ok(Some(lock)),
                Ok(None) if started.elapsed() < self.lock_timeout => thread::sleep(pause),
                Ok(None) => {
                    return Err(Error::new(ErrorKind::Conflict, "the lock is held by somebody else").with_path(path));
                }
                Err(error) => return Err(Error::io("take the lock", path, error)),
            }
            pause = (pause * 2).min(Duration::from_millis(50));
        }
    }
}
