//! The commit protocol, one outcome at a time.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::{Health, NumberedLog};
use crate::context::Context;
use crate::env::SeededEnvironment;
use crate::error::ErrorKind;
use crate::lockless::Lockless;
use crate::options::Retention;
use crate::seal::{seal, unseal};
use crate::storage::{FaultKind, FaultRepeat, FaultStorage, MemoryStorage, Publish, Storage, StorageEntry};
use crate::storage::{LockMode, StorageFile, StorageLock, StorageWriter};

fn log_on(storage: Arc<dyn Storage>, seed: u64) -> NumberedLog {
    let context = Context {
        storage,
        env: Arc::new(SeededEnvironment::new(seed, 1_000)),
        retention: Retention::default(),
        lock_timeout: Duration::ZERO,
        key_cache_bytes: 0,
        lockless: Lockless::default(),
        writer_features: Vec::new(),
    };
    NumberedLog::new(Arc::new(context), "catalog".to_owned(), Health::default())
}

/// Commits on top of whatever is newest.
pub(super) fn commit(log: &NumberedLog, body: &str) -> crate::Result<u64> {
    let guard = log.lock()?;
    let newest = log.newest()?;
    let previous = log.read_raw(newest)?.map(|raw| raw.header);
    log.commit(&guard, previous.as_ref(), body.to_owned()).map(|(header, _)| header.version)
}

pub(super) fn body(log: &NumberedLog, version: u64) -> String {
    log.read_kept::<String>(version).unwrap().body
}

/// Operation number of the first publish of a commit, found by a dry run.
fn publish_operation(storage: &FaultStorage) -> u64 {
    let position = storage.trace().iter().rposition(|step| step.starts_with("publish")).unwrap();
    u64::try_from(position).unwrap() + 1
}

fn dry_run() -> u64 {
    let storage = FaultStorage::new();
    commit(&log_on(Arc::new(storage.clone()), 1), "one").unwrap();
    publish_operation(&storage)
}

fn run_with(operation: u64, repeat: FaultRepeat, kind: FaultKind) -> (FaultStorage, NumberedLog, crate::Result<u64>) {
    let storage = FaultStorage::new();
    let log = log_on(Arc::new(storage.clone()), 1);
    storage.fail_at(operation, repeat, kind);
    let outcome = commit(&log, "one");
    storage.heal();
    (storage, log, outcome)
}

#[test]
fn versions_count_up_and_times_increase_though_the_clock_stands() {
    let log = log_on(Arc::new(MemoryStorage::new()), 1);
    for expected in 1..=3 {
        assert_eq!(commit(&log, &format!("body {expected}")).unwrap(), expected);
    }
    assert_eq!(log.versions().unwrap(), [1, 2, 3]);
    assert_eq!(body(&log, 2), "body 2");
    let times: Vec<i64> =
        (1..=3).map(|version| log.read_raw(version).unwrap().unwrap().header.committed_at_us).collect();
    assert_eq!(times, [1_000, 1_001, 1_002]);
    assert_eq!(log.newer_than(2).unwrap(), Some(3));
    assert_eq!(log.newer_than(3).unwrap(), None);
}

#[test]
fn a_link_that_failed_without_effect_is_tried_again() {
    let (_, log, outcome) = run_with(dry_run(), FaultRepeat::Once, FaultKind::Error(io::ErrorKind::Other));
    assert_eq!(outcome.unwrap(), 1);
    assert_eq!(commit(&log, "two").unwrap(), 2);
}

#[test]
fn a_link_that_happened_and_failed_all_the_same_is_a_success() {
    for kind in [FaultKind::ErrorAfterEffect(io::ErrorKind::TimedOut), FaultKind::RepeatedPublish] {
        let (_, log, outcome) = run_with(dry_run(), FaultRepeat::Once, kind);
        assert_eq!(outcome.unwrap(), 1);
        assert_eq!(body(&log, 1), "one");
        assert_eq!(commit(&log, "two").unwrap(), 2);
    }
}

#[test]
fn an_outcome_nobody_can_read_is_unknown_and_poisons_the_handle() {
    let kind = FaultKind::ErrorAfterEffect(io::ErrorKind::Other);
    let (storage, log, outcome) = run_with(dry_run(), FaultRepeat::Persistent, kind);
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::CommitUnknown);
    assert_eq!(commit(&log, "two").unwrap_err().kind(), ErrorKind::Poisoned);
    assert!(storage.trace().iter().all(|step| !step.starts_with("remove")), "nothing may be deleted");
    // Reading goes on, and a new handle finds out.
    assert_eq!(body(&log, 1), "one");
    assert_eq!(commit(&log_on(Arc::new(storage), 2), "two").unwrap(), 2);
}

#[test]
fn failed_syncs_poison_and_failed_writes_do_not() {
    let publish = dry_run();
    let error = |operation| {
        let (_, log, outcome) = run_with(operation, FaultRepeat::Once, FaultKind::Error(io::ErrorKind::StorageFull));
        (outcome.unwrap_err().kind(), commit(&log, "again").map_err(|error| error.kind()))
    };
    assert_eq!(error(publish - 3), (ErrorKind::Io, Ok(1)), "create");
    assert_eq!(error(publish - 2), (ErrorKind::Io, Ok(1)), "write");
    assert_eq!(error(publish - 1), (ErrorKind::Io, Err(ErrorKind::Poisoned)), "sync of the file");
    let (storage, log, outcome) =
        run_with(publish + 2, FaultRepeat::Once, FaultKind::Error(io::ErrorKind::StorageFull));
    assert!(storage.trace()[usize::try_from(publish).unwrap() + 1].starts_with("sync_dir"));
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::CommitUnknown, "sync of the folder");
    assert_eq!(commit(&log, "again").unwrap_err().kind(), ErrorKind::Poisoned);
}

/// A storage on which another writer, who knows nothing of locks, commits right before every link.
#[derive(Debug)]
struct Rival(MemoryStorage);

impl Storage for Rival {
    fn create(&self, path: &str) -> io::Result<Box<dyn StorageWriter>> {
        self.0.create(path)
    }
    fn open(&self, path: &str) -> io::Result<Arc<dyn StorageFile>> {
        self.0.open(path)
    }
    fn publish(&self, from: &str, to: &str) -> io::Result<Publish> {
        let sealed = self.0.content(from).unwrap();
        let mut version: serde_json::Value = serde_json::from_slice(unseal(&sealed, from).unwrap()).unwrap();
        version["header"]["commit_id"] = serde_json::json!(uuid::Uuid::from_u128(99));
        self.0.tamper(to, seal(&serde_json::to_vec(&version).unwrap()));
        self.0.publish(from, to)
    }
    fn list(&self, dir: &str) -> io::Result<Vec<StorageEntry>> {
        self.0.list(dir)
    }
    fn remove(&self, path: &str) -> io::Result<()> {
        self.0.remove(path)
    }
    fn create_dir(&self, dir: &str) -> io::Result<()> {
        self.0.create_dir(dir)
    }
    fn sync_dir(&self, dir: &str) -> io::Result<()> {
        self.0.sync_dir(dir)
    }
    fn try_lock(&self, path: &str, mode: LockMode) -> io::Result<Option<Box<dyn StorageLock>>> {
        self.0.try_lock(path, mode)
    }
}

#[test]
fn a_lost_race_is_a_retryable_conflict_that_leaves_the_winner_alone() {
    let storage = MemoryStorage::new();
    let log = log_on(Arc::new(Rival(storage.clone())), 1);
    let error = commit(&log, "one").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.is_retryable());
    let winner = log.read_raw(1).unwrap().unwrap().header.commit_id;
    assert_eq!(winner, uuid::Uuid::from_u128(99));
    assert_eq!(storage.paths(), ["catalog/.lock", "catalog/00000000000000000001.json"], "the temporary file is gone");
}

#[test]
fn a_held_lock_is_a_conflict() {
    let storage = MemoryStorage::new();
    let (one, other) = (log_on(Arc::new(storage.clone()), 1), log_on(Arc::new(storage), 2));
    let guard = one.lock().unwrap();
    assert_eq!(commit(&other, "x").unwrap_err().kind(), ErrorKind::Conflict);
    drop(guard);
    assert_eq!(commit(&other, "x").unwrap(), 1);
}

#[test]
fn versions_under_a_wrong_number_and_of_unknown_formats_are_refused() {
    let storage = MemoryStorage::new();
    let log = log_on(Arc::new(storage.clone()), 1);
    commit(&log, "one").unwrap();
    let sealed = storage.content(&log.path_of(1)).unwrap();
    storage.tamper(&log.path_of(2), sealed.clone());
    assert_eq!(log.read_raw(2).unwrap_err().kind(), ErrorKind::Corruption);

    let content: serde_json::Value = serde_json::from_slice(unseal(&sealed, "").unwrap()).unwrap();
    let refused = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut changed = content.clone();
        change(&mut changed);
        storage.tamper(&log.path_of(1), seal(&serde_json::to_vec(&changed).unwrap()));
        log.read::<String>(1).map(|_| ()).map_err(|error| error.kind())
    };
    assert_eq!(refused(&|version| version["header"]["format_version"] = 2.into()), Err(ErrorKind::UnsupportedFormat));
    assert_eq!(
        refused(&|version| version["header"]["reader_features"] = serde_json::json!(["rollups"])),
        Err(ErrorKind::UnsupportedFormat)
    );
    assert_eq!(refused(&|version| version["body"] = serde_json::json!({})), Err(ErrorKind::UnsupportedFormat));
    assert_eq!(refused(&|version| version["header"]["news"] = true.into()), Ok(()), "fields nobody must know");
    assert_eq!(refused(&|version| version["header"]["writer_features"] = serde_json::json!(["keys"])), Ok(()));
    storage.remove(&log.path_of(2)).unwrap();
    assert_eq!(commit(&log, "two").unwrap_err().kind(), ErrorKind::UnsupportedFormat, "reads but does not write");
}

#[test]
fn absent_versions_say_why() {
    let log = log_on(Arc::new(MemoryStorage::new()), 1);
    for number in 1..=5 {
        commit(&log, &number.to_string()).unwrap();
    }
    let guard = log.lock().unwrap();
    assert_eq!(log.remove_below(&guard, 4).unwrap().len(), 3);
    let expired = log.read_kept::<String>(2).unwrap_err();
    assert_eq!(expired.kind(), ErrorKind::VersionExpired);
    assert!(expired.context().contains(&("oldest", "4".to_owned())));
    assert_eq!(log.read_kept::<String>(6).unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(log.newer_than(1).unwrap(), Some(5), "known and all after it are gone");
}
