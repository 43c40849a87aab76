//! All that a reader sees of a store, as text in which nothing but the store itself has a say.

use std::collections::BTreeMap;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, new_null_array};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int32Type, Int64Type, SchemaRef,
    Time64MicrosecondType, TimeUnit, TimestampMicrosecondType, UInt16Type,
};
use drillcore_store::{ColumnStats, CommitHeader, Error, Snapshot, Store};
use uuid::Uuid;

use super::Document;
use crate::support::decode;

/// The store and every version of its catalog.
pub(crate) fn shown_catalog(store: &Store) -> Result<String, Error> {
    let mut text = format!("store {}\n", store.id());
    for version in store.catalog().versions()? {
        let catalog = store.catalog().read(version)?;
        text += &format!("catalog {}\n  {:?}\n", shown_header(catalog.header()), catalog.parse::<Document>()?);
    }
    Ok(text)
}

/// Every version of every dataset.
pub(crate) fn shown_versions(store: &Store) -> Result<BTreeMap<(Uuid, u64), String>, Error> {
    let mut shown = BTreeMap::new();
    for id in store.dataset_ids()? {
        let dataset = store.dataset(id);
        for version in dataset.versions()? {
            let snapshot = dataset.snapshot(version)?;
            shown.insert((id, version), shown_version(&snapshot)?);
        }
    }
    Ok(shown)
}

fn shown_header(header: &CommitHeader) -> String {
    let CommitHeader { version, commit_id, previous, committed_at_us, format_version, .. } = header;
    let (readers, writers) = (header.reader_features.join(" "), header.writer_features.join(" "));
    let previous = previous.map_or_else(String::new, |previous| format!(" after {previous}"));
    format!(
        "version {version}: commit {commit_id}{previous} at {committed_at_us}, format {format_version}, for readers \
         [{readers}], for writers [{writers}]"
    )
}

fn shown_version(snapshot: &Snapshot) -> Result<String, Error> {
    let manifest = snapshot.manifest();
    let mut text = format!("dataset {} {}\n", snapshot.dataset(), shown_header(snapshot.header()));
    text += &format!("  {:?}, {} rows, properties {:?}", manifest.operation, snapshot.rows(), manifest.properties);
    let touched = serde_json::to_string(&manifest.touched_days).unwrap();
    text += &format!(", tokens {:?}, touched {touched}\n", manifest.tokens);
    let columns = manifest.schema.fields.iter().map(|field| {
        let null = if field.nullable { "" } else { " not null" };
        format!("{} {}{null}", field.name, field.data_type)
    });
    text += &format!("  columns: {}\n", columns.collect::<Vec<String>>().join(", "));
    for (index, file) in snapshot.files().iter().enumerate() {
        text += &format!("  {}: {} bytes, {} rows, {} row groups\n", file.path, file.size, file.rows, file.row_groups);
        text.extend(file.columns.iter().map(shown_stats));
        if let Some(deleted) = snapshot.deletions(index)? {
            text += &format!("    deleted: {:?}\n", deleted.rows().collect::<Vec<u32>>());
        }
        for (row, values) in living(snapshot, index)? {
            text += &format!("    {row}: {}\n", values.join(", "));
        }
    }
    Ok(text + &shown_keys(snapshot)?)
}

fn shown_stats(stats: &ColumnStats) -> String {
    let bound = |bound: &Option<String>, exact: bool| match bound {
        None => "nothing".to_owned(),
        Some(text) => format!("{text:?}{}", if exact { "" } else { " about" }),
    };
    let (min, max) = (bound(&stats.min, stats.min_exact), bound(&stats.max, stats.max_exact));
    let sum = stats.sum.as_ref().map_or_else(String::new, |sum| format!(", sum {sum}"));
    format!("    {}: {} null, {min} to {max}{sum}\n", stats.name, stats.null_count)
}

fn shown_keys(snapshot: &Snapshot) -> Result<String, Error> {
    let (Some(keys), Some(index)) = (&snapshot.manifest().keys, snapshot.keys()?) else { return Ok(String::new()) };
    let mut text = format!("  keys {}\n", index.columns().join(" "));
    for run in &keys.runs {
        let (entries, dead, oldest) = (run.entries, run.dead, run.oldest_dead);
        text += &format!("  {}: {} bytes, {entries} entries, {dead} dead since {oldest:?}\n", run.path, run.size);
    }
    for batch in index.entries() {
        for entry in batch? {
            let place = entry.place.map_or_else(
                || "dead".to_owned(),
                |place| format!("file {} row {}, digest {:016x}", place.file, place.row, entry.digest),
            );
            text += &format!("    {:032x}: {place}, time {:?}\n", entry.hash, entry.version_time);
        }
    }
    Ok(text)
}

/// The living rows of a file by their number in it, value by value, in the columns of the version.
pub(super) fn living(snapshot: &Snapshot, index: usize) -> Result<Vec<(u32, Vec<String>)>, Error> {
    let file = snapshot.open_file(index)?;
    let deleted = snapshot.deletions(index)?.unwrap_or_default();
    let batches = file.guard(|| decode(&file))?;
    let rows = batches.iter().flat_map(|batch| shown_rows(batch, snapshot.schema()));
    Ok((0..).zip(rows).filter(|(row, _)| !deleted.contains(*row)).collect())
}

/// Rows in the columns of a version: those they lack are NULL, narrower types become wider.
pub(super) fn shown_rows(batch: &RecordBatch, schema: &SchemaRef) -> Vec<Vec<String>> {
    let exact = CastOptions { safe: false, ..CastOptions::default() };
    let fit = |column: Option<&ArrayRef>, wanted: &DataType| match column {
        None => new_null_array(wanted, batch.num_rows()),
        Some(column) => cast_with_options(column, wanted, &exact).unwrap(),
    };
    let columns: Vec<ArrayRef> =
        schema.fields().iter().map(|field| fit(batch.column_by_name(field.name()), field.data_type())).collect();
    (0..batch.num_rows()).map(|row| columns.iter().map(|column| shown_value(column, row)).collect()).collect()
}

fn shown_value(column: &ArrayRef, row: usize) -> String {
    if column.is_null(row) {
        return "NULL".to_owned();
    }
    match column.data_type() {
        DataType::Boolean => column.as_boolean().value(row).to_string(),
        DataType::UInt16 => column.as_primitive::<UInt16Type>().value(row).to_string(),
        DataType::Int32 => column.as_primitive::<Int32Type>().value(row).to_string(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Float32 => format!("{:?}", column.as_primitive::<Float32Type>().value(row)),
        DataType::Float64 => format!("{:?}", column.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(_, scale) => format!("{}e-{scale}", column.as_primitive::<Decimal128Type>().value(row)),
        DataType::Date32 => format!("day {}", column.as_primitive::<Date32Type>().value(row)),
        DataType::Time64(TimeUnit::Microsecond) => {
            format!("{} us", column.as_primitive::<Time64MicrosecondType>().value(row))
        }
        DataType::Timestamp(TimeUnit::Microsecond, Some(zone)) => {
            format!("{} us {zone}", column.as_primitive::<TimestampMicrosecondType>().value(row))
        }
        DataType::Utf8 => format!("{:?}", column.as_string::<i32>().value(row)),
        DataType::Binary => format!("{:02x?}", column.as_binary::<i32>().value(row)),
        DataType::Dictionary(..) => {
            let dictionary = column.as_any_dictionary();
            shown_value(dictionary.values(), dictionary.normalized_keys()[row])
        }
        other => panic!("no column of the sample is {other}"),
    }
}
