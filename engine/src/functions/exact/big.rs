//! A fixed point number as large as it has to be.

use super::limbs::low_limb;
use super::number::{Number, Power};

/// A number in two's complement, in limbs of 64 bits from the one numbered `low` on. Limb 0 begins at position 0, so
/// that no finite `f64` (or its square, where squares are summed up) and no sum of them lies outside.
///
/// The topmost limb is all sign: what is added never reaches it, so it takes up the carry and no addition overflows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Big {
    low: usize,
    limbs: Vec<u64>,
}

/// Bytes that a new number takes, about.
pub(crate) const BIG_BYTES: usize = size_of::<Big>() + 4 * size_of::<u64>();

impl Big {
    /// Adds `± magnitude * 2^position`.
    pub(crate) fn add(&mut self, negative: bool, magnitude: u128, position: u64) {
        let offset = position % 64;
        let (low, high) = (low_limb(magnitude), low_limb(magnitude >> 64));
        let carried = |limb: u64| (limb >> 1) >> (63 - offset);
        let parts = [low << offset, (high << offset) | carried(low), carried(high)];
        let used = parts.iter().rposition(|part| *part != 0).map_or(0, |last| last + 1);
        if used > 0 {
            let limb = usize::try_from(position / 64).unwrap_or(usize::MAX);
            self.make_room(limb, used);
            self.add_parts(negative, limb, parts.iter().copied().take(used));
        }
    }

    /// Adds a number whose exponent is not below position 0.
    pub(crate) fn add_number(&mut self, number: &Number, power: Power) {
        let position = u64::try_from(number.exponent() - power.lowest()).unwrap_or(0);
        for (limb, place) in number.limbs().iter().zip((position..).step_by(64)) {
            self.add(number.is_negative(), u128::from(*limb), place);
        }
    }

    /// The value.
    pub(crate) fn number(&self, power: Power) -> Number {
        let position = i64::try_from(64 * self.low).unwrap_or(0);
        Number::from_twos_complement(self.limbs.clone(), position + power.lowest())
    }

    /// Makes sure that these limbs are there, and one more above them.
    fn make_room(&mut self, limb: usize, count: usize) {
        if self.limbs.is_empty() {
            self.low = limb;
        }
        if limb < self.low {
            let mut limbs = vec![0; self.low - limb];
            limbs.append(&mut self.limbs);
            self.limbs = limbs;
            self.low = limb;
        }
        let needed = limb - self.low + count + 1;
        if self.limbs.len() < needed {
            let sign = self.sign();
            self.limbs.resize(needed, sign);
        }
    }

    fn add_parts(&mut self, negative: bool, limb: usize, mut parts: impl Iterator<Item = u64>) {
        let mut carry = false;
        for limb in self.limbs.iter_mut().skip(limb - self.low) {
            let part = match parts.next() {
                Some(part) => part,
                None if carry => 0,
                None => break,
            };
            let carried = u64::from(carry);
            let (sum, first) = if negative { limb.overflowing_sub(part) } else { limb.overflowing_add(part) };
            let (sum, second) = if negative { sum.overflowing_sub(carried) } else { sum.overflowing_add(carried) };
            *limb = sum;
            carry = first || second;
        }
        // A carry out of the topmost limb only changes the sign.
        let sign = self.sign();
        if self.limbs.last() != Some(&sign) {
            self.limbs.push(sign);
        }
    }

    /// A limb of nothing but the sign.
    fn sign(&self) -> u64 {
        if self.limbs.last().is_some_and(|top| top >> 63 == 1) { u64::MAX } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Big;
    use crate::functions::exact::number::{Number, Power};

    /// The value as an `i128`, if all its bits are at position 1088 (which is 2^0) or above.
    fn value(big: &Big) -> i128 {
        let number = big.number(Power::First);
        let shift = number.exponent();
        let magnitude = number.limbs().iter().rev().fold(0_i128, |value, limb| {
            assert_eq!(value >> 62, 0);
            (value << 64) | i128::from(*limb)
        });
        if magnitude == 0 {
            return 0;
        }
        let magnitude = if shift < 0 { magnitude >> -shift } else { magnitude << shift };
        if number.is_negative() { -magnitude } else { magnitude }
    }

    const ONE: u64 = Power::First.lowest().unsigned_abs();

    #[test]
    fn signs_change_through_zero() {
        let mut big = Big::default();
        assert_eq!(value(&big), 0);
        for (addend, sum) in [(5, 5), (-7, -2), (2, 0), (-1, -1), (1, 0), (1 << 70, 1 << 70), (-(1 << 71), -(1 << 70))]
        {
            big.add_number(&Number::from_i128(addend, 0), Power::First);
            assert_eq!(value(&big), sum);
        }
    }

    #[test]
    fn the_ends_of_the_range_meet() {
        let mut big = Big::default();
        let largest = (1_u128 << 53) - 1;
        for _ in 0..1_000 {
            big.add(false, largest, 971 + ONE);
            big.add(true, 1, 14);
        }
        for _ in 0..1_000 {
            big.add(true, largest, 971 + ONE);
        }
        let number = big.number(Power::First);
        assert!(number.is_negative());
        assert_eq!(number.nearest().map(f64::to_bits), Some((-1_000.0 * f64::from_bits(1)).to_bits()));
    }

    proptest! {
        #[test]
        fn sums_are_those_of_integers(addends in prop::collection::vec((any::<i64>(), 0_u64..40), 0..50)) {
            let mut big = Big::default();
            let mut sum = 0_i128;
            for (addend, shift) in addends {
                big.add(addend < 0, u128::from(addend.unsigned_abs()), ONE + shift);
                sum += i128::from(addend) << shift;
            }
            prop_assert_eq!(value(&big), sum);
        }
    }
}
