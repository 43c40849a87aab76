//! Files of fewer columns and narrower types become files of the version's columns, value by value.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Decimal128Array, Int32Array, Int64Array, RecordBatch, StringArray, StringViewArray,
};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use drillcore_store::{
    Changes, CommitOptions, CompactOptions, DatasetStore, Error, MemoryStorage, Operation, Snapshot, SortColumn,
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::support::{DATASET, open, small_layout};

fn narrow() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("count", DataType::Int32, false),
        Field::new("price", DataType::Int64, true),
        Field::new("name", DataType::Utf8, true),
    ]))
}

fn wide() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("name", DataType::Utf8View, true),
        Field::new("price", DataType::Decimal128(21, 2), true),
        Field::new("added", DataType::Utf8, true),
        Field::new("count", DataType::Int64, false),
    ]))
}

fn narrow_rows() -> RecordBatch {
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int32Array::from(vec![3, 1, i32::MIN])),
        Arc::new(Int64Array::from(vec![Some(5), None, Some(i64::MAX)])),
        Arc::new(StringArray::from(vec![Some("a name of more than twelve bytes"), None, Some("b")])),
    ];
    RecordBatch::try_new(narrow(), columns).unwrap()
}

fn wide_rows(
    counts: Vec<i64>,
    prices: Vec<Option<i128>>,
    names: &[Option<&str>],
    added: &[Option<&str>],
) -> RecordBatch {
    let prices = Decimal128Array::from(prices).with_precision_and_scale(21, 2).unwrap();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(names.iter().copied().collect::<StringViewArray>()),
        Arc::new(prices),
        Arc::new(added.iter().copied().collect::<StringArray>()),
        Arc::new(Int64Array::from(counts)),
    ];
    RecordBatch::try_new(wide(), columns).unwrap()
}

fn commit(dataset: &DatasetStore, rows: &RecordBatch) -> Result<(), Error> {
    let writer = dataset.writer()?;
    let files = writer.write_parquet(&rows.schema(), [Ok::<_, Error>(rows.clone())], &small_layout())?;
    let changes = Changes::default().with_added(files);
    writer.commit_changes(Operation::Delta, &rows.schema(), changes, &CommitOptions::default())?;
    Ok(())
}

fn read(snapshot: &Snapshot) -> RecordBatch {
    let batches: Vec<RecordBatch> = (0..snapshot.files().len())
        .flat_map(|index| {
            let file = snapshot.open_file(index).unwrap();
            ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap().map(Result::unwrap)
        })
        .collect();
    concat_batches(snapshot.schema(), &batches).unwrap()
}

#[test]
fn older_rows_get_the_columns_of_the_version() -> Result<(), Error> {
    let dataset = open(&MemoryStorage::new(), 1)?.dataset(DATASET);
    commit(&dataset, &narrow_rows())?;
    commit(&dataset, &wide_rows(vec![2], vec![Some(250)], &[Some("c")], &[Some("new")]))?;
    let layout = small_layout().with_sorting(vec![SortColumn::ascending("count")]);
    let options = CompactOptions::default().with_layout(layout).with_all(true);
    assert_eq!(dataset.compact(&options)?.rows_rewritten, 4);
    let latest = dataset.latest()?.expect("committed");
    let expected = wide_rows(
        vec![i64::from(i32::MIN), 1, 2, 3],
        vec![Some(i128::from(i64::MAX) * 100), None, Some(250), Some(500)],
        &[Some("b"), None, Some("c"), Some("a name of more than twelve bytes")],
        &[None, None, Some("new"), None],
    );
    assert_eq!((latest.schema(), read(&latest)), (&wide(), expected));
    let price = &latest.files()[0].columns[1];
    assert_eq!((price.name.as_str(), price.min.as_deref(), price.null_count), ("price", Some("250"), 1));
    assert_eq!(dataset.compact(&options)?.version, None);
    Ok(())
}

/// A file alone that is in order and has too few columns is rewritten, too, if everything is.
#[test]
fn a_file_that_lacks_a_column_is_not_as_it_should_be() -> Result<(), Error> {
    let dataset = open(&MemoryStorage::new(), 1)?.dataset(DATASET);
    commit(&dataset, &narrow_rows())?;
    let writer = dataset.writer()?;
    writer.commit_changes(Operation::Delta, &wide(), Changes::default(), &CommitOptions::default())?;
    let options = CompactOptions::default().with_layout(small_layout());
    assert_eq!(dataset.compact(&options)?.version, None);
    assert_eq!(dataset.compact(&options.with_all(true))?.rows_rewritten, 3);
    let rows = read(&dataset.latest()?.expect("committed"));
    assert_eq!((rows.schema(), rows.column(2).null_count(), rows.num_rows()), (wide(), 3, 3));
    Ok(())
}
