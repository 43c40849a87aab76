//! What others commit between the rewriting and the commit of a compaction is not lost, nor what they read while a vacuum
//! gets ready.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use arrow::datatypes::{DataType, Field, Schema};
use drillcore_store::{
    Changes, CommitOptions, CompactOptions, DatasetStore, Error, ErrorKind, LockMode, MemoryStorage, Operation,
    Publish, Snapshot, SortColumn, Storage, StorageEntry, StorageFile, StorageLock, StorageWriter, VerifyScope,
};

use super::table::{self, Model, check, delta, load, rows};
use crate::support::{DATASET, commit_append, commit_full, latest_ids, open, read_ids, small_layout};

type Act = Box<dyn FnOnce() + Send>;

/// Lets something happen right before somebody takes the lock to commit.
#[derive(Clone)]
struct Interrupted {
    storage: MemoryStorage,
    acts: Arc<Mutex<VecDeque<Act>>>,
    rivals: Arc<AtomicU64>,
}

impl Interrupted {
    fn new() -> Self {
        Self { storage: MemoryStorage::new(), acts: Arc::default(), rivals: Arc::default() }
    }

    /// One act for each of the next commits.
    fn plan(&self, acts: impl IntoIterator<Item = Act>) {
        self.acts.lock().unwrap().extend(acts);
    }

    /// The dataset as another process has it, with ids of its own.
    fn rival(&self) -> DatasetStore {
        let seed = 1_000 + self.rivals.fetch_add(1, Ordering::Relaxed);
        open(&self.storage, seed).unwrap().dataset(DATASET)
    }

    fn is_done(&self) -> bool {
        self.acts.lock().unwrap().is_empty()
    }
}

impl fmt::Debug for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interrupted").field("storage", &self.storage).finish_non_exhaustive()
    }
}

impl Storage for Interrupted {
    fn create(&self, path: &str) -> io::Result<Box<dyn StorageWriter>> {
        self.storage.create(path)
    }

    fn open(&self, path: &str) -> io::Result<Arc<dyn StorageFile>> {
        self.storage.open(path)
    }

    fn publish(&self, from: &str, to: &str) -> io::Result<Publish> {
        self.storage.publish(from, to)
    }

    fn list(&self, dir: &str) -> io::Result<Vec<StorageEntry>> {
        self.storage.list(dir)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.storage.remove(path)
    }

    fn create_dir(&self, dir: &str) -> io::Result<()> {
        self.storage.create_dir(dir)
    }

    fn sync_dir(&self, dir: &str) -> io::Result<()> {
        self.storage.sync_dir(dir)
    }

    fn try_lock(&self, path: &str, mode: LockMode) -> io::Result<Option<Box<dyn StorageLock>>> {
        if path.ends_with("/manifest/.lock") {
            let act = self.acts.lock().unwrap().pop_front();
            if let Some(act) = act {
                act();
            }
        }
        self.storage.try_lock(path, mode)
    }
}

/// Everything, in another order than the one rows are loaded in.
fn options() -> CompactOptions {
    let layout = small_layout().with_sorting(vec![SortColumn::descending("id")]);
    CompactOptions::default().with_layout(layout).with_all(true)
}

/// Thirty rows in three files; two of them were replaced.
fn loaded() -> (Interrupted, DatasetStore, Model) {
    let storage = Interrupted::new();
    let dataset = open(&storage, 1).unwrap().dataset(DATASET);
    load(&dataset, &rows(0..30, 1)).unwrap();
    delta(&dataset, &rows([3, 14], 2), &[21], 2).unwrap();
    let mut model: Model = rows(0..30, 1).into_iter().chain(rows([3, 14], 2)).collect();
    model.remove(&21);
    (storage, dataset, model)
}

#[test]
fn deltas_are_carried_over() {
    let (storage, dataset, mut model) = loaded();
    let (first, second, third) = (storage.rival(), storage.rival(), storage.rival());
    storage.plan([
        // Rows of a file that is being rewritten, deleted and replaced; one of them was replaced before.
        Box::new(move || drop(delta(&first, &rows([3, 5, 40], 3), &[6, 14], 3).unwrap())) as Act,
        // All that is left of the first file.
        Box::new(move || drop(delta(&second, &rows([0, 1, 5], 4), &[2, 4, 7, 8, 9], 4).unwrap())),
        Box::new(move || drop(delta(&third, &rows([29], 5), &[40, 28], 5).unwrap())),
    ]);
    let report = dataset.compact(&options()).unwrap();
    assert!(storage.is_done());
    assert_eq!((report.version, report.key_runs_merged), (Some(6), 2));
    model.extend([(3, 3), (0, 4), (1, 4), (5, 4), (29, 5)]);
    model.retain(|id, _| ![6, 14, 2, 4, 7, 8, 9, 28].contains(id));
    let latest = dataset.latest().unwrap().unwrap();
    check(&latest, &model, "after the compaction");
    assert_eq!(latest.manifest().keys.as_ref().unwrap().runs.len(), 4, "one of the compaction, three of the deltas");
    check(&storage.rival().latest().unwrap().unwrap(), &model, "from the medium");

    assert!(latest.manifest().dead_rows() > 0);
    assert_eq!(dataset.compact(&options()).unwrap().key_runs_merged, 4);
    check(&dataset.latest().unwrap().unwrap(), &model, "once more");
    let report = dataset.verify(VerifyScope::AllKept).unwrap();
    assert!(report.is_clean(), "{report:?}");
}

#[test]
fn deltas_that_keep_coming_win() {
    let (storage, dataset, mut model) = loaded();
    for time in 3..7 {
        let rival = storage.rival();
        storage.plan([Box::new(move || drop(delta(&rival, &rows([1], time), &[time], time).unwrap())) as Act]);
        model.insert(1, time);
        model.remove(&time);
    }
    let error = dataset.compact(&options()).unwrap_err();
    assert!(storage.is_done() && error.is_retryable(), "{error}");
    check(&dataset.latest().unwrap().unwrap(), &model, "after the conflict");
    assert!(dataset.compact(&options()).unwrap().version.is_some());
    check(&dataset.latest().unwrap().unwrap(), &model, "at last");
}

#[test]
fn rows_that_are_appended_are_kept() -> Result<(), Error> {
    let storage = Interrupted::new();
    let dataset = open(&storage, 1)?.dataset(DATASET);
    commit_full(&dataset, &[1, 2, 3])?;
    commit_append(&dataset, &[4])?;
    let rival = storage.rival();
    storage.plan([Box::new(move || drop(commit_append(&rival, &[5, 6]).unwrap())) as Act]);
    assert_eq!(dataset.compact(&options())?.version, Some(4));
    assert_eq!(latest_ids(&dataset)?, [5, 6, 4, 3, 2, 1]);
    Ok(())
}

/// Whatever else happens is a conflict; what happened stays, and the next compaction goes through.
#[track_caller]
fn conflicts(happens: impl FnOnce(&DatasetStore) + Send + 'static) -> DatasetStore {
    let (storage, dataset, _) = loaded();
    let rival = storage.rival();
    storage.plan([Box::new(move || happens(&rival)) as Act]);
    let error = dataset.compact(&options()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
    assert!(storage.is_done());
    let newest = dataset.latest().unwrap().unwrap().version();
    assert_eq!(storage.rival().latest().unwrap().unwrap().version(), newest);
    dataset
}

#[test]
fn full_loads_and_restored_versions_win() {
    let loaded_anew = rows(50..60, 9);
    let model: Model = loaded_anew.iter().copied().collect();
    let dataset = conflicts(move |rival| drop(load(rival, &loaded_anew).unwrap()));
    check(&dataset.latest().unwrap().unwrap(), &model, "loaded");
    dataset.compact(&options()).unwrap();
    check(&dataset.latest().unwrap().unwrap(), &model, "loaded and compacted");

    let model: Model = rows(0..30, 1).into_iter().collect();
    let dataset = conflicts(|rival| drop(rival.restore(1).unwrap()));
    check(&dataset.latest().unwrap().unwrap(), &model, "restored");
    dataset.compact(&options()).unwrap();
    check(&dataset.latest().unwrap().unwrap(), &model, "restored and compacted");
}

#[test]
fn of_two_compactions_the_first_wins() {
    let (_, _, model) = loaded();
    let dataset = conflicts(|rival| assert!(rival.compact(&options()).unwrap().version.is_some()));
    check(&dataset.latest().unwrap().unwrap(), &model, "compacted by the other");
    assert_eq!(dataset.compact(&options()).unwrap().version, None);
}

#[test]
fn new_columns_and_lost_keys_win() {
    let dataset = conflicts(|rival| {
        let mut fields: Vec<Field> = table::schema().fields().iter().map(|field| field.as_ref().clone()).collect();
        fields.push(Field::new("added", DataType::Int64, true));
        let writer = rival.writer().unwrap();
        let changes = Changes::default();
        let wider = Schema::new(fields);
        writer.commit_changes(Operation::Delta, &wider, changes, &CommitOptions::default()).unwrap();
    });
    let report = dataset.compact(&options()).unwrap();
    let latest = dataset.latest().unwrap().unwrap();
    assert_eq!((report.rows_rewritten, latest.rows(), latest.schema().fields().len()), (29, 29, 4));
    assert!(latest.keys().unwrap().is_some());

    let dataset = conflicts(|rival| {
        let writer = rival.writer().unwrap();
        let rows = table::batch(&rows([70], 3));
        let files = writer.write_parquet(&table::schema(), [Ok::<_, Error>(rows)], &small_layout()).unwrap();
        writer.commit_append(&table::schema(), files, &CommitOptions::default()).unwrap();
    });
    dataset.compact(&options()).unwrap();
    let latest = dataset.latest().unwrap().unwrap();
    assert_eq!((latest.rows(), latest.keys().unwrap().is_some()), (30, false));
}

/// A vacuum has read a version and waits for the lock. Meanwhile another version with the same file came, somebody reads
/// it, and another vacuum has removed both, but for the files, as it saw the reader last.
#[test]
fn what_a_vacuum_has_read_does_not_count_once_another_one_was_there() -> Result<(), Error> {
    let storage = Interrupted::new();
    commit_full(&storage.rival(), &[1])?;
    let held: Arc<Mutex<Option<Arc<Snapshot>>>> = Arc::default();
    let (rival, medium, reader) = (storage.rival(), storage.storage.clone(), Arc::clone(&held));
    let act = move || {
        commit_append(&rival, &[2]).unwrap();
        *reader.lock().unwrap() = open(&medium, 77).unwrap().dataset(DATASET).latest().unwrap();
        commit_full(&rival, &[3]).unwrap();
        for version in 1..=2 {
            medium.remove(&format!("datasets/{DATASET}/manifest/{version:020}.json")).unwrap();
        }
    };
    storage.plan([Box::new(act) as Act]);
    let dataset = open(&storage, 1)?.dataset(DATASET);
    let report = dataset.vacuum()?;
    assert!(storage.is_done());
    assert_eq!((report.removed.len(), report.postponed.len()), (0, 2), "{report:?}");
    let held = held.lock().unwrap().take().expect("read");
    assert_eq!(read_ids(&held)?, [1, 2]);
    drop(held);
    assert_eq!(dataset.vacuum()?.removed.len(), 2);
    assert_eq!(latest_ids(&dataset)?, [3]);
    Ok(())
}
