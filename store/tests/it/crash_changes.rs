//! Promise: deltas and restores are whole or not there, whatever moment the power fails at or the medium refuses: no
//! version has rows that came without those that went, and none lacks a deletion vector it names.

use std::io;
use std::sync::Arc;

use drillcore_store::{
    CrashMode, Error, ErrorKind, FaultKind, FaultRepeat, FaultStorage, MemoryStorage, Storage, Store, VerifyScope,
};

use crate::support::{
    DATASET, HOUR, commit_delta, environment, in_parallel, latest_ids, open, options, read_ids, small_store,
};

#[derive(Debug)]
struct Progress {
    attempted: u64,
    acknowledged: u64,
    operations: u64,
}

impl Progress {
    /// The first version is there before anything can fail.
    fn new() -> Self {
        Self { attempted: 1, acknowledged: 1, operations: 0 }
    }
}

/// The ids each delta deletes and adds, by the version it makes.
fn step(version: u64) -> (Vec<i64>, Vec<i64>) {
    match version {
        // Rows of two files.
        2 => (vec![3, 4, 12, 13, 14], (100..103).collect()),
        // More of the first file, the rest of the second, one of a file that a delta added.
        3 => ([5, 10, 11, 101].into_iter().chain(15..20).collect(), (200..212).collect()),
        // The rest of the first file, and nothing new.
        _ => ([0, 1, 2].into_iter().chain(5..10).collect(), Vec::new()),
    }
}

/// The ids of every version: two deltas, a restore of version 2, another delta.
fn model() -> Vec<Vec<i64>> {
    let mut versions: Vec<Vec<i64>> = vec![(0..25).collect()];
    for version in 2..=5 {
        let now = versions[versions.len() - 1].clone();
        if version == 4 {
            versions.push(versions[1].clone());
            continue;
        }
        let (deleted, added) = step(version);
        versions.push(now.into_iter().filter(|id| !deleted.contains(id)).chain(added).collect());
    }
    versions
}

fn base() -> MemoryStorage {
    small_store(&(0..25).collect::<Vec<i64>>())
}

fn run(storage: &FaultStorage, progress: &mut Progress) -> Result<(), Error> {
    let environment = environment(2);
    let store = Store::open(Arc::new(storage.clone()), options(Arc::clone(&environment)))?;
    let dataset = store.dataset(DATASET);
    for (version, ids) in (1_u64..).zip(&model()).skip(1) {
        environment.advance(HOUR);
        if version == 5 {
            store.vacuum()?;
        }
        progress.attempted = version;
        if version == 4 {
            dataset.restore(2)?;
        } else {
            let (deleted, added) = step(version);
            commit_delta(&dataset, &deleted, &added)?;
        }
        progress.acknowledged = version;
        assert_eq!(&latest_ids(&dataset)?, ids);
    }
    progress.operations = storage.operations();
    Ok(())
}

fn operations(image: &MemoryStorage) -> u64 {
    let mut progress = Progress::new();
    run(&FaultStorage::from_image(image), &mut progress).unwrap();
    progress.operations
}

fn check(storage: &(impl Storage + Clone), progress: &Progress, place: &str) {
    let store = open(storage, 77).unwrap_or_else(|error| panic!("{place}: {error}"));
    let dataset = store.dataset(DATASET);
    let model = model();
    let ids_of = |version: u64| &model[usize::try_from(version).unwrap() - 1];
    let newest = dataset.latest().unwrap().map_or(0, |snapshot| snapshot.version());
    assert!((progress.acknowledged..=progress.attempted).contains(&newest), "{place}: version {newest}");
    for version in dataset.versions().unwrap() {
        let ids = read_ids(&dataset.snapshot(version).unwrap()).unwrap();
        assert_eq!(&ids, ids_of(version), "{place}: version {version}");
    }
    let report = store.verify(VerifyScope::AllKept).unwrap();
    assert!(report.is_clean(), "{place}: {:?}", report.problems);

    let vacuumed = store.vacuum().unwrap();
    assert!(vacuumed.postponed.is_empty() && vacuumed.foreign.is_empty(), "{place}: {vacuumed:?}");
    let report = store.verify(VerifyScope::AllKept).unwrap();
    assert!(report.is_clean() && report.orphans.is_empty(), "{place}: {report:?}");
    assert_eq!(&latest_ids(&dataset).unwrap(), ids_of(newest), "{place}: after vacuum");

    // It goes on from here.
    let gone = ids_of(newest)[0];
    assert_eq!(commit_delta(&dataset, &[gone], &[900]).unwrap().version, newest + 1, "{place}");
    let expected: Vec<i64> = ids_of(newest).iter().copied().skip(1).chain([900]).collect();
    assert_eq!(latest_ids(&dataset).unwrap(), expected, "{place}");
    assert_eq!(dataset.restore(newest).unwrap().version, newest + 2, "{place}");
    assert_eq!(&latest_ids(&dataset).unwrap(), ids_of(newest), "{place}: restored");
}

#[test]
fn power_may_fail_at_every_operation_of_a_delta() {
    let image = base();
    let total = operations(&image);
    assert!(total > 60, "the scenario shrank to {total} operations");
    in_parallel(total + 1, |operation| {
        let storage = FaultStorage::from_image(&image);
        storage.fail_at(operation, FaultRepeat::Persistent, FaultKind::Error(io::ErrorKind::Other));
        let mut progress = Progress::new();
        let outcome = run(&storage, &mut progress);
        assert_eq!(outcome.is_ok(), operation > total, "operation {operation}: {outcome:?}");
        for mode in CrashMode::ALL {
            let place = format!("operation {operation} of {total}, {mode:?}");
            check(&storage.crash(operation << 8, mode), &progress, &place);
        }
    });
}

#[test]
fn every_operation_of_a_delta_may_fail() {
    let image = base();
    let total = operations(&image);
    let kinds = [
        FaultKind::Error(io::ErrorKind::StorageFull),
        FaultKind::ErrorAfterEffect(io::ErrorKind::TimedOut),
        FaultKind::ShortWrite(io::ErrorKind::StorageFull),
    ];
    in_parallel(total, |operation| {
        for kind in kinds {
            for repeat in [FaultRepeat::Once, FaultRepeat::Persistent] {
                let place = format!("operation {operation} of {total}, {kind:?}, {repeat:?}");
                let storage = FaultStorage::from_image(&image);
                storage.fail_at(operation, repeat, kind);
                let mut progress = Progress::new();
                if let Err(error) = run(&storage, &mut progress) {
                    let expected = [ErrorKind::Io, ErrorKind::CommitUnknown];
                    assert!(expected.contains(&error.kind()), "{place}: {error}");
                    assert!(error.path().is_some(), "{place}: {error}");
                } else {
                    assert_eq!(repeat, FaultRepeat::Once, "{place}: nothing failed");
                }
                storage.heal();
                check(&storage, &progress, &place);
            }
        }
    });
}

#[test]
fn a_version_is_never_there_before_its_vectors() {
    let image = base();
    let storage = FaultStorage::from_image(&image);
    run(&storage, &mut Progress::new()).unwrap();
    let trace = storage.trace();
    let place = |operation: &str, path: &str| {
        trace.iter().position(|step| step.starts_with(operation) && step.contains(path)).unwrap()
    };
    let (content, folder, version) =
        (place("sync ", "/dv/"), place("sync_dir ", "/dv"), place("publish ", "/manifest/"));
    assert!(content < folder && folder < version, "{trace:?}");
}
