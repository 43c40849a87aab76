//! Sorting is compared with a sort of rows as values, by any columns, in chunks of any size.

use std::cmp::Ordering;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow::array::{
    ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch,
    StringViewArray, TimestampMicrosecondArray, UInt64Array,
};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef, TimeUnit};
use datafusion::execution::runtime_env::RuntimeEnv;
use futures::executor::block_on;
use proptest::prelude::{BoxedStrategy, Just, ProptestConfig, Strategy, any, prop_assert_eq, prop_oneof, proptest};

use super::Sorter;
use super::sorter::Sorted;
use super::tools::Limits;
use crate::error::{ErrorKind, Result};
use crate::execute::Executor;

const POOL: usize = 64 << 20;

#[derive(Debug, Clone, PartialEq)]
struct Row {
    text: Option<String>,
    float: Option<f64>,
    flag: Option<bool>,
    at: Option<i64>,
    day: Option<i32>,
    amount: Option<i128>,
}

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("text", DataType::Utf8View, true),
        Field::new("float", DataType::Float64, true),
        Field::new("flag", DataType::Boolean, true),
        Field::new("at", DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), true),
        Field::new("day", DataType::Date32, true),
        Field::new("amount", DataType::Decimal128(30, 2), true),
        Field::new("place", DataType::Int64, false),
    ]))
}

fn batch(rows: &[Row], first: usize) -> RecordBatch {
    let places: Vec<i64> = (first..first + rows.len()).map(|place| i64::try_from(place).unwrap()).collect();
    let amounts: Decimal128Array = rows.iter().map(|row| row.amount).collect();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(rows.iter().map(|row| row.text.as_deref()).collect::<StringViewArray>()),
        Arc::new(rows.iter().map(|row| row.float).collect::<Float64Array>()),
        Arc::new(rows.iter().map(|row| row.flag).collect::<BooleanArray>()),
        Arc::new(rows.iter().map(|row| row.at).collect::<TimestampMicrosecondArray>().with_timezone("UTC")),
        Arc::new(rows.iter().map(|row| row.day).collect::<Date32Array>()),
        Arc::new(amounts.with_precision_and_scale(30, 2).unwrap()),
        Arc::new(Int64Array::from(places)),
    ];
    RecordBatch::try_new(schema(), columns).unwrap()
}

fn batches(rows: &[Row], size: usize) -> Vec<RecordBatch> {
    (0..).step_by(size).zip(rows.chunks(size)).map(|(first, rows)| batch(rows, first)).collect()
}

/// NULLs last.
fn compare<T>(one: Option<&T>, other: Option<&T>, by: impl Fn(&T, &T) -> Ordering) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => by(one, other),
        (one, other) => one.is_none().cmp(&other.is_none()),
    }
}

/// The numbers of the rows in the order that is wanted.
fn expected(rows: &[Row], by: &[String]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by(|one, other| {
        let (one, other) = (&rows[*one], &rows[*other]);
        by.iter().fold(Ordering::Equal, |before, column| {
            before.then_with(|| match column.as_str() {
                "text" => compare(one.text.as_ref(), other.text.as_ref(), |a, b| a.as_bytes().cmp(b.as_bytes())),
                "float" => compare(one.float.as_ref(), other.float.as_ref(), f64::total_cmp),
                "flag" => compare(one.flag.as_ref(), other.flag.as_ref(), bool::cmp),
                "at" => compare(one.at.as_ref(), other.at.as_ref(), i64::cmp),
                "day" => compare(one.day.as_ref(), other.day.as_ref(), i32::cmp),
                _ => compare(one.amount.as_ref(), other.amount.as_ref(), i128::cmp),
            })
        })
    });
    order
}

fn executor(pool: usize) -> Executor {
    Executor::new(NonZeroUsize::new(2).unwrap(), pool).unwrap()
}

fn environment(executor: &Executor) -> Arc<RuntimeEnv> {
    executor.session().task().runtime_env()
}

/// Bytes reserved, bytes in temporary files, and how many of these there are.
fn held(executor: &Executor) -> (usize, u64, usize) {
    let environment = environment(executor);
    let files = environment.disk_manager.spilling_progress();
    (environment.memory_pool.reserved(), files.current_bytes, files.active_files_count)
}

fn names(by: &[&str]) -> Vec<String> {
    by.iter().map(|name| (*name).to_owned()).collect()
}

async fn rest(sorted: &mut Sorted) -> Result<Vec<RecordBatch>> {
    let mut batches = Vec::new();
    while let Some(batch) = sorted.next().await? {
        batches.push(batch);
    }
    Ok(batches)
}

async fn sort(executor: &Executor, input: &[RecordBatch], by: &[String], limits: Limits) -> Result<Vec<RecordBatch>> {
    let mut sorter = Sorter::with_limits(executor, &schema(), by, limits)?;
    for batch in input {
        sorter.add(batch).await?;
    }
    rest(&mut sorter.finish().await?).await
}

fn places(batches: &[RecordBatch]) -> Vec<i64> {
    batches.iter().flat_map(|batch| batch.column(6).as_primitive::<Int64Type>().values().to_vec()).collect()
}

fn texts() -> BoxedStrategy<Option<String>> {
    prop_oneof![
        Just(None),
        "[ab]{0,3}".prop_map(Some),
        // Equal for longer than what is compared first.
        "[ab]{0,2}".prop_map(|end| Some(format!("the same beginning of all of these{end}"))),
        "[a-zé\u{0}]{0,40}".prop_map(Some),
    ]
    .boxed()
}

fn some_rows() -> BoxedStrategy<Vec<Row>> {
    let floats = prop_oneof![
        Just(None),
        Just(Some(0.0)),
        Just(Some(-0.0)),
        Just(Some(f64::NAN)),
        Just(Some(f64::NEG_INFINITY)),
        (-3.0_f64..3.0).prop_map(Some)
    ];
    let at = proptest::option::of(-2_i64..3);
    let day = proptest::option::of(-2_i32..3);
    let amount = proptest::option::of(prop_oneof![-2_i128..3, Just(i128::from(i64::MIN) * 5)]);
    let row = (texts(), floats, any::<Option<bool>>(), at, day, amount);
    let row = row.prop_map(|(text, float, flag, at, day, amount)| Row { text, float, flag, at, day, amount });
    proptest::collection::vec(row, 0..120).boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn rows_come_in_order_and_whole(
        rows in some_rows(),
        by in proptest::sample::subsequence(vec!["text", "float", "flag", "at", "day", "amount"], 1..=3),
        size in 1_usize..60,
        chunk_bytes in prop_oneof![Just(1_usize), Just(1_000), Just(5_000), Just(1 << 20)],
        held_bytes in prop_oneof![Just(0_usize), Just(3_000), Just(1 << 20)],
        block_rows in 1_usize..9,
        ways in 2_usize..5,
    ) {
        let (executor, by) = (executor(POOL), names(&by));
        let limits = Limits { chunk_bytes, held_bytes, block_bytes: 1 << 20, block_rows, ways };
        let input = batches(&rows, size);
        let sorted = block_on(sort(&executor, &input, &by, limits)).unwrap();

        let all = concat_batches(&schema(), &input).unwrap();
        let order: UInt64Array = expected(&rows, &by).into_iter().map(|row| Some(row as u64)).collect();
        let wanted = take_record_batch(&all, &order).unwrap();
        prop_assert_eq!(concat_batches(&schema(), &sorted).unwrap(), wanted);
        drop(sorted);
        prop_assert_eq!(held(&executor), (0, 0, 0));
    }
}

/// Rows in an order of no use, with texts of about `text` bytes.
fn many(count: usize, text: usize) -> Vec<Row> {
    let row = |place: usize| {
        let mixed = place * 7_919 % 1_009;
        Row {
            text: Some(format!("{mixed:>text$}")),
            float: None,
            flag: Some(mixed.is_multiple_of(2)),
            at: i64::try_from(mixed).ok(),
            day: None,
            amount: None,
        }
    };
    (0..count).map(row).collect()
}

fn wanted(rows: &[Row], by: &[String]) -> Vec<i64> {
    expected(rows, by).into_iter().map(|place| i64::try_from(place).unwrap()).collect()
}

/// Chunks of a few kilobytes, so that there are many runs.
fn small() -> Limits {
    Limits { chunk_bytes: 16 << 10, held_bytes: 0, block_bytes: 1 << 10, block_rows: 64, ways: 4 }
}

#[test]
fn what_fits_is_written_nowhere() {
    let (executor, rows, by) = (executor(POOL), many(5_000, 20), names(&["at"]));
    let sorted = block_on(async {
        let mut sorter = Sorter::start(&executor, &schema(), &by).unwrap();
        for batch in batches(&rows, 700) {
            sorter.add(&batch).await.unwrap();
        }
        assert!(held(&executor).0 > 5_000 * 20);
        let mut sorted = sorter.finish().await.unwrap();
        let batches = rest(&mut sorted).await.unwrap();
        assert!(environment(&executor).disk_manager.temp_dir_paths().is_empty());
        batches
    });
    assert_eq!(places(&sorted), wanted(&rows, &by));
}

#[test]
fn a_small_pool_is_enough_and_one_that_is_too_small_is_told() {
    let (rows, by) = (many(20_000, 100), names(&["text", "flag"]));
    let input = batches(&rows, 1_000);
    let roomy = executor(512 << 10);
    let sorted = block_on(async {
        let mut sorter = Sorter::start(&roomy, &schema(), &by).unwrap();
        for batch in &input {
            sorter.add(batch).await.unwrap();
        }
        sorter.settle().await.unwrap();
        assert!(held(&roomy).2 > 4, "nothing was written");
        let mut sorted = sorter.finish().await.unwrap();
        rest(&mut sorted).await.unwrap()
    });
    assert_eq!(places(&sorted), wanted(&rows, &by));
    assert_eq!(held(&roomy), (0, 0, 0));

    let tight = executor(1 << 10);
    let error = block_on(async {
        let mut sorter = Sorter::start(&tight, &schema(), &by).unwrap();
        sorter.add(&batch(&many(1, 10_000), 0)).await.unwrap_err()
    });
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
    assert_eq!(held(&tight), (0, 0, 0));
}

/// Chunks may stay in memory when they are sorted, until there is no room for more rows or for merging them.
#[test]
fn what_stays_in_memory_is_written_where_there_is_too_little() {
    let (by, limits) = (names(&["at"]), Limits { held_bytes: 1 << 30, ..small() });
    let (mut tried, mut written) = (0, 0);
    for count in (100..3_000).step_by(100) {
        tried += 1;
        let (executor, rows) = (executor(256 << 10), many(count, 40));
        let sorted = block_on(async {
            let mut sorter = Sorter::with_limits(&executor, &schema(), &by, limits).unwrap();
            for batch in batches(&rows, 50) {
                sorter.add(&batch).await.unwrap();
            }
            let mut sorted = sorter.finish().await.unwrap();
            let first = sorted.next().await.unwrap();
            written += usize::from(held(&executor).2 > 0);
            let rest = rest(&mut sorted).await.unwrap();
            first.into_iter().chain(rest).collect::<Vec<RecordBatch>>()
        });
        assert_eq!(places(&sorted), wanted(&rows, &by), "{count} rows");
        drop(sorted);
        assert_eq!(held(&executor), (0, 0, 0), "{count} rows");
    }
    assert!((1..tried).contains(&written), "{written} of {tried} were written");
}

/// A slice of a large batch holds the texts of all of it. Where it is kept they are not.
#[test]
fn few_rows_of_a_large_batch_hold_little() {
    let (executor, by) = (executor(POOL), names(&["at"]));
    let large = batch(&many(100_000, 100), 0);
    block_on(async {
        let mut sorter = Sorter::start(&executor, &schema(), &by).unwrap();
        sorter.add(&large.slice(50_000, 10)).await.unwrap();
        assert!(held(&executor).0 < 100_000, "{:?}", held(&executor));
    });
}

fn files(executor: &Executor) -> Vec<PathBuf> {
    let folders = environment(executor).disk_manager.temp_dir_paths();
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn damage_is_told_before_wrong_rows_are_handed_out() {
    let (rows, by) = (many(3_000, 30), names(&["at", "text"]));
    let right = wanted(&rows, &by);
    let flip = |at: usize| {
        move |bytes: &mut Vec<u8>| {
            let place = at * (bytes.len() - 1) / 16;
            bytes[place] ^= 0x10;
        }
    };
    let check = |harm: &dyn Fn(&mut Vec<u8>)| {
        let executor = executor(POOL);
        block_on(async {
            let mut sorter = Sorter::with_limits(&executor, &schema(), &by, small()).unwrap();
            for batch in batches(&rows, 500) {
                sorter.add(&batch).await.unwrap();
            }
            sorter.settle().await.unwrap();
            for path in files(&executor) {
                let mut bytes = std::fs::read(&path).unwrap();
                harm(&mut bytes);
                let mut file = OpenOptions::new().write(true).truncate(true).open(&path).unwrap();
                file.write_all(&bytes).unwrap();
            }
            let mut sorted = sorter.finish().await.unwrap();
            let mut given = Vec::new();
            let error = loop {
                match sorted.next().await {
                    Ok(Some(batch)) => given.extend(places(&[batch])),
                    Ok(None) => panic!("damage went unnoticed"),
                    Err(error) => break error,
                }
            };
            assert_eq!(error.kind(), ErrorKind::Storage, "{error}");
            assert!(right.starts_with(&given));
        });
        assert_eq!(held(&executor), (0, 0, 0));
    };
    for at in 0..=16 {
        check(&flip(at));
    }
    check(&|bytes: &mut Vec<u8>| bytes.truncate(bytes.len() / 2));
    check(&|bytes: &mut Vec<u8>| bytes.clear());
}

/// Work that nobody waits for any more ends on its own.
fn nothing_is_held_soon(executor: &Executor) {
    let since = Instant::now();
    while held(executor) != (0, 0, 0) || !files(executor).is_empty() {
        assert!(since.elapsed() < Duration::from_secs(20), "{:?}", held(executor));
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Whatever is dropped, nothing is held soon after.
#[test]
fn nothing_stays_of_what_is_dropped() {
    let (rows, by) = (many(20_000, 40), names(&["at"]));
    let input = batches(&rows, 1_000);
    for stage in 0..4 {
        let executor = executor(POOL);
        block_on(async {
            let mut sorter = Sorter::with_limits(&executor, &schema(), &by, small()).unwrap();
            for batch in &input {
                sorter.add(batch).await.unwrap();
            }
            if stage == 0 {
                return;
            }
            let mut sorted = sorter.finish().await.unwrap();
            for _ in 1..stage {
                assert!(sorted.next().await.unwrap().is_some());
            }
        });
        nothing_is_held_soon(&executor);
    }
}

#[test]
fn a_full_disk_is_told() {
    let (executor, rows, by) = (executor(POOL), many(20_000, 40), names(&["at"]));
    environment(&executor).disk_manager.set_max_temp_directory_size(100_000).unwrap();
    let error = block_on(sort(&executor, &batches(&rows, 1_000), &by, small())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    nothing_is_held_soon(&executor);
}

#[test]
fn columns_that_are_not_there_are_refused() {
    let executor = executor(POOL);
    let error = Sorter::start(&executor, &schema(), &names(&["none"])).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Internal);
}
