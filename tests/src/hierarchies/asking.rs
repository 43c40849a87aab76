//! Questions about hierarchies, as documents.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use drillcore::{Dataset, Error, Hierarchy, QueryResult, Scope};
use futures::executor::block_on;
use serde_json::{Value, json};

use crate::engine_side::Db;

/// A column of text.
#[must_use]
pub fn texts<'a>(values: impl IntoIterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(values.into_iter().collect::<StringArray>())
}

/// A column of whole numbers.
#[must_use]
pub fn numbers(values: impl IntoIterator<Item = Option<i64>>) -> ArrayRef {
    Arc::new(values.into_iter().collect::<Int64Array>())
}

/// Makes a dataset of columns.
///
/// # Panics
/// If the engine refuses it.
#[track_caller]
pub fn table(db: &Db, name: &str, columns: Vec<(&str, ArrayRef)>) {
    let columns = columns.into_iter().map(|(name, values)| (name, values, true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one length");
    db.create(Dataset::batches(name, vec![batch])).unwrap_or_else(|error| panic!("{error}"));
}

/// Saves a hierarchy.
///
/// # Panics
/// If the engine refuses it.
#[track_caller]
pub fn save(db: &Db, definition: Hierarchy) {
    block_on(db.engine().save_hierarchy(definition)).unwrap_or_else(|error| panic!("{error}"));
}

/// Saves a hierarchy that is written as JSON.
///
/// # Panics
/// If it is no definition, or the engine refuses it.
#[track_caller]
pub fn define(db: &Db, definition: Value) {
    save(db, serde_json::from_value(definition).unwrap_or_else(|error| panic!("{error}")));
}

/// The answer to a query.
///
/// # Panics
/// If the engine refuses it.
#[track_caller]
#[must_use]
pub fn ask(db: &Db, query: &Value) -> QueryResult {
    ask_as(db, query, &Scope::unrestricted())
}

/// The answer to a query under a scope.
///
/// # Panics
/// If the engine refuses it.
#[track_caller]
#[must_use]
pub fn ask_as(db: &Db, query: &Value, scope: &Scope) -> QueryResult {
    db.ask_as(&query.to_string(), scope).unwrap_or_else(|error| panic!("{error}\n{query}"))
}

/// The rows of an answer.
///
/// # Panics
/// If they are no JSON.
#[must_use]
pub fn rows_of(answer: &QueryResult) -> Value {
    serde_json::from_str(&answer.data_json()).expect("JSON")
}

/// The rows of the answer to a query.
///
/// # Panics
/// If the engine refuses it.
#[track_caller]
#[must_use]
pub fn data(db: &Db, query: &Value) -> Value {
    rows_of(&ask(db, query))
}

/// The rows of the answer to a query, one by one.
///
/// # Panics
/// If the engine refuses it.
#[track_caller]
#[must_use]
pub fn rows(db: &Db, query: &Value) -> Vec<Vec<Value>> {
    let rows = data(db, query);
    rows.as_array().expect("rows").iter().map(|row| row.as_array().expect("cells").clone()).collect()
}

/// The totals of the answer to a query.
///
/// # Panics
/// If the engine refuses it.
#[track_caller]
#[must_use]
pub fn totals(db: &Db, query: &Value) -> Value {
    let document: Value = serde_json::from_str(&ask(db, query).to_json()).expect("JSON");
    document["totals"].clone()
}

/// Fails unless the answer has these rows.
///
/// # Panics
/// If it has others.
#[track_caller]
pub fn check(db: &Db, query: &Value, expected: Value) {
    let found = data(db, query);
    assert_eq!(found, expected, "\nfound    {found}\nexpected {expected}\nof {query}");
}

/// The refusal of a query.
///
/// # Panics
/// If it is answered.
#[track_caller]
#[must_use]
pub fn refusal(db: &Db, query: &Value) -> Error {
    match db.ask(&query.to_string()) {
        Ok(answer) => panic!("answered with {}\n{query}", answer.data_json()),
        Err(error) => error,
    }
}

/// An object with more fields.
///
/// # Panics
/// If one of the two is no object.
#[must_use]
pub fn with(mut object: Value, more: Value) -> Value {
    let fields = object.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("fields").clone());
    object
}

/// The number of rows, called `n`.
#[must_use]
pub fn n() -> Value {
    json!({"column_id": "*", "aggregation": "count", "as": "n"})
}

/// The sum of the amounts, called `total`.
#[must_use]
pub fn total() -> Value {
    json!({"column_id": "amount", "aggregation": "sum", "as": "total"})
}

/// The number of rows and the sum of the amounts by some dimensions.
#[must_use]
pub fn by(dataset: &str, dimensions: Value) -> Value {
    json!({"dataset_id": dataset, "dimensions": dimensions, "measures": [n(), total()]})
}

/// A filter on a hierarchy.
#[must_use]
pub fn test(hierarchy: &str, expression: &str, members: Value) -> Value {
    json!({"expression": expression, "parameters": [{"hierarchy_id": hierarchy}, members]})
}

/// The ids of the rows that pass some filters, in rising order.
///
/// # Panics
/// If the engine refuses the filters.
#[track_caller]
#[must_use]
pub fn ids(db: &Db, dataset: &str, filters: Value) -> Vec<i64> {
    let query = json!({
        "dataset_id": dataset,
        "dimensions": [{"column_id": "id"}],
        "where": filters,
        "order": [{"column_id": "id"}],
        "options": {"rollup_data": false},
    });
    rows(db, &query).iter().map(|row| row[0].as_i64().expect("an id")).collect()
}
