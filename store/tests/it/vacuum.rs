//! Promise: vacuum removes what nobody needs and nothing that anybody reads or writes.

use std::io;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use drillcore_store::{
    CommitOptions, Error, ErrorKind, FaultKind, FaultOver, FaultRepeat, LocalStorage, LockMode, MemoryStorage,
    Retention, Storage, Store, StoreOptions, VerifyScope,
};

use crate::support::{
    DATASET, HOUR, commit_append, commit_full, environment, latest_ids, open, options, read_ids, schema, write,
};

#[test]
fn versions_past_their_retention_go_with_their_files_and_shared_files_stay() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let store = open(&storage, 1)?;
    let dataset = store.dataset(DATASET);
    for id in 1..=3 {
        commit_full(&dataset, &[id])?;
    }
    commit_append(&dataset, &[4])?;
    let report = store.vacuum()?;
    assert_eq!((report.versions_removed, report.removed.len()), (2, 4), "two manifests, two files: {report:?}");
    assert!(report.bytes_removed > 0);
    assert_eq!(dataset.versions()?, [3, 4]);
    assert_eq!(latest_ids(&dataset)?, [3, 4]);
    let expired = dataset.snapshot(1).unwrap_err();
    assert_eq!(expired.kind(), ErrorKind::VersionExpired);
    assert!(expired.context().contains(&("oldest", "3".to_owned())), "{expired}");
    assert_eq!(store.vacuum()?.removed, Vec::<String>::new(), "nothing is left to do");
    Ok(())
}

#[test]
fn versions_are_kept_for_their_age() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let clock = environment(1);
    let retention = Retention { max_age: HOUR * 3, min_versions: 1 };
    let store = Store::open(Arc::new(storage), options(Arc::clone(&clock)).with_retention(retention))?;
    let dataset = store.dataset(DATASET);
    for id in 1..=5 {
        commit_full(&dataset, &[id])?;
        clock.advance(HOUR);
    }
    // Version 2 was the newest one until three hours ago.
    store.vacuum()?;
    assert_eq!(dataset.versions()?, [2, 3, 4, 5]);
    clock.advance(HOUR * 100);
    store.vacuum()?;
    assert_eq!(dataset.versions()?, [5]);
    Ok(())
}

#[test]
fn readers_keep_their_version_across_a_vacuum_of_another_process() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let writer = open(&storage, 1)?;
    commit_full(&writer.dataset(DATASET), &[1, 2, 3])?;
    let reader = open(&storage, 2)?;
    let held = reader.dataset(DATASET).latest()?.expect("committed");
    for id in 10..15 {
        commit_full(&writer.dataset(DATASET), &[id])?;
    }
    writer.vacuum()?;
    assert_eq!(read_ids(&held)?, [1, 2, 3]);
    assert_eq!(writer.dataset(DATASET).versions()?, [1, 2, 3, 4, 5, 6]);
    // A reader that asks again sees the newest version, though it slept through all others.
    assert_eq!(latest_ids(&reader.dataset(DATASET))?, [14]);
    drop((held, reader));
    writer.vacuum()?;
    assert_eq!(writer.dataset(DATASET).versions()?, [5, 6]);
    Ok(())
}

#[test]
fn readers_of_the_same_process_keep_their_version_too() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let store = open(&storage, 1)?;
    let dataset = store.dataset(DATASET);
    for id in 1..=2 {
        commit_full(&dataset, &[id])?;
    }
    let held = dataset.snapshot(1)?;
    for id in 3..=5 {
        commit_full(&dataset, &[id])?;
    }
    store.vacuum()?;
    assert_eq!(read_ids(&held)?, [1]);
    drop(held);
    store.vacuum()?;
    assert_eq!(dataset.versions()?, [4, 5]);
    Ok(())
}

#[test]
fn files_of_a_writer_at_work_are_postponed_and_those_of_a_dead_one_removed() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let store = open(&storage, 1)?;
    let dataset = store.dataset(DATASET);
    let writer = dataset.writer()?;
    let files = write(&writer, &[1])?;
    let report = open(&storage, 2)?.vacuum()?;
    assert_eq!((report.removed.len(), report.postponed.len()), (0, 1), "{report:?}");
    writer.commit_full(&schema(), files, &CommitOptions::default())?;
    assert_eq!(latest_ids(&dataset)?, [1]);

    let abandoned = write(&writer, &[2, 3])?;
    drop(writer);
    let orphans = store.verify(VerifyScope::Latest)?.orphans;
    assert_eq!(orphans, [format!("datasets/{DATASET}/{}", abandoned[0].path)]);
    assert_eq!(dataset.describe()?.orphan_bytes, abandoned[0].size);
    assert_eq!(store.vacuum()?.removed, orphans);
    assert_eq!(latest_ids(&dataset)?, [1]);
    Ok(())
}

/// A reader may have found its manifest just before vacuum removed it: then it has a lease below the oldest version.
#[test]
fn a_lease_below_the_oldest_version_keeps_files_no_manifest_names() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let store = open(&storage, 1)?;
    commit_full(&store.dataset(DATASET), &[1])?;
    let held = open(&storage, 2)?.dataset(DATASET).latest()?.expect("committed");
    // Vacuum has come as far as removing the manifest.
    commit_full(&store.dataset(DATASET), &[2])?;
    storage.remove(&format!("datasets/{DATASET}/manifest/00000000000000000001.json")).expect("present");
    let report = store.vacuum()?;
    assert_eq!((report.removed.len(), report.postponed.len()), (0, 1), "{report:?}");
    assert_eq!(read_ids(&held)?, [1]);
    drop(held);
    assert_eq!(store.vacuum()?.removed.len(), 1);
    Ok(())
}

/// A vacuum that had looked at the leases before the reader took its own removes the reader's manifest and the next one.
#[test]
fn a_reader_whose_version_and_the_next_are_gone_finds_the_newest() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let store = open(&storage, 1)?;
    commit_full(&store.dataset(DATASET), &[1])?;
    let sleeper = open(&storage, 2)?.dataset(DATASET);
    let held = sleeper.latest()?.expect("committed");
    for id in 2..=3 {
        commit_full(&store.dataset(DATASET), &[id])?;
    }
    for version in 1..=2 {
        storage.remove(&format!("datasets/{DATASET}/manifest/{version:020}.json")).expect("present");
    }
    assert_eq!(latest_ids(&sleeper)?, [3]);
    assert_eq!(read_ids(&held)?, [1]);
    // A writer that slept as long goes on from the newest one, too.
    let writer = open(&storage, 3)?.dataset(DATASET);
    let slept = writer.latest()?.expect("committed");
    for id in 4..=5 {
        commit_full(&store.dataset(DATASET), &[id])?;
    }
    for version in 3..=4 {
        storage.remove(&format!("datasets/{DATASET}/manifest/{version:020}.json")).expect("present");
    }
    assert_eq!(commit_append(&writer, &[6])?.version, 6);
    assert_eq!(latest_ids(&store.dataset(DATASET))?, [5, 6]);
    assert_eq!(read_ids(&slept)?, [3]);
    Ok(())
}

#[test]
fn nothing_is_removed_while_a_version_that_is_kept_cannot_be_read() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let store = open(&storage, 1)?;
    for id in 1..=5 {
        commit_full(&store.dataset(DATASET), &[id])?;
    }
    let kept = format!("datasets/{DATASET}/manifest/00000000000000000004.json");
    let sound = storage.content(&kept).expect("present");
    storage.tamper(&kept, "damaged");
    let files = || storage.paths().into_iter().filter(|path| path.starts_with("datasets/")).collect::<Vec<_>>();
    let before = files();
    assert_eq!(store.vacuum().unwrap_err().kind(), ErrorKind::Corruption);
    assert_eq!(files(), before);
    storage.tamper(&kept, sound);
    // An expired one does not matter.
    storage.tamper(&format!("datasets/{DATASET}/manifest/00000000000000000001.json"), "damaged");
    assert_eq!(store.vacuum()?.versions_removed, 3);
    assert!(store.verify(VerifyScope::AllKept)?.orphans.is_empty());
    Ok(())
}

/// The file of a version of the dataset.
fn manifest(version: u64) -> String {
    format!("datasets/{DATASET}/manifest/{version:020}.json")
}

/// The numbers of the operations that were of this kind, in order.
fn operations(storage: &FaultOver, step: &str) -> Vec<u64> {
    (1..).zip(storage.trace()).filter(|(_, done)| done == step).map(|(operation, _)| operation).collect()
}

fn fail_once(storage: &FaultOver, operation: u64) {
    storage.fail_at(operation, FaultRepeat::Once, FaultKind::Error(io::ErrorKind::Other));
}

/// Four versions of the dataset, all of which are kept for their age, on a medium that fails on request.
fn dataset_of_four() -> Result<(FaultOver, Store), Error> {
    let storage = FaultOver::new(Arc::new(MemoryStorage::new()));
    let retention = Retention { max_age: HOUR, min_versions: 1 };
    let store = Store::open(Arc::new(storage.clone()), options(environment(1)).with_retention(retention))?;
    for id in 1..=4 {
        commit_full(&store.dataset(DATASET), &[id])?;
    }
    Ok((storage, store))
}

/// What cannot be read before the lock is taken is read again under it.
#[test]
fn a_medium_that_fails_is_not_told_as_damage() -> Result<(), Error> {
    let (storage, store) = dataset_of_four()?;
    let before = storage.operations();
    store.vacuum()?;
    let first = operations(&storage, &format!("read {}", manifest(2))).into_iter().find(|at| *at > before).unwrap();

    let (storage, store) = dataset_of_four()?;
    fail_once(&storage, first);
    assert!(store.vacuum()?.removed.is_empty());
    let second = operations(&storage, &format!("read {}", manifest(2))).pop().unwrap();
    assert!(second > first && storage.strikes() == 1);

    let (storage, store) = dataset_of_four()?;
    fail_once(&storage, first);
    let again = storage.clone();
    storage.interrupt_at(first + 1, move || fail_once(&again, second));
    let error = store.vacuum().unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Io, Some(manifest(2).as_str())));
    assert_eq!(store.dataset(DATASET).versions()?, [1, 2, 3, 4]);
    assert!(store.verify(VerifyScope::AllKept)?.is_clean());
    Ok(())
}

/// Vacuum cannot read an expired version. Before that is removed somebody else can, and takes a lease.
#[test]
fn files_of_a_version_that_only_its_reader_could_read_stay() -> Result<(), Error> {
    let begun = || -> Result<(MemoryStorage, FaultOver, Store), Error> {
        let memory = MemoryStorage::new();
        let storage = FaultOver::new(Arc::new(memory.clone()));
        let store = open(&storage, 1)?;
        commit_full(&store.dataset(DATASET), &[1])?;
        commit_append(&store.dataset(DATASET), &[2])?;
        for id in 3..=5 {
            commit_full(&store.dataset(DATASET), &[id])?;
        }
        Ok((memory, storage, store))
    };
    let damage = |memory: &MemoryStorage| memory.tamper(&manifest(2), "damaged");
    let (memory, storage, store) = begun()?;
    damage(&memory);
    assert_eq!(store.vacuum()?.versions_removed, 3);
    let removal = operations(&storage, &format!("remove {}", manifest(1))).pop().unwrap();

    let (memory, storage, store) = begun()?;
    let sound = memory.content(&manifest(2)).expect("present");
    damage(&memory);
    let (reader, elsewhere, (found, held)) = (open(&memory, 2)?, memory.clone(), mpsc::channel());
    storage.interrupt_at(removal, move || {
        elsewhere.tamper(&manifest(2), sound);
        found.send((reader.dataset(DATASET).snapshot(2), reader)).unwrap();
    });
    let report = store.vacuum()?;
    assert_eq!((report.versions_removed, report.removed.len()), (3, 3), "manifests only: {report:?}");
    assert_eq!(report.postponed.len(), 2, "{report:?}");
    let (held, reader) = held.recv().expect("a reader");
    let held = held?;
    assert_eq!(read_ids(&held)?, [1, 2]);
    drop((held, reader));
    assert!(store.vacuum()?.postponed.is_empty());
    assert!(store.verify(VerifyScope::AllKept)?.orphans.is_empty());
    assert_eq!(latest_ids(&store.dataset(DATASET))?, [5]);
    Ok(())
}

#[test]
fn catalog_versions_expire_and_a_sleeping_reader_finds_the_newest() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let (store, sleeper) = (open(&storage, 1)?, open(&storage, 2)?);
    store.catalog().commit(0, "one")?;
    assert_eq!(sleeper.catalog().latest()?.expect("committed").version(), 1);
    for version in 1..6 {
        store.catalog().commit(version, "more")?;
    }
    store.vacuum()?;
    assert_eq!(store.catalog().versions()?, [5, 6]);
    assert_eq!(sleeper.catalog().latest()?.expect("committed").version(), 6);
    assert_eq!(sleeper.catalog().read(2).unwrap_err().kind(), ErrorKind::VersionExpired);
    Ok(())
}

/// Five versions of the catalog, of which two are kept, on a medium that fails on request.
fn catalog_of_five() -> Result<(FaultOver, Store), Error> {
    let storage = FaultOver::new(Arc::new(MemoryStorage::new()));
    let store = open(&storage, 1)?;
    for version in 0..5 {
        store.catalog().commit(version, "more")?;
    }
    Ok((storage, store))
}

#[test]
fn nothing_is_removed_of_a_catalog_that_a_medium_fails_to_read() -> Result<(), Error> {
    let (storage, store) = catalog_of_five()?;
    let before = usize::try_from(storage.operations()).unwrap();
    store.vacuum()?;
    let steps = (1..).zip(storage.trace()).skip(before);
    let reads: Vec<(u64, String)> =
        steps.filter_map(|(at, step)| Some((at, step.strip_prefix("read catalog/")?.to_owned()))).collect();
    assert_eq!(reads.len(), 5, "{reads:?}");
    for (operation, name) in reads {
        for kind in [io::ErrorKind::Other, io::ErrorKind::PermissionDenied] {
            let (storage, store) = catalog_of_five()?;
            storage.fail_at(operation, FaultRepeat::Once, FaultKind::Error(kind));
            let error = store.vacuum().unwrap_err();
            assert_eq!((error.kind(), error.path()), (ErrorKind::Io, Some(format!("catalog/{name}").as_str())));
            assert_eq!(store.catalog().versions()?, [1, 2, 3, 4, 5]);
            store.vacuum()?;
            assert_eq!(store.catalog().versions()?, [4, 5]);
        }
    }
    Ok(())
}

#[test]
fn a_damaged_catalog_version_takes_no_younger_ones_along() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let clock = environment(1);
    let retention = Retention { max_age: HOUR * 3, min_versions: 1 };
    let store = Store::open(Arc::new(storage.clone()), options(Arc::clone(&clock)).with_retention(retention))?;
    for version in 0..5 {
        store.catalog().commit(version, "more")?;
        clock.advance(HOUR);
    }
    // Version 2 was the newest one until version 3 came, three hours ago.
    let damage = |version: u64| storage.tamper(&format!("catalog/{version:020}.json"), "damaged");
    damage(3);
    store.vacuum()?;
    assert_eq!(store.catalog().versions()?, [2, 3, 4, 5]);
    // It is as old as the next one at least, and goes with its age like any other.
    clock.advance(HOUR * 100);
    damage(5);
    store.vacuum()?;
    assert_eq!(store.catalog().versions()?, [4, 5], "no other than version 4 can be read any more");
    Ok(())
}

#[test]
fn leases_of_a_process_that_is_gone_are_swept_from_a_real_folder() {
    let folder = tempfile::tempdir().unwrap();
    let storage = LocalStorage::open(folder.path()).unwrap();
    let defaults = StoreOptions::default().with_lock_timeout(Duration::ZERO);
    let store = Store::open(Arc::new(storage.clone()), defaults).unwrap();
    let dataset = store.dataset(DATASET);
    commit_full(&dataset, &[1]).unwrap();
    let leases = || storage.list("leases").unwrap().len();
    assert_eq!(leases(), 1);
    let dead = format!("leases/{DATASET}.00000000000000000001.{}", uuid::Uuid::from_u128(1));
    drop(storage.try_lock(&dead, LockMode::Exclusive).unwrap());
    assert_eq!(leases(), 2);
    store.vacuum().unwrap();
    assert_eq!(leases(), 1, "ours stays");
    drop((dataset, store));
    assert_eq!(leases(), 0);
}
