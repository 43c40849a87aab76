//! Stored formulas and the derived columns of datasets.

mod columns;
mod definitions;
mod formulas;
mod materialized;
mod scoped;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use drillcore::{ColumnType, Dataset, DerivedColumn, Error, Formula, Link, QueryResult, Scope};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;
use serde_json::{Value, json};

const SALES: &str = "\
day,at,shop,tenant,amount
2026-03-01,2026-03-01T10:00:00Z,1,acme,30
2026-03-02,2026-03-02T10:00:00Z,2,acme,40
2026-03-31,2026-03-31T22:30:00Z,9,acme,5
2026-04-01,2026-04-01T10:00:00Z,1,zenith,1000
2026-04-02,2026-04-02T10:00:00Z,,zenith,8
";

const SHOPS: &str = "id,city,floor\n1,Ghent,120\n2,Bruges,80\n3,Ypres,60\n";

/// A folder with a store, and the files of its datasets.
struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a folder") }
    }

    fn open(&self) -> Db {
        Db::open(&self.dir.path().join("store")).expect("a store")
    }

    fn csv(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(format!("{name}.csv"));
        write(&path, text);
        path
    }

    fn sales(&self, text: &str) -> Dataset {
        Dataset::csv("sales", self.csv("sales", text)).column_type("at", ColumnType::Datetime)
    }

    /// Sales, linked with their shops.
    fn fill(&self, db: &Db) {
        db.create(self.sales(SALES)).expect("sales");
        db.create(Dataset::csv("shops", self.csv("shops", SHOPS))).expect("shops");
        db.link(Link::new("shop").from("sales", ["shop"]).to("shops", ["id"])).expect("a link");
    }
}

fn write(path: &Path, text: &str) {
    File::create(path).and_then(|mut file| file.write_all(text.as_bytes())).expect("a written file");
}

/// A store with sales and shops. The folder goes with the place.
fn filled() -> (Place, Db) {
    let place = Place::new();
    let db = place.open();
    place.fill(&db);
    (place, db)
}

fn try_save(db: &Db, name: &str, expression: &str) -> Result<(), Error> {
    // A name that is there is defined anew.
    let mut formula = block_on(db.engine().formula(name)).unwrap_or_else(|_| Formula::new(name, "sales", expression));
    expression.clone_into(&mut formula.expression);
    block_on(db.engine().save_formula(formula)).map(drop)
}

fn save(db: &Db, name: &str, expression: &str) {
    try_save(db, name, expression).unwrap_or_else(|error| panic!("{name}: {error}"));
}

fn try_derive(db: &Db, dataset: &str, column: DerivedColumn) -> Result<(), Error> {
    block_on(db.engine().derive(dataset, column))
}

fn derive(db: &Db, dataset: &str, name: &str, expression: &str) {
    let column = DerivedColumn::new(name, expression);
    try_derive(db, dataset, column).unwrap_or_else(|error| panic!("{name}: {error}"));
}

fn ask(db: &Db, query: &Value) -> QueryResult {
    db.ask(&query.to_string()).unwrap_or_else(|error| panic!("{error}\n{query}"))
}

fn data_of(answer: &QueryResult) -> Value {
    serde_json::from_str(&answer.data_json()).expect("JSON")
}

#[track_caller]
fn check(db: &Db, query: &Value, expected: &Value) {
    assert_eq!(data_of(&ask(db, query)), *expected, "{query}");
}

/// The rows of an answer under a scope.
fn data_as(db: &Db, query: &Value, scope: &Scope) -> Result<Value, Error> {
    db.ask_as(&query.to_string(), scope).map(|answer| data_of(&answer))
}

/// The number of sales by a column.
fn counted_by(column: &str) -> Value {
    json!({
        "dataset_id": "sales",
        "dimensions": [{"column_id": column}],
        "measures": [{"column_id": "*", "aggregation": "count"}],
    })
}
