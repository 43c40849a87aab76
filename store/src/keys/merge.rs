//! Several runs as one: entries in the order of their hashes, of each key the newest.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::ops::Range;

use super::described::KeyRunFile;
use super::entry::{KeyEntry, Place};
use super::index::{KeyIndex, PlacedRun};
use super::run::{STRETCH_BLOCKS, Window};
use super::write::{BATCH_ENTRIES, RunWriter};
use crate::error::{Error, ErrorKind, Result};
use crate::manifest::DataFile;
use crate::snapshot::Snapshot;
use crate::writer::SnapshotWriter;

/// Reads runs side by side; memory is bounded by their number, not by their size.
#[derive(Debug)]
pub(super) struct Merge<'a> {
    streams: Vec<Stream<'a>>,
    /// The next hash of every run that has one; the greatest head is the smallest hash, of equal ones the newest run's.
    heads: BinaryHeap<(Reverse<u128>, usize)>,
}

/// One run from its first entry to its last.
#[derive(Debug)]
struct Stream<'a> {
    placed: &'a PlacedRun,
    window: Window<'a>,
    next_block: usize,
    entries: Vec<KeyEntry>,
    /// How many of `entries` were passed.
    position: usize,
}

impl<'a> Merge<'a> {
    /// The runs come oldest first.
    pub(super) fn new(runs: &'a [PlacedRun]) -> Result<Self> {
        let mut streams: Vec<Stream<'a>> = runs.iter().map(Stream::new).collect();
        let mut heads = BinaryHeap::with_capacity(streams.len());
        for (number, stream) in streams.iter_mut().enumerate() {
            heads.extend(stream.peek()?.map(|entry| (Reverse(entry.hash), number)));
        }
        Ok(Self { streams, heads })
    }

    /// The next key, and the run that knows it best.
    pub(super) fn advance(&mut self) -> Result<Option<(KeyEntry, &'a PlacedRun)>> {
        let Some(newest) = self.pop()? else { return Ok(None) };
        let same = Reverse(newest.0.hash);
        while self.heads.peek().is_some_and(|(hash, _)| *hash == same) {
            self.pop()?;
        }
        Ok(Some(newest))
    }

    fn pop(&mut self) -> Result<Option<(KeyEntry, &'a PlacedRun)>> {
        let Some(mut head) = self.heads.peek_mut() else { return Ok(None) };
        let Some(stream) = self.streams.get_mut(head.1) else { return Ok(None) };
        let popped = stream.peek()?.map(|entry| (entry, stream.placed));
        stream.position += 1;
        match stream.peek()? {
            Some(next) => head.0 = Reverse(next.hash),
            None => {
                PeekMut::pop(head);
            }
        }
        Ok(popped)
    }

    /// The next keys, places as the snapshot counts them; none at the end.
    pub(super) fn batch(&mut self) -> Result<Vec<KeyEntry>> {
        let mut batch = Vec::new();
        while batch.len() < BATCH_ENTRIES
            && let Some((entry, run)) = self.advance()?
        {
            batch.push(run.resolve(entry)?);
        }
        Ok(batch)
    }
}

impl<'a> Stream<'a> {
    fn new(placed: &'a PlacedRun) -> Self {
        Self { placed, window: Window::new(placed.run()), next_block: 0, entries: Vec::new(), position: 0 }
    }

    fn peek(&mut self) -> Result<Option<KeyEntry>> {
        if self.position == self.entries.len() {
            self.refill()?;
        }
        Ok(self.entries.get(self.position).copied())
    }

    fn refill(&mut self) -> Result<()> {
        self.entries.clear();
        self.position = 0;
        let blocks = self.next_block..self.next_block.saturating_add(STRETCH_BLOCKS).min(self.placed.run().blocks());
        if blocks.is_empty() {
            return Ok(());
        }
        self.next_block = blocks.end;
        self.window.load(blocks.clone())?;
        for block in blocks {
            self.entries.extend(self.window.entries(block)?.iter().map(KeyEntry::from_bytes));
        }
        Ok(())
    }
}

impl SnapshotWriter {
    /// Writes one run in place of some consecutive runs of a version, `runs` counting them from the oldest. Memory is
    /// bounded, however large they are.
    ///
    /// - Of a key that several of them know, the newest entry stays.
    /// - `map` says where a row of `base` is in `files` now, or that it is gone. The entry of a row that is gone is
    ///   left out; but if there are older runs than those merged, it becomes a dead entry, because one of them may
    ///   still know the key.
    /// - Dead entries whose version time is before `horizon` (microseconds since 1970 UTC), or that have none, are left
    ///   out, unless there are older runs. Without a horizon all of them stay.
    ///
    /// The new run is in no version until it is committed in place of the others.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] if the version has no such runs or `map` leads to no file,
    /// [`ErrorKind::Corruption`] if a run is damaged or leads to a file the version does not have,
    /// [`ErrorKind::Io`] if the medium fails, [`ErrorKind::Poisoned`] after a failed sync.
    pub fn merge_keys(
        &self,
        base: &Snapshot,
        runs: Range<usize>,
        map: &dyn Fn(Place) -> Option<Place>,
        files: &[DataFile],
        horizon: Option<i64>,
    ) -> Result<KeyRunFile> {
        let index = base.keys()?;
        let all = index.as_ref().map(KeyIndex::runs).unwrap_or_default();
        let (start, end) = (runs.start, runs.end);
        let chosen = all.get(runs).filter(|chosen| !chosen.is_empty()).ok_or_else(|| {
            Error::new(ErrorKind::InvalidInput, "the version does not have the key runs to merge")
                .with_context("first", start)
                .with_context("end", end)
                .with_context("runs", all.len())
        })?;
        let rules = Rules { map, horizon, with_oldest: start == 0, with_newest: end == all.len() };
        let most = chosen.iter().fold(0, |most: usize, run| most.saturating_add(run.run().entries()));
        let mut merge = Merge::new(chosen)?;
        let mut merged = RunWriter::create(&self.dataset, files, most)?;
        let mut batch = Vec::with_capacity(most.min(BATCH_ENTRIES));
        while let Some((entry, run)) = merge.advance()? {
            batch.extend(rules.apply(entry, run)?);
            if batch.len() == BATCH_ENTRIES {
                merged.append(&batch)?;
                batch.clear();
            }
        }
        merged.append(&batch)?;
        merged.finish()
    }
}

/// What becomes of the entries that count.
struct Rules<'a> {
    map: &'a dyn Fn(Place) -> Option<Place>,
    horizon: Option<i64>,
    with_oldest: bool,
    with_newest: bool,
}

impl Rules<'_> {
    fn apply(&self, entry: KeyEntry, run: &PlacedRun) -> Result<Option<KeyEntry>> {
        let Some(place) = entry.place else {
            let before = |horizon: i64| entry.version_time.is_none_or(|time| time < horizon);
            let outlived = self.with_oldest && self.horizon.is_some_and(before);
            return Ok((!outlived).then_some(entry));
        };
        let held = match run.locate(place) {
            // A newer run that is not merged may say where the key is now.
            None if !self.with_newest => None,
            None => return Err(run.astray()),
            held => held,
        };
        match held.and_then(self.map) {
            None => Ok((!self.with_oldest).then_some(KeyEntry { place: None, ..entry })),
            mapped => Ok(Some(KeyEntry { place: mapped, ..entry })),
        }
    }
}
