//! A store in a folder of a local file system.

use std::fs::{self, DirEntry, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use bytes::Bytes;

use super::path::{ancestors, check_dir, check_path, split};
use super::{LockMode, Publish, Storage, StorageEntry, StorageFile, StorageLock, StorageWriter};
use crate::env::{Environment, SystemEnvironment};
use crate::error::{Error, ErrorKind, Result};
use crate::layout::temp_name;

const PROBE_ATTEMPTS: u64 = 16;

/// Files below one folder, synced for real: files with `fsync` (`F_FULLFSYNC` on Apple systems), folders too on Unix.
/// On other systems the file system's own journal has to keep folder entries; see docs/format.md.
#[derive(Debug, Clone)]
pub struct LocalStorage {
    root: PathBuf,
}

impl LocalStorage {
    /// Opens a folder, making it if it is missing, and tries out that its file system has hard links.
    ///
    /// # Errors
    /// [`ErrorKind::UnsupportedStorage`] without hard links, [`ErrorKind::Io`] if the folder cannot be made or written.
    pub fn open(root: impl AsRef<Path>) -> Result<Self> {
        let shown = root.as_ref().display().to_string();
        let root = std::path::absolute(root).map_err(|error| Error::io("resolve the folder", &shown, error))?;
        make_durably(&root).map_err(|error| Error::io("make the folder", &shown, error))?;
        probe_links(&root, &shown)?;
        Ok(Self { root })
    }

    /// The absolute path of the folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn locate(&self, path: &str) -> PathBuf {
        let mut located = self.root.clone();
        located.extend(path.split('/').filter(|part| !part.is_empty()));
        located
    }
}

/// Makes a folder with all missing ones above it and syncs every folder that gained an entry.
fn make_durably(root: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = root.ancestors().take_while(|path| !path.exists()).collect();
    fs::create_dir_all(root)?;
    missing.iter().rev().filter_map(|made| made.parent()).try_for_each(sync_folder)?;
    match root.parent() {
        // Whoever made it may not have lived to sync it. A folder above that may not be opened cannot be synced.
        Some(above) if missing.is_empty() => match sync_folder(above) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
            synced => synced,
        },
        _ => Ok(()),
    }
}

fn probe_links(root: &Path, shown: &str) -> Result<()> {
    let mut outcome = Ok(());
    for attempt in 0..PROBE_ATTEMPTS {
        // A vacuum of somebody else may sweep the probe away before it is linked, and again if it goes on and on.
        thread::sleep(Duration::from_millis(attempt));
        outcome = try_link(root);
        if !matches!(&outcome, Err(error) if error.kind() == io::ErrorKind::NotFound) {
            break;
        }
    }
    match outcome {
        Ok(()) => Ok(()),
        Err(error) if lacks_links(&error) => {
            let refused = Error::new(ErrorKind::UnsupportedStorage, "the file system has no hard links");
            Err(refused.with_path(shown).with_source(error))
        }
        Err(error) => Err(Error::io("try the folder out", shown, error)),
    }
}

/// Makes a file and links it. Failing to make it is told as another kind of error than failing to link it.
fn try_link(root: &Path) -> io::Result<()> {
    let probe = root.join(temp_name(SystemEnvironment.new_id()));
    let link = root.join(temp_name(SystemEnvironment.new_id()));
    if let Err(error) = OpenOptions::new().write(true).create_new(true).open(&probe) {
        return Err(io::Error::other(error));
    }
    let linked = fs::hard_link(&probe, &link);
    for path in [probe, link] {
        // What cannot be removed now is an orphan for vacuum.
        let _left_behind = fs::remove_file(path);
    }
    linked
}

/// File systems without hard links answer "not permitted" or "not supported", though the folder is writable.
fn lacks_links(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied | io::ErrorKind::TooManyLinks)
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Folders cannot be opened for syncing here; only their existence is checked.
#[cfg(not(unix))]
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::metadata(folder).map(drop)
}

impl Storage for LocalStorage {
    fn create(&self, path: &str) -> io::Result<Box<dyn StorageWriter>> {
        check_path(path)?;
        let file = OpenOptions::new().write(true).create_new(true).open(self.locate(path))?;
        Ok(Box::new(LocalWriter { file }))
    }

    fn open(&self, path: &str) -> io::Result<Arc<dyn StorageFile>> {
        check_path(path)?;
        let file = File::open(self.locate(path))?;
        let size = file.metadata()?.len();
        Ok(Arc::new(LocalFile { file: Positioned::new(file), size }))
    }

    fn publish(&self, from: &str, to: &str) -> io::Result<Publish> {
        check_path(from)?;
        check_path(to)?;
        match fs::hard_link(self.locate(from), self.locate(to)) {
            Ok(()) => Ok(Publish::Published),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Publish::AlreadyExists),
            Err(error) => Err(error),
        }
    }

    fn list(&self, dir: &str) -> io::Result<Vec<StorageEntry>> {
        check_dir(dir)?;
        fs::read_dir(self.locate(dir))?
            .filter_map(|entry| entry.and_then(|entry| describe(&entry)).transpose())
            .collect()
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        check_path(path)?;
        let located = self.locate(path);
        if fs::symlink_metadata(&located)?.is_dir() { fs::remove_dir(located) } else { fs::remove_file(located) }
    }

    fn create_dir(&self, dir: &str) -> io::Result<()> {
        check_dir(dir)?;
        for folder in ancestors(dir) {
            match fs::create_dir(self.locate(folder)) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => sync_folder(&self.locate(split(folder).0))?,
            }
        }
        Ok(())
    }

    fn sync_dir(&self, dir: &str) -> io::Result<()> {
        check_dir(dir)?;
        sync_folder(&self.locate(dir))
    }

    fn try_lock(&self, path: &str, mode: LockMode) -> io::Result<Option<Box<dyn StorageLock>>> {
        check_path(path)?;
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(self.locate(path))?;
        let outcome = match mode {
            LockMode::Exclusive => file.try_lock(),
            LockMode::Shared => file.try_lock_shared(),
        };
        match outcome {
            Ok(()) => Ok(Some(Box::new(LocalLock { _file: file }))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

/// An entry that vanished between being listed and being looked at is left out.
fn describe(entry: &DirEntry) -> io::Result<Option<StorageEntry>> {
    let metadata = match entry.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        metadata => metadata?,
    };
    let is_dir = metadata.is_dir();
    let size = if is_dir { 0 } else { metadata.len() };
    let name = entry.file_name().to_string_lossy().into_owned();
    Ok(Some(StorageEntry { name, size, is_dir, modified_us: None }))
}

#[derive(Debug)]
struct LocalWriter {
    file: File,
}

impl StorageWriter for LocalWriter {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        io::Write::write_all(&mut self.file, bytes)
    }

    fn sync_and_close(self: Box<Self>) -> io::Result<()> {
        self.file.sync_all()
    }
}

#[derive(Debug)]
struct LocalFile {
    file: Positioned,
    size: u64,
}

impl StorageFile for LocalFile {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        let mut buffer = vec![0; length];
        self.file.read_exact_at(&mut buffer, offset)?;
        Ok(Bytes::from(buffer))
    }
}

/// The open file is what holds the lock.
#[derive(Debug)]
struct LocalLock {
    _file: File,
}

impl StorageLock for LocalLock {}

#[cfg(unix)]
use unix::Positioned;

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io;
    use std::os::unix::fs::FileExt;

    #[derive(Debug)]
    pub(super) struct Positioned(File);

    impl Positioned {
        pub(super) fn new(file: File) -> Self {
            Self(file)
        }

        pub(super) fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
            self.0.read_exact_at(buffer, offset)
        }
    }
}

#[cfg(not(unix))]
use portable::Positioned;

#[cfg(not(unix))]
mod portable {
    use std::fs::File;
    use std::io::{self, Read, Seek, SeekFrom};
    use std::sync::{Mutex, PoisonError};

    /// Reads take turns, because seeking and reading are two steps.
    #[derive(Debug)]
    pub(super) struct Positioned(Mutex<File>);

    impl Positioned {
        pub(super) fn new(file: File) -> Self {
            Self(Mutex::new(file))
        }

        pub(super) fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
            let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(offset))?;
            file.read_exact(buffer)
        }
    }
}
