//! Writing run files: entries come sorted, blocks are encoded in parallel and written while the next ones are encoded.

use std::mem;

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};
use uuid::Uuid;

use super::described::KeyRunFile;
use super::entry::{KeyEntry, NO_FILE, NO_TIME, halves};
use super::filter::Filter;
use super::format::{BLOCK_BYTES, BLOCK_ENTRIES, Head, Seed, Tail, bytes_of, digest_of};
use crate::dataset::DatasetInner;
use crate::error::{Error, ErrorKind, Result};
use crate::layout::{DATA_DIR, KEYS_DIR, data_path, keys_path, parse_uuid};
use crate::manifest::DataFile;
use crate::storage::StorageWriter;
use crate::writer::SnapshotWriter;

/// Entries handed over at a time: whole blocks, and few enough to stay in a processor's cache.
pub(super) const BATCH_ENTRIES: usize = 512 * BLOCK_ENTRIES;

/// A run file being written.
#[derive(Debug)]
pub(super) struct RunWriter<'a> {
    dataset: &'a DatasetInner,
    path: String,
    output: Box<dyn StorageWriter>,
    /// Encoded and not yet handed to the storage.
    pending: Vec<u8>,
    /// Room for the next blocks.
    spare: Vec<u8>,
    head: Vec<u8>,
    seed: Seed,
    /// How many data files the entries may lead to.
    files: usize,
    tail: Tail,
    /// Bytes of all blocks so far.
    block_bytes: u64,
    oldest_dead: Option<i64>,
    last: Option<u128>,
}

/// An entry to be sorted, with the half of its hash that nearly always decides.
#[derive(Debug, Clone, Copy)]
struct Ranked<'a> {
    high: u64,
    entry: &'a KeyEntry,
}

impl SnapshotWriter {
    /// Writes a key run with these entries, in any order. `files` is what the places of the entries count, usually the
    /// files the same writer made. The run is in no version until it is committed with the keys.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] if two entries have the same hash, a place leads to no file, or a version time is
    /// `i64::MIN`; [`ErrorKind::Io`] if the medium fails, [`ErrorKind::Poisoned`] after a failed sync.
    pub fn write_keys(&self, files: &[DataFile], entries: Vec<KeyEntry>) -> Result<KeyRunFile> {
        let ranked = rank(&entries)?;
        let mut run = RunWriter::create(&self.dataset, files, entries.len())?;
        let mut batch = Vec::new();
        for part in ranked.chunks(BATCH_ENTRIES) {
            part.par_iter().map(|ranked| *ranked.entry).collect_into_vec(&mut batch);
            run.append(&batch)?;
        }
        // The medium may take long to sync, and nobody needs the entries for that.
        drop(ranked);
        drop(entries);
        run.finish()
    }
}

/// The entries in the order of their hashes. Only references move, because entries are large.
fn rank(entries: &[KeyEntry]) -> Result<Vec<Ranked<'_>>> {
    let mut ranked: Vec<Ranked<'_>> =
        entries.par_iter().map(|entry| Ranked { high: halves(entry.hash).0, entry }).collect();
    ranked.par_sort_unstable_by(|one, other| {
        one.high.cmp(&other.high).then_with(|| one.entry.hash.cmp(&other.entry.hash))
    });
    let twice = |pair: &[Ranked<'_>]| match pair {
        [one, other] => one.high == other.high && one.entry.hash == other.entry.hash,
        _ => false,
    };
    if ranked.par_windows(2).any(twice) {
        return Err(Error::new(ErrorKind::InvalidInput, "two entries of a key run have the same hash"));
    }
    Ok(ranked)
}

impl<'a> RunWriter<'a> {
    /// Starts a run of at most `most` entries.
    pub(super) fn create(dataset: &'a DatasetInner, files: &[DataFile], most: usize) -> Result<Self> {
        let id = dataset.context().env.new_id();
        let path = keys_path(id);
        let head = Head { id, files: files.iter().map(file_id).collect::<Result<_>>()? };
        let head = head.to_bytes().ok_or_else(|| {
            Error::new(ErrorKind::InvalidInput, "there are too many data files for a key run")
                .with_context("files", files.len())
        })?;
        let mut output = dataset.create_file(&path)?;
        write(dataset, &path, output.as_mut(), &head)?;
        Ok(Self {
            dataset,
            path,
            output,
            pending: Vec::new(),
            spare: Vec::new(),
            head,
            seed: Seed::of(id),
            files: files.len(),
            tail: Tail { fences: Vec::new(), filter: Filter::for_keys(most), entries: 0, dead: 0 },
            block_bytes: 0,
            oldest_dead: None,
            last: None,
        })
    }

    /// Adds entries whose hashes are greater than all before. Only the last call may bring a block that is not full.
    pub(super) fn append(&mut self, sorted: &[KeyEntry]) -> Result<()> {
        debug_assert!(self.tail.entries.is_multiple_of(BLOCK_ENTRIES as u64), "a block in the middle is not full");
        let first = self.tail.fences.len();
        self.note(sorted)?;
        let mut encoded = mem::take(&mut self.spare);
        encoded.resize(bytes_of(sorted.len()), 0);
        let (seed, dataset, path) = (self.seed, self.dataset, self.path.as_str());
        let (output, pending) = (self.output.as_mut(), self.pending.as_slice());
        let encode = || {
            let blocks = encoded.par_chunks_mut(BLOCK_BYTES).zip(sorted.par_chunks(BLOCK_ENTRIES)).enumerate();
            blocks.for_each(|(number, (block, entries))| seed.fill(first + number, entries, block));
        };
        let (written, ()) = rayon::join(|| write(dataset, path, output, pending), encode);
        written?;
        self.block_bytes += encoded.len() as u64;
        self.spare = mem::replace(&mut self.pending, encoded);
        Ok(())
    }

    /// Checks the entries and takes down what fences, filter and counts need of them.
    fn note(&mut self, sorted: &[KeyEntry]) -> Result<()> {
        let refuse = |message: &str| Err(Error::new(ErrorKind::InvalidInput, message));
        for block in sorted.chunks(BLOCK_ENTRIES) {
            self.tail.fences.extend(block.first().map(|entry| halves(entry.hash).0));
            for entry in block {
                if self.last.is_some_and(|last| last >= entry.hash) {
                    return refuse("the entries of a key run are not sorted");
                }
                if entry.version_time == Some(NO_TIME) {
                    return refuse("the version time of an entry is out of range");
                }
                match entry.place {
                    None => {
                        let time = entry.version_time.unwrap_or(NO_TIME);
                        self.oldest_dead = Some(self.oldest_dead.map_or(time, |oldest| oldest.min(time)));
                        self.tail.dead += 1;
                    }
                    Some(place) if place.file == NO_FILE || place.file as usize >= self.files => {
                        return refuse("the place of an entry leads to no data file");
                    }
                    Some(_) => {}
                }
                self.tail.filter.insert(entry.hash);
                self.last = Some(entry.hash);
            }
        }
        self.tail.entries += sorted.len() as u64;
        Ok(())
    }

    /// Writes what is left and makes the file durable.
    pub(super) fn finish(mut self) -> Result<KeyRunFile> {
        write(self.dataset, &self.path, self.output.as_mut(), &self.pending)?;
        let offset = (self.head.len() as u64).saturating_add(self.block_bytes);
        let tail = self.tail.to_bytes(offset);
        write(self.dataset, &self.path, self.output.as_mut(), &tail)?;
        self.dataset.sync_file(self.output, &self.path)?;
        self.dataset.sync_dir(KEYS_DIR)?;
        Ok(KeyRunFile {
            path: self.path,
            size: offset.saturating_add(tail.len() as u64),
            entries: self.tail.entries,
            dead: self.tail.dead,
            oldest_dead: self.oldest_dead,
            head_bytes: self.head.len() as u64,
            tail_bytes: tail.len() as u64,
            digest: digest_of(&self.head, &tail),
        })
    }
}

fn write(dataset: &DatasetInner, path: &str, output: &mut dyn StorageWriter, bytes: &[u8]) -> Result<()> {
    output.write_all(bytes).map_err(|error| Error::io("write the file", &dataset.locate(path), error))
}

/// The id of a data file, which is its name.
pub(super) fn file_id(file: &DataFile) -> Result<Uuid> {
    let name = file.path.strip_prefix(DATA_DIR).and_then(|rest| rest.strip_prefix('/'));
    let id = name.and_then(|name| name.split('.').next()).and_then(parse_uuid);
    id.filter(|id| data_path(*id) == file.path).ok_or_else(|| {
        Error::new(ErrorKind::InvalidInput, "the file is not a data file of a dataset").with_path(&file.path)
    })
}
