//! Numbers rounded to so many digits.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array, PrimitiveArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Decimal128Type, Decimal256Type, DecimalType, Float64Type, Int64Type, i256,
};
use datafusion::common::cast::as_primitive_array;
use datafusion::common::{DataFusionError, Result};

use super::decimal::{Unscaled, decimal_array};
use super::digits::Digits;
use super::float::{
    Nearest, Shortest, finite, in_units, nearest, quickly_rounded, quickly_truncated, rounded_near_tie,
};
use super::integer::Integer;
use super::kernel::mapped;
use super::rounding::Rounding;

/// The numbers rounded to `places` digits behind the point, or before it where that is below 0, on the shortest form of
/// floats. The result has the type `to`: the type of the numbers, or another one of decimals with the scale that they
/// have or with the one they are rounded to. What it cannot hold is NULL.
pub(crate) fn rounded(array: &dyn Array, places: i8, how: Rounding, to: &DataType) -> Result<ArrayRef> {
    match (array.data_type(), to) {
        (DataType::Int64, DataType::Int64) => {
            let values = as_primitive_array::<Int64Type>(array)?;
            if places >= 0 {
                return Ok(Arc::new(values.clone()));
            }
            let (round, raise) = (cut::<i128>(-i32::from(places), how), raised::<i128>(places.unsigned_abs().into()));
            let whole = |value: i64| raise(round(value.into())?)?.to_int64();
            Ok(Arc::new(mapped::<_, Int64Type>(values, whole)))
        }
        (DataType::Float64, DataType::Float64) => {
            let values = as_primitive_array::<Float64Type>(array)?;
            Ok(Arc::new(rounded_floats(values, places, how)))
        }
        (from @ (DataType::Decimal128(..) | DataType::Decimal256(..)), _) => {
            let (values, scale) = Unscaled::of(array)?;
            let (DataType::Decimal128(_, to_scale) | DataType::Decimal256(_, to_scale)) = *to else {
                return Err(no_rounding(from, to));
            };
            // What is rounded counts units of the coarser of the two.
            let lost = i32::from(scale) - i32::from(places);
            let raise = i32::from(to_scale) - i32::from(scale.min(places));
            let raise = u32::try_from(raise).map_err(|_| no_rounding(from, to))?;
            match values {
                Unscaled::Narrow(values) => decimals(&values, cut::<i128>(lost, how), raised::<i128>(raise), to),
                Unscaled::Wide(values) => decimals(&values, cut::<i256>(lost, how), raised::<i256>(raise), to),
            }
        }
        (from, _) => Err(no_rounding(from, to)),
    }
}

fn no_rounding(from: &DataType, to: &DataType) -> DataFusionError {
    DataFusionError::Internal(format!("{from} is not rounded to {to}"))
}

fn decimals<T>(
    values: &PrimitiveArray<T>,
    cut: impl Fn(T::Native) -> Option<T::Native>,
    raise: impl Fn(T::Native) -> Option<T::Native>,
    to: &DataType,
) -> Result<ArrayRef>
where
    T: ArrowPrimitiveType,
    T::Native: Integer,
{
    let compute = |value| raise(cut(value)?);
    match *to {
        DataType::Decimal128(precision, scale) => stored::<T, Decimal128Type>(values, compute, precision, scale),
        DataType::Decimal256(precision, scale) => stored::<T, Decimal256Type>(values, compute, precision, scale),
        _ => Err(no_rounding(values.data_type(), to)),
    }
}

/// The results as decimals; NULL where they have too many digits.
fn stored<T, O>(
    values: &PrimitiveArray<T>,
    compute: impl Fn(T::Native) -> Option<T::Native>,
    precision: u8,
    scale: i8,
) -> Result<ArrayRef>
where
    T: ArrowPrimitiveType,
    T::Native: Integer,
    O: ArrowPrimitiveType + DecimalType,
    O::Native: Integer,
{
    let limit = O::Native::limit(precision.into());
    let fitting = |value: T::Native| {
        let result = O::Native::from_wide(compute(value)?.to_wide())?;
        limit.is_none_or(|limit| result.is_within(limit)).then_some(result)
    };
    decimal_array(mapped::<T, O>(values, fitting), precision, scale)
}

/// Cuts off so many digits, and rounds.
fn cut<I: Integer>(digits: i32, how: Rounding) -> impl Fn(I) -> Option<I> {
    let two = I::from_i64(2);
    let unit = I::power_of_ten(digits.unsigned_abs()).map(|unit| (unit, unit.divided(two).0));
    move |value| {
        let zero = I::default();
        if digits <= 0 || value == zero {
            return Some(value);
        }
        let negative = value < zero;
        let (kept, lost) = match unit {
            Some((unit, half)) => {
                let (kept, lost) = value.divided(unit);
                if lost == zero {
                    return Some(kept);
                }
                let lost = if negative { zero.minus(lost)? } else { lost };
                (kept, lost.cmp(&half))
            }
            // The unit is more than twice as large as any value.
            None => (zero, Ordering::Less),
        };
        let one = I::from_i64(1);
        match (how.goes_up(negative, lost, || kept.divided(two).1 != zero), negative) {
            (false, _) => Some(kept),
            (true, false) => kept.plus(one),
            (true, true) => kept.minus(one),
        }
    }
}

/// Appends so many zeros.
fn raised<I: Integer>(digits: u32) -> impl Fn(I) -> Option<I> {
    let unit = I::power_of_ten(digits);
    move |value| if digits == 0 || value == I::default() { Some(value) } else { value.times(unit?) }
}

/// Floats rounded at once, so few that mostly all of them can be told.
const AT_ONCE: usize = 16;

/// Rounds the shortest decimal forms. Nearly all of them can be told without being made, and that is done first.
fn rounded_floats(values: &Float64Array, places: i8, how: Rounding) -> Float64Array {
    let exactly = |value| rounded_float(value, places, how);
    let quickly = match how {
        Rounding::HalfAway | Rounding::HalfEven => Nearest::new(places),
        Rounding::TowardZero | Rounding::Floor | Rounding::Ceiling => None,
    };
    let Some(quickly) = quickly else { return mapped(values, exactly) };
    let mut results = Vec::with_capacity(values.len());
    let mut missing = Vec::new();
    for some in values.values().chunks(AT_ONCE) {
        let (start, mut all_told) = (results.len(), true);
        results.extend(some.iter().map(|value| {
            let (rounded, is_told) = quickly.round(*value);
            all_told &= is_told;
            rounded
        }));
        if all_told {
            continue;
        }
        let untold =
            results.iter_mut().enumerate().skip(start).zip(some).filter(|(_, value)| !quickly.round(**value).1);
        for ((row, result), value) in untold {
            let exact = exactly(*value);
            *result = exact.unwrap_or_default();
            missing.extend(exact.is_none().then_some(row));
        }
    }
    let present = (!missing.is_empty()).then(|| {
        let mut present = vec![true; results.len()];
        for row in missing {
            if let Some(present) = present.get_mut(row) {
                *present = false;
            }
        }
        NullBuffer::from(present)
    });
    Float64Array::new(results.into(), NullBuffer::union(values.nulls(), present.as_ref()))
}

/// Rounds the shortest decimal form.
pub(super) fn rounded_float(value: f64, places: i8, how: Rounding) -> Option<f64> {
    let quick = match (how, places) {
        (Rounding::HalfAway | Rounding::HalfEven, _) => {
            quickly_rounded(value, places).or_else(|| rounded_near_tie(value, places, how))
        }
        // No whole number lies between a float and its shortest form.
        (Rounding::TowardZero, 0) => return finite(value.trunc()),
        (Rounding::Floor, 0) => return finite(value.floor()),
        (Rounding::Ceiling, 0) => return finite(value.ceil()),
        (Rounding::TowardZero, _) => quickly_truncated(value, places),
        (Rounding::Floor | Rounding::Ceiling, _) => None,
    };
    if let Some(units) = quick {
        return in_units(units, places);
    }
    let shortest = Shortest::of(value);
    let digits = Digits::parse(shortest.bytes())?;
    if digits.places() <= i64::from(places) {
        return Some(value);
    }
    nearest(digits.rounded(places, how)?, places)
}
