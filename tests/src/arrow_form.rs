//! Tables as Arrow batches, in any of the physical types that mean the same to the engine, with the NaN, infinities and
//! negative zeros that it must take out.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, Date64Array, Decimal128Array, DictionaryArray, Float32Array,
    Float64Array, Int16Array, Int32Array, Int64Array, LargeStringArray, RecordBatch, StringArray, StringViewArray,
    TimestampMicrosecondArray, TimestampMillisecondArray, TimestampNanosecondArray, UInt32Array,
};
use arrow::datatypes::{Field, Int32Type, Schema};

use crate::cell::{Cell, Type};
use crate::oracle::wall;
use crate::rng::Rng;
use crate::world::{Column, Table};

/// Digits of every decimal.
pub const PRECISION: u8 = 18;

/// The rows of a table in one to four batches; each column in a physical type that chance and its values choose.
///
/// # Panics
/// If a cell does not fit its column.
#[must_use]
pub fn batches(table: &Table, rng: &mut Rng) -> Vec<RecordBatch> {
    let forms: Vec<usize> = table.columns.iter().map(|_| rng.below(12)).collect();
    let whole: Vec<ArrayRef> = (table.columns.iter().zip(&forms).enumerate())
        .map(|(index, (column, form))| {
            let cells: Vec<&Cell> = table.rows.iter().map(|row| &row[index]).collect();
            array(column, &cells, *form, rng)
        })
        .collect();
    let fields: Vec<Field> = (table.columns.iter().zip(&whole))
        .map(|(column, array)| Field::new(&column.id, array.data_type().clone(), true))
        .collect();
    let whole = RecordBatch::try_new(Arc::new(Schema::new(fields)), whole).expect("columns of equal length");
    let mut cuts: Vec<usize> = (0..rng.below(4)).map(|_| rng.below(table.rows.len() + 1)).collect();
    cuts.extend([0, table.rows.len()]);
    cuts.sort_unstable();
    cuts.windows(2).map(|cut| whole.slice(cut[0], cut[1] - cut[0])).collect()
}

fn array(column: &Column, cells: &[&Cell], form: usize, rng: &mut Rng) -> ArrayRef {
    match column.ty {
        Type::Text => texts(cells, form),
        Type::Boolean => Arc::new(BooleanArray::from(each(cells, |cell| match cell {
            Cell::Boolean(value) => Some(*value),
            _ => None,
        }))),
        Type::Integer => integers(
            &each(cells, |cell| match cell {
                Cell::Integer(value) => Some(*value),
                _ => None,
            }),
            form,
        ),
        Type::Float => floats(cells, form, rng),
        Type::Decimal(scale) => {
            let units = each(cells, |cell| match cell {
                Cell::Decimal(units) => Some(i128::from(*units)),
                _ => None,
            });
            let array = Decimal128Array::from(units).with_precision_and_scale(PRECISION, scale as i8);
            Arc::new(array.expect("a decimal type"))
        }
        Type::Date => {
            let days = each(cells, |cell| match cell {
                Cell::Day(days) => Some(*days),
                _ => None,
            });
            if form < 4 {
                Arc::new(Date64Array::from_iter(days.into_iter().map(|day| day.map(|day| i64::from(day) * 86_400_000))))
            } else {
                Arc::new(Date32Array::from(days))
            }
        }
        Type::Datetime | Type::LocalDatetime => times(column, cells, form, rng),
    }
}

fn each<T>(cells: &[&Cell], value: impl Fn(&Cell) -> Option<T>) -> Vec<Option<T>> {
    cells.iter().map(|cell| value(cell)).collect()
}

fn texts(cells: &[&Cell], form: usize) -> ArrayRef {
    let texts = cells.iter().map(|cell| match cell {
        Cell::Text(text) => Some(text.as_str()),
        _ => None,
    });
    match form % 4 {
        0 => Arc::new(StringArray::from_iter(texts)),
        1 => Arc::new(LargeStringArray::from_iter(texts)),
        2 => Arc::new(StringViewArray::from_iter(texts)),
        _ => Arc::new(texts.collect::<DictionaryArray<Int32Type>>()),
    }
}

fn integers(values: &[Option<i64>], form: usize) -> ArrayRef {
    fn fitting<T: TryFrom<i64>>(values: &[Option<i64>]) -> Option<Vec<Option<T>>> {
        values.iter().map(|value| value.map_or(Some(None), |value| T::try_from(value).ok().map(Some))).collect()
    }
    let narrow: Option<ArrayRef> = match form % 4 {
        0 => fitting::<i16>(values).map(|values| Arc::new(Int16Array::from(values)) as ArrayRef),
        1 => fitting::<i32>(values).map(|values| Arc::new(Int32Array::from(values)) as ArrayRef),
        2 => fitting::<u32>(values).map(|values| Arc::new(UInt32Array::from(values)) as ArrayRef),
        _ => None,
    };
    narrow.unwrap_or_else(|| Arc::new(Int64Array::from(values.to_vec())))
}

fn floats(cells: &[&Cell], form: usize, rng: &mut Rng) -> ArrayRef {
    let mut values = Vec::with_capacity(cells.len());
    for cell in cells {
        values.push(match cell {
            Cell::Float(0.0) => Some(*rng.pick(&[0.0, -0.0])),
            Cell::Float(value) => Some(*value),
            _ => *rng.pick(&[None, Some(f64::NAN), Some(f64::INFINITY), Some(f64::NEG_INFINITY), Some(-f64::NAN)]),
        });
    }
    let exact = |value: f64| value.is_nan() || f64::from(value as f32) == value;
    if form.is_multiple_of(2) && values.iter().flatten().all(|value| exact(*value)) {
        return Arc::new(Float32Array::from_iter(values.into_iter().map(|value| value.map(|value| value as f32))));
    }
    Arc::new(Float64Array::from(values))
}

fn times(column: &Column, cells: &[&Cell], form: usize, rng: &mut Rng) -> ArrayRef {
    let mut micros = Vec::with_capacity(cells.len());
    for cell in cells {
        micros.push(match (cell, column.source_zone) {
            (Cell::Micros(at), Some(zone)) => {
                // Where clocks went forward at this instant, any time they skipped means it too.
                let skipped = wall::wall(*at, zone) - wall::wall(at - 1, zone) - 1;
                Some(wall::wall(*at, zone) - if skipped > 0 { rng.between(0, skipped) } else { 0 })
            }
            (Cell::Micros(at), None) => Some(*at),
            _ => None,
        });
    }
    if column.ty == Type::LocalDatetime || column.source_zone.is_some() {
        return Arc::new(TimestampMicrosecondArray::from(micros));
    }
    let zone = *rng.pick(&["UTC", "+00:00", "+05:45", "America/New_York"]);
    if form < 4 {
        // What is finer than a microsecond is cut off.
        let nanos = micros.into_iter().map(|at| at.map(|at| at * 1000 + rng.between(0, 999)));
        return Arc::new(TimestampNanosecondArray::from_iter(nanos).with_timezone(zone));
    }
    if form < 8 && micros.iter().flatten().all(|at| at % 1000 == 0) {
        let millis = micros.into_iter().map(|at| at.map(|at| at / 1000));
        return Arc::new(TimestampMillisecondArray::from_iter(millis).with_timezone(zone));
    }
    Arc::new(TimestampMicrosecondArray::from(micros).with_timezone(zone))
}
