//! Bins whose borders are exact, of integers and decimals.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, PrimitiveArray};
use arrow::datatypes::{ArrowPrimitiveType, Decimal128Type, Decimal256Type, Int64Type, i256};
use datafusion::common::cast::as_primitive_array;
use datafusion::common::{Result, ScalarValue};

use super::shape::{Even, Shape};
use crate::functions::arithmetic::{Integer, Unscaled, decimal_array, mapped};
use crate::model::ColumnType;

/// Digits of a decimal.
const MAX_DIGITS: i32 = 76;

/// Up to so many digits, the difference of two numbers fits into 128 bits.
const NARROW_DIGITS: i32 = 37;

/// Bins of a column of integers or decimals.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct ExactBins {
    /// In units of 10^-`scale`.
    shape: Shape<i256>,
    /// Not below 0.
    scale: i8,
    /// The scale of the column.
    column_scale: i8,
    /// The most digits of any number that takes part, in units that suit both the column and the borders.
    digits: i32,
    border_type: ColumnType,
}

impl ExactBins {
    /// Nothing if numbers of the column or borders have too many digits in units that suit both.
    pub(super) fn new(column: ColumnType, shape: Shape<i256>, scale: i8) -> Option<Self> {
        let (precision, column_scale) = match column {
            ColumnType::Integer => (19, 0),
            ColumnType::Decimal { precision, scale } => (i32::from(precision), scale),
            _ => return None,
        };
        let most = shape.values().into_iter().map(|value| digits(*value)).max().unwrap_or(1);
        let common = i32::from(scale.max(column_scale));
        let all = (precision + common - i32::from(column_scale)).max(most + common - i32::from(scale));
        if all > MAX_DIGITS || common > MAX_DIGITS {
            return None;
        }
        let are_integers = scale == 0 && shape.values().into_iter().all(|value| value.to_int64().is_some());
        let border_type = if column == ColumnType::Integer && are_integers {
            ColumnType::Integer
        } else {
            // The lower border of the least value may have a digit more.
            let column_digits = precision - i32::from(column_scale) + i32::from(scale);
            let digits = (column_digits.max(most) + 1).max(i32::from(scale)).clamp(1, MAX_DIGITS);
            ColumnType::Decimal { precision: u8::try_from(digits).ok()?, scale }
        };
        Some(Self { shape, scale, column_scale, digits: all, border_type })
    }

    pub(super) fn shape(&self) -> &Shape<i256> {
        &self.shape
    }

    pub(super) fn scale(&self) -> i8 {
        self.scale
    }

    pub(super) fn border_type(&self) -> ColumnType {
        self.border_type
    }

    pub(super) fn numbers(&self, array: &dyn Array) -> Result<Int64Array> {
        if self.border_type == ColumnType::Integer
            && let Some(Shape::Even { origin, size, end: None }) = self.shape.converted(|value| value.to_int64())
        {
            let values = as_primitive_array::<Int64Type>(array)?;
            return Ok(mapped(values, |value| match value.checked_sub(origin) {
                Some(distance) => Some(distance.div_euclid(size)),
                None => floor::<i128>(origin.into(), size.into(), value.into()),
            }));
        }
        let (values, _) = Unscaled::of(array)?;
        Ok(match values {
            Unscaled::Narrow(values) if self.digits <= NARROW_DIGITS => self.numbers_of(&values),
            values => self.numbers_of(&values.widened()),
        })
    }

    fn numbers_of<T>(&self, values: &PrimitiveArray<T>) -> Int64Array
    where
        T: ArrowPrimitiveType,
        T::Native: Integer,
    {
        let finer = u32::try_from(i32::from(self.column_scale) - i32::from(self.scale)).unwrap_or(0);
        let shape = self.shape.converted(|border| T::Native::from_wide(border.times(i256::power_of_ten(finer)?)?));
        let coarser = u32::try_from(i32::from(self.scale) - i32::from(self.column_scale)).unwrap_or(0);
        let factor = T::Native::power_of_ten(coarser);
        // Both are there, as the digits were counted.
        let (Some(shape), Some(factor)) = (shape, factor) else { return Int64Array::new_null(values.len()) };
        if coarser == 0 {
            return mapped(values, |value| shape.number(value, floor));
        }
        mapped(values, |value| shape.number(value.times(factor)?, floor))
    }

    pub(super) fn lower(&self, number: i64) -> Option<i256> {
        self.shape.lower(number, self)
    }

    pub(super) fn border(&self, number: i64) -> (Option<ScalarValue>, Option<ScalarValue>) {
        let value = |border: Option<i256>| border.map(|border| self.value(border));
        (value(self.lower(number)), value(self.shape.upper(number, self)))
    }

    fn value(&self, border: i256) -> ScalarValue {
        match self.border_type {
            ColumnType::Decimal { precision, scale } if precision <= 38 => {
                ScalarValue::Decimal128(border.to_i128(), precision, scale)
            }
            ColumnType::Decimal { precision, scale } => ScalarValue::Decimal256(Some(border), precision, scale),
            _ => ScalarValue::Int64(border.to_int64()),
        }
    }

    pub(super) fn lows(&self, numbers: &Int64Array) -> Result<ArrayRef> {
        match self.border_type {
            ColumnType::Decimal { precision, scale } if precision <= 38 => {
                let lows = mapped::<_, Decimal128Type>(numbers, |number| self.lower(number)?.to_i128());
                decimal_array(lows, precision, scale)
            }
            ColumnType::Decimal { precision, scale } => {
                decimal_array::<Decimal256Type>(mapped(numbers, |number| self.lower(number)), precision, scale)
            }
            _ => Ok(Arc::new(mapped::<_, Int64Type>(numbers, |number| self.lower(number)?.to_int64()))),
        }
    }
}

impl Even<i256> for ExactBins {
    fn at(&self, origin: i256, size: i256, number: i64) -> Option<i256> {
        let border = size.times(i256::from_i64(number))?.plus(origin)?;
        let holds = match self.border_type {
            ColumnType::Decimal { precision, .. } => border.is_within(i256::limit(precision.into())?),
            _ => border.to_int64().is_some(),
        };
        holds.then_some(border)
    }

    fn least(&self) -> i256 {
        match self.border_type {
            ColumnType::Decimal { precision, .. } => i256::limit(precision.into()).unwrap_or(i256::MAX).wrapping_neg(),
            _ => i256::from_i64(i64::MIN),
        }
    }
}

/// The number of the bin of a value in endless bins.
fn floor<I: Integer>(origin: I, size: I, value: I) -> Option<i64> {
    value.minus(origin)?.floor_divided(size)?.to_int64()
}

fn digits(value: i256) -> i32 {
    let digits = value.wrapping_abs().checked_ilog10().map_or(1, |power| power + 1);
    i32::try_from(digits).unwrap_or(i32::MAX)
}
