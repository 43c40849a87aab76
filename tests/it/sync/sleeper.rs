//! A process that falls asleep in the middle of a sync, while another one commits, compacts and purges: when it wakes,
//! no file that it needs is gone, and it commits what is right on top of what came, or is told of a conflict and begins
//! anew. No row is lost, comes back, or is there twice.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use drillcore::{Acceleration, ErrorKind, SyncPhase};
use futures::executor::block_on;

use super::items::{check, check_purged, deltas, open, prepare, sync, write_source};
use crate::child::{Child, tell, wait_for_parent};

/// Tells the child where the store is; without it the child's test has nothing to do.
const FOLDER: &str = "DRILLCORE_SYNC_SLEEPER_FOLDER";
/// Tells it in which phase of its sync it falls asleep.
const PHASE: &str = "DRILLCORE_SYNC_SLEEPER_PHASE";

/// The version that the sleeper is about to sync.
const ITS_VERSION: u64 = 4;

/// Syncs once, and falls asleep on the way. If somebody else was faster, it tries again.
#[test]
fn child_that_sleeps_in_a_sync() {
    let Some(dir) = std::env::var_os(FOLDER) else { return };
    let phase = std::env::var(PHASE).expect("a phase");
    let db = open(Path::new(&dir));
    let slept = Arc::new(AtomicBool::new(false));
    let mut conflicts = 0;
    loop {
        let (phase, slept) = (phase.clone(), Arc::clone(&slept));
        let outcome = block_on(db.engine().sync_with("items", move |progress| {
            if progress.phase.name() == phase && !slept.swap(true, Ordering::SeqCst) {
                tell("asleep", 0);
                wait_for_parent();
            }
        }));
        match outcome {
            Ok(_) => break,
            Err(error) => {
                assert!(error.kind() == ErrorKind::Conflict && error.is_retryable(), "{error}");
                conflicts += 1;
                assert!(conflicts < 5, "nobody else is at work any more: {error}");
            }
        }
    }
    tell("conflicts", conflicts);
}

/// What became of a sleeper.
#[derive(Debug, Clone, Copy)]
struct Woken {
    conflicts: u64,
    /// Whether a version was committed while it slept, be it one with the same rows.
    overtaken: bool,
}

/// What happens while it sleeps: so many versions are synced, then everything is compacted and purged.
fn sleep_through(acceleration: Acceleration, phase: SyncPhase, versions: u64) -> Woken {
    let context = format!("asleep while {}, {versions} versions meanwhile", phase.name());
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path();
    prepare(dir, acceleration);
    let db = open(dir);
    for version in 1..ITS_VERSION {
        sync(dir, &db, version);
    }
    write_source(dir, ITS_VERSION);
    let test = "sync::sleeper::child_that_sleeps_in_a_sync";
    let mut sleeper = Child::start(test, &[(FOLDER, dir.as_os_str()), (PHASE, OsStr::new(phase.name()))]);
    assert_eq!(sleeper.hear().0, "asleep", "{context}");
    sleeper.stop();

    let before = newest_version(&db);
    for version in ITS_VERSION + 1..=ITS_VERSION + versions {
        sync(dir, &db, version);
    }
    block_on(db.engine().compact_all("items")).expect("a compaction");
    block_on(db.engine().vacuum(true)).expect("a purge");
    let after = newest_version(&db);
    drop(db);

    sleeper.resume();
    sleeper.wake();
    let told = sleeper.finish();
    let [(what, conflicts)] = told.as_slice() else { panic!("{context}: {told:?}") };
    assert_eq!(what, "conflicts", "{context}");
    let expected = ITS_VERSION + versions;
    assert_eq!(check(dir, expected), expected, "{context}");
    check_purged(dir, expected);
    Woken { conflicts: *conflicts, overtaken: after > before }
}

/// The number of the newest version in the store, those of compactions counted.
fn newest_version(db: &drillcore_tests::engine_side::Db) -> u64 {
    let versions = block_on(db.engine().versions("items")).expect("versions");
    versions.last().map_or(0, |version| version.version)
}

#[test]
fn a_delta_that_sleeps_is_decided_anew() {
    for phase in [SyncPhase::Reading, SyncPhase::Merging, SyncPhase::Committing, SyncPhase::Upkeep] {
        for versions in [0, 2] {
            let woken = sleep_through(deltas(), phase, versions);
            assert!(woken.overtaken && woken.conflicts <= 1, "asleep while {}: {woken:?}", phase.name());
        }
    }
}

/// A version is a minute, and what was deleted is forgotten when it is five minutes old.
#[test]
fn a_delta_that_sleeps_for_long_brings_no_deleted_row_back() {
    let mut conflicts = 0;
    for phase in [SyncPhase::Reading, SyncPhase::Merging, SyncPhase::Committing] {
        conflicts += sleep_through(deltas(), phase, 12).conflicts;
    }
    assert!(conflicts > 0, "a delta went on over deletions that are forgotten");
}

#[test]
fn a_full_load_that_sleeps_gives_way_to_every_other_version() {
    let full = || Acceleration::full_delta(1, "made_at").key(["item"]).insert_update_delete("changed_at", "gone_at");
    for phase in [SyncPhase::Reading, SyncPhase::Committing] {
        for versions in [0, 2] {
            let woken = sleep_through(full(), phase, versions);
            let conflicts = u64::from(woken.overtaken);
            assert_eq!(woken.conflicts, conflicts, "asleep while {}, {versions} versions meanwhile", phase.name());
            assert!(woken.overtaken || versions == 0);
        }
    }
}
