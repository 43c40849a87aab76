//! Promise: whatever moment the power fails at, and whatever unsynced bytes and folder entries survive it, every
//! acknowledged commit is there, no version is a mixture, and nothing needs repair.

use std::sync::Arc;
use std::time::{Duration, Instant};

use drillcore_store::{CrashMode, FaultKind, FaultRepeat, FaultStorage, LocalStorage, Store, StoreOptions};

use crate::life::{OF_LOADS, cut_power, images};
use crate::scenario::{Loads, Progress, check, operations, run};
use crate::support::{DATASET, commit_full, in_parallel, latest_ids, open};

#[test]
fn power_may_fail_at_every_operation() {
    let total = operations();
    assert!(total > 100, "the scenario shrank to {total} operations");
    let wanted = images(OF_LOADS);
    cut_power("loads and appends", &Loads, wanted).expect("loads and appends", wanted);
}

#[test]
fn power_may_fail_again_while_the_store_is_looked_after() {
    let total = operations();
    // A first crash near the end leaves orphans; a second one hits the run that would clean them up.
    let first = FaultStorage::new();
    first.fail_at(total - 8, FaultRepeat::Persistent, FaultKind::Error(std::io::ErrorKind::Other));
    let mut progress = Progress::default();
    assert!(run(&first, &mut progress).is_err());
    let image = first.crash(1, CrashMode::Keep);
    let clean_up = |storage: &FaultStorage| open(storage, 5).and_then(|store| store.vacuum());
    let dry = FaultStorage::from_image(&image);
    clean_up(&dry).unwrap();
    in_parallel(dry.operations(), |operation| {
        let second = FaultStorage::from_image(&image);
        second.fail_at(operation, FaultRepeat::Persistent, FaultKind::Error(std::io::ErrorKind::Other));
        let _interrupted = clean_up(&second);
        for mode in CrashMode::ALL {
            check(&second.crash(operation, mode), &progress, &format!("second crash at {operation}, {mode:?}"));
        }
    });
}

#[test]
fn the_same_seed_makes_the_same_store_byte_for_byte() {
    let content = || {
        let storage = FaultStorage::new();
        run(&storage, &mut Progress::default()).unwrap();
        let image = storage.crash(0, CrashMode::Keep);
        image.paths().into_iter().map(|path| (path.clone(), image.content(&path))).collect::<Vec<_>>()
    };
    assert_eq!(content(), content());
}

/// There is no log to replay, so what opening takes follows from the newest version alone.
#[test]
fn a_version_of_a_hundred_files_is_open_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Store::open(Arc::new(LocalStorage::open(folder.path()).unwrap()), StoreOptions::default()).unwrap();
    let ids: Vec<i64> = (0..1_000).collect();
    commit_full(&open().dataset(DATASET), &ids).unwrap();
    let started = Instant::now();
    let dataset = open().dataset(DATASET);
    let newest = dataset.latest().unwrap().unwrap();
    let took = started.elapsed();
    assert_eq!(newest.files().len(), 100);
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert_eq!(latest_ids(&dataset).unwrap(), ids);
}
