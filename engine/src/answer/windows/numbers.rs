//! Columns of numbers, as sums take them and as they are shown.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, Decimal256Array, Float64Array, Int64Array};
use arrow::datatypes::{DataType, Decimal128Type, Decimal256Type, Float64Type, Int64Type, i256};

use crate::error::{Error, Result};
use crate::functions::{ExactKind, ExactValue};
use crate::model::ColumnType;

/// The values of a column.
#[derive(Debug)]
pub(super) struct Numbers {
    pub(super) kind: ExactKind,
    values: Vec<Option<ExactValue>>,
}

impl Numbers {
    pub(super) fn new(column: &ArrayRef) -> Result<Self> {
        let whole = |value: Option<i128>| value.map(|value| ExactValue::Whole(i256::from_i128(value)));
        let (kind, values) = match column.data_type() {
            DataType::Int64 => {
                let values = column.as_primitive_opt::<Int64Type>().ok_or_else(no_number)?;
                let integers = values.iter().map(|value| whole(value.map(i128::from)));
                (ExactKind::Whole { scale: 0 }, integers.collect())
            }
            DataType::Decimal128(_, scale) => {
                let values = column.as_primitive_opt::<Decimal128Type>().ok_or_else(no_number)?;
                (ExactKind::Whole { scale: *scale }, values.iter().map(whole).collect())
            }
            DataType::Decimal256(_, scale) => {
                let values = column.as_primitive_opt::<Decimal256Type>().ok_or_else(no_number)?;
                (ExactKind::Whole { scale: *scale }, values.iter().map(|value| value.map(ExactValue::Whole)).collect())
            }
            DataType::Float64 => {
                let values = column.as_primitive_opt::<Float64Type>().ok_or_else(no_number)?;
                let finite = |value: Option<f64>| value.filter(|value| value.is_finite()).map(ExactValue::Float);
                (ExactKind::Float, values.iter().map(finite).collect())
            }
            _ => return Err(no_number()),
        };
        Ok(Self { kind, values })
    }

    pub(super) fn get(&self, row: usize) -> Option<ExactValue> {
        self.values.get(row).copied().flatten()
    }

    /// The value as a float.
    pub(super) fn float(&self, row: usize) -> Option<f64> {
        self.get(row)?.nearest(self.kind)
    }
}

fn no_number() -> Error {
    Error::internal("a window calculation over numbers was given something else")
}

/// A float that may stand in an answer: finite, and of the two zeros the positive one.
pub(super) fn shown(value: f64) -> Option<f64> {
    value.is_finite().then_some(if value.abs() > 0.0 { value } else { 0.0 })
}

/// A column of floats.
pub(super) fn floats(values: Vec<Option<f64>>) -> ArrayRef {
    Arc::new(Float64Array::from(values))
}

/// A column of integers or decimals; what has more digits than the type is NULL.
pub(super) fn wholes(values: &[Option<i256>], column_type: ColumnType) -> Result<ArrayRef> {
    let digits = match column_type {
        ColumnType::Decimal { precision, .. } => precision,
        // More than 64 bits have.
        _ => 20,
    };
    let bound = i256::from_i128(10).checked_pow(u32::from(digits)).unwrap_or(i256::MAX);
    let fitting = values.iter().map(|value| value.filter(|value| *value < bound && *value > bound.wrapping_neg()));
    let narrow = |value: Option<i256>| value.and_then(i256::to_i128);
    let broken = |error| Error::internal("a window column cannot be put together").with_source(error);
    let column: ArrayRef = match column_type.arrow() {
        DataType::Int64 => {
            let integer = |value: Option<i256>| narrow(value).and_then(|value| i64::try_from(value).ok());
            Arc::new(fitting.map(integer).collect::<Int64Array>())
        }
        DataType::Decimal128(precision, scale) => {
            let decimals: Decimal128Array = fitting.map(narrow).collect();
            Arc::new(decimals.with_precision_and_scale(precision, scale).map_err(broken)?)
        }
        DataType::Decimal256(precision, scale) => {
            let decimals: Decimal256Array = fitting.collect();
            Arc::new(decimals.with_precision_and_scale(precision, scale).map_err(broken)?)
        }
        _ => return Err(no_number()),
    };
    Ok(column)
}
