//! An immutable version of a dataset, pinned for as long as somebody holds it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use arrow::datatypes::SchemaRef;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::layout::{dataset_dir, join};
use crate::log::CommitHeader;
use crate::manifest::{DataFile, Manifest};
use crate::pins::Pin;
use crate::verified::{Inner, VerifiedFile};

/// A version of a dataset. While it lives, its files are not removed; hold it as long as you read, and no longer.
#[derive(Debug)]
pub struct Snapshot {
    header: CommitHeader,
    manifest: Manifest,
    schema: SchemaRef,
    /// Files opened so far, one place per file of the manifest.
    open: Vec<OnceLock<VerifiedFile>>,
    files: Arc<FileCache>,
    _pin: Pin,
}

/// Files open in some snapshot, so that the next snapshot neither opens nor checks them again.
#[derive(Debug)]
pub(crate) struct FileCache {
    context: Arc<Context>,
    dataset: Uuid,
    open: Mutex<HashMap<String, Weak<Inner>>>,
}

impl Snapshot {
    pub(crate) fn new(header: CommitHeader, manifest: Manifest, files: Arc<FileCache>, pin: Pin) -> Result<Self> {
        let schema = Arc::new(manifest.schema.to_arrow()?);
        let open = files.find_open(&manifest.files);
        Ok(Self { header, manifest, schema, open, files, _pin: pin })
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

    /// All rows.
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
    /// [`ErrorKind::InvalidInput`] if there are not that many files, [`ErrorKind::Io`] if the medium fails.
    pub fn open_file(&self, index: usize) -> Result<VerifiedFile> {
        let (Some(file), Some(place)) = (self.manifest.files.get(index), self.open.get(index)) else {
            return Err(Error::new(ErrorKind::InvalidInput, "the version has fewer files")
                .with_path(&dataset_dir(self.dataset()))
                .with_context("index", index)
                .with_context("files", self.manifest.files.len()));
        };
        if let Some(open) = place.get() {
            return Ok(open.clone());
        }
        let opened = self.files.open(file)?;
        Ok(place.get_or_init(|| opened).clone())
    }

    /// The path of a file from the root of the store, as errors and [`VerifiedFile::path`] give it.
    #[must_use]
    pub fn file_path(&self, file: &DataFile) -> String {
        join(&dataset_dir(self.dataset()), &file.path)
    }
}

impl FileCache {
    pub(crate) fn new(context: Arc<Context>, dataset: Uuid) -> Arc<Self> {
        Arc::new(Self { context, dataset, open: Mutex::default() })
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

/// Opens a file on its own, shared with nobody.
pub(crate) fn open_data_file(context: &Context, dataset: Uuid, file: &DataFile) -> Result<VerifiedFile> {
    let digests = file.load_digests(context, dataset)?;
    VerifiedFile::open(context, &join(&dataset_dir(dataset), &file.path), digests)
}
