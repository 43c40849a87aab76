//! Exact arithmetic of the oracle: float sums in one long fixed-point number, quotients by long division.

/// Digits of 32 bits: 2^-1074, the least float, is bit 0; the greatest needs bit 2097, the rest is room to grow.
const DIGITS: usize = 72;

/// The sum of floats without any rounding, until it is asked for. Takes up to 2^29 values.
#[derive(Debug, Clone)]
pub struct FloatSum([i64; DIGITS]);

impl Default for FloatSum {
    fn default() -> Self {
        Self([0; DIGITS])
    }
}

impl FloatSum {
    /// Adds a finite value.
    pub fn add(&mut self, value: f64) {
        let bits = value.to_bits();
        let exponent = ((bits >> 52) & 0x7ff) as usize;
        let fraction = bits & ((1 << 52) - 1);
        // A subnormal counts units of bit 0; a normal has the hidden bit and stands `exponent - 1` bits higher.
        let (mantissa, shift) = if exponent == 0 { (fraction, 0) } else { (fraction | (1 << 52), exponent - 1) };
        let shifted = u128::from(mantissa) << (shift % 32);
        let sign = if value.is_sign_negative() { -1 } else { 1 };
        for piece in 0..3 {
            self.0[shift / 32 + piece] += sign * i64::from((shifted >> (32 * piece)) as u32);
        }
    }

    fn carry(digits: &mut [i64; DIGITS]) {
        for place in 0..DIGITS - 1 {
            let carry = digits[place] >> 32;
            digits[place] -= carry << 32;
            digits[place + 1] += carry;
        }
    }

    /// The float nearest to the sum, to even between two; none if no float is that great.
    #[must_use]
    pub fn rounded(&self) -> Option<f64> {
        let mut digits = self.0;
        Self::carry(&mut digits);
        let negative = digits[DIGITS - 1] < 0;
        if negative {
            digits = digits.map(|digit| -digit);
            Self::carry(&mut digits);
        }
        let bit = |place: usize| ((digits[place / 32] >> (place % 32)) & 1) as u64;
        let length = (0..DIGITS * 32).rev().find(|place| bit(*place) == 1).map_or(0, |top| top + 1);
        let cut = length.saturating_sub(53);
        let mut mantissa = (cut..length).rev().fold(0, |value, place| (value << 1) | bit(place));
        if cut > 0 && bit(cut - 1) == 1 && (mantissa & 1 == 1 || (0..cut - 1).any(|place| bit(place) == 1)) {
            mantissa += 1;
        }
        // The mantissa counts units of 2^(cut - 1074). With its hidden bit added to the exponent field below, `cut` is
        // just the field, and a mantissa that was rounded up to 2^53 carries into it.
        let bits = ((cut as u64) << 52) + mantissa;
        (bits < 0x7ff << 52).then(|| if negative { -f64::from_bits(bits) } else { f64::from_bits(bits) })
    }
}

/// The mean of floats: their sum, rounded, by their number. Where the sum is beyond all floats, the mean may still be
/// one; it is then taken of smaller values.
#[must_use]
pub fn mean(values: &[f64]) -> Option<f64> {
    const SMALLER: f64 = 1.0 / (1_u128 << 100) as f64;
    if values.is_empty() {
        return None;
    }
    let of = |scale: f64| {
        let mut sum = FloatSum::default();
        values.iter().for_each(|value| sum.add(value * scale));
        sum.rounded().map(|sum| sum / values.len() as f64 / scale + 0.0)
    };
    of(1.0).or_else(|| of(SMALLER)).filter(|mean| mean.is_finite())
}

/// The float nearest to a quotient of integers.
#[must_use]
pub fn quotient(numerator: i128, denominator: i128) -> f64 {
    let (mut rest, whole) = (numerator.abs() % denominator, numerator.abs() / denominator);
    let mut text = format!("{}{whole}.", if numerator < 0 { "-" } else { "" });
    for _ in 0..50 {
        rest *= 10;
        text.push(char::from(b'0' + (rest / denominator) as u8));
        rest %= denominator;
    }
    text.parse().expect("digits")
}

#[cfg(test)]
mod tests {
    use super::{FloatSum, quotient};
    use crate::rng::Rng;

    fn sum(values: &[f64]) -> Option<f64> {
        let mut sum = FloatSum::default();
        values.iter().for_each(|value| sum.add(*value));
        sum.rounded()
    }

    /// Another way to the same number: values and errors of two-sums, as Shewchuk describes, until nothing is lost.
    fn by_partials(values: &[f64]) -> f64 {
        let mut partials: Vec<f64> = Vec::new();
        for value in values {
            let mut carried = *value;
            let mut kept = Vec::new();
            for partial in partials {
                let (great, small) =
                    if carried.abs() < partial.abs() { (partial, carried) } else { (carried, partial) };
                carried = great + small;
                let lost = small - (carried - great);
                if lost != 0.0 {
                    kept.push(lost);
                }
            }
            kept.push(carried);
            partials = kept;
        }
        let mut total = 0.0;
        let mut partials = partials.into_iter().rev().peekable();
        while let Some(partial) = partials.next() {
            let before = total;
            total = before + partial;
            let lost = partial - (total - before);
            if lost != 0.0 {
                // Exactly half way: what is still to come decides.
                if let Some(next) = partials.peek()
                    && (lost > 0.0) == (*next > 0.0)
                    && (total + lost * 2.0) - total == lost * 2.0
                {
                    total += lost * 2.0;
                }
                break;
            }
        }
        total
    }

    #[test]
    fn sums_are_rounded_once() {
        assert_eq!(sum(&[]), Some(0.0));
        assert_eq!(sum(&[0.1; 10]), Some(1.0));
        assert_eq!(sum(&[1e100, 1.0, -1e100]), Some(1.0));
        assert_eq!(sum(&[f64::MAX, f64::MAX, -f64::MAX]), Some(f64::MAX));
        assert_eq!(sum(&[f64::MAX, f64::MAX]), None);
        assert_eq!(sum(&[-f64::MAX]), Some(-f64::MAX));
        assert_eq!(sum(&[5e-324, 5e-324]), Some(1e-323));
        assert_eq!(sum(&[2f64.powi(-1022), 5e-324]), Some(2f64.powi(-1022) + 5e-324));
        assert_eq!(sum(&[9_007_199_254_740_992.0, 1.0]), Some(9_007_199_254_740_992.0));
        assert_eq!(sum(&[9_007_199_254_740_992.0, 1.0, 5e-324]), Some(9_007_199_254_740_994.0));
        assert_eq!(sum(&[-9_007_199_254_740_994.0, -1.0]), Some(-9_007_199_254_740_996.0));
    }

    #[test]
    fn two_ways_to_a_sum_agree() {
        let mut rng = Rng::new(7);
        for _ in 0..2000 {
            let spread = rng.between(0, 250) as i32;
            let values: Vec<f64> = (0..rng.between(1, 40))
                .map(|_| {
                    let scale = 2f64.powi(rng.between(-i64::from(spread), i64::from(spread)) as i32);
                    rng.between(-(1 << 53), 1 << 53) as f64 * scale
                })
                .collect();
            assert_eq!(sum(&values), Some(by_partials(&values)), "{values:?}");
        }
    }

    #[test]
    fn quotients_are_the_nearest_floats() {
        assert_eq!(quotient(1, 3), 1.0 / 3.0);
        assert_eq!(quotient(-7, 2), -3.5);
        assert_eq!(quotient(i128::from(i64::MAX), 1), 2f64.powi(63));
        assert_eq!(quotient(1, 1_000_000_000_000_000_000), 1e-18);
    }
}
