//! Promise: what others put into the folder of a store neither disturbs nor disappears, and is reported.

use drillcore_store::VerifyScope;

use crate::support::{DATASET, commit_full, latest_ids, open, small_store};

#[test]
fn foreign_files_and_folders_are_left_alone_and_reported() {
    let storage = small_store(&[1, 2, 3]);
    let dataset = format!("datasets/{DATASET}");
    let junk = [
        ".DS_Store".to_owned(),
        "Thumbs.db".to_owned(),
        "catalog/.DS_Store".to_owned(),
        "catalog/2.json".to_owned(),
        "datasets/readme.txt".to_owned(),
        "datasets/not-an-id/file".to_owned(),
        "leases/unknown".to_owned(),
        format!("{dataset}/.DS_Store"),
        format!("{dataset}/manifest/00000000000000000009.json.bak"),
        format!("{dataset}/data/upload.parquet"),
        format!("{dataset}/data/sub/inner.parquet"),
        format!("{dataset}/digests/x.blk"),
        format!("{dataset}/dv/x.bin"),
        format!("{dataset}/keys/x.run"),
        format!("{dataset}/wal/000001"),
    ];
    for path in &junk {
        storage.tamper(path, "junk");
    }
    let store = open(&storage, 2).unwrap();
    assert_eq!(latest_ids(&store.dataset(DATASET)).unwrap(), [1, 2, 3]);
    assert_eq!(commit_full(&store.dataset(DATASET), &[4]).unwrap().version, 2);

    let verified = store.verify(VerifyScope::AllKept).unwrap();
    assert!(verified.is_clean(), "{:?}", verified.problems);
    assert!(verified.orphans.is_empty(), "{:?}", verified.orphans);
    let vacuumed = store.vacuum().unwrap();
    for path in &junk {
        assert!(storage.content(path).is_some(), "{path} must stay");
        // Foreign folders are reported as a whole.
        let reported =
            |foreign: &Vec<String>| foreign.iter().any(|named| path == named || path.starts_with(&format!("{named}/")));
        assert!(reported(&verified.foreign), "{path} not in {:?}", verified.foreign);
        assert!(reported(&vacuumed.foreign), "{path} not in {:?}", vacuumed.foreign);
    }
}

#[test]
fn a_folder_with_foreign_files_only_becomes_a_store() {
    let storage = drillcore_store::MemoryStorage::new();
    storage.tamper(".DS_Store", "junk");
    let store = open(&storage, 1).unwrap();
    assert_eq!(store.verify(VerifyScope::Latest).unwrap().foreign, [".DS_Store"]);
}
