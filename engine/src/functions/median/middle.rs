//! The mean of the two values in the middle.

use std::fmt::Debug;
use std::marker::PhantomData;

use arrow::array::{Array, ArrowNativeTypeOp, BooleanArray};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::{ArrowPrimitiveType, Decimal128Type, Decimal256Type, Float64Type, Int64Type, i256};
use datafusion::common::Result;

use crate::functions::exact::{Number, finite, selected};

/// A value of which a median is taken.
pub(super) type Input<M> = <<M as Middle>::Input as ArrowPrimitiveType>::Native;

/// A median.
pub(super) type Output<M> = <<M as Middle>::Output as ArrowPrimitiveType>::Native;

/// How two values make a mean.
pub(super) trait Middle: Debug + Send + Sync + Sized + 'static {
    type Input: ArrowPrimitiveType;
    type Output: ArrowPrimitiveType;

    /// The mean of two values, which may be twice the same one; nothing if they have more digits than their type.
    fn mean(&self, low: Input<Self>, high: Input<Self>) -> Option<Output<Self>>;

    /// The rows that count: not NULL, and let through by the filter. Nothing means all.
    fn selection(values: &dyn Array, filter: Option<&BooleanArray>) -> Result<Option<BooleanBuffer>> {
        Ok(selected(values, filter))
    }

    /// The median of values, which are put into another order; nothing if there are none.
    fn median(&self, values: &mut [Input<Self>]) -> Option<Output<Self>> {
        if values.is_empty() {
            return None;
        }
        let odd = values.len() % 2 == 1;
        let (below, high, _) = values.select_nth_unstable_by(values.len() / 2, |left, right| left.compare(*right));
        let high = *high;
        let low = if odd { None } else { below.iter().copied().max_by(|left, right| left.compare(*right)) };
        self.mean(low.unwrap_or(high), high)
    }
}

/// Integers, with the nearest float.
#[derive(Debug)]
pub(super) struct Integers;

impl Middle for Integers {
    type Input = Int64Type;
    type Output = Float64Type;

    fn mean(&self, low: i64, high: i64) -> Option<f64> {
        Number::from_i128(i128::from(low) + i128::from(high), -1).nearest()
    }
}

/// Floats, with the nearest float. Infinities and NaN count as NULL.
#[derive(Debug)]
pub(super) struct Floats;

impl Middle for Floats {
    type Input = Float64Type;
    type Output = Float64Type;

    fn mean(&self, low: f64, high: f64) -> Option<f64> {
        // Only one of the two operations rounds: a sum that is rounded is far from the smallest floats, so that half of
        // it is exact. The same holds for halves of values so large that their sum has no float.
        let sum = low + high;
        let mean = if sum.is_finite() { sum / 2.0 } else { low / 2.0 + high / 2.0 };
        // There is one zero.
        Some(if mean.abs() > 0.0 { mean } else { 0.0 })
    }

    fn selection(values: &dyn Array, filter: Option<&BooleanArray>) -> Result<Option<BooleanBuffer>> {
        finite(values, filter)
    }
}

/// Decimals with a median that has one digit more behind the point, and is exact.
#[derive(Debug)]
pub(super) struct NarrowDecimals;

impl Middle for NarrowDecimals {
    type Input = Decimal128Type;
    type Output = Decimal128Type;

    fn mean(&self, low: i128, high: i128) -> Option<i128> {
        low.checked_add(high)?.checked_mul(5)
    }
}

/// The same with a median of more than 38 digits.
#[derive(Debug)]
pub(super) struct WideDecimals<T>(PhantomData<T>);

impl<T> WideDecimals<T> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Middle for WideDecimals<T>
where
    T: ArrowPrimitiveType + Debug + Send + Sync,
    T::Native: Into<i256>,
{
    type Input = T;
    type Output = Decimal256Type;

    fn mean(&self, low: T::Native, high: T::Native) -> Option<i256> {
        let (low, high): (i256, i256) = (low.into(), high.into());
        low.checked_add(high)?.checked_mul(i256::from_i128(5))
    }
}

/// Decimals that have no room for another digit, with the nearest float.
#[derive(Debug)]
pub(super) struct FullDecimals {
    pub(super) scale: i8,
}

impl Middle for FullDecimals {
    type Input = Decimal256Type;
    type Output = Float64Type;

    fn mean(&self, low: i256, high: i256) -> Option<f64> {
        Number::from_i256(low.checked_add(high)?, 0).decimal_average(2, self.scale)
    }
}
