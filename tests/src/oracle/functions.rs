//! What SQLite lacks, as functions and aggregates of its own. Each aggregate collects the values and looks at them
//! at the end.

use chrono_tz::Tz;
use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::ToSql;
use rusqlite::{Connection, Error, Result};

use super::exact::{FloatSum, quotient};
use super::{text, wall};
use crate::spec::{Level, Part};

type TextTest = fn(&str, &str) -> bool;

/// Adds everything to a connection.
///
/// # Errors
/// What SQLite reports.
pub fn register(db: &Connection) -> Result<()> {
    let pure = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    // wall(instant, zone): what the clock shows.
    db.create_scalar_function("wall", 2, pure, |ctx| {
        let Some(instant) = ctx.get::<Option<i64>>(0)? else { return Ok(None) };
        let zone = ctx.get_raw(1).as_str().ok().and_then(|name| name.parse::<Tz>().ok());
        let zone = zone.ok_or_else(|| Error::UserFunctionError("unknown zone".into()))?;
        Ok(Some(wall::wall(instant, zone)))
    })?;
    // day_of(wall): the days since 1970-01-01.
    db.create_scalar_function("day_of", 1, pure, |ctx| Ok(ctx.get::<Option<i64>>(0)?.map(wall::day_of)))?;
    // first_day(day, level, week start, fiscal year start): the first day of the bucket.
    db.create_scalar_function("first_day", 4, pure, |ctx| {
        let Some(day) = ctx.get::<Option<i32>>(0)? else { return Ok(None) };
        Ok(Some(wall::first_day(day, Level(ctx.get(1)?), ctx.get(2)?, ctx.get(3)?)))
    })?;
    // part(wall, part, week start, fiscal year start): a cyclic part's number.
    db.create_scalar_function("part", 4, pure, |ctx| {
        let Some(wall) = ctx.get::<Option<i64>>(0)? else { return Ok(None) };
        Ok(Some(wall::part(wall, Part(ctx.get(1)?), ctx.get(2)?, ctx.get(3)?)))
    })?;
    // floor_wall(wall, level): the start of the hour, minute, second, millisecond.
    db.create_scalar_function("floor_wall", 2, pure, |ctx| {
        let Some(wall) = ctx.get::<Option<i64>>(0)? else { return Ok(None) };
        Ok(Some(wall::floor(wall, Level(ctx.get(1)?))))
    })?;
    db.create_scalar_function("fold", 1, pure, |ctx| {
        Ok(ctx.get::<Option<String>>(0)?.map(|value| text::fold(&value)))
    })?;
    let tests: [(&str, TextTest); 3] = [
        ("holds", |value, part| value.contains(part)),
        ("begins", |value, part| value.starts_with(part)),
        ("finishes", |value, part| value.ends_with(part)),
    ];
    for (name, test) in tests {
        db.create_scalar_function(name, 2, pure, move |ctx| {
            let Some(value) = ctx.get::<Option<String>>(0)? else { return Ok(None) };
            Ok(Some(test(&value, &ctx.get::<String>(1)?)))
        })?;
    }
    integers(db, "sum_int", |all| (!all.values.is_empty()).then(|| sortable(all.sum())))?;
    integers(db, "average_int", |all| {
        (!all.values.is_empty()).then(|| quotient(all.sum(), all.values.len() as i128 * all.unit()))
    })?;
    integers(db, "median_int", |all| {
        let (low, high) = middle(&sorted(&all.values, i64::cmp))?;
        Some(quotient(i128::from(low) + i128::from(high), 2 * all.unit()))
    })?;
    integers(db, "variance_int", |all| integer_variance(all).and_then(finite))?;
    integers(db, "stddev_int", |all| integer_variance(all).and_then(finite).map(f64::sqrt))?;
    floats(db, "sum_float", |all| if all.values.is_empty() { None } else { all.sum() })?;
    floats(db, "average_float", |all| if all.values.is_empty() { None } else { Some(all.sum()? / all.count()) })?;
    floats(db, "median_float", |all| {
        let (low, high) = middle(&sorted(&all.values, f64::total_cmp))?;
        let sum = low + high;
        Some(if sum.is_finite() { sum / 2.0 } else { low / 2.0 + high / 2.0 })
    })?;
    floats(db, "variance_float", |all| float_variance(all).and_then(finite))?;
    floats(db, "stddev_float", |all| float_variance(all).and_then(finite).map(f64::sqrt))
}

/// A great integer as bytes that SQLite compares in its order.
#[must_use]
pub fn sortable(value: i128) -> Vec<u8> {
    (value ^ i128::MIN).to_be_bytes().to_vec()
}

/// The integer of [`sortable`] bytes.
#[must_use]
pub fn from_sortable(bytes: &[u8]) -> Option<i128> {
    Some(i128::from_be_bytes(bytes.try_into().ok()?) ^ i128::MIN)
}

#[derive(Debug, Default)]
struct Integers {
    values: Vec<i64>,
    scale: u32,
}

impl Integers {
    fn sum(&self) -> i128 {
        self.values.iter().copied().map(i128::from).sum()
    }

    fn unit(&self) -> i128 {
        10_i128.pow(self.scale)
    }
}

#[derive(Debug, Default)]
struct Floats {
    values: Vec<f64>,
}

impl Floats {
    fn sum(&self) -> Option<f64> {
        let mut sum = FloatSum::default();
        self.values.iter().for_each(|value| sum.add(*value));
        sum.rounded()
    }

    fn count(&self) -> f64 {
        self.values.len() as f64
    }
}

struct Finish<S, R>(fn(&S) -> Option<R>);

impl<R: ToSql> Aggregate<Integers, Option<R>> for Finish<Integers, R> {
    fn init(&self, ctx: &mut Context<'_>) -> Result<Integers> {
        Ok(Integers { values: Vec::new(), scale: ctx.get(1)? })
    }

    fn step(&self, ctx: &mut Context<'_>, all: &mut Integers) -> Result<()> {
        all.values.extend(ctx.get::<Option<i64>>(0)?);
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, all: Option<Integers>) -> Result<Option<R>> {
        Ok(all.and_then(|all| self.0(&all)))
    }
}

impl<R: ToSql> Aggregate<Floats, Option<R>> for Finish<Floats, R> {
    fn init(&self, _: &mut Context<'_>) -> Result<Floats> {
        Ok(Floats::default())
    }

    fn step(&self, ctx: &mut Context<'_>, all: &mut Floats) -> Result<()> {
        all.values.extend(ctx.get::<Option<f64>>(0)?);
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, all: Option<Floats>) -> Result<Option<R>> {
        Ok(all.and_then(|all| self.0(&all)))
    }
}

/// Aggregates of integers and decimals; the second argument is the number of digits behind the point.
fn integers<R: ToSql + 'static>(db: &Connection, name: &str, finish: fn(&Integers) -> Option<R>) -> Result<()> {
    db.create_aggregate_function::<Integers, _, _, Option<R>>(name, 2, FunctionFlags::SQLITE_UTF8, Finish(finish))
}

fn floats(db: &Connection, name: &str, finish: fn(&Floats) -> Option<f64>) -> Result<()> {
    db.create_aggregate_function::<Floats, _, _, Option<f64>>(name, 1, FunctionFlags::SQLITE_UTF8, Finish(finish))
}

fn sorted<T: Copy>(values: &[T], order: fn(&T, &T) -> std::cmp::Ordering) -> Vec<T> {
    let mut values = values.to_vec();
    values.sort_by(order);
    values
}

/// The two values in the middle, twice the same for an odd count.
fn middle<T: Copy>(sorted: &[T]) -> Option<(T, T)> {
    let count = sorted.len();
    (count > 0).then(|| (sorted[(count - 1) / 2], sorted[count / 2]))
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// Deviations times the count are integers, so nothing is lost before the squares.
fn integer_variance(all: &Integers) -> Option<f64> {
    let count = all.values.len();
    let sum = all.sum();
    let squares: f64 = all
        .values
        .iter()
        .map(|value| {
            let deviation = (count as i128 * i128::from(*value) - sum) as f64;
            deviation * deviation
        })
        .sum();
    let n = count as f64;
    let unit = all.unit() as f64;
    (count > 1).then(|| squares / n / n / (n - 1.0) / unit / unit)
}

/// In two passes, corrected by what the rounding of the mean leaves in the sum of deviations.
fn float_variance(all: &Floats) -> Option<f64> {
    let n = all.count();
    let mean = all.sum()? / n;
    let deviations = || all.values.iter().map(|value| value - mean);
    let squares: f64 = deviations().map(|deviation| deviation * deviation).sum();
    let rest: f64 = deviations().sum();
    (all.values.len() > 1).then(|| (squares - rest * rest / n) / (n - 1.0))
}
