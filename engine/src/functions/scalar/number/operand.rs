//! Numbers of any type, row by row.

use arrow::array::{ArrayRef, PrimitiveArray};
use arrow::datatypes::{DataType, Decimal128Type, Decimal256Type, Float64Type, Int64Type, i256};
use datafusion::common::{DataFusionError, Result};

use crate::functions::arithmetic::{Digits, Integer, Shortest, decimal_array, float_of, nearest};
use crate::functions::scalar::call::{Call, Values};

/// An argument of numbers.
#[derive(Debug)]
pub(super) enum Numbers {
    Integers(Values<Int64Type>),
    Narrow(Values<Decimal128Type>, i8),
    Wide(Values<Decimal256Type>, i8),
    Floats(Values<Float64Type>),
}

/// An exact number: `unscaled` / 10^`scale`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exact {
    pub(super) unscaled: i256,
    pub(super) scale: i32,
}

impl Numbers {
    pub(super) fn of(call: &Call<'_>, place: usize) -> Result<Self> {
        Ok(match call.data_type(place)? {
            DataType::Decimal128(_, scale) => Self::Narrow(call.values(place)?, scale),
            DataType::Decimal256(_, scale) => Self::Wide(call.values(place)?, scale),
            DataType::Float64 => Self::Floats(call.floats(place)?),
            _ => Self::Integers(call.integers(place)?),
        })
    }

    /// The number in a row as it is written; of a float the shortest form. None if it is NULL.
    pub(super) fn exact(&self, row: usize) -> Option<Exact> {
        Some(match self {
            Self::Integers(values) => Exact { unscaled: values.get(row)?.into(), scale: 0 },
            Self::Narrow(values, scale) => {
                Exact { unscaled: i256::from_i128(values.get(row)?), scale: i32::from(*scale) }
            }
            Self::Wide(values, scale) => Exact { unscaled: values.get(row)?, scale: i32::from(*scale) },
            Self::Floats(values) => Exact::shortest(values.get(row)?)?,
        })
    }

    /// The float nearest to the number in a row; none if it is NULL.
    pub(super) fn float(&self, row: usize) -> Option<f64> {
        match self {
            Self::Integers(values) => values.get(row).map(float_of),
            Self::Narrow(values, scale) => nearest(values.get(row)?, *scale),
            Self::Wide(values, scale) => nearest(values.get(row)?, *scale),
            Self::Floats(values) => values.get(row),
        }
    }
}

impl Exact {
    /// The shortest form of a float.
    pub(super) fn shortest(value: f64) -> Option<Self> {
        let text = Shortest::of(value);
        let digits = Digits::parse(text.bytes())?;
        Some(Self { unscaled: digits.exact()?, scale: i32::try_from(digits.places()).ok()? })
    }
}

/// A column of decimals of the type of the result. What has too many digits is NULL.
pub(super) fn gather_decimals(call: &Call<'_>, mut row: impl FnMut(usize) -> Option<i256>) -> Result<ArrayRef> {
    match call.result().arrow() {
        DataType::Decimal128(precision, scale) => {
            let limit = i128::limit(precision.into()).unwrap_or(i128::MAX);
            let fitting = |place| row(place)?.to_i128().filter(|value| value.is_within(limit));
            let values: PrimitiveArray<Decimal128Type> = (0..call.rows()).map(fitting).collect();
            decimal_array(values, precision, scale)
        }
        DataType::Decimal256(precision, scale) => {
            let limit = i256::limit(precision.into()).unwrap_or(i256::MAX);
            let fitting = |place| row(place).filter(|value: &i256| value.is_within(limit));
            let values: PrimitiveArray<Decimal256Type> = (0..call.rows()).map(fitting).collect();
            decimal_array(values, precision, scale)
        }
        other => Err(DataFusionError::Internal(format!("a formula gives decimals as {other}"))),
    }
}
