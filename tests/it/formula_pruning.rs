//! Formulas over the column that a snapshot is sorted by skip the rows that cannot pass, as filters of queries do.

use drillcore::Dataset;
use drillcore_tests::engine_side::Db;
use drillcore_tests::nyc::nyc_file;
use serde_json::{Value, json};

/// The flights that left New York in 2013.
const FLIGHTS: u64 = 336_776;

/// A condition, as a formula or on a derived column, and the most rows that may be read for it.
#[derive(Debug)]
struct Case {
    filter: Value,
    most: u64,
}

/// A formula that must be true.
fn formula(text: &str, most: u64) -> Case {
    Case { filter: json!({"expression": "? = ?", "parameters": [{"expression": text}, true]}), most }
}

/// A test of a derived column.
fn derived(column: &str, expression: &str, value: Value, most: u64) -> Case {
    Case { filter: json!({"expression": expression, "parameters": [{"column_id": column}, value]}), most }
}

fn cases() -> Vec<Case> {
    const HALF: u64 = FLIGHTS / 2;
    vec![
        formula("{time_hour} >= @2013-11-01", HALF),
        formula("@2013-11-01 <= {time_hour}", HALF),
        formula("{time_hour} < @2013-02-01T00:00", HALF),
        formula("{time_hour} BETWEEN @2013-12-24 AND @2013-12-31", HALF),
        formula("CAST({time_hour}, date) IN (@2013-12-24, @2013-12-25)", HALF),
        formula("DATE_TRUNC('month', {time_hour}) = @2013-07-01", HALF),
        formula("LAST_DAY('quarter', {time_hour}) = @2013-03-31 AND {distance} > 500", HALF),
        formula("TIME_TRUNC('hour', {time_hour}) = @2013-12-24T12:00Z", HALF),
        formula("YEAR({time_hour}) = 2012", 0),
        formula("YEAR({time_hour}) < 2013 AND {carrier} = 'UA'", 0),
        formula("FISCAL_YEAR({time_hour}) > 2013 OR {time_hour} >= @2013-12-01", HALF),
        derived("the_month", "? = ?", json!("2013-07"), HALF),
        derived("the_month", "? < ?", json!("2013-02"), HALF),
        derived("the_week", "? between ?", json!(["2013-12-01", "2013-12-20"]), HALF),
        derived("the_year", "? in ?", json!([2011, 2012]), 0),
        derived("the_year", "? > ?", json!(2014), 0),
        // What comes round again is in every part of the year.
        formula("HOUR({time_hour}) = 9", FLIGHTS),
        formula("NOT {time_hour} >= @2013-11-01 OR {carrier} = 'UA'", FLIGHTS),
    ]
}

fn document(case: &Case, zone: &str) -> String {
    let measure = json!({"column_id": "*", "aggregation": "count", "as": "n"});
    let query = json!({
        "dataset_id": "flights",
        "derived": [
            {"as": "the_year", "expression": "YEAR({the_day})"},
            {"as": "the_day", "expression": "CAST({time_hour}, date)"},
            {"as": "the_week", "expression": "DATE_TRUNC('week', {the_day})"},
            {"as": "the_month", "expression": "DATE_TRUNC('month', {time_hour})"}
        ],
        "dimensions": [{"column_id": "origin"}],
        "measures": [measure],
        "where": [case.filter],
        "options": {"timezone_id": zone}
    });
    query.to_string()
}

#[test]
fn rows_that_cannot_pass_are_skipped() {
    let dir = tempfile::tempdir().expect("a folder");
    let db = Db::open(dir.path()).expect("an engine");
    db.create(Dataset::parquet("flights", nyc_file("flights.parquet"))).expect("flights");
    let asked: Vec<(Case, String, String)> = ["UTC", "America/New_York"]
        .into_iter()
        .flat_map(|zone| cases().into_iter().map(move |case| (zone, case)))
        .map(|(zone, case)| {
            let text = document(&case, zone);
            let data = db.ask(&text).unwrap_or_else(|error| panic!("{error}\n{text}")).data_json();
            (case, text, data)
        })
        .collect();
    db.accelerate("flights", &["time_hour".to_owned()]).expect("a sync");
    for (case, text, data) in asked {
        let answer = db.ask(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(answer.data_json(), data, "{text}");
        // Where nothing is read, nothing may have been counted.
        let read = answer.provenance().rows_scanned.unwrap_or_default();
        assert!(read <= case.most, "{read} rows were read for {text}");
        assert!(case.most < FLIGHTS || read == FLIGHTS, "only {read} rows were read for {text}");
    }
}
