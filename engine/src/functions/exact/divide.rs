//! Long division of magnitudes in limbs of 64 bits, the lowest first.

use super::limbs::low_limb;

/// The quotient, cut off, and whether anything was cut off; nothing if the divisor is 0.
pub(crate) fn long_quotient(dividend: &[u64], divisor: &[u64]) -> Option<(Vec<u64>, bool)> {
    let top = divisor.iter().rposition(|limb| *limb != 0)?;
    // Both move up until the highest bit of the divisor is set, which makes the guesses of digits good ones.
    let by = divisor.get(top)?.leading_zeros();
    let mut divisor = moved_up(divisor, by);
    divisor.truncate(top + 1);
    let mut rest = moved_up(dividend, by);
    let places = rest.len().saturating_sub(divisor.len());
    let mut digits = Vec::with_capacity(places);
    for place in (0..places).rev() {
        digits.push(next_digit(rest.get_mut(place..=place + divisor.len())?, &divisor));
    }
    digits.reverse();
    Some((digits, rest.iter().any(|limb| *limb != 0)))
}

/// The limbs moved up by less than 64 bits, with one limb more.
fn moved_up(limbs: &[u64], by: u32) -> Vec<u64> {
    let mut carried = 0;
    let mut moved: Vec<u64> = Vec::with_capacity(limbs.len() + 1);
    for limb in limbs {
        moved.push((limb << by) | carried);
        carried = (limb >> 1) >> (63 - by);
    }
    moved.push(carried);
    moved
}

/// Divides a part of one limb more than the divisor has, whose limbs but the lowest are less than the divisor. The
/// remainder takes its place.
fn next_digit(part: &mut [u64], divisor: &[u64]) -> u64 {
    let ([.., second, first], [.., top]) = (&*part, divisor) else { return 0 };
    let guess = ((u128::from(*first) << 64) | u128::from(*second)) / u128::from(*top);
    let mut digit = u64::try_from(guess).unwrap_or(u64::MAX);
    let mut is_below_zero = subtract_multiple(part, divisor, digit);
    // The guess is too large by two at most.
    while is_below_zero {
        digit -= 1;
        is_below_zero = !add(part, divisor);
    }
    digit
}

/// Subtracts a multiple; whether the difference is below 0, in two's complement.
fn subtract_multiple(from: &mut [u64], limbs: &[u64], factor: u64) -> bool {
    let mut limbs = limbs.iter();
    let (mut carry, mut borrow) = (0_u128, false);
    for limb in from {
        let product = limbs.next().map_or(0, |limb| u128::from(*limb) * u128::from(factor)) + carry;
        carry = product >> 64;
        let (difference, first) = limb.overflowing_sub(low_limb(product));
        let (difference, second) = difference.overflowing_sub(u64::from(borrow));
        *limb = difference;
        borrow = first | second;
    }
    borrow
}

/// Adds; whether the highest limb overflows.
fn add(to: &mut [u64], limbs: &[u64]) -> bool {
    let mut limbs = limbs.iter();
    let mut carry = false;
    for limb in to {
        let (sum, first) = limb.overflowing_add(limbs.next().copied().unwrap_or(0));
        let (sum, second) = sum.overflowing_add(u64::from(carry));
        *limb = sum;
        carry = first | second;
    }
    carry
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{add, long_quotient};
    use crate::functions::exact::limbs::product;

    #[test]
    fn known_quotients_are_right() {
        #[track_caller]
        fn check(dividend: &[u64], divisor: &[u64], expected: Option<(&[u64], bool)>) {
            let found = long_quotient(dividend, divisor);
            let found = found.as_ref().map(|(quotient, inexact)| (quotient.as_slice(), *inexact));
            assert_eq!(found, expected, "{dividend:?} / {divisor:?}");
        }
        check(&[7], &[0, 0], None);
        check(&[7], &[], None);
        check(&[], &[7], Some((&[], false)));
        check(&[7], &[2], Some((&[3], true)));
        check(&[8, 0], &[2, 0], Some((&[4, 0], false)));
        check(&[7], &[0, 1], Some((&[], true)));
        check(&[0, 0, 1], &[0, 1], Some((&[0, 1], false)));
        check(&[u64::MAX; 3], &[u64::MAX], Some((&[1, 1, 1], false)));
        // The guess of the digit is more than 64 bits.
        check(&[u64::MAX, u64::MAX - 1, u64::MAX], &[u64::MAX, u64::MAX], Some((&[u64::MAX, 0], true)));
        // The guess is too large by two.
        check(&[0, 0, (1 << 63) - 1], &[u64::MAX, 1 << 63], Some((&[u64::MAX - 3, 0], true)));
    }

    /// Limbs as they are where digits are hard to guess.
    fn limbs(most: usize) -> impl Strategy<Value = Vec<u64>> {
        let limb = prop_oneof![any::<u64>(), Just(0), Just(1), Just(u64::MAX), Just(1 << 63), Just((1 << 63) - 1)];
        prop::collection::vec(limb, 1..most)
    }

    proptest! {
        #[test]
        fn a_product_and_a_remainder_are_divided_again(factor in limbs(6), divisor in limbs(6), rest in limbs(6)) {
            let divisor: Vec<u64> = divisor.into_iter().chain([3]).collect();
            // Less than the divisor, as it has fewer limbs.
            let rest: Vec<u64> = rest.into_iter().take(divisor.len() - 1).collect();
            let mut dividend = vec![0; factor.len() + divisor.len()];
            product(&factor, &divisor, &mut dividend);
            prop_assert!(!add(&mut dividend, &rest));
            let (quotient, inexact) = long_quotient(&dividend, &divisor).unwrap();
            prop_assert_eq!(inexact, rest.iter().any(|limb| *limb != 0));
            let expected: Vec<u64> = factor.into_iter().chain(std::iter::repeat(0)).take(quotient.len()).collect();
            prop_assert_eq!(quotient, expected);
        }
    }
}
