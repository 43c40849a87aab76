//! An exact number, whatever form it was summed up in.

use arrow::datatypes::i256;

use super::limbs::{any_bit_below, bits_from, low_limb, multiply, negate, product, top_bit};

/// Which power of the values is summed up; a product of two is a second power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Power {
    First,
    Second,
}

impl Power {
    /// The exponent of two at position 0. Every bit of that power of a finite `f64` has a position: the lowest bit of
    /// an `f64` is 2^-1074.
    pub(crate) const fn lowest(self) -> i64 {
        match self {
            Self::First => -1088,
            Self::Second => -2176,
        }
    }

    /// How many positions the last bit of that power of a float may have, about.
    pub(crate) const fn positions(self) -> usize {
        match self {
            Self::First => 2_112,
            Self::Second => 4_224,
        }
    }

    /// More bits than a sum of that power of finite floats, or of decimals, can have.
    pub(crate) const fn bits(self) -> u64 {
        match self {
            Self::First => 2_304,
            Self::Second => 4_608,
        }
    }
}

/// `± limbs * 2^exponent`, the limbs in little-endian order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    negative: bool,
    limbs: Limbs,
    exponent: i64,
}

/// Nearly all numbers have two limbs; they need no allocation.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Limbs {
    Two([u64; 2]),
    Many(Vec<u64>),
}

impl Number {
    pub(crate) fn from_i128(value: i128, exponent: i64) -> Self {
        let magnitude = value.unsigned_abs();
        Self { negative: value < 0, limbs: Limbs::Two([low_limb(magnitude), low_limb(magnitude >> 64)]), exponent }
    }

    pub(crate) fn from_i256(value: i256, exponent: i64) -> Self {
        // The least has no positive counterpart, but its bits are those of its magnitude.
        let (low, high) = value.wrapping_abs().to_parts();
        let high = high.cast_unsigned();
        let limbs = vec![low_limb(low), low_limb(low >> 64), low_limb(high), low_limb(high >> 64)];
        Self::from_limbs(value.is_negative(), limbs, exponent)
    }

    /// From a magnitude in little-endian limbs.
    pub(crate) fn from_limbs(negative: bool, limbs: Vec<u64>, exponent: i64) -> Self {
        let limbs = match limbs.as_slice() {
            [] => Limbs::Two([0, 0]),
            [low] => Limbs::Two([*low, 0]),
            [low, high] => Limbs::Two([*low, *high]),
            _ => Limbs::Many(limbs),
        };
        Self { negative, limbs, exponent }
    }

    /// From limbs in two's complement.
    pub(crate) fn from_twos_complement(mut limbs: Vec<u64>, exponent: i64) -> Self {
        let negative = limbs.last().is_some_and(|top| top >> 63 == 1);
        if negative {
            negate(&mut limbs);
        }
        Self::from_limbs(negative, limbs, exponent)
    }

    pub(crate) fn is_negative(&self) -> bool {
        self.negative
    }

    pub(crate) fn exponent(&self) -> i64 {
        self.exponent
    }

    /// The magnitude.
    pub(crate) fn limbs(&self) -> &[u64] {
        match &self.limbs {
            Limbs::Two(limbs) => limbs,
            Limbs::Many(limbs) => limbs,
        }
    }

    /// The magnitude, if it is small.
    pub(crate) fn small(&self) -> Option<u128> {
        match &self.limbs {
            Limbs::Two([low, high]) => Some((u128::from(*high) << 64) | u128::from(*low)),
            Limbs::Many(_) => None,
        }
    }

    /// The magnitude in units of `2^unit`, if that is an integer below `2^(64 LIMBS - 1)`.
    pub(crate) fn in_units<const LIMBS: usize>(&self, unit: i64) -> Option<[u64; LIMBS]> {
        let limbs = self.limbs();
        let mut units = [0; LIMBS];
        let Some(top) = top_bit(limbs) else { return Some(units) };
        let dropped = unit - self.exponent;
        if top - dropped >= i64::try_from(64 * LIMBS).ok()? - 1 {
            return None;
        }
        if u64::try_from(dropped).is_ok_and(|dropped| any_bit_below(limbs, dropped)) {
            return None;
        }
        for (limb, bit) in units.iter_mut().zip((dropped..).step_by(64)) {
            *limb = match u64::try_from(bit) {
                Ok(bit) => bits_from(limbs, bit),
                // Below the lowest bit there are zeros.
                Err(_) => {
                    let zeros = u32::try_from(bit.unsigned_abs()).unwrap_or(u32::MAX);
                    bits_from(limbs, 0).checked_shl(zeros).unwrap_or(0)
                }
            };
        }
        Some(units)
    }

    pub(crate) fn negated(self) -> Self {
        Self { negative: !self.negative, ..self }
    }

    pub(crate) fn times(&self, factor: u64) -> Self {
        let mut limbs = self.limbs().to_vec();
        multiply(&mut limbs, factor);
        Self::from_limbs(self.negative, limbs, self.exponent)
    }

    pub(crate) fn product(&self, other: &Self) -> Self {
        let mut limbs = vec![0; self.limbs().len() + other.limbs().len()];
        product(self.limbs(), other.limbs(), &mut limbs);
        Self::from_limbs(self.negative != other.negative, limbs, self.exponent + other.exponent)
    }
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::i256;

    use super::Number;

    #[test]
    fn units_hold_the_number_exactly_or_not_at_all() {
        #[track_caller]
        fn check(value: i128, exponent: i64, unit: i64, expected: Option<[u64; 2]>) {
            assert_eq!(Number::from_i128(value, exponent).in_units::<2>(unit), expected);
        }
        check(0, 5, 900, Some([0, 0]));
        check(5, 0, 0, Some([5, 0]));
        check(-5, 0, 0, Some([5, 0]));
        check(5, 3, 0, Some([40, 0]));
        check(40, 0, 3, Some([5, 0]));
        check(40, 0, 4, None);
        check(5, 64, 0, Some([0, 5]));
        check(5, 63, 0, Some([1 << 63, 2]));
        check(5 << 64, 0, 64, Some([5, 0]));
        check(5 << 64, 0, 1, Some([1 << 63, 2]));
        check(1, 126, 0, Some([0, 1 << 62]));
        check(1, 127, 0, None);
        check(1, -1, 0, None);
        check(1, 1_000, -1_000, None);
    }

    #[test]
    fn products_keep_exponent_and_sign() {
        let number = Number::from_i128(-3, -7);
        assert_eq!(number.times(5), Number::from_limbs(true, vec![15, 0, 0], -7));
        assert_eq!(number.product(&number), Number::from_limbs(false, vec![9, 0, 0, 0], -14));
        assert_eq!(number.product(&Number::from_i128(7, 4)), Number::from_limbs(true, vec![21, 0, 0, 0], -3));
        assert_eq!(number.negated(), Number::from_i128(3, -7));
        let least = Number::from_i256(i256::MIN, 0);
        assert_eq!(least, Number::from_limbs(true, vec![0, 0, 0, 1 << 63], 0));
        assert_eq!(Number::from_i256(i256::MINUS_ONE, 0), Number::from_limbs(true, vec![1, 0, 0, 0], 0));
    }
}
