//! Rounding to multiples, on the shortest decimal forms, so that multiples of 0.05 look like 1.15.

use std::cmp::Ordering;

use arrow::array::ArrayRef;
use arrow::datatypes::i256;
use datafusion::common::Result;

use super::operand::Exact;
use crate::functions::arithmetic::{Integer, float_of, nearest, whole};
use crate::functions::scalar::call::Call;

/// From 10^17 multiples on, floats are farther from each other than multiples are, so the number is left as it is.
const FAR: u32 = 17;

/// Up to here a float holds every integer.
const WHOLE: u64 = 1 << 53;

pub(super) fn round_to(call: &Call<'_>) -> Result<ArrayRef> {
    let (numbers, multiples) = (call.floats(0)?, call.floats(1)?);
    let mut last: Option<(u64, Exact)> = None;
    Ok(call.gather_floats(|row| {
        let (number, multiple) = (numbers.get(row)?, multiples.get(row)?);
        // Mostly it is the same in all rows.
        let exact = match last {
            Some((bits, exact)) if bits == multiple.to_bits() => exact,
            _ => last.insert((multiple.to_bits(), Exact::shortest(multiple)?)).1,
        };
        quick(number, multiple, exact).or_else(|| slow(number, exact))
    }))
}

/// The result where floats tell it: the quotient is small and far from a tie. It is within a relative error of 2^-51 of
/// the quotient of the shortest forms, so a margin of 2^-48 is enough.
fn quick(number: f64, multiple: f64, exact: Exact) -> Option<f64> {
    let quotient = number / multiple;
    let count = quotient.round();
    let to_tie = 0.5 - (quotient - count).abs();
    let is_clear = quotient.abs() < float_of(1 << 45) && to_tie > quotient.abs() * (16.0 * f64::EPSILON);
    if !is_clear {
        return None;
    }
    let units = whole(count)?.checked_mul(exact.unscaled.to_int64()?)?;
    // Then one division of exact floats gives the result.
    let scale = i8::try_from(exact.scale).ok().filter(|scale| (0..=22).contains(scale))?;
    if units.unsigned_abs() <= WHOLE { nearest(i128::from(units), scale) } else { None }
}

/// The result, digit by digit.
fn slow(number: f64, multiple: Exact) -> Option<f64> {
    if multiple.unscaled == i256::ZERO {
        return None;
    }
    let exact = Exact::shortest(number)?;
    let size = multiple.unscaled.wrapping_abs();
    // The number in units of the multiple's last digit is its digits with so many zeros, or without so many places.
    let zeros = multiple.scale - exact.scale;
    if zeros > 40 {
        return if exact.unscaled == i256::ZERO { Some(0.0) } else { Some(number) };
    }
    if zeros < -40 {
        return Some(0.0);
    }
    let unit = i256::power_of_ten(zeros.unsigned_abs())?;
    let (dividend, divisor) =
        if zeros >= 0 { (exact.unscaled.times(unit)?, size) } else { (exact.unscaled, size.times(unit)?) };
    let (count, rest) = dividend.divided(divisor);
    if !count.is_within(i256::power_of_ten(FAR)?.minus(i256::ONE)?) {
        return Some(number);
    }
    let rest = rest.wrapping_abs();
    let count = match (rest.cmp(&divisor.minus(rest)?), dividend.is_negative()) {
        (Ordering::Less, _) => count,
        (_, false) => count.plus(i256::ONE)?,
        (_, true) => count.minus(i256::ONE)?,
    };
    format!("{}e{}", count.times(size)?, -multiple.scale).parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    use proptest::prelude::*;

    use super::{Exact, quick, slow};

    #[track_caller]
    fn check(number: f64, multiple: f64, expected: Option<f64>) {
        assert_eq!(slow(number, Exact::shortest(multiple).unwrap()), expected, "{number} {multiple}");
    }

    #[test]
    fn results_are_the_nearest_multiples() {
        check(1.13, 0.05, Some(1.15));
        check(1.125, 0.05, Some(1.15));
        check(-1.125, 0.05, Some(-1.15));
        check(1.124, -0.05, Some(1.1));
        check(0.3, 0.1, Some(0.3));
        check(7.4, 5.0, Some(5.0));
        check(1e300, 7.0, Some(1e300));
        check(1e-300, 7.0, Some(0.0));
        check(3e-324, 1e308, Some(0.0));
        check(1.5e-300, 1e-300, Some(2e-300));
        check(0.0, 1e-300, Some(0.0));
        check(1e17, 3.0, Some(1e17));
        check(5.0, 0.0, None);
        check(1.7e308, 1.2e308, Some(1.2e308));
        // The nearest multiple is no float.
        check(1.7e308, 1.1e308, Some(f64::INFINITY));
    }

    proptest! {
        #[test]
        fn the_quick_way_is_the_slow_one(
            units in -1_000_000_i32..1_000_000,
            places in 0_i32..6,
            multiple in prop_oneof![
                (1_i32..1000, 0_i32..5).prop_map(|(digits, places)| f64::from(digits) / 10_f64.powi(places)),
                POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO,
            ],
        ) {
            let number = f64::from(units) / 10_f64.powi(places);
            let exact = Exact::shortest(multiple).unwrap();
            if let Some(found) = quick(number, multiple, exact) {
                let found = (found + 0.0).to_bits();
                prop_assert_eq!(Some(found), slow(number, exact).map(|value| (value + 0.0).to_bits()));
            }
        }
    }
}
