//! The mean of the two values in the middle.

use std::fmt::Debug;
use std::marker::PhantomData;
use std::sync::Arc;

use arrow::array::{ArrayRef, PrimitiveArray};
use arrow::datatypes::{ArrowPrimitiveType, DataType, Decimal128Type, Decimal256Type, Float64Type, i256};
use datafusion::common::Result;

use crate::functions::exact::Number;
use crate::functions::values::{Key, Statistic, float_of};

/// A median.
type Output<M> = <<M as Middle>::Output as ArrowPrimitiveType>::Native;

/// How two values make a mean.
pub(super) trait Middle: Debug + Send + Sync + Sized + 'static {
    /// What the values are held as.
    type Key: Key;
    type Output: ArrowPrimitiveType;

    /// The mean of two values, which may be twice the same one; nothing if they have more digits than their type.
    fn mean(&self, low: Self::Key, high: Self::Key) -> Option<Output<Self>>;
}

/// The median, of the type that is shown.
#[derive(Debug)]
pub(super) struct Median<M> {
    pub(super) middle: M,
    pub(super) output: DataType,
}

impl<M: Middle> Statistic for Median<M> {
    type Held = M::Key;
    type Value = Output<M>;

    fn of(&self, values: &mut [M::Key]) -> Option<Output<M>> {
        if values.is_empty() {
            return None;
        }
        let odd = values.len() % 2 == 1;
        let (below, high, _) = values.select_nth_unstable(values.len() / 2);
        let high = *high;
        let low = if odd { None } else { below.iter().copied().max() };
        self.middle.mean(low.unwrap_or(high), high)
    }

    fn column(&self, results: Vec<Option<Output<M>>>) -> Result<ArrayRef> {
        let medians: PrimitiveArray<M::Output> = results.into_iter().collect();
        Ok(Arc::new(medians.with_data_type(self.output.clone())))
    }
}

/// Integers, with the nearest float.
#[derive(Debug)]
pub(super) struct Integers;

impl Middle for Integers {
    type Key = i64;
    type Output = Float64Type;

    fn mean(&self, low: i64, high: i64) -> Option<f64> {
        Number::from_i128(i128::from(low) + i128::from(high), -1).nearest()
    }
}

/// Floats, with the nearest float.
#[derive(Debug)]
pub(super) struct Floats;

impl Middle for Floats {
    type Key = i64;
    type Output = Float64Type;

    fn mean(&self, low: i64, high: i64) -> Option<f64> {
        let (low, high) = (float_of(low), float_of(high));
        // Only one of the two operations rounds: a sum that is rounded is far from the smallest floats, so that half of
        // it is exact. The same holds for halves of values so large that their sum has no float.
        let sum = low + high;
        let mean = if sum.is_finite() { sum / 2.0 } else { low / 2.0 + high / 2.0 };
        // There is one zero.
        Some(if mean.abs() > 0.0 { mean } else { 0.0 })
    }
}

/// Decimals with a median that has one digit more behind the point, and is exact.
#[derive(Debug)]
pub(super) struct NarrowDecimals;

impl Middle for NarrowDecimals {
    type Key = i128;
    type Output = Decimal128Type;

    fn mean(&self, low: i128, high: i128) -> Option<i128> {
        low.checked_add(high)?.checked_mul(5)
    }
}

/// The same with a median of more than 38 digits.
#[derive(Debug)]
pub(super) struct WideDecimals<K>(PhantomData<K>);

impl<K> WideDecimals<K> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<K: Key + Into<i256>> Middle for WideDecimals<K> {
    type Key = K;
    type Output = Decimal256Type;

    fn mean(&self, low: K, high: K) -> Option<i256> {
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
    type Key = i256;
    type Output = Float64Type;

    fn mean(&self, low: i256, high: i256) -> Option<f64> {
        Number::from_i256(low.checked_add(high)?, 0).decimal_average(2, self.scale)
    }
}
