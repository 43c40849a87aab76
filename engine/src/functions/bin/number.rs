//! Numbers that bins are made from: digit by digit where that is possible, and as the nearest float.

use arrow::datatypes::i256;
use datafusion::common::ScalarValue;

use crate::error::{Error, Result};
use crate::functions::arithmetic::{Digits, Integer, Shortest, float_of, nearest};

/// A number of a query or of the data.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number {
    /// Nothing if it has too many digits.
    pub(super) exact: Option<Exact>,
    pub(super) float: f64,
}

/// `unscaled` / 10^`scale`, without zeros behind the last digit that is behind the point.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exact {
    pub(super) unscaled: i256,
    /// Not below 0.
    pub(super) scale: i8,
}

impl Number {
    pub(super) const ZERO: Self = Self { exact: Some(Exact { unscaled: i256::ZERO, scale: 0 }), float: 0.0 };

    /// A number in text.
    pub(super) fn read(text: &str) -> Result<Self> {
        let found = Digits::parse(text.as_bytes()).zip(text.parse().ok());
        let Some((digits, float)) = found.filter(|(_, float): &(_, f64)| float.is_finite()) else {
            return Err(Error::query("the borders of bins must be numbers that a 64-bit float can come near"));
        };
        let scale = i8::try_from(digits.places().max(0)).ok();
        let exact = scale.and_then(|scale| Exact::new(digits.unscaled(scale)?, scale));
        Ok(Self { exact, float: float + 0.0 })
    }

    /// A number of the data; nothing for NULL and for what is none. A float is meant as its shortest form.
    pub(super) fn of(value: &ScalarValue) -> Option<Self> {
        let decimal = |unscaled: i256, scale: i8| {
            Some(Self { exact: Exact::new(unscaled, scale), float: nearest(unscaled, scale)? })
        };
        match value {
            ScalarValue::Int64(Some(value)) => {
                Some(Self { exact: Exact::new(i256::from_i64(*value), 0), float: float_of(*value) })
            }
            ScalarValue::Decimal128(Some(value), _, scale) => decimal(value.to_wide(), *scale),
            ScalarValue::Decimal256(Some(value), _, scale) => decimal(*value, *scale),
            ScalarValue::Float64(Some(value)) if value.is_finite() => {
                Self::read(str::from_utf8(Shortest::of(*value).bytes()).ok()?).ok()
            }
            _ => None,
        }
    }
}

impl Exact {
    fn new(mut unscaled: i256, mut scale: i8) -> Option<Self> {
        if scale < 0 {
            unscaled = unscaled.times(i256::power_of_ten(scale.unsigned_abs().into())?)?;
            scale = 0;
        }
        let ten = i256::from_i64(10);
        while scale > 0 {
            let (quotient, remainder) = unscaled.divided(ten);
            if remainder != i256::ZERO {
                break;
            }
            (unscaled, scale) = (quotient, scale - 1);
        }
        Some(Self { unscaled, scale })
    }

    /// In units of 10^-`scale`, which is not less than its own.
    pub(super) fn at(self, scale: i8) -> Option<i256> {
        let places = u32::try_from(i32::from(scale) - i32::from(self.scale)).ok()?;
        self.unscaled.times(i256::power_of_ten(places)?)
    }
}

/// All numbers in units of the finest of them, and its scale; nothing if one is not exact or has too many digits then.
pub(super) fn aligned<const N: usize>(numbers: [&Number; N]) -> Option<([i256; N], i8)> {
    let (units, scale) = aligned_all(&numbers)?;
    Some((units.try_into().ok()?, scale))
}

/// The same for any number of them.
pub(super) fn aligned_all(numbers: &[&Number]) -> Option<(Vec<i256>, i8)> {
    let exact = numbers.iter().map(|number| number.exact).collect::<Option<Vec<_>>>()?;
    let scale = exact.iter().map(|number| number.scale).max().unwrap_or(0);
    Some((exact.into_iter().map(|number| number.at(scale)).collect::<Option<_>>()?, scale))
}
