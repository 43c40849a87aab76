//! A process that is killed while it syncs deltas, compacts and tidies up leaves the cache at one version: the one it
//! told of last, or the one it was at.

use std::path::Path;

use drillcore_tests::rng::Rng;
use futures::executor::block_on;

use super::items::{check, deltas, newest, open, prepare, sync};
use crate::child::{Child, tell};
use crate::run::setting;

/// Tells the child where the store is; without it the child's test has nothing to do.
const FOLDER: &str = "DRILLCORE_SYNC_KILL_FOLDER";

/// Kills on one store before a new one is made.
const PER_STORE: u64 = 10;

/// Works on a store until it is killed: version after version, each told of when it is safe.
#[test]
fn child_that_syncs_until_it_is_killed() {
    let Some(dir) = std::env::var_os(FOLDER) else { return };
    let dir = Path::new(&dir);
    let db = open(dir);
    let mut version = newest(&db);
    tell("ready", version);
    loop {
        version += 1;
        sync(dir, &db, version);
        tell("synced", version);
        if version.is_multiple_of(3) {
            block_on(db.engine().compact("items")).expect("a compaction");
        }
        if version.is_multiple_of(7) {
            block_on(db.engine().vacuum(version.is_multiple_of(2))).expect("a vacuum");
        }
    }
}

/// Lets a child work, and gives the version that it told of last, if it told of any.
fn run_and_kill(dir: &Path, rng: &mut Rng) -> Option<u64> {
    let child = Child::start("sync::kill::child_that_syncs_until_it_is_killed", &[(FOLDER, dir.as_os_str())]);
    let mut told = child.kill_soon(rng, 90).into_iter();
    told.rfind(|(what, _)| what == "synced").map(|(_, version)| version)
}

#[test]
fn a_killed_sync_leaves_a_whole_version() {
    let kills = setting("DRILLCORE_KILLS", 100);
    let rng = &mut Rng::new(setting("DRILLCORE_KILL_SEED", 11));
    let mut synced = 0;
    for first in (0..kills).step_by(PER_STORE as usize) {
        let dir = tempfile::tempdir().expect("a folder");
        prepare(dir.path(), deltas());
        let mut at = 0;
        for _ in first..kills.min(first + PER_STORE) {
            let told = run_and_kill(dir.path(), rng).unwrap_or(at);
            synced += told - at;
            at = check(dir.path(), told);
        }
        // The store still takes work.
        let db = open(dir.path());
        sync(dir.path(), &db, at + 1);
        block_on(db.engine().compact("items")).expect("a compaction");
        drop(db);
        assert_eq!(check(dir.path(), at + 1), at + 1);
    }
    assert!(synced >= kills / 2, "children told of {synced} versions only, so the kills came too early");
}
