//! The one narrow door to the medium: everything that must survive a crash goes through [`Storage`].
//!
//! [`LocalStorage`] is the real thing, [`MemoryStorage`] keeps a store in memory, `ObjectStorage` (feature
//! `object-store`) in a bucket, and [`FaultStorage`] fails and crashes on request; [`FaultOver`] fails over another one.
//! All calls block; an asynchronous host makes them on threads meant for blocking work.

mod fault;
mod local;
mod locks;
mod memory;
#[cfg(feature = "object-store")]
mod object;
mod path;
#[cfg(test)]
mod without_locks;

use std::fmt;
use std::io;
use std::sync::Arc;

use bytes::Bytes;

pub use fault::{CrashMode, FaultKind, FaultOver, FaultRepeat, FaultStorage};
pub use local::LocalStorage;
pub use memory::MemoryStorage;
#[cfg(feature = "object-store")]
pub use object::ObjectStorage;
pub use path::check_path;
#[cfg(test)]
pub(crate) use without_locks::WithoutLocks;

/// A tree of files on some medium.
///
/// Paths are relative and separated by `/`; an implementation refuses others with
/// [`InvalidInput`](io::ErrorKind::InvalidInput) (see [`check_path`]). For folders the empty path is the root.
/// *Durable* means: survives a power cut. Several processes may use one tree at the same time, so every method must be
/// safe against calls of others.
///
/// Where folders are only what names begin with, as in a bucket, they need not be made, are empty when they are missing,
/// and go with their last file. Such a medium says `Unsupported` to locks; see [`has_locks`](Self::has_locks).
pub trait Storage: Send + Sync + fmt::Debug + 'static {
    /// Starts a new file in an existing folder. The file may be visible at once, with any part of its content, or not
    /// before it is closed.
    ///
    /// # Errors
    /// [`AlreadyExists`](io::ErrorKind::AlreadyExists) if there is one (a medium may notice that only when the file is
    /// closed, and not at all for large files, whose names must therefore be new ids),
    /// [`NotFound`](io::ErrorKind::NotFound) if the folder is missing, or what the medium says.
    fn create(&self, path: &str) -> io::Result<Box<dyn StorageWriter>>;

    /// Opens a file for positioned reads. The handle stays usable after the file was removed, unless the medium has no
    /// open files: there a later read of a removed file is [`NotFound`](io::ErrorKind::NotFound).
    ///
    /// # Errors
    /// [`NotFound`](io::ErrorKind::NotFound) if there is no such file (only then), or what the medium says.
    fn open(&self, path: &str) -> io::Result<Arc<dyn StorageFile>>;

    /// The whole content of a small file. The default opens and reads it; a medium that can do both at once should.
    ///
    /// # Errors
    /// Those of [`open`](Self::open) and [`read_at`](StorageFile::read_at).
    fn read(&self, path: &str) -> io::Result<Bytes> {
        let file = self.open(path)?;
        let length = usize::try_from(file.size()).map_err(|_| io::ErrorKind::OutOfMemory)?;
        file.read_at(0, length)
    }

    /// Gives the file `from` the additional name `to`, unless `to` exists: of several calls at the same moment exactly
    /// one publishes. Readers see `to` either not at all or with all bytes that were synced under `from`.
    ///
    /// # Errors
    /// Any error means *unknown*: the name may exist or not. [`Unsupported`](io::ErrorKind::Unsupported) if the medium
    /// cannot do this at all.
    fn publish(&self, from: &str, to: &str) -> io::Result<Publish>;

    /// The entries of a folder in any order, hidden ones included, without those of folders below it.
    ///
    /// # Errors
    /// [`NotFound`](io::ErrorKind::NotFound) if there is no such folder, or what the medium says.
    fn list(&self, dir: &str) -> io::Result<Vec<StorageEntry>>;

    /// The entries of a folder whose names come after `after` in the order of their bytes, in any order. The default
    /// lists everything; a medium that gives long listings in pieces should begin there.
    ///
    /// # Errors
    /// Those of [`list`](Self::list).
    fn list_after(&self, dir: &str, after: &str) -> io::Result<Vec<StorageEntry>> {
        let mut entries = self.list(dir)?;
        entries.retain(|entry| entry.name.as_str() > after);
        Ok(entries)
    }

    /// Removes one name of a file, or an empty folder. It is durable after the next [`sync_dir`](Self::sync_dir).
    ///
    /// # Errors
    /// [`NotFound`](io::ErrorKind::NotFound) if there is nothing and the medium tells,
    /// [`DirectoryNotEmpty`](io::ErrorKind::DirectoryNotEmpty) for a folder with entries, or what the medium says.
    fn remove(&self, path: &str) -> io::Result<()>;

    /// Makes sure that a folder and all folders above it exist and that all their entries are durable, also when they
    /// existed before (whoever made them may not have lived to sync them).
    ///
    /// # Errors
    /// What the medium says; the folders may exist but not be durable then.
    fn create_dir(&self, dir: &str) -> io::Result<()>;

    /// Makes all changes of a folder's entries durable, whoever made them.
    ///
    /// # Errors
    /// What the medium says; nothing is known about the durability of the changes then.
    fn sync_dir(&self, dir: &str) -> io::Result<()>;

    /// Takes the lock of a file without waiting, making an empty file if there is none; `None` if somebody holds a lock
    /// that excludes this one, in whatever process. The lock ends with the returned value or with the process.
    ///
    /// # Errors
    /// [`Unsupported`](io::ErrorKind::Unsupported) if the medium has no locks, or what it says.
    fn try_lock(&self, path: &str, mode: LockMode) -> io::Result<Option<Box<dyn StorageLock>>>;

    /// Whether the medium has locks and keeps open files readable. Without them a store lists where it would lock, and
    /// what may be removed is a matter of time: [`StoreOptions::longest_commit`](crate::StoreOptions::longest_commit).
    /// Such a medium must tell when files were made ([`StorageEntry::modified_us`]), or nothing is removed that no
    /// version names.
    fn has_locks(&self) -> bool {
        true
    }
}

/// A file being written from its beginning to its end.
pub trait StorageWriter: Send + fmt::Debug {
    /// Appends all of `bytes`.
    ///
    /// # Errors
    /// What the medium says; how much was appended is unknown then.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Makes the content durable and closes the file. Its name is durable only after the folder was synced. A writer
    /// dropped without this leaves a file of unknown content.
    ///
    /// # Errors
    /// What the medium says; the content must be taken for lost then, also if a later sync succeeds.
    fn sync_and_close(self: Box<Self>) -> io::Result<()>;
}

/// An open file. Files of a store never change after they were written.
pub trait StorageFile: Send + Sync + fmt::Debug {
    /// The length in bytes when the file was opened.
    fn size(&self) -> u64;

    /// Exactly `length` bytes from `offset` on.
    ///
    /// # Errors
    /// [`UnexpectedEof`](io::ErrorKind::UnexpectedEof) if the file ends before, or what the medium says.
    fn read_at(&self, offset: u64, length: usize) -> io::Result<Bytes>;

    /// Whether reads wait for a network, so that several at once are quicker and threads for computing should not wait.
    fn is_remote(&self) -> bool {
        false
    }
}

/// A held lock; dropping it ends it.
pub trait StorageLock: Send + Sync + fmt::Debug {}

/// What [`Storage::publish`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publish {
    /// The name is new and leads to the file.
    Published,
    /// The name existed and was left alone.
    AlreadyExists,
}

/// How a lock excludes others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockMode {
    /// Nobody else may hold any lock.
    Exclusive,
    /// Others may hold shared locks.
    Shared,
}

/// One entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageEntry {
    /// The last component of the path; characters that are not Unicode are replaced.
    pub name: String,
    /// The length in bytes; 0 for folders.
    pub size: u64,
    /// Whether it is a folder.
    pub is_dir: bool,
    /// When the file was last written, in microseconds since 1970-01-01T00:00:00Z by the clock of the medium; `None` for
    /// folders and where the medium has locks and nobody needs to know.
    pub modified_us: Option<i64>,
}
