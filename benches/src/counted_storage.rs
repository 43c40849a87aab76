//! A store in a folder that counts how often something is made durable.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use drillcore_store::{
    LocalStorage, LockMode, Publish, Storage, StorageEntry, StorageFile, StorageLock, StorageWriter,
};

use crate::Result;

/// How often files and folders were synced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Syncs {
    /// Files.
    pub files: u64,
    /// Folders.
    pub folders: u64,
}

impl Syncs {
    /// Those since an earlier time.
    pub fn since(self, earlier: Self) -> Self {
        Self { files: self.files - earlier.files, folders: self.folders - earlier.folders }
    }
}

#[derive(Debug, Default)]
struct Counters {
    files: AtomicU64,
    folders: AtomicU64,
}

/// A [`LocalStorage`] with counters. Clones share them.
#[derive(Debug, Clone)]
pub struct CountedStorage {
    folder: LocalStorage,
    counters: Arc<Counters>,
}

impl CountedStorage {
    /// A store in a folder.
    ///
    /// # Errors
    ///
    /// If the folder cannot be used.
    pub fn open(folder: &Path) -> Result<Self> {
        Ok(Self { folder: LocalStorage::open(folder)?, counters: Arc::default() })
    }

    /// The syncs so far.
    pub fn syncs(&self) -> Syncs {
        let Counters { files, folders } = self.counters.as_ref();
        Syncs { files: files.load(Ordering::Relaxed), folders: folders.load(Ordering::Relaxed) }
    }

    fn count_folders(&self, folders: usize) {
        self.counters.folders.fetch_add(folders as u64, Ordering::Relaxed);
    }
}

impl Storage for CountedStorage {
    fn create(&self, path: &str) -> io::Result<Box<dyn StorageWriter>> {
        let file = self.folder.create(path)?;
        Ok(Box::new(CountedWriter { file, counters: Arc::clone(&self.counters) }))
    }

    fn open(&self, path: &str) -> io::Result<Arc<dyn StorageFile>> {
        self.folder.open(path)
    }

    fn publish(&self, from: &str, to: &str) -> io::Result<Publish> {
        self.folder.publish(from, to)
    }

    fn list(&self, dir: &str) -> io::Result<Vec<StorageEntry>> {
        self.folder.list(dir)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.folder.remove(path)
    }

    /// Syncs the parent of the folder and of each one above it.
    fn create_dir(&self, dir: &str) -> io::Result<()> {
        self.count_folders(dir.split('/').filter(|part| !part.is_empty()).count());
        self.folder.create_dir(dir)
    }

    fn sync_dir(&self, dir: &str) -> io::Result<()> {
        self.count_folders(1);
        self.folder.sync_dir(dir)
    }

    fn try_lock(&self, path: &str, mode: LockMode) -> io::Result<Option<Box<dyn StorageLock>>> {
        self.folder.try_lock(path, mode)
    }
}

#[derive(Debug)]
struct CountedWriter {
    file: Box<dyn StorageWriter>,
    counters: Arc<Counters>,
}

impl StorageWriter for CountedWriter {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    fn sync_and_close(self: Box<Self>) -> io::Result<()> {
        self.counters.files.fetch_add(1, Ordering::Relaxed);
        self.file.sync_and_close()
    }
}
