//! The model itself must lose and keep the right things, or every crash test above it proves nothing.

use std::io;
use std::sync::Arc;

use super::{CrashMode, FaultKind, FaultOver, FaultRepeat, FaultStorage};
use crate::storage::{LockMode, MemoryStorage, Publish, Storage};

fn write(storage: &FaultStorage, path: &str, bytes: &[u8], sync: bool) -> io::Result<()> {
    let mut writer = storage.create(path)?;
    writer.write_all(bytes)?;
    if sync { writer.sync_and_close() } else { Ok(()) }
}

fn image(storage: &FaultStorage, mode: CrashMode) -> Vec<(String, Vec<u8>)> {
    let image = storage.crash(3, mode);
    image.paths().into_iter().map(|path| (path.clone(), image.content(&path).unwrap().to_vec())).collect()
}

#[test]
fn a_name_survives_only_with_its_folder_synced_and_bytes_only_with_their_file_synced() {
    let storage = FaultStorage::new();
    storage.create_dir("d").unwrap();
    write(&storage, "d/synced", b"one", true).unwrap();
    write(&storage, "d/unsynced", b"two", false).unwrap();
    assert!(image(&storage, CrashMode::Lose).is_empty());
    let keep = [("d/synced".to_owned(), b"one".to_vec()), ("d/unsynced".to_owned(), b"two".to_vec())];
    assert_eq!(image(&storage, CrashMode::Keep), keep);
    storage.sync_dir("d").unwrap();
    let lose = [("d/synced".to_owned(), b"one".to_vec()), ("d/unsynced".to_owned(), Vec::new())];
    assert_eq!(image(&storage, CrashMode::Lose), lose);
    let zeroed = [("d/synced".to_owned(), b"one".to_vec()), ("d/unsynced".to_owned(), vec![0; 3])];
    assert_eq!(image(&storage, CrashMode::ZeroFill), zeroed);
    storage.remove("d/synced").unwrap();
    assert_eq!(image(&storage, CrashMode::Lose), lose);
    assert_eq!(image(&storage, CrashMode::Keep).len(), 1);
}

#[test]
fn torn_and_garbage_images_touch_unsynced_bytes_only() {
    let storage = FaultStorage::new();
    let original = [7_u8; 2000];
    write(&storage, "synced", &original, true).unwrap();
    write(&storage, "unsynced", &original, false).unwrap();
    storage.sync_dir("").unwrap();
    let (mut shortest, mut changed) = (2000, 0);
    for seed in 0..20 {
        let torn = storage.crash(seed, CrashMode::Torn);
        shortest = shortest.min(torn.content("unsynced").unwrap().len());
        let garbage = storage.crash(seed, CrashMode::Garbage);
        changed += usize::from(garbage.content("unsynced").unwrap()[..] != original[..]);
        for image in [torn, garbage] {
            assert_eq!(image.content("synced").unwrap()[..], original[..]);
        }
    }
    assert!(shortest < 2000 && shortest % 512 == 0);
    assert!(changed > 10);
}

#[test]
fn the_same_seed_gives_the_same_image() {
    let storage = FaultStorage::new();
    for number in 0..20 {
        write(&storage, &format!("file{number}"), &[1; 700], false).unwrap();
    }
    let paths = |seed| storage.crash(seed, CrashMode::Subset).paths();
    assert_eq!(paths(5), paths(5));
    assert!((0..5).any(|seed| paths(seed) != paths(5)));
}

#[test]
fn faults_strike_at_their_operation_before_or_after_its_effect() {
    let storage = FaultStorage::new();
    storage.fail_at(1, FaultRepeat::Once, FaultKind::Error(io::ErrorKind::StorageFull));
    assert_eq!(storage.create("a").unwrap_err().kind(), io::ErrorKind::StorageFull);
    write(&storage, "a", b"x", true).unwrap();
    storage.fail_at(5, FaultRepeat::Persistent, FaultKind::ErrorAfterEffect(io::ErrorKind::Other));
    assert!(storage.publish("a", "b").is_err());
    assert!(storage.list("").is_err());
    storage.heal();
    assert_eq!(storage.publish("a", "b").unwrap(), Publish::AlreadyExists);
    storage.fail_at(8, FaultRepeat::Once, FaultKind::RepeatedPublish);
    assert_eq!(storage.publish("a", "c").unwrap(), Publish::AlreadyExists);
    assert_eq!(storage.open("c").unwrap().size(), 1);
    assert_eq!(storage.operations(), 9);
    assert_eq!(storage.trace().last().map(String::as_str), Some("open c"));
}

#[test]
fn a_short_write_leaves_half() {
    let storage = FaultStorage::new();
    storage.fail_at(2, FaultRepeat::Once, FaultKind::ShortWrite(io::ErrorKind::StorageFull));
    assert!(write(&storage, "a", b"abcd", true).is_err());
    assert_eq!(storage.open("a").unwrap().size(), 2);
}

#[test]
fn a_short_read_gives_half_and_does_not_say_so() {
    let storage = FaultStorage::new();
    write(&storage, "a", b"abcd", true).unwrap();
    storage.fail_at(4, FaultRepeat::Persistent, FaultKind::ShortRead);
    let file = storage.open("a").unwrap();
    assert_eq!((file.size(), storage.strikes()), (4, 0), "only reads are short");
    assert_eq!(file.read_at(0, 4).unwrap()[..], b"ab"[..]);
    assert_eq!(file.read_at(1, 2).unwrap()[..], b"b"[..]);
    assert_eq!((storage.read("a").unwrap().len(), storage.strikes()), (2, 3));
    storage.heal();
    assert_eq!((file.read_at(0, 4).unwrap().len(), storage.strikes()), (4, 3));
    storage.fail_at(storage.operations() + 1, FaultRepeat::Once, FaultKind::ShortRead);
    assert_eq!((storage.strikes(), file.read_at(0, 4).unwrap().len()), (0, 2));
    assert_eq!((storage.strikes(), file.read_at(0, 4).unwrap().len()), (1, 4));
}

#[test]
fn reads_over_another_storage_are_short_as_well() {
    let medium = MemoryStorage::new();
    medium.tamper("a", "abcd");
    let storage = FaultOver::new(Arc::new(medium));
    storage.fail_at(1, FaultRepeat::Persistent, FaultKind::ShortRead);
    assert_eq!(storage.read("a").unwrap()[..], b"ab"[..]);
    let file = storage.open("a").unwrap();
    assert_eq!((file.size(), storage.list("").unwrap().len(), storage.strikes()), (4, 1, 1));
    assert_eq!(file.read_at(1, 2).unwrap()[..], b"b"[..]);
    assert_eq!(storage.strikes(), 2);
}

#[test]
fn an_image_becomes_a_storage_again_without_locks() {
    let storage = FaultStorage::new();
    storage.create_dir("x/y").unwrap();
    write(&storage, "x/y/z", b"zz", true).unwrap();
    let lock = storage.try_lock("x/.lock", LockMode::Exclusive).unwrap();
    assert!(lock.is_some());
    assert!(storage.try_lock("x/.lock", LockMode::Shared).unwrap().is_none());
    let again = FaultStorage::from_image(&storage.crash(0, CrashMode::Keep));
    assert!(again.try_lock("x/.lock", LockMode::Exclusive).unwrap().is_some());
    assert_eq!(image(&again, CrashMode::Lose), image(&storage, CrashMode::Keep));
}
