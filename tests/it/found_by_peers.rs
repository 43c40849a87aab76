//! Faults that a comparison with another engine found, so that they do not come back.

use arrow::array::{Date32Array, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use drillcore::Dataset;
use drillcore_tests::engine_side::Db;
use serde_json::{Value, json};
use std::sync::Arc;

/// One row: 2026-02-10, 1.
fn db() -> Db {
    let schema =
        Arc::new(Schema::new(vec![Field::new("day", DataType::Date32, true), Field::new("x", DataType::Int64, true)]));
    let day = Arc::new(Date32Array::from(vec![20_494]));
    let batch = RecordBatch::try_new(schema, vec![day, Arc::new(Int64Array::from(vec![1]))]).unwrap();
    let db = Db::in_memory().unwrap();
    db.create(Dataset::batches("t", vec![batch])).unwrap();
    db
}

fn data(query: &Value) -> Value {
    serde_json::from_str(&db().ask(&query.to_string()).unwrap().data_json().to_string()).unwrap()
}

#[test]
fn conditions_that_contradict_each_other_leave_no_group() {
    let equals = |number| json!({"expression": "? = ?", "parameters": [{"name": "n"}, number]});
    let query = json!({
        "dataset_id": "t",
        "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}],
        "having": [equals(1), equals(5)]
    });
    assert_eq!(data(&query), json!([]));
}

#[test]
fn a_bucket_without_a_counterpart_has_no_base_whatever_the_filter() {
    let query = json!({
        "dataset_id": "t",
        "dimensions": [{"column_id": "day", "level": "month", "as": "month", "include_nonoccurring": true}],
        "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}],
        "where": [
            {"expression": "? between ?", "parameters": [{"column_id": "day"}, ["2026-02-03", "2026-02-20"]]},
            {"or": []}
        ],
        "compare": {"column_id": "day", "shift": "previous_period"}
    });
    for row in data(&query).as_array().unwrap() {
        let cells = &row.as_array().unwrap()[1..];
        assert_eq!(cells, [json!(0), json!(null), json!(null), json!(null)], "{row}");
    }
}

#[test]
fn a_condition_that_nothing_meets_bounds_the_members_of_its_column_too() {
    let asked = |condition: Value| {
        data(&json!({
            "dataset_id": "t",
            "dimensions": [{"column_id": "x", "include_nonoccurring": true}],
            "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}],
            "where": [condition]
        }))
    };
    let on_x = json!({"expression": "? != ?", "parameters": [{"column_id": "x"}, 7]});
    assert_eq!(asked(json!({"and": [on_x.clone(), {"or": []}]})), json!([]));
    assert_eq!(asked(json!({"expression": "? in ?", "parameters": [{"column_id": "x"}, []]})), json!([]));
    // What names no column, or another one, leaves the member as a gap.
    assert_eq!(asked(json!({"or": []})), json!([[1, 0]]));
    let on_day = json!({"expression": "? is null", "parameters": [{"column_id": "day"}]});
    assert_eq!(asked(on_day), json!([[1, 0]]));
}

#[test]
fn without_a_present_value_there_are_no_bins_for_those_of_another_period() {
    let asked = |first: &str, last: &str| {
        data(&json!({
            "dataset_id": "t",
            "dimensions": [{"column_id": "x", "discretization": {"type": "linear", "bins": 3}}],
            "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}],
            "where": [{"expression": "? between ?", "parameters": [{"column_id": "day"}, [first, last]]}],
            "compare": {"column_id": "day", "shift": {"quantity": 1, "unit": "year"}}
        }))
    };
    assert_eq!(asked("2027-02-01", "2027-02-20"), json!([[null, 0, 1, -1, -1.0]]));
    assert_eq!(asked("2026-02-01", "2026-02-20"), json!([[1, 1, 0, 1, null]]));
}
