//! Percentiles on the line between two neighbours.

use std::fmt::Debug;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array};
use arrow::datatypes::i256;
use datafusion::common::Result;

use super::share::{Rank, Share};
use crate::functions::exact::{Big, Number, Power, split};
use crate::functions::values::{Key, Statistic, float_of};

/// Numbers that have lines between them.
pub(super) trait Points: Debug + Send + Sync + 'static {
    /// What they are held as.
    type Key: Key;

    /// The exact number, unscaled for decimals.
    fn number(&self, key: Self::Key) -> Number;
}

/// Integers.
#[derive(Debug)]
pub(super) struct Integers;

impl Points for Integers {
    type Key = i64;

    fn number(&self, key: i64) -> Number {
        Number::from_i128(i128::from(key), 0)
    }
}

/// Floats.
#[derive(Debug)]
pub(super) struct Floats;

impl Points for Floats {
    type Key = i64;

    fn number(&self, key: i64) -> Number {
        let (mantissa, position) = split(float_of(key));
        let position = i64::try_from(position).unwrap_or(i64::MAX);
        Number::from_i128(i128::from(mantissa), position.saturating_add(Power::First.lowest()))
    }
}

/// Decimals of up to 38 digits.
#[derive(Debug)]
pub(super) struct NarrowDecimals;

impl Points for NarrowDecimals {
    type Key = i128;

    fn number(&self, key: i128) -> Number {
        Number::from_i128(key, 0)
    }
}

/// Other decimals.
#[derive(Debug)]
pub(super) struct WideDecimals;

impl Points for WideDecimals {
    type Key = i256;

    fn number(&self, key: i256) -> Number {
        Number::from_i256(key, 0)
    }
}

/// The continuous percentile. The scale says how many digits of decimals are behind the point.
#[derive(Debug)]
pub(super) struct Continuous<P> {
    share: Share,
    scale: i8,
    points: P,
}

impl<P: Points> Continuous<P> {
    pub(super) fn new(points: P, share: Share, scale: i8) -> Self {
        Self { share, scale, points }
    }

    /// The nearest float to the point between two values, the rest of a denominator above the lower one.
    fn between(&self, low: P::Key, high: P::Key, rest: u64) -> Option<f64> {
        let denominator = self.share.denominator();
        let mut sum = Big::default();
        sum.add_number(&self.points.number(low).times(denominator.saturating_sub(rest)), Power::First);
        sum.add_number(&self.points.number(high).times(rest), Power::First);
        sum.number(Power::First).decimal_average(i64::try_from(denominator).ok()?, self.scale)
    }
}

impl<P: Points> Statistic for Continuous<P> {
    type Held = P::Key;
    type Value = f64;

    fn of(&self, values: &mut [P::Key]) -> Option<f64> {
        let Rank { low, rest } = self.share.rank(values.len())?;
        // The rank is one of the values, as the share is at most 1.
        let (_, low, above) = values.select_nth_unstable(low);
        let low = *low;
        let high = if rest == 0 { None } else { above.iter().copied().min() };
        self.between(low, high.unwrap_or(low), rest)
    }

    fn column(&self, results: Vec<Option<f64>>) -> Result<ArrayRef> {
        Ok(Arc::new(Float64Array::from(results)))
    }
}
