//! What happens to the groups of an answer: totals, remainders, windows, members without rows, comparisons, pivots. The
//! expected rows are worked out by hand.

mod cumulative;
mod layout;
mod members;
mod tops;
mod totals;
mod values;
mod windows;

use drillcore::{ErrorKind, PushMode, QueryResult, Rows};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;
use serde_json::{Value, json};

fn push(db: &Db, dataset: &str, header: &[&str], rows: Value) {
    let rows = Rows::new(header.iter().copied(), serde_json::from_value(rows).expect("rows"));
    block_on(db.engine().push(dataset, PushMode::Create, rows)).expect("a push");
}

/// Sales: by region N 35, S 41, NULL 7; by city a 30, b 5, c 41, d NULL, e 7; by month 55, 20, 8.
fn db() -> Db {
    let db = Db::in_memory().expect("an engine");
    let sales = json!([
        ["N", "a", "2026-01-05", 10],
        ["N", "a", "2026-02-03", 20],
        ["N", "b", "2026-01-20", 5],
        ["S", "c", "2026-01-07", 40],
        ["S", "c", "2026-03-01", 1],
        ["S", "d", "2026-02-11", null],
        [null, "e", "2026-03-09", 7],
    ]);
    push(&db, "sales", &["region", "city", "day", "amount"], sales);
    db
}

fn n() -> Value {
    json!({"column_id": "*", "aggregation": "count", "as": "n"})
}

fn total() -> Value {
    json!({"column_id": "amount", "aggregation": "sum", "as": "total"})
}

fn month() -> Value {
    json!({"column_id": "day", "level": "month", "as": "month"})
}

fn region() -> Value {
    json!({"column_id": "region", "as": "region"})
}

fn city() -> Value {
    json!({"column_id": "city", "as": "city"})
}

/// A test of a column.
fn test(column: &str, expression: &str, value: Value) -> Value {
    json!({"expression": expression, "parameters": [{"column_id": column}, value]})
}

/// A test of a name of the query.
fn named(name: &str, expression: &str, value: Value) -> Value {
    json!({"expression": expression, "parameters": [{"name": name}, value]})
}

/// A query on the sales.
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
fn data(db: &Db, query: &Value) -> Value {
    serde_json::from_str(&ask(db, query).data_json()).expect("JSON")
}

#[track_caller]
fn check(db: &Db, query: &Value, expected: Value) {
    assert_eq!(data(db, query), expected, "{query}");
}

fn document(db: &Db, query: &Value) -> Value {
    serde_json::from_str(&ask(db, query).to_json()).expect("JSON")
}

/// The rows of all levels of totals, one after the other.
#[track_caller]
fn check_totals(db: &Db, query: &Value, expected: Value) {
    let document = document(db, query);
    let levels = document["totals"].as_array().expect("totals");
    let rows: Vec<Value> = levels.iter().flat_map(|level| level["data"].as_array().expect("rows").clone()).collect();
    assert_eq!(Value::from(rows), expected, "{query}");
}

#[track_caller]
fn check_refused(db: &Db, query: &Value, kind: ErrorKind, path: Option<&str>) {
    let error = db.ask(&query.to_string()).expect_err("a refusal");
    assert_eq!(error.kind(), kind, "{error}\n{query}");
    if path.is_some() {
        assert_eq!(error.path(), path, "{error}\n{query}");
    }
}

fn other() -> Value {
    json!({"other": true})
}
