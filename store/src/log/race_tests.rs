//! Committing without locks: what others do at the worst moment, and time that runs out.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::tests::{body, commit};
use super::{Health, NumberedLog};
use crate::context::Context;
use crate::env::SeededEnvironment;
use crate::error::ErrorKind;
use crate::lockless::Lockless;
use crate::options::Retention;
use crate::storage::{FaultKind, FaultOver, FaultRepeat, MemoryStorage, Storage, WithoutLocks};

const HOUR: Duration = Duration::from_secs(3_600);

/// A log of one process and what it stands on.
struct Process {
    log: NumberedLog,
    clock: Arc<SeededEnvironment>,
}

fn process(storage: Arc<dyn Storage>, seed: u64) -> Process {
    process_at(storage, seed, 1_790_000_000_000_000)
}

fn process_at(storage: Arc<dyn Storage>, seed: u64, now_us: i64) -> Process {
    let clock = Arc::new(SeededEnvironment::new(seed, now_us));
    let context = Context {
        storage,
        env: Arc::clone(&clock) as _,
        retention: Retention::default(),
        lock_timeout: Duration::ZERO,
        key_cache_bytes: 0,
        lockless: Lockless::default(),
        writer_features: Vec::new(),
    };
    Process { log: NumberedLog::new(Arc::new(context), "catalog".to_owned(), Health::default()), clock }
}

fn on(memory: &MemoryStorage, seed: u64) -> NumberedLog {
    process(Arc::new(WithoutLocks(memory.clone())), seed).log
}

fn remove(memory: &MemoryStorage, log: &NumberedLog, versions: &[u64]) {
    for version in versions {
        memory.remove(&log.path_of(*version)).unwrap();
    }
}

/// A version 1, and a process about to make version 2 whose operations can be interrupted.
fn about_to_commit() -> (MemoryStorage, FaultOver, NumberedLog) {
    let memory = MemoryStorage::new();
    commit(&on(&memory, 1), "one").unwrap();
    let faults = FaultOver::new(Arc::new(WithoutLocks(memory.clone())));
    let log = process(Arc::new(faults.clone()), 2).log;
    (memory, faults, log)
}

/// The number of the `nth` operation with a name, in a commit that nothing disturbs.
fn operation(name: &str, nth: usize) -> u64 {
    let (_, faults, log) = about_to_commit();
    commit(&log, "two").unwrap();
    let trace = faults.trace();
    let mut places = (1..).zip(&trace).filter(|(_, step)| step.split(' ').next() == Some(name));
    places.nth(nth).map(|(place, _)| place).unwrap_or_else(|| panic!("{name} {nth} in {trace:?}"))
}

#[test]
fn versions_count_up_and_name_the_one_before() {
    let memory = MemoryStorage::new();
    let (one, other) = (on(&memory, 1), on(&memory, 2));
    assert_eq!(commit(&one, "one").unwrap(), 1);
    assert_eq!(commit(&other, "two").unwrap(), 2);
    assert_eq!(commit(&one, "three").unwrap(), 3);
    let header = |version| one.read_raw(version).unwrap().unwrap().header;
    assert_eq!(header(1).previous, None);
    assert_eq!(header(2).previous, Some(header(1).commit_id));
    assert_eq!(header(3).previous, Some(header(2).commit_id));
    assert!(memory.paths().iter().all(|path| path.ends_with(".json")), "neither locks nor what is on its way");
}

#[test]
fn whoever_lists_later_loses() {
    let (memory, faults, log) = about_to_commit();
    let rival = on(&memory, 3);
    faults.interrupt_at(operation("create", 0), move || assert_eq!(commit(&rival, "theirs").unwrap(), 2));
    let error = commit(&log, "ours").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
    assert_eq!(body(&log, 2), "theirs");
    assert!(!faults.trace().iter().any(|step| step.starts_with("publish")), "nothing was tried");
    assert_eq!(commit(&log, "again").unwrap(), 3);
}

#[test]
fn whoever_creates_later_loses() {
    let (memory, faults, log) = about_to_commit();
    let rival = on(&memory, 3);
    faults.interrupt_at(operation("publish", 0), move || assert_eq!(commit(&rival, "theirs").unwrap(), 2));
    assert_eq!(commit(&log, "ours").unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(body(&log, 2), "theirs");
    assert_eq!(log.versions().unwrap(), [1, 2]);
}

#[test]
fn a_number_that_is_free_because_its_version_was_removed_is_not_taken_again() {
    let (memory, faults, log) = about_to_commit();
    let (rival, taken) = (on(&memory, 3), memory.clone());
    faults.interrupt_at(operation("publish", 0), move || {
        for text in ["two", "three", "four"] {
            commit(&rival, text).unwrap();
        }
        remove(&taken, &rival, &[1, 2, 3]);
    });
    let error = commit(&log, "stray").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
    assert_eq!(log.versions().unwrap(), [4], "what was made under number 2 is gone again");
    assert_eq!(commit(&log, "five").unwrap(), 5);
}

#[test]
fn a_version_that_others_build_upon_at_once_is_a_success() {
    let (memory, faults, log) = about_to_commit();
    let rival = on(&memory, 3);
    faults.interrupt_at(operation("list_after", 1), move || {
        assert_eq!(commit(&rival, "three").unwrap(), 3);
        assert_eq!(commit(&rival, "four").unwrap(), 4);
    });
    assert_eq!(commit(&log, "two").unwrap(), 2);
    assert_eq!((body(&log, 2), body(&log, 4)), ("two".to_owned(), "four".to_owned()));
}

#[test]
fn an_answer_that_got_lost_is_looked_up() {
    let publish = operation("publish", 0);
    for kind in [FaultKind::ErrorAfterEffect(io::ErrorKind::TimedOut), FaultKind::RepeatedPublish] {
        let (_, faults, log) = about_to_commit();
        faults.fail_at(publish, FaultRepeat::Once, kind);
        assert_eq!(commit(&log, "two").unwrap(), 2, "{kind:?}");
        assert_eq!(commit(&log, "three").unwrap(), 3, "{kind:?}");
    }
    let (_, faults, log) = about_to_commit();
    faults.fail_at(publish, FaultRepeat::Once, FaultKind::Error(io::ErrorKind::TimedOut));
    assert_eq!(commit(&log, "two").unwrap(), 2, "tried again");
}

#[test]
fn a_lost_answer_is_a_success_too_if_others_have_built_upon_it() {
    let publish = operation("publish", 0);
    let (memory, faults, log) = about_to_commit();
    faults.fail_at(publish, FaultRepeat::Once, FaultKind::ErrorAfterEffect(io::ErrorKind::TimedOut));
    let rival = on(&memory, 3);
    faults.interrupt_at(publish + 1, move || assert_eq!(commit(&rival, "three").unwrap(), 3));
    assert_eq!(commit(&log, "two").unwrap(), 2);
    assert_eq!(body(&log, 2), "two");
}

#[test]
fn an_outcome_that_cannot_be_confirmed_is_unknown() {
    let confirm = operation("list_after", 1);
    let (_, faults, log) = about_to_commit();
    faults.fail_at(confirm, FaultRepeat::Persistent, FaultKind::Error(io::ErrorKind::TimedOut));
    assert_eq!(commit(&log, "two").unwrap_err().kind(), ErrorKind::CommitUnknown);
    faults.heal();
    assert_eq!(commit(&log, "three").unwrap_err().kind(), ErrorKind::Poisoned);
    assert_eq!(body(&log, 2), "two");
    assert!(!faults.trace().iter().any(|step| step.starts_with("remove")), "nothing may be deleted");
}

#[test]
fn a_listing_that_fails_beforehand_changes_nothing() {
    let before = operation("list_after", 0);
    let (_, faults, log) = about_to_commit();
    faults.fail_at(before, FaultRepeat::Once, FaultKind::Error(io::ErrorKind::TimedOut));
    assert_eq!(commit(&log, "two").unwrap_err().kind(), ErrorKind::Io);
    assert_eq!(log.versions().unwrap(), [1]);
    assert_eq!(commit(&log, "two").unwrap(), 2, "the handle goes on writing");
}

#[test]
fn a_writer_that_slept_gives_up() {
    // A quarter of seven days is more than seven eighths of a day.
    for (hours, made) in [(21, true), (22, false)] {
        let memory = MemoryStorage::new();
        let sleeper = process(Arc::new(WithoutLocks(memory)), 1);
        let guard = sleeper.log.lock().unwrap();
        sleeper.clock.advance(HOUR * hours);
        let outcome = sleeper.log.commit(&guard, None, "late".to_owned()).map_err(|error| error.kind());
        assert_eq!(outcome.is_ok(), made, "{hours}");
        assert!(made || outcome.is_err_and(|kind| kind == ErrorKind::Conflict));
        assert_eq!(sleeper.log.versions().unwrap().len(), usize::from(made));
    }
}

#[test]
fn what_others_write_at_the_moment_is_not_removed() {
    for (hours, removed) in [(0, 0), (23, 0), (25, 1)] {
        let memory = MemoryStorage::new();
        memory.tamper(&format!("catalog/.tmp-{}", uuid::Uuid::from_u128(7)), "on its way");
        let made_us = memory.list("catalog").unwrap().first().and_then(|entry| entry.modified_us).unwrap();
        let vacuum = process_at(Arc::new(WithoutLocks(memory)), 1, made_us);
        vacuum.clock.advance(HOUR * hours);
        let guard = vacuum.log.lock().unwrap();
        assert_eq!(vacuum.log.remove_temps(&guard).unwrap().len(), removed, "{hours}");
    }
}
