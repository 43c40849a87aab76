//! A store in a bucket of S3, Google Cloud Storage, Azure or what speaks like them: objects that are created once.

mod requests;
#[cfg(test)]
mod tests;
mod writer;

use std::fmt;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt as _;
use object_store::path::Path;
use object_store::{GetOptions, ObjectMeta, ObjectStore, PutMode, PutOptions, PutPayload};
use tokio::runtime::Handle;

use self::requests::{Requests, to_io};
use self::writer::ObjectWriter;
use super::path::{check_dir, check_path};
use super::{LockMode, Publish, Storage, StorageEntry, StorageFile, StorageLock, StorageWriter};
use crate::env::{Environment, SystemEnvironment};
use crate::error::{Error, ErrorKind, Result};
use crate::layout::{join, temp_name};

/// Objects below one prefix of an object store that can create an object only if there is none of its name.
///
/// The caller brings the store, configured, and a tokio runtime that it can do its network on (one with I/O and time
/// enabled). Requests run on that runtime; the calls of [`Storage`] wait for them on the thread of the caller, so they
/// must not be made from a thread that drives the runtime: with a runtime of several threads that holds up one of them,
/// with one of a single thread nothing would ever go on. An engine has threads of its own and calls from those. The
/// runtime has to live as long as the storage is used.
///
/// An object is durable, and visible to everybody, as soon as it is complete: syncing a folder does nothing. There are no
/// locks ([`has_locks`](Storage::has_locks) is false); how commits and vacuum do without is in docs/format.md. Listings
/// must contain every object created before, which all of the named services promise.
///
/// ```
/// use std::sync::Arc;
///
/// use drillcore_store::{ObjectStorage, Store, StoreOptions};
/// use object_store::memory::InMemory;
///
/// let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build()?;
/// let storage = ObjectStorage::open(Arc::new(InMemory::new()), "analytics/store", runtime.handle().clone())?;
/// let store = Store::open(Arc::new(storage), StoreOptions::default())?;
/// assert_eq!(store.catalog().commit(0, "first")?.version(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct ObjectStorage {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    requests: Requests,
}

/// Settings of a store may hold credentials, its name does not.
impl fmt::Debug for ObjectStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (store, prefix) = (self.store.to_string(), self.prefix.to_string());
        f.debug_struct("ObjectStorage").field("store", &store).field("prefix", &prefix).finish_non_exhaustive()
    }
}

impl ObjectStorage {
    /// Takes everything below `prefix` (empty for the whole bucket) for the store, and tries out that an object is not
    /// created a second time: some services accept the condition and overlook it. That leaves nothing behind.
    ///
    /// # Errors
    /// [`ErrorKind::UnsupportedStorage`] if objects cannot be created conditionally, [`ErrorKind::InvalidInput`] for a
    /// prefix that is not a path, [`ErrorKind::Io`] if the service refuses or does not answer.
    pub fn open(store: Arc<dyn ObjectStore>, prefix: &str, runtime: Handle) -> Result<Self> {
        let prefix = Path::parse(prefix).map_err(|error| {
            Error::new(ErrorKind::InvalidInput, "the prefix is not a path of an object store").with_source(error)
        })?;
        let storage = Self { store, prefix, requests: Requests::new(runtime) };
        let probe = temp_name(SystemEnvironment.new_id());
        let outcome = storage.probe(&probe);
        // What cannot be removed now is an orphan for vacuum.
        let _left_behind = storage.remove(&probe);
        outcome.map(|()| storage)
    }

    fn probe(&self, name: &str) -> Result<()> {
        let failed = |error| Error::io("try the object store out", name, error);
        match self.put_probe(name) {
            // The name is new, so a request that was repeated had succeeded before.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            first => first.map_err(failed)?,
        }
        match self.put_probe(name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(failed(error)),
            Ok(()) => {
                let message = "the object store overwrites objects that it was told to create";
                Err(Error::new(ErrorKind::UnsupportedStorage, message).with_path(name))
            }
        }
    }

    fn put_probe(&self, name: &str) -> io::Result<()> {
        self.put_new(self.locate(name)?, Bytes::from_static(b"probe"))
    }

    fn locate(&self, path: &str) -> io::Result<Path> {
        Path::parse(join(self.prefix.as_ref(), path)).map_err(|error| to_io(error.into()))
    }

    fn folder(&self, dir: &str) -> io::Result<Path> {
        check_dir(dir)?;
        if dir.is_empty() { Ok(self.prefix.clone()) } else { self.locate(dir) }
    }

    /// The content of an object, whatever its size.
    fn get(&self, path: Path) -> io::Result<Bytes> {
        let store = Arc::clone(&self.store);
        self.requests.run(async move { store.get_opts(&path, GetOptions::default()).await?.bytes().await })
    }

    /// Creates an object; the error is `AlreadyExists` if there is one of that name, or if the request was repeated.
    fn put_new(&self, path: Path, content: Bytes) -> io::Result<()> {
        let store = Arc::clone(&self.store);
        let options = PutOptions::from(PutMode::Create);
        self.requests.run(async move { store.put_opts(&path, PutPayload::from(content), options).await.map(drop) })
    }
}

/// The name of what lies directly in a folder.
fn name_in<'a>(folder: &Path, location: &'a Path) -> Option<&'a str> {
    let (folder, location): (&str, &'a str) = (folder.as_ref(), location.as_ref());
    let rest = location.strip_prefix(folder)?;
    let name = if folder.is_empty() { rest } else { rest.strip_prefix('/')? };
    (!name.is_empty() && !name.contains('/')).then_some(name)
}

fn file_entry(folder: &Path, object: &ObjectMeta) -> Option<StorageEntry> {
    let name = name_in(folder, &object.location)?.to_owned();
    let modified_us = Some(object.last_modified.timestamp_micros());
    Some(StorageEntry { name, size: object.size, is_dir: false, modified_us })
}

impl Storage for ObjectStorage {
    fn create(&self, path: &str) -> io::Result<Box<dyn StorageWriter>> {
        check_path(path)?;
        Ok(Box::new(ObjectWriter::new(self.clone(), self.locate(path)?)))
    }

    fn open(&self, path: &str) -> io::Result<Arc<dyn StorageFile>> {
        check_path(path)?;
        let location = self.locate(path)?;
        let (store, asked) = (Arc::clone(&self.store), location.clone());
        let options = GetOptions::new().with_head(true);
        let size = self.requests.run(async move { Ok(store.get_opts(&asked, options).await?.meta.size) })?;
        Ok(Arc::new(ObjectFile { storage: self.clone(), location, size }))
    }

    fn read(&self, path: &str) -> io::Result<Bytes> {
        check_path(path)?;
        self.get(self.locate(path)?)
    }

    /// Creates `to` with the content of `from`, which is a small one.
    fn publish(&self, from: &str, to: &str) -> io::Result<Publish> {
        check_path(from)?;
        check_path(to)?;
        let content = self.get(self.locate(from)?)?;
        match self.put_new(self.locate(to)?, content) {
            Ok(()) => Ok(Publish::Published),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Publish::AlreadyExists),
            Err(error) => Err(error),
        }
    }

    fn list(&self, dir: &str) -> io::Result<Vec<StorageEntry>> {
        let folder = self.folder(dir)?;
        let (store, asked) = (Arc::clone(&self.store), folder.clone());
        let listed = self.requests.run(async move { store.list_with_delimiter(Some(&asked)).await })?;
        let files = listed.objects.iter().filter_map(|object| file_entry(&folder, object));
        let folders = listed.common_prefixes.iter().filter_map(|below| name_in(&folder, below));
        let folders =
            folders.map(|name| StorageEntry { name: name.to_owned(), size: 0, is_dir: true, modified_us: None });
        Ok(files.chain(folders).collect())
    }

    /// Files only: folders would have to be put together from all that lies in them.
    fn list_after(&self, dir: &str, after: &str) -> io::Result<Vec<StorageEntry>> {
        let folder = self.folder(dir)?;
        check_path(after)?;
        let offset = self.locate(&join(dir, after))?;
        let (store, asked) = (Arc::clone(&self.store), folder.clone());
        let listed: Vec<ObjectMeta> =
            self.requests.run(async move { store.list_with_offset(Some(&asked), &offset).try_collect().await })?;
        Ok(listed.iter().filter_map(|object| file_entry(&folder, object)).collect())
    }

    /// Does not tell whether there was an object, because services don't. A folder is gone when nothing is in it.
    fn remove(&self, path: &str) -> io::Result<()> {
        check_path(path)?;
        let (store, location) = (Arc::clone(&self.store), self.locate(path)?);
        let removed = self.requests.run(async move {
            let one = futures::stream::iter([Ok::<_, object_store::Error>(location)]);
            store.delete_stream(Box::pin(one)).try_collect::<Vec<Path>>().await
        });
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Folders are what names begin with.
    fn create_dir(&self, dir: &str) -> io::Result<()> {
        check_dir(dir)
    }

    /// Objects are durable when they are there.
    fn sync_dir(&self, dir: &str) -> io::Result<()> {
        check_dir(dir)
    }

    fn try_lock(&self, path: &str, _mode: LockMode) -> io::Result<Option<Box<dyn StorageLock>>> {
        check_path(path)?;
        Err(io::Error::new(io::ErrorKind::Unsupported, "an object store has no locks"))
    }

    fn has_locks(&self) -> bool {
        false
    }
}

/// An object whose size is known. There is no handle behind it: every read is a request.
#[derive(Debug)]
struct ObjectFile {
    storage: ObjectStorage,
    location: Path,
    size: u64,
}

impl StorageFile for ObjectFile {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        let wanted = u64::try_from(length).map_err(|_| io::ErrorKind::UnexpectedEof)?;
        let end = offset.checked_add(wanted).filter(|end| *end <= self.size).ok_or(io::ErrorKind::UnexpectedEof)?;
        if length == 0 {
            return Ok(Bytes::new());
        }
        let (store, location) = (Arc::clone(&self.storage.store), self.location.clone());
        let options = GetOptions::new().with_range(Some(offset..end));
        let bytes =
            self.storage.requests.run(async move { store.get_opts(&location, options).await?.bytes().await })?;
        if bytes.len() == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    fn is_remote(&self) -> bool {
        true
    }
}
