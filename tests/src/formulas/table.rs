//! Random tables: columns of every type, moderate ones and wild ones, with NULLs in all of them.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Decimal256Array, Float64Array, Int64Array, RecordBatch,
    StringArray, StringViewArray, TimestampMicrosecondArray,
};
use arrow::datatypes::i256;
use drillcore::{ColumnType, Dataset};
use drillcore_formulas::{Decimal, Type, Value};

use super::{texts, times};
use crate::rng::Rng;

/// The column that numbers the rows. Formulas do not name it; answers are ordered by it.
pub(super) const ROW: &str = "row";

/// The column of small integers.
pub(super) const SMALL: &str = "few";

/// NULLs in a column, in percent.
const NULLS: u64 = 6;

/// A column that formulas can name.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub value_type: Type,
    /// Whether most of its values are too large, too small or too early for most functions.
    pub wild: bool,
    make: fn(&mut Rng) -> Value,
}

/// A table, as the engine holds it and as the reference sees it.
#[derive(Debug, Clone)]
pub struct Table {
    /// The name of the dataset.
    pub name: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The values of each row, behind the source boundary: no NaN, infinity or -0.0 is left.
    pub rows: Vec<Vec<Value>>,
    batches: Vec<RecordBatch>,
}

impl Table {
    /// A random table.
    ///
    /// # Panics
    /// If a value does not fit its column.
    #[must_use]
    pub fn random(name: &str, size: usize, rng: &mut Rng) -> Self {
        let columns = columns();
        let mut rows = Vec::with_capacity(size);
        for _ in 0..size {
            let mut row = Vec::with_capacity(columns.len());
            for column in &columns {
                row.push(if rng.chance(NULLS) { Value::Null } else { (column.make)(rng) });
            }
            rows.push(row);
        }
        Self::new(name, columns, rows, rng)
    }

    /// A table of one row and no columns that formulas could name.
    #[must_use]
    pub fn single(name: &str) -> Self {
        Self::new(name, Vec::new(), vec![Vec::new()], &mut Rng::new(0))
    }

    fn new(name: &str, columns: Vec<Column>, rows: Vec<Vec<Value>>, rng: &mut Rng) -> Self {
        let numbers: ArrayRef = Arc::new((0..rows.len() as i64).map(Some).collect::<Int64Array>());
        let mut arrays = vec![(ROW, numbers)];
        for (place, column) in columns.iter().enumerate() {
            let values: Vec<&Value> = rows.iter().map(|row| &row[place]).collect();
            arrays.push((column.name, array(column, &values, rng)));
        }
        let whole =
            RecordBatch::try_from_iter_with_nullable(arrays.into_iter().map(|(name, array)| (name, array, true)));
        let whole = whole.expect("columns of equal length");
        let cut = rows.len() * 2 / 3;
        let batches = vec![whole.slice(0, cut), whole.slice(cut, rows.len() - cut)];
        Self { name: name.to_owned(), columns, rows, batches }
    }

    /// The dataset that holds it.
    #[must_use]
    pub fn dataset(&self) -> Dataset {
        let walls = self.columns.iter().filter(|column| column.value_type == Type::LocalDatetime);
        let dataset = Dataset::batches(&self.name, self.batches.clone());
        walls.fold(dataset, |dataset, column| dataset.column_type(column.name, ColumnType::LocalDatetime))
    }
}

fn columns() -> Vec<Column> {
    let decimal = |precision, scale| Type::Decimal { precision, scale };
    vec![
        moderate(SMALL, Type::Integer, few),
        moderate("number", Type::Integer, |rng| Value::Integer(rng.between(-2_000, 3_000))),
        wild("huge number", Type::Integer, huge),
        moderate("ratio", Type::Float, ratio),
        wild("odd ratio", Type::Float, odd_ratio),
        moderate("price", decimal(10, 2), price),
        wild("wide", decimal(38, 10), wide),
        wild("widest", decimal(60, 20), widest),
        moderate("plain", Type::Text, |rng| Value::Text(texts::plain_text(rng))),
        moderate("letters", Type::Text, |rng| Value::Text(texts::wide_text(rng))),
        moderate("digits", Type::Text, |rng| Value::Text(texts::number_text(rng))),
        moderate("written day", Type::Text, |rng| Value::Text(texts::date_text(rng))),
        moderate("mixed", Type::Text, |rng| Value::Text(texts::mixed_text(rng))),
        moderate("short", Type::Text, |rng| Value::Text(texts::short_text(rng))),
        moderate("flag", Type::Boolean, |rng| Value::Boolean(rng.chance(50))),
        moderate("mostly", Type::Boolean, |rng| Value::Boolean(rng.chance(80))),
        moderate("day", Type::Date, |rng| Value::Date(times::day(rng))),
        wild("odd day", Type::Date, |rng| Value::Date(times::wild_day(rng))),
        moderate("at", Type::Datetime, |rng| Value::Datetime(times::instant(rng))),
        moderate("later", Type::Datetime, |rng| Value::Datetime(times::instant(rng))),
        wild("odd at", Type::Datetime, |rng| Value::Datetime(times::wild_instant(rng))),
        moderate("wall", Type::LocalDatetime, |rng| Value::LocalDatetime(times::wall(rng))),
        wild("odd wall", Type::LocalDatetime, |rng| Value::LocalDatetime(times::wild_instant(rng))),
    ]
}

fn moderate(name: &'static str, value_type: Type, make: fn(&mut Rng) -> Value) -> Column {
    Column { name, value_type, wild: false, make }
}

fn wild(name: &'static str, value_type: Type, make: fn(&mut Rng) -> Value) -> Column {
    Column { name, value_type, wild: true, make }
}

fn few(rng: &mut Rng) -> Value {
    Value::Integer(match rng.below(10) {
        0 => rng.between(-20, 100),
        _ => rng.between(0, 12),
    })
}

fn huge(rng: &mut Rng) -> Value {
    Value::Integer(*rng.pick(&[
        i64::MAX,
        i64::MIN,
        i64::MAX - 1,
        0,
        -1,
        1 << 53,
        (1 << 53) + 1,
        4_000_000_000,
        1_000_000_000_000_000_000,
        -2_147_483_649,
    ]))
}

fn ratio(rng: &mut Rng) -> Value {
    let value = rng.between(-800, 800) as f64;
    Value::Float(*rng.pick(&[value / 8.0, value / 100.0, value / 4.0, value.abs() / 10.0, 0.5, 0.0, value / 3.0]))
}

fn odd_ratio(rng: &mut Rng) -> Value {
    let odd = [f64::MAX, -f64::MAX, 1e308, -1e300, 5e-324, -5e-324, 2.2e-308, 0.0, 1e16, 9.5e15, 1e-5, 0.1 + 0.2, 1e21];
    Value::Float(*rng.pick(&odd))
}

fn price(rng: &mut Rng) -> Value {
    let units = match rng.below(20) {
        0 => *rng.pick(&[9_999_999_999, -9_999_999_999, 0, 1]),
        _ => rng.between(-5_000, 500_000),
    };
    Value::Decimal(Decimal::new(units.into(), 2))
}

fn wide(rng: &mut Rng) -> Value {
    let most = 10_i128.pow(38) - 1;
    let moderate = i128::from(rng.between(-1_000_000_000_000_000, 1_000_000_000_000_000));
    let units = *rng.pick(&[most, -most, moderate, moderate, moderate * 1_000_000, 0]);
    Value::Decimal(Decimal::new(units, 10))
}

fn widest(rng: &mut Rng) -> Value {
    let digits = match rng.below(4) {
        0 => "9".repeat(60),
        1 => format!("-{}", "9".repeat(60)),
        2 => format!("{}5{}", rng.between(-9_999, 9_999), "0".repeat(20)),
        _ => rng.between(-1_000_000_000_000, 1_000_000_000_000).to_string(),
    };
    Value::Decimal(Decimal::from_unscaled(&digits, 20).expect("digits"))
}

/// The values as the source has them, floats with what the engine must take out.
fn array(column: &Column, values: &[&Value], rng: &mut Rng) -> ArrayRef {
    let units = |decimal: &Decimal| decimal.to_string().replace('.', "");
    match column.value_type {
        Type::Boolean => Arc::new(
            each(values, |value| match value {
                Value::Boolean(value) => Some(*value),
                _ => None,
            })
            .collect::<BooleanArray>(),
        ),
        Type::Integer => Arc::new(
            each(values, |value| match value {
                Value::Integer(value) => Some(*value),
                _ => None,
            })
            .collect::<Int64Array>(),
        ),
        Type::Float => {
            let none = [None, None, Some(f64::NAN), Some(f64::INFINITY), Some(f64::NEG_INFINITY), Some(-f64::NAN)];
            let mut floats = Vec::with_capacity(values.len());
            for value in values {
                floats.push(match value {
                    Value::Float(value) if *value == 0.0 => Some(*rng.pick(&[0.0, -0.0])),
                    Value::Float(value) => Some(*value),
                    _ => *rng.pick(&none),
                });
            }
            Arc::new(Float64Array::from(floats))
        }
        Type::Decimal { precision, scale } if precision <= 38 => {
            let found = each(values, |value| match value {
                Value::Decimal(value) => Some(units(value).parse::<i128>().expect("at most 38 digits")),
                _ => None,
            });
            let array = found.collect::<Decimal128Array>().with_precision_and_scale(precision, scale);
            Arc::new(array.expect("a decimal type"))
        }
        Type::Decimal { precision, scale } => {
            let found = each(values, |value| match value {
                Value::Decimal(value) => Some(i256::from_string(&units(value)).expect("at most 76 digits")),
                _ => None,
            });
            let array = found.collect::<Decimal256Array>().with_precision_and_scale(precision, scale);
            Arc::new(array.expect("a decimal type"))
        }
        Type::Text => {
            let found = values.iter().map(|value| match value {
                Value::Text(text) => Some(text.as_str()),
                _ => None,
            });
            if rng.chance(50) {
                Arc::new(found.collect::<StringArray>())
            } else {
                Arc::new(found.collect::<StringViewArray>())
            }
        }
        Type::Date => Arc::new(
            each(values, |value| match value {
                Value::Date(days) => Some(*days),
                _ => None,
            })
            .collect::<Date32Array>(),
        ),
        Type::Datetime | Type::LocalDatetime => {
            let found = each(values, |value| match value {
                Value::Datetime(micros) | Value::LocalDatetime(micros) => Some(*micros),
                _ => None,
            });
            let times = found.collect::<TimestampMicrosecondArray>();
            let zoned = column.value_type == Type::Datetime;
            Arc::new(if zoned { times.with_timezone("UTC") } else { times })
        }
    }
}

fn each<T>(values: &[&Value], value: impl Fn(&Value) -> Option<T>) -> impl Iterator<Item = Option<T>> {
    values.iter().map(move |one| value(one))
}
