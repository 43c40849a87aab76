//! Functions between types.
//!
//! | file | |
//! |---|---|
//! | `numeral` | numbers in text, with separators |
//! | `format` | numbers as text, with separators |
//! | `base` | integers in digits of a base |

mod base;
mod format;
mod numeral;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray as _, Int64Array, StringViewBuilder};
use arrow::datatypes::{DataType, Int64Type};
use datafusion::common::Result;
use drillcore_formulas::ConversionFunction;

use super::call::Call;
use crate::functions::arithmetic::{Rounding, convert, float_of, read_day, rounded, whole};
use numeral::{Numeral, Separators};

pub(super) fn call(function: ConversionFunction, call: &Call<'_>) -> Result<ArrayRef> {
    match function {
        ConversionFunction::ToNumber => numbers(call, Separators::USUAL),
        ConversionFunction::ToInteger => integers(call),
        ConversionFunction::ToText => convert(call.array(0)?.0.as_ref(), &DataType::Utf8View),
        ConversionFunction::ToBoolean => {
            let texts = call.texts(0)?;
            Ok(call.gather_booleans(|row| truth(texts.get(row)?.trim())))
        }
        ConversionFunction::ParseNumber => match Separators::of(call, 1)? {
            Some(separators) => numbers(call, separators),
            None => Ok(call.gather_floats(|_| None)),
        },
        ConversionFunction::FormatNumber => format::formatted(call),
        ConversionFunction::StrictInteger => strict_integers(call),
        ConversionFunction::IsNumeric => {
            let texts = call.texts(0)?;
            let mut numeral = Numeral::new(Separators::USUAL);
            Ok(call.gather_booleans(|row| Some(numeral.float(texts.get(row)?).is_some())))
        }
        ConversionFunction::IsInteger => {
            let texts = call.texts(0)?;
            let mut numeral = Numeral::new(Separators::USUAL);
            Ok(call.gather_booleans(|row| Some(numeral.is_integer(texts.get(row)?))))
        }
        ConversionFunction::IsDate => {
            let texts = call.texts(0)?;
            Ok(call.gather_booleans(|row| Some(read_day(texts.get(row)?.as_bytes()).is_some())))
        }
        ConversionFunction::ToHex => base::written(call, 16),
        ConversionFunction::FromHex => base::read(call, 16, true),
        ConversionFunction::ToBase => base::written(call, call.constant(1)?),
        ConversionFunction::FromBase => base::read(call, call.constant(1)?, false),
    }
}

/// A column of texts, each of which is written into an empty buffer; where nothing comes back it is NULL.
pub(super) fn written(rows: usize, mut write: impl FnMut(usize, &mut Vec<u8>) -> Option<()>) -> Result<ArrayRef> {
    let mut builder = StringViewBuilder::with_capacity(rows);
    let mut out = Vec::new();
    for row in 0..rows {
        out.clear();
        match write(row, &mut out).and_then(|()| str::from_utf8(&out).ok()) {
            Some(text) => builder.try_append_value(text)?,
            None => builder.append_null(),
        }
    }
    Ok(Arc::new(builder.finish()))
}

/// Numbers rounded to integers, half away from zero, on the shortest form of floats.
pub(super) fn rounded_integers(numbers: &dyn Array) -> Result<Int64Array> {
    let whole = match numbers.data_type() {
        DataType::Int64 => return Ok(numbers.as_primitive::<Int64Type>().clone()),
        DataType::Float64 => rounded(numbers, 0, Rounding::HalfAway, &DataType::Float64)?,
        _ => convert(numbers, &DataType::Decimal128(19, 0))?,
    };
    Ok(convert(whole.as_ref(), &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}

fn numbers(call: &Call<'_>, separators: Separators) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    let mut numeral = Numeral::new(separators);
    Ok(call.gather_floats(|row| numeral.float(texts.get(row)?)))
}

fn integers(call: &Call<'_>) -> Result<ArrayRef> {
    let (values, _) = call.array(0)?;
    match values.data_type() {
        DataType::Utf8View => {
            let texts = call.texts(0)?;
            let mut numeral = Numeral::new(Separators::USUAL);
            Ok(call.gather_integers(|row| numeral.rounded(texts.get(row)?)))
        }
        DataType::Boolean => convert(values.as_ref(), &DataType::Int64),
        DataType::Date32 | DataType::Timestamp(..) => Ok(call.gather_integers(|_| None)),
        _ => Ok(Arc::new(rounded_integers(values.as_ref())?)),
    }
}

/// The numbers that are whole.
fn strict_integers(call: &Call<'_>) -> Result<ArrayRef> {
    let (values, _) = call.array(0)?;
    if *values.data_type() == DataType::Float64 {
        let values = call.floats(0)?;
        return Ok(call.gather_integers(|row| {
            let value = values.get(row)? + 0.0;
            whole(value).filter(|whole| float_of(*whole).total_cmp(&value).is_eq())
        }));
    }
    let integers = convert(values.as_ref(), &DataType::Int64)?;
    // What was cut off is missing when they are decimals again.
    let again = convert(integers.as_ref(), values.data_type())?;
    let same = arrow::compute::kernels::cmp::eq(&again, &values)?;
    let integers = integers.as_primitive::<Int64Type>();
    Ok(call.gather_integers(|row| (same.is_valid(row) && same.value(row)).then(|| integers.value(row))))
}

fn truth(word: &str) -> Option<bool> {
    let is_one_of = |words: &[&str]| words.iter().any(|one| one.eq_ignore_ascii_case(word));
    if is_one_of(&["true", "t", "yes", "y", "on", "1"]) {
        Some(true)
    } else if is_one_of(&["false", "f", "no", "n", "off", "0"]) {
        Some(false)
    } else {
        None
    }
}
