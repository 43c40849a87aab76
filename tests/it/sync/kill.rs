//! A process that is killed while it syncs deltas, compacts and tidies up leaves the cache at one version: the one it
//! told of last, or the one it was at.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use drillcore::{Acceleration, Cell, ColumnType, Dataset, Query, Scope, column, max};
use drillcore_store::{LocalStorage, Store, StoreOptions, VerifyScope};
use drillcore_tests::engine_side::Db;
use drillcore_tests::rng::Rng;
use drillcore_tests::sync::instant;
use futures::executor::block_on;

use crate::run::setting;

/// Tells the child where the store is; without it the child's test has nothing to do.
const FOLDER: &str = "DRILLCORE_SYNC_KILL_FOLDER";

/// Kills on one store before a new one is made.
const PER_STORE: u64 = 10;

/// Items of version 0, and items that every version adds.
const FIRST_ITEMS: u64 = 40;
const NEW_ITEMS: u64 = 5;

fn made(item: u64) -> u64 {
    item.checked_sub(FIRST_ITEMS).map_or(0, |later| later / NEW_ITEMS + 1)
}

/// The version that changed an item last, counted back from one.
fn touched(item: u64, version: u64) -> u64 {
    let is_touched = |at: &u64| (item * 31 + at * 17).is_multiple_of(7);
    (made(item)..=version).rev().find(is_touched).unwrap_or_else(|| made(item))
}

fn is_deleted(item: u64, touched: u64) -> bool {
    (item + touched).is_multiple_of(4)
}

fn items(version: u64) -> std::ops::Range<u64> {
    0..FIRST_ITEMS + NEW_ITEMS * version
}

/// What the cache holds at a version: item, version that changed it, a number that only this change has.
fn content(version: u64) -> BTreeMap<u64, [u64; 2]> {
    let all = items(version).map(|item| (item, touched(item, version)));
    let live = all.filter(|(item, at)| !is_deleted(*item, *at));
    live.map(|(item, at)| (item, [at, at * 1_000_003 + item])).collect()
}

fn source(dir: &Path) -> PathBuf {
    dir.join("source.csv")
}

/// The source of a version. Who comes back after a kill writes it anew before he reads it.
fn write_source(dir: &Path, version: u64) {
    let mut text = "item,made_at,changed_at,gone_at,touched,check\n".to_owned();
    // Long ago, so that the clock of the test is later.
    let at = |version: u64| instant(version as i64 - 1_000_000).format("%Y-%m-%dT%H:%M:%SZ").to_string();
    for item in items(version) {
        let touched = touched(item, version);
        let gone = if is_deleted(item, touched) { at(touched) } else { String::new() };
        let (made, changed, check) = (at(made(item)), at(touched), touched * 1_000_003 + item);
        text += &format!("{item},{made},{changed},{gone},{touched},{check}\n");
    }
    File::create(source(dir)).and_then(|mut file| file.write_all(text.as_bytes())).expect("a source file");
}

fn open(dir: &Path) -> Db {
    Db::open(&dir.join("store")).expect("a store")
}

/// A store with version 0.
fn prepare(dir: &Path) {
    write_source(dir, 0);
    let db = open(dir);
    let mut dataset = Dataset::csv("items", source(dir));
    for time in ["made_at", "changed_at", "gone_at"] {
        dataset = dataset.column_type(time, ColumnType::Datetime);
    }
    db.create(dataset).expect("a dataset");
    let acceleration = Acceleration::delta("made_at").key(["item"]).insert_update_delete("changed_at", "gone_at");
    block_on(db.engine().accelerate("items", acceleration)).expect("an acceleration");
    db.sync("items").expect("a sync");
}

fn sync(dir: &Path, db: &Db, version: u64) {
    write_source(dir, version);
    db.sync("items").expect("a sync");
}

/// Works on a store until it is killed: version after version, each told of when it is safe.
#[test]
fn child_that_syncs_until_it_is_killed() {
    let Some(dir) = std::env::var_os(FOLDER) else { return };
    let dir = Path::new(&dir);
    let db = open(dir);
    let tell = |what: &str, version: u64| {
        // Written past the test harness, which may keep what is printed.
        let mut out = std::io::stdout().lock();
        writeln!(out, "\n@{what} {version}").and_then(|()| out.flush()).expect("a parent that listens");
    };
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

fn whole(cell: &Cell) -> u64 {
    match cell {
        Cell::Integer(number) => u64::try_from(*number).expect("a number from 0 on"),
        other => panic!("{other:?} is no integer"),
    }
}

fn newest(db: &Db) -> u64 {
    let query = Query::on("items").measure(max("touched"));
    let answer = block_on(db.engine().query(&query, &Scope::unrestricted())).expect("an answer");
    assert_eq!(answer.provenance().path.as_str(), "snapshot");
    whole(&answer.cell(0, 0).expect("a cell"))
}

/// All rows of the cache; twice the same item is an error.
fn held(db: &Db) -> BTreeMap<u64, [u64; 2]> {
    let query = Query::on("items");
    let query = query.dimension(column("item")).dimension(column("touched")).dimension(column("check")).rows();
    let answer = block_on(db.engine().query(&query, &Scope::unrestricted())).expect("an answer");
    let mut found = BTreeMap::new();
    for row in answer.rows() {
        let before = found.insert(whole(&row[0]), [whole(&row[1]), whole(&row[2])]);
        assert!(before.is_none(), "item {} is held twice", row[0]);
    }
    found
}

/// Lets a child work, and gives the version that it told of last, if it told of any.
fn run_and_kill(dir: &Path, rng: &mut Rng) -> Option<u64> {
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["sync::kill::child_that_syncs_until_it_is_killed", "--exact", "--nocapture", "--test-threads=1"])
        .env(FOLDER, dir)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a child");
    let out = child.stdout.take().expect("the child's output");
    let (send, lines) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            if let Some((what, version)) = line.strip_prefix('@').and_then(|line| line.split_once(' ')) {
                let told = (what.to_owned(), version.parse::<u64>().expect("a version"));
                if send.send(told).is_err() {
                    break;
                }
            }
        }
    });
    // Most kills wait for the child to be at work; some hit it while it opens the store.
    if rng.chance(90) {
        let (what, _) = lines.recv_timeout(Duration::from_secs(60)).expect("a child that gets ready");
        assert_eq!(what, "ready");
    }
    std::thread::sleep(Duration::from_micros(rng.between(0, 300_000).unsigned_abs()));
    child.kill().expect("a killed child");
    let status = child.wait().expect("the end of the child");
    assert!(!status.success(), "the child ended by itself");
    reader.join().expect("all of the output");
    lines.try_iter().filter(|(what, _)| what == "synced").last().map(|(_, version)| version)
}

/// Checks the cache against the version told of, and gives the version found.
fn check(dir: &Path, told: u64) -> u64 {
    let db = open(dir);
    let found = newest(&db);
    assert!((told..=told + 1).contains(&found), "version {told} was told of, {found} is there");
    assert_eq!(held(&db), content(found), "the rows of version {found}");
    let storage = LocalStorage::open(dir.join("store")).expect("the folder of the store");
    let store = Store::open(Arc::new(storage), StoreOptions::default()).expect("the store");
    let report = store.verify(VerifyScope::AllKept).expect("a report");
    assert!(report.is_clean(), "after version {found}: {:?}", report.problems);
    found
}

#[test]
fn a_killed_sync_leaves_a_whole_version() {
    let kills = setting("DRILLCORE_KILLS", 40);
    let rng = &mut Rng::new(setting("DRILLCORE_KILL_SEED", 11));
    let mut synced = 0;
    for first in (0..kills).step_by(PER_STORE as usize) {
        let dir = tempfile::tempdir().expect("a folder");
        prepare(dir.path());
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

#[test]
fn every_version_changes_adds_and_deletes() {
    for version in 1..200 {
        let (before, after) = (content(version - 1), content(version));
        assert_eq!(after.values().map(|[touched, _]| *touched).max(), Some(version));
        assert!(after.keys().any(|item| !before.contains_key(item)), "version {version} adds nothing");
        assert!(before.keys().any(|item| !after.contains_key(item)), "version {version} deletes nothing");
        let is_changed = |(item, row): (&u64, &[u64; 2])| after.get(item).is_some_and(|other| other != row);
        assert!(before.iter().any(is_changed), "version {version} changes nothing");
    }
}
