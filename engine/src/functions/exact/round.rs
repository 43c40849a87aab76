//! The one rounding: from an exact number to the nearest `f64`, ties to even.

use super::divide::long_quotient;
use super::limbs::{any_bit_below, bits_from, divide, low_limb, top_bit};
use super::number::Number;

/// Bits of the mantissa of an `f64`, with the leading one.
const PRECISION: i64 = 53;
/// The exponent of the lowest bit of an `f64`.
const SMALLEST: i64 = -1074;

impl Number {
    /// The nearest `f64`, or nothing if that is infinite. Never -0.0.
    pub(crate) fn nearest(&self) -> Option<f64> {
        nearest(self.is_negative(), self.limbs(), self.exponent(), false)
    }

    /// The nearest `f64` to the number divided by all of these, or nothing if that is infinite or a divisor is 0.
    pub(crate) fn quotient(&self, divisors: &[u64]) -> Option<f64> {
        let quotient = self.divided(divisors, 1)?;
        nearest(self.is_negative(), &quotient.limbs, quotient.exponent, quotient.inexact)
    }

    /// The nearest `f64` to the square root of the number divided by all of these, or nothing if that is infinite or
    /// not real, or if a divisor is 0.
    pub(crate) fn root_of_quotient(&self, divisors: &[u64]) -> Option<f64> {
        let radicand = self.divided(divisors, 2)?;
        if self.is_negative() && top_bit(&radicand.limbs).is_some() {
            return None;
        }
        root(false, &radicand)
    }

    /// The nearest `f64` to the number divided by the square root of another, or nothing if that is infinite or not
    /// real, or if the other is 0.
    pub(crate) fn over_root_of(&self, other: &Self) -> Option<f64> {
        if other.is_negative() {
            return None;
        }
        root(self.is_negative(), &self.product(self).divided_by(other)?)
    }

    /// The number divided by all of these, cut off; of a number that is not 0, more than `64 * spare` bits are left.
    fn divided(&self, divisors: &[u64], spare: usize) -> Option<Quotient> {
        if divisors.contains(&0) {
            return None;
        }
        // Each divisor takes away a limb at most.
        let more_limbs = divisors.len() + spare;
        let mut limbs: Vec<u64> = std::iter::repeat_n(0, more_limbs).chain(self.limbs().iter().copied()).collect();
        let mut inexact = false;
        for divisor in divisors {
            inexact |= divide(&mut limbs, *divisor);
        }
        Some(Quotient { limbs, exponent: self.exponent() - 64 * i64::try_from(more_limbs).ok()?, inexact })
    }

    /// The number divided by another, cut off; of a number that is not 0, more than 128 bits are left.
    fn divided_by(&self, divisor: &Self) -> Option<Quotient> {
        let used = self.limbs().iter().rposition(|limb| *limb != 0).map_or(0, |top| top + 1);
        // As long as the divisor, and three limbs more, of which the highest may be nearly empty.
        let more_limbs = (divisor.limbs().len() + 3).saturating_sub(used);
        let dividend: Vec<u64> = std::iter::repeat_n(0, more_limbs).chain(self.limbs().iter().copied()).collect();
        let (limbs, inexact) = long_quotient(&dividend, divisor.limbs())?;
        let exponent = self.exponent() - divisor.exponent() - 64 * i64::try_from(more_limbs).ok()?;
        Some(Quotient { limbs, exponent, inexact })
    }

    /// The nearest `f64` to the average of `count` decimals whose unscaled sum this is.
    pub(crate) fn decimal_average(&self, count: i64, scale: i8) -> Option<f64> {
        let mut divisors = vec![u64::try_from(count).ok()?];
        let powers = powers_of_ten(scale.unsigned_abs());
        if scale >= 0 {
            divisors.extend(powers);
            return self.quotient(&divisors);
        }
        powers.iter().fold(self.clone(), |sum, power| sum.times(*power)).quotient(&divisors)
    }
}

/// A quotient that was cut off: `limbs * 2^exponent`, and more than that by less than a unit of the lowest limb if it
/// is inexact.
#[derive(Debug)]
struct Quotient {
    limbs: Vec<u64>,
    exponent: i64,
    inexact: bool,
}

/// Rounds the square root of a quotient of more than 128 bits, or of 0, and gives it a sign.
fn root(negative: bool, radicand: &Quotient) -> Option<f64> {
    let Quotient { limbs, exponent, inexact } = radicand;
    let Some(top) = top_bit(limbs) else { return Some(0.0) };
    // The highest 127 or 128 bits, so that the exponent is even; their root has 64.
    let lowest = top - 127 + (exponent + top - 127).rem_euclid(2);
    let dropped = u64::try_from(lowest).ok()?;
    let kept = (u128::from(bits_from(limbs, dropped + 64)) << 64) | u128::from(bits_from(limbs, dropped));
    let root = kept.isqrt();
    // The integer root of what was cut off is that of the whole: there is no square between the two.
    let inexact = *inexact || any_bit_below(limbs, dropped) || root * root != kept;
    nearest(negative, &[low_limb(root)], (exponent + lowest) / 2, inexact)
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

/// Factors whose product is a power of ten.
pub(crate) fn powers_of_ten(mut digits: u8) -> Vec<u64> {
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
    fn roots_are_rounded_once() {
        #[track_caller]
        fn check(value: i128, exponent: i64, divisors: &[u64], expected: Option<f64>) {
            let rounded = Number::from_i128(value, exponent).root_of_quotient(divisors);
            assert_eq!(rounded.map(f64::to_bits), expected.map(f64::to_bits), "{value} * 2^{exponent} / {divisors:?}");
        }
        let two_53 = 1_i128 << 53;
        check(0, 0, &[3], Some(0.0));
        check(-1, 0, &[], None);
        check(1, 0, &[0], None);
        check(1, 0, &[], Some(1.0));
        check(2, 0, &[], Some(std::f64::consts::SQRT_2));
        check(1, 0, &[2], Some(std::f64::consts::FRAC_1_SQRT_2));
        check(9, 0, &[16], Some(0.75));
        check(1, 0, &[10, 10], Some(0.1));
        check(3, 2_047, &[6], Some(2.0_f64.powi(1_023)));
        check(1, 2_048, &[], None);
        // (2^53 + 1)^2 is a tie, which goes to the even neighbour; a bit more or less decides.
        let tie = (two_53 + 1) * (two_53 + 1);
        check(tie, 0, &[], Some(9_007_199_254_740_992.0));
        check(tie + 1, 0, &[], Some(9_007_199_254_740_994.0));
        check(tie - 1, 0, &[], Some(9_007_199_254_740_992.0));
        check(tie, 0, &[u64::MAX, u64::MAX], Some(2.0_f64.powi(-11).next_up()));
        // Below the smallest floats: half of the smallest is a tie with 0.
        check(1, -2_148, &[], Some(f64::from_bits(1)));
        check(1, -2_149, &[], Some(f64::from_bits(1)));
        check(1, -2_150, &[], Some(0.0));
        check(5, -2_152, &[], Some(f64::from_bits(1)));
    }

    #[test]
    fn a_number_over_a_root_is_rounded_once() {
        #[track_caller]
        fn check(value: &Number, radicand: &Number, expected: Option<f64>) {
            let rounded = value.over_root_of(radicand);
            assert_eq!(rounded.map(f64::to_bits), expected.map(f64::to_bits), "{value:?} / {radicand:?}");
        }
        let of = Number::from_i128;
        check(&of(1, 0), &of(0, 0), None);
        check(&of(1, 0), &of(-4, 0), None);
        check(&of(0, 3), &of(7, 0), Some(0.0));
        check(&of(-3, 0), &of(9, 0), Some(-1.0));
        check(&of(-3, 0), &of(16, 0), Some(-0.75));
        check(&of(1, 0), &of(2, 0), Some(std::f64::consts::FRAC_1_SQRT_2));
        check(&of(1, 7), &of(1, 17), Some(std::f64::consts::FRAC_1_SQRT_2 * 0.5));
        check(&of(1, 7), &of(1, -3), Some(std::f64::consts::SQRT_2 * 256.0));
        check(&of(1, 600), &of(1, -1_000), None);
        // Half of the smallest float is a tie with 0, a bit more is not; there is no -0.0.
        check(&of(-1, -1_075), &of(1, 0), Some(0.0));
        check(&of(-1, -1_075), &of((1 << 100) - 1, -100), Some(-f64::from_bits(1)));
        check(&of(1, -1_000), &of(1, 3_000), Some(0.0));
        // A number of many limbs over one of few, and the other way round.
        let long = Number::from_limbs(false, vec![1, 0, 0, 0, 0, 0, 1 << 40], -424);
        check(&long, &of(1, 0), Some(1.0));
        check(&of(5, 0), &long, Some(5.0));
        check(&of(1, 0), &long.product(&long), Some(1.0));
        // 1 + 2^-53 is a tie, which goes to the even neighbour; a bit more decides.
        let tie = Number::from_limbs(true, vec![0, (1 << 53) + 1], -117);
        check(&tie, &of(1, 0), Some(-1.0));
        let less = Number::from_limbs(false, vec![u64::MAX, u64::MAX, u64::MAX], -192);
        check(&tie, &less, Some(-(1.0_f64.next_up())));
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
