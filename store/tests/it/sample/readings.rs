//! Rows without a key, of types that the other dataset does not have.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, DictionaryArray, Float32Array, RecordBatch,
    Time64MicrosecondArray, UInt16Array,
};
use arrow::datatypes::{DataType, Field, Int8Type, Schema, SchemaRef, TimeUnit};
use drillcore_store::{
    CommitOptions, Committed, Compression, DataFile, DatasetStore, Error, ParquetLayout, SeededEnvironment,
    SnapshotWriter,
};
use uuid::Uuid;

use crate::support::HOUR;

pub(crate) const READINGS: Uuid = Uuid::from_u128(0x0D_0002);

/// Makes all versions.
pub(super) fn fill(dataset: &DatasetStore, clock: &SeededEnvironment) -> Result<(), Error> {
    append(dataset, 0..7, &CommitOptions::default().with_token("first"))?;
    clock.advance(HOUR);
    append(dataset, 7..10, &CommitOptions::default().with_property("watermark", "ten"))?;
    clock.advance(HOUR);
    let emptied = CommitOptions::default().with_property("watermark", "none");
    dataset.writer()?.commit_full(&columns(), Vec::new(), &emptied)?;
    clock.advance(HOUR);
    dataset.restore(2)?;
    Ok(())
}

/// Adds the rows with some numbers.
pub(crate) fn append(
    dataset: &DatasetStore,
    numbers: impl IntoIterator<Item = u16>,
    options: &CommitOptions,
) -> Result<Committed, Error> {
    let writer = dataset.writer()?;
    let files = write(&writer, &numbers.into_iter().collect::<Vec<u16>>())?;
    writer.commit_append(&columns(), files, options)
}

fn write(writer: &SnapshotWriter, numbers: &[u16]) -> Result<Vec<DataFile>, Error> {
    let layout = ParquetLayout::default().with_compression(Compression::Snappy).with_page_index(false);
    writer.write_parquet(&columns(), [Ok(batch(numbers))], &layout)
}

fn columns() -> SchemaRef {
    let code = DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8));
    Arc::new(Schema::new(vec![
        Field::new("count", DataType::UInt16, false),
        Field::new("flag", DataType::Boolean, true),
        Field::new("day", DataType::Date32, true),
        Field::new("time", DataType::Time64(TimeUnit::Microsecond), true),
        Field::new("code", code, true),
        Field::new("raw", DataType::Binary, true),
        Field::new("ratio", DataType::Float32, true),
    ]))
}

fn batch(numbers: &[u16]) -> RecordBatch {
    let flags: BooleanArray = numbers.iter().map(|number| (number % 3 != 0).then_some(number % 2 == 0)).collect();
    let days: Date32Array = numbers.iter().map(|number| Some(i32::from(*number) * 400 - 1_000)).collect();
    let times =
        Time64MicrosecondArray::from_iter_values(numbers.iter().map(|number| i64::from(*number) * 3_600_000_001));
    let code = |number: &u16| (number % 5 != 4).then_some(if number.is_multiple_of(2) { "even" } else { "odd" });
    let codes: DictionaryArray<Int8Type> = numbers.iter().map(code).collect();
    let raw: BinaryArray = numbers.iter().map(|number| (number % 4 != 2).then(|| number.to_be_bytes())).collect();
    // NULL, the negative zero, not a number, and numbers.
    let ratio = |number: &u16| match number {
        0 => None,
        1 => Some(-0.0),
        8 => Some(f32::NAN),
        other => Some(f32::from(*other) / 3.0),
    };
    let ratios: Float32Array = numbers.iter().map(ratio).collect();
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(UInt16Array::from_iter_values(numbers.iter().copied())),
        Arc::new(flags),
        Arc::new(days),
        Arc::new(times),
        Arc::new(codes),
        Arc::new(raw),
        Arc::new(ratios),
    ];
    RecordBatch::try_new(columns(), arrays).unwrap()
}
