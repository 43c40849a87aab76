//! A storage that fails and crashes on request, for testing what survives.

mod crash;
mod model;
mod over;
mod plan;
#[cfg(test)]
mod tests;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use self::model::Model;
pub use self::over::FaultOver;
use self::plan::After;
use super::locks::LockTable;
use super::memory::MemoryStorage;
use super::path::{check_dir, check_path};
use super::{LockMode, Publish, Storage, StorageEntry, StorageFile, StorageLock, StorageWriter};

/// An in-memory storage that knows what a power cut would leave.
///
/// Every file keeps its synced bytes apart from the unsynced ones, every folder its synced entries apart from unsynced
/// changes. Operations are counted from 1; one of them, or all from one on, can be made to fail, and [`crash`] gives an
/// image of what the medium may hold at this moment.
///
/// ```
/// use drillcore_store::{CrashMode, FaultStorage, Storage};
///
/// let storage = FaultStorage::new();
/// let mut writer = storage.create("a.txt")?;
/// writer.write_all(b"synced")?;
/// writer.sync_and_close()?;
/// assert_eq!(storage.crash(1, CrashMode::Lose).paths().len(), 0); // the entry of the folder was not synced
/// storage.sync_dir("")?;
/// assert_eq!(storage.crash(1, CrashMode::Lose).paths(), ["a.txt"]);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// [`crash`]: Self::crash
#[derive(Debug, Clone, Default)]
pub struct FaultStorage {
    model: Arc<Mutex<Model>>,
    locks: LockTable,
}

/// How often a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultRepeat {
    /// Only at its operation.
    Once,
    /// At its operation and at every later one.
    Persistent,
}

/// What a fault does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The operation does nothing and fails.
    Error(io::ErrorKind),
    /// The operation takes effect, and then fails all the same.
    ErrorAfterEffect(io::ErrorKind),
    /// A write leaves half of its bytes and fails; other operations fail without effect.
    ShortWrite(io::ErrorKind),
    /// A publish takes effect and then claims that the name existed before, as a repeated request does; other
    /// operations are not disturbed.
    RepeatedPublish,
    /// A read gives the first half of the bytes asked for, as if these were all; other operations are not disturbed.
    ShortRead,
}

/// Which unsynced changes an image of a crash holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrashMode {
    /// None.
    Lose,
    /// All.
    Keep,
    /// A random choice of writes and folder changes, in no order but that of one name.
    Subset,
    /// All writes, but the last one of each file is cut at a sector of 512 bytes; folder changes by chance.
    Torn,
    /// Files have their full length, but unsynced bytes are zero; folder changes by chance.
    ZeroFill,
    /// Files have their full length, but some unsynced sectors hold random bytes; folder changes by chance.
    Garbage,
}

impl CrashMode {
    /// All modes.
    pub const ALL: [Self; 6] = [Self::Lose, Self::Keep, Self::Subset, Self::Torn, Self::ZeroFill, Self::Garbage];
}

impl FaultStorage {
    /// An empty tree without faults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A tree that holds the image, all of it durable.
    #[must_use]
    pub fn from_image(image: &MemoryStorage) -> Self {
        let mut model = Model::default();
        for path in image.paths() {
            model.install(&path, image.content(&path).unwrap_or_default().to_vec());
        }
        Self { model: Arc::new(Mutex::new(model)), locks: LockTable::default() }
    }

    /// How many operations were asked for so far, failed ones included.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.model().plan.operations()
    }

    /// What the operations so far were, in order: name and path.
    #[must_use]
    pub fn trace(&self) -> Vec<String> {
        self.model().plan.trace().to_vec()
    }

    /// Lets operation number `operation` fail (the first ever is number 1), replacing a fault planned before.
    pub fn fail_at(&self, operation: u64, repeat: FaultRepeat, kind: FaultKind) {
        self.model().plan.fail_at(operation, repeat, kind);
    }

    /// How many operations the fault planned last has disturbed so far.
    #[must_use]
    pub fn strikes(&self) -> u64 {
        self.model().plan.strikes()
    }

    /// Lets no operation fail any more.
    pub fn heal(&self) {
        self.model().plan.heal();
    }

    /// What may be on the medium if the power fails now. The same seed and mode give the same image; this storage goes
    /// on unchanged.
    #[must_use]
    pub fn crash(&self, seed: u64, mode: CrashMode) -> MemoryStorage {
        crash::image(&self.model(), seed, mode)
    }

    fn model(&self) -> MutexGuard<'_, Model> {
        lock(&self.model)
    }
}

fn lock(model: &Mutex<Model>) -> MutexGuard<'_, Model> {
    model.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Storage for FaultStorage {
    fn create(&self, path: &str) -> io::Result<Box<dyn StorageWriter>> {
        check_path(path)?;
        let mut model = self.model();
        let after = model.plan.step("create", path)?;
        let node = model.create(path)?;
        after.finish(Box::new(FaultWriter { model: Arc::clone(&self.model), node, path: path.to_owned() }))
    }

    fn open(&self, path: &str) -> io::Result<Arc<dyn StorageFile>> {
        check_path(path)?;
        let mut model = self.model();
        let after = model.plan.step("open", path)?;
        let node = model.file(path)?;
        let size = model.visible(node).len() as u64;
        after.finish(Arc::new(FaultFile { model: Arc::clone(&self.model), node, size, path: path.to_owned() }))
    }

    fn publish(&self, from: &str, to: &str) -> io::Result<Publish> {
        check_path(from)?;
        check_path(to)?;
        let mut model = self.model();
        let after = model.plan.step("publish", to)?;
        let published = model.link(from, to)?;
        if after == After::Repeated {
            return Ok(Publish::AlreadyExists);
        }
        after.finish(published)
    }

    fn list(&self, dir: &str) -> io::Result<Vec<StorageEntry>> {
        check_dir(dir)?;
        let mut model = self.model();
        let after = model.plan.step("list", dir)?;
        let entries = model.entries(dir)?;
        after.finish(entries)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        check_path(path)?;
        let mut model = self.model();
        let after = model.plan.step("remove", path)?;
        model.unlink(path)?;
        after.finish(())
    }

    fn create_dir(&self, dir: &str) -> io::Result<()> {
        check_dir(dir)?;
        let mut model = self.model();
        let after = model.plan.step("create_dir", dir)?;
        model.create_dir(dir)?;
        after.finish(())
    }

    fn sync_dir(&self, dir: &str) -> io::Result<()> {
        check_dir(dir)?;
        let mut model = self.model();
        let after = model.plan.step("sync_dir", dir)?;
        model.sync_dir(dir)?;
        after.finish(())
    }

    fn try_lock(&self, path: &str, mode: LockMode) -> io::Result<Option<Box<dyn StorageLock>>> {
        check_path(path)?;
        let mut model = self.model();
        let after = model.plan.step("try_lock", path)?;
        if model.file(path).is_err() {
            model.create(path)?;
        }
        after.finish(self.locks.try_lock(path, mode))
    }
}

#[derive(Debug)]
struct FaultWriter {
    model: Arc<Mutex<Model>>,
    node: usize,
    path: String,
}

impl StorageWriter for FaultWriter {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut model = lock(&self.model);
        let after = model.plan.step("write", &self.path)?;
        let kept = if matches!(after, After::Short(_)) { bytes.len() / 2 } else { bytes.len() };
        model.append(self.node, bytes.get(..kept).unwrap_or_default());
        after.finish(())
    }

    fn sync_and_close(self: Box<Self>) -> io::Result<()> {
        let mut model = lock(&self.model);
        let after = model.plan.step("sync", &self.path)?;
        model.sync_file(self.node);
        after.finish(())
    }
}

#[derive(Debug)]
struct FaultFile {
    model: Arc<Mutex<Model>>,
    node: usize,
    size: u64,
    path: String,
}

impl StorageFile for FaultFile {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        let mut model = lock(&self.model);
        let after = model.plan.step("read", &self.path)?;
        let start = usize::try_from(offset).map_err(|_| io::ErrorKind::UnexpectedEof)?;
        let end = start.checked_add(after.given(length)).ok_or(io::ErrorKind::UnexpectedEof)?;
        let bytes = model.visible(self.node).get(start..end).map(Bytes::copy_from_slice);
        after.finish(bytes.ok_or(io::ErrorKind::UnexpectedEof)?)
    }
}
