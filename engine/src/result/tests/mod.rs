//! Answers in all their forms. Here: how the tests make one.

mod alerts;
mod beside;
mod cells;
mod csv_law;
mod differences;
mod documents;
mod markdown;
mod member_laws;
mod members;
mod numbers;
mod spreadsheets;
mod statistics;
mod tables;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Int64Array, RecordBatch, StringViewArray};
use arrow::datatypes::DataType;
use chrono::DateTime;
use uuid::Uuid;

use super::{CsvDialect, Path, Performance, Provenance, QueryResult, ResultColumn, Role, SnapshotRef, TotalRows};
use crate::error::Result;
use crate::model::{Aggregation, Kind};

fn provenance() -> Provenance {
    Provenance {
        path: Path::Snapshot,
        snapshots: vec![SnapshotRef { dataset: "flights".into(), version: 3 }],
        sources: Vec::new(),
        exact: true,
        rows_scanned: Some(336_776),
        filters: vec!["tenant = parameter tenant_id".into()],
        data_time: None,
        computed_at: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
    }
}

fn batch(arrays: Vec<ArrayRef>) -> RecordBatch {
    let named = arrays.into_iter().enumerate().map(|(index, array)| (format!("c{index}"), array, true));
    RecordBatch::try_from_iter_with_nullable(named).unwrap()
}

fn try_answer(columns: Vec<ResultColumn>, batches: Vec<RecordBatch>) -> Result<QueryResult> {
    let performance = Performance { querying_ms: 12.5, ..Performance::default() };
    QueryResult::new(columns, batches, provenance(), performance, Uuid::nil(), Some("by_carrier".into()))
}

/// An answer of one batch, with columns that are called and labelled so.
fn answer(columns: Vec<(&str, ArrayRef)>) -> QueryResult {
    let (names, arrays): (Vec<&str>, Vec<ArrayRef>) = columns.into_iter().unzip();
    let described = names.into_iter().zip(&arrays).map(|(name, array)| {
        let (role, kind) = match array.data_type() {
            DataType::Int64 | DataType::Float64 | DataType::Decimal128(..) | DataType::Decimal256(..) => {
                (Role::Measure, Kind::Numeric)
            }
            DataType::Date32 | DataType::Timestamp(..) => (Role::Dimension, Kind::Datetime),
            _ => (Role::Dimension, Kind::Hierarchy),
        };
        ResultColumn::new(name, name, role, kind)
    });
    try_answer(described.collect(), vec![batch(arrays)]).unwrap()
}

/// Flights by carrier: two batches, the second with a NULL member.
fn flights() -> QueryResult {
    let carrier = ResultColumn::new("carrier", "Carrier", Role::Dimension, Kind::Hierarchy);
    let mut count = ResultColumn::new("n", "Flights", Role::Measure, Kind::Numeric);
    count.aggregation = Some(Aggregation::Count);
    let rows = |carrier: Option<&str>, count: i64| {
        batch(vec![Arc::new(StringViewArray::from(vec![carrier])), Arc::new(Int64Array::from(vec![count]))])
    };
    try_answer(vec![carrier, count], vec![rows(Some("UA"), 58_665), rows(None, 32)]).unwrap()
}

fn csv(result: &QueryResult, dialect: &CsvDialect) -> String {
    let mut out = Vec::new();
    result.write_csv(&mut out, dialect).unwrap();
    String::from_utf8(out).unwrap()
}

/// Sales by region and nation, with the remainder of the nations of Europe, a member that is NULL, subtotals of the
/// regions, and the total over everything.
fn sales() -> QueryResult {
    let columns = vec![
        ResultColumn::new("region", "Region", Role::Dimension, Kind::Hierarchy),
        ResultColumn::new("nation", "Nation", Role::Dimension, Kind::Hierarchy),
        ResultColumn::new("n", "Sales", Role::Measure, Kind::Numeric),
    ];
    let rows = |regions: Vec<Option<&str>>, nations: Vec<Option<&str>>, numbers: Vec<i64>| {
        batch(vec![
            Arc::new(StringViewArray::from(regions)),
            Arc::new(StringViewArray::from(nations)),
            Arc::new(Int64Array::from(numbers)),
        ])
    };
    let first = rows(vec![Some("ASIA"), Some("EUROPE")], vec![None, Some("FRANCE")], vec![1, 2000]);
    let second = rows(vec![Some("EUROPE")], vec![None], vec![30]);
    let regions = rows(vec![Some("ASIA"), Some("EUROPE")], vec![None, None], vec![1, 2030]);
    let all = rows(vec![None], vec![None], vec![2031]);
    let others = BooleanArray::from(vec![false, false, true]);
    let totals = vec![
        (TotalRows::new(vec!["region".to_owned()], [1], regions), Some(BooleanArray::from(vec![false, false]))),
        (TotalRows::new(Vec::new(), [0, 1], all), None),
    ];
    let result = try_answer(columns, vec![first, second]).unwrap();
    result.completed(Some((1, others)), totals, Some(3)).unwrap()
}
