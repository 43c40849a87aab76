//! A process that is killed in the middle of its work leaves every dataset at one version: the one it told of last, or
//! the one it was at. A kill leaves the page cache alone, so what a power cut loses is for the crash images to show.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use drillcore::{Acceleration, ColumnType, Dataset, Engine, PushMode, Rows};
use drillcore_tests::engine_side::Db;
use drillcore_tests::rng::Rng;
use futures::executor::block_on;
use serde_json::{Value, json};

use crate::child::{Child, tell};
use crate::run::setting;

/// Tells the child where the store is; without it the child's test has nothing to do.
const FOLDER: &str = "DRILLCORE_KILL_FOLDER";

/// Kills on one store before a new one is made.
const PER_STORE: u64 = 10;

/// Rows of one version: a few, numbered, with a number that no other row has.
fn rows(version: u64, count: u64) -> Vec<[u64; 3]> {
    (0..count).map(|item| [version, item, version * 1_000_003 + item * item]).collect()
}

fn pushed(version: u64) -> Vec<[u64; 3]> {
    rows(version, version % 5 + 1)
}

fn synced(version: u64) -> Vec<[u64; 3]> {
    rows(version, version % 7 * 150 + 50)
}

fn push(engine: &Engine, mode: PushMode, version: u64) {
    let data = pushed(version).iter().map(|row| row.iter().map(|value| json!(value)).collect()).collect();
    let report = block_on(engine.push("pushed", mode, Rows::new(["version", "item", "check"], data)));
    report.expect("a push");
}

fn write_source(path: &Path, version: u64) {
    let mut text = "version,item,check\n".to_owned();
    for [version, item, check] in synced(version) {
        text += &format!("{version},{item},{check}\n");
    }
    File::create(path).and_then(|mut file| file.write_all(text.as_bytes())).expect("a source file");
}

/// A store with version 0 of both datasets.
fn prepare(dir: &Path) {
    let db = Db::open(&dir.join("store")).expect("a store");
    push(db.engine(), PushMode::Create, 0);
    let source = dir.join("source.csv");
    write_source(&source, 0);
    db.create(Dataset::csv("synced", source).column_type("version", ColumnType::Integer)).expect("a dataset");
    block_on(db.engine().accelerate("synced", Acceleration::full().cluster_by(["check"]))).expect("an acceleration");
    db.sync("synced").expect("a sync");
}

/// Works on a store until it is killed: version after version of both datasets, each told of when it is safe.
#[test]
fn child_that_works_until_it_is_killed() {
    let Some(dir) = std::env::var_os(FOLDER) else { return };
    let dir = Path::new(&dir);
    let db = Db::open(&dir.join("store")).expect("a store");
    let (mut push_version, mut sync_version) = (newest(&db, "pushed"), newest(&db, "synced"));
    tell("ready", 0);
    loop {
        push_version += 1;
        push(db.engine(), PushMode::Append, push_version);
        tell("pushed", push_version);
        sync_version += 1;
        write_source(&dir.join("source.csv"), sync_version);
        db.sync("synced").expect("a sync");
        tell("synced", sync_version);
    }
}

fn ask(db: &Db, query: &Value) -> Value {
    let answer = db.ask(&query.to_string()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(answer.provenance().path.as_str(), "snapshot");
    serde_json::from_str(&answer.data_json()).expect("JSON")
}

fn newest(db: &Db, dataset: &str) -> u64 {
    let query = json!({"dataset_id": dataset, "measures": [{"column_id": "version", "aggregation": "max"}]});
    ask(db, &query)[0][0].as_u64().expect("a version")
}

/// Every row of a dataset, in order.
fn all(db: &Db, dataset: &str) -> Vec<[u64; 3]> {
    let query = json!({
        "dataset_id": dataset,
        "dimensions": [{"column_id": "version", "as": "v"}, {"column_id": "item", "as": "i"}, {"column_id": "check"}],
        "order": [{"by": "v"}, {"by": "i"}],
        "options": {"rollup_data": false},
    });
    serde_json::from_value(ask(db, &query)).expect("rows of three numbers")
}

/// What a killed child told of.
#[derive(Debug, Default, Clone, Copy)]
struct Told {
    pushed: u64,
    synced: u64,
}

fn run_and_kill(dir: &Path, rng: &mut Rng, mut told: Told) -> Told {
    let child = Child::start("kill::child_that_works_until_it_is_killed", &[(FOLDER, dir.as_os_str())]);
    for (what, version) in child.kill_soon(rng, 85) {
        match what.as_str() {
            "pushed" => told.pushed = version,
            "synced" => told.synced = version,
            _ => {}
        }
    }
    told
}

/// Checks both datasets against the versions told of, and gives the versions found.
fn check(dir: &Path, told: Told) -> Told {
    let db = Db::open(&dir.join("store")).expect("the store after a kill");
    let found = Told { pushed: newest(&db, "pushed"), synced: newest(&db, "synced") };
    for (name, told, found) in [("pushed", told.pushed, found.pushed), ("synced", told.synced, found.synced)] {
        assert!((told..=told + 1).contains(&found), "{name}: version {told} was told of, {found} is there");
    }
    let expected: Vec<[u64; 3]> = (0..=found.pushed).flat_map(pushed).collect();
    assert_eq!(all(&db, "pushed"), expected, "the rows pushed up to version {}", found.pushed);
    assert_eq!(all(&db, "synced"), synced(found.synced), "the rows synced as version {}", found.synced);
    found
}

#[test]
fn a_killed_process_leaves_whole_versions() {
    let kills = setting("DRILLCORE_KILLS", 100);
    let rng = &mut Rng::new(setting("DRILLCORE_KILL_SEED", 9));
    let mut told_of = 0;
    for first in (0..kills).step_by(PER_STORE as usize) {
        let dir = tempfile::tempdir().expect("a folder");
        prepare(dir.path());
        let mut at = Told::default();
        for _ in first..kills.min(first + PER_STORE) {
            let told = run_and_kill(dir.path(), rng, at);
            told_of += told.pushed - at.pushed + told.synced - at.synced;
            at = check(dir.path(), told);
        }
        // The store still takes both kinds of work.
        let db = Db::open(&dir.path().join("store")).expect("the store");
        push(db.engine(), PushMode::Append, at.pushed + 1);
        write_source(&dir.path().join("source.csv"), at.synced + 1);
        db.sync("synced").expect("a sync");
        drop(db);
        check(dir.path(), Told { pushed: at.pushed + 1, synced: at.synced + 1 });
    }
    assert!(
        told_of >= kills / 2,
        "children told of {told_of} versions only, so the kills came too early to show anything"
    );
}
