//! Failing on request over another storage.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::plan::{After, Plan};
use super::{FaultKind, FaultRepeat};
use crate::storage::{LockMode, Publish, Storage, StorageEntry, StorageFile, StorageLock, StorageWriter};

/// Another storage whose operations fail on request, or are preceded by something: what [`FaultStorage`] does in memory,
/// but for power cuts. Operations are counted from 1; clones share the count.
///
/// ```
/// use std::io::ErrorKind;
/// use std::sync::Arc;
///
/// use drillcore_store::{FaultKind, FaultOver, FaultRepeat, MemoryStorage, Storage};
///
/// let storage = FaultOver::new(Arc::new(MemoryStorage::new()));
/// storage.fail_at(1, FaultRepeat::Once, FaultKind::Error(ErrorKind::TimedOut));
/// assert!(storage.create("a").is_err_and(|error| error.kind() == ErrorKind::TimedOut));
/// assert!(storage.create("a").is_ok());
/// ```
///
/// [`FaultStorage`]: super::FaultStorage
#[derive(Debug, Clone)]
pub struct FaultOver {
    medium: Arc<dyn Storage>,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    plan: Plan,
    interruption: Option<(u64, Interruption)>,
}

type Interruption = Box<dyn FnOnce() + Send>;

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.interruption.as_ref().map(|(operation, _)| operation);
        f.debug_struct("Shared").field("plan", &self.plan).field("interrupted_at", &at).finish()
    }
}

impl FaultOver {
    /// A storage without faults over `medium`.
    #[must_use]
    pub fn new(medium: Arc<dyn Storage>) -> Self {
        Self { medium, shared: Arc::default() }
    }

    /// How many operations were asked for so far, failed ones included.
    #[must_use]
    pub fn operations(&self) -> u64 {
        lock(&self.shared).plan.operations()
    }

    /// What the operations so far were, in order: name and path.
    #[must_use]
    pub fn trace(&self) -> Vec<String> {
        lock(&self.shared).plan.trace().to_vec()
    }

    /// Lets operation number `operation` fail (the first ever is number 1), replacing a fault planned before.
    pub fn fail_at(&self, operation: u64, repeat: FaultRepeat, kind: FaultKind) {
        lock(&self.shared).plan.fail_at(operation, repeat, kind);
    }

    /// How many operations the fault planned last has disturbed so far.
    #[must_use]
    pub fn strikes(&self) -> u64 {
        lock(&self.shared).plan.strikes()
    }

    /// Lets no operation fail any more.
    pub fn heal(&self) {
        lock(&self.shared).plan.heal();
    }

    /// Does something right before operation number `operation`, as a process would that comes in between; replaces what
    /// was planned before. It must not use this storage, whose operation waits for it.
    pub fn interrupt_at(&self, operation: u64, action: impl FnOnce() + Send + 'static) {
        lock(&self.shared).interruption = Some((operation, Box::new(action)));
    }

    fn step(&self, operation: &str, path: &str) -> io::Result<After> {
        step(&self.shared, operation, path)
    }
}

/// Counts an operation; what comes in between happens without holding the lock.
fn step(shared: &Mutex<Shared>, operation: &str, path: &str) -> io::Result<After> {
    let (after, due) = {
        let mut shared = lock(shared);
        let after = shared.plan.step(operation, path);
        let now = shared.plan.operations();
        (after, shared.interruption.take_if(|(at, _)| *at == now))
    };
    if let Some((_, action)) = due {
        action();
    }
    after
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Storage for FaultOver {
    fn create(&self, path: &str) -> io::Result<Box<dyn StorageWriter>> {
        let after = self.step("create", path)?;
        let writer = self.medium.create(path)?;
        after.finish(Box::new(OverWriter { writer, shared: Arc::clone(&self.shared), path: path.to_owned() }))
    }

    fn open(&self, path: &str) -> io::Result<Arc<dyn StorageFile>> {
        let after = self.step("open", path)?;
        let file = self.medium.open(path)?;
        after.finish(Arc::new(OverFile { file, shared: Arc::clone(&self.shared), path: path.to_owned() }))
    }

    fn read(&self, path: &str) -> io::Result<Bytes> {
        let after = self.step("read", path)?;
        let content = self.medium.read(path)?;
        after.finish(content.slice(..after.given(content.len())))
    }

    fn publish(&self, from: &str, to: &str) -> io::Result<Publish> {
        let after = self.step("publish", to)?;
        let published = self.medium.publish(from, to)?;
        if after == After::Repeated {
            return Ok(Publish::AlreadyExists);
        }
        after.finish(published)
    }

    fn list(&self, dir: &str) -> io::Result<Vec<StorageEntry>> {
        let after = self.step("list", dir)?;
        after.finish(self.medium.list(dir)?)
    }

    fn list_after(&self, dir: &str, after: &str) -> io::Result<Vec<StorageEntry>> {
        let then = self.step("list_after", dir)?;
        then.finish(self.medium.list_after(dir, after)?)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let after = self.step("remove", path)?;
        after.finish(self.medium.remove(path)?)
    }

    fn create_dir(&self, dir: &str) -> io::Result<()> {
        let after = self.step("create_dir", dir)?;
        after.finish(self.medium.create_dir(dir)?)
    }

    fn sync_dir(&self, dir: &str) -> io::Result<()> {
        let after = self.step("sync_dir", dir)?;
        after.finish(self.medium.sync_dir(dir)?)
    }

    fn try_lock(&self, path: &str, mode: LockMode) -> io::Result<Option<Box<dyn StorageLock>>> {
        let after = self.step("try_lock", path)?;
        after.finish(self.medium.try_lock(path, mode)?)
    }

    fn has_locks(&self) -> bool {
        self.medium.has_locks()
    }
}

#[derive(Debug)]
struct OverWriter {
    writer: Box<dyn StorageWriter>,
    shared: Arc<Mutex<Shared>>,
    path: String,
}

impl StorageWriter for OverWriter {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let after = step(&self.shared, "write", &self.path)?;
        let kept = if matches!(after, After::Short(_)) { bytes.len() / 2 } else { bytes.len() };
        self.writer.write_all(bytes.get(..kept).unwrap_or_default())?;
        after.finish(())
    }

    fn sync_and_close(self: Box<Self>) -> io::Result<()> {
        let after = step(&self.shared, "sync", &self.path)?;
        self.writer.sync_and_close()?;
        after.finish(())
    }
}

#[derive(Debug)]
struct OverFile {
    file: Arc<dyn StorageFile>,
    shared: Arc<Mutex<Shared>>,
    path: String,
}

impl StorageFile for OverFile {
    fn size(&self) -> u64 {
        self.file.size()
    }

    fn read_at(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        let after = step(&self.shared, "read", &self.path)?;
        after.finish(self.file.read_at(offset, after.given(length))?)
    }

    fn is_remote(&self) -> bool {
        self.file.is_remote()
    }
}
