//! Arithmetic on magnitudes in limbs of 64 bits, the lowest first.

/// The lower half.
pub(crate) fn low_limb(value: u128) -> u64 {
    // The mask makes it fit.
    u64::try_from(value & u128::from(u64::MAX)).unwrap_or(u64::MAX)
}

/// The index of the highest bit that is set.
pub(crate) fn top_bit(limbs: &[u64]) -> Option<i64> {
    let tops = (0_i64..).step_by(64).zip(limbs).filter(|(_, limb)| **limb != 0);
    tops.last().map(|(base, limb)| base + i64::from(limb.ilog2()))
}

/// 64 bits from a bit on; above the highest limb there are zeros.
pub(crate) fn bits_from(limbs: &[u64], bit: u64) -> u64 {
    let index = usize::try_from(bit / 64).unwrap_or(usize::MAX);
    let mut from = limbs.iter().copied().skip(index);
    let low = from.next().unwrap_or(0);
    let high = from.next().unwrap_or(0);
    let offset = bit % 64;
    (low >> offset) | ((high << 1) << (63 - offset))
}

/// Whether any bit below this one is set.
pub(crate) fn any_bit_below(limbs: &[u64], bit: u64) -> bool {
    let index = usize::try_from(bit / 64).unwrap_or(usize::MAX);
    let mask = (1_u64 << (bit % 64)) - 1;
    limbs.iter().take(index).any(|limb| *limb != 0) || limbs.get(index).is_some_and(|limb| limb & mask != 0)
}

/// Changes the sign in two's complement.
pub(crate) fn negate(limbs: &mut [u64]) {
    let mut carry = true;
    for limb in limbs {
        let (negated, overflow) = (!*limb).overflowing_add(u64::from(carry));
        *limb = negated;
        carry = overflow;
    }
}

/// Divides in place; true if there is a remainder.
pub(crate) fn divide(limbs: &mut [u64], divisor: u64) -> bool {
    let divisor = u128::from(divisor);
    let mut remainder = 0_u128;
    for limb in limbs.iter_mut().rev() {
        let dividend = (remainder << 64) | u128::from(*limb);
        *limb = low_limb(dividend / divisor);
        remainder = dividend % divisor;
    }
    remainder != 0
}

/// Multiplies; the product has a limb more.
pub(crate) fn multiply(limbs: &mut Vec<u64>, factor: u64) {
    let mut carry = 0_u128;
    for limb in limbs.iter_mut() {
        let product = u128::from(*limb) * u128::from(factor) + carry;
        *limb = low_limb(product);
        carry = product >> 64;
    }
    limbs.push(low_limb(carry));
}

/// Writes the product of two magnitudes over zeros, which are at least as many as their limbs.
#[inline]
pub(crate) fn product(left: &[u64], right: &[u64], product: &mut [u64]) {
    for (place, factor) in left.iter().enumerate() {
        let mut carry = 0_u128;
        let mut places = product.iter_mut().skip(place);
        for (limb, sum) in right.iter().zip(places.by_ref()) {
            let next = u128::from(*factor) * u128::from(*limb) + u128::from(*sum) + carry;
            *sum = low_limb(next);
            carry = next >> 64;
        }
        if let Some(above) = places.next() {
            *above = low_limb(carry);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{any_bit_below, bits_from, divide, multiply, product, top_bit};

    #[test]
    fn bits_are_read_across_limbs() {
        let limbs = [0b100, 1, 0];
        assert_eq!(top_bit(&limbs), Some(64));
        assert_eq!(top_bit(&[0, 0]), None);
        assert_eq!(bits_from(&limbs, 2), 1 | (1 << 62));
        assert_eq!(bits_from(&limbs, 64), 1);
        assert_eq!(bits_from(&limbs, 65), 0);
        assert!(!any_bit_below(&limbs, 2));
        assert!(any_bit_below(&limbs, 3) && any_bit_below(&limbs, 1_000));
    }

    proptest! {
        #[test]
        fn a_product_divided_by_a_factor_is_the_other(low in 1_u64.., high: u64) {
            let mut pair = [0; 5];
            product(&[low], &[high], &mut pair);
            prop_assert_eq!(u128::from(low) * u128::from(high), u128::from(pair[0]) | (u128::from(pair[1]) << 64));
            prop_assert!(!divide(&mut pair, low));
            prop_assert_eq!(pair, [high, 0, 0, 0, 0]);
            // (high 2^64 + low)^2 by the binomial formula.
            let mut whole = [0; 4];
            product(&[low, high], &[low, high], &mut whole);
            let mut parts = vec![low];
            multiply(&mut parts, low);
            let mut mixed = vec![low];
            multiply(&mut mixed, high);
            multiply(&mut mixed, 2);
            let mut top = vec![high];
            multiply(&mut top, high);
            let columns = [parts[0], 0, 0, 0];
            let mut expected = columns.map(u128::from);
            expected[1] += u128::from(parts[1]) + u128::from(mixed[0]);
            expected[2] += u128::from(mixed[1]) + u128::from(top[0]);
            expected[3] += u128::from(mixed[2]) + u128::from(top[1]);
            let mut carry = 0_u128;
            for (limb, column) in whole.iter().zip(expected) {
                let sum = column + carry;
                prop_assert_eq!(*limb, super::low_limb(sum));
                carry = sum >> 64;
            }
            prop_assert_eq!(carry, 0);
        }
    }
}
