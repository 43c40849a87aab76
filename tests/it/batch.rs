//! Queries in one call: each is answered as if it were alone, and the table is read few times.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use drillcore::{
    BatchIter, Column, Dataset, Error, ErrorKind, Link, ParquetSource, Query, QueryBatch, QueryResult, ReadRequest,
    Scope, Source,
};
use drillcore_tests::engine_side::Db;
use drillcore_tests::nyc::nyc_file;
use futures::StreamExt as _;
use futures::executor::block_on;
use serde_json::{Value, json};

/// The flights that left New York in 2013.
const FLIGHTS: u64 = 336_776;

/// A source that counts the rows it gives.
#[derive(Debug)]
struct Counted {
    source: ParquetSource,
    rows: Arc<AtomicU64>,
}

impl Source for Counted {
    fn describe(&self) -> String {
        self.source.describe()
    }

    fn discover(&self) -> Result<Vec<Column>, Error> {
        self.source.discover()
    }

    fn read(&self, request: &ReadRequest) -> Result<BatchIter, Error> {
        let rows = Arc::clone(&self.rows);
        let batches = self.source.read(request)?;
        Ok(Box::new(batches.inspect(move |batch| {
            let found = batch.as_ref().map_or(0, |batch| batch.num_rows() as u64);
            rows.fetch_add(found, Ordering::SeqCst);
        })))
    }
}

/// The flights with three links, and what counts the rows read of them.
fn db(dir: Option<&Path>) -> (Db, Arc<AtomicU64>) {
    let db = dir.map_or_else(Db::in_memory, Db::open).expect("an engine");
    let rows = Arc::new(AtomicU64::new(0));
    let source = Counted { source: ParquetSource::new(nyc_file("flights.parquet")), rows: Arc::clone(&rows) };
    db.create(Dataset::from_source("flights", Arc::new(source))).expect("flights");
    for name in ["airlines", "planes", "airports"] {
        db.create(Dataset::csv(name, nyc_file(&format!("{name}.csv"))).null_text("NA")).expect("a dataset");
    }
    for (name, to, from, key) in [
        ("airline", "airlines", "carrier", "carrier"),
        ("plane", "planes", "tailnum", "tailnum"),
        ("dest_airport", "airports", "dest", "faa"),
    ] {
        db.link(Link::new(name).from("flights", [from]).to(to, [key])).expect("a link");
    }
    (db, rows)
}

/// Every kind of step, with and without links, filters, limits and totals. All are over the flights.
fn tiles() -> Vec<Value> {
    let count = json!({"column_id": "*", "aggregation": "count", "as": "n"});
    let month = json!({"column_id": "time_hour", "level": "month", "as": "month"});
    let day = json!({"column_id": "time_hour", "level": "day", "as": "day"});
    let carrier = json!({"column_id": "carrier", "as": "carrier"});
    let origin = json!({"column_id": "origin", "as": "origin"});
    let airline = json!({"dataset_id": "airline", "column_id": "name", "as": "airline"});
    let test = |column: &str, expression: &str, value: Value| json!({"expression": expression, "parameters": [{"column_id": column}, value]});
    let july = || test("time_hour", "? between ?", json!(["2013-07-01", "2013-07-31"]));
    let measure =
        |column: &str, aggregation: &str| json!({"column_id": column, "aggregation": aggregation, "as": aggregation});
    vec![
        json!({"dimensions": [carrier], "measures": [count]}),
        json!({"measures": [count]}),
        json!({"measures": [count, measure("distance", "sum"), measure("tailnum", "distinctcount")]}),
        json!({"dimensions": [month], "measures": [measure("arr_delay", "average"), measure("arr_delay", "median")]}),
        json!({"dimensions": [month, carrier], "measures": [measure("distance", "sum")], "limit": {"by": 20, "offset": 5}}),
        json!({"dimensions": [airline], "measures": [count, measure("arr_delay", "max")]}),
        json!({"dimensions": [{"dataset_id": "plane", "column_id": "manufacturer", "as": "maker"}],
               "measures": [count], "order": [{"by": "n", "order": "desc"}], "limit": {"by": 7}}),
        json!({"dimensions": [{"dataset_id": "dest_airport", "column_id": "name", "as": "airport"}, origin],
               "measures": [measure("air_time", "average")],
               "where": [{"expression": "? > ?", "parameters": [{"dataset_id": "dest_airport", "column_id": "alt"}, 1000]}]}),
        json!({"dimensions": [day], "measures": [count], "where": [july()]}),
        json!({"dimensions": [carrier], "measures": [measure("dep_delay", "stddev")], "where": [july()]}),
        json!({"dimensions": [origin], "measures": [count], "where": [july(), test("distance", "? >= ?", json!(1000))]}),
        json!({"dimensions": [origin], "measures": [count, measure("distance", "min")],
               "having": [{"expression": "? > ?", "parameters": [{"name": "n"}, 105_000]}]}),
        json!({"dimensions": [carrier, origin], "measures": [count], "totals": {"grand": true, "levels": [["carrier"]]}}),
        json!({"dimensions": [carrier], "measures": [count], "top": {"of": "carrier", "n": 3, "by": "n", "other": true}}),
        json!({"dimensions": [month], "measures": [count],
               "window": [{"as": "so_far", "function": "running_total", "of": "n"}]}),
        json!({"dimensions": [month], "measures": [count],
               "where": [test("time_hour", "? between ?", json!(["2013-05-01", "2013-06-30"]))],
               "compare": {"column_id": "time_hour", "shift": {"quantity": 1, "unit": "month"}, "measures": ["n"]}}),
        json!({"dimensions": [month], "measures": [{"column_id": "tailnum", "as": "planes",
               "aggregation": {"type": "distinctcount", "cumulative": {"over": "time_hour", "all": true}}}]}),
        json!({"dimensions": [origin, month], "measures": [count], "pivot": {"columns": ["month"]}}),
        json!({"dimensions": [carrier], "measures": [{"formula": "SUM({distance}) / COUNTR()", "as": "mean"}]}),
        json!({"dimensions": [{"column_id": "flight"}, {"column_id": "tailnum"}, {"column_id": "dest"}],
               "order": [{"column_id": "distance", "order": "desc"}], "limit": {"by": 50}, "options": {"rollup_data": false}}),
        json!({"dimensions": [{"column_id": "flight"}, {"dataset_id": "airline", "column_id": "name"}],
               "where": [test("dest", "? = ?", json!("HNL"))],
               "limit": {"by": 10}, "options": {"rollup_data": false, "total_rows": true}}),
        json!({"dimensions": [{"column_id": "tailnum"}], "limit": {"by": 4}}),
        json!({"dimensions": [{"column_id": "time_hour", "level": "weekday_name", "as": "weekday"}],
               "measures": [count], "options": {"timezone_id": "America/New_York"}}),
        json!({"dimensions": [carrier], "measures": [count], "where": [test("carrier", "? = ?", json!("none"))]}),
        json!({"dimensions": [carrier], "measures": [count]}),
    ]
}

fn query(mut tile: Value) -> Query {
    tile["dataset_id"] = json!("flights");
    Query::from_json(&tile.to_string()).unwrap_or_else(|error| panic!("{error}\n{tile}"))
}

/// What an answer says, without when and how it was found.
fn said(answer: &QueryResult) -> Value {
    let mut document: Value = serde_json::from_str(&answer.to_json()).expect("JSON");
    let members = document.as_object_mut().expect("an object");
    for own in ["query_id", "performance"] {
        members.remove(own).expect("a member");
    }
    let provenance = members.get_mut("provenance").and_then(Value::as_object_mut).expect("the provenance");
    for own in ["computed_at", "rows_scanned"] {
        provenance.remove(own);
    }
    document
}

fn alone(db: &Db, queries: &[Query]) -> Vec<Result<QueryResult, Error>> {
    queries.iter().map(|query| block_on(db.engine().query(query, &Scope::unrestricted()))).collect()
}

fn together(db: &Db, queries: &[Query]) -> Vec<Result<QueryResult, Error>> {
    block_on(db.engine().query_batch(&QueryBatch::new(queries.iter().cloned()), &Scope::unrestricted()))
}

/// Asks the queries together and one by one.
fn check(db: &Db, queries: &[Query]) {
    let (expected, found) = (alone(db, queries), together(db, queries));
    assert_eq!(found.len(), queries.len());
    for ((query, expected), found) in queries.iter().zip(expected).zip(found) {
        let text = query.to_json();
        let expected = expected.unwrap_or_else(|error| panic!("{error}\n{text}"));
        let found = found.unwrap_or_else(|error| panic!("in the batch: {error}\n{text}"));
        assert_eq!(said(&found), said(&expected), "{text}");
    }
}

#[test]
fn a_batch_gives_the_answers_that_the_queries_have_alone() {
    let (db, rows) = db(None);
    let queries: Vec<Query> = tiles().into_iter().map(query).collect();
    check(&db, &queries);
    rows.store(0, Ordering::SeqCst);
    drop(together(&db, &queries));
    let read = rows.load(Ordering::SeqCst);
    println!("{} queries read {read} rows of a table of {FLIGHTS}", queries.len());
    assert!(read <= 3 * FLIGHTS, "{read} rows");
    assert!(read >= FLIGHTS, "{read} rows");
}

#[test]
fn a_batch_over_snapshots_gives_the_answers_that_the_queries_have_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    let (db, rows) = db(Some(dir.path()));
    for name in ["airlines", "planes", "airports"] {
        db.accelerate(name, &[]).expect("a sync");
    }
    db.accelerate("flights", &["time_hour".to_owned()]).expect("a sync");
    rows.store(0, Ordering::SeqCst);
    let queries: Vec<Query> = tiles().into_iter().map(query).collect();
    check(&db, &queries);
    assert_eq!(rows.load(Ordering::SeqCst), 0, "the source was read");
    let found = together(&db, &queries[..1]);
    assert_eq!(found[0].as_ref().expect("an answer").provenance().rows_scanned, Some(FLIGHTS));
}

#[test]
fn a_failed_query_disturbs_no_other() {
    let (db, _) = db(None);
    let good = json!({"dimensions": [{"column_id": "carrier"}], "measures": [{"column_id": "distance", "aggregation": "sum"}]});
    let mut wide = good.clone();
    wide["options"] = json!({"max_rows": 2});
    let unknown = json!({"dimensions": [{"column_id": "colour"}]});
    let queries: Vec<Query> = [good.clone(), unknown, good.clone(), wide, good].into_iter().map(query).collect();
    let expected = alone(&db, &queries[..1]).remove(0).expect("an answer");
    let found = together(&db, &queries);
    for (index, answer) in found.iter().enumerate() {
        match (index, answer) {
            (1, Err(error)) => {
                assert_eq!(error.kind(), ErrorKind::InvalidQuery);
                assert!(error.path().is_some_and(|path| path.starts_with("/queries/1/dimensions/0")), "{error}");
            }
            (3, Err(error)) => {
                assert_eq!((error.kind(), error.path()), (ErrorKind::LimitExceeded, Some("/queries/3")));
            }
            (0 | 2 | 4, Ok(answer)) => assert_eq!(said(answer), said(&expected)),
            (_, answer) => panic!("query {index}: {answer:?}"),
        }
    }
}

#[test]
fn a_stream_answers_every_query_once_and_stops_when_it_is_dropped() {
    let (db, rows) = db(None);
    let queries: Vec<Query> = tiles().into_iter().map(query).collect();
    let batch = QueryBatch::new(queries);
    block_on(async {
        let mut answers = db.engine().query_batch_stream(&batch, &Scope::unrestricted());
        let mut seen = BTreeSet::new();
        while let Some((index, answer)) = answers.next().await {
            assert!(answer.is_ok(), "query {index}: {answer:?}");
            assert!(seen.insert(index), "query {index} is answered twice");
        }
        assert_eq!(seen.len(), batch.queries.len());
    });
    drop(db.engine().query_batch_stream(&batch, &Scope::unrestricted()));
    // Whatever was under way ends; then nothing more is read.
    let mut before = rows.load(Ordering::SeqCst);
    for _ in 0..100 {
        std::thread::sleep(std::time::Duration::from_millis(50));
        let now = rows.load(Ordering::SeqCst);
        if now == before {
            return;
        }
        before = now;
    }
    panic!("the dropped batch reads on");
}

#[test]
fn an_empty_batch_has_no_answers() {
    let (db, _) = db(None);
    assert!(together(&db, &[]).is_empty());
}
