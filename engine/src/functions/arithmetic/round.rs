//! Numbers rounded to so many digits, half away from zero.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, PrimitiveArray};
use arrow::datatypes::{DataType, Decimal128Type, Decimal256Type, Float64Type, Int64Type, i256};
use datafusion::common::cast::as_primitive_array;
use datafusion::common::{DataFusionError, Result};

use super::decimal::decimal_array;
use super::digits::Digits;
use super::float::{Shortest, in_units, nearest, quickly_rounded};
use super::integer::{Integer, Rescale};
use super::kernel::mapped;

/// The numbers rounded to `places` digits behind the point, or before it where that is below 0. The type stays; what
/// it cannot hold is NULL.
pub(super) fn rounded(array: &dyn Array, places: i8) -> Result<ArrayRef> {
    match array.data_type() {
        DataType::Int64 => {
            let values = as_primitive_array::<Int64Type>(array)?;
            let round = to_unit::<i128>(-i32::from(places));
            let result: PrimitiveArray<Int64Type> = mapped(values, |value| round(value.into())?.to_int64());
            Ok(Arc::new(result))
        }
        DataType::Float64 => {
            let values = as_primitive_array::<Float64Type>(array)?;
            let result: PrimitiveArray<Float64Type> = mapped(values, |value| rounded_float(value, places));
            Ok(Arc::new(result))
        }
        DataType::Decimal128(precision, scale) => {
            let values = as_primitive_array::<Decimal128Type>(array)?;
            let round = to_unit::<i128>(i32::from(*scale) - i32::from(places));
            let limit = i128::limit((*precision).into()).unwrap_or(i128::MAX);
            let round = |value| round(value).filter(|value| value.is_within(limit));
            decimal_array::<Decimal128Type>(mapped(values, round), *precision, *scale)
        }
        DataType::Decimal256(precision, scale) => {
            let values = as_primitive_array::<Decimal256Type>(array)?;
            let round = to_unit::<i256>(i32::from(*scale) - i32::from(places));
            let limit = i256::limit((*precision).into()).unwrap_or(i256::MAX);
            let round = |value| round(value).filter(|value| value.is_within(limit));
            decimal_array::<Decimal256Type>(mapped(values, round), *precision, *scale)
        }
        other => Err(DataFusionError::Internal(format!("a number was expected, not {other}"))),
    }
}

/// Rounds to multiples of 10^`digits`.
fn to_unit<I: Integer>(digits: i32) -> impl Fn(I) -> Option<I> {
    let steps = if digits > 0 { Rescale::by(-digits).zip(I::power_of_ten(digits.unsigned_abs())) } else { None };
    move |value| match &steps {
        Some((down, unit)) => down.apply(value)?.times(*unit),
        None if digits > 0 => Some(I::default()),
        None => Some(value),
    }
}

/// Rounds the shortest decimal form.
pub(super) fn rounded_float(value: f64, places: i8) -> Option<f64> {
    if let Some(rounded) = quickly_rounded(value, places) {
        return in_units(rounded, places);
    }
    let shortest = Shortest::of(value);
    let digits = Digits::parse(shortest.bytes())?;
    if digits.places() <= i64::from(places) {
        return Some(value);
    }
    nearest(digits.unscaled(places)?, places)
}
