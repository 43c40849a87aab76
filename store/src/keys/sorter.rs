//! The keys of rows in any number and order: sorted with bounded memory, of each key the row that counts.
//!
//! Rows are kept in memory until these are too many, then sorted and written into a file of their own, a part. In the
//! end all parts are read side by side. Parts lie among the key runs and are named like one, so that vacuum removes what
//! an interrupted load leaves; no version ever names one.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::mem;
use std::sync::Arc;

use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use super::described::KeyRunFile;
use super::entry::{ENTRY_BYTES, KeyEntry, NO_FILE, NO_TIME, Place};
use super::write::{BATCH_ENTRIES, RunWriter};
use crate::dataset::DatasetInner;
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::layout::keys_path;
use crate::manifest::DataFile;
use crate::storage::StorageFile;
use crate::writer::SnapshotWriter;

/// Rows kept in memory by default: 384 MiB.
const MEMORY_ROWS: usize = 8 * 1024 * 1024;
/// The bytes of a row in a part: its entry and its ordinal.
const ROW_BYTES: usize = ENTRY_BYTES + 8;
/// Rows of a part that are read and checked at a time.
const BLOCK_ROWS: usize = 4_096;

/// Which of several rows with one key counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRule {
    /// The one with the latest version time (none comes before every time), of several the one with the greatest ordinal.
    Latest,
    /// The one with the least ordinal.
    First,
}

/// Takes rows with their keys, and tells which of them count once all are known. Holds 48 bytes for each of the first
/// eight million, and then about as much in total, whatever their number: what is more goes to files of the dataset,
/// which are gone when the sorter is.
///
/// ```
/// # use std::sync::Arc;
/// use drillcore_store::{KeyEntry, KeyRule, MemoryStorage, Place, Store, StoreOptions};
///
/// # let store = Store::open(Arc::new(MemoryStorage::new()), StoreOptions::default())?;
/// # let writer = store.dataset(store.new_id()).writer()?;
/// let row = |hash, row, time| KeyEntry { hash, place: Some(Place { file: 0, row }), version_time: Some(time), digest: 0 };
/// let mut sorter = writer.key_sorter(KeyRule::Latest);
/// for (ordinal, entry) in (0..).zip([row(7, 0, 10), row(5, 1, 10), row(7, 2, 9)]) {
///     sorter.push(entry, ordinal)?;
/// }
/// let mut others = Vec::new();
/// sorter.finish(&mut |entry, ordinal| others.push((entry.place, ordinal)))?;
/// assert_eq!(others, [(Some(Place { file: 0, row: 2 }), 2)]);
/// # Ok::<(), drillcore_store::Error>(())
/// ```
#[derive(Debug)]
pub struct KeySorter {
    dataset: Arc<DatasetInner>,
    rule: KeyRule,
    memory_rows: usize,
    rows: Vec<Row>,
    parts: Vec<Part>,
    count: usize,
}

/// A row in the bytes it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    hash: u128,
    time: i64,
    ordinal: i64,
    digest: u64,
    /// `NO_FILE` for a row that is in none.
    file: u32,
    row: u32,
}

/// By what rows are sorted. No two rows have the same.
type Rank = (u128, i64, i64);

impl SnapshotWriter {
    /// Starts sorting the keys of the rows of a version that is being written.
    #[must_use]
    pub fn key_sorter(&self, rule: KeyRule) -> KeySorter {
        let dataset = Arc::clone(&self.dataset);
        KeySorter { dataset, rule, memory_rows: MEMORY_ROWS, rows: Vec::new(), parts: Vec::new(), count: 0 }
    }
}

impl KeySorter {
    /// Sets how many rows are held in memory, at least 1. Default: 8,388,608.
    #[must_use]
    pub fn with_memory_rows(mut self, rows: usize) -> Self {
        self.memory_rows = rows.max(1);
        self
    }

    /// Adds a row: its entry, without a place if it is in no file, and its ordinal, which no other row has. A version time
    /// of `i64::MIN` is taken for none. Sorts on the rayon pool of the calling thread when memory is full.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the medium fails,
    /// [`ErrorKind::Poisoned`](crate::ErrorKind::Poisoned) after a failed sync.
    pub fn push(&mut self, entry: KeyEntry, ordinal: i64) -> Result<()> {
        if self.rows.len() >= self.memory_rows {
            self.spill()?;
        }
        self.rows.push(Row::new(&entry, ordinal));
        self.count += 1;
        Ok(())
    }

    /// Hands over every row that does not count with its ordinal, in the order of the hashes.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the medium fails,
    /// [`ErrorKind::Corruption`](crate::ErrorKind::Corruption) if it gives other bytes than were written.
    pub fn finish(mut self, others: &mut dyn FnMut(KeyEntry, i64)) -> Result<()> {
        self.settle(&mut |_| Ok(()), others)
    }

    /// The same, and writes a key run of the rows that count; `files` is what their places count, as of
    /// [`write_keys`](SnapshotWriter::write_keys).
    ///
    /// # Errors
    /// As of [`finish`](Self::finish) and of [`write_keys`](SnapshotWriter::write_keys).
    pub fn finish_run(mut self, files: &[DataFile], others: &mut dyn FnMut(KeyEntry, i64)) -> Result<KeyRunFile> {
        let dataset = Arc::clone(&self.dataset);
        let mut run = RunWriter::create(&dataset, files, self.count)?;
        let mut batch = Vec::with_capacity(self.count.min(BATCH_ENTRIES));
        let mut counts = |entry: KeyEntry| -> Result<()> {
            batch.push(entry);
            if batch.len() == BATCH_ENTRIES {
                run.append(&batch)?;
                batch.clear();
            }
            Ok(())
        };
        self.settle(&mut counts, others)?;
        // The medium may take long to sync, and nobody needs the rows for that.
        drop(self);
        run.append(&batch)?;
        run.finish()
    }

    fn settle(
        &mut self,
        counts: &mut dyn FnMut(KeyEntry) -> Result<()>,
        others: &mut dyn FnMut(KeyEntry, i64),
    ) -> Result<()> {
        let rule = self.rule;
        sort(&mut self.rows, rule);
        let held = Stream { part: None, next_block: 0, rows: mem::take(&mut self.rows), position: 0 };
        let mut streams: Vec<Stream<'_>> = self.parts.iter().map(Stream::new).chain([held]).collect();
        let mut heads = BinaryHeap::with_capacity(streams.len());
        for (number, stream) in streams.iter_mut().enumerate() {
            heads.extend(stream.peek()?.map(|row| Reverse((row.rank(rule), number))));
        }
        let mut best: Option<Row> = None;
        while let Some(mut head) = heads.peek_mut() {
            let Some(stream) = streams.get_mut(head.0.1) else { break };
            let Some(row) = stream.peek()? else { break };
            stream.position += 1;
            match stream.peek()? {
                Some(next) => head.0.0 = next.rank(rule),
                None => {
                    PeekMut::pop(head);
                }
            }
            best = Some(match best {
                // They come sorted: the first one of a key comes first, the latest one last.
                Some(known) if known.hash == row.hash => {
                    let (better, other) = if rule == KeyRule::First { (known, row) } else { (row, known) };
                    others(other.entry(), other.ordinal);
                    better
                }
                Some(known) => {
                    counts(known.entry())?;
                    row
                }
                None => row,
            });
        }
        best.map_or(Ok(()), |last| counts(last.entry()))
    }

    /// Writes the rows in memory into a part.
    fn spill(&mut self) -> Result<()> {
        sort(&mut self.rows, self.rule);
        let part = Part::write(&self.dataset, &self.rows)?;
        self.parts.push(part);
        self.rows.clear();
        Ok(())
    }
}

fn sort(rows: &mut [Row], rule: KeyRule) {
    rows.par_sort_unstable_by_key(|row| row.rank(rule));
}

impl Row {
    fn new(entry: &KeyEntry, ordinal: i64) -> Self {
        let KeyEntry { hash, place, version_time, digest } = *entry;
        let Place { file, row } = place.unwrap_or(Place { file: NO_FILE, row: 0 });
        Self { hash, time: version_time.unwrap_or(NO_TIME), ordinal, digest, file, row }
    }

    fn entry(self) -> KeyEntry {
        KeyEntry {
            hash: self.hash,
            place: (self.file != NO_FILE).then_some(Place { file: self.file, row: self.row }),
            version_time: Some(self.time).filter(|time| *time != NO_TIME),
            digest: self.digest,
        }
    }

    fn rank(&self, rule: KeyRule) -> Rank {
        (self.hash, if rule == KeyRule::First { 0 } else { self.time }, self.ordinal)
    }

    fn to_bytes(self) -> [u8; ROW_BYTES] {
        let mut bytes = [0; ROW_BYTES];
        if let Some((entry, ordinal)) = bytes.split_first_chunk_mut::<ENTRY_BYTES>() {
            *entry = self.entry().to_bytes();
            ordinal.copy_from_slice(&self.ordinal.to_le_bytes());
        }
        bytes
    }

    fn from_bytes(bytes: &[u8; ROW_BYTES]) -> Option<Self> {
        let (entry, ordinal) = bytes.split_first_chunk::<ENTRY_BYTES>()?;
        let ordinal = i64::from_le_bytes(*ordinal.first_chunk::<8>()?);
        Some(Self::new(&KeyEntry::from_bytes(entry), ordinal))
    }
}

/// Sorted rows in a file, which is removed with this.
#[derive(Debug)]
struct Part {
    dataset: Arc<DatasetInner>,
    path: String,
    file: Arc<dyn StorageFile>,
    rows: usize,
    /// Of each block.
    digests: Vec<Digest>,
}

impl Part {
    fn write(dataset: &Arc<DatasetInner>, sorted: &[Row]) -> Result<Self> {
        let path = keys_path(dataset.context().env.new_id());
        let located = dataset.locate(&path);
        let mut output = dataset.create_file(&path)?;
        let mut digests = Vec::with_capacity(sorted.len().div_ceil(BLOCK_ROWS));
        // Some blocks at a time, so that they are made in parallel.
        for rows in sorted.chunks(16 * BLOCK_ROWS) {
            let mut blocks = Vec::new();
            rows.par_chunks(BLOCK_ROWS).map(encode).collect_into_vec(&mut blocks);
            for (digest, block) in blocks {
                digests.push(digest);
                output.write_all(&block).map_err(|error| Error::io("write the file", &located, error))?;
            }
        }
        // What is not synced is not sure to be read again.
        dataset.sync_file(output, &path)?;
        let file = dataset.context().storage.open(&located);
        let file = file.map_err(|error| Error::io("open the file", &located, error))?;
        Ok(Self { dataset: Arc::clone(dataset), path: located, file, rows: sorted.len(), digests })
    }

    fn read(&self, block: usize) -> Result<Vec<Row>> {
        let Some(digest) = self.digests.get(block) else { return Ok(Vec::new()) };
        let first = block.saturating_mul(BLOCK_ROWS);
        let length = self.rows.saturating_sub(first).min(BLOCK_ROWS) * ROW_BYTES;
        let offset = (first as u64).saturating_mul(ROW_BYTES as u64);
        let read = self.file.read_at(offset, length);
        let bytes = read.map_err(|error| Error::io("read the file", &self.path, error))?;
        let (rows, surplus) = bytes.as_chunks::<ROW_BYTES>();
        if Digest::of(&bytes) != *digest || !surplus.is_empty() {
            return Err(Error::corruption(&self.path, "keys that were put aside are not as they were written"));
        }
        Ok(rows.iter().filter_map(Row::from_bytes).collect())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.dataset.context().remove_quietly(&self.path);
    }
}

fn encode(rows: &[Row]) -> (Digest, Vec<u8>) {
    let mut bytes = Vec::with_capacity(rows.len() * ROW_BYTES);
    for row in rows {
        bytes.extend_from_slice(&row.to_bytes());
    }
    (Digest::of(&bytes), bytes)
}

/// One part from its first row to its last, or the rows in memory.
#[derive(Debug)]
struct Stream<'a> {
    part: Option<&'a Part>,
    next_block: usize,
    rows: Vec<Row>,
    /// How many of `rows` were passed.
    position: usize,
}

impl<'a> Stream<'a> {
    fn new(part: &'a Part) -> Self {
        Self { part: Some(part), next_block: 0, rows: Vec::new(), position: 0 }
    }

    fn peek(&mut self) -> Result<Option<Row>> {
        if self.position >= self.rows.len()
            && let Some(part) = self.part
        {
            self.rows = part.read(self.next_block)?;
            self.next_block += 1;
            self.position = 0;
        }
        Ok(self.rows.get(self.position).copied())
    }
}
