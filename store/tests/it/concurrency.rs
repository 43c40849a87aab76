//! Promise: of several writers exactly one makes a version, nothing acknowledged is lost, and readers always see one
//! committed version, whatever is removed meanwhile. On a real folder, with one handle per thread as if each were a
//! process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use drillcore_store::{CommitOptions, ErrorKind, LocalStorage, Retention, Store, StoreOptions, VerifyScope};

use crate::support::{DATASET, commit_append, latest_ids, read_ids, schema, write};

/// Lets the other threads come to an end, also when the test fails.
struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn open(folder: &std::path::Path) -> Store {
    let storage = LocalStorage::open(folder).unwrap();
    let retention = Retention { max_age: Duration::ZERO, min_versions: 2 };
    Store::open(Arc::new(storage), StoreOptions::default().with_retention(retention)).unwrap()
}

#[test]
fn racing_full_loads_have_one_winner_per_version() {
    let folder = tempfile::tempdir().unwrap();
    let run = |first: i64| {
        let dataset = open(folder.path()).dataset(DATASET);
        let mut won = Vec::new();
        while won.len() < 8 {
            let writer = dataset.writer().unwrap();
            let files = write(&writer, &[first]).unwrap();
            match writer.commit_full(&schema(), files, &CommitOptions::default()) {
                Ok(committed) => won.push(committed.version),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Conflict, "{error}"),
            }
        }
        won
    };
    let mut versions = thread::scope(|scope| {
        let racers = [scope.spawn(|| run(1)), scope.spawn(|| run(2)), scope.spawn(|| run(3))];
        racers.map(|racer| racer.join().unwrap()).concat()
    });
    versions.sort_unstable();
    assert_eq!(versions, (1..=24).collect::<Vec<u64>>());
}

#[test]
fn concurrent_appends_all_land() {
    let folder = tempfile::tempdir().unwrap();
    let run = |first: i64| {
        let dataset = open(folder.path()).dataset(DATASET);
        for id in first..first + 8 {
            commit_append(&dataset, &[id]).unwrap();
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| run(0));
        scope.spawn(|| run(8));
        scope.spawn(|| run(16));
    });
    let mut ids = latest_ids(&open(folder.path()).dataset(DATASET)).unwrap();
    ids.sort_unstable();
    assert_eq!(ids, (0..24).collect::<Vec<i64>>());
}

#[test]
fn readers_see_whole_versions_while_others_commit_and_vacuum() {
    let folder = tempfile::tempdir().unwrap();
    // Every version has ten rows, all ids of one version share their tens.
    let rows = |version: i64| (version * 10..version * 10 + 10).collect::<Vec<i64>>();
    let stop = AtomicBool::new(false);
    let load = || {
        let _stop = StopOnDrop(&stop);
        let store = open(folder.path());
        let dataset = store.dataset(DATASET);
        for version in 1..=30 {
            let writer = dataset.writer().unwrap();
            let files = write(&writer, &rows(version)).unwrap();
            writer.commit_full(&schema(), files, &CommitOptions::default()).unwrap();
        }
    };
    let vacuum = || {
        let store = open(folder.path());
        while !stop.load(Ordering::SeqCst) {
            store.vacuum().unwrap();
            thread::yield_now();
        }
    };
    let read = || {
        let mut seen = 0;
        while !stop.load(Ordering::SeqCst) {
            // A new handle each time, so that choosing a version races with removing it.
            let dataset = open(folder.path()).dataset(DATASET);
            if let Some(snapshot) = dataset.latest().unwrap() {
                assert!(snapshot.version() >= seen, "time goes forward");
                seen = snapshot.version();
                assert_eq!(read_ids(&snapshot).unwrap(), rows(i64::try_from(seen).unwrap()));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(read);
        }
        scope.spawn(vacuum);
        load();
    });
    let store = open(folder.path());
    store.vacuum().unwrap();
    let report = store.verify(VerifyScope::AllKept).unwrap();
    assert!(report.is_clean() && report.orphans.is_empty(), "{report:?}");
    assert_eq!(store.dataset(DATASET).versions().unwrap(), [29, 30]);
}

#[test]
fn several_processes_may_make_the_same_store_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let ids = thread::scope(|scope| {
        let openers: Vec<_> = (0..6).map(|_| scope.spawn(|| open(folder.path()).id())).collect();
        openers.into_iter().map(|opener| opener.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "{ids:?}");
}
