//! Compaction: rewriting files and key runs, and committing that whatever deltas come in between.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::choose::{choose, choose_all, is_mostly_dead};
use super::moves::Moves;
use super::options::{CompactOptions, CompactReport};
use super::rewrite::rewrite;
use super::runs::{MergedRun, led_to_by_large_runs, merge_runs, still_fit};
use super::source::Source;
use crate::dataset::{CommitOptions, Committed, DatasetStore};
use crate::error::{Error, ErrorKind, Result};
use crate::layout::dataset_dir;
use crate::manifest::{DataFile, Operation};
use crate::snapshot::Snapshot;
use crate::writer::SnapshotWriter;

/// How often the commit is tried again on top of what deltas committed in between.
const CATCH_UPS: usize = 3;

impl DatasetStore {
    /// Rewrites what costs readers more than rewriting it: small files of similar size are put together, files of which
    /// many rows are deleted are written without these, and key runs are merged. The rows stay the same, so does what
    /// keys lead to; files that are full and have few deleted rows are not touched. Old files stay until no version that
    /// is kept needs them.
    ///
    /// Rows appended and deltas committed meanwhile are kept, deletions in the files that were rewritten included.
    /// Besides what it writes, it holds up to about four million rows in memory, or about 1 GiB of them
    /// ([`CompactOptions::sort_bytes`]), if they have to be put in order, and it has at most 256 files open at a time
    /// ([`CompactOptions::max_inputs`]).
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use arrow::array::{ArrayRef, Int64Array, RecordBatch};
    /// use drillcore_store::{
    ///     CommitOptions, CompactOptions, Error, MemoryStorage, ParquetLayout, SortColumn, Store, StoreOptions,
    /// };
    ///
    /// # let store = Store::open(Arc::new(MemoryStorage::new()), StoreOptions::default())?;
    /// # let dataset = store.dataset(store.new_id());
    /// # let day = |day: i64| -> Result<RecordBatch, Box<dyn std::error::Error>> {
    /// #     Ok(RecordBatch::try_from_iter([("day", Arc::new(Int64Array::from(vec![day, 0])) as ArrayRef)])?)
    /// # };
    /// // A file every day.
    /// for number in 0..8 {
    ///     let rows = day(number)?;
    ///     let (schema, writer) = (rows.schema(), dataset.writer()?);
    ///     let files = writer.write_parquet(&schema, [Ok::<_, Error>(rows)], &ParquetLayout::default())?;
    ///     writer.commit_append(&schema, files, &CommitOptions::default())?;
    /// }
    /// let layout = ParquetLayout::default().with_sorting(vec![SortColumn::ascending("day")]);
    /// let report = dataset.compact(&CompactOptions::default().with_layout(layout))?;
    /// assert_eq!((report.files_before, report.files_after, report.rows_rewritten), (8, 1, 16));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] if somebody loaded all rows anew, changed columns, restored or compacted meanwhile, or if
    /// deltas keep coming; [`ErrorKind::InvalidInput`] for a layout that does not fit the columns or rows that cannot be
    /// put in its order; [`ErrorKind::Corruption`] if a file to rewrite is damaged;
    /// [`ErrorKind::CommitUnknown`], [`ErrorKind::Poisoned`] and [`ErrorKind::Io`] as of
    /// [`SnapshotWriter::commit_full`]. Nothing is changed but for `CommitUnknown`.
    pub fn compact(&self, options: &CompactOptions) -> Result<CompactReport> {
        compact_as(self, Operation::Compact, options)
    }
}

pub(super) fn compact_as(
    dataset: &DatasetStore,
    operation: Operation,
    options: &CompactOptions,
) -> Result<CompactReport> {
    if dataset.latest()?.is_none() {
        return Ok(CompactReport::default());
    }
    let writer = dataset.writer()?;
    let Some(version) = writer.base()? else { return Ok(CompactReport::default()) };
    let groups = groups(&version, options)?;
    let dead: u64 =
        groups.iter().flatten().filter_map(|index| version.files().get(*index)).map(DataFile::dead_rows).sum();
    let rewritten = groups.iter().map(|group| rewrite(&writer, &version, group, options));
    let moves = Moves::new(&version, rewritten.collect::<Result<_>>()?);
    let merged = merge_runs(&writer, &version, &moves, options)?;
    let files_before = version.files().len() as u64;
    if moves.is_empty() && merged.is_none() {
        return Ok(CompactReport { files_before, files_after: files_before, ..CompactReport::default() });
    }
    let committed =
        Compacted { dataset, writer: &writer, operation, version, moves: &moves, merged: merged.as_ref() }.commit()?;
    Ok(CompactReport {
        version: Some(committed.version),
        files_before,
        files_after: committed.snapshot.files().len() as u64,
        rows_rewritten: moves.rows(),
        dead_rows_removed: dead,
        bytes_written: moves.added().map(|file| file.size).chain(merged.iter().map(MergedRun::bytes)).sum(),
        key_runs_merged: merged.as_ref().map_or(0, MergedRun::others),
    })
}

fn groups(version: &Snapshot, options: &CompactOptions) -> Result<Vec<Vec<usize>>> {
    if !options.all {
        let is_candidate = |file: &DataFile| is_mostly_dead(file, options.dead_share);
        let spared = if version.files().iter().any(is_candidate) {
            led_to_by_large_runs(version, options.dead_share)?
        } else {
            BTreeSet::new()
        };
        return Ok(choose(version.files(), options, &spared));
    }
    choose_all(version.files(), options, |index| {
        let source = Source::open(version, index)?;
        Ok(source.has_all_columns() && source.sorting(version).starts_with(&options.layout.sorting))
    })
}

/// What was written, on its way into a version.
#[derive(Debug)]
struct Compacted<'a> {
    dataset: &'a DatasetStore,
    writer: &'a SnapshotWriter,
    operation: Operation,
    /// What was rewritten.
    version: Arc<Snapshot>,
    moves: &'a Moves,
    merged: Option<&'a MergedRun>,
}

impl Compacted<'_> {
    fn commit(&self) -> Result<Committed> {
        let mut newest = Arc::clone(&self.version);
        let mut catch_ups = 0;
        loop {
            match self.commit_on(&newest) {
                Err(error) if error.is_retryable() && catch_ups < CATCH_UPS => {
                    // Without a newer version it was the lock that somebody held too long.
                    newest = self.follow(&newest)?.unwrap_or(newest);
                    catch_ups += 1;
                }
                outcome => return outcome,
            }
        }
    }

    fn commit_on(&self, newest: &Snapshot) -> Result<Committed> {
        let mut changes = self.moves.changes(&self.version, newest)?;
        if let Some(merged) = self.merged {
            changes.keys = merged.changes();
        }
        let options = CommitOptions::default().with_expected_version(newest.version());
        self.writer.commit_changes(self.operation, self.version.schema(), changes, &options)
    }

    /// The newest version if it came after the one known, and by nothing but appends and deltas; `None` if it is still
    /// the one known.
    fn follow(&self, known: &Snapshot) -> Result<Option<Arc<Snapshot>>> {
        let Some(newest) = self.dataset.latest()?.filter(|newest| newest.version() > known.version()) else {
            return Ok(None);
        };
        for version in known.version() + 1..=newest.version() {
            let operation = self.dataset.snapshot(version)?.manifest().operation;
            if !matches!(operation, Operation::Append | Operation::Delta) {
                return Err(self.conflict("somebody else replaced or rewrote the rows in the meantime"));
            }
        }
        if newest.schema() != self.version.schema() {
            return Err(self.conflict("somebody else changed the columns in the meantime"));
        }
        if !still_fit(&self.version, self.moves, &newest)? {
            return Err(self.conflict("somebody else changed the key runs in the meantime"));
        }
        Ok(Some(newest))
    }

    fn conflict(&self, message: &str) -> Error {
        Error::new(ErrorKind::Conflict, message).with_path(&dataset_dir(self.dataset.id()))
    }
}
