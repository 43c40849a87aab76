use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, FieldRef, Int64Type};
use drillcore_store::{
    Changes, CommitOptions, DeletionVector, MemoryStorage, Operation, ParquetLayout, Place, Snapshot, Store,
    StoreOptions,
};

use super::{TimeRange, each_held, held_rows};
use crate::tables::OpenSnapshots;

/// Rows with a time, NULL where it is below 0, and a number that is ten times as large; with a third column perhaps.
fn rows(times: &[i64], note: Option<i64>) -> RecordBatch {
    let at = TimestampMicrosecondArray::from_iter(times.iter().map(|time| (*time >= 0).then_some(*time)));
    let at: ArrayRef = Arc::new(at.with_timezone("UTC"));
    let ten: ArrayRef = Arc::new(Int64Array::from_iter(times.iter().map(|time| Some(time * 10))));
    let note = note.map(|note| -> ArrayRef { Arc::new(Int64Array::from_iter(times.iter().map(|_| Some(note)))) });
    let columns = [("at", at), ("ten", ten)].into_iter().chain(note.map(|note| ("note", note)));
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap()
}

/// Ten rows in row groups of four, of which two are deleted, and two more in a file with one more column.
fn snapshot() -> Arc<Snapshot> {
    let store = Store::open(Arc::new(MemoryStorage::new()), StoreOptions::default()).unwrap();
    let dataset = store.dataset(store.new_id());
    let layout = ParquetLayout::default().with_row_group_rows(4).with_target_file_rows(100).with_data_page_rows(2);
    let write = |rows: &RecordBatch| {
        let mut sink = dataset.writer().unwrap().parquet(&rows.schema(), &layout).unwrap();
        sink.write(rows).unwrap();
        sink.finish().unwrap()
    };
    let first = rows(&[0, 1, 2, 3, 14, 15, 16, -1, 8, 9], None);
    let files = write(&first);
    let path = files[0].path.clone();
    dataset.writer().unwrap().commit_full(&first.schema(), files, &CommitOptions::default()).unwrap();
    let second = rows(&[3, 20], Some(7));
    let changes = Changes::default().with_added(write(&second)).with_deleted(path, DeletionVector::from_rows([1, 5]));
    let writer = dataset.writer().unwrap();
    let committed =
        writer.commit_changes(Operation::Delta, &second.schema(), changes, &CommitOptions::default()).unwrap();
    committed.snapshot
}

fn wanted(names: &[&str]) -> Vec<FieldRef> {
    names.iter().map(|name| Arc::new(Field::new(*name, DataType::Int64, true))).collect()
}

/// The values of the columns in the rows of a range of times, and where the rows are.
type Columns = Vec<Vec<Option<i64>>>;

fn read(names: &[&str], range: Option<(i64, i64)>) -> (Columns, Vec<(u32, u32)>) {
    let range = range.map(|(from, to)| TimeRange { column: "at", micros: vec![from..=to] });
    let held = held_rows(&snapshot(), &OpenSnapshots::default(), &wanted(names), range.as_ref()).unwrap();
    let values = held.columns.iter().map(|column| column.as_primitive::<Int64Type>().iter().collect());
    let place = |place: &Place| (place.file, place.row);
    (values.collect(), held.places.iter().map(place).collect())
}

#[test]
fn rows_that_live_are_found_with_their_places() {
    let (values, places) = read(&["ten"], None);
    let expected = [0, 20, 30, 140, 160, -10, 80, 90, 30, 200].map(Some);
    assert_eq!(values, [expected.to_vec()]);
    assert_eq!(places, [(0, 0), (0, 2), (0, 3), (0, 4), (0, 6), (0, 7), (0, 8), (0, 9), (1, 0), (1, 1)]);
}

#[test]
fn a_range_leaves_out_other_rows_and_those_without_a_time() {
    let (values, places) = read(&["ten"], Some((3, 15)));
    assert_eq!(values, [[30, 140, 80, 90, 30].map(Some).to_vec()]);
    assert_eq!(places, [(0, 3), (0, 4), (0, 8), (0, 9), (1, 0)]);
    assert_eq!(read(&["ten"], Some((i64::MIN, -1))), (vec![Vec::new()], Vec::new()));
    assert_eq!(read(&[], Some((20, i64::MAX))), (Vec::new(), vec![(1, 1)]));
    assert_eq!(read(&["ten"], Some((100, 200))), (vec![Vec::new()], Vec::new()));
}

#[test]
fn of_several_ranges_the_rows_between_are_left_out() {
    let range = TimeRange { column: "at", micros: vec![0..=1, 3..=8, 15..=15, 17..=30] };
    let held = held_rows(&snapshot(), &OpenSnapshots::default(), &wanted(&["ten"]), Some(&range)).unwrap();
    let values: Vec<i64> = held.columns[0].as_primitive::<Int64Type>().values().to_vec();
    assert_eq!(values, [0, 30, 80, 30, 200]);
}

#[test]
fn rows_are_handed_over_row_group_by_row_group() {
    let sum = |columns: &[ArrayRef]| Ok(columns[0].as_primitive::<Int64Type>().iter().flatten().sum::<i64>());
    let sums = each_held(&snapshot(), &OpenSnapshots::default(), &wanted(&["ten"]), sum).unwrap();
    assert_eq!(sums, [20 + 30, 140 + 160 - 10, 80 + 90, 30 + 200]);
}

#[test]
fn a_column_that_a_file_does_not_have_is_null_and_types_are_those_asked_for() {
    let (values, _) = read(&["note", "ten"], Some((2, 3)));
    assert_eq!(values, [vec![None, None, Some(7)], vec![Some(20), Some(30), Some(30)]]);
    let decimal = vec![Arc::new(Field::new("ten", DataType::Decimal128(20, 0), true))];
    let range = TimeRange { column: "at", micros: vec![20..=20] };
    let held = held_rows(&snapshot(), &OpenSnapshots::default(), &decimal, Some(&range)).unwrap();
    assert_eq!(held.columns[0].data_type(), &DataType::Decimal128(20, 0));
    assert_eq!(held.columns[0].len(), 1);
}
