//! A keyed table whose rows have versions, and a model of what it holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use drillcore_store::{
    Changes, CommitOptions, Committed, DataFile, DatasetStore, Error, Full, KeyChanges, KeyEntry, KeyHasher, Keys,
    Operation, Place, Snapshot, SnapshotWriter,
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;

use crate::support::small_layout;

/// An id and its version, from which everything else in the row follows.
pub(super) type Row = (i64, i64);

/// The version of every id that lives.
pub(super) type Model = BTreeMap<i64, i64>;

/// All ids of the tests are below.
const IDS: i64 = 120;

pub(super) fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("id", DataType::Int64, false),
        Field::new("version", DataType::Int64, false),
        Field::new("text", DataType::Utf8, true),
    ]))
}

/// What stands in a row and in no other.
pub(super) fn text((id, version): Row) -> Option<String> {
    (id % 3 != 0).then(|| format!("<{id}.{version}>"))
}

pub(super) fn batch(rows: &[Row]) -> RecordBatch {
    let ids: Int64Array = rows.iter().map(|(id, _)| Some(*id)).collect();
    let versions: Int64Array = rows.iter().map(|(_, version)| Some(*version)).collect();
    let texts: StringArray = rows.iter().map(|row| text(*row)).collect();
    let columns: Vec<ArrayRef> = vec![Arc::new(ids), Arc::new(versions), Arc::new(texts)];
    RecordBatch::try_new(schema(), columns).unwrap()
}

/// Some ids in one version.
pub(super) fn rows(ids: impl IntoIterator<Item = i64>, version: i64) -> Vec<Row> {
    ids.into_iter().map(|id| (id, version)).collect()
}

fn write(writer: &SnapshotWriter, rows: &[Row]) -> Result<Vec<DataFile>, Error> {
    writer.write_parquet(&schema(), [Ok(batch(rows))], &small_layout())
}

fn hash(hasher: &KeyHasher, ids: impl IntoIterator<Item = i64>) -> Result<Vec<u128>, Error> {
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(ids));
    Ok(hasher.hash(&[ids])?.hashes)
}

/// The entries of rows that were written into files.
fn entries(hasher: &KeyHasher, files: &[DataFile], rows: &[Row]) -> Result<Vec<KeyEntry>, Error> {
    let hashes = hash(hasher, rows.iter().map(|(id, _)| *id))?;
    let places = (0_u32..)
        .zip(files)
        .flat_map(|(file, described)| (0..u32::try_from(described.rows).unwrap()).map(move |row| Place { file, row }));
    let entries = hashes.into_iter().zip(rows).zip(places).map(|((hash, (_, version)), place)| KeyEntry {
        hash,
        place: Some(place),
        version_time: Some(*version),
        digest: 7,
    });
    Ok(entries.collect())
}

/// Replaces all rows.
pub(super) fn load(dataset: &DatasetStore, rows: &[Row]) -> Result<Committed, Error> {
    let writer = dataset.writer()?;
    let files = write(&writer, rows)?;
    let secret = writer.new_key_secret();
    let run = writer.write_keys(&files, entries(&KeyHasher::new(&secret), &files, rows)?)?;
    let keys = Keys { columns: vec!["id".to_owned()], secret, runs: vec![run] };
    writer.commit_full_with(&schema(), Full::new(files).with_keys(keys), &CommitOptions::default())
}

/// Adds rows in place of those with their ids, and deletes others, in one commit.
pub(super) fn delta(dataset: &DatasetStore, upserts: &[Row], deleted: &[i64], time: i64) -> Result<Committed, Error> {
    let writer = dataset.writer()?;
    let base = writer.base()?.expect("loaded before");
    let index = base.keys()?.expect("the table has a key");
    let files = write(&writer, upserts)?;
    let mut entries = entries(&index.hasher(), &files, upserts)?;
    let dead = hash(&index.hasher(), deleted.iter().copied())?;
    let dead = dead.into_iter().map(|hash| KeyEntry { hash, place: None, version_time: Some(time), digest: 0 });
    entries.extend(dead);
    let hashes: Vec<u128> = entries.iter().map(|entry| entry.hash).collect();
    let mut changes = Changes::default().with_added(files.clone());
    for place in index.find(&hashes)?.into_iter().flatten().filter_map(|entry| entry.place) {
        let path = base.files()[place.file as usize].path.clone();
        changes.deleted.entry(path).or_default().insert(place.row);
    }
    let run = writer.write_keys(&files, entries)?;
    let changes = changes.with_keys(KeyChanges::Change { added: vec![run], removed: Vec::new() });
    writer.commit_changes(Operation::Delta, &schema(), changes, &CommitOptions::default())
}

/// The living rows of every file, by their number in it.
pub(super) fn read(snapshot: &Snapshot) -> Result<Vec<Vec<(u32, Row)>>, Error> {
    let mut files = Vec::new();
    for index in 0..snapshot.files().len() {
        let file = snapshot.open_file(index)?;
        let deleted = snapshot.deletions(index)?.unwrap_or_default();
        let batches = file.guard(|| {
            let batches: Result<Vec<_>, _> = ParquetRecordBatchReaderBuilder::try_new(file.clone())?.build()?.collect();
            Ok::<_, ParquetError>(batches?)
        })?;
        let rows: Vec<Row> = batches.iter().flat_map(rows_of).collect();
        files.push((0..).zip(rows).filter(|(row, _)| !deleted.contains(*row)).collect());
    }
    Ok(files)
}

fn rows_of(read: &RecordBatch) -> Vec<Row> {
    let column = |index: usize| read.column(index).as_primitive::<Int64Type>().values().to_vec();
    let rows: Vec<Row> = column(0).into_iter().zip(column(1)).collect();
    assert_eq!(*read, batch(&rows), "columns of one row must belong together");
    rows
}

/// Checks that a version holds just the rows of the model, and that its keys lead to them and to nothing else.
#[track_caller]
pub(super) fn check(snapshot: &Snapshot, model: &Model, place: &str) {
    let files = read(snapshot).unwrap();
    let mut rows: Vec<Row> = files.iter().flatten().map(|(_, row)| *row).collect();
    rows.sort_unstable();
    assert_eq!(rows, model.clone().into_iter().collect::<Vec<Row>>(), "{place}: rows");
    assert_eq!(snapshot.rows(), model.len() as u64, "{place}");

    let index = snapshot.keys().unwrap().expect("the table has a key");
    let found = index.find(&hash(&index.hasher(), 0..IDS).unwrap()).unwrap();
    for (id, entry) in (0..IDS).zip(found) {
        let led_to = entry.and_then(|entry| Some((entry.place?, entry.version_time, entry.digest)));
        match (model.get(&id), led_to) {
            (None, None) => {}
            (Some(version), Some((at, time, 7))) => {
                assert_eq!(time, Some(*version), "{place}: id {id}");
                let row = files[at.file as usize].iter().find(|(row, _)| *row == at.row);
                assert_eq!(row.map(|(_, row)| *row), Some((id, *version)), "{place}: id {id}");
            }
            (held, other) => panic!("{place}: id {id} has version {held:?}, its key leads to {other:?}"),
        }
    }
}
