//! The contract of the storage trait, kept by every implementation alike, but for what a medium without folders and locks
//! cannot do.

use std::io::ErrorKind;
use std::sync::Arc;

use drillcore_store::{FaultOver, FaultStorage, LocalStorage, LockMode, MemoryStorage, Publish, Storage};

fn put(storage: &dyn Storage, path: &str, content: &[u8]) {
    let mut writer = storage.create(path).unwrap();
    writer.write_all(content).unwrap();
    writer.sync_and_close().unwrap();
}

fn names(storage: &dyn Storage, dir: &str) -> Vec<(String, u64, bool)> {
    let mut entries: Vec<_> =
        storage.list(dir).unwrap().into_iter().map(|entry| (entry.name, entry.size, entry.is_dir)).collect();
    entries.sort();
    entries
}

fn check(storage: &dyn Storage) {
    files_are_made_once_and_read_by_position(storage);
    names_are_published_once(storage);
    folders_are_made_listed_and_removed(storage);
    listings_begin_where_they_are_told(storage);
    locks_exclude_each_other(storage);
    paths_stay_inside(storage);
}

/// What is different where there are neither folders nor locks nor open files.
#[cfg(feature = "object-store")]
fn check_objects(storage: &dyn Storage) {
    names_are_published_once(storage);
    listings_begin_where_they_are_told(storage);
    paths_stay_inside(storage);

    put(storage, "file", b"0123456789");
    let mut second = storage.create("file").unwrap();
    second.write_all(b"other").unwrap();
    assert_eq!(second.sync_and_close().unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(storage.read("file").unwrap().as_ref(), b"0123456789");
    assert_eq!(storage.open("nothing").unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(storage.read("nothing").unwrap_err().kind(), ErrorKind::NotFound);
    let file = storage.open("file").unwrap();
    assert_eq!((file.size(), file.is_remote()), (10, true));
    assert_eq!(file.read_at(3, 4).unwrap().as_ref(), b"3456");
    assert_eq!(file.read_at(10, 0).unwrap().len(), 0);
    assert_eq!(file.read_at(8, 3).unwrap_err().kind(), ErrorKind::UnexpectedEof);
    storage.remove("file").unwrap();
    assert_eq!(file.read_at(0, 2).unwrap_err().kind(), ErrorKind::NotFound, "nothing keeps an object");
    storage.remove("file").unwrap();

    assert!(names(storage, "a").is_empty(), "a missing folder is an empty one");
    storage.create_dir("a/b").unwrap();
    storage.sync_dir("a/b").unwrap();
    put(storage, "a/.hidden", b"xyz");
    put(storage, "a/b/below", b"");
    assert_eq!(names(storage, ""), [("a".to_owned(), 0, true)]);
    assert_eq!(names(storage, "a"), [(".hidden".to_owned(), 3, false), ("b".to_owned(), 0, true)]);
    let made = storage.list("a").unwrap();
    assert!(made.iter().all(|entry| entry.is_dir != entry.modified_us.is_some()), "{made:?}");
    for path in ["a/.hidden", "a/b/below", "a/b", "a"] {
        storage.remove(path).unwrap();
    }
    assert!(names(storage, "").is_empty());

    assert!(!storage.has_locks());
    assert_eq!(storage.try_lock("lock", LockMode::Shared).unwrap_err().kind(), ErrorKind::Unsupported);
}

fn files_are_made_once_and_read_by_position(storage: &dyn Storage) {
    put(storage, "file", b"0123456789");
    assert_eq!(storage.create("file").unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(storage.create("missing/file").unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(storage.open("nothing").unwrap_err().kind(), ErrorKind::NotFound);
    let file = storage.open("file").unwrap();
    assert_eq!(file.size(), 10);
    assert_eq!(file.read_at(3, 4).unwrap().as_ref(), b"3456");
    assert_eq!(file.read_at(10, 0).unwrap().len(), 0);
    assert_eq!(file.read_at(8, 3).unwrap_err().kind(), ErrorKind::UnexpectedEof);
    storage.remove("file").unwrap();
    assert_eq!(file.read_at(0, 2).unwrap().as_ref(), b"01", "open handles outlive the name");
    assert_eq!(storage.open("file").unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(storage.remove("file").unwrap_err().kind(), ErrorKind::NotFound);
}

fn names_are_published_once(storage: &dyn Storage) {
    put(storage, "one", b"1");
    put(storage, "two", b"22");
    assert_eq!(storage.publish("one", "final").unwrap(), Publish::Published);
    assert_eq!(storage.publish("two", "final").unwrap(), Publish::AlreadyExists);
    storage.remove("one").unwrap();
    assert_eq!(storage.open("final").unwrap().read_at(0, 1).unwrap().as_ref(), b"1");
    assert_eq!(storage.publish("gone", "other").unwrap_err().kind(), ErrorKind::NotFound);
    storage.remove("final").unwrap();
    storage.remove("two").unwrap();
}

fn folders_are_made_listed_and_removed(storage: &dyn Storage) {
    assert_eq!(storage.list("a").unwrap_err().kind(), ErrorKind::NotFound);
    storage.create_dir("a/b").unwrap();
    storage.create_dir("a/b").unwrap();
    put(storage, "a/.hidden", b"xyz");
    assert_eq!(names(storage, ""), [("a".to_owned(), 0, true)]);
    assert_eq!(names(storage, "a"), [(".hidden".to_owned(), 3, false), ("b".to_owned(), 0, true)]);
    storage.sync_dir("a").unwrap();
    storage.sync_dir("").unwrap();
    assert_eq!(storage.sync_dir("a/missing").unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(storage.remove("a").unwrap_err().kind(), ErrorKind::DirectoryNotEmpty);
    for path in ["a/.hidden", "a/b", "a"] {
        storage.remove(path).unwrap();
    }
    assert!(names(storage, "").is_empty());
}

fn listings_begin_where_they_are_told(storage: &dyn Storage) {
    storage.create_dir("log").unwrap();
    for path in ["log/.tmp", "log/1", "log/2", "log/3"] {
        put(storage, path, b"1");
    }
    let after = |name| storage.list_after("log", name).unwrap().len();
    assert_eq!((after("0"), after("1"), after("3")), (3, 2, 0));
    for path in ["log/.tmp", "log/1", "log/2", "log/3", "log"] {
        storage.remove(path).unwrap();
    }
}

fn locks_exclude_each_other(storage: &dyn Storage) {
    let lock = |mode| storage.try_lock("lock", mode).unwrap();
    let exclusive = lock(LockMode::Exclusive);
    assert!(exclusive.is_some());
    assert!(lock(LockMode::Exclusive).is_none() && lock(LockMode::Shared).is_none());
    drop(exclusive);
    let shared = (lock(LockMode::Shared), lock(LockMode::Shared));
    assert!(shared.0.is_some() && shared.1.is_some());
    assert!(lock(LockMode::Exclusive).is_none());
    drop(shared);
    assert!(lock(LockMode::Exclusive).is_some());
    assert_eq!(names(storage, ""), [("lock".to_owned(), 0, false)]);
    assert_eq!(storage.try_lock("no/lock", LockMode::Shared).unwrap_err().kind(), ErrorKind::NotFound);
    storage.remove("lock").unwrap();
}

fn paths_stay_inside(storage: &dyn Storage) {
    for path in ["../up", "/root", "a//b", "."] {
        let kinds = [
            storage.create(path).map(|_| ()),
            storage.open(path).map(|_| ()),
            storage.publish(path, "x").map(|_| ()),
            storage.publish("x", path).map(|_| ()),
            storage.list(path).map(|_| ()),
            storage.remove(path),
            storage.create_dir(path),
            storage.sync_dir(path),
            storage.try_lock(path, LockMode::Shared).map(|_| ()),
        ]
        .map(|outcome| outcome.unwrap_err().kind());
        assert_eq!(kinds, [ErrorKind::InvalidInput; 9], "{path}");
    }
}

#[test]
fn memory_keeps_the_contract() {
    check(&MemoryStorage::new());
}

#[test]
fn the_faulty_one_keeps_the_contract_as_long_as_it_is_sound() {
    check(&FaultStorage::new());
}

#[test]
fn faults_over_another_storage_keep_its_contract() {
    check(&FaultOver::new(Arc::new(MemoryStorage::new())));
}

#[cfg(feature = "object-store")]
#[test]
fn objects_keep_what_they_can_of_the_contract() {
    use drillcore_store::ObjectStorage;
    use object_store::memory::InMemory;

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    for prefix in ["", "a/longer/prefix"] {
        let storage = ObjectStorage::open(Arc::new(InMemory::new()), prefix, runtime.handle().clone()).unwrap();
        assert!(names(&storage, "").is_empty(), "the probe leaves nothing behind");
        check_objects(&storage);
        check_objects(&FaultOver::new(Arc::new(storage)));
    }
}

#[test]
fn a_local_folder_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let storage = LocalStorage::open(folder.path().join("made/on/the/way")).unwrap();
    assert!(names(&storage, "").is_empty(), "the probe leaves nothing behind");
    check(&storage);
}

#[test]
fn forks_are_independent() {
    let storage = MemoryStorage::new();
    put(&storage, "a", b"1");
    let fork = storage.fork();
    fork.tamper("a", "2");
    storage.tamper("new/b", "3");
    assert_eq!(storage.content("a").unwrap().as_ref(), b"1");
    assert_eq!(fork.paths(), ["a"]);
}
