//! What outlives an engine, what another engine on the same store sees of it, and what ends with it.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use drillcore::{
    Dataset, DatasetFilter, Description, ErrorKind, Link, Operator, ParameterType, PushMode, QueryResult, Rows, Scope,
    SnapshotRef,
};
use drillcore_tests::engine_side::Db;
use drillcore_tests::rng::Rng;
use futures::executor::block_on;
use serde_json::{Value, json};

const SALES: &str = "\
day,shop,tenant,amount
2026-03-02,1,acme,30
2026-03-01,2,acme,40
2026-03-03,9,acme,5
2026-03-01,1,zenith,1000
";

const SHOPS: &str = "id,city\n1,Ghent\n2,Bruges\n";

/// A folder with a store and the files of its datasets.
struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a folder") }
    }

    fn store(&self) -> PathBuf {
        self.dir.path().join("store")
    }

    fn open(&self) -> Db {
        Db::open(&self.store()).expect("a store")
    }

    /// Writes a CSV file and gives its path.
    fn csv(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(format!("{name}.csv"));
        write(&path, text.as_bytes());
        path
    }

    /// Sales of two tenants, linked with their shops; both are synced.
    fn fill(&self, db: &Db) {
        db.create(Dataset::csv("sales", self.csv("sales", SALES))).expect("sales");
        db.create(Dataset::csv("shops", self.csv("shops", SHOPS))).expect("shops");
        db.link(to_shops()).expect("a link");
        let by_tenant = DatasetFilter::parameter("tenant", Operator::Equal, "tenant_id", ParameterType::Hierarchy);
        block_on(db.engine().set_filters("sales", vec![by_tenant])).expect("a filter");
        db.accelerate("sales", &["day".to_owned()]).expect("a sync");
        db.accelerate("shops", &[]).expect("a sync");
    }
}

fn write(path: &Path, bytes: &[u8]) {
    File::create(path).and_then(|mut file| file.write_all(bytes)).expect("a written file");
}

fn to_shops() -> Link {
    Link::new("shop").from("sales", ["shop"]).to("shops", ["id"])
}

fn push(db: &Db, mode: PushMode, notes: &[&str]) {
    let rows = notes.iter().map(|note| vec![json!(note)]).collect();
    block_on(db.engine().push("notes", mode, Rows::new(["note"], rows))).expect("a push");
}

fn datasets(db: &Db) -> Vec<String> {
    block_on(db.engine().datasets()).expect("datasets")
}

fn describe(db: &Db, dataset: &str) -> Description {
    block_on(db.engine().describe(dataset)).expect("a description")
}

fn acme() -> Scope {
    Scope::new().parameter("tenant_id", "acme")
}

fn ask(db: &Db, query: &Value, scope: &Scope) -> QueryResult {
    db.ask_as(&query.to_string(), scope).unwrap_or_else(|error| panic!("{error}\n{query}"))
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
        "dimensions": [{"column_id": "day"}, {"column_id": "amount"}],
        "options": {"rollup_data": false},
    })
}

fn count(dataset: &str) -> Value {
    json!({"dataset_id": dataset, "measures": [{"column_id": "*", "aggregation": "count"}]})
}

/// What there is to see of an engine.
#[derive(Debug, PartialEq)]
struct Seen {
    descriptions: Vec<Description>,
    answers: Vec<(String, Vec<SnapshotRef>)>,
}

fn seen(db: &Db) -> Seen {
    let descriptions = datasets(db).iter().map(|name| describe(db, name)).collect();
    let answers = [by_city(), one_by_one(), count("notes")].map(|query| {
        let answer = ask(db, &query, &acme());
        assert_eq!(answer.provenance().path.as_str(), "snapshot", "{query}");
        (answer.data_json(), answer.provenance().snapshots.clone())
    });
    Seen { descriptions, answers: answers.to_vec() }
}

#[test]
fn everything_is_the_same_after_reopening() {
    let place = Place::new();
    let db = place.open();
    place.fill(&db);
    push(&db, PushMode::Create, &["a", "b"]);
    push(&db, PushMode::Append, &["c"]);
    let before = seen(&db);
    assert_eq!(before.answers[0].0, r#"[["Bruges",40,1],["Ghent",30,1],[null,5,1]]"#);
    // Sorted by day in the store, the rows still come in the order of the file.
    assert_eq!(before.answers[1].0, r#"[["2026-03-02",30],["2026-03-01",40],["2026-03-03",5]]"#);
    assert_eq!(before.answers[2].0, "[[3]]");
    assert_eq!(before.answers[2].1, [SnapshotRef { dataset: "notes".to_owned(), version: 2 }]);
    drop(db);
    // From here on only the store can answer.
    for file in ["sales.csv", "shops.csv"] {
        std::fs::remove_file(place.dir.path().join(file)).expect("a file to remove");
    }
    let db = place.open();
    assert_eq!(datasets(&db), ["notes", "sales", "shops"]);
    assert_eq!(seen(&db), before);
    let refused = db.ask_as(&by_city().to_string(), &Scope::new()).expect_err("nobody asks");
    assert_eq!(refused.kind(), ErrorKind::AccessDenied);
}

#[test]
fn one_engine_sees_what_another_commits() {
    let place = Place::new();
    let (first, second) = (place.open(), place.open());
    let total = json!({"dataset_id": "sales", "measures": [{"column_id": "amount", "aggregation": "sum"}]});
    let check = |db: &Db, expected: &str, version: Option<u64>| {
        let answer = ask(db, &total, &Scope::unrestricted());
        assert_eq!(answer.data_json(), expected);
        assert_eq!(answer.provenance().snapshots.first().map(|snapshot| snapshot.version), version);
    };
    first.create(Dataset::csv("sales", place.csv("sales", SALES))).expect("sales");
    assert_eq!(datasets(&second), ["sales"]);
    check(&second, "[[1075]]", None);
    first.accelerate("sales", &[]).expect("a sync");
    check(&second, "[[1075]]", Some(1));
    place.csv("sales", &format!("{SALES}2026-03-04,2,zenith,25\n"));
    check(&second, "[[1075]]", Some(1));
    first.sync("sales").expect("a sync");
    check(&second, "[[1100]]", Some(2));
    check(&first, "[[1100]]", Some(2));
    // Changes on top of those of the other engine, in turns.
    second.create(Dataset::csv("shops", place.csv("shops", SHOPS))).expect("shops");
    first.link(to_shops()).expect("a link");
    assert_eq!(describe(&second, "sales").links, [to_shops()]);
    push(&second, PushMode::Create, &["a"]);
    push(&first, PushMode::Append, &["b", "c"]);
    assert_eq!(ask(&second, &count("notes"), &Scope::new()).data_json(), "[[3]]");
    second.sync("sales").expect("a sync");
    check(&first, "[[1100]]", Some(3));
    block_on(second.engine().drop_dataset("sales")).expect("a dataset to drop");
    assert_eq!(datasets(&first), ["notes", "shops"]);
}

#[test]
fn a_replaced_dataset_keeps_its_links_filters_and_acceleration() {
    let place = Place::new();
    let db = place.open();
    place.fill(&db);
    let before = describe(&db, "sales");
    assert_eq!(before.links, [to_shops()]);
    assert!(!before.filters.is_empty() && before.acceleration.is_some() && before.snapshot.is_some());
    let other = place.csv("other", "shop,tenant,amount,day,note\n2,acme,7,2026-04-01,first\n");
    block_on(db.engine().replace(Dataset::csv("sales", other))).expect("a dataset in its place");
    block_on(db.engine().replace(Dataset::csv("shops", place.csv("more", "city,id\nYpres,2\n")))).expect("shops");
    // A dataset without the column that the link looks for does not fit.
    block_on(db.engine().replace(Dataset::csv("shops", place.csv("wrong", "city\nYpres\n")))).expect_err("no id");
    let replaced = seen_of_replaced(&db);
    assert_eq!(replaced.0.columns.len(), 5);
    assert_eq!((&replaced.0.links, &replaced.0.filters), (&before.links, &before.filters));
    assert_eq!((&replaced.0.acceleration, &replaced.0.snapshot), (&before.acceleration, &None));
    assert_eq!(replaced.1, r#"[["Ypres",7,1]]"#);
    drop(db);
    let db = place.open();
    assert_eq!(seen_of_replaced(&db), replaced);
    assert_eq!(db.sync("sales").expect("a sync").version, 1, "another dataset, whose versions start anew");
    assert_eq!(seen_of_replaced(&db).1, replaced.1);
}

fn seen_of_replaced(db: &Db) -> (Description, String) {
    (describe(db, "sales"), ask(db, &by_city(), &acme()).data_json())
}

#[test]
fn a_dataset_that_a_link_leads_to_is_not_dropped() {
    let place = Place::new();
    let db = place.open();
    place.fill(&db);
    let refused = block_on(db.engine().drop_dataset("shops")).expect_err("a link leads there");
    assert_eq!(refused.kind(), ErrorKind::InvalidInput);
    assert!(refused.message().contains("link `shop` from `sales`"), "{refused}");
    assert_eq!(datasets(&db), ["sales", "shops"]);
    block_on(db.engine().unlink("sales", "shop")).expect("a link to remove");
    block_on(db.engine().drop_dataset("shops")).expect("a dataset to drop");
    drop(db);
    let db = place.open();
    assert_eq!(datasets(&db), ["sales"]);
    assert!(describe(&db, "sales").links.is_empty());
    // Another dataset of the same name has nothing of the one before.
    db.create(Dataset::csv("shops", place.csv("shops", SHOPS))).expect("shops");
    assert_eq!(describe(&db, "shops").snapshot, None);
    // The links of a dataset go with it.
    db.link(to_shops()).expect("a link");
    block_on(db.engine().drop_dataset("sales")).expect("a dataset to drop");
    block_on(db.engine().drop_dataset("shops")).expect("a dataset to drop");
    assert!(datasets(&db).is_empty());
}

#[test]
fn batches_in_memory_end_with_their_engine() {
    let place = Place::new();
    let db = place.open();
    db.create(Dataset::csv("sales", place.csv("sales", SALES))).expect("sales");
    let ids: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
    let cities: ArrayRef = Arc::new(StringArray::from(vec!["Ghent", "Bruges"]));
    let shops = RecordBatch::try_from_iter([("id", ids), ("city", cities)]).expect("a batch");
    db.create(Dataset::batches("shops", vec![shops])).expect("shops");
    db.link(to_shops()).expect("a link");
    let expected = r#"[["Bruges",40,1],["Ghent",1030,2],[null,5,1]]"#;
    assert_eq!(ask(&db, &by_city(), &Scope::new()).data_json(), expected);
    // Another engine sees neither the batches nor the link; what it changes leaves both alone.
    let other = place.open();
    assert_eq!(datasets(&other), ["sales"]);
    assert!(describe(&other, "sales").links.is_empty());
    push(&other, PushMode::Create, &["a"]);
    assert_eq!(datasets(&db), ["notes", "sales", "shops"]);
    assert_eq!(ask(&db, &by_city(), &Scope::new()).data_json(), expected);
    drop((db, other));
    let db = place.open();
    assert_eq!(datasets(&db), ["notes", "sales"]);
    assert!(describe(&db, "sales").links.is_empty());
    let refused = db.ask(&by_city().to_string()).expect_err("the link is gone");
    assert_eq!(refused.path(), Some("/dimensions/0/dataset_id"));
}

/// The one data file of a store.
fn data_file(store: &Path) -> PathBuf {
    let mut found = Vec::new();
    for dataset in std::fs::read_dir(store.join("datasets")).expect("a folder of datasets") {
        let data = dataset.expect("a dataset").path().join("data");
        let files = std::fs::read_dir(data).expect("a folder of files").map(|file| file.expect("a file").path());
        found.extend(files.filter(|path| path.extension().is_some_and(|extension| extension == "parquet")));
    }
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn a_wrong_byte_in_a_data_file_is_an_error_that_names_the_file() {
    // A file that has one digest, and one that has a digest for each of several blocks.
    for (rows, blocks) in [(500, false), (60_000, true)] {
        let place = Place::new();
        let rng = &mut Rng::new(rows);
        // Numbers that nothing can compress, so that the middle of the file is among them.
        let numbers: String = (0..rows).map(|_| format!("{}\n", rng.bits() >> 1)).collect();
        let query = json!({"dataset_id": "noise", "measures": [{"column_id": "number", "aggregation": "sum"}]});
        let query = query.to_string();
        let db = place.open();
        db.create(Dataset::csv("noise", place.csv("noise", &format!("number\n{numbers}")))).expect("a dataset");
        db.accelerate("noise", &[]).expect("a sync");
        let right = db.ask(&query).expect("an answer").data_json();
        drop(db);
        let file = data_file(&place.store());
        let mut bytes = std::fs::read(&file).expect("the data file");
        assert_eq!(bytes.len() > 3 * drillcore_store::DIGEST_BLOCK_BYTES as usize / 2, blocks, "{}", bytes.len());
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        write(&file, &bytes);
        let db = place.open();
        for _ in 0..2 {
            let error = db.ask(&query).expect_err("an error in place of rows");
            assert_eq!(error.kind(), ErrorKind::Storage, "{error:?}");
            let name = file.file_name().expect("a name").to_string_lossy();
            assert!(error.message().contains(&*name), "{error} does not name {name}");
        }
        // The source is intact, so the next sync brings the rows back.
        assert_eq!(db.sync("noise").expect("a sync").version, 2);
        assert_eq!(db.ask(&query).expect("an answer").data_json(), right);
    }
}
