//! Small tables, a reader that sees what a query would see, and stores to put them in.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use arrow::array::{Array, AsArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use drillcore_store::{
    Changes, CommitOptions, Committed, Compression, DataFile, DatasetStore, DeletionVector, Error, MemoryStorage,
    Operation, ParquetLayout, Retention, SeededEnvironment, Snapshot, SnapshotWriter, Storage, Store, StoreOptions,
    VerifiedFile, VerifyScope,
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;
use uuid::Uuid;

/// The dataset the tests use.
pub(crate) const DATASET: Uuid = Uuid::from_u128(0xDA7A);

/// Some moment in 2026.
pub(crate) const START_US: i64 = 1_790_000_000_000_000;

pub(crate) const HOUR: Duration = Duration::from_secs(3_600);

pub(crate) fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("id", DataType::Int64, false),
        Field::new("name", DataType::Utf8, true),
        Field::new("value", DataType::Float64, true),
    ]))
}

/// Rows whose other columns follow from the id, so that a mix-up of columns shows.
pub(crate) fn batch(ids: &[i64]) -> RecordBatch {
    let names: StringArray = ids.iter().map(|id| (id % 3 != 0).then(|| format!("name {id}"))).collect();
    let values: Float64Array = ids.iter().map(|id| Some(value_of(*id))).collect();
    let columns: Vec<Arc<dyn Array>> =
        vec![Arc::new(Int64Array::from(ids.to_vec())), Arc::new(names), Arc::new(values)];
    RecordBatch::try_new(schema(), columns).unwrap()
}

fn value_of(id: i64) -> f64 {
    f64::from(i32::try_from(id).unwrap()) / 4.0
}

/// Several row groups and files even for a handful of rows; uncompressed, because that is quicker for small pages.
pub(crate) fn small_layout() -> ParquetLayout {
    ParquetLayout::default().with_row_group_rows(4).with_target_file_rows(10).with_compression(Compression::None)
}

pub(crate) fn environment(seed: u64) -> Arc<SeededEnvironment> {
    Arc::new(SeededEnvironment::new(seed, START_US))
}

/// Nothing is kept by age and two versions by number; nobody waits for locks.
pub(crate) fn options(environment: Arc<SeededEnvironment>) -> StoreOptions {
    StoreOptions::default()
        .with_retention(Retention { max_age: Duration::ZERO, min_versions: 2 })
        .with_lock_timeout(Duration::ZERO)
        .with_environment(environment)
}

pub(crate) fn open(storage: &(impl Storage + Clone), seed: u64) -> Result<Store, Error> {
    Store::open(Arc::new(storage.clone()), options(environment(seed)))
}

pub(crate) fn write(writer: &SnapshotWriter, ids: &[i64]) -> Result<Vec<DataFile>, Error> {
    writer.write_parquet(&schema(), [Ok(batch(ids))], &small_layout())
}

pub(crate) fn commit_full(dataset: &DatasetStore, ids: &[i64]) -> Result<Committed, Error> {
    let writer = dataset.writer()?;
    writer.commit_full(&schema(), write(&writer, ids)?, &CommitOptions::default())
}

pub(crate) fn commit_append(dataset: &DatasetStore, ids: &[i64]) -> Result<Committed, Error> {
    let writer = dataset.writer()?;
    writer.commit_append(&schema(), write(&writer, ids)?, &CommitOptions::default())
}

/// Deletes the rows with some ids of the newest version and adds others, in one commit.
pub(crate) fn commit_delta(dataset: &DatasetStore, deleted: &[i64], added: &[i64]) -> Result<Committed, Error> {
    let writer = dataset.writer()?;
    let changes = delta(&writer, deleted, added)?;
    writer.commit_changes(Operation::Delta, &schema(), changes, &CommitOptions::default())
}

/// What deletes the rows with some ids of the writer's base and adds others.
pub(crate) fn delta(writer: &SnapshotWriter, deleted: &[i64], added: &[i64]) -> Result<Changes, Error> {
    let mut changes = Changes::default();
    if let Some(base) = writer.base()? {
        changes.deleted = places(&base, deleted)?;
    }
    if !added.is_empty() {
        changes.added = write(writer, added)?;
    }
    Ok(changes)
}

/// Where the living rows with some ids are.
pub(crate) fn places(snapshot: &Snapshot, ids: &[i64]) -> Result<BTreeMap<String, DeletionVector>, Error> {
    let mut places = BTreeMap::new();
    let mut found = 0;
    for (file, rows) in snapshot.files().iter().zip(read_rows(snapshot)?) {
        let rows = rows.iter().filter(|(_, id)| ids.contains(id)).map(|(row, _)| *row);
        let rows = DeletionVector::from_rows(rows);
        found += rows.len();
        if !rows.is_empty() {
            places.insert(file.path.clone(), rows);
        }
    }
    assert_eq!(found, ids.len() as u64, "every id is there, once");
    Ok(places)
}

/// The ids of all rows in order, read the way a query reads; checks that the other columns fit the ids.
pub(crate) fn read_ids(snapshot: &Snapshot) -> Result<Vec<i64>, Error> {
    let ids: Vec<i64> = read_rows(snapshot)?.into_iter().flatten().map(|(_, id)| id).collect();
    assert_eq!(ids.len() as u64, snapshot.rows());
    Ok(ids)
}

/// The living rows of every file, by their number in it, with their ids.
pub(crate) fn read_rows(snapshot: &Snapshot) -> Result<Vec<Vec<(u32, i64)>>, Error> {
    let mut files = Vec::new();
    for index in 0..snapshot.files().len() {
        let file = snapshot.open_file(index)?;
        let deleted = snapshot.deletions(index)?.unwrap_or_default();
        let ids: Vec<i64> = file.guard(|| decode(&file))?.iter().flat_map(ids_of).collect();
        files.push((0..).zip(ids).filter(|(row, _)| !deleted.contains(*row)).collect());
    }
    Ok(files)
}

/// All rows of a file, deleted ones included.
pub(crate) fn decode(file: &VerifiedFile) -> Result<Vec<RecordBatch>, ParquetError> {
    let batches: Result<Vec<_>, _> = ParquetRecordBatchReaderBuilder::try_new(file.clone())?.build()?.collect();
    Ok(batches?)
}

fn ids_of(rows: &RecordBatch) -> Vec<i64> {
    let ids = rows.column(0).as_primitive::<Int64Type>().values().to_vec();
    assert_eq!(*rows, batch(&ids), "columns of one row must belong together");
    ids
}

/// The ids of the newest version; none if there is no version.
pub(crate) fn latest_ids(dataset: &DatasetStore) -> Result<Vec<i64>, Error> {
    match dataset.latest()? {
        None => Ok(Vec::new()),
        Some(snapshot) => read_ids(&snapshot),
    }
}

/// A store in memory with the given ids as version 1 of the dataset and a catalog.
pub(crate) fn small_store(ids: &[i64]) -> MemoryStorage {
    let storage = MemoryStorage::new();
    let store = open(&storage, 1).unwrap();
    store.catalog().commit(0, "catalog one").unwrap();
    commit_full(&store.dataset(DATASET), ids).unwrap();
    storage
}

/// Runs a check for every number from 1 to `last` on all processors, each on a thread of its own pool: checks use rayon themselves, and
/// rayon's workers would start one check in the middle of another.
pub(crate) fn in_parallel(last: u64, check: impl Fn(u64) + Sync) {
    let next = AtomicU64::new(1);
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number > last {
                break;
            }
            check(number);
        }
    };
    let threads = thread::available_parallelism().map_or(2, NonZeroUsize::get);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
}

/// The only path that ends like this.
#[track_caller]
pub(crate) fn path_ending(storage: &MemoryStorage, suffix: &str) -> String {
    let found: Vec<String> = storage.paths().into_iter().filter(|path| path.ends_with(suffix)).collect();
    assert_eq!(found.len(), 1, "{suffix}: {found:?}");
    found.into_iter().next().unwrap()
}

/// What an interrupted life left is sound, and nothing of it stays behind once vacuum was there.
#[track_caller]
pub(crate) fn check_sound_and_swept(store: &Store, place: &str) {
    let report = store.verify(VerifyScope::AllKept).unwrap();
    assert!(report.is_clean(), "{place}: {:?}", report.problems);
    let vacuumed = store.vacuum().unwrap();
    assert!(vacuumed.postponed.is_empty() && vacuumed.foreign.is_empty(), "{place}: {vacuumed:?}");
    let report = store.verify(VerifyScope::AllKept).unwrap();
    assert!(report.is_clean() && report.orphans.is_empty(), "{place}: {report:?}");
}
