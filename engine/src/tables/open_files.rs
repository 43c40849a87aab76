//! The files of snapshots in use, kept open with their footers and with which rows of them live, so that a query
//! neither opens nor parses anything again, nor works out again which rows live.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use datafusion::datasource::listing::PartitionedFile;
use drillcore_store::{DataFile, DeletionVector, FileDeletions, Snapshot, VerifiedFile};
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};
use uuid::Uuid;

use super::live::LiveRows;
use super::pieces::Pieces;
use crate::error::Result;

/// The open files of the newest snapshot of each dataset, and of one that somebody went back to.
#[derive(Debug, Default)]
pub(crate) struct OpenSnapshots {
    by_dataset: Mutex<HashMap<Uuid, Kept>>,
}

/// The open files that are kept of a dataset.
#[derive(Debug, Clone)]
struct Kept {
    newest: Arc<OpenFiles>,
    /// Those of the latest older version that was asked for since the newest one is known.
    earlier: Option<Arc<OpenFiles>>,
}

/// The open files of one snapshot.
#[derive(Debug)]
pub(crate) struct OpenFiles {
    version: u64,
    files: Vec<Arc<OpenFile>>,
    /// The places of the files by their paths from the root of the store.
    places: HashMap<String, usize>,
}

/// A data file that is open, its footer, and which rows of it live.
#[derive(Debug)]
pub(crate) struct OpenFile {
    pub(crate) file: VerifiedFile,
    pub(crate) footer: Arc<ParquetMetaData>,
    /// The rows that do not; `None` if all do.
    deleted: Option<Arc<DeletionVector>>,
    /// Where these are written down.
    deletions: Option<FileDeletions>,
    /// Only queries need them, so that a sync does not wait for them.
    live: OnceLock<LiveRows>,
}

impl OpenSnapshots {
    /// The open files of a snapshot. Files that another snapshot of the dataset has too are opened once.
    pub(crate) fn open(&self, snapshot: &Snapshot) -> Result<Arc<OpenFiles>> {
        let dataset = snapshot.dataset();
        let known = self.by_dataset().get(&dataset).cloned();
        if let Some(known) = known.iter().flat_map(Kept::all).find(|known| known.version == snapshot.version()) {
            return Ok(Arc::clone(known));
        }
        let mut files = Vec::with_capacity(snapshot.files().len());
        for (index, described) in snapshot.files().iter().enumerate() {
            let file = snapshot.open_file(index)?;
            let other = known.iter().flat_map(Kept::all).find_map(|known| known.file(file.path()));
            files.push(match other {
                Some(other) if other.deletions == described.deletions => Arc::clone(other),
                other => Arc::new(OpenFile::new(snapshot, index, described, file, other.map(|other| &other.footer))?),
            });
        }
        let opened = Arc::new(OpenFiles::new(snapshot.version(), files));
        self.keep(dataset, &opened);
        Ok(opened)
    }

    fn keep(&self, dataset: Uuid, opened: &Arc<OpenFiles>) {
        let mut by_dataset = self.by_dataset();
        match by_dataset.entry(dataset) {
            Entry::Vacant(place) => {
                place.insert(Kept { newest: Arc::clone(opened), earlier: None });
            }
            Entry::Occupied(mut place) => {
                let kept = place.get_mut();
                if kept.newest.version < opened.version {
                    *kept = Kept { newest: Arc::clone(opened), earlier: None };
                } else if kept.newest.version > opened.version {
                    kept.earlier = Some(Arc::clone(opened));
                }
            }
        }
    }

    /// Lets go of all files, so that removed ones take no space any more. Queries that run keep theirs.
    pub(crate) fn clear(&self) {
        self.by_dataset().clear();
    }

    fn by_dataset(&self) -> MutexGuard<'_, HashMap<Uuid, Kept>> {
        self.by_dataset.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn all(&self) -> impl Iterator<Item = &Arc<OpenFiles>> {
        [&self.newest].into_iter().chain(&self.earlier)
    }
}

impl OpenFiles {
    fn new(version: u64, files: Vec<Arc<OpenFile>>) -> Self {
        let places = files.iter().enumerate().map(|(place, open)| (open.file.path().to_owned(), place)).collect();
        Self { version, files, places }
    }

    /// A file by its path from the root of the store.
    pub(crate) fn file(&self, path: &str) -> Option<&Arc<OpenFile>> {
        self.files.get(*self.places.get(path)?)
    }

    /// A file by its place among the others.
    pub(super) fn at(&self, place: usize) -> Option<&Arc<OpenFile>> {
        self.files.get(place)
    }

    /// Whether any file has rows that do not live.
    pub(super) fn have_deleted(&self) -> bool {
        self.files.iter().any(|open| open.deleted.is_some())
    }

    /// What so many threads read: the places of files, and these files or pieces of them.
    pub(super) fn pieces(&self, threads: usize) -> Vec<(usize, PartitionedFile)> {
        let mut pieces =
            Pieces::new(threads, self.files.iter().map(|open| open.footer.file_metadata().num_rows()).sum());
        let mut all = Vec::new();
        for (place, open) in self.files.iter().enumerate() {
            let (path, size) = (open.file.path(), open.file.size());
            let ranges = pieces.cut(&open.footer, size);
            let Some(file) = LiveRows::file(path, size, open.live()) else { continue };
            if ranges.len() > 1 {
                all.extend(ranges.iter().map(|range| (place, file.clone().with_range(range.start, range.end))));
            } else {
                all.push((place, file));
            }
        }
        all
    }
}

impl OpenFile {
    fn new(
        snapshot: &Snapshot,
        index: usize,
        described: &DataFile,
        file: VerifiedFile,
        footer: Option<&Arc<ParquetMetaData>>,
    ) -> Result<Self> {
        let footer = match footer {
            Some(known) => Arc::clone(known),
            None => Arc::new(file.read_metadata(PageIndexPolicy::Optional)?),
        };
        let deleted = snapshot.deletions(index)?.filter(|deleted| !deleted.is_empty());
        if let Some(deleted) = &deleted {
            LiveRows::check(file.path(), &footer, deleted)?;
        }
        Ok(Self { file, footer, deleted, deletions: described.deletions.clone(), live: OnceLock::new() })
    }

    /// Which rows live; `None` if all do.
    pub(super) fn live(&self) -> Option<&LiveRows> {
        let deleted = self.deleted.as_ref()?;
        Some(self.live.get_or_init(|| LiveRows::of(&self.footer, deleted)))
    }
}
