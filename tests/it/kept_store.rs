//! A store that an earlier engine made answers what it answered then, and goes on from there: `golden/store_v1`, with a
//! dataset that was synced twice, one that was pushed, a link and a filter. The answers are worked out by hand.
//!
//! `UPDATE_EXPECT=1` makes the store if it is missing. One that is there is never made again: it is worth something
//! because the code that wrote it is gone.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use drillcore::{
    Acceleration, ColumnType, Dataset, DatasetFilter, Engine, ErrorKind, Link, Operator, ParameterType, PushMode, Rows,
    Scope, Upkeep, VersionInfo, VersionOperation,
};
use drillcore_store::MemoryStorage;
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;
use serde_json::{Value, json};

/// The source of the sales, from the folder of this package, as the catalog names it.
const SOURCE: &str = "golden/store_v1.csv";

/// What the source held at the first sync.
const FIRST: &str = "\
id,shop,tenant,amount,made,changed,gone
1,1,acme,30,2026-03-02T09:00:00Z,2026-03-02T09:00:00Z,
2,2,acme,40,2026-03-01T09:00:00Z,2026-03-01T09:00:00Z,
3,9,acme,5,2026-03-03T09:00:00Z,2026-03-03T09:00:00Z,
4,1,zenith,1000,2026-03-01T10:00:00Z,2026-03-01T10:00:00Z,
5,2,acme,7,2026-03-01T11:00:00Z,2026-03-01T11:00:00Z,
6,1,acme,11,2026-03-01T12:00:00Z,2026-03-02T12:00:00Z,2026-03-02T12:00:00Z
";

/// At the second: one is changed, one is gone, one is new.
const SECOND: &str = "\
id,shop,tenant,amount,made,changed,gone
1,1,acme,35,2026-03-02T09:00:00Z,2026-03-05T09:00:00Z,
2,2,acme,40,2026-03-01T09:00:00Z,2026-03-01T09:00:00Z,
3,9,acme,5,2026-03-03T09:00:00Z,2026-03-03T09:00:00Z,
4,1,zenith,1000,2026-03-01T10:00:00Z,2026-03-01T10:00:00Z,
5,2,acme,7,2026-03-01T11:00:00Z,2026-03-05T10:00:00Z,2026-03-05T10:00:00Z
6,1,acme,11,2026-03-01T12:00:00Z,2026-03-02T12:00:00Z,2026-03-02T12:00:00Z
7,2,acme,100,2026-03-05T11:00:00Z,2026-03-05T11:00:00Z,
";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/store_v1")
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    File::create(path).and_then(|mut file| file.write_all(bytes)).expect("a written file");
}

fn push(db: &Db, mode: PushMode, shops: &[(i64, &str)]) {
    let rows = shops.iter().map(|(id, city)| vec![json!(id), json!(city)]).collect();
    block_on(db.engine().push("shops", mode, Rows::new(["id", "city"], rows))).expect("a push");
}

/// Makes the store.
fn make(folder: &Path) {
    assert!(Path::new("golden/errors").is_dir(), "the store is made from the folder of the package");
    let storage = MemoryStorage::new();
    let engine = block_on(Engine::builder().threads(1).storage(Arc::new(storage.clone())));
    let db = Db::from(engine.expect("an engine"));
    write(Path::new(SOURCE), FIRST.as_bytes());
    let times = ["made", "changed", "gone"];
    let sales = Dataset::csv("sales", SOURCE);
    let sales = times.into_iter().fold(sales, |sales, time| sales.column_type(time, ColumnType::Datetime));
    db.create(sales).expect("sales");
    push(&db, PushMode::Create, &[(1, "Ghent"), (2, "Bruges")]);
    db.link(Link::new("shop").from("sales", ["shop"]).to("shops", ["id"])).expect("a link");
    let by_tenant = DatasetFilter::parameter("tenant", Operator::Equal, "tenant_id", ParameterType::Hierarchy);
    block_on(db.engine().set_filters("sales", vec![by_tenant])).expect("a filter");
    let deltas = Acceleration::delta("made").key(["id"]).insert_update_delete("changed", "gone");
    let deltas = deltas.upkeep(Upkeep::Manual).cluster_by(["made"]);
    block_on(db.engine().accelerate("sales", deltas)).expect("an acceleration");
    db.sync("sales").expect("a sync");
    write(Path::new(SOURCE), SECOND.as_bytes());
    db.sync("sales").expect("a second sync");
    push(&db, PushMode::Append, &[(9, "Ypres")]);
    drop(db);
    for path in storage.paths() {
        let content = storage.content(&path).expect("a file");
        // Locks and leases are empty.
        if !content.is_empty() {
            write(&folder.join(&path), &content);
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder to read") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copied file");
        }
    }
}

/// A copy of the store in a folder of its own.
fn kept() -> tempfile::TempDir {
    static MADE: OnceLock<()> = OnceLock::new();
    let folder = folder();
    MADE.get_or_init(|| {
        if !folder.exists() {
            let update = std::env::var_os("UPDATE_EXPECT").is_some();
            let place = folder.display();
            assert!(update, "{place} is missing: get it from the repository, or make it with UPDATE_EXPECT=1");
            make(&folder);
        }
    });
    let dir = tempfile::tempdir().expect("a folder");
    copy(&folder, dir.path());
    dir
}

fn acme() -> Scope {
    Scope::new().parameter("tenant_id", "acme")
}

fn by_city() -> Value {
    json!({
        "dataset_id": "sales",
        "dimensions": [{"dataset_id": "shop", "column_id": "city"}],
        "measures": [{"column_id": "amount", "aggregation": "sum"}, {"column_id": "*", "aggregation": "count"}],
    })
}

fn one_by_one() -> Value {
    json!({
        "dataset_id": "sales",
        "dimensions": [{"column_id": "id", "as": "id"}, {"column_id": "amount"}],
        "order": [{"by": "id"}],
        "options": {"rollup_data": false},
    })
}

fn at(mut query: Value, version: u64) -> Value {
    query["at"] = json!({"version": version});
    query
}

#[track_caller]
fn check(db: &Db, query: &Value, scope: &Scope, expected: &str) {
    let answer = db.ask_as(&query.to_string(), scope).unwrap_or_else(|error| panic!("{error}\n{query}"));
    assert_eq!(answer.provenance().path.as_str(), "snapshot", "{query}");
    assert_eq!(answer.data_json(), expected, "{query}");
}

/// What it answered when it was made.
#[track_caller]
fn check_answers(db: &Db) {
    let all = Scope::unrestricted();
    check(db, &by_city(), &acme(), r#"[["Bruges",140,2],["Ghent",35,1],["Ypres",5,1]]"#);
    check(db, &at(by_city(), 1), &acme(), r#"[["Bruges",47,2],["Ghent",30,1],["Ypres",5,1]]"#);
    check(db, &one_by_one(), &acme(), "[[1,35],[2,40],[3,5],[7,100]]");
    check(db, &one_by_one(), &all, "[[1,35],[2,40],[3,5],[4,1000],[7,100]]");
    check(db, &at(one_by_one(), 1), &all, "[[1,30],[2,40],[3,5],[4,1000],[5,7]]");
    let refused = db.ask_as(&by_city().to_string(), &Scope::new()).expect_err("nobody asks");
    assert_eq!(refused.kind(), ErrorKind::AccessDenied);
}

#[test]
fn a_store_of_an_earlier_engine_answers_what_it_did() {
    let dir = kept();
    let db = Db::open(dir.path()).expect("a store");
    check_answers(&db);
    let versions = block_on(db.engine().versions("sales")).expect("versions");
    let shape = |version: &VersionInfo| (version.version, version.operation, version.rows, version.deleted_rows);
    let shapes: Vec<_> = versions.iter().map(shape).collect();
    assert_eq!(shapes, [(1, VersionOperation::Full, 5, 0), (2, VersionOperation::Delta, 5, 2)]);
    let report = block_on(db.engine().verify()).expect("a report");
    assert!(report.damage.is_empty() && report.foreign.is_empty(), "{report:?}");
    assert!(report.deletion_vectors >= 1 && report.key_runs >= 2, "{report:?}");
}

#[test]
fn a_store_of_an_earlier_engine_goes_on() {
    let dir = kept();
    let db = Db::open(dir.path()).expect("a store");
    let source = fs::read_to_string(SOURCE).expect("the source of the sales");
    assert_eq!(source, SECOND);
    let report = db.sync("sales").expect("a sync");
    assert_eq!((report.rows, report.inserted, report.updated, report.deleted), (5, 0, 0, 0), "{report}");
    check_answers(&db);
    push(&db, PushMode::Append, &[(10, "Ostend")]);
    let compacted = block_on(db.engine().compact_all("sales")).expect("a compaction");
    assert!(compacted.version.is_some() && compacted.deleted_rows_removed == 2, "{compacted:?}");
    check_answers(&db);
    drop(db);
    let db = Db::open(dir.path()).expect("a store");
    check_answers(&db);
    let report = block_on(db.engine().verify()).expect("a report");
    assert!(report.damage.is_empty(), "{report:?}");
}
