//! A medium without locks for unit tests.

use std::io;
use std::sync::Arc;

use super::{LockMode, MemoryStorage, Publish, Storage, StorageEntry, StorageFile, StorageLock, StorageWriter};

/// Files in memory that nobody can lock.
#[derive(Debug, Clone)]
pub(crate) struct WithoutLocks(pub(crate) MemoryStorage);

impl Storage for WithoutLocks {
    fn create(&self, path: &str) -> io::Result<Box<dyn StorageWriter>> {
        self.0.create(path)
    }

    fn open(&self, path: &str) -> io::Result<Arc<dyn StorageFile>> {
        self.0.open(path)
    }

    fn publish(&self, from: &str, to: &str) -> io::Result<Publish> {
        self.0.publish(from, to)
    }

    fn list(&self, dir: &str) -> io::Result<Vec<StorageEntry>> {
        self.0.list(dir)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.0.remove(path)
    }

    fn create_dir(&self, dir: &str) -> io::Result<()> {
        self.0.create_dir(dir)
    }

    fn sync_dir(&self, dir: &str) -> io::Result<()> {
        self.0.sync_dir(dir)
    }

    fn try_lock(&self, _path: &str, _mode: LockMode) -> io::Result<Option<Box<dyn StorageLock>>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn has_locks(&self) -> bool {
        false
    }
}
