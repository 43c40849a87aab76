//! The flights that left New York in 2013, with airlines, planes, airports and weather.

use std::fs::File;
use std::path::PathBuf;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::cell::{Cell, Type};
use crate::rng::Rng;
use crate::world::{Column, LinkDef, Table, World};

/// A file of the data set.
#[must_use]
pub fn nyc_file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../data/nycflights13").join(name)
}

/// The batches of one of the Parquet files.
///
/// # Panics
/// If the file cannot be read.
#[must_use]
pub fn parquet_batches(name: &str) -> Vec<RecordBatch> {
    let file = File::open(nyc_file(name)).expect("the data set");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("a Parquet file");
    reader.with_batch_size(20_000).build().expect("a reader").map(|batch| batch.expect("a batch")).collect()
}

/// The world of all five tables. Of the flights only the columns and pools are there; their rows come from
/// [`cells`] of [`parquet_batches`].
///
/// # Panics
/// If the files cannot be read.
#[must_use]
pub fn nyc_world(rng: &mut Rng) -> World {
    use Type::{Float, Integer, Text};

    let flights = parquet_batches("flights.parquet");
    let weather = parquet_batches("weather.parquet");
    let mut tables = vec![
        from_batches("flights", &flights[..1]),
        from_csv("airlines", &[("carrier", Text), ("name", Text)]),
        from_csv(
            "planes",
            &[
                ("tailnum", Text),
                ("year", Integer),
                ("type", Text),
                ("manufacturer", Text),
                ("model", Text),
                ("engines", Integer),
                ("seats", Integer),
                ("speed", Integer),
                ("engine", Text),
            ],
        ),
        from_csv(
            "airports",
            &[
                ("faa", Text),
                ("name", Text),
                ("lat", Float),
                ("lon", Float),
                ("alt", Integer),
                ("tz", Integer),
                ("dst", Text),
                ("tzone", Text),
            ],
        ),
        from_batches("weather", &weather),
    ];
    for table in &mut tables {
        table.fill_pools(rng, 40);
        for column in &mut table.columns {
            // Every number is small enough, and every time is of one year.
            column.narrow = column.pool.iter().all(|cell| match cell {
                Cell::Integer(value) => value.abs() < 50_000,
                Cell::Float(value) => value.abs() < 50_000.0,
                _ => column.ty.is_time(),
            });
        }
    }
    tables[0].rows.clear();
    tables[0].cluster_by = vec!["time_hour".to_owned()];
    tables[2].cluster_by = vec!["manufacturer".to_owned(), "tailnum".to_owned()];
    let link = |name: &str, from, to, on: &[(&str, &str)]| LinkDef {
        name: name.to_owned(),
        from,
        to,
        on: on.iter().map(|(left, right)| ((*left).to_owned(), (*right).to_owned())).collect(),
    };
    let links = vec![
        link("airline", 0, 1, &[("carrier", "carrier")]),
        link("plane", 0, 2, &[("tailnum", "tailnum")]),
        link("origin_airport", 0, 3, &[("origin", "faa")]),
        link("dest_airport", 0, 3, &[("dest", "faa")]),
        link("weather", 0, 4, &[("origin", "origin"), ("time_hour", "time_hour")]),
        link("station", 4, 3, &[("origin", "faa")]),
    ];
    World::new("nyc", tables, links)
}

fn from_batches(name: &str, batches: &[RecordBatch]) -> Table {
    let columns = (batches[0].schema().fields().iter())
        .map(|field| {
            let ty = match field.data_type() {
                DataType::Int64 => Type::Integer,
                DataType::Float64 => Type::Float,
                DataType::Timestamp(TimeUnit::Microsecond, Some(_)) => Type::Datetime,
                _ => Type::Text,
            };
            Column::new(field.name(), ty)
        })
        .collect();
    let rows = batches.iter().flat_map(cells).collect();
    Table { name: name.to_owned(), columns, rows, cluster_by: Vec::new() }
}

/// The rows of a batch of the data set.
///
/// # Panics
/// If a column has a type that the data set does not use.
#[must_use]
pub fn cells(batch: &RecordBatch) -> Vec<Vec<Cell>> {
    let mut rows = vec![Vec::new(); batch.num_rows()];
    for column in batch.columns() {
        let values: Vec<Option<Cell>> = match column.data_type() {
            DataType::Int64 => {
                column.as_primitive::<Int64Type>().iter().map(|value| value.map(Cell::Integer)).collect()
            }
            DataType::Float64 => {
                let finite = |value: f64| value.is_finite().then_some(Cell::Float(value + 0.0));
                column.as_primitive::<Float64Type>().iter().map(|value| value.and_then(finite)).collect()
            }
            DataType::Timestamp(..) => {
                column.as_primitive::<TimestampMicrosecondType>().iter().map(|value| value.map(Cell::Micros)).collect()
            }
            _ => {
                let texts = cast(column, &DataType::Utf8).expect("text");
                let text = |value: Option<&str>| value.map(|text| Cell::Text(text.to_owned()));
                texts.as_string::<i32>().iter().map(text).collect()
            }
        };
        for (row, value) in rows.iter_mut().zip(values) {
            row.push(value.unwrap_or(Cell::Null));
        }
    }
    rows
}

/// A table from one of the CSV files. None of them quotes a field; `NA` and nothing are NULL.
fn from_csv(name: &str, columns: &[(&str, Type)]) -> Table {
    let text = std::fs::read_to_string(nyc_file(&format!("{name}.csv"))).expect("the data set");
    assert!(!text.contains('"'), "a quote in {name}.csv");
    let cell = |text: &str, ty: Type| match (text, ty) {
        ("" | "NA", _) => Cell::Null,
        (text, Type::Integer) => Cell::Integer(text.parse().expect("an integer")),
        (text, Type::Float) => Cell::Float(text.parse().expect("a float")),
        (text, _) => Cell::Text(text.to_owned()),
    };
    let mut lines = text.lines();
    let header: Vec<&str> = columns.iter().map(|(id, _)| *id).collect();
    assert_eq!(lines.next(), Some(header.join(",").as_str()), "the header of {name}.csv");
    let rows =
        lines.map(|line| line.split(',').zip(columns).map(|(field, (_, ty))| cell(field, *ty)).collect()).collect();
    let columns = columns.iter().map(|(id, ty)| Column::new(id, *ty)).collect();
    Table { name: name.to_owned(), columns, rows, cluster_by: Vec::new() }
}
