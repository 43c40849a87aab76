//! What formulas cost: derived columns and aggregate formulas against expressions of DataFusion that were written by hand
//! and mean the same, over the same batches in one run. A quotient is NULL where it is divided by 0, an integer where it
//! overflows.
//!
//! The public API has no way to an expression alone, so whole queries are measured: the greatest value of a derived
//! column, which takes no sum. What the two engines cost besides shows in queries that read the same columns and compute
//! nothing; the lines that are printed first have the difference, per row. The engine's sums are exact and DataFusion's
//! are not, which is the matter of the suite `exact_sum`; so one aggregate formula is over greatest values.
//!
//! DataFusion is built without its functions of dates and of numbers here. For those a kernel over arrays stands on the
//! other side, written as one would for one's own data: it knows that its zone is UTC and that its numbers are small.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringViewArray, TimestampMicrosecondArray,
};
use arrow::compute::{DatePart, date_part};
use arrow::datatypes::{DataType, Float64Type, TimeUnit, TimestampMicrosecondType};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use datafusion::common::ScalarValue;
use datafusion::error::DataFusionError;
use datafusion::functions::expr_fn::{character_length, nullif, upper};
use datafusion::functions_aggregate::expr_fn::{count, max, sum};
use datafusion::logical_expr::{ColumnarValue, Volatility, create_udf, when};
use datafusion::prelude::{DataFrame, Expr, cast, col, lit};
use drillcore::{Query, count_values, formula};
use drillcore_benches::{Result, Sides, assert_same_answers, runtime};

const ROWS: usize = 3_000_000;
const BATCH: usize = 8192;

/// How often each query runs for the lines that are printed; the median counts.
const RUNS: usize = 15;

/// 2013-01-01T00:00Z in microseconds.
const NEW_YEAR: i64 = 1_356_998_400_000_000;
const DAY: i64 = 86_400_000_000;

/// A formula and what means the same, each with a query that reads the same columns and computes nothing.
struct Case {
    title: &'static str,
    ours: Query,
    theirs: DataFrame,
    our_columns: Query,
    their_columns: DataFrame,
    /// The same without a check for what is out of range, to show what that costs.
    unchecked: Option<DataFrame>,
}

fn formulas(criterion: &mut Criterion) {
    // One thread, so that a difference is work and not how it is split.
    let runtime = runtime(1).expect("a runtime");
    let batches: Vec<RecordBatch> = (0..ROWS.div_ceil(BATCH)).map(batch).collect();
    let sides = runtime.block_on(Sides::new(1, &[("trips", batches.as_slice())], Vec::new())).expect("both engines");
    let cases = runtime.block_on(cases(&sides)).expect("plans");
    for case in &cases {
        let (ours, theirs) =
            runtime.block_on(async { (sides.ask(&case.ours).await, sides.collect(&case.theirs).await) });
        assert_same_answers(&ours, &theirs, 0);
        let (ours, theirs) = runtime.block_on(costs(&sides, case));
        let ratio = ours / theirs;
        println!("{}: {ours:.2} ns a row by the formula, {theirs:.2} ns by hand, {ratio:.2} times", case.title);
    }
    for case in &cases {
        let mut group = criterion.benchmark_group(format!("formulas: {}", case.title));
        group.throughput(Throughput::Elements(ROWS as u64));
        group.bench_function("drillcore", |bencher| bencher.to_async(&runtime).iter(|| sides.ask(&case.ours)));
        group.bench_function("datafusion", |bencher| bencher.to_async(&runtime).iter(|| sides.collect(&case.theirs)));
        if let Some(unchecked) = &case.unchecked {
            group.bench_function("datafusion, unchecked", |bencher| {
                bencher.to_async(&runtime).iter(|| sides.collect(unchecked));
            });
        }
        group.bench_function("drillcore, columns alone", |bencher| {
            bencher.to_async(&runtime).iter(|| sides.ask(&case.our_columns));
        });
        group.bench_function("datafusion, columns alone", |bencher| {
            bencher.to_async(&runtime).iter(|| sides.collect(&case.their_columns));
        });
        group.finish();
    }
}

/// Nanoseconds per row that each side takes for the expression. All four queries take turns, so that what slows the
/// machine down slows all of them.
async fn costs(sides: &Sides, case: &Case) -> (f64, f64) {
    let mut times: [Vec<Duration>; 4] = Default::default();
    for _ in 0..RUNS {
        let start = Instant::now();
        sides.ask(&case.ours).await;
        times[0].push(start.elapsed());
        let start = Instant::now();
        sides.ask(&case.our_columns).await;
        times[1].push(start.elapsed());
        let start = Instant::now();
        sides.collect(&case.theirs).await;
        times[2].push(start.elapsed());
        let start = Instant::now();
        sides.collect(&case.their_columns).await;
        times[3].push(start.elapsed());
    }
    let [ours, our_columns, theirs, their_columns] = times.map(|mut times| {
        times.sort();
        times[RUNS / 2].as_secs_f64() * 1e9 / ROWS as f64
    });
    (ours - our_columns, theirs - their_columns)
}

/// The rows from a place on. The columns:
///
/// - `carrier`: one of sixteen texts of two letters;
/// - `distance`, `a`, `b`, `pieces`: integers;
/// - `air_time`: floats, 0 in one row of fifty, NULL in another;
/// - `price`: floats with two decimals;
/// - `at`: instants of 2013.
fn batch(place: usize) -> RecordBatch {
    let rows = (place * BATCH) as u64..((place + 1) * BATCH).min(ROWS) as u64;
    let numbers = |salt: u64, bound: u64| rows.clone().map(move |row| mixed(row, salt) % bound);
    let integers = |salt, bound| -> ArrayRef {
        Arc::new(numbers(salt, bound).map(|number| Some(number as i64)).collect::<Int64Array>())
    };
    let carriers = ["9E", "AA", "AS", "B6", "dl", "EV", "F9", "fl", "HA", "MQ", "OO", "UA", "US", "VX", "WN", "yv"];
    let carrier: StringViewArray = numbers(1, 16).map(|number| Some(carriers[number as usize])).collect();
    let air_time: Float64Array = numbers(2, 1_000)
        .map(|number| match number % 50 {
            0 => None,
            1 => Some(0.0),
            _ => Some(number as f64 / 2.0),
        })
        .collect();
    let price: Float64Array = numbers(3, 10_000_000).map(|number| Some(number as f64 / 100.0)).collect();
    let within_the_year = numbers(4, 365 * DAY as u64).map(|micros| Some(NEW_YEAR + micros as i64));
    let at: TimestampMicrosecondArray = within_the_year.collect();
    let columns: [(&str, ArrayRef); 8] = [
        ("carrier", Arc::new(carrier)),
        ("distance", integers(5, 5_000)),
        ("air_time", Arc::new(air_time)),
        ("a", integers(6, 1 << 40)),
        ("b", integers(7, 1 << 40)),
        ("pieces", integers(8, 100)),
        ("price", Arc::new(price)),
        ("at", Arc::new(at.with_timezone("UTC"))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true)))
        .expect("columns of one length")
}

/// A number that looks random: the output function of SplitMix64.
fn mixed(row: u64, salt: u64) -> u64 {
    let seed = (row * 16 + salt).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

async fn cases(sides: &Sides) -> Result<Vec<Case>> {
    let trips = sides.session.table("trips").await?;
    let derived = |text: &'static str, columns: &[&str], by_hand: Expr| -> Result<Case> {
        let ours = Query::on("trips").derive("value", text).measure(drillcore::max("value"));
        let theirs = trips.clone().aggregate(Vec::new(), vec![max(by_hand)])?;
        case(&trips, text, ours, theirs, columns)
    };
    let aggregated = |text: &'static str, part: Expr| -> Result<Case> {
        let parts = vec![part.alias("part"), count(lit(1_i64)).alias("rows")];
        let quotient = col("part") / cast(col("rows"), DataType::Float64);
        let theirs = trips.clone().aggregate(Vec::new(), parts)?.select([quotient])?;
        case(&trips, text, Query::on("trips").measure(formula(text)), theirs, &["price", "pieces"])
    };
    let total = || col("a") + col("b");
    let mut checked = derived("{a} + {b}", &["a", "b"], when(overflows(), null()).otherwise(total())?)?;
    checked.unchecked = Some(trips.clone().aggregate(Vec::new(), vec![max(total())])?);
    let quotient = cast(col("distance"), DataType::Float64) / nullif(col("air_time"), lit(0.0));
    let choice = when(col("distance").gt(lit(1_000_i64)), col("a")).otherwise(col("b"))?;
    let revenue = || col("price") * cast(col("pieces"), DataType::Float64);
    Ok(vec![
        derived("{distance} / {air_time}", &["distance", "air_time"], quotient)?,
        checked,
        derived("ROUND({price} * 7e-2, 2)", &["price"], rounded(col("price") * lit(7e-2)))?,
        derived("IF({distance} > 1000, {a}, {b})", &["distance", "a", "b"], choice)?,
        derived("LENGTH(UPPER({carrier}))", &["carrier"], character_length(upper(col("carrier"))))?,
        derived("YEAR({at})", &["at"], year(col("at")))?,
        derived("DAY_NUMBER(DATE_TRUNC('month', {at}))", &["at"], month_start(col("at")))?,
        aggregated("SUM({price} * {pieces}) / COUNTR()", sum(revenue()))?,
        aggregated("MAX({price} * {pieces}) / COUNTR()", max(revenue()))?,
    ])
}

/// The queries that compute nothing read the given columns.
fn case(trips: &DataFrame, title: &'static str, ours: Query, theirs: DataFrame, columns: &[&str]) -> Result<Case> {
    let our_columns = Query::on("trips").measure(drillcore::max("a"));
    let our_columns = columns.iter().fold(our_columns, |query, column| query.measure(count_values(*column)));
    let counts = columns.iter().map(|column| count(col(*column)));
    let counts = [max(col("a"))].into_iter().chain(counts).collect();
    let their_columns = trips.clone().aggregate(Vec::new(), counts)?;
    Ok(Case { title, ours, theirs, our_columns, their_columns, unchecked: None })
}

/// Whether `a + b` has no room in 64 bits.
fn overflows() -> Expr {
    let above = col("b").gt(lit(0_i64)).and(col("a").gt(lit(i64::MAX) - col("b")));
    let below = col("b").lt(lit(0_i64)).and(col("a").lt(lit(i64::MIN) - col("b")));
    above.or(below)
}

fn null() -> Expr {
    lit(ScalarValue::Int64(None))
}

/// A function of one column.
fn by_hand(
    name: &str,
    from: DataType,
    to: DataType,
    kernel: impl Fn(&dyn Array) -> Result<ArrayRef, DataFusionError> + Send + Sync + 'static,
    of: Expr,
) -> Expr {
    let function = Arc::new(move |arguments: &[ColumnarValue]| -> Result<ColumnarValue, DataFusionError> {
        let arrays = ColumnarValue::values_to_arrays(arguments)?;
        Ok(ColumnarValue::Array(kernel(arrays[0].as_ref())?))
    });
    create_udf(name, vec![from], to, Volatility::Immutable, function).call(vec![of])
}

fn instants() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

fn year(of: Expr) -> Expr {
    let kernel = |array: &dyn Array| -> Result<ArrayRef, DataFusionError> { Ok(date_part(array, DatePart::Year)?) };
    by_hand("year_by_hand", instants(), DataType::Int32, kernel, of)
}

fn rounded(of: Expr) -> Expr {
    let kernel = |array: &dyn Array| -> Result<ArrayRef, DataFusionError> {
        let numbers = array.as_primitive::<Float64Type>();
        let rounded: Float64Array = numbers.unary(|number| (number * 100.0).round() / 100.0);
        Ok(Arc::new(rounded))
    };
    by_hand("round_by_hand", DataType::Float64, DataType::Float64, kernel, of)
}

/// The number of the first day of the month.
fn month_start(of: Expr) -> Expr {
    let kernel = |array: &dyn Array| -> Result<ArrayRef, DataFusionError> {
        let times = array.as_primitive::<TimestampMicrosecondType>();
        let days: Int64Array = times.unary(|time| {
            let day = time.div_euclid(DAY);
            day + 1 - day_of_month(day)
        });
        Ok(Arc::new(days))
    };
    by_hand("month_start_by_hand", instants(), DataType::Int64, kernel, of)
}

/// Counted from March on, months have 31, 30, 31, 30, 31 days again and again, which 153 / 5 tells.
fn day_of_month(day: i64) -> i64 {
    let of_era = (day + 719_468).rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    of_year - (153 * month + 2) / 5 + 1
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(15).measurement_time(Duration::from_secs(4));
    targets = formulas
}
criterion_main!(benches);
