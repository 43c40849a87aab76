//! The keys of a version: which row each key is, by looking through the runs from the newest to the oldest.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::{iter, thread};

use rayon::slice::ParallelSliceMut;
use uuid::Uuid;

use super::entry::{KeyEntry, Place};
use super::hash::KeyHasher;
use super::merge::Merge;
use super::run::{KeyRun, Sought};
use super::secret::KeySecret;
use super::write::file_id;
use crate::error::{Error, Result};
use crate::manifest::DataFile;
use crate::snapshot::Snapshot;

/// Keys that a thread looks up at least.
const LEAST_KEYS: usize = 512;
/// Threads that look up keys. Keys lie anywhere in a run, so that some blocks are not in the memory of the operating
/// system; then threads wait for the medium, and it is best asked for several blocks at once, however few cores there are.
const READERS: usize = 8;

/// The keys of a version, ready for lookups. Cheap to clone; usable as long as you like, but its places are those of
/// the snapshot it came from.
#[derive(Debug, Clone)]
pub struct KeyIndex {
    columns: Arc<[String]>,
    secret: KeySecret,
    /// Oldest first.
    runs: Arc<[PlacedRun]>,
}

/// Entries, each with the number of its key.
type Hits = Vec<(usize, KeyEntry)>;

/// A run, and where its data files are among those of the snapshot.
#[derive(Debug)]
pub(super) struct PlacedRun {
    run: Arc<KeyRun>,
    /// Per data file of the run its index in the snapshot, if it is still there.
    files: Vec<Option<u32>>,
}

impl Snapshot {
    /// The keys of the version, or `None` if it has none. Runs stay open and are shared with later versions that have
    /// them too.
    ///
    /// # Errors
    /// [`ErrorKind::Corruption`](crate::ErrorKind::Corruption) if a run is missing, of a wrong size or damaged at its
    /// ends, [`ErrorKind::UnsupportedFormat`](crate::ErrorKind::UnsupportedFormat) if it was written by software that
    /// knows more, [`ErrorKind::VersionExpired`](crate::ErrorKind::VersionExpired) on a medium without locks whose vacuum
    /// removed the version meanwhile, [`ErrorKind::Io`](crate::ErrorKind::Io) if the medium fails.
    pub fn keys(&self) -> Result<Option<KeyIndex>> {
        let Some(keys) = &self.manifest().keys else { return Ok(None) };
        let held = held_files(self.files());
        let opened = self.files.runs.open(&self.files.context, self.dataset(), &keys.runs);
        let runs = opened.map_err(|error| self.expired_or(error))?;
        let placed = runs.into_iter().map(|run| PlacedRun::new(run, &held)).collect();
        Ok(Some(KeyIndex { columns: keys.columns.as_slice().into(), secret: keys.secret, runs: placed }))
    }
}

/// The ids of a snapshot's files with their indexes, sorted by id.
fn held_files(files: &[DataFile]) -> Vec<(Uuid, u32)> {
    let mut held: Vec<(Uuid, u32)> =
        files.iter().zip(0..).filter_map(|(file, index)| Some((file_id(file).ok()?, index))).collect();
    held.sort_unstable();
    held
}

impl KeyIndex {
    /// The names of the columns that are the key, in the order in which they are hashed.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// What the hashes are made with.
    #[must_use]
    pub fn secret(&self) -> &KeySecret {
        &self.secret
    }

    /// Hashes keys as the index knows them.
    #[must_use]
    pub fn hasher(&self) -> KeyHasher {
        KeyHasher::new(&self.secret)
    }

    pub(super) fn runs(&self) -> &[PlacedRun] {
        &self.runs
    }

    /// The files of the snapshot that entries of a run may lead to; runs count from the oldest.
    pub(crate) fn files_of(&self, run: usize) -> impl Iterator<Item = u32> + '_ {
        self.runs.get(run).into_iter().flat_map(|placed| placed.files.iter().flatten().copied())
    }

    /// What is known of each key, in the order of the hashes: the entry of the newest run that has the key, with its
    /// place as an index into [`Snapshot::files`], or `None` if no run has it. A hash may occur several times. Many
    /// lookups run in up to eight threads of their own, which mostly wait for the medium.
    ///
    /// An entry says where the row was last written. Whether it was deleted since by other means than a dead entry, the
    /// deletion vector of its file tells.
    ///
    /// # Errors
    /// [`ErrorKind::Corruption`](crate::ErrorKind::Corruption) if a block is damaged or an entry that counts leads to a
    /// file the version does not have, [`ErrorKind::Io`](crate::ErrorKind::Io) if the medium fails.
    pub fn find(&self, hashes: &[u128]) -> Result<Vec<Option<KeyEntry>>> {
        let mut found = vec![None; hashes.len()];
        let mut sought: Vec<Sought> =
            hashes.iter().enumerate().map(|(number, hash)| Sought { hash: *hash, number }).collect();
        sought.par_sort_unstable_by_key(|sought| sought.hash);
        let part = sought.len().div_ceil(READERS).max(LEAST_KEYS);
        let hits: Vec<Hits> = thread::scope(|scope| {
            let (first, rest) = sought.split_at(part.min(sought.len()));
            let look_up = |part| {
                let reader = thread::Builder::new().name("drillcore-keys".to_owned());
                reader.spawn_scoped(scope, move || self.find_part(part))
            };
            let readers: Vec<_> = rest.chunks(part).map(|part| (part, look_up(part))).collect();
            let mut hits = vec![self.find_part(first)?];
            for (part, reader) in readers {
                hits.push(match reader {
                    Ok(reader) => reader.join().unwrap_or_else(|panic| resume_unwind(panic))?,
                    // There are too many threads.
                    Err(_) => self.find_part(part)?,
                });
            }
            Ok(hits)
        })?;
        for (number, entry) in hits.into_iter().flatten() {
            if let Some(place) = found.get_mut(number) {
                *place = Some(entry);
            }
        }
        Ok(found)
    }

    /// The entries of those keys that a run has, each with the number of its key. The keys come sorted by hash.
    fn find_part(&self, sought: &[Sought]) -> Result<Hits> {
        let (mut sought, mut found) = (sought.to_vec(), Hits::new());
        for placed in self.runs.iter().rev() {
            if sought.is_empty() {
                break;
            }
            let hits = placed.find(&sought)?;
            let mut known = hits.iter().map(|(number, _)| *number).peekable();
            // Hits come in the order of the keys.
            sought.retain(|sought| known.next_if_eq(&sought.number).is_none());
            found.extend(hits);
        }
        Ok(found)
    }

    /// All entries that count, dead ones included, in the order of their hashes and in batches. Memory is bounded,
    /// however many there are. After an error there is nothing more.
    pub fn entries(&self) -> impl Iterator<Item = Result<Vec<KeyEntry>>> {
        let mut state = Some(Merge::new(&self.runs));
        iter::from_fn(move || {
            let step = state.take()?.and_then(|mut merge| merge.batch().map(|batch| (merge, batch)));
            match step {
                Err(error) => Some(Err(error)),
                Ok((_, batch)) if batch.is_empty() => None,
                Ok((merge, batch)) => {
                    state = Some(Ok(merge));
                    Some(Ok(batch))
                }
            }
        })
    }
}

impl PlacedRun {
    fn new(run: Arc<KeyRun>, held: &[(Uuid, u32)]) -> Self {
        let index_of = |file: &Uuid| {
            let place = held.binary_search_by_key(file, |(id, _)| *id).ok();
            place.and_then(|place| held.get(place)).map(|(_, index)| *index)
        };
        let files = run.files().iter().map(index_of).collect();
        Self { run, files }
    }

    pub(super) fn run(&self) -> &Arc<KeyRun> {
        &self.run
    }

    /// The place in the snapshot's files; `None` if the file is no longer among them.
    pub(super) fn locate(&self, place: Place) -> Option<Place> {
        let index = self.files.get(place.file as usize).copied().flatten();
        index.map(|file| Place { file, row: place.row })
    }

    /// An entry that counts must lead to a file of the snapshot.
    pub(super) fn resolve(&self, entry: KeyEntry) -> Result<KeyEntry> {
        match entry.place {
            None => Ok(entry),
            Some(place) => match self.locate(place) {
                None => Err(self.astray()),
                held => Ok(KeyEntry { place: held, ..entry }),
            },
        }
    }

    pub(super) fn astray(&self) -> Error {
        Error::corruption(self.run.path(), "the key run leads to a data file that the version does not have")
    }

    fn find(&self, sorted: &[Sought]) -> Result<Hits> {
        let hits = self.run.find(sorted)?;
        hits.into_iter().map(|(number, entry)| Ok((number, self.resolve(entry)?))).collect()
    }
}
