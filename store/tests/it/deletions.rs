//! Promise: deletion vectors are read once, shared by the versions that have them, checked before a row is returned, and
//! known to whoever looks after the store.

use std::sync::Arc;

use drillcore_store::{
    Changes, CommitOptions, DeletionVector, ErrorKind, MemoryStorage, Operation, Snapshot, Storage, VerifyScope,
};

use crate::support::{
    DATASET, commit_append, commit_delta, commit_full, latest_ids, open, path_ending, read_ids, schema, small_store,
};

/// Three files of ten, ten and five rows, with rows deleted in the first two.
fn store_with_deletions() -> MemoryStorage {
    let storage = small_store(&(0..25).collect::<Vec<i64>>());
    let store = open(&storage, 2).unwrap();
    commit_delta(&store.dataset(DATASET), &[0, 3, 4, 17], &[]).unwrap();
    storage
}

fn vectors(storage: &MemoryStorage) -> String {
    path_ending(storage, ".bin")
}

#[test]
fn a_vector_is_read_once_and_shared_with_later_versions() {
    let storage = store_with_deletions();
    let dataset = open(&storage, 3).unwrap().dataset(DATASET);
    let of = |snapshot: &Snapshot, index: usize| snapshot.deletions(index).unwrap();
    let second = dataset.latest().unwrap().unwrap();
    let (first_file, second_file) = (of(&second, 0).unwrap(), of(&second, 1).unwrap());
    assert!(Arc::ptr_eq(&first_file, &of(&second, 0).unwrap()));
    assert_eq!(of(&second, 2), None);
    assert_eq!(second.deletions(3).unwrap_err().kind(), ErrorKind::InvalidInput);
    let third = commit_delta(&dataset, &[5], &[]).unwrap().snapshot;
    assert!(Arc::ptr_eq(&second_file, &of(&third, 1).unwrap()), "the same rows of the file are deleted");
    assert_eq!(of(&third, 0).unwrap().rows().collect::<Vec<_>>(), [0, 3, 4, 5]);
    assert_eq!(first_file.rows().collect::<Vec<_>>(), [0, 3, 4], "the version before has its own");
}

#[test]
fn every_changed_byte_of_a_vector_is_noticed_before_rows_are_returned() {
    let storage = store_with_deletions();
    let path = vectors(&storage);
    let sound = storage.content(&path).unwrap();
    let refused = |content: Vec<u8>, what: &str| {
        let fork = storage.fork();
        fork.tamper(&path, content);
        let dataset = open(&fork, 9).unwrap().dataset(DATASET);
        let error = latest_ids(&dataset).expect_err(what);
        assert_eq!((error.kind(), error.path()), (ErrorKind::Corruption, Some(path.as_str())), "{what}: {error}");
        assert_eq!(read_ids(&dataset.snapshot(1).unwrap()).unwrap().len(), 25, "{what}: the version before is sound");
        fork
    };
    for position in 0..sound.len() {
        let mut changed = sound.to_vec();
        changed[position] ^= 1 << (position % 8);
        refused(changed, &format!("position {position}"));
        refused(sound[..position].to_vec(), &format!("cut at {position}"));
    }
    let mut changed = sound.to_vec();
    changed[12] ^= 1;
    let damaged = refused(changed, "reported");
    let report = open(&damaged, 9).unwrap().verify(VerifyScope::AllKept).unwrap();
    let problems: Vec<_> = report.problems.iter().map(|problem| (problem.path.as_str(), problem.kind)).collect();
    assert_eq!(problems, [(path.as_str(), ErrorKind::Corruption)]);
    // Nobody builds on what cannot be read.
    let dataset = open(&damaged, 10).unwrap().dataset(DATASET);
    let writer = dataset.writer().unwrap();
    let path = dataset.snapshot(1).unwrap().files()[0].path.clone();
    let changes = Changes::default().with_deleted(path, DeletionVector::from_rows([1]));
    let outcome = writer.commit_changes(Operation::Delta, &schema(), changes, &CommitOptions::default());
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Corruption);
    assert_eq!(commit_append(&dataset, &[50]).unwrap().version, 3, "an append need not read it");
}

#[test]
fn a_missing_vector_is_noticed_by_name() {
    let storage = store_with_deletions();
    let path = vectors(&storage);
    storage.remove(&path).unwrap();
    let error = latest_ids(&open(&storage, 9).unwrap().dataset(DATASET)).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Corruption, Some(path.as_str())));
}

#[test]
fn verify_and_describe_count_vectors() {
    let storage = store_with_deletions();
    let store = open(&storage, 3).unwrap();
    let dataset = store.dataset(DATASET);
    commit_delta(&dataset, &[24], &[]).unwrap();
    let report = store.verify(VerifyScope::AllKept).unwrap();
    assert_eq!((report.files_checked, report.deletion_vectors_checked, report.rows_checked), (3, 3, 25));
    assert!(report.is_clean() && report.orphans.is_empty(), "{report:?}");
    let latest = store.verify(VerifyScope::Latest).unwrap();
    assert_eq!(latest.deletion_vectors_checked, 3);
    let description = dataset.describe().unwrap();
    let of_versions: Vec<_> = description
        .versions
        .iter()
        .map(|version| (version.rows, version.dead_rows, version.deletion_vectors, version.deletion_bytes > 0))
        .collect();
    assert_eq!(of_versions, [(25, 0, 0, false), (21, 4, 2, true), (20, 5, 3, true)]);
    assert_eq!((description.files, description.orphan_bytes), (5, 0), "three of rows, two of vectors");
}

#[test]
fn vectors_that_no_version_needs_are_orphans_and_go() {
    let storage = store_with_deletions();
    let store = open(&storage, 3).unwrap();
    let dataset = store.dataset(DATASET);
    let path = vectors(&storage);
    // What a commit leaves that was cut short.
    let (dir, _) = path.rsplit_once('/').unwrap();
    let orphan = format!("{dir}/{}.bin", uuid::Uuid::from_u128(77));
    storage.tamper(&orphan, "half a vector");
    let report = store.verify(VerifyScope::AllKept).unwrap();
    assert_eq!(report.orphans, std::slice::from_ref(&orphan));
    assert_eq!(store.vacuum().unwrap().removed, [orphan]);

    commit_delta(&dataset, &[5, 18], &[]).unwrap();
    commit_append(&dataset, &[30]).unwrap();
    let removed = store.vacuum().unwrap().removed;
    assert!(removed.contains(&path), "both vectors of the file were replaced: {removed:?}");
    assert_eq!(dataset.versions().unwrap(), [3, 4]);
    assert_eq!(latest_ids(&dataset).unwrap().len(), 20);
    commit_full(&dataset, &[1]).unwrap();
    commit_full(&dataset, &[2]).unwrap();
    store.vacuum().unwrap();
    assert!(storage.paths().iter().all(|path| !path.contains("/dv/")), "{:?}", storage.paths());
}

#[test]
fn vectors_of_a_version_being_read_stay() {
    let storage = store_with_deletions();
    let reader = open(&storage, 3).unwrap();
    let held = reader.dataset(DATASET).latest().unwrap().unwrap();
    let store = open(&storage, 4).unwrap();
    for id in 40..44 {
        commit_full(&store.dataset(DATASET), &[id]).unwrap();
    }
    store.vacuum().unwrap();
    assert_eq!(read_ids(&held).unwrap().len(), 21);
    drop((held, reader));
    store.vacuum().unwrap();
    assert!(storage.paths().iter().all(|path| !path.contains("/dv/")));
}

#[test]
fn vectors_go_with_their_dataset() {
    let storage = store_with_deletions();
    let store = open(&storage, 3).unwrap();
    assert_eq!(latest_ids(&store.dataset(DATASET)).unwrap().len(), 21);
    store.remove_dataset(DATASET).unwrap();
    assert!(storage.paths().iter().all(|path| !path.starts_with("datasets/")), "{:?}", storage.paths());
}
