use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringViewArray, TimestampMicrosecondArray};
use arrow::compute::concat_batches;
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use indicatif::ProgressBar;

use super::rows::{self, States};
use super::source::ChangingSource;
use super::{Failure, Outcome, Stage, play, shown};
use crate::demo::report::WIDTH;

/// The days of 2013 before each month.
const DAYS_BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
/// Noon of 1 January 2013 in New York.
const FIRST_NOON_US: i64 = 1_357_059_600_000_000;
const HOUR_US: i64 = 3_600_000_000;
/// What leaves each month, hour by hour: airline, departure, delay. The third and the last never leave, the fourth does
/// not arrive where it should.
const FLIGHTS: [(&str, Option<i64>, Option<i64>); 6] = [
    ("B6", Some(700), Some(30)),
    ("UA", Some(805), Some(5)),
    ("B6", None, None),
    ("B6", Some(1_010), None),
    ("UA", Some(1_100), Some(-3)),
    ("UA", None, None),
];

/// The flights of a month.
fn month(number: usize) -> RecordBatch {
    let integers = |values: Vec<Option<i64>>| -> ArrayRef { Arc::new(Int64Array::from(values)) };
    let noon = FIRST_NOON_US + DAYS_BEFORE[number - 1] * 24 * HOUR_US;
    let hours = TimestampMicrosecondArray::from_iter_values((0..6).map(|hour| noon + hour * HOUR_US));
    let hours: ArrayRef = Arc::new(hours.with_timezone("UTC"));
    let carriers: ArrayRef = Arc::new(StringViewArray::from_iter_values(FLIGHTS.iter().map(|flight| flight.0)));
    RecordBatch::try_from_iter_with_nullable([
        ("month", integers(vec![Some(i64::try_from(number).unwrap()); 6]), true),
        ("dep_time", integers(FLIGHTS.iter().map(|flight| flight.1).collect()), true),
        ("arr_delay", integers(FLIGHTS.iter().map(|flight| flight.2).collect()), true),
        ("carrier", carriers, true),
        ("distance", integers(vec![Some(500); 6]), true),
        ("time_hour", hours, true),
    ])
    .unwrap()
}

fn year() -> States {
    let mut states = States::default();
    for number in 1..=12 {
        states.add(&month(number)).unwrap();
    }
    states
}

fn together(batches: &[RecordBatch]) -> RecordBatch {
    concat_batches(&batches[0].schema(), batches).unwrap()
}

fn numbers(rows: &RecordBatch, column: &str) -> Vec<Option<i64>> {
    rows.column_by_name(column).unwrap().as_primitive::<Int64Type>().iter().collect()
}

/// The numbers of the rows that have a time in a column.
fn timed(rows: &RecordBatch, column: &str) -> Vec<usize> {
    let times = rows.column_by_name(column).unwrap();
    (0..rows.num_rows()).filter(|row| times.is_valid(*row)).collect()
}

fn run<T>(work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

#[test]
fn december_brings_its_flights_and_changes_those_of_november() {
    let states = year();
    let (before, after) = (together(&states.to_november), together(&states.to_december));
    assert_eq!((before.num_rows(), after.num_rows()), (66, 72));
    assert_eq!(before.schema(), after.schema());
    assert!(timed(&before, "updated_at").is_empty() && timed(&before, "cancelled_at").is_empty());
    assert_eq!((timed(&after, "updated_at"), timed(&after, "cancelled_at")), (vec![60], vec![62, 65]));
    assert_eq!(numbers(&after, "id"), (0..72).map(Some).collect::<Vec<_>>());

    let (then, now) = (numbers(&before, "arr_delay"), numbers(&after, "arr_delay"));
    let changed: Vec<usize> = (0..66).filter(|row| then[*row] != now[*row]).collect();
    assert_eq!((changed, then[60], now[60]), (vec![60], Some(30), Some(20)));

    let times = |rows: &RecordBatch, column: &str| {
        rows.column_by_name(column).unwrap().as_primitive::<TimestampMicrosecondType>().clone()
    };
    let newest_before = times(&before, "time_hour").value(65);
    let cancelled = times(&after, "cancelled_at");
    assert!(cancelled.iter().flatten().all(|time| time > newest_before), "a delta has to find them");
}

#[test]
fn the_flights_of_the_demo_have_what_is_needed() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/nycflights13/flights.parquet");
    let states = rows::read(&file).unwrap();
    let rows = |batches: &[RecordBatch]| batches.iter().map(RecordBatch::num_rows).sum::<usize>();
    assert_eq!((rows(&states.to_november), rows(&states.to_december)), (308_641, 336_776));
    let timed = |column: &str| states.to_december.iter().map(|batch| timed(batch, column).len()).sum::<usize>();
    assert_eq!((timed("updated_at"), timed("cancelled_at")), (4_273, 233));
}

#[test]
fn the_reports_tell_what_happened() {
    let chapter = run(play(year(), &ProgressBar::hidden())).unwrap();
    let told: Vec<[u64; 6]> = chapter
        .syncs
        .iter()
        .map(|(_, sync)| [sync.fetched, sync.inserted, sync.updated, sync.deleted, sync.rows, sync.version])
        .collect();
    assert_eq!(told[0], [66, 66, 0, 0, 66, 1]);
    assert_eq!(told[1], [9, 6, 1, 2, 70, 2]);
    // What is as new as the newest row comes once more, and changes nothing.
    assert_eq!(told[2], [2, 0, 0, 0, 70, 2]);
    let november = chapter.november.each_ref().map(|answer| answer.data_json());
    // 32 minutes of three flights, then 22.
    assert_eq!(november, ["[[6,10.666666666666666]]", "[[4,7.333333333333333]]"]);
    let deleted = chapter.compacted.each_ref().map(|version| (version.files, version.deleted_rows));
    assert_eq!(deleted, [(2, 3), (1, 0)]);

    let text = shown::chapter(&chapter);
    for line in text.lines() {
        assert!(line.chars().count() <= WIDTH, "{line}");
    }
    for part in ["A source that changes", "nothing new", "version 1: 6 flights · 10.7 minutes late", "-> 1 file"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[test]
fn a_cache_that_is_behind_is_found_out() {
    let states = year();
    let compared = run(async {
        let stage = Stage::new(ChangingSource::new(states.to_november), ProgressBar::hidden()).await?;
        stage.sync("everything").await?;
        stage.compare().await?;
        stage.source.show(states.to_december);
        Ok::<_, Failure>(stage.compare().await)
    });
    let text = compared.unwrap().unwrap_err().render();
    assert!(text.starts_with("error: the cache of a source that changes has another answer by month"), "{text}");
}
