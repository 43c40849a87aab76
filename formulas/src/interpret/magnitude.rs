//! Numbers without a sign as lists of decimal digits, the lowest first and without zeros at the high end: arithmetic as
//! it is done on paper.

use std::cmp::Ordering;

/// Takes away the zeros at the high end.
pub(super) fn trim(digits: &mut Vec<u8>) {
    while digits.last() == Some(&0) {
        digits.pop();
    }
}

pub(super) fn compare(left: &[u8], right: &[u8]) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| left.iter().rev().cmp(right.iter().rev()))
}

pub(super) fn add(left: &[u8], right: &[u8]) -> Vec<u8> {
    let mut sum = Vec::new();
    let mut carry = 0;
    for place in 0..left.len().max(right.len()) {
        let digit = digit(left, place) + digit(right, place) + carry;
        sum.push(digit % 10);
        carry = digit / 10;
    }
    sum.push(carry);
    trim(&mut sum);
    sum
}

/// `left - right`, where `right` is not the larger.
pub(super) fn subtract(left: &[u8], right: &[u8]) -> Vec<u8> {
    let mut difference = Vec::new();
    let mut borrowed = 0;
    for place in 0..left.len() {
        let (upper, lower) = (digit(left, place), digit(right, place) + borrowed);
        borrowed = u8::from(upper < lower);
        difference.push(upper + 10 * borrowed - lower);
    }
    trim(&mut difference);
    difference
}

pub(super) fn multiply(left: &[u8], right: &[u8]) -> Vec<u8> {
    let mut product = Vec::new();
    for (place, factor) in right.iter().enumerate() {
        let mut row = vec![0; place];
        let mut carry = 0;
        for digit in left {
            let digit = digit * factor + carry;
            row.push(digit % 10);
            carry = digit / 10;
        }
        row.push(carry);
        product = add(&product, &row);
    }
    product
}

/// How often `right`, which is not zero, goes into `left`, and what remains.
pub(super) fn divide(left: &[u8], right: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (mut quotient, mut rest) = (Vec::new(), Vec::new());
    for digit in left.iter().rev() {
        rest.insert(0, *digit);
        trim(&mut rest);
        let mut times = 0;
        while compare(&rest, right).is_ge() {
            rest = subtract(&rest, right);
            times += 1;
        }
        quotient.insert(0, times);
    }
    trim(&mut quotient);
    (quotient, rest)
}

fn digit(digits: &[u8], place: usize) -> u8 {
    digits.get(place).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{add, compare, divide, multiply, subtract, trim};

    fn digits(mut number: u128) -> Vec<u8> {
        let mut digits = Vec::new();
        while number > 0 {
            digits.push(u8::try_from(number % 10).unwrap());
            number /= 10;
        }
        digits
    }

    #[test]
    fn zero_has_no_digits() {
        let mut zeros = vec![0, 0];
        trim(&mut zeros);
        assert_eq!(zeros, digits(0));
        assert_eq!(add(&[], &[]), digits(0));
        assert_eq!(subtract(&[5, 1], &[5, 1]), digits(0));
        assert_eq!(multiply(&[], &[7]), digits(0));
        assert_eq!(multiply(&[7], &[]), digits(0));
        assert_eq!(divide(&[], &[7]), (digits(0), digits(0)));
    }

    proptest! {
        #[test]
        fn it_is_the_arithmetic_of_the_machine(left in any::<u64>(), right in any::<u64>(), shift in 0_u32..64) {
            let (left, right) = (u128::from(left), u128::from(right >> shift));
            let (l, r) = (digits(left), digits(right));
            prop_assert_eq!(add(&l, &r), digits(left + right));
            prop_assert_eq!(multiply(&l, &r), digits(left * right));
            prop_assert_eq!(compare(&l, &r), left.cmp(&right));
            if let (Some(quotient), Some(rest)) = (left.checked_div(right), left.checked_rem(right)) {
                prop_assert_eq!(divide(&l, &r), (digits(quotient), digits(rest)));
            }
            let (more, less) = if left < right { (&r, &l) } else { (&l, &r) };
            prop_assert_eq!(subtract(more, less), digits(left.abs_diff(right)));
        }
    }
}
