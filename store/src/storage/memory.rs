//! A store that lives in memory: for engines without a folder, for tests, and as the image a crash leaves behind.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::locks::LockTable;
use super::path::{ancestors, check_dir, check_path, split};
use super::{LockMode, Publish, Storage, StorageEntry, StorageFile, StorageLock, StorageWriter};
use crate::env::{Environment, SystemEnvironment};
use crate::layout::join;

/// Files in memory; clones share them. Everything is lost with the last clone, so "durable" means nothing here.
///
/// ```
/// use drillcore_store::{MemoryStorage, Storage};
///
/// let storage = MemoryStorage::new();
/// let mut writer = storage.create("hello.txt")?;
/// writer.write_all(b"hello")?;
/// writer.sync_and_close()?;
/// assert_eq!(storage.open("hello.txt")?.read_at(1, 3)?.as_ref(), b"ell");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct MemoryStorage {
    tree: Arc<Mutex<Tree>>,
    locks: LockTable,
}

#[derive(Debug, Default)]
struct Tree {
    files: BTreeMap<String, Arc<MemoryFile>>,
    dirs: BTreeSet<String>,
}

#[derive(Debug)]
struct MemoryFile {
    content: Mutex<Content>,
    made_us: i64,
}

/// A finished file is shared with its readers instead of copied.
#[derive(Debug)]
enum Content {
    Growing(Vec<u8>),
    Finished(Bytes),
}

impl MemoryStorage {
    /// An empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An independent copy of all files, without locks and open writers.
    #[must_use]
    pub fn fork(&self) -> Self {
        let tree = self.tree();
        let files = tree.files.iter().map(|(path, file)| (path.clone(), MemoryFile::finished(file.bytes()))).collect();
        let copy = Tree { files, dirs: tree.dirs.clone() };
        Self { tree: Arc::new(Mutex::new(copy)), locks: LockTable::default() }
    }

    /// The paths of all files in order.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        self.tree().files.keys().cloned().collect()
    }

    /// The content of a file.
    #[must_use]
    pub fn content(&self, path: &str) -> Option<Bytes> {
        self.tree().files.get(path).map(|file| file.bytes())
    }

    /// Puts other bytes into a file, also under open handles, or makes the file and its folders: what a failing disk or
    /// a person does behind the store's back.
    pub fn tamper(&self, path: &str, content: impl Into<Bytes>) {
        let mut tree = self.tree();
        match tree.files.get(path) {
            Some(file) => *file.lock() = Content::Finished(content.into()),
            None => {
                tree.dirs.extend(ancestors(split(path).0).map(str::to_owned));
                tree.files.insert(path.to_owned(), MemoryFile::finished(content.into()));
            }
        }
    }

    fn tree(&self) -> MutexGuard<'_, Tree> {
        self.tree.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tree {
    fn has_dir(&self, dir: &str) -> bool {
        dir.is_empty() || self.dirs.contains(dir)
    }

    fn has(&self, path: &str) -> bool {
        self.has_dir(path) || self.files.contains_key(path)
    }

    fn insert(&mut self, path: &str, file: Arc<MemoryFile>) -> io::Result<()> {
        if !self.has_dir(split(path).0) {
            return Err(io::ErrorKind::NotFound.into());
        }
        if self.has(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.files.insert(path.to_owned(), file);
        Ok(())
    }

    fn entries(&self, dir: &str) -> Vec<StorageEntry> {
        let prefix = join(dir, "");
        let prefix = prefix.as_str();
        let direct = |path: &String| path.strip_prefix(prefix).filter(|rest| !rest.contains('/')).map(str::to_owned);
        let files = self.files.iter().filter_map(|(path, file)| {
            let entry = |name| StorageEntry { name, size: file.size(), is_dir: false, modified_us: Some(file.made_us) };
            direct(path).map(entry)
        });
        let dir = |name| StorageEntry { name, size: 0, is_dir: true, modified_us: None };
        let dirs = self.dirs.iter().filter_map(direct).map(dir);
        files.chain(dirs).collect()
    }
}

impl MemoryFile {
    fn new(content: Content) -> Arc<Self> {
        Arc::new(Self { content: Mutex::new(content), made_us: SystemEnvironment.now_us() })
    }

    fn finished(content: Bytes) -> Arc<Self> {
        Self::new(Content::Finished(content))
    }

    fn lock(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bytes(&self) -> Bytes {
        match &*self.lock() {
            Content::Growing(bytes) => Bytes::copy_from_slice(bytes),
            Content::Finished(bytes) => bytes.clone(),
        }
    }

    fn size(&self) -> u64 {
        let length = match &*self.lock() {
            Content::Growing(bytes) => bytes.len(),
            Content::Finished(bytes) => bytes.len(),
        };
        length as u64
    }

    fn read_at(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        let start = usize::try_from(offset).map_err(|_| io::ErrorKind::UnexpectedEof)?;
        let end = start.checked_add(length).ok_or(io::ErrorKind::UnexpectedEof)?;
        let bytes = match &*self.lock() {
            Content::Growing(bytes) => bytes.get(start..end).map(Bytes::copy_from_slice),
            Content::Finished(bytes) => (end <= bytes.len()).then(|| bytes.slice(start..end)),
        };
        bytes.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

impl Storage for MemoryStorage {
    fn create(&self, path: &str) -> io::Result<Box<dyn StorageWriter>> {
        check_path(path)?;
        let file = MemoryFile::new(Content::Growing(Vec::new()));
        self.tree().insert(path, Arc::clone(&file))?;
        Ok(Box::new(MemoryWriter { file }))
    }

    fn open(&self, path: &str) -> io::Result<Arc<dyn StorageFile>> {
        check_path(path)?;
        let file = self.tree().files.get(path).map(Arc::clone).ok_or(io::ErrorKind::NotFound)?;
        let size = file.size();
        Ok(Arc::new(MemoryHandle { file, size }))
    }

    fn publish(&self, from: &str, to: &str) -> io::Result<Publish> {
        check_path(from)?;
        check_path(to)?;
        let mut tree = self.tree();
        let file = tree.files.get(from).map(Arc::clone).ok_or(io::ErrorKind::NotFound)?;
        match tree.insert(to, file) {
            Ok(()) => Ok(Publish::Published),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Publish::AlreadyExists),
            Err(error) => Err(error),
        }
    }

    fn list(&self, dir: &str) -> io::Result<Vec<StorageEntry>> {
        check_dir(dir)?;
        let tree = self.tree();
        if tree.has_dir(dir) { Ok(tree.entries(dir)) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        check_path(path)?;
        let mut tree = self.tree();
        if tree.files.remove(path).is_some() {
            return Ok(());
        }
        if !tree.dirs.contains(path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        if !tree.entries(path).is_empty() {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        tree.dirs.remove(path);
        Ok(())
    }

    fn create_dir(&self, dir: &str) -> io::Result<()> {
        check_dir(dir)?;
        let mut tree = self.tree();
        for folder in ancestors(dir) {
            if tree.files.contains_key(folder) {
                return Err(io::ErrorKind::NotADirectory.into());
            }
            tree.dirs.insert(folder.to_owned());
        }
        Ok(())
    }

    fn sync_dir(&self, dir: &str) -> io::Result<()> {
        check_dir(dir)?;
        if self.tree().has_dir(dir) { Ok(()) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    fn try_lock(&self, path: &str, mode: LockMode) -> io::Result<Option<Box<dyn StorageLock>>> {
        check_path(path)?;
        let mut tree = self.tree();
        if !tree.files.contains_key(path) {
            tree.insert(path, MemoryFile::finished(Bytes::new()))?;
        }
        Ok(self.locks.try_lock(path, mode))
    }
}

#[derive(Debug)]
struct MemoryWriter {
    file: Arc<MemoryFile>,
}

impl StorageWriter for MemoryWriter {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut *self.file.lock() {
            Content::Growing(content) => content.extend_from_slice(bytes),
            Content::Finished(_) => return Err(io::Error::other("the file was replaced while it was written")),
        }
        Ok(())
    }

    fn sync_and_close(self: Box<Self>) -> io::Result<()> {
        let mut content = self.file.lock();
        if let Content::Growing(bytes) = &mut *content {
            *content = Content::Finished(Bytes::from(std::mem::take(bytes)));
        }
        Ok(())
    }
}

#[derive(Debug)]
struct MemoryHandle {
    file: Arc<MemoryFile>,
    size: u64,
}

impl StorageFile for MemoryHandle {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        self.file.read_at(offset, length)
    }
}
