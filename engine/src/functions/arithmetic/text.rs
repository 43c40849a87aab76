//! Numbers, truth values, dates and times as text, and texts joined.

use std::io::{Result as WriteResult, Write};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, StringViewArray, StringViewBuilder};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType};
use datafusion::common::Result;
use datafusion::common::cast::{as_boolean_array, as_primitive_array, as_string_view_array};

use drillcore_formulas::MAX_GROWN_BYTES;

use super::decimal::Unscaled;
use super::float::Shortest;
use super::integer::Integer;
use super::kernel::Side;
use super::moments::{known_day, known_time, push_day, push_time};

/// Writes a magnitude of two halves, as [`Integer::halves`] gives them, with zeros in front up to `width` digits.
pub(super) fn push_magnitude(out: &mut impl Write, (high, low): (u128, u128), width: usize) -> WriteResult<()> {
    if high == 0 {
        return write!(out, "{low:0width$}");
    }
    let high_width = width.saturating_sub(38);
    write!(out, "{high:0high_width$}{low:038}")
}

/// Appends `unscaled` / 10^`scale`, with as many decimals as the scale says.
pub(crate) fn push_decimal<I: Integer>(out: &mut Vec<u8>, unscaled: I, scale: i8) {
    if unscaled < I::default() {
        out.push(b'-');
    }
    let places = usize::from(scale.unsigned_abs());
    let width = if scale > 0 { places + 1 } else { 1 };
    let written = push_magnitude(out, unscaled.halves(), width);
    debug_assert!(written.is_ok(), "memory takes every write");
    if scale > 0 {
        out.insert(out.len() - places, b'.');
    } else if unscaled != I::default() {
        out.resize(out.len() + places, b'0');
    }
}

/// Each value as text; NULL for dates and times out of the years 1 to 9999.
pub(super) fn as_text(array: &dyn Array) -> Result<ArrayRef> {
    let rows = array.len();
    match array.data_type() {
        DataType::Boolean => {
            let values = as_boolean_array(array)?.iter();
            texts(rows, values, |out, value| out.extend_from_slice(if value { "true" } else { "false" }.as_bytes()))
        }
        DataType::Float64 => {
            let values = as_primitive_array::<Float64Type>(array)?.iter();
            texts(rows, values, |out, value| out.extend_from_slice(Shortest::of(value).bytes()))
        }
        DataType::Int64 => {
            let values = as_primitive_array::<Int64Type>(array)?.iter();
            texts(rows, values, |out, value| push_decimal(out, i128::from(value), 0))
        }
        DataType::Date32 => {
            let values = as_primitive_array::<Date32Type>(array)?.iter();
            texts(rows, values.map(|day| day.map(i64::from).and_then(known_day)), push_day)
        }
        DataType::Timestamp(TimeUnit::Microsecond, zone) => {
            let values = as_primitive_array::<TimestampMicrosecondType>(array)?.iter();
            texts(rows, values.map(|time| time.and_then(known_time)), |out, time| {
                push_time(out, time);
                if zone.is_some() {
                    out.push(b'Z');
                }
            })
        }
        _ => match Unscaled::of(array)? {
            (Unscaled::Narrow(values), scale) => {
                texts(rows, values.iter(), |out, value| push_decimal(out, value, scale))
            }
            (Unscaled::Wide(values), scale) => texts(rows, values.iter(), |out, value| push_decimal(out, value, scale)),
        },
    }
}

fn texts<V>(rows: usize, values: impl Iterator<Item = Option<V>>, push: impl Fn(&mut Vec<u8>, V)) -> Result<ArrayRef> {
    let mut builder = StringViewBuilder::with_capacity(rows);
    let mut scratch = Vec::new();
    for value in values {
        match value {
            Some(value) => {
                scratch.clear();
                push(&mut scratch, value);
                builder.try_append_value(str::from_utf8(&scratch).unwrap_or_default())?;
            }
            None => builder.append_null(),
        }
    }
    Ok(Arc::new(builder.finish()))
}

/// The two texts of each row, one behind the other. Longer than 4 GiB is NULL.
pub(super) fn concat(left: &Side<ArrayRef>, right: &Side<ArrayRef>) -> Result<ArrayRef> {
    let (left_texts, right_texts) =
        (as_string_view_array(left.values.as_ref())?, as_string_view_array(right.values.as_ref())?);
    let rows = if left.constant { right_texts.len() } else { left_texts.len() };
    let mut builder = StringViewBuilder::with_capacity(rows);
    let mut scratch = String::new();
    for (first, second) in every_row(left_texts, left.constant, rows).zip(every_row(right_texts, right.constant, rows))
    {
        let (Some(first), Some(second)) = (first, second) else {
            builder.append_null();
            continue;
        };
        if first.len().saturating_add(second.len()) > MAX_GROWN_BYTES {
            builder.append_null();
            continue;
        }
        scratch.clear();
        scratch.push_str(first);
        scratch.push_str(second);
        builder.try_append_value(&scratch)?;
    }
    Ok(Arc::new(builder.finish()))
}

/// The texts of so many rows; a constant stands in each.
fn every_row(texts: &StringViewArray, constant: bool, rows: usize) -> impl Iterator<Item = Option<&str>> {
    let only = if constant { texts.iter().next().flatten() } else { None };
    let column = if constant { 0 } else { rows };
    texts.iter().take(column).chain(std::iter::repeat_n(only, rows - column))
}
