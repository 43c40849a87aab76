//! A table of items in a file, and its cache in a folder: every version of it is known beforehand, and a few numbers of
//! an answer say which one it is of and whether it is whole.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use drillcore::{
    Acceleration, Cell, ColumnType, Dataset, Error, ErrorKind, Query, QueryResult, Scope, column, count, max, sum,
};
use drillcore_store::{LocalStorage, Store, StoreOptions, VerifyScope};
use drillcore_tests::engine_side::Db;
use drillcore_tests::sync::instant;
use futures::executor::block_on;

/// By item: the version that changed it, and a number that only this change has.
pub(super) type Content = BTreeMap<u64, [u64; 2]>;

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

/// What the cache holds at a version.
pub(super) fn content(version: u64) -> Content {
    let all = items(version).map(|item| (item, touched(item, version)));
    let live = all.filter(|(item, at)| !is_deleted(*item, *at));
    live.map(|(item, at)| (item, [at, at * 1_000_003 + item])).collect()
}

fn source(dir: &Path) -> PathBuf {
    dir.join("source.csv")
}

/// The source of a version, in place of the one before for whoever opens it from now on. Who comes back after a kill
/// writes it anew before he reads it.
#[expect(clippy::disallowed_methods, reason = "a file of the test, which somebody may be reading")]
pub(super) fn write_source(dir: &Path, version: u64) {
    let mut text = "item,made_at,changed_at,gone_at,touched,check\n".to_owned();
    // Long ago, so that the clock of the test is later.
    let at = |version: u64| instant(version as i64 - 1_000_000).format("%Y-%m-%dT%H:%M:%SZ").to_string();
    for item in items(version) {
        let touched = touched(item, version);
        let gone = if is_deleted(item, touched) { at(touched) } else { String::new() };
        let (made, changed, check) = (at(made(item)), at(touched), touched * 1_000_003 + item);
        text += &format!("{item},{made},{changed},{gone},{touched},{check}\n");
    }
    let new = dir.join("source.new");
    File::create(&new).and_then(|mut file| file.write_all(text.as_bytes())).expect("a source file");
    fs::rename(new, source(dir)).expect("a source in its place");
}

pub(super) fn open(dir: &Path) -> Db {
    Db::open(&dir.join("store")).expect("a store")
}

/// Deltas by the key.
pub(super) fn deltas() -> Acceleration {
    Acceleration::delta("made_at").key(["item"]).insert_update_delete("changed_at", "gone_at")
}

/// A store with version 0.
pub(super) fn prepare(dir: &Path, acceleration: Acceleration) {
    write_source(dir, 0);
    let db = open(dir);
    let mut dataset = Dataset::csv("items", source(dir));
    for time in ["made_at", "changed_at", "gone_at"] {
        dataset = dataset.column_type(time, ColumnType::Datetime);
    }
    db.create(dataset).expect("a dataset");
    block_on(db.engine().accelerate("items", acceleration)).expect("an acceleration");
    db.sync("items").expect("a sync");
}

/// Brings the source to a version, and the cache too.
pub(super) fn sync(dir: &Path, db: &Db, version: u64) {
    write_source(dir, version);
    db.sync("items").expect("a sync");
}

fn ask(db: &Db, query: &Query) -> Result<QueryResult, Error> {
    let answer = block_on(db.engine().query(query, &Scope::unrestricted()))?;
    assert_eq!(answer.provenance().path.as_str(), "snapshot");
    Ok(answer)
}

fn whole(cell: &Cell) -> u64 {
    match cell {
        Cell::Integer(number) => u64::try_from(*number).expect("a number from 0 on"),
        other => panic!("{other:?} is no integer"),
    }
}

/// The version that the cache shows.
pub(super) fn newest(db: &Db) -> u64 {
    let answer = ask(db, &Query::on("items").measure(max("touched"))).expect("an answer");
    whole(&answer.cell(0, 0).expect("a cell"))
}

/// The version that the cache shows, told by sums over all rows, which must be those of that version.
pub(super) fn version_of_sums(db: &Db) -> Result<u64, Error> {
    let query = Query::on("items").measure(max("touched")).measure(count()).measure(sum("check")).measure(sum("item"));
    let answer = ask(db, &query)?;
    let row = answer.rows().next().expect("a row");
    let version = whole(&row[0]);
    let expected = content(version);
    let checks: u64 = expected.values().map(|[_, check]| check).sum();
    let sums = [expected.len() as u64, checks, expected.keys().sum()];
    assert_eq!([1, 2, 3].map(|place| whole(&row[place])), sums, "the number of rows and the sums of version {version}");
    Ok(version)
}

/// The version that the cache shows, told by all rows, which must be those of that version.
pub(super) fn version_of_rows(db: &Db) -> Result<u64, Error> {
    let held = rows(db)?;
    let version = held.values().map(|[touched, _]| *touched).max().expect("an item");
    assert_eq!(held, content(version), "the rows of version {version}");
    Ok(version)
}

/// All rows of the cache; twice the same item is a failure.
fn rows(db: &Db) -> Result<Content, Error> {
    let query = Query::on("items");
    let query = query.dimension(column("item")).dimension(column("touched")).dimension(column("check")).rows();
    let mut found = BTreeMap::new();
    for row in ask(db, &query)?.rows() {
        let before = found.insert(whole(&row[0]), [whole(&row[1]), whole(&row[2])]);
        assert!(before.is_none(), "item {} is held twice", row[0]);
    }
    Ok(found)
}

/// Checks the cache against the version told of, and gives the version found.
pub(super) fn check(dir: &Path, told: u64) -> u64 {
    let db = open(dir);
    let found = newest(&db);
    assert!((told..=told + 1).contains(&found), "version {told} was told of, {found} is there");
    assert_eq!(rows(&db).expect("an answer"), content(found), "the rows of version {found}");
    let report = store(dir, StoreOptions::default()).verify(VerifyScope::AllKept).expect("a report");
    assert!(report.is_clean(), "after version {found}: {:?}", report.problems);
    found
}

/// The store below the engine.
pub(super) fn store(dir: &Path, options: StoreOptions) -> Store {
    let storage = LocalStorage::open(dir.join("store")).expect("the folder of the store");
    Store::open(Arc::new(storage), options).expect("the store")
}

/// Nobody else is there any more: purged, the store has one version, sound, and no file besides.
pub(super) fn check_purged(dir: &Path, version: u64) {
    let db = open(dir);
    let versions = || block_on(db.engine().versions("items")).expect("versions").len();
    let started = Instant::now();
    // Threads of an engine that was dropped just now may still let go of what they read.
    while started.elapsed() < Duration::from_secs(10) {
        block_on(db.engine().vacuum(true)).expect("a vacuum");
        if versions() == 1 {
            break;
        }
    }
    assert_eq!(versions(), 1, "after a purge");
    let report = block_on(db.engine().verify()).expect("a report");
    assert!(report.is_sound() && report.unneeded.is_empty(), "after a purge: {report:?}");
    assert_eq!(version_of_rows(&db).expect("an answer"), version, "after a purge");
}

/// Does something until nobody else is faster, and counts how often somebody was. Nothing but a conflict that says that
/// it can be tried again may come in the way.
pub(super) fn until_done(mut work: impl FnMut() -> Result<(), Error>) -> u64 {
    let started = Instant::now();
    let mut conflicts = 0;
    while let Err(error) = work() {
        assert!(error.kind() == ErrorKind::Conflict && error.is_retryable(), "{error}");
        assert!(started.elapsed() < Duration::from_secs(30), "conflicts without end: {error}");
        conflicts += 1;
    }
    conflicts
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
