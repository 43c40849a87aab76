//! Arithmetic on decimals: exact, and then rounded once to the scale of the result.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, PrimitiveArray};
use arrow::datatypes::{ArrowPrimitiveType, DataType, Decimal128Type, Decimal256Type, DecimalType, Int64Type, i256};
use datafusion::common::cast::as_primitive_array;
use datafusion::common::{DataFusionError, Result};
use drillcore_formulas::Arithmetic;

use super::integer::{Integer, Rescale};
use super::kernel::{Side, combined, mapped};
use super::long::Long;

/// The numbers of a column without their point.
#[derive(Debug)]
pub(crate) enum Unscaled {
    Narrow(PrimitiveArray<Decimal128Type>),
    Wide(PrimitiveArray<Decimal256Type>),
}

impl Unscaled {
    /// The numbers of a column of integers or decimals, and their scale.
    pub(crate) fn of(array: &dyn Array) -> Result<(Self, i8)> {
        Ok(match array.data_type() {
            DataType::Int64 => {
                let values = as_primitive_array::<Int64Type>(array)?;
                (Self::Narrow(mapped::<_, Decimal128Type>(values, |value| Some(i128::from(value)))), 0)
            }
            DataType::Decimal128(_, scale) => {
                (Self::Narrow(as_primitive_array::<Decimal128Type>(array)?.clone()), *scale)
            }
            DataType::Decimal256(_, scale) => {
                (Self::Wide(as_primitive_array::<Decimal256Type>(array)?.clone()), *scale)
            }
            other => {
                return Err(DataFusionError::Internal(format!("an exact number was expected, not {other}")));
            }
        })
    }

    pub(crate) fn widened(self) -> PrimitiveArray<Decimal256Type> {
        match self {
            Self::Narrow(values) => mapped(&values, |value| Some(value.to_wide())),
            Self::Wide(values) => values,
        }
    }
}

/// A column of decimals with their precision and scale.
pub(crate) fn decimal_array<T>(values: PrimitiveArray<T>, precision: u8, scale: i8) -> Result<ArrayRef>
where
    T: ArrowPrimitiveType + DecimalType,
{
    Ok(Arc::new(values.with_precision_and_scale(precision, scale)?))
}

/// The sum, difference or product of each row, of a decimal type.
pub(super) fn decimals(
    operation: Arithmetic,
    left: &Side<ArrayRef>,
    right: &Side<ArrayRef>,
    output: &DataType,
) -> Result<ArrayRef> {
    let ((left_values, left_scale), (right_values, right_scale)) =
        (Unscaled::of(left.values.as_ref())?, Unscaled::of(right.values.as_ref())?);
    let (DataType::Decimal128(precision, scale) | DataType::Decimal256(precision, scale)) = *output else {
        return Err(DataFusionError::Internal(format!("a decimal was expected, not {output}")));
    };
    let steps = Steps::new(operation, [left_scale, right_scale, scale], precision)?;
    let is_narrow = matches!(output, DataType::Decimal128(..));
    match (left_values, right_values) {
        (Unscaled::Narrow(left_values), Unscaled::Narrow(right_values)) if is_narrow => {
            let left = Side { values: left_values, constant: left.constant };
            let right = Side { values: right_values, constant: right.constant };
            let compute = steps.narrow();
            decimal_array::<Decimal128Type>(combined(&left, &right, compute), precision, scale)
        }
        (left_values, right_values) => {
            let left = Side { values: left_values.widened(), constant: left.constant };
            let right = Side { values: right_values.widened(), constant: right.constant };
            let compute = steps.wide();
            if is_narrow {
                let compute = |left, right| compute(left, right).and_then(i256::to_i128);
                decimal_array::<Decimal128Type>(combined(&left, &right, compute), precision, scale)
            } else {
                decimal_array::<Decimal256Type>(combined(&left, &right, compute), precision, scale)
            }
        }
    }
}

/// What is done with the numbers of one row: both sides are brought to one scale, put together, and the result to its
/// own scale.
#[derive(Debug, Clone, Copy)]
struct Steps {
    operation: Operation,
    /// Places by which the sides move first.
    left: i32,
    right: i32,
    /// Places by which the result moves.
    after: i32,
    precision: u8,
}

#[derive(Debug, Clone, Copy)]
enum Operation {
    Add,
    Subtract,
    Multiply,
}

impl Steps {
    fn new(operation: Arithmetic, scales: [i8; 3], precision: u8) -> Result<Self> {
        let [left, right, scale] = scales.map(i32::from);
        let operation = match operation {
            Arithmetic::Add => Operation::Add,
            Arithmetic::Subtract => Operation::Subtract,
            Arithmetic::Multiply => {
                let after = scale - left - right;
                return Ok(Self { operation: Operation::Multiply, left: 0, right: 0, after, precision });
            }
            Arithmetic::Divide => {
                return Err(DataFusionError::Internal("decimals are divided as floats".into()));
            }
        };
        let common = left.max(right);
        Ok(Self { operation, left: common - left, right: common - right, after: scale - common, precision })
    }

    /// The operation on numbers of 128 bits whose result has so many, too.
    fn narrow(self) -> impl Fn(i128, i128) -> Option<i128> {
        let quick = Quick::<i128>::new(self);
        let wide = self.wide();
        move |left, right| match quick.as_ref().and_then(|quick| Some((quick.apply(left, right)?, quick.limit))) {
            Some((result, limit)) => result.is_within(limit).then_some(result),
            None => wide(left.to_wide(), right.to_wide()).and_then(i256::to_i128),
        }
    }

    fn wide(self) -> impl Fn(i256, i256) -> Option<i256> {
        let quick = Quick::<i256>::new(self);
        let limit = i256::limit(self.precision.into()).unwrap_or(i256::MAX);
        move |left, right| {
            let result = quick.as_ref().and_then(|quick| quick.apply(left, right));
            result.or_else(|| self.slow(left, right)).filter(|result| result.is_within(limit))
        }
    }

    /// The same with room for whatever can come up on the way.
    #[cold]
    fn slow(self, left: i256, right: i256) -> Option<i256> {
        let left = Long::new(left).rescaled(self.left)?;
        let right = Long::new(right).rescaled(self.right)?;
        let result = match self.operation {
            Operation::Add => left.plus(right),
            Operation::Subtract => left.plus(right.negated()),
            Operation::Multiply => left.times(right),
        };
        result?.rescaled(self.after)?.to_i256()
    }
}

/// The steps in integers of fixed size, with their powers of ten at hand.
#[derive(Debug)]
struct Quick<I> {
    operation: Operation,
    left: Rescale<I>,
    right: Rescale<I>,
    after: Rescale<I>,
    limit: I,
}

impl<I: Integer> Quick<I> {
    fn new(steps: Steps) -> Option<Self> {
        Some(Self {
            operation: steps.operation,
            left: Rescale::by(steps.left)?,
            right: Rescale::by(steps.right)?,
            after: Rescale::by(steps.after)?,
            limit: I::limit(steps.precision.into())?,
        })
    }

    /// Nothing if something on the way has too many bits; that does not say that the result has.
    fn apply(&self, left: I, right: I) -> Option<I> {
        let (left, right) = (self.left.apply(left)?, self.right.apply(right)?);
        let result = match self.operation {
            Operation::Add => left.plus(right),
            Operation::Subtract => left.minus(right),
            Operation::Multiply => left.times(right),
        };
        self.after.apply(result?)
    }
}
