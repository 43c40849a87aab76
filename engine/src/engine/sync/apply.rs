//! Making the next version out of the newest one and what is to change of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use drillcore_store::{
    Changes, CommitOptions, DataFile, DeletionVector, ErrorKind as StoreErrorKind, KeyChanges, KeyEntry, KeyRunFile,
    Operation, Place, Snapshot, SnapshotWriter, Touched,
};

use super::super::sync_report::SyncPhase;
use super::job::{Base, Job};
use super::overtaken;
use crate::error::{Error, Result};
use crate::sync::{Counts, Incoming, Merged, SyncState, TouchedDays, arrange};
use crate::tables::table_schema;

/// How often it is tried again because somebody else committed first.
const ATTEMPTS: usize = 8;

/// What is to change of a version. It is decided anew when another one came first.
pub(super) struct Step<'a> {
    /// The rows that may be written.
    pub(super) incoming: Option<&'a Incoming>,
    pub(super) decide: &'a dyn Fn(&Base) -> Result<Merged>,
    /// What the next version remembers.
    pub(super) advance: &'a dyn Fn(&mut SyncState),
}

/// What was done.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Applied {
    pub(super) counts: Counts,
    /// The version that there is now.
    pub(super) version: u64,
    /// Whether it is a new one.
    pub(super) committed: bool,
    /// Bytes of the new files.
    pub(super) bytes: u64,
}

/// Rows in files that no version has yet.
struct Written {
    /// Which rows, and the ordinal of the first.
    picked: Vec<usize>,
    first: i64,
    rows: RecordBatch,
    files: Vec<DataFile>,
    /// Where each of the rows stands among those of all files.
    positions: Vec<u32>,
}

impl Job {
    /// Commits a version with the changes, or none if nothing would change. If another version came first, the changes
    /// are made to that; the files are written again only if other rows must be in them. Blocking; works on the rayon
    /// pool of the calling thread.
    pub(super) fn apply(&self, mut base: Base, step: &Step<'_>) -> Result<Applied> {
        let store = self.inner.store.dataset(self.entry.id);
        // Begun before anything is written, so that nothing of it is tidied away.
        let writer = store.writer()?;
        let mut written: Option<Written> = None;
        let secret = base.secret();
        for _ in 0..ATTEMPTS {
            if base.secret() != secret {
                // Everything was read anew, and keys have other hashes now.
                break;
            }
            let merged = (step.decide)(&base)?;
            let mut state = base.state.clone();
            (step.advance)(&mut state);
            let nothing = Applied { counts: merged.counts, version: base.snapshot.version(), ..Applied::default() };
            if merged.is_nothing() && state == base.stored {
                return Ok(nothing);
            }
            let first = state.next_ordinal();
            let ready = match written.take() {
                Some(ready) if ready.picked == merged.write && ready.first == first => ready,
                _ => self.write(&writer, step.incoming, merged.write.clone(), first)?,
            };
            state.next_ordinal = Some(first.saturating_add(i64::try_from(merged.write.len()).unwrap_or(i64::MAX)));
            let run = self.write_keys(&writer, step.incoming, &ready, &merged)?;
            let bytes = ready.files.iter().map(|file| file.size).chain(run.iter().map(|run| run.size)).sum();
            let changes = self.changes(&base, &merged, &ready, run)?;
            let (name, text) = state.property()?;
            let options =
                CommitOptions::default().with_property(name, text).with_expected_version(base.snapshot.version());
            self.tell(SyncPhase::Committing);
            let schema = table_schema(&self.adder.columns);
            match writer.commit_changes(Operation::Delta, &schema, changes, &options) {
                Ok(committed) => {
                    return Ok(Applied { version: committed.version, committed: true, bytes, ..nothing });
                }
                Err(error) if error.kind() == StoreErrorKind::Conflict => {
                    let newest = store.latest()?.ok_or_else(|| overtaken(&self.entry.name))?;
                    base = self.base(newest)?;
                    written = Some(ready);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(overtaken(&self.entry.name))
    }

    /// Writes rows in their order into files.
    fn write(
        &self,
        writer: &SnapshotWriter,
        incoming: Option<&Incoming>,
        picked: Vec<usize>,
        first: i64,
    ) -> Result<Written> {
        let incoming = match incoming {
            Some(incoming) if !picked.is_empty() => incoming,
            _ => {
                let rows = RecordBatch::new_empty(table_schema(&self.adder.columns));
                return Ok(Written { picked, first, rows, files: Vec::new(), positions: Vec::new() });
            }
        };
        let arranged = arrange(&incoming.rows, &picked, first, &self.roles.cluster)?;
        let rows = self.adder.add(&arranged.rows)?;
        let mut sink = writer.parquet(&rows.schema(), &self.layout())?;
        sink.write(&rows)?;
        Ok(Written { picked, first, files: sink.finish()?, rows, positions: arranged.positions })
    }

    /// Writes down where the rows of keys are from now on; nothing if no key has changed.
    fn write_keys(
        &self,
        writer: &SnapshotWriter,
        incoming: Option<&Incoming>,
        written: &Written,
        merged: &Merged,
    ) -> Result<Option<KeyRunFile>> {
        if !self.roles.is_keyed() || (merged.write.is_empty() && merged.dead.is_empty()) {
            return Ok(None);
        }
        let file_rows = u32::try_from(self.layout().target_file_rows).unwrap_or(u32::MAX).max(1);
        let mut entries = Vec::with_capacity(merged.write.len() + merged.dead.len());
        for (row, position) in written.picked.iter().zip(&written.positions) {
            let entry = incoming.and_then(|incoming| incoming.entry(*row));
            let entry = entry.ok_or_else(|| Error::internal("a row with a key has none"))?;
            let place = Place { file: position / file_rows, row: position % file_rows };
            entries.push(KeyEntry { place: Some(place), ..entry });
        }
        let dead = merged.dead.iter();
        entries.extend(dead.map(|dead| KeyEntry {
            hash: dead.hash,
            place: None,
            version_time: dead.version_time,
            digest: 0,
        }));
        Ok(Some(writer.write_keys(&written.files, entries)?))
    }

    /// All that a commit changes.
    fn changes(&self, base: &Base, merged: &Merged, written: &Written, run: Option<KeyRunFile>) -> Result<Changes> {
        let mut removed: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for place in &merged.remove {
            removed.entry(place.file).or_default().push(place.row);
        }
        for rows in removed.values_mut() {
            rows.sort_unstable();
        }
        let mut changes = Changes::default().with_added(written.files.clone());
        for (number, rows) in &removed {
            let file = usize::try_from(*number).ok().and_then(|number| base.snapshot.files().get(number));
            let file = file.ok_or_else(|| Error::internal("a row is in no file of its version"))?;
            changes = changes.with_deleted(&file.path, DeletionVector::from_rows(rows.iter().copied()));
        }
        if let Some(run) = run {
            changes = changes.with_keys(KeyChanges::Change { added: vec![run], removed: Vec::new() });
        }
        if !written.picked.is_empty() || !removed.is_empty() {
            changes.touched = self.touched(&base.snapshot, &removed, &written.rows)?;
        }
        Ok(changes)
    }

    /// The days on which rows come and go.
    fn touched(
        &self,
        base: &Arc<Snapshot>,
        removed: &BTreeMap<u32, Vec<u32>>,
        written: &RecordBatch,
    ) -> Result<BTreeMap<String, Touched>> {
        let mut days = TouchedDays::new(&self.entry.columns);
        days.add_rows(written)?;
        if !removed.is_empty() {
            let open = self.inner.open.open(base)?;
            for (number, rows) in removed {
                let file = base.open_file(usize::try_from(*number).unwrap_or(usize::MAX))?;
                let known = open.file(file.path());
                let known = known.ok_or_else(|| Error::internal("a file of a snapshot is not open"))?;
                days.add_removed(&known.footer, rows);
            }
        }
        Ok(days.into_touched())
    }
}
