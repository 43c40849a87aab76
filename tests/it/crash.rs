//! Power cuts: for every operation of the storage during a sync, whatever the medium may hold afterwards opens without
//! repair, answers with the old content or the new and never a mix, and takes the next sync.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;

use drillcore::{Dataset, Engine};
use drillcore_store::{CrashMode, FaultKind, FaultRepeat, FaultStorage, MemoryStorage};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;
use serde_json::{Value, json};

use crate::run::setting;

/// Rows enough for more than one group of the answer.
const ROWS: u64 = 400;

fn write_source(path: &Path, version: u64) {
    let mut text = "group,number,check\n".to_owned();
    for number in 0..ROWS + version * 7 {
        text += &format!("g{},{number},{}\n", number % 9, version * 1_000_003 + number);
    }
    File::create(path).and_then(|mut file| file.write_all(text.as_bytes())).expect("a source file");
}

fn open(storage: &FaultStorage) -> Result<Db, drillcore::Error> {
    block_on(Engine::builder().threads(1).storage(Arc::new(storage.clone()))).map(Db::from)
}

/// All rows, so that a mix of two versions cannot look like one of them.
fn rows(db: &Db) -> Value {
    let query = json!({
        "dataset_id": "numbers",
        "dimensions": [{"column_id": "number", "as": "n"}, {"column_id": "group"}, {"column_id": "check"}],
        "order": [{"by": "n"}],
        "options": {"rollup_data": false},
    });
    let answer = db.ask(&query.to_string()).unwrap_or_else(|error| panic!("{error}"));
    serde_json::from_str(&answer.data_json()).expect("JSON")
}

/// The rows of a version, as an engine that never crashed gives them.
fn expected(path: &Path, version: u64) -> Value {
    write_source(path, version);
    let db = Db::in_memory().expect("an engine");
    db.create(Dataset::csv("numbers", path)).expect("a dataset");
    rows(&db)
}

fn accelerate(db: &Db) -> Result<(), drillcore::Error> {
    db.accelerate("numbers", &["group".to_owned()]).map(drop)
}

fn sync(db: &Db) -> Result<(), drillcore::Error> {
    db.sync("numbers").map(drop)
}

/// What the medium holds when everything was synced.
fn settled(storage: &FaultStorage) -> MemoryStorage {
    storage.crash(0, CrashMode::Keep)
}

/// A case: work on a store, and what may be seen while it is under way and after it.
struct Case<'a> {
    before: MemoryStorage,
    work: fn(&Db) -> Result<(), drillcore::Error>,
    old: &'a Value,
    new: &'a Value,
}

impl Case<'_> {
    /// How many operations the work takes once the store is open.
    fn operations(&self) -> (u64, u64) {
        let storage = FaultStorage::from_image(&self.before);
        let db = open(&storage).expect("a store");
        let first = storage.operations();
        (self.work)(&db).expect("work without a fault");
        (first, storage.operations())
    }

    /// The power fails before operation `at`, or right after it if `after`.
    fn crash(&self, at: u64, after: bool, seed: u64) {
        let storage = FaultStorage::from_image(&self.before);
        let db = open(&storage).expect("a store");
        let lost = ErrorKind::Other;
        if after {
            storage.fail_at(at, FaultRepeat::Once, FaultKind::ErrorAfterEffect(lost));
        } else {
            storage.fail_at(at, FaultRepeat::Persistent, FaultKind::Error(lost));
        }
        let done = (self.work)(&db).is_ok();
        let trace = storage.trace();
        let place = trace.get(at as usize - 1).cloned().unwrap_or_default();
        for (number, mode) in CrashMode::ALL.into_iter().enumerate() {
            let image = storage.crash(seed.wrapping_add(at), mode);
            let context = format!("operation {at} ({place}), after its effect: {after}, mode {mode:?}, seed {seed}");
            // The next sync takes longer than all the rest, so every third image gets one; each mode in its turn.
            self.check(&image, done, (at as usize + number).is_multiple_of(3), &context);
        }
    }

    fn check(&self, image: &MemoryStorage, done: bool, again: bool, context: &str) {
        let storage = FaultStorage::from_image(image);
        let db = open(&storage).unwrap_or_else(|error| panic!("{context}: the store does not open: {error}"));
        let seen = rows(&db);
        assert!(seen == *self.old || seen == *self.new, "{context}: neither the old nor the new content");
        assert!(!done || seen == *self.new, "{context}: the work was done, and its content is lost");
        if again {
            (self.work)(&db).unwrap_or_else(|error| panic!("{context}: the next sync fails: {error}"));
            assert!(rows(&db) == *self.new, "{context}: after the next sync the content is another");
        }
    }

    fn every_operation(&self) {
        let (first, last) = self.operations();
        assert!(last > first + 10, "a sync of {} operations", last - first);
        for seed in 0..setting("DRILLCORE_CRASH_SEEDS", 1) {
            // One past the last: the work is done, and must last.
            for at in first + 1..=last + 1 {
                self.crash(at, false, seed);
            }
            for at in first + 1..=last {
                self.crash(at, true, seed);
            }
        }
    }
}

#[test]
fn a_power_cut_in_the_first_sync_loses_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("numbers.csv");
    let content = expected(&path, 1);
    let storage = FaultStorage::new();
    let db = open(&storage).expect("a store");
    db.create(Dataset::csv("numbers", &path)).expect("a dataset");
    drop(db);
    // Not synced yet, the dataset is read from its source, so old and new are the same.
    Case { before: settled(&storage), work: accelerate, old: &content, new: &content }.every_operation();
}

#[test]
fn a_power_cut_in_a_later_sync_leaves_the_old_content_or_the_new() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("numbers.csv");
    let (new, old) = (expected(&path, 2), expected(&path, 1));
    let storage = FaultStorage::new();
    let db = open(&storage).expect("a store");
    db.create(Dataset::csv("numbers", &path)).expect("a dataset");
    accelerate(&db).expect("a first sync");
    assert_eq!(rows(&db), old);
    drop(db);
    write_source(&path, 2);
    Case { before: settled(&storage), work: sync, old: &old, new: &new }.every_operation();
}
