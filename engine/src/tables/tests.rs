//! Snapshots of which rows are deleted, read in many ways, against plain lists of rows; columns that came or widened
//! after files were written.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Decimal128Array, Int64Array, RecordBatch, StringViewArray};
use arrow::datatypes::{Decimal128Type, Int64Type, SchemaRef};
use bytes::Bytes;
use datafusion::catalog::TableProvider;
use datafusion::functions_aggregate::count::count_all;
use datafusion::functions_aggregate::expr_fn::{max, min};
use datafusion::logical_expr::{Expr, col, lit};
use datafusion::physical_plan::displayable;
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use datafusion::scalar::ScalarValue;
use drillcore_store::{
    Changes, CommitOptions, DataFile, DatasetStore, DeletionVector, MemoryStorage, Operation, ParquetLayout, Snapshot,
    SnapshotWriter, Store, StoreOptions,
};
use parquet::arrow::ArrowWriter;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use parquet::file::properties::WriterProperties;
use proptest::collection::{btree_set, vec};
use proptest::prelude::{ProptestConfig, Strategy, prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::TestCaseError;

use super::{OpenSnapshots, SnapshotTable, table_schema};
use crate::error::ErrorKind;
use crate::execute::failed;
use crate::model::{Column, ColumnType};

/// A row: its number, a value that many rows have, and a word or none.
type Row = (i64, i64, Option<String>);

fn columns() -> Vec<Column> {
    vec![
        Column::new("n", ColumnType::Integer),
        Column::new("v", ColumnType::Integer),
        Column::new("word", ColumnType::Text),
    ]
}

fn batch(rows: &[Row]) -> RecordBatch {
    let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.0)));
    let values: ArrayRef = Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.1)));
    let words: ArrayRef = Arc::new(rows.iter().map(|row| row.2.as_deref()).collect::<StringViewArray>());
    RecordBatch::try_new(table_schema(&columns()), vec![Arc::clone(&numbers), values, words, numbers]).unwrap()
}

/// A Parquet file of so many rows, ten in each row group: its footer and its size.
pub(super) fn file_in_tens(rows: i64) -> (ParquetMetaData, u64) {
    let values: ArrayRef = Arc::new(Int64Array::from_iter_values(0..rows));
    let batch = RecordBatch::try_from_iter([("n", values)]).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(10)).build();
    let mut file = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let size = u64::try_from(file.len()).unwrap();
    (ParquetMetaDataReader::new().parse_and_finish(&Bytes::from(file)).unwrap(), size)
}

fn dataset() -> DatasetStore {
    let store = Store::open(Arc::new(MemoryStorage::new()), StoreOptions::default()).unwrap();
    store.dataset(store.new_id())
}

/// Writes a file of small row groups with smaller pages.
fn write(writer: &SnapshotWriter, batch: &RecordBatch) -> Vec<DataFile> {
    let layout = ParquetLayout::default().with_row_group_rows(7).with_data_page_rows(3).with_target_file_rows(100_000);
    let batches = [Ok::<_, drillcore_store::Error>(batch.clone())];
    writer.write_parquet(&batch.schema(), batches, &layout).unwrap()
}

/// A version with a file for each list of rows, and the version behind it without the rows deleted in each.
fn versions(dataset: &DatasetStore, files: &[Vec<Row>], deleted: &[BTreeSet<u32>]) -> [Arc<Snapshot>; 2] {
    let schema: SchemaRef = table_schema(&columns());
    let writer = dataset.writer().unwrap();
    let written = files.iter().flat_map(|rows| write(&writer, &batch(rows))).collect();
    let before = writer.commit_full(&schema, written, &CommitOptions::default()).unwrap().snapshot;
    let mut changes = Changes::default();
    for (file, rows) in before.files().iter().zip(deleted).filter(|(_, rows)| !rows.is_empty()) {
        changes.deleted.insert(file.path.clone(), DeletionVector::from_rows(rows.iter().copied()));
    }
    if changes.deleted.is_empty() {
        return [Arc::clone(&before), before];
    }
    let writer = dataset.writer().unwrap();
    let committed = writer.commit_changes(Operation::Delta, &schema, changes, &CommitOptions::default()).unwrap();
    [before, committed.snapshot]
}

fn table(snapshot: &Arc<Snapshot>, columns: &[Column]) -> Arc<dyn TableProvider> {
    let files = OpenSnapshots::default().open(snapshot).unwrap();
    Arc::new(SnapshotTable::new(Arc::clone(snapshot), files, columns))
}

fn read(table: &Arc<dyn TableProvider>, partitions: usize) -> DataFrame {
    let mut config = SessionConfig::new().with_target_partitions(partitions);
    config.options_mut().optimizer.repartition_file_min_size = 1;
    SessionContext::new_with_config(config).read_table(Arc::clone(table)).unwrap()
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap().block_on(work)
}

fn collect(frame: DataFrame) -> Vec<Row> {
    let batches = wait(frame.select_columns(&["n", "v", "word"]).unwrap().collect()).unwrap();
    let of = |batch: &RecordBatch| -> Vec<Row> {
        let [numbers, values] = [0, 1].map(|column| batch.column(column).as_primitive::<Int64Type>().values());
        let words = batch.column(2).as_string_view().iter().map(|word| word.map(str::to_owned));
        numbers.iter().zip(values.iter()).zip(words).map(|((n, v), word)| (*n, *v, word)).collect()
    };
    batches.iter().flat_map(of).collect()
}

fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort();
    rows
}

/// The number that an aggregate over all rows gives, and whether files are read for it.
fn one(frame: DataFrame, aggregate: Expr) -> (Option<i64>, bool) {
    let frame = frame.aggregate(Vec::new(), vec![aggregate]).unwrap();
    let plan = wait(frame.create_physical_plan()).unwrap();
    let reads = displayable(plan.as_ref()).indent(false).to_string().contains("DataSourceExec");
    let batches = wait(frame.collect()).unwrap();
    let value = batches[0].column(0).as_primitive::<Int64Type>().iter().next().flatten();
    (value, reads)
}

/// Reads a table in every way that must give the live rows, and nothing but them.
fn check(table: &Arc<dyn TableProvider>, live: &[Row], partitions: usize, at: i64) -> Result<(), TestCaseError> {
    let frame = || read(table, partitions);
    let only = |keep: &dyn Fn(&Row) -> bool| sorted(live.iter().filter(|row| keep(row)).cloned().collect());
    let some = usize::try_from(at % 9).unwrap();
    prop_assert_eq!(sorted(collect(frame())), only(&|_| true));
    // The first two are told by the bounds of row groups and pages, the third hardly ever.
    let near = frame().filter(col("n").gt_eq(lit(at)).and(col("n").lt(lit(at + 10)))).unwrap();
    prop_assert_eq!(sorted(collect(near)), only(&|row| (at..at + 10).contains(&row.0)));
    prop_assert_eq!(sorted(collect(frame().filter(col("n").eq(lit(at))).unwrap())), only(&|row| row.0 == at));
    prop_assert_eq!(sorted(collect(frame().filter(col("v").eq(lit(3))).unwrap())), only(&|row| row.1 == 3));
    let none = frame().filter(col("word").is_null()).unwrap();
    prop_assert_eq!(sorted(collect(none.clone())), only(&|row| row.2.is_none()));

    let first = collect(none.limit(0, Some(some)).unwrap());
    let wanted = only(&|row| row.2.is_none()).len().min(some);
    prop_assert_eq!((first.len(), first.iter().collect::<BTreeSet<_>>().len()), (wanted, wanted));
    prop_assert!(first.iter().all(|row| row.2.is_none() && live.contains(row)));
    let mut expected = only(&|_| true);
    let least = frame().sort(vec![col("n").sort(true, false)]).unwrap().limit(0, Some(some)).unwrap();
    prop_assert_eq!(collect(least), expected.iter().take(some).cloned().collect::<Vec<_>>());
    expected.reverse();
    let most = frame().sort(vec![col("n").sort(false, false)]).unwrap().limit(0, Some(some)).unwrap();
    prop_assert_eq!(collect(most), expected.iter().take(some).cloned().collect::<Vec<_>>());

    let count = |rows: usize| Some(i64::try_from(rows).unwrap());
    prop_assert_eq!(one(frame(), count_all()), (count(live.len()), false), "the number of rows is known");
    let above = one(frame().filter(col("n").gt(lit(at))).unwrap(), count_all());
    prop_assert_eq!(above.0, count(only(&|row| row.0 > at).len()));
    let numbers = || live.iter().map(|row| row.0);
    for (ends, expected) in [(min(col("n")), numbers().min()), (max(col("n")), numbers().max())] {
        let (found, reads) = one(frame(), ends);
        prop_assert_eq!(found, expected);
        prop_assert!(reads || live.is_empty(), "bounds are no answers");
    }
    Ok(())
}

/// Files of rows with rising numbers, and the rows deleted in each: some here and there, and some in a row.
type Rows = Vec<(i64, bool)>;

fn files() -> impl Strategy<Value = Vec<(Rows, BTreeSet<u32>)>> {
    let rows = vec((0_i64..6, proptest::bool::ANY), 1..60);
    let run = (0_u32..60, 0_u32..40).prop_map(|(start, length)| start..start + length);
    let file = (rows, btree_set(0_u32..60, 0..30), run).prop_map(|(rows, mut deleted, run)| {
        deleted.extend(run);
        let count = u32::try_from(rows.len()).unwrap();
        deleted.retain(|row| *row < count);
        (rows, deleted)
    });
    vec(file, 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_scan_gives_the_live_rows_and_no_others(files in files(), partitions in 1_usize..4, at in 0_i64..120) {
        let mut next = 0;
        let mut number = |(value, known): &(i64, bool)| {
            next += 1;
            (next, *value, known.then(|| format!("word {value}")))
        };
        let rows: Vec<Vec<Row>> = files.iter().map(|(rows, _)| rows.iter().map(&mut number).collect()).collect();
        let deleted: Vec<BTreeSet<u32>> = files.into_iter().map(|(_, deleted)| deleted).collect();
        let [before, after] = versions(&dataset(), &rows, &deleted);
        let lives = |(rows, deleted): (&Vec<Row>, &BTreeSet<u32>)| -> Vec<Row> {
            (0..).zip(rows).filter(|(place, _)| !deleted.contains(place)).map(|(_, row)| row.clone()).collect()
        };
        let live: Vec<Row> = rows.iter().zip(&deleted).flat_map(lives).collect();
        check(&table(&after, &columns()), &live, partitions, at)?;
        check(&table(&before, &columns()), &rows.concat(), partitions, at)?;
    }
}

#[test]
fn row_groups_and_files_without_live_rows_are_not_read() {
    let rows = |first: i64| -> Vec<Row> { (first..first + 30).map(|n| (n, n % 4, None)).collect() };
    let deleted = [(7..14).chain(21..28).collect(), (0..30).collect(), BTreeSet::new()];
    let [_, after] = versions(&dataset(), &[rows(0), rows(100), rows(200)], &deleted);
    assert_eq!((after.rows(), after.files().len()), (46, 2));
    let gone = |n: &i64| (7..14).contains(n) || (21..28).contains(n) || (100..130).contains(n);
    let live: Vec<Row> = (0..30).chain(200..230).filter(|n| !gone(n)).map(|n: i64| (n, n % 4, None)).collect();
    for partitions in 1..4 {
        check(&table(&after, &columns()), &live, partitions, 10).unwrap();
    }
}

#[test]
fn files_stay_open_from_version_to_version() {
    let rows: Vec<Row> = (0..10).map(|n| (n, n, None)).collect();
    let [before, after] = versions(&dataset(), &[rows.clone(), rows], &[BTreeSet::from([3]), BTreeSet::new()]);
    let known = OpenSnapshots::default();
    let [first, second] = [&before, &after].map(|snapshot| known.open(snapshot).unwrap());
    let of = |open: &Arc<super::open_files::OpenFiles>, file: usize| {
        Arc::clone(open.file(&before.file_path(&before.files()[file])).unwrap())
    };
    assert!(Arc::ptr_eq(&of(&first, 1), &of(&second, 1)), "nothing of the file has changed");
    assert!(!Arc::ptr_eq(&of(&first, 0), &of(&second, 0)), "other rows live");
    assert!(Arc::ptr_eq(&of(&first, 0).footer, &of(&second, 0).footer));
    assert!(Arc::ptr_eq(&second, &known.open(&after).unwrap()));
    let again = known.open(&before).unwrap();
    assert!(Arc::ptr_eq(&again, &known.open(&before).unwrap()), "a version that was gone back to is kept");
    assert!(Arc::ptr_eq(&second, &known.open(&after).unwrap()), "and the newest one too");
    known.clear();
    assert!(!Arc::ptr_eq(&second, &known.open(&after).unwrap()));
}

/// A version with one column, and one behind it with a file in which that is wider and another column stands.
fn widened() -> [Arc<Snapshot>; 2] {
    let dataset = dataset();
    let ordinals = |first: i64| -> ArrayRef { Arc::new(Int64Array::from_iter_values(first..first + 2)) };
    let narrow = table_schema(&[Column::new("n", ColumnType::Integer)]);
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![Some(4), None]));
    let old = RecordBatch::try_new(Arc::clone(&narrow), vec![numbers, ordinals(0)]).unwrap();
    let writer = dataset.writer().unwrap();
    let files = write(&writer, &old);
    let before = writer.commit_full(&narrow, files, &CommitOptions::default()).unwrap().snapshot;

    let wide = table_schema(&wide_columns());
    let numbers = Decimal128Array::from(vec![Some(450), Some(400)]).with_precision_and_scale(21, 2).unwrap();
    let words: ArrayRef = Arc::new(StringViewArray::from(vec![Some("a"), None]));
    let new = RecordBatch::try_new(Arc::clone(&wide), vec![Arc::new(numbers), words, ordinals(2)]).unwrap();
    let writer = dataset.writer().unwrap();
    let mut changes = Changes::default();
    changes.added = write(&writer, &new);
    let after = writer.commit_changes(Operation::Delta, &wide, changes, &CommitOptions::default()).unwrap();
    [before, after.snapshot]
}

fn wide_columns() -> Vec<Column> {
    vec![Column::new("n", ColumnType::Decimal { precision: 21, scale: 2 }), Column::new("word", ColumnType::Text)]
}

/// The numbers, as hundredths, and the words.
fn wide_rows(frame: DataFrame) -> Vec<(Option<i128>, Option<String>)> {
    let batches = wait(frame.select_columns(&["n", "word"]).unwrap().collect()).unwrap();
    let of = |batch: &RecordBatch| {
        let numbers: Vec<Option<i128>> = batch.column(0).as_primitive::<Decimal128Type>().iter().collect();
        let words = batch.column(1).as_string_view();
        let words: Vec<Option<String>> = words.iter().map(|word| word.map(str::to_owned)).collect();
        numbers.into_iter().zip(words).collect::<Vec<_>>()
    };
    let mut rows: Vec<_> = batches.iter().flat_map(of).collect();
    rows.sort();
    rows
}

#[test]
fn older_files_are_read_with_the_columns_of_today() {
    let [before, after] = widened();
    let word = || Some("a".to_owned());
    for partitions in 1..3 {
        let frame = || read(&table(&after, &wide_columns()), partitions);
        assert_eq!(wide_rows(frame()), [(None, None), (Some(400), None), (Some(400), None), (Some(450), word())]);
        let four = frame().filter(col("n").eq(lit(ScalarValue::Decimal128(Some(400), 21, 2))));
        assert_eq!(wide_rows(four.unwrap()), [(Some(400), None), (Some(400), None)]);
        let with_word = frame().filter(col("word").eq(lit("a"))).unwrap();
        assert_eq!(wide_rows(with_word), [(Some(450), word())]);
        assert_eq!(wide_rows(frame().filter(col("word").is_null()).unwrap()).len(), 3);
        let words = wait(frame().select_columns(&["word"]).unwrap().collect()).unwrap();
        assert_eq!(words.iter().map(RecordBatch::num_rows).sum::<usize>(), 4, "no column of the older file is read");
    }
    let earlier = read(&table(&before, &wide_columns()), 1);
    assert_eq!(wide_rows(earlier), [(None, None), (Some(400), None)]);
}

#[test]
fn a_column_that_became_something_else_is_refused_where_it_is_read() {
    let [_, after] = widened();
    let columns = [Column::new("n", ColumnType::Text), Column::new("word", ColumnType::Text)];
    let select = |column: &str| {
        let frame = read(&table(&after, &columns), 1).select_columns(&[column]).unwrap();
        wait(frame.collect())
    };
    assert_eq!(select("word").unwrap().iter().map(RecordBatch::num_rows).sum::<usize>(), 4);
    let error = failed(select("n").unwrap_err());
    assert_eq!(error.kind(), ErrorKind::NotSupported);
    assert_eq!(error.message(), "version 2 holds column `n` with values of another type");
}
