//! The one rounding: from an exact number to the nearest `f64`, ties to even.

use super::number::{Number, low_limb};

/// Bits of the mantissa of an `f64`, with the leading one.
const PRECISION: i64 = 53;
/// The exponent of the lowest bit of an `f64`.
const SMALLEST: i64 = -1074;

impl Number {
    /// The nearest `f64`, or nothing if that is infinite. Never -0.0.
    pub(super) fn nearest(&self) -> Option<f64> {
        nearest(self.is_negative(), self.limbs(), self.exponent(), false)
    }

    /// The nearest `f64` to the number divided by all of these, or nothing if that is infinite or a divisor is 0.
    pub(super) fn quotient(&self, divisors: &[u64]) -> Option<f64> {
        if divisors.contains(&0) {
            return None;
        }
        // With a limb more than the divisors can take away, the quotient keeps at least 64 bits.
        let more_limbs = divisors.len() + 1;
        let mut limbs: Vec<u64> = std::iter::repeat_n(0, more_limbs).chain(self.limbs().iter().copied()).collect();
        let mut inexact = false;
        for divisor in divisors {
            inexact |= divide(&mut limbs, *divisor);
        }
        let exponent = self.exponent() - 64 * i64::try_from(more_limbs).ok()?;
        nearest(self.is_negative(), &limbs, exponent, inexact)
    }

    /// The nearest `f64` to the average of `count` decimals whose unscaled sum this is.
    pub(super) fn decimal_average(&self, count: i64, scale: i8) -> Option<f64> {
        let mut divisors = vec![u64::try_from(count).ok()?];
        let powers = powers_of_ten(scale.unsigned_abs());
        if scale >= 0 {
            divisors.extend(powers);
            return self.quotient(&divisors);
        }
        let mut limbs = self.limbs().to_vec();
        for power in powers {
            multiply(&mut limbs, power);
        }
        Self::from_limbs(self.is_negative(), limbs, self.exponent()).quotient(&divisors)
    }
}

/// Rounds `limbs * 2^exponent`; `inexact` says that the true magnitude is more by less than one unit of the lowest
/// bit, which needs a magnitude of more than 53 bits.
fn nearest(negative: bool, limbs: &[u64], exponent: i64, inexact: bool) -> Option<f64> {
    let Some(top) = top_bit(limbs) else { return Some(0.0) };
    // The exponent of the last bit that is kept.
    let mut lowest = (exponent + top - PRECISION + 1).max(SMALLEST);
    let mut mantissa = match u64::try_from(lowest - exponent) {
        Ok(dropped) if dropped > 0 => {
            let kept = bits_from(limbs, dropped);
            let half = bits_from(limbs, dropped - 1) & 1 == 1;
            let above_half = inexact || any_bit_below(limbs, dropped - 1);
            kept + u64::from(half && (above_half || kept & 1 == 1))
        }
        // Fewer bits than the mantissa has: they move up.
        _ => bits_from(limbs, 0) << (exponent - lowest),
    };
    if mantissa >> PRECISION == 1 {
        mantissa >>= 1;
        lowest += 1;
    }
    let fraction = mantissa & ((1_u64 << (PRECISION - 1)) - 1);
    let bits = if fraction == mantissa {
        fraction
    } else {
        let biased = u64::try_from(lowest - SMALLEST + 1).ok().filter(|biased| *biased < 0x7ff)?;
        (biased << (PRECISION - 1)) | fraction
    };
    let magnitude = f64::from_bits(bits);
    Some(if negative && bits != 0 { -magnitude } else { magnitude })
}

/// The index of the highest bit that is set.
fn top_bit(limbs: &[u64]) -> Option<i64> {
    let tops = (0_i64..).step_by(64).zip(limbs).filter(|(_, limb)| **limb != 0);
    tops.last().map(|(base, limb)| base + i64::from(limb.ilog2()))
}

/// 64 bits from a bit on; above the highest limb there are zeros.
pub(super) fn bits_from(limbs: &[u64], bit: u64) -> u64 {
    let index = usize::try_from(bit / 64).unwrap_or(usize::MAX);
    let mut from = limbs.iter().copied().skip(index);
    let low = from.next().unwrap_or(0);
    let high = from.next().unwrap_or(0);
    let offset = bit % 64;
    (low >> offset) | ((high << 1) << (63 - offset))
}

/// Whether any bit below this one is set.
fn any_bit_below(limbs: &[u64], bit: u64) -> bool {
    let index = usize::try_from(bit / 64).unwrap_or(usize::MAX);
    let mask = (1_u64 << (bit % 64)) - 1;
    limbs.iter().take(index).any(|limb| *limb != 0) || limbs.get(index).is_some_and(|limb| limb & mask != 0)
}

/// Divides in place; true if there is a remainder.
fn divide(limbs: &mut [u64], divisor: u64) -> bool {
    let divisor = u128::from(divisor);
    let mut remainder = 0_u128;
    for limb in limbs.iter_mut().rev() {
        let dividend = (remainder << 64) | u128::from(*limb);
        *limb = low_limb(dividend / divisor);
        remainder = dividend % divisor;
    }
    remainder != 0
}

fn multiply(limbs: &mut Vec<u64>, factor: u64) {
    let mut carry = 0_u128;
    for limb in limbs.iter_mut() {
        let product = u128::from(*limb) * u128::from(factor) + carry;
        *limb = low_limb(product);
        carry = product >> 64;
    }
    limbs.push(low_limb(carry));
}

/// Factors whose product is a power of ten.
fn powers_of_ten(mut digits: u8) -> Vec<u64> {
    let mut factors = Vec::new();
    while digits > 0 {
        let part = digits.min(19);
        factors.push(10_u64.pow(u32::from(part)));
        digits -= part;
    }
    factors
}

#[cfg(test)]
mod tests {
    use super::Number;

    #[test]
    fn integers_round_to_even() {
        #[track_caller]
        fn check(value: i128, exponent: i64, expected: Option<f64>) {
            let rounded = Number::from_i128(value, exponent).nearest();
            assert_eq!(rounded.map(f64::to_bits), expected.map(f64::to_bits), "{value} * 2^{exponent}");
        }
        let two_53 = 1_i128 << 53;
        check(0, 0, Some(0.0));
        check(-1, 0, Some(-1.0));
        check(1, -1074, Some(f64::from_bits(1)));
        check(two_53 + 1, 0, Some(9_007_199_254_740_992.0));
        check(two_53 + 2, 0, Some(9_007_199_254_740_994.0));
        check(two_53 + 3, 0, Some(9_007_199_254_740_996.0));
        check(-two_53 - 1, 0, Some(-9_007_199_254_740_992.0));
        check(((two_53 + 1) << 60) + 1, -60, Some(9_007_199_254_740_994.0));
        // Half of the smallest subnormal is a tie with 0, more is not; the sign of 0 is lost.
        check(-1, -1075, Some(0.0));
        check(3, -1076, Some(f64::from_bits(1)));
        check(3, -1075, Some(f64::from_bits(2)));
        // The largest f64, and what is nearer to infinity.
        check(two_53 - 1, 971, Some(f64::MAX));
        check(2 * two_53 - 1, 970, None);
        check(4 * two_53 - 3, 969, Some(f64::MAX));
        check(1, 1024, None);
        check(i128::MIN, 0, Some(-170_141_183_460_469_231_731_687_303_715_884_105_728.0));
    }

    #[test]
    fn quotients_are_rounded_once() {
        #[track_caller]
        fn check(value: i128, divisors: &[u64], expected: Option<f64>) {
            let rounded = Number::from_i128(value, 0).quotient(divisors);
            assert_eq!(rounded.map(f64::to_bits), expected.map(f64::to_bits), "{value} / {divisors:?}");
        }
        check(1, &[3], Some(1.0 / 3.0));
        check(-2, &[3], Some(-2.0 / 3.0));
        check(10, &[4], Some(2.5));
        check(0, &[7], Some(0.0));
        check(1, &[0], None);
        check(1, &[10, 10], Some(0.01));
        // 2^53 + 3 alone would be rounded to 2^53 + 4, a third of which is a whole number.
        check((1 << 53) + 3, &[3], Some(3_002_399_751_580_331.5));
        check(i128::MAX, &[u64::MAX], Some(9_223_372_036_854_775_808.0));
    }

    #[test]
    fn averages_of_decimals_heed_the_scale() {
        let average = |sum, count, scale| Number::from_i128(sum, 0).decimal_average(count, scale).map(f64::to_bits);
        assert_eq!(average(301, 2, 2), Some(1.505_f64.to_bits()));
        assert_eq!(average(3, 2, -2), Some(150.0_f64.to_bits()));
        assert_eq!(average(1, 1, 38), Some(1e-38_f64.to_bits()));
        assert_eq!(average(12, 10, -25), Some(1.2e25_f64.to_bits()));
        assert_eq!(average(1, 0, 2), None);
        assert_eq!(average(1, -1, 2), None);
    }
}
