//! Aggregates of numbers: integers and decimals exactly, floats rounded once.

use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::{ToSql, Value};
use rusqlite::{Connection, Result};

use crate::oracle::exact::{FloatSum, mean, quotient};
use crate::oracle::value::{sortable, whole};

pub(super) fn register(db: &Connection) -> Result<()> {
    integers(db, "sum_int", |all| (!all.values.is_empty()).then(|| sortable(all.sum())))?;
    integers(db, "average_int", |all| {
        (!all.values.is_empty()).then(|| quotient(all.sum(), all.values.len() as i128 * all.unit()))
    })?;
    integers(db, "median_int", |all| {
        let (low, high) = middle(&sorted(&all.values, i128::cmp))?;
        Some(quotient(low + high, 2 * all.unit()))
    })?;
    integers(db, "variance_int", |all| integer_variance(all, 1).and_then(finite))?;
    integers(db, "stddev_int", |all| integer_variance(all, 1).and_then(finite).map(f64::sqrt))?;
    integers(db, "variance_pop_int", |all| integer_variance(all, 0).and_then(finite))?;
    integers(db, "stddev_pop_int", |all| integer_variance(all, 0).and_then(finite).map(f64::sqrt))?;
    floats(db, "sum_float", |all| if all.values.is_empty() { None } else { all.sum() })?;
    floats(db, "average_float", |all| mean(&all.values))?;
    floats(db, "median_float", |all| {
        let (low, high) = middle(&sorted(&all.values, f64::total_cmp))?;
        let sum = low + high;
        Some(if sum.is_finite() { sum / 2.0 } else { low / 2.0 + high / 2.0 })
    })?;
    floats(db, "variance_float", |all| float_variance(all, 1.0).and_then(finite))?;
    floats(db, "stddev_float", |all| float_variance(all, 1.0).and_then(finite).map(f64::sqrt))?;
    floats(db, "variance_pop_float", |all| float_variance(all, 0.0).and_then(finite))?;
    floats(db, "stddev_pop_float", |all| float_variance(all, 0.0).and_then(finite).map(f64::sqrt))
}

#[derive(Debug, Default)]
struct Integers {
    values: Vec<i128>,
    scale: u32,
}

impl Integers {
    fn sum(&self) -> i128 {
        self.values.iter().sum()
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
        all.values.extend(whole(&ctx.get::<Value>(0)?));
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

/// Aggregates of floats; the second argument says nothing.
fn floats(db: &Connection, name: &str, finish: fn(&Floats) -> Option<f64>) -> Result<()> {
    db.create_aggregate_function::<Floats, _, _, Option<f64>>(name, 2, FunctionFlags::SQLITE_UTF8, Finish(finish))
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

/// Deviations times the count are integers, so nothing is lost before the squares. Divided by the count less `less`.
fn integer_variance(all: &Integers, less: usize) -> Option<f64> {
    let count = all.values.len();
    let sum = all.sum();
    let squares: f64 = all
        .values
        .iter()
        .map(|value| {
            let deviation = (count as i128 * value - sum) as f64;
            deviation * deviation
        })
        .sum();
    let n = count as f64;
    let unit = all.unit() as f64;
    (count > less).then(|| squares / n / n / (count - less) as f64 / unit / unit)
}

/// In two passes, corrected by what the rounding of the mean leaves in the sum of deviations.
fn float_variance(all: &Floats, less: f64) -> Option<f64> {
    let n = all.count();
    let mean = all.sum()? / n;
    let deviations = || all.values.iter().map(|value| value - mean);
    let squares: f64 = deviations().map(|deviation| deviation * deviation).sum();
    let rest: f64 = deviations().sum();
    (n > less).then(|| (squares - rest * rest / n) / (n - less))
}
