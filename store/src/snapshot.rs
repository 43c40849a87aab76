//! An immutable version of a dataset, pinned for as long as somebody holds it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use arrow::datatypes::SchemaRef;
use uuid::Uuid;

use crate::context::Context;
use crate::deletions::DeletionVector;
use crate::error::{Error, ErrorKind, Result};
use crate::keys::RunCache;
use crate::layout::{MANIFEST_DIR, dataset_dir, join, version_name};
use crate::log::CommitHeader;
use crate::manifest::{DataFile, Manifest};
use crate::pins::Pin;
use crate::verified::{Inner, VerifiedFile};

/// A version of a dataset. While it lives, its files are not removed; hold it as long as you read, and no longer. On a
/// medium without locks that lasts as long as versions are kept, at least a day unless the options say otherwise; after
/// that reads of a version that is no longer the newest may fail with [`ErrorKind::SnapshotExpired`].
#[derive(Debug)]
pub struct Snapshot {
    header: CommitHeader,
    manifest: Manifest,
    schema: SchemaRef,
    /// Files opened so far, one place per file of the manifest.
    open: Vec<OnceLock<VerifiedFile>>,
    /// Deletion vectors read so far, one place per file of the manifest.
    deletions: Vec<OnceLock<Arc<DeletionVector>>>,
    pub(crate) files: Arc<FileCache>,
    _pin: Pin,
}

/// What some snapshot has opened or read, so that the next snapshot neither opens nor checks it again.
#[derive(Debug)]
pub(crate) struct FileCache {
    pub(crate) context: Arc<Context>,
    pub(crate) dataset: Uuid,
    open: Mutex<HashMap<String, Weak<Inner>>>,
    deletions: Mutex<HashMap<VectorPlace, Weak<DeletionVector>>>,
    pub(crate) runs: RunCache,
}

/// The path of a file of deletion vectors, and where in it one begins.
type VectorPlace = (String, u64);

impl Snapshot {
    pub(crate) fn new(header: CommitHeader, manifest: Manifest, files: Arc<FileCache>, pin: Pin) -> Result<Self> {
        let schema = Arc::new(manifest.schema.to_arrow()?);
        let open = files.find_open(&manifest.files);
        let deletions = files.find_deletions(&manifest.files);
        Ok(Self { header, manifest, schema, open, deletions, files, _pin: pin })
    }

    /// The dataset this is a version of.
    #[must_use]
    pub fn dataset(&self) -> Uuid {
        self.manifest.dataset
    }

    /// The number of the version; the first is 1.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.header.version
    }

    /// Version, commit id and time.
    #[must_use]
    pub fn header(&self) -> &CommitHeader {
        &self.header
    }

    /// When it was committed, in microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn committed_at_us(&self) -> i64 {
        self.header.committed_at_us
    }

    /// Everything the version consists of.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The columns.
    #[must_use]
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The files, in the order in which their rows come.
    #[must_use]
    pub fn files(&self) -> &[DataFile] {
        &self.manifest.files
    }

    /// All rows but the deleted ones.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.manifest.rows
    }

    /// What the engine keeps with the version.
    #[must_use]
    pub fn properties(&self) -> &BTreeMap<String, String> {
        &self.manifest.properties
    }

    /// Opens a file by its place in [`files`](Self::files). It stays open as long as a snapshot that opened it lives;
    /// later calls and later versions with the same file share the handle and what was checked.
    ///
    /// # Errors
    /// [`ErrorKind::Corruption`] if the file or its digests are missing or of a wrong size,
    /// [`ErrorKind::SnapshotExpired`] if the whole version is gone from a medium without locks,
    /// [`ErrorKind::InvalidInput`] if there are not that many files, [`ErrorKind::Io`] if the medium fails.
    pub fn open_file(&self, index: usize) -> Result<VerifiedFile> {
        let (Some(file), Some(place)) = (self.manifest.files.get(index), self.open.get(index)) else {
            return Err(self.no_such_file(index));
        };
        if let Some(open) = place.get() {
            return Ok(open.clone());
        }
        let opened = self.files.open(file).map_err(|error| self.expired_or(error))?;
        Ok(place.get_or_init(|| opened).clone())
    }

    /// Opens a file for as long as the handle lives, unless it stays open anyway: whoever goes through many files must not
    /// have all of them open.
    pub(crate) fn open_file_briefly(&self, index: usize) -> Result<VerifiedFile> {
        let (Some(file), Some(place)) = (self.manifest.files.get(index), self.open.get(index)) else {
            return Err(self.no_such_file(index));
        };
        match place.get() {
            Some(open) => Ok(open.clone()),
            None => open_data_file(&self.files.context, self.dataset(), file),
        }
    }

    /// Which rows of a file are deleted, by its place in [`files`](Self::files); `None` if none are. It is read and
    /// checked once; later calls and later versions in which the same rows of the file are deleted share it.
    ///
    /// # Errors
    /// [`ErrorKind::Corruption`] if the file of the vector is missing or damaged, [`ErrorKind::SnapshotExpired`] if the
    /// whole version is gone from a medium without locks,
    /// [`ErrorKind::UnsupportedFormat`] if it was written by software that knows more than this build,
    /// [`ErrorKind::InvalidInput`] if there are not that many files, [`ErrorKind::Io`] if the medium fails.
    pub fn deletions(&self, index: usize) -> Result<Option<Arc<DeletionVector>>> {
        let (Some(file), Some(place)) = (self.manifest.files.get(index), self.deletions.get(index)) else {
            return Err(self.no_such_file(index));
        };
        if let Some(read) = place.get() {
            return Ok(Some(Arc::clone(read)));
        }
        let read = self.files.deletions(file).map_err(|error| self.expired_or(error))?;
        Ok(read.map(|read| Arc::clone(place.get_or_init(|| read))))
    }

    /// Without locks a version goes when its time has come, whoever still reads it; then its files are not damaged.
    pub(crate) fn expired_or(&self, error: Error) -> Error {
        let context = &self.files.context;
        if error.kind() != ErrorKind::Corruption || context.has_locks() {
            return error;
        }
        let manifests = join(&dataset_dir(self.dataset()), MANIFEST_DIR);
        match context.exists(&join(&manifests, &version_name(self.version()))) {
            Ok(false) => {
                let path = error.path().unwrap_or(&manifests).to_owned();
                Error::expired(&path).with_source(error)
            }
            _ => error,
        }
    }

    fn no_such_file(&self, index: usize) -> Error {
        Error::new(ErrorKind::InvalidInput, "the version has fewer files")
            .with_path(&dataset_dir(self.dataset()))
            .with_context("index", index)
            .with_context("files", self.manifest.files.len())
    }

    /// The path of a file from the root of the store, as errors and [`VerifiedFile::path`] give it.
    #[must_use]
    pub fn file_path(&self, file: &DataFile) -> String {
        join(&dataset_dir(self.dataset()), &file.path)
    }
}

impl FileCache {
    pub(crate) fn new(context: Arc<Context>, dataset: Uuid) -> Arc<Self> {
        Arc::new(Self {
            context,
            dataset,
            open: Mutex::default(),
            deletions: Mutex::default(),
            runs: RunCache::default(),
        })
    }

    /// One place per file, taken where the file is open already.
    fn find_open(&self, files: &[DataFile]) -> Vec<OnceLock<VerifiedFile>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, file| file.strong_count() > 0);
        let find = |file: &DataFile| open.get(&file.path).and_then(Weak::upgrade);
        let place = |found: Option<Arc<Inner>>| {
            found.map_or_else(OnceLock::new, |inner| VerifiedFile::from_inner(inner).into())
        };
        files.iter().map(|file| place(find(file))).collect()
    }

    /// One place per file, taken where its deletion vector was read already.
    fn find_deletions(&self, files: &[DataFile]) -> Vec<OnceLock<Arc<DeletionVector>>> {
        let mut known = self.deletions.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, vector| vector.strong_count() > 0);
        let find = |file: &DataFile| known.get(&vector_place(file)?).and_then(Weak::upgrade);
        files.iter().map(|file| find(file).map_or_else(OnceLock::new, OnceLock::from)).collect()
    }

    /// The deletion vector of a file, read only if no snapshot has it.
    pub(crate) fn deletions(&self, file: &DataFile) -> Result<Option<Arc<DeletionVector>>> {
        let (Some(deletions), Some(place)) = (&file.deletions, vector_place(file)) else { return Ok(None) };
        let known = self.deletions.lock().unwrap_or_else(PoisonError::into_inner).get(&place).and_then(Weak::upgrade);
        if known.is_some() {
            return Ok(known);
        }
        let read = Arc::new(deletions.read(&self.context, self.dataset, file.rows)?);
        let weak = Arc::downgrade(&read);
        self.deletions.lock().unwrap_or_else(PoisonError::into_inner).insert(place, weak);
        Ok(Some(read))
    }

    fn open(&self, file: &DataFile) -> Result<VerifiedFile> {
        let found = self.open.lock().unwrap_or_else(PoisonError::into_inner).get(&file.path).and_then(Weak::upgrade);
        if let Some(inner) = found {
            return Ok(VerifiedFile::from_inner(inner));
        }
        let opened = open_data_file(&self.context, self.dataset, file)?;
        let weak = Arc::downgrade(opened.inner());
        self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(file.path.clone(), weak);
        Ok(opened)
    }
}

fn vector_place(file: &DataFile) -> Option<VectorPlace> {
    file.deletions.as_ref().map(|deletions| (deletions.path.clone(), deletions.offset))
}

/// Opens a file on its own, shared with nobody.
pub(crate) fn open_data_file(context: &Context, dataset: Uuid, file: &DataFile) -> Result<VerifiedFile> {
    let digests = file.load_digests(context, dataset)?;
    VerifiedFile::open(context, &join(&dataset_dir(dataset), &file.path), digests)
}
