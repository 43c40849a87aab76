//! What formulas cost: derived columns and aggregate formulas against expressions of DataFusion that were written by hand
//! and mean the same, over the same batches in one run. A quotient is NULL where it is divided by 0, an integer where it
//! overflows.
//!
//! The public API has no way to an expression alone, so whole queries are measured: the greatest value of a derived
//! column, which takes no sum. What the two engines cost besides must not count, and it can't be had from a query that
//! computes nothing, because the engine reads its source on a thread of its own beside the computation. So each query is
//! asked with the expression once and with it over eight sets of columns, and the lines that are printed first have what
//! one more of them costs, per row. The engine's sums are exact and DataFusion's are not, which is the matter of the
//! suite `exact_sum`; so one aggregate formula is over greatest values.
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
use drillcore::{Query, formula};
use drillcore_benches::{Result, Sides, assert_same_answers, runtime};

const ROWS: usize = 3_000_000;
const BATCH: usize = 8192;

/// How often each query runs for the lines that are printed; the median counts.
const RUNS: usize = 15;

/// 2013-01-01T00:00Z in microseconds.
const NEW_YEAR: i64 = 1_356_998_400_000_000;
const DAY: i64 = 86_400_000_000;

/// The sets of columns, and so how many expressions the larger queries have.
const COPIES: usize = 8;

/// A formula and what means the same.
struct Case {
    title: &'static str,
    ours: Asked<Query>,
    theirs: Asked<DataFrame>,
    /// The same without a check for what is out of range, to show what that costs.
    unchecked: Option<Asked<DataFrame>>,
}

/// A query with an expression once, and with one for each set of columns.
struct Asked<Q> {
    once: Q,
    copied: Q,
}

fn formulas(criterion: &mut Criterion) {
    // One thread, so that a difference is work and not how it is split.
    let runtime = runtime(1).expect("a runtime");
    let batches: Vec<RecordBatch> = (0..ROWS.div_ceil(BATCH)).map(batch).collect();
    let sides = runtime.block_on(Sides::new(1, &[("trips", batches.as_slice())], Vec::new())).expect("both engines");
    let cases = runtime.block_on(cases(&sides)).expect("plans");
    for case in &cases {
        let (ours, theirs) =
            runtime.block_on(async { (sides.ask(&case.ours.copied).await, sides.collect(&case.theirs.copied).await) });
        assert_same_answers(&ours, &theirs, 0);
        let (ours, theirs, unchecked) = runtime.block_on(costs(&sides, case));
        let ratio = ours / theirs;
        print!("{}: {ours:.2} ns a row by the formula, {theirs:.2} ns by hand, {ratio:.2} times", case.title);
        println!("{}", unchecked.map(|cost| format!(", {cost:.2} ns unchecked")).unwrap_or_default());
    }
    for case in &cases {
        let mut group = criterion.benchmark_group(format!("formulas: {}", case.title));
        group.throughput(Throughput::Elements(ROWS as u64));
        for (name, ours, theirs) in
            [("once", &case.ours.once, &case.theirs.once), ("eight times", &case.ours.copied, &case.theirs.copied)]
        {
            group.bench_function(format!("drillcore, {name}"), |bencher| {
                bencher.to_async(&runtime).iter(|| sides.ask(ours));
            });
            group.bench_function(format!("datafusion, {name}"), |bencher| {
                bencher.to_async(&runtime).iter(|| sides.collect(theirs));
            });
        }
        if let Some(unchecked) = &case.unchecked {
            group.bench_function("datafusion, unchecked, eight times", |bencher| {
                bencher.to_async(&runtime).iter(|| sides.collect(&unchecked.copied));
            });
        }
        group.finish();
    }
}

/// Nanoseconds per row that one more expression takes on each side, and without a check. All queries take turns, so that
/// what slows the machine down slows all of them.
async fn costs(sides: &Sides, case: &Case) -> (f64, f64, Option<f64>) {
    let mut times: [Vec<f64>; 6] = Default::default();
    for _ in 0..RUNS {
        for (times, query) in times.iter_mut().zip([&case.ours.once, &case.ours.copied]) {
            let start = Instant::now();
            sides.ask(query).await;
            times.push(start.elapsed().as_secs_f64());
        }
        let frames = [Some(&case.theirs), case.unchecked.as_ref()].into_iter().flatten();
        let frames = frames.flat_map(|asked| [&asked.once, &asked.copied]);
        for (times, query) in times.iter_mut().skip(2).zip(frames) {
            let start = Instant::now();
            sides.collect(query).await;
            times.push(start.elapsed().as_secs_f64());
        }
    }
    let each = |times: &mut [Vec<f64>]| {
        let [once, copied] = times else { return None };
        let median = |times: &mut Vec<f64>| {
            times.sort_by(f64::total_cmp);
            times.get(RUNS / 2).copied()
        };
        Some((median(copied)? - median(once)?) * 1e9 / (ROWS * (COPIES - 1)) as f64)
    };
    let [ours, theirs, unchecked] = [0, 2, 4].map(|first| each(&mut times[first..first + 2]));
    (ours.expect("times"), theirs.expect("times"), unchecked)
}

/// The rows from a place on. The columns, [`COPIES`] times, each time with a number behind their names:
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
    let copies = (0..COPIES).flat_map(|copy| columns.iter().map(move |(name, column)| (of_copy(name, copy), column)));
    RecordBatch::try_from_iter_with_nullable(copies.map(|(name, column)| (name, Arc::clone(column), true)))
        .expect("columns of one length")
}

/// A number that looks random: the output function of SplitMix64.
fn mixed(row: u64, salt: u64) -> u64 {
    let seed = (row * 16 + salt).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn of_copy(column: &str, copy: usize) -> String {
    format!("{column}_{copy}")
}

/// An expression by hand over a set of columns, which are found by their names.
type ByHand = fn(&dyn Fn(&str) -> Expr) -> Result<Expr>;

async fn cases(sides: &Sides) -> Result<Vec<Case>> {
    let trips = sides.session.table("trips").await?;
    let derived = |title: &'static str, by_hand: ByHand, unchecked: Option<ByHand>| -> Result<Case> {
        let ours = asked(|copies| {
            Ok((0..copies).fold(Query::on("trips"), |query, copy| {
                let value = of_copy("value", copy);
                query.derive(&value, with_columns_of(title, copy)).measure(drillcore::max(value.as_str()))
            }))
        })?;
        let theirs = |by_hand: ByHand| {
            asked(|copies| {
                let greatest =
                    |copy| -> Result<Expr> { Ok(max(by_hand(&columns_of(copy))?).alias(of_copy("value", copy))) };
                Ok(trips.clone().aggregate(Vec::new(), (0..copies).map(greatest).collect::<Result<_>>()?)?)
            })
        };
        Ok(Case { title, ours, theirs: theirs(by_hand)?, unchecked: unchecked.map(theirs).transpose()? })
    };
    let aggregated = |title: &'static str, part: ByHand, unchecked: Option<ByHand>| -> Result<Case> {
        let ours = asked(|copies| {
            Ok((0..copies).fold(Query::on("trips"), |query, copy| query.measure(formula(with_columns_of(title, copy)))))
        })?;
        let theirs = |part: ByHand| {
            asked(|copies| {
                let named = |copy| -> Result<Expr> { Ok(part(&columns_of(copy))?.alias(of_copy("part", copy))) };
                let mut parts = (0..copies).map(named).collect::<Result<Vec<Expr>>>()?;
                parts.push(count(lit(1_i64)).alias("rows"));
                let quotient = |copy| {
                    (col(of_copy("part", copy)) / cast(col("rows"), DataType::Float64)).alias(of_copy("value", copy))
                };
                Ok(trips.clone().aggregate(Vec::new(), parts)?.select((0..copies).map(quotient).collect::<Vec<_>>())?)
            })
        };
        Ok(Case { title, ours, theirs: theirs(part)?, unchecked: unchecked.map(theirs).transpose()? })
    };
    Ok(vec![
        derived("{distance} / {air_time}", checked_quotient, Some(quotient))?,
        derived("{a} + {b}", checked_total, Some(|of| Ok(of("a") + of("b"))))?,
        derived("ROUND({price} * 7e-2, 2)", |of| Ok(rounded(of("price") * lit(7e-2))), None)?,
        derived("IF({distance} > 1000, {a}, {b})", chosen, None)?,
        derived("LENGTH(UPPER({carrier}))", |of| Ok(character_length(upper(of("carrier")))), None)?,
        derived("YEAR({at})", |of| Ok(year(of("at"))), None)?,
        derived("DAY_NUMBER(DATE_TRUNC('month', {at}))", |of| Ok(month_start(of("at"))), None)?,
        aggregated("SUM({price} * {pieces}) / COUNTR()", |of| Ok(sum(revenue(of))), None)?,
        aggregated(
            "MAX({price} * {pieces}) / COUNTR()",
            |of| Ok(max(finite(revenue(of))?)),
            Some(|of| Ok(max(revenue(of)))),
        )?,
    ])
}

fn asked<Q>(query: impl Fn(usize) -> Result<Q>) -> Result<Asked<Q>> {
    Ok(Asked { once: query(1)?, copied: query(COPIES)? })
}

/// The columns of a set.
fn columns_of(copy: usize) -> impl Fn(&str) -> Expr {
    move |column| col(of_copy(column, copy))
}

/// A formula over the columns of a set.
fn with_columns_of(formula: &str, copy: usize) -> String {
    formula.replace('}', &format!("_{copy}}}"))
}

fn quotient(of: &dyn Fn(&str) -> Expr) -> Result<Expr> {
    Ok(cast(of("distance"), DataType::Float64) / nullif(of("air_time"), lit(0.0)))
}

fn checked_quotient(of: &dyn Fn(&str) -> Expr) -> Result<Expr> {
    finite(quotient(of)?)
}

/// NULL where a number has no room in 64 bits, as a formula is.
fn finite(number: Expr) -> Result<Expr> {
    Ok(when(number.clone().between(lit(f64::MIN), lit(f64::MAX)), number).end()?)
}

fn checked_total(of: &dyn Fn(&str) -> Expr) -> Result<Expr> {
    Ok(when(overflows(of("a"), of("b")), null()).otherwise(of("a") + of("b"))?)
}

fn chosen(of: &dyn Fn(&str) -> Expr) -> Result<Expr> {
    Ok(when(of("distance").gt(lit(1_000_i64)), of("a")).otherwise(of("b"))?)
}

fn revenue(of: &dyn Fn(&str) -> Expr) -> Expr {
    of("price") * cast(of("pieces"), DataType::Float64)
}

/// Whether the sum of two integers has no room in 64 bits.
fn overflows(a: Expr, b: Expr) -> Expr {
    let above = b.clone().gt(lit(0_i64)).and(a.clone().gt(lit(i64::MAX) - b.clone()));
    let below = b.clone().lt(lit(0_i64)).and(a.lt(lit(i64::MIN) - b));
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
