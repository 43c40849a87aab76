//! Bins whose borders are floats.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array};
use arrow::datatypes::{DataType, Float64Type};
use datafusion::common::cast::as_float64_array;
use datafusion::common::{Result, ScalarValue};

use super::shape::{Even, Shape};
use crate::functions::arithmetic::{convert, float_of, mapped, whole};

/// A finite float that has an identity: its bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Bits(u64);

impl Bits {
    pub(super) fn new(value: f64) -> Self {
        Self((value + 0.0).to_bits())
    }

    pub(super) fn get(self) -> f64 {
        f64::from_bits(self.0)
    }
}

/// Bins of any column of numbers, which count as the nearest floats.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct FloatBins {
    shape: Shape<Bits>,
}

impl FloatBins {
    pub(super) fn new(shape: &Shape<f64>) -> Option<Self> {
        Some(Self { shape: shape.converted(|value| value.is_finite().then(|| Bits::new(*value)))? })
    }

    pub(super) fn shape(&self) -> &Shape<Bits> {
        &self.shape
    }

    fn floats(&self) -> Option<Shape<f64>> {
        self.shape.converted(|bits| Some(bits.get()))
    }

    pub(super) fn numbers(&self, array: &dyn Array) -> Result<Int64Array> {
        let values = convert(array, &DataType::Float64)?;
        let values = as_float64_array(values.as_ref())?;
        Ok(match self.floats() {
            Some(shape) => mapped(values, |value| shape.number(value, floor)),
            None => Int64Array::new_null(values.len()),
        })
    }

    pub(super) fn lows(&self, numbers: &Int64Array) -> ArrayRef {
        let shape = self.floats();
        Arc::new(mapped::<_, Float64Type>(numbers, |number| shape.as_ref()?.lower(number, &EvenFloats)))
    }

    pub(super) fn border(&self, number: i64) -> (Option<ScalarValue>, Option<ScalarValue>) {
        let value = |border: Option<f64>| border.map(|border| ScalarValue::Float64(Some(border)));
        let shape = self.floats();
        let shape = shape.as_ref();
        let lower = shape.and_then(|shape| shape.lower(number, &EvenFloats));
        let upper = shape.and_then(|shape| shape.upper(number, &EvenFloats));
        (value(lower), value(upper))
    }
}

#[derive(Debug)]
struct EvenFloats;

impl Even<f64> for EvenFloats {
    fn at(&self, origin: f64, size: f64, number: i64) -> Option<f64> {
        Some(at(origin, size, number)).filter(|border| border.is_finite())
    }

    fn least(&self) -> f64 {
        f64::MIN
    }
}

/// Where a bin begins. Rounding never makes the border of a bin less than that of one before it.
fn at(origin: f64, size: f64, number: i64) -> f64 {
    let distance = float_of(number) * size;
    if distance.is_finite() {
        return origin + distance;
    }
    // Too far from an origin of the other sign for a float, though the border is one.
    2.0 * (origin / 2.0 + float_of(number) * (size / 2.0))
}

/// The greatest number whose bin begins at or below a value, which is then below the begin of the next one.
fn floor(origin: f64, size: f64, value: f64) -> Option<i64> {
    let begins = |number: i64| at(origin, size, number);
    let holds =
        |number: &i64| begins(*number) <= value && number.checked_add(1).is_some_and(|next| value < begins(next));
    let guess = guess(origin, size, value);
    let near = [guess, guess.saturating_sub(1), guess.saturating_add(1)];
    near.into_iter().find(holds).or_else(|| search(begins, value))
}

fn guess(origin: f64, size: f64, value: f64) -> i64 {
    let distance = value - origin;
    // Two large numbers of different sign may be infinitely far from each other; their halves are not.
    let bins = if distance.is_finite() { distance / size } else { (value / 2.0 - origin / 2.0) / (size / 2.0) };
    whole(bins.floor()).unwrap_or(if bins > 0.0 {
        i64::MAX
    } else if bins < 0.0 {
        i64::MIN
    } else {
        0
    })
}

/// The same by halving the numbers, for where a width is so small beside its place that many borders are one float.
#[cold]
fn search(begins: impl Fn(i64) -> f64, value: f64) -> Option<i64> {
    let (mut low, mut high) = (i64::MIN, i64::MAX);
    if begins(low) > value || begins(high) <= value {
        return None;
    }
    while low + 1 < high {
        let middle = i64::try_from((i128::from(low) + i128::from(high)).div_euclid(2)).ok()?;
        if begins(middle) <= value {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(low)
}
