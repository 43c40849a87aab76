//! The integers that decimals are made of, of 128 and of 256 bits, and what both can do.

use std::cmp::Ordering;
use std::fmt::Debug;

use arrow::datatypes::i256;

/// Half of the digits that a decimal can have.
const HALF: u128 = 10_u128.pow(38);

/// A signed integer. What gives `None` has no result in so many bits.
pub(crate) trait Integer: Copy + Ord + Default + Debug {
    fn from_i64(value: i64) -> Self;

    fn from_wide(value: i256) -> Option<Self>;

    fn to_wide(self) -> i256;

    fn to_int64(self) -> Option<i64>;

    fn power_of_ten(exponent: u32) -> Option<Self>;

    fn plus(self, other: Self) -> Option<Self>;

    fn minus(self, other: Self) -> Option<Self>;

    fn times(self, other: Self) -> Option<Self>;

    /// Quotient, cut off, and remainder, which has the sign of the dividend. The divisor is above 0.
    fn divided(self, divisor: Self) -> (Self, Self);

    /// The magnitude in two parts: the second one is its last 38 digits. For decimals of at most 76 digits.
    fn halves(self) -> (u128, u128);

    /// The greatest number of so many digits.
    fn limit(digits: u32) -> Option<Self> {
        Self::power_of_ten(digits)?.minus(Self::from_i64(1))
    }

    /// Whether the magnitude is at most the limit, which is not below 0.
    fn is_within(self, limit: Self) -> bool {
        self <= limit && Self::default().minus(limit).is_some_and(|least| self >= least)
    }

    /// The quotient that is not above the exact one. The divisor is above 0.
    fn floor_divided(self, divisor: Self) -> Option<Self> {
        let (quotient, remainder) = self.divided(divisor);
        if remainder < Self::default() { quotient.minus(Self::from_i64(1)) } else { Some(quotient) }
    }
}

impl Integer for i128 {
    fn from_i64(value: i64) -> Self {
        value.into()
    }

    fn from_wide(value: i256) -> Option<Self> {
        value.to_i128()
    }

    fn to_wide(self) -> i256 {
        i256::from_i128(self)
    }

    fn to_int64(self) -> Option<i64> {
        self.try_into().ok()
    }

    fn power_of_ten(exponent: u32) -> Option<Self> {
        10_i128.checked_pow(exponent)
    }

    fn plus(self, other: Self) -> Option<Self> {
        self.checked_add(other)
    }

    fn minus(self, other: Self) -> Option<Self> {
        self.checked_sub(other)
    }

    fn times(self, other: Self) -> Option<Self> {
        // Most factors are small, and then there is nothing to check.
        match (i64::try_from(self), i64::try_from(other)) {
            (Ok(left), Ok(right)) => Some(Self::from(left) * Self::from(right)),
            _ => self.checked_mul(other),
        }
    }

    fn divided(self, divisor: Self) -> (Self, Self) {
        let quotient = self / divisor;
        (quotient, self - quotient * divisor)
    }

    fn halves(self) -> (u128, u128) {
        let magnitude = self.unsigned_abs();
        (magnitude / HALF, magnitude % HALF)
    }
}

impl Integer for i256 {
    fn from_i64(value: i64) -> Self {
        value.into()
    }

    fn from_wide(value: i256) -> Option<Self> {
        Some(value)
    }

    fn to_wide(self) -> i256 {
        self
    }

    fn to_int64(self) -> Option<i64> {
        self.to_i128()?.try_into().ok()
    }

    fn power_of_ten(exponent: u32) -> Option<Self> {
        Self::from_i128(10).checked_pow(exponent)
    }

    fn plus(self, other: Self) -> Option<Self> {
        self.checked_add(other)
    }

    fn minus(self, other: Self) -> Option<Self> {
        self.checked_sub(other)
    }

    fn times(self, other: Self) -> Option<Self> {
        self.checked_mul(other)
    }

    fn divided(self, divisor: Self) -> (Self, Self) {
        match (self.to_i128(), divisor.to_i128()) {
            (Some(dividend), Some(divisor)) => {
                let (quotient, remainder) = dividend.divided(divisor);
                (Self::from_i128(quotient), Self::from_i128(remainder))
            }
            _ => {
                let quotient = self.wrapping_div(divisor);
                (quotient, self.wrapping_sub(quotient.wrapping_mul(divisor)))
            }
        }
    }

    fn halves(self) -> (u128, u128) {
        match self.to_i128() {
            Some(small) => small.halves(),
            None => {
                let unit = Self::from_parts(HALF, 0);
                let (high, low) = self.divided(unit);
                let part = |part: Self| part.to_i128().map_or(u128::MAX, i128::unsigned_abs);
                (part(high), part(low))
            }
        }
    }
}

/// Multiplication by a power of ten, or division by one that rounds half away from zero.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rescale<I> {
    Same,
    Up(I),
    /// `below_half` is the greatest remainder that rounds toward zero.
    Down {
        unit: I,
        below_half: I,
    },
}

impl<I: Integer> Rescale<I> {
    /// By so many places, to the left where they are below 0; nothing if the power of ten has too many bits.
    pub(crate) fn by(places: i32) -> Option<Self> {
        let unit = I::power_of_ten(places.unsigned_abs())?;
        Some(match places.cmp(&0) {
            Ordering::Equal => Self::Same,
            Ordering::Greater => Self::Up(unit),
            Ordering::Less => {
                let (half, _) = unit.divided(I::from_i64(2));
                Self::Down { unit, below_half: half.minus(I::from_i64(1))? }
            }
        })
    }

    pub(crate) fn apply(&self, value: I) -> Option<I> {
        match *self {
            Self::Same => Some(value),
            Self::Up(unit) => value.times(unit),
            Self::Down { unit, below_half } => {
                let (quotient, remainder) = value.divided(unit);
                if remainder.is_within(below_half) {
                    Some(quotient)
                } else if value < I::default() {
                    quotient.minus(I::from_i64(1))
                } else {
                    quotient.plus(I::from_i64(1))
                }
            }
        }
    }
}

/// Moves the point of decimals. `None` is too large a number; the values have no more digits than a decimal can have.
pub(super) fn rescaled<I: Integer>(places: i32) -> impl Fn(I) -> Option<I> {
    let rescale = Rescale::by(places);
    move |value| match &rescale {
        Some(rescale) => rescale.apply(value),
        // Ten times as large as any value: of what is divided by it, less than half is left.
        None if places < 0 || value == I::default() => Some(I::default()),
        None => None,
    }
}
