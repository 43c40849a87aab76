//! What is kept of the rows while everything is read: which of them are written, where the row of each key ended up,
//! and which rows turn out not to count once all are known.

use std::collections::{BTreeMap, HashSet};

use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::Int64Type;
use drillcore_store::{
    DataFile, DeletionVector, KeyEntry, KeyHasher, KeyRule, KeyRunFile, KeySecret, KeySorter, Place, SnapshotWriter,
};

use super::digests::content_digests;
use super::keys::{held_or_keyed, picked, with_key};
use super::roles::Roles;
use super::versions::{NO_TIME, greatest, version_times};
use super::window::Window;
use crate::catalog::{Acceleration, Strategy};
use crate::error::{Error, Result};

/// Takes the rows of the source in the order in which they are written.
#[derive(Debug)]
pub(crate) struct FullLoad {
    roles: Roles,
    acceleration: Acceleration,
    dataset: String,
    window: Window,
    keyed: Option<Keyed>,
    /// Rows of a file.
    file_rows: u64,
    /// The latest version that can be trusted.
    most: i64,
    rows: FullRows,
}

/// Rows that are found by their keys.
#[derive(Debug)]
struct Keyed {
    /// By which keys are hashed.
    secret: KeySecret,
    sorter: KeySorter,
    /// Ordinals of the rows that were made too long ago to be held.
    too_old: HashSet<i64>,
}

/// How many rows were read, and what is known of them together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FullRows {
    /// Rows in question by their times.
    pub(crate) fetched: u64,
    /// Rows left out because they have no key.
    pub(crate) null_keys: u64,
    /// Rows written.
    pub(crate) written: u64,
    /// The latest version that can be trusted.
    pub(crate) latest: Option<i64>,
    /// The greatest ordinal, from 0.
    pub(crate) last_ordinal: Option<i64>,
}

/// The keys of all rows, and the rows that do not count.
#[derive(Debug, Default)]
pub(crate) struct FullKeys {
    /// What is known of each key, if that was to be written.
    pub(crate) run: Option<KeyRunFile>,
    /// Rows that were written and are not the ones that count for their key, by the number of their file.
    pub(crate) deleted: BTreeMap<usize, DeletionVector>,
    /// Rows that do not count.
    pub(crate) dropped: u64,
}

impl FullLoad {
    /// For files of that many rows. Rows are found by their keys if a secret is given; what is known of these is put
    /// aside by the writer.
    pub(crate) fn new(
        roles: Roles,
        acceleration: Acceleration,
        dataset: String,
        window: Window,
        secret: Option<(KeySecret, &SnapshotWriter)>,
        file_rows: u64,
    ) -> Self {
        // The latest version of a key, and of several the last; where rows are only ever added, the first.
        let rule = if roles.strategy == Strategy::Insert { KeyRule::First } else { KeyRule::Latest };
        let keyed =
            secret.map(|(secret, writer)| Keyed { secret, sorter: writer.key_sorter(rule), too_old: HashSet::new() });
        let (file_rows, most, rows) = (file_rows.max(1), i64::MAX, FullRows::default());
        Self { roles, acceleration, dataset, window, keyed, file_rows, most, rows }
    }

    /// Versions later than this cannot be trusted.
    pub(crate) fn trusting(self, most: i64) -> Self {
        Self { most, ..self }
    }

    /// The rows of a batch that are written. Works in parallel on the rayon pool of the calling thread.
    pub(crate) fn take(&mut self, batch: &RecordBatch) -> Result<RecordBatch> {
        let mut batch = batch.clone();
        let mut times = version_times(&batch, &self.roles.versions)?;
        let created = if self.window.kept_from.is_some() { self.roles.created_of(&batch)? } else { None };
        if let Some(mask) = self.window.mask(&times, created.as_deref()) {
            times = picked(&times, &mask);
            batch = filtered(&batch, &mask)?;
        }
        let created = if self.window.expels { self.roles.created_of(&batch)? } else { None };
        let mut too_old = self.window.too_old(created.as_deref());
        let of_no_use = too_old.iter().filter(|too_old| **too_old).count();
        self.rows.fetched += (batch.num_rows() - of_no_use) as u64;
        if let Some(secret) = self.keyed.as_ref().map(|keyed| keyed.secret) {
            let hasher = KeyHasher::new(&secret);
            let mut hashed = hasher.hash(&self.roles.key_of(&batch))?;
            if let Some(mask) = held_or_keyed(&hashed, &too_old) {
                (times, too_old) = (picked(&times, &mask), picked(&too_old, &mask));
                batch = filtered(&batch, &mask)?;
                hashed = hasher.hash(&self.roles.key_of(&batch))?;
            }
            if let Some(mask) = with_key(&hashed, &self.acceleration, &self.dataset)? {
                let before = batch.num_rows();
                (times, hashed.hashes) = (picked(&times, &mask), picked(&hashed.hashes, &mask));
                (batch, too_old) = (filtered(&batch, &mask)?, picked(&too_old, &mask));
                self.rows.null_keys += (before - batch.num_rows()) as u64;
            }
            let digests = content_digests(&secret, &batch, &self.roles, &[])?;
            let ordinals = ordinals(&batch)?;
            self.rows.last_ordinal = self.rows.last_ordinal.max(ordinals.iter().copied().max());
            if let Some(keyed) = &mut self.keyed {
                let too_old = ordinals.iter().zip(&too_old).filter(|(_, too_old)| **too_old);
                keyed.too_old.extend(too_old.map(|(ordinal, _)| *ordinal));
            }
            let goes = unwritten(self.roles.deleted_of(&batch), &too_old);
            self.see(&hashed.hashes, &times, &ordinals, &digests, &goes)?;
            if goes.contains(&true) {
                let mask = BooleanArray::from_iter(goes.iter().map(|goes| Some(!goes)));
                batch = filtered(&batch, &mask)?;
            }
        } else {
            self.rows.last_ordinal = self.rows.last_ordinal.max(ordinals(&batch)?.into_iter().max());
            self.rows.written += batch.num_rows() as u64;
        }
        if too_old.contains(&true) {
            let mut too_old = too_old.iter();
            times.retain(|_| too_old.next() == Some(&false));
        }
        self.rows.latest = self.rows.latest.max(greatest(&times, self.most));
        Ok(batch)
    }

    fn see(&mut self, hashes: &[u128], times: &[i64], ordinals: &[i64], digests: &[u64], goes: &[bool]) -> Result<()> {
        let rows = hashes.iter().zip(times).zip(ordinals).zip(digests).enumerate();
        for (index, (((hash, time), ordinal), digest)) in rows {
            let goes = goes.get(index).copied().unwrap_or_default();
            let place = if goes { None } else { Some(self.next_place()?) };
            let version_time = Some(*time).filter(|time| *time != NO_TIME);
            let entry = KeyEntry { hash: *hash, place, version_time, digest: *digest };
            if let Some(keyed) = &mut self.keyed {
                keyed.sorter.push(entry, *ordinal)?;
            }
        }
        Ok(())
    }

    /// Where the next row is written: files are filled one after the other.
    fn next_place(&mut self) -> Result<Place> {
        let (file, row) = (self.rows.written / self.file_rows, self.rows.written % self.file_rows);
        self.rows.written += 1;
        let file = u32::try_from(file).ok().filter(|file| *file != u32::MAX);
        let place = file.zip(u32::try_from(row).ok()).map(|(file, row)| Place { file, row });
        place.ok_or_else(|| Error::internal("the rows of a dataset with a key cannot be counted"))
    }

    /// What is known of the rows taken so far.
    pub(crate) fn rows(&self) -> FullRows {
        self.rows
    }

    /// Chooses the row of each key. What is known of the keys is written if the files that the rows are in are given. Works
    /// in parallel on the rayon pool of the calling thread.
    pub(crate) fn into_keys(self, files: Option<&[DataFile]>) -> Result<FullKeys> {
        let Some(Keyed { sorter, too_old, .. }) = self.keyed else { return Ok(FullKeys::default()) };
        let mut keys = FullKeys::default();
        let mut deleted: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let mut drop_row = |entry: KeyEntry, ordinal: i64| {
            keys.dropped += u64::from(!too_old.contains(&ordinal));
            if let Some(place) = entry.place {
                deleted.entry(place.file).or_default().push(place.row);
            }
        };
        let run = match files {
            Some(files) => Some(sorter.finish_run(files, &mut drop_row)?),
            None => {
                sorter.finish(&mut drop_row)?;
                None
            }
        };
        for (file, mut rows) in deleted {
            rows.sort_unstable();
            keys.deleted.insert(usize::try_from(file).unwrap_or(usize::MAX), DeletionVector::from_rows(rows));
        }
        Ok(FullKeys { run, ..keys })
    }
}

/// Which rows are not written: those that say they are deleted, and those that were made too long ago. Empty if all are.
fn unwritten(deleted: Option<Vec<bool>>, too_old: &[bool]) -> Vec<bool> {
    let mut goes = deleted.unwrap_or_default();
    goes.resize(goes.len().max(too_old.len()), false);
    for (goes, too_old) in goes.iter_mut().zip(too_old) {
        *goes |= too_old;
    }
    goes
}

/// The ordinals of rows, which are their last column.
fn ordinals(batch: &RecordBatch) -> Result<Vec<i64>> {
    let last = batch.columns().last().and_then(|column| column.as_primitive_opt::<Int64Type>());
    Ok(last.ok_or_else(|| Error::internal("rows of a sync have no ordinal"))?.values().to_vec())
}

fn filtered(batch: &RecordBatch, mask: &BooleanArray) -> Result<RecordBatch> {
    filter_record_batch(batch, mask).map_err(|error| Error::internal("rows cannot be left out").with_source(error))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, RecordBatch, TimestampMicrosecondArray};
    use drillcore_store::{
        CommitOptions, Full, KeyEntry, KeySecret, Keys, MemoryStorage, ParquetLayout, Place, SnapshotWriter, Store,
        StoreOptions,
    };

    use super::{FullLoad, FullRows};
    use crate::catalog::{Acceleration, NullKeys};
    use crate::model::{Column, ColumnType};
    use crate::sync::roles::Roles;
    use crate::sync::window::Window;

    /// Id, version, deletion, ordinal.
    type Row = (Option<i64>, Option<i64>, Option<i64>, i64);

    fn batch(rows: &[Row]) -> RecordBatch {
        let times = |values: Vec<Option<i64>>| -> ArrayRef {
            Arc::new(TimestampMicrosecondArray::from(values).with_timezone("UTC"))
        };
        let ids: ArrayRef = Arc::new(Int64Array::from_iter(rows.iter().map(|row| row.0)));
        let made = times(rows.iter().map(|row| row.1).collect());
        let gone = times(rows.iter().map(|row| row.2).collect());
        let ordinals: ArrayRef = Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.3)));
        RecordBatch::try_from_iter([("id", ids), ("made", made), ("gone", gone), ("#ordinal", ordinals)]).unwrap()
    }

    fn writer() -> SnapshotWriter {
        let store = Store::open(Arc::new(MemoryStorage::new()), StoreOptions::default()).unwrap();
        store.dataset(store.new_id()).writer().unwrap()
    }

    fn load(acceleration: Acceleration, window: Window, writer: Option<&SnapshotWriter>) -> FullLoad {
        let columns = [("id", ColumnType::Integer), ("made", ColumnType::Datetime), ("gone", ColumnType::Datetime)];
        let columns: Vec<Column> = columns.iter().map(|(id, held)| Column::new(*id, *held)).collect();
        let roles = Roles::new(&acceleration, &columns).unwrap();
        let secret = writer.map(|writer| (KeySecret::from([1; 16]), writer));
        FullLoad::new(roles, acceleration, "orders".to_owned(), window, secret, 2)
    }

    const ROWS: [Row; 6] = [
        (Some(1), Some(10), None, 5),
        (Some(1), Some(30), None, 1),
        (Some(2), Some(20), None, 0),
        (Some(2), Some(20), None, 3),
        (Some(3), Some(40), Some(50), 2),
        (Some(1), Some(20), None, 4),
    ];

    /// What is written, dropped and known of a load of these rows in two batches.
    /// Rows, deleted rows by file, places of the entries, duplicates.
    type Loaded = (FullRows, Vec<(usize, Vec<u32>)>, Vec<Option<Place>>, u64);

    fn loaded(acceleration: Acceleration) -> Loaded {
        let writer = writer();
        let mut load = load(acceleration, Window::default(), Some(&writer));
        let written = [load.take(&batch(&ROWS[..4])).unwrap(), load.take(&batch(&ROWS[4..])).unwrap()];
        let (rows, schema) = (load.rows(), written[0].schema());
        assert_eq!(written.iter().map(RecordBatch::num_rows).sum::<usize>() as u64, rows.written);
        let layout = ParquetLayout::default().with_target_file_rows(2);
        let files = writer.write_parquet(&schema, written.map(Ok::<_, drillcore_store::Error>), &layout).unwrap();
        let keys = load.into_keys(Some(&files)).unwrap();
        let deleted = keys.deleted.iter().map(|(file, rows)| (*file, rows.rows().collect())).collect();
        let columns = vec!["id".to_owned()];
        let known = Keys { columns, secret: KeySecret::from([1; 16]), runs: keys.run.into_iter().collect() };
        let full = Full::new(files).with_keys(known);
        let snapshot = writer.commit_full_with(&schema, full, &CommitOptions::default()).unwrap().snapshot;
        let entries: Vec<KeyEntry> =
            snapshot.keys().unwrap().unwrap().entries().collect::<Result<Vec<_>, _>>().unwrap().concat();
        let mut places: Vec<Option<Place>> = entries.iter().map(|entry| entry.place).collect();
        places.sort_unstable_by_key(|place| place.map(|place| (place.file, place.row)));
        (rows, deleted, places, keys.dropped)
    }

    #[test]
    fn the_latest_row_of_a_key_counts_and_deleted_ones_are_not_written() {
        let keyed = Acceleration::delta("made").key(["id"]);
        let at = |file, row| Some(Place { file, row });
        let (rows, deleted, places, dropped) = loaded(keyed.clone().insert_update_delete("made", "gone"));
        assert_eq!((rows.fetched, rows.written, rows.latest, rows.last_ordinal), (6, 5, Some(50), Some(5)));
        assert_eq!((deleted, dropped), (vec![(0, vec![0]), (1, vec![0]), (2, vec![0])], 3));
        assert_eq!(places, [None, at(0, 1), at(1, 1)]);
        let (rows, deleted, places, dropped) = loaded(keyed);
        assert_eq!((rows.written, rows.latest), (6, Some(40)));
        assert_eq!((deleted, dropped), (vec![(0, vec![0]), (1, vec![1]), (2, vec![1])], 3));
        assert_eq!(places, [at(0, 1), at(1, 0), at(2, 0)], "the first of each key in the source");
    }

    #[test]
    fn a_later_version_that_is_too_old_keeps_the_others_of_its_key_away() {
        let rows: [Row; 5] = [
            // Made at 10 and deleted, which is a change, at 40.
            (Some(1), Some(10), Some(40), 0),
            (Some(1), Some(30), None, 1),
            (Some(2), Some(30), None, 2),
            // Not changed since rows are kept.
            (Some(2), Some(10), None, 3),
            (None, Some(10), Some(40), 4),
        ];
        let window = Window { kept_from: Some(20), expels: true, ..Window::default() };
        let writer = writer();
        let keyed = Acceleration::delta("made").key(["id"]).insert_update_delete("made", "gone");
        let mut kept = load(keyed, window, Some(&writer));
        assert_eq!(kept.take(&batch(&rows)).unwrap().num_rows(), 2);
        let expected = FullRows { fetched: 2, null_keys: 0, written: 2, latest: Some(30), last_ordinal: Some(2) };
        assert_eq!(kept.rows(), expected);
        let keys = kept.into_keys(None).unwrap();
        assert_eq!(keys.dropped, 1);
        let deleted: Vec<(usize, Vec<u32>)> =
            keys.deleted.iter().map(|(file, rows)| (*file, rows.rows().collect())).collect();
        assert_eq!(deleted, [(0, vec![0])]);
    }

    #[test]
    fn rows_out_of_time_or_without_a_key_are_left_out() {
        let rows = [(Some(1), Some(10), None, 0), (None, Some(20), None, 1), (Some(2), Some(30), None, 2)];
        let window = Window { before: Some(30), ..Window::default() };
        let keyed = Acceleration::delta("made").key(["id"]).null_keys(NullKeys::Drop);
        let writer = writer();
        let mut kept = load(keyed.clone(), window, Some(&writer));
        assert_eq!(kept.take(&batch(&rows)).unwrap().num_rows(), 1);
        let expected = FullRows { fetched: 2, null_keys: 1, written: 1, latest: Some(10), last_ordinal: Some(0) };
        assert_eq!(kept.rows(), expected);
        assert!(load(keyed.null_keys(NullKeys::Reject), window, Some(&writer)).take(&batch(&rows)).is_err());
        let mut unkeyed = load(Acceleration::delta("made"), Window::default(), None);
        assert_eq!(unkeyed.take(&batch(&rows)).unwrap().num_rows(), 3);
        assert_eq!(unkeyed.rows().last_ordinal, Some(2));
        let keys = unkeyed.into_keys(None).unwrap();
        assert!(keys.run.is_none() && keys.deleted.is_empty());
    }
}
