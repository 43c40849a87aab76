//! Whole documents: JSON, several answers in one, and the Arrow stream.

use std::io;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, DictionaryArray, Float64Array, Int64Array, StringViewArray};
use arrow::datatypes::{DataType, Int8Type};
use arrow::ipc::reader::StreamReader;
use proptest::prelude::*;

use super::{answer, batch, flights, try_answer};
use crate::error::{Error, ErrorKind};
use crate::model::{Aggregation, Kind, Subtype};
use crate::result::{CsvDialect, ResultColumn, Role, batch_to_json};

const FLIGHTS: &str = concat!(
    r#"{"data":[["UA",58665],[null,32]],"#,
    r#""columns":[{"name":"carrier","label":"Carrier","role":"dimension","type":"text","kind":"hierarchy"},"#,
    r#"{"name":"n","label":"Flights","role":"measure","type":"integer","kind":"numeric","aggregation":"count"}],"#,
    r#""cached":false,"query_id":"00000000-0000-0000-0000-000000000000","#,
    r#""provenance":{"path":"snapshot","snapshots":[{"dataset":"flights","version":3}],"sources":[],"exact":true,"#,
    r#""rows_scanned":336776,"filters":["tenant = parameter tenant_id"],"computed_at":"2023-11-14T22:13:20Z"},"#,
    r#""performance":{"validating":0.0,"preparing":0.0,"queuing":0.0,"querying":12.5,"processing":0.0}}"#,
);

#[test]
fn the_document_of_an_answer() {
    let result = flights();
    assert_eq!(result.to_json(), FLIGHTS);
    assert_eq!(result.name(), Some("by_carrier"));
    let none = answer(vec![("x", Arc::new(Int64Array::from(Vec::<i64>::new())) as ArrayRef)]);
    assert_eq!(none.data_json(), "[]");
    assert!(none.to_json().starts_with(r#"{"data":[],"columns":[{"name":"x""#));
}

#[test]
fn a_column_tells_all_it_knows() {
    let mut column = ResultColumn::new("x", "X", Role::Measure, Kind::Numeric);
    column.level = Some("month".into());
    column.aggregation = Some(Aggregation::DistinctCount);
    column.subtype = Some(Subtype::Currency);
    column.format = Some(",.2f".into());
    let result = try_answer(vec![column], vec![batch(vec![Arc::new(Float64Array::from(vec![1.0]))])]).unwrap();
    assert_eq!(
        serde_json::to_string(&result.columns()[0]).unwrap(),
        concat!(
            r#"{"name":"x","label":"X","role":"measure","type":"float","kind":"numeric","level":"month","#,
            r#""aggregation":"distinctcount","subtype":"currency","format":",.2f"}"#
        )
    );
}

#[test]
fn several_answers_stand_in_the_order_of_their_queries() {
    let failed = || Error::query("no column `x`").at("/queries/0/where/1");
    let error = r#"{"error":{"kind":"invalid_query","message":"no column `x`","path":"/queries/0/where/1"}}"#;
    assert_eq!(batch_to_json(&[Ok(flights())]), FLIGHTS);
    assert_eq!(batch_to_json(&[Err(failed())]), error);
    assert_eq!(batch_to_json(&[Err(failed()), Ok(flights())]), format!(r#"{{"results":[{error},{FLIGHTS}]}}"#));
    assert_eq!(batch_to_json(&[]), r#"{"results":[]}"#);
}

/// A sink that takes so many bytes and then no more.
struct Full(usize);

impl io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        if taken == 0 { Err(io::Error::other("no room")) } else { Ok(taken) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn writing_in_pieces_gives_the_same_bytes() {
    let texts = (0..20_000_i64).map(|row| Some(format!("member \"{row}\""))).collect::<StringViewArray>();
    let numbers = (0..20_000_i64).collect::<Int64Array>();
    let result = answer(vec![("text", Arc::new(texts) as ArrayRef), ("n", Arc::new(numbers))]);
    let mut json = Vec::new();
    result.write_json(&mut json).unwrap();
    assert_eq!(String::from_utf8(json).unwrap(), result.to_json());
    let mut csv = Vec::new();
    result.write_csv(&mut csv, &CsvDialect::default()).unwrap();
    assert_eq!(String::from_utf8(csv).unwrap(), result.to_csv());

    for room in [0, 10, 100_000] {
        let error = result.write_json(Full(room)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(error.to_string(), "the answer could not be written: no room");
        result.write_csv(Full(room), &CsvDialect::default()).unwrap_err();
    }
}

#[test]
fn an_arrow_stream_reads_back() {
    let mut month = ResultColumn::new("month", "Month", Role::Dimension, Kind::Hierarchy);
    month.level = Some("month_name".into());
    let mut count = ResultColumn::new("n", "Flights", Role::Measure, Kind::Numeric);
    count.aggregation = Some(Aggregation::Count);
    let numbers = |numbers: Vec<i64>| -> ArrayRef { Arc::new(Int64Array::from(numbers)) };
    let long = "a text that is too long to stand inside of a view";
    let result = try_answer(
        vec![month, count],
        vec![
            batch(vec![Arc::new(StringViewArray::from(vec![Some(long), None])), numbers(vec![1, 2])]),
            batch(vec![Arc::new(DictionaryArray::<Int8Type>::from_iter(["July", "July"])), numbers(vec![3, 4])]),
        ],
    )
    .unwrap();

    let stream = result.to_arrow_ipc().unwrap();
    let reader = StreamReader::try_new(stream.as_slice(), None).unwrap();
    let schema = reader.schema();
    assert_eq!(schema.field(0).name(), "month");
    assert_eq!(schema.field(0).data_type(), &DataType::Utf8);
    assert_eq!(schema.field(0).metadata()["level"], "month_name");
    assert_eq!(schema.field(0).metadata()["label"], "Month");
    assert!(!schema.field(0).metadata().contains_key("aggregation"));
    assert_eq!(schema.field(1).data_type(), &DataType::Int64);
    assert_eq!(schema.field(1).metadata()["aggregation"], "count");
    let batches = reader.map(|batch| batch.unwrap()).collect::<Vec<_>>();
    let texts = batches.iter().flat_map(|batch| batch.column(0).as_string::<i32>().iter()).collect::<Vec<_>>();
    assert_eq!(texts, [Some(long), None, Some("July"), Some("July")]);
    assert_eq!(batches[1].column(1).len(), 2);
}

proptest! {
    #[test]
    fn json_reads_back(rows in proptest::collection::vec(any::<(Option<String>, Option<i64>)>(), 0..8)) {
        let texts = rows.iter().map(|(text, _)| text.as_deref()).collect::<StringViewArray>();
        let numbers = rows.iter().map(|(_, number)| *number).collect::<Int64Array>();
        let result = answer(vec![("text", Arc::new(texts) as ArrayRef), ("n", Arc::new(numbers))]);
        let read: Vec<(Option<String>, Option<i64>)> = serde_json::from_str(&result.data_json()).unwrap();
        prop_assert_eq!(read, rows);
        serde_json::from_str::<serde_json::Value>(&result.to_json()).unwrap();
    }
}
