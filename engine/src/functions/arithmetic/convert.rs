//! Values of one type as another. What the other cannot hold is NULL.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Float64Array, Int64Array, PrimitiveArray, PrimitiveBuilder};
use arrow::datatypes::{ArrowPrimitiveType, DataType, Decimal128Type, Decimal256Type, Float64Type, Int64Type, i256};
use datafusion::common::cast::{as_boolean_array, as_primitive_array, as_string_view_array};
use datafusion::common::{DataFusionError, Result};

use super::decimal::{Unscaled, decimal_array};
use super::digits::Digits;
use super::float::{Shortest, finite, float_of, nearest, quickly_rounded, whole};
use super::integer::{Integer, rescaled};
use super::kernel::mapped;
use super::text::as_text;

/// Whether there is a conversion: between numbers, from text to numbers, from truth values and numbers to text, from
/// truth values to integers and floats.
pub(super) fn converts(from: &DataType, to: &DataType) -> bool {
    from == to
        || match (from, to) {
            (DataType::Boolean, DataType::Utf8View | DataType::Int64 | DataType::Float64) => true,
            (DataType::Utf8View, _) => is_number(to),
            (_, DataType::Utf8View) => is_number(from),
            _ => is_number(from) && is_number(to),
        }
}

/// Whether it is one of the types in which the engine holds numbers.
pub(super) fn is_number(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Float64) || is_exact(data_type)
}

/// Whether it holds numbers digit by digit.
pub(super) fn is_exact(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Int64 | DataType::Decimal128(..) | DataType::Decimal256(..))
}

/// The values of a column in another type.
pub(crate) fn convert(array: &dyn Array, to: &DataType) -> Result<ArrayRef> {
    if array.data_type() == to {
        return Ok(array.slice(0, array.len()));
    }
    match (array.data_type(), to) {
        (_, DataType::Utf8View) => as_text(array),
        (DataType::Utf8View, _) => from_text(array, to),
        (DataType::Boolean, _) => from_truth(as_boolean_array(array)?, to),
        (DataType::Float64, _) => from_floats(as_primitive_array(array)?, to),
        (DataType::Int64, DataType::Float64) => {
            let values = as_primitive_array::<Int64Type>(array)?;
            Ok(Arc::new(mapped::<_, Float64Type>(values, |value| Some(float_of(value)))))
        }
        _ => from_exact(array, to),
    }
}

fn no_conversion(from: &DataType, to: &DataType) -> DataFusionError {
    DataFusionError::Internal(format!("{from} does not become {to}"))
}

/// 1 where it is true, 0 where it is false.
fn from_truth(values: &BooleanArray, to: &DataType) -> Result<ArrayRef> {
    let values = values.iter();
    match to {
        DataType::Int64 => Ok(Arc::new(values.map(|value| value.map(i64::from)).collect::<Int64Array>())),
        DataType::Float64 => {
            let numbers = values.map(|value| value.map(|value| f64::from(u8::from(value))));
            Ok(Arc::new(numbers.collect::<Float64Array>()))
        }
        _ => Err(no_conversion(&DataType::Boolean, to)),
    }
}

fn from_exact(array: &dyn Array, to: &DataType) -> Result<ArrayRef> {
    let (values, scale) = Unscaled::of(array)?;
    match to {
        DataType::Int64 => Ok(match values {
            Unscaled::Narrow(values) => Arc::new(integers(&values, scale)),
            Unscaled::Wide(values) => Arc::new(integers(&values, scale)),
        }),
        DataType::Float64 => Ok(match values {
            Unscaled::Narrow(values) => Arc::new(mapped::<_, Float64Type>(&values, |value| nearest(value, scale))),
            Unscaled::Wide(values) => Arc::new(mapped::<_, Float64Type>(&values, |value| nearest(value, scale))),
        }),
        DataType::Decimal128(precision, to_scale) => {
            let places = i32::from(*to_scale) - i32::from(scale);
            let values = match values {
                Unscaled::Narrow(values) => {
                    let limit = i128::limit((*precision).into()).unwrap_or(i128::MAX);
                    let rescaled = rescaled::<i128>(places);
                    mapped::<_, Decimal128Type>(&values, |value| rescaled(value).filter(|value| value.is_within(limit)))
                }
                Unscaled::Wide(values) => {
                    let fitting = fitting(places, *precision);
                    mapped::<_, Decimal128Type>(&values, |value| fitting(value)?.to_i128())
                }
            };
            decimal_array(values, *precision, *to_scale)
        }
        DataType::Decimal256(precision, to_scale) => {
            let fitting = fitting(i32::from(*to_scale) - i32::from(scale), *precision);
            decimal_array::<Decimal256Type>(mapped(&values.widened(), fitting), *precision, *to_scale)
        }
        _ => Err(no_conversion(array.data_type(), to)),
    }
}

/// Moves the point, and keeps what has no more digits than allowed.
fn fitting(places: i32, precision: u8) -> impl Fn(i256) -> Option<i256> {
    let rescaled = rescaled::<i256>(places);
    let limit = i256::limit(precision.into()).unwrap_or(i256::MAX);
    move |value| rescaled(value).filter(|value| value.is_within(limit))
}

/// The integers that are left when the decimals are cut off.
fn integers<T>(values: &PrimitiveArray<T>, scale: i8) -> PrimitiveArray<Int64Type>
where
    T: ArrowPrimitiveType,
    T::Native: Integer,
{
    let unit = T::Native::power_of_ten(scale.unsigned_abs().into());
    mapped(values, |value| match unit {
        Some(unit) if scale >= 0 => value.divided(unit).0.to_int64(),
        Some(unit) => value.times(unit)?.to_int64(),
        // The unit is larger than any value.
        None if scale >= 0 || value == T::Native::default() => Some(0),
        None => None,
    })
}

fn from_floats(values: &PrimitiveArray<Float64Type>, to: &DataType) -> Result<ArrayRef> {
    match to {
        DataType::Int64 => Ok(Arc::new(mapped::<_, Int64Type>(values, whole))),
        DataType::Decimal128(precision, scale) => {
            let decimal = decimals_of_floats(*precision, *scale);
            let values = mapped::<_, Decimal128Type>(values, |value| decimal(value)?.to_i128());
            decimal_array(values, *precision, *scale)
        }
        DataType::Decimal256(precision, scale) => {
            let values = mapped::<_, Decimal256Type>(values, decimals_of_floats(*precision, *scale));
            decimal_array(values, *precision, *scale)
        }
        _ => Err(no_conversion(&DataType::Float64, to)),
    }
}

/// The decimal that the shortest form of a float rounds to, without its point.
fn decimals_of_floats(precision: u8, scale: i8) -> impl Fn(f64) -> Option<i256> {
    let limit = i256::limit(precision.into()).unwrap_or(i256::MAX);
    move |value| {
        let unscaled = match quickly_rounded(value, scale).and_then(whole) {
            Some(rounded) => i256::from_i64(rounded),
            None => Digits::parse(Shortest::of(value).bytes())?.unscaled(scale)?,
        };
        Some(unscaled).filter(|unscaled| unscaled.is_within(limit))
    }
}

/// Numbers as they stand in text, which may have spaces around them. An integer is written without a point or an
/// exponent, a decimal is rounded to its scale, a float is the nearest one.
fn from_text(array: &dyn Array, to: &DataType) -> Result<ArrayRef> {
    match to {
        DataType::Int64 => Ok(Arc::new(parsed::<Int64Type>(array, |text| text.parse().ok())?)),
        DataType::Float64 => Ok(Arc::new(parsed::<Float64Type>(array, |text| {
            Digits::parse(text.as_bytes())?;
            text.parse().ok().and_then(finite)
        })?)),
        DataType::Decimal128(precision, scale) => {
            let limit = i128::limit((*precision).into()).unwrap_or(i128::MAX);
            let values = parsed::<Decimal128Type>(array, |text| {
                let unscaled = Digits::parse(text.as_bytes())?.unscaled(*scale)?;
                unscaled.to_i128().filter(|unscaled| unscaled.is_within(limit))
            })?;
            decimal_array(values, *precision, *scale)
        }
        DataType::Decimal256(precision, scale) => {
            let limit = i256::limit((*precision).into()).unwrap_or(i256::MAX);
            let values = parsed::<Decimal256Type>(array, |text| {
                let unscaled = Digits::parse(text.as_bytes())?.unscaled(*scale)?;
                Some(unscaled).filter(|unscaled| unscaled.is_within(limit))
            })?;
            decimal_array(values, *precision, *scale)
        }
        _ => Err(no_conversion(&DataType::Utf8View, to)),
    }
}

fn parsed<T: ArrowPrimitiveType>(
    array: &dyn Array,
    parse: impl Fn(&str) -> Option<T::Native>,
) -> Result<PrimitiveArray<T>> {
    let mut builder = PrimitiveBuilder::<T>::with_capacity(array.len());
    for text in as_string_view_array(array)? {
        builder.append_option(text.and_then(&parse));
    }
    Ok(builder.finish())
}
