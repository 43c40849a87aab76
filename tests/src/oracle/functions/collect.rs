//! Aggregates that look at all their arguments in the end: modes, first and last, percentiles, lists, histograms.

use std::collections::BTreeMap;

use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::Value;
use rusqlite::{Connection, Result};

use crate::oracle::exact::quotient;
use crate::oracle::value::{order, pair, whole};

/// How far an approximate percentile may be off, in thousandths of the number of values.
const RANK_ERROR: i128 = 40;

pub(super) fn register(db: &Connection) -> Result<()> {
    collect(db, "mode", 1, mode)?;
    collect(db, "first_by", 2, |rows| by(rows, false))?;
    collect(db, "last_by", 2, |rows| by(rows, true))?;
    collect(db, "discrete", 2, discrete)?;
    collect(db, "percentile_int", 3, |rows| percentile(rows, exact_value))?;
    collect(db, "percentile_float", 3, |rows| percentile(rows, float_value))?;
    collect(db, "bounds_int", 3, |rows| bounds(rows, exact_value))?;
    collect(db, "bounds_float", 3, |rows| bounds(rows, float_value))?;
    collect(db, "string_list", 5, string_list)?;
    collect(db, "histogram_int", 3, |rows| histogram(rows, exact_bin))?;
    collect(db, "histogram_float", 3, |rows| histogram(rows, float_bin))
}

/// The arguments of the rows whose first argument is not NULL.
type Rows = Vec<Vec<Value>>;

struct Collect(fn(&[Vec<Value>]) -> Value);

impl Aggregate<Rows, Value> for Collect {
    fn init(&self, _: &mut Context<'_>) -> Result<Rows> {
        Ok(Rows::new())
    }

    fn step(&self, ctx: &mut Context<'_>, rows: &mut Rows) -> Result<()> {
        let row = (0..ctx.len()).map(|index| ctx.get(index)).collect::<Result<Vec<Value>>>()?;
        if row[0] != Value::Null {
            rows.push(row);
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, rows: Option<Rows>) -> Result<Value> {
        Ok(rows.filter(|rows| !rows.is_empty()).map_or(Value::Null, |rows| self.0(&rows)))
    }
}

fn collect(db: &Connection, name: &str, arguments: i32, finish: fn(&[Vec<Value>]) -> Value) -> Result<()> {
    db.create_aggregate_function::<Rows, _, _, Value>(name, arguments, FunctionFlags::SQLITE_UTF8, Collect(finish))
}

/// A constant argument, the same in every row.
fn constant(rows: &[Vec<Value>], index: usize) -> i128 {
    whole(&rows[0][index]).expect("a constant integer")
}

fn sorted(rows: &[Vec<Value>]) -> Vec<Value> {
    let mut values: Vec<Value> = rows.iter().map(|row| row[0].clone()).collect();
    values.sort_by(order);
    values
}

/// The most frequent value; of several the least.
fn mode(rows: &[Vec<Value>]) -> Value {
    let mut best: Option<(usize, Value)> = None;
    for equal in sorted(rows).chunk_by(|left, right| order(left, right).is_eq()) {
        if best.as_ref().is_none_or(|(count, _)| equal.len() > *count) {
            best = Some((equal.len(), equal[0].clone()));
        }
    }
    best.map_or(Value::Null, |(_, value)| value)
}

/// The value where the second argument is least, or greatest; of several the least, or greatest, value.
fn by(rows: &[Vec<Value>], last: bool) -> Value {
    let mut placed: Vec<&Vec<Value>> = rows.iter().filter(|row| row[1] != Value::Null).collect();
    placed.sort_by(|left, right| order(&left[1], &right[1]).then_with(|| order(&left[0], &right[0])));
    let found = if last { placed.last() } else { placed.first() };
    found.map_or(Value::Null, |row| row[0].clone())
}

/// The least value such that at least so many thousandths of the values are not above it.
fn discrete(rows: &[Vec<Value>]) -> Value {
    let values = sorted(rows);
    let share = constant(rows, 1);
    let enough = |count: usize| count as i128 * 1000 >= share * values.len() as i128;
    let count = (1..=values.len()).find(|count| enough(*count)).unwrap_or(values.len());
    values[count - 1].clone()
}

/// An integer or decimal as the nearest float; the second argument is the number of digits behind the point.
fn exact_value(row: &[Value]) -> f64 {
    let digits = whole(&row[1]).and_then(|digits| u32::try_from(digits).ok()).expect("a number of digits");
    quotient(whole(&row[0]).expect("a number"), 10_i128.pow(digits))
}

fn float_value(row: &[Value]) -> f64 {
    if let Value::Real(value) = row[0] { value } else { panic!("{row:?} begins with no float") }
}

fn floats(rows: &[Vec<Value>], value: fn(&[Value]) -> f64) -> Vec<f64> {
    let mut values: Vec<f64> = rows.iter().map(|row| value(row)).collect();
    values.sort_by(f64::total_cmp);
    values
}

/// On the straight line between two ranks: the value, and the greater of the two by size.
fn percentile(rows: &[Vec<Value>], value: fn(&[Value]) -> f64) -> Value {
    let values = floats(rows, value);
    let rank = constant(rows, 2) * (values.len() as i128 - 1);
    let low = (rank / 1000) as usize;
    let part = (rank % 1000) as f64 / 1000.0;
    let (below, above) = (values[low], values[(low + 1).min(values.len() - 1)]);
    pair(below + part * (above - below), below.abs().max(above.abs()))
}

/// The least and the greatest value that an approximate percentile may give.
fn bounds(rows: &[Vec<Value>], value: fn(&[Value]) -> f64) -> Value {
    let values = floats(rows, value);
    let count = values.len() as i128;
    let place = |thousandths: i128, more: i128| {
        values[((thousandths * count).div_euclid(1000) + more).clamp(0, count - 1) as usize]
    };
    let share = constant(rows, 2);
    pair(place(share - RANK_ERROR, -2), place(share + RANK_ERROR, 2))
}

/// Arguments: value, separator, distinct, descending, most values or -1.
fn string_list(rows: &[Vec<Value>]) -> Value {
    let mut values = sorted(rows);
    if constant(rows, 2) == 1 {
        values.dedup();
    }
    if constant(rows, 3) == 1 {
        values.reverse();
    }
    let most = usize::try_from(constant(rows, 4)).unwrap_or(1000);
    let text =
        |value: &Value| if let Value::Text(text) = value { text.clone() } else { panic!("{value:?} is no text") };
    let mut texts: Vec<String> = values.iter().take(most).map(text).collect();
    if values.len() > most {
        texts.push("…".to_owned());
    }
    let Value::Text(separator) = &rows[0][1] else { panic!("no separator") };
    Value::Text(texts.join(separator))
}

fn exact_bin(row: &[Value], size: i128) -> i128 {
    let digits = whole(&row[1]).and_then(|digits| u32::try_from(digits).ok()).expect("a number of digits");
    whole(&row[0]).expect("a number").div_euclid(size * 10_i128.pow(digits))
}

fn float_bin(row: &[Value], size: i128) -> i128 {
    let (value, size) = (float_value(row), size as f64);
    let mut bin = (value / size).floor();
    while bin * size > value {
        bin -= 1.0;
    }
    bin as i128
}

/// Arguments: value, digits behind the point, width. Lines of lower end, upper end and count, from the first to the last
/// bin with a value.
fn histogram(rows: &[Vec<Value>], bin: fn(&[Value], i128) -> i128) -> Value {
    let size = constant(rows, 2);
    let mut counts: BTreeMap<i128, usize> = BTreeMap::new();
    for row in rows {
        *counts.entry(bin(row, size)).or_default() += 1;
    }
    let (Some(first), Some(last)) = (counts.keys().next(), counts.keys().next_back()) else { return Value::Null };
    let line = |number: i128| {
        let count = counts.get(&number).copied().unwrap_or(0);
        format!("{} {} {count}", number * size, (number + 1) * size)
    };
    Value::Text((*first..=*last).map(line).collect::<Vec<_>>().join("\n"))
}
