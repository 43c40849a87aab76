//! The canonical encoding of values: what is the same value has the same bytes, whatever type and batch it came in.
//!
//! Every value begins with a tag and says or implies its own length, so the encodings of several values one after
//! another can be read in one way only. It is part of the format (docs/format.md): hashes made of it lie on disk.

use arrow::array::{Array, ArrayRef, AsArray, LargeStringArray, StringArray, StringViewArray};
use arrow::buffer::{BooleanBuffer, NullBuffer, ScalarBuffer};
use arrow::compute::{cast, take};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Decimal256Type, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType,
    i256,
};
use arrow::error::ArrowError;

use crate::error::{Error, ErrorKind, Result};

const NULL: u8 = 0;
const NUMBER_64: u8 = 1;
const NUMBER_128: u8 = 2;
const NUMBER_256: u8 = 3;
const FLOAT: u8 = 4;
const BOOLEAN: u8 = 5;
const TEXT: u8 = 6;
const DAY: u8 = 7;
const MOMENT: u8 = 8;

/// A column ready to be encoded value by value.
#[derive(Debug)]
pub(super) struct Component {
    values: Values,
    /// NULL and NaN.
    nulls: Option<NullBuffer>,
}

#[derive(Debug)]
pub(super) enum Values {
    Integers(ScalarBuffer<i64>),
    Decimals { values: ScalarBuffer<i128>, scale: i8 },
    WideDecimals { values: ScalarBuffer<i256>, scale: i8 },
    Floats(ScalarBuffer<f64>),
    Booleans(BooleanBuffer),
    Days(ScalarBuffer<i32>),
    Moments(ScalarBuffer<i64>),
    Views(StringViewArray),
    Text(StringArray),
    LargeText(LargeStringArray),
}

impl Component {
    pub(super) fn new(column: &ArrayRef) -> Result<Self> {
        match column.as_any_dictionary_opt() {
            None => Self::plain(column),
            Some(dictionary) => {
                let unpacked = unpack(dictionary.values(), dictionary.keys()).map_err(|error| {
                    Error::new(ErrorKind::InvalidInput, "a column of a key or row cannot be read")
                        .with_context("type", column.data_type())
                        .with_source(error)
                })?;
                Self::plain(&unpacked)
            }
        }
    }

    fn plain(column: &ArrayRef) -> Result<Self> {
        let values = match column.data_type() {
            DataType::Int64 => Values::Integers(column.as_primitive::<Int64Type>().values().clone()),
            DataType::Decimal128(_, scale) => {
                Values::Decimals { values: column.as_primitive::<Decimal128Type>().values().clone(), scale: *scale }
            }
            DataType::Decimal256(_, scale) => {
                Values::WideDecimals { values: column.as_primitive::<Decimal256Type>().values().clone(), scale: *scale }
            }
            DataType::Float64 => Values::Floats(column.as_primitive::<Float64Type>().values().clone()),
            DataType::Boolean => Values::Booleans(column.as_boolean().values().clone()),
            DataType::Date32 => Values::Days(column.as_primitive::<Date32Type>().values().clone()),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                Values::Moments(column.as_primitive::<TimestampMicrosecondType>().values().clone())
            }
            DataType::Utf8View => Values::Views(column.as_string_view().clone()),
            DataType::Utf8 => Values::Text(column.as_string::<i32>().clone()),
            DataType::LargeUtf8 => Values::LargeText(column.as_string::<i64>().clone()),
            other => {
                let error = Error::new(ErrorKind::InvalidInput, "columns of this type have no place in a key or row");
                return Err(error.with_context("type", other));
            }
        };
        let nulls = match &values {
            Values::Floats(floats) => NullBuffer::union(column.nulls(), not_numbers(floats).as_ref()),
            _ => column.nulls().filter(|nulls| nulls.null_count() > 0).cloned(),
        };
        Ok(Self { values, nulls })
    }

    pub(super) fn values(&self) -> &Values {
        &self.values
    }

    /// Which rows are NULL or NaN; `None` if none are.
    pub(super) fn nulls(&self) -> Option<&NullBuffer> {
        self.nulls.as_ref()
    }

    /// Appends the encoding of one row, which must be within the column.
    pub(super) fn push(&self, row: usize, into: &mut Vec<u8>) {
        if self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            into.push(NULL);
            return;
        }
        match &self.values {
            Values::Integers(values) => into.extend_from_slice(&integer(at(values, row))),
            Values::Decimals { values, scale } => push_decimal(at(values, row), *scale, into),
            Values::WideDecimals { values, scale } => push_wide_decimal(at(values, row), *scale, into),
            Values::Floats(values) => {
                into.push(FLOAT);
                // The sum of both zeros is the positive one.
                into.extend_from_slice(&(at(values, row) + 0.0).to_bits().to_le_bytes());
            }
            Values::Booleans(values) => into.extend_from_slice(&[BOOLEAN, u8::from(values.value(row))]),
            Values::Days(values) => into.extend_from_slice(&day(at(values, row))),
            Values::Moments(values) => into.extend_from_slice(&moment(at(values, row))),
            Values::Views(values) => push_text(values.value(row), into),
            Values::Text(values) => push_text(values.value(row), into),
            Values::LargeText(values) => push_text(values.value(row), into),
        }
    }
}

/// The values of a dictionary, row by row. Strings become views first, so that they are not copied; the cast of the
/// dictionary itself is not used, because it takes a NULL among the dictionary's values for an empty string.
fn unpack(values: &ArrayRef, keys: &dyn Array) -> Result<ArrayRef, ArrowError> {
    match values.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => take(&cast(values, &DataType::Utf8View)?, keys, None),
        _ => take(values, keys, None),
    }
}

fn not_numbers(floats: &[f64]) -> Option<NullBuffer> {
    let numbers = BooleanBuffer::collect_bool(floats.len(), |row| !at(floats, row).is_nan());
    Some(NullBuffer::new(numbers)).filter(|nulls| nulls.null_count() > 0)
}

/// Rows are always within the column; the default is never seen.
pub(super) fn at<T: Copy + Default>(values: &[T], row: usize) -> T {
    values.get(row).copied().unwrap_or_default()
}

pub(super) fn integer(value: i64) -> [u8; 10] {
    let [a, b, c, d, e, f, g, h] = value.to_le_bytes();
    [NUMBER_64, 0, a, b, c, d, e, f, g, h]
}

pub(super) fn moment(micros: i64) -> [u8; 9] {
    let [a, b, c, d, e, f, g, h] = micros.to_le_bytes();
    [MOMENT, a, b, c, d, e, f, g, h]
}

pub(super) fn day(days: i32) -> [u8; 5] {
    let [a, b, c, d] = days.to_le_bytes();
    [DAY, a, b, c, d]
}

/// As few digits after the point as the value needs, then as few bytes as that takes: 5 of any scale is the integer 5.
pub(super) fn push_decimal(mut value: i128, mut scale: i8, into: &mut Vec<u8>) {
    if scale < 0 {
        return push_wide_decimal(i256::from_i128(value), scale, into);
    }
    loop {
        if let Ok(narrow) = i64::try_from(value) {
            return push_narrow_decimal(narrow, scale, into);
        }
        if scale == 0 || value % 10 != 0 {
            return push_number(NUMBER_128, scale, &value.to_le_bytes(), into);
        }
        value /= 10;
        scale -= 1;
    }
}

fn push_narrow_decimal(mut value: i64, mut scale: i8, into: &mut Vec<u8>) {
    while scale > 0 && value % 10 == 0 {
        value /= 10;
        scale -= 1;
    }
    push_number(NUMBER_64, scale, &value.to_le_bytes(), into);
}

/// Zeros before the point that a negative scale leaves out are put there, as far as 256 bits reach.
fn push_wide_decimal(mut value: i256, mut scale: i8, into: &mut Vec<u8>) {
    let ten = i256::from_i128(10);
    while scale < 0
        && let Some(product) = value.checked_mul(ten)
    {
        value = product;
        scale += 1;
    }
    loop {
        if let Some(narrow) = value.to_i128().filter(|_| scale >= 0) {
            return push_decimal(narrow, scale, into);
        }
        if scale <= 0 || value.wrapping_rem(ten) != i256::ZERO {
            return push_number(NUMBER_256, scale, &value.to_le_bytes(), into);
        }
        value = value.wrapping_div(ten);
        scale -= 1;
    }
}

fn push_number(tag: u8, scale: i8, value: &[u8], into: &mut Vec<u8>) {
    into.extend_from_slice(&[tag, scale.cast_unsigned()]);
    into.extend_from_slice(value);
}

fn push_text(text: &str, into: &mut Vec<u8>) {
    into.push(TEXT);
    into.extend_from_slice(&(text.len() as u64).to_le_bytes());
    into.extend_from_slice(text.as_bytes());
}
