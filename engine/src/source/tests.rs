//! The five tables of nycflights13, and every kind of file against the others.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, Int64Type};
use expect_test::{Expect, expect};

use super::{
    ArrowIpcSource, CsvSource, MemorySource, Normalized, ParquetSource, ReadRequest, Source, SourceSpec, conform,
};
use crate::error::Result;
use crate::model::Column;

fn data(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../data/nycflights13").join(file)
}

fn csv(file: &str) -> CsvSource {
    CsvSource::new(data(file)).null_text("NA")
}

/// All rows in canonical types.
fn read(source: &dyn Source, columns: &[Column]) -> (Vec<RecordBatch>, Normalized) {
    let mut counts = Normalized::default();
    let batches = source.read(&ReadRequest::new(columns.to_vec())).expect("opens");
    let batches: Result<Vec<_>> = batches.map(|batch| conform(&batch?, columns, &mut counts)).collect();
    (batches.expect("reads"), counts)
}

fn check(source: &dyn Source, expected: &Expect) {
    let columns = source.discover().expect("columns");
    let mut found = String::new();
    for column in &columns {
        let subtype = if column.subtype.is_some() { ", coordinates" } else { "" };
        found += &format!(
            "{}: {} {}, {}{subtype}\n",
            column.id,
            column.kind().as_str(),
            column.column_type.name(),
            column.default_aggregation.as_str()
        );
    }
    let (_, counts) = read(source, &columns);
    found += &format!("{} rows, {} made null\n", counts.rows, counts.nulled());
    expected.assert_eq(&found);
}

#[test]
fn airlines() {
    check(
        &csv("airlines.csv"),
        &expect![[r#"
            carrier: hierarchy text, count
            name: hierarchy text, count
            16 rows, 0 made null
        "#]],
    );
}

#[test]
fn airports() {
    check(
        &csv("airports.csv"),
        &expect![[r#"
            faa: hierarchy text, count
            name: hierarchy text, count
            lat: numeric float, average, coordinates
            lon: numeric float, average, coordinates
            alt: numeric integer, average
            tz: numeric integer, distinctcount
            dst: hierarchy text, count
            tzone: hierarchy text, count
            1458 rows, 0 made null
        "#]],
    );
}

#[test]
fn planes() {
    check(
        &csv("planes.csv"),
        &expect![[r#"
            tailnum: hierarchy text, count
            year: numeric integer, distinctcount
            type: hierarchy text, count
            manufacturer: hierarchy text, count
            model: hierarchy text, count
            engines: numeric integer, sum
            seats: numeric integer, sum
            speed: numeric integer, average
            engine: hierarchy text, count
            3322 rows, 0 made null
        "#]],
    );
}

#[test]
fn flights() {
    check(
        &ParquetSource::new(data("flights.parquet")),
        &expect![[r#"
            year: numeric integer, distinctcount
            month: numeric integer, distinctcount
            day: numeric integer, distinctcount
            dep_time: numeric integer, sum
            sched_dep_time: numeric integer, sum
            dep_delay: numeric integer, sum
            arr_time: numeric integer, sum
            sched_arr_time: numeric integer, sum
            arr_delay: numeric integer, sum
            carrier: hierarchy text, count
            flight: numeric integer, sum
            tailnum: hierarchy text, count
            origin: hierarchy text, count
            dest: hierarchy text, count
            air_time: numeric integer, sum
            distance: numeric integer, sum
            hour: numeric integer, distinctcount
            minute: numeric integer, distinctcount
            time_hour: datetime datetime, count
            336776 rows, 0 made null
        "#]],
    );
}

#[test]
fn weather() {
    check(
        &ParquetSource::new(data("weather.parquet")),
        &expect![[r#"
            origin: hierarchy text, count
            year: numeric integer, distinctcount
            month: numeric integer, distinctcount
            day: numeric integer, distinctcount
            hour: numeric integer, distinctcount
            temp: numeric float, average
            dewp: numeric float, average
            humid: numeric float, average
            wind_dir: numeric integer, average
            wind_speed: numeric float, average
            wind_gust: numeric float, average
            precip: numeric float, sum
            pressure: numeric float, average
            visib: numeric float, average
            time_hour: datetime datetime, count
            26115 rows, 0 made null
        "#]],
    );
}

#[test]
fn sums_over_real_columns_are_those_of_the_published_tables() {
    let flights = ParquetSource::new(data("flights.parquet"));
    let mut columns = flights.discover().expect("columns");
    // Not in the order of the file.
    columns.reverse();
    columns.retain(|column| ["distance", "dep_delay"].contains(&column.id.as_str()));
    let (batches, _) = read(&flights, &columns);
    let sum = |place: usize| -> i64 {
        batches.iter().flat_map(|batch| batch.column(place).as_primitive::<Int64Type>().iter().flatten()).sum()
    };
    assert_eq!(columns[0].id, "distance");
    assert_eq!((sum(0), sum(1)), (350_217_607, 4_152_200));

    let airports = csv("airports.csv");
    let columns = airports.discover().expect("columns");
    let (batches, _) = read(&airports, &columns);
    let altitudes: i64 =
        batches.iter().flat_map(|batch| batch.column(4).as_primitive::<Int64Type>().iter().flatten()).sum();
    assert_eq!(altitudes, 1_460_064);
    let first = batches[0].column(2).as_primitive::<Float64Type>().value(0);
    assert!(first.to_bits() == 41.1304722_f64.to_bits());
    let zones: usize = batches.iter().map(|batch| batch.column(7).null_count()).sum();
    assert_eq!(zones, 3);
}

#[test]
fn every_way_in_gives_the_same_rows() {
    let planes = csv("planes.csv");
    let columns = planes.discover().expect("columns");
    let (batches, _) = read(&planes, &columns);
    let schema = batches[0].schema();
    let folder = tempfile::tempdir().expect("a folder");

    let stream = folder.path().join("planes.arrows");
    let file = std::fs::File::create(&stream).expect("a file");
    let mut writer = arrow::ipc::writer::StreamWriter::try_new(file, &schema).expect("a writer");
    batches.iter().for_each(|batch| writer.write(batch).expect("written"));
    writer.finish().expect("finished");

    let indexed = folder.path().join("planes.arrow");
    let file = std::fs::File::create(&indexed).expect("a file");
    let mut writer = arrow::ipc::writer::FileWriter::try_new(file, &schema).expect("a writer");
    batches.iter().for_each(|batch| writer.write(batch).expect("written"));
    writer.finish().expect("finished");

    let columnar = folder.path().join("planes.parquet");
    let file = std::fs::File::create(&columnar).expect("a file");
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, Arc::clone(&schema), None).expect("a writer");
    batches.iter().for_each(|batch| writer.write(batch).expect("written"));
    writer.close().expect("closed");

    let spec = SourceSpec::from(ParquetSource::new(columnar));
    let sources: [Arc<dyn Source>; 4] = [
        Arc::new(ArrowIpcSource::new(stream)),
        Arc::new(ArrowIpcSource::new(indexed)),
        spec.as_source(),
        Arc::new(MemorySource::new(batches.clone())),
    ];
    for source in sources {
        assert_eq!(source.discover().expect("columns"), columns, "{}", source.describe());
        let wanted: Vec<Column> = [8, 0, 1].map(|place: usize| columns[place].clone()).to_vec();
        let (found, counts) = read(&*source, &wanted);
        assert_eq!(counts.rows, 3322, "{}", source.describe());
        let found = arrow::compute::concat_batches(&found[0].schema(), &found).expect("one batch");
        let whole = arrow::compute::concat_batches(&schema, &batches).expect("one batch");
        assert_eq!(found, whole.project(&[8, 0, 1]).expect("columns"), "{}", source.describe());

        let limited = source.read(&ReadRequest::new(Vec::new()).with_limit(10)).expect("opens");
        let rows: usize = limited.map(|batch| batch.expect("reads").num_rows()).sum();
        assert_eq!(rows, 10, "{}", source.describe());
        assert_eq!(source.read(&ReadRequest::new(wanted).with_limit(0)).expect("opens").count(), 0);
    }
}

#[test]
fn a_file_of_another_kind_is_refused_by_name() {
    let path = data("airlines.csv");
    for source in [&ParquetSource::new(&path) as &dyn Source, &ArrowIpcSource::new(&path)] {
        let error = source.discover().expect_err("not such a file");
        assert_eq!(error.path(), Some(path.display().to_string().as_str()), "{}", source.describe());
        assert!(error.message().starts_with("cannot read the file as "), "{error}");
    }
}
