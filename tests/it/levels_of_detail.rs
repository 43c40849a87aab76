//! Aggregates over other groups than those of their row: `FULL`, `EXCLUDE`, `INCLUDE` and `FIXED`. The expected rows are
//! worked out by hand; `random` compares with a model.

mod groups;
mod model;
mod random;
mod rows;

use drillcore::{ErrorKind, PushMode, QueryResult, Rows};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;
use serde_json::{Value, json};

fn push(db: &Db, dataset: &str, header: &[&str], rows: Value) {
    let rows = Rows::new(header.iter().copied(), serde_json::from_value(rows).expect("rows"));
    block_on(db.engine().push(dataset, PushMode::Create, rows)).expect("a push");
}

/// Sales: by region N 12, S 42, NULL 8; by customer x 14, y 46, z 2, NULL NULL; by month 48, 4, 10; in all 62 in 8 rows.
fn db() -> Db {
    let db = Db::in_memory().expect("an engine");
    let sales = json!([
        ["N", "a", "x", "2026-01-05", 1],
        ["N", "a", "x", "2026-01-09", 1],
        ["N", "a", "x", "2026-02-03", 4],
        ["N", "b", "y", "2026-01-20", 6],
        ["S", "c", "y", "2026-01-07", 40],
        ["S", "c", "z", "2026-03-01", 2],
        ["S", "d", null, "2026-02-11", null],
        [null, "e", "x", "2026-03-09", 8],
    ]);
    push(&db, "sales", &["region", "city", "customer", "day", "amount"], sales);
    db
}

fn region() -> Value {
    json!({"column_id": "region", "as": "region"})
}

fn city() -> Value {
    json!({"column_id": "city", "as": "city"})
}

fn month() -> Value {
    json!({"column_id": "day", "level": "month", "as": "month"})
}

fn formula(text: &str) -> Value {
    json!({"formula": text})
}

fn named(name: &str, text: &str) -> Value {
    json!({"formula": text, "as": name})
}

/// A test of a column.
fn test(column: &str, expression: &str, value: Value) -> Value {
    json!({"expression": expression, "parameters": [{"column_id": column}, value]})
}

/// The same as a context filter.
fn context(column: &str, expression: &str, value: Value) -> Value {
    let mut filter = test(column, expression, value);
    filter["context"] = json!(true);
    filter
}

fn sales(dimensions: &[Value], measures: &[Value], more: Value) -> Value {
    let mut query = json!({"dataset_id": "sales", "dimensions": dimensions, "measures": measures});
    for (name, value) in more.as_object().expect("fields") {
        query[name] = value.clone();
    }
    query
}

#[track_caller]
fn ask(db: &Db, query: &Value) -> QueryResult {
    db.ask(&query.to_string()).unwrap_or_else(|error| panic!("{error}\n{query}"))
}

#[track_caller]
fn check(db: &Db, query: &Value, expected: Value) {
    let data: Value = serde_json::from_str(&ask(db, query).data_json()).expect("JSON");
    assert_eq!(data, expected, "{query}");
}

/// The rows of all levels of totals, one after the other.
#[track_caller]
fn check_totals(db: &Db, query: &Value, expected: Value) {
    let document: Value = serde_json::from_str(&ask(db, query).to_json()).expect("JSON");
    let levels = document["totals"].as_array().expect("totals");
    let rows: Vec<Value> = levels.iter().flat_map(|level| level["data"].as_array().expect("rows").clone()).collect();
    assert_eq!(Value::from(rows), expected, "{query}");
}

/// A refusal at a place, whose message names something.
#[track_caller]
fn check_refused(db: &Db, query: &Value, path: &str, named: &str) {
    let error = db.ask(&query.to_string()).expect_err("a refusal");
    assert_eq!(error.kind(), ErrorKind::InvalidQuery, "{error}\n{query}");
    assert_eq!(error.path(), Some(path), "{error}\n{query}");
    assert!(error.message().contains(named), "{error} does not name {named}");
}
