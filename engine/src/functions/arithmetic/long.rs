//! Integers of many bits, for the few results whose exact form does not fit into 256.

use std::cmp::Ordering;

use arrow::datatypes::i256;

use crate::functions::exact::low_limb;

/// Room for what comes up in arithmetic with decimals before it is rounded: 308 digits.
pub(super) type Long = Limbs<16>;

/// Room for products of an integer and a difference of floats in any unit of floats: 770 digits.
pub(crate) type Longest = Limbs<40>;

/// Digits of the largest power of ten in a limb.
const LIMB_DIGITS: u32 = 19;

/// A sign and a magnitude, the lowest limb first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limbs<const LIMBS: usize> {
    negative: bool,
    limbs: [u64; LIMBS],
}

impl<const LIMBS: usize> Limbs<LIMBS> {
    pub(crate) fn new(value: i256) -> Self {
        // The least has no positive counterpart, but its bits are those of its magnitude.
        let (low, high) = value.wrapping_abs().to_parts();
        let high = high.cast_unsigned();
        let mut limbs = [0; LIMBS];
        let parts = [low_limb(low), low_limb(low >> 64), low_limb(high), low_limb(high >> 64)];
        limbs.iter_mut().zip(parts).for_each(|(limb, part)| *limb = part);
        Self { negative: value.is_negative(), limbs }
    }

    pub(super) fn to_i256(self) -> Option<i256> {
        if self.limbs.iter().skip(4).any(|limb| *limb != 0) {
            return None;
        }
        let mut limbs = self.limbs.iter().map(|limb| u128::from(*limb));
        let mut half = || limbs.next().unwrap_or(0) | (limbs.next().unwrap_or(0) << 64);
        let (low, high) = (half(), half());
        let magnitude = i256::from_parts(low, high.try_into().ok()?);
        Some(if self.negative { magnitude.wrapping_neg() } else { magnitude })
    }

    pub(crate) fn negated(self) -> Self {
        Self { negative: !self.negative, ..self }
    }

    /// How it stands to zero.
    pub(crate) fn sign(&self) -> Ordering {
        if self.limbs.iter().all(|limb| *limb == 0) {
            Ordering::Equal
        } else if self.negative {
            Ordering::Less
        } else {
            Ordering::Greater
        }
    }

    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        if self.negative == other.negative {
            let mut sum = self;
            let mut carry = 0;
            for (limb, more) in sum.limbs.iter_mut().zip(other.limbs) {
                let next = u128::from(*limb) + u128::from(more) + carry;
                *limb = low_limb(next);
                carry = next >> 64;
            }
            return (carry == 0).then_some(sum);
        }
        let (mut larger, smaller) =
            if self.limbs.iter().rev().lt(other.limbs.iter().rev()) { (other, self) } else { (self, other) };
        let mut borrow = false;
        for (limb, less) in larger.limbs.iter_mut().zip(smaller.limbs) {
            let (rest, first) = limb.overflowing_sub(less);
            let (rest, second) = rest.overflowing_sub(u64::from(borrow));
            *limb = rest;
            borrow = first || second;
        }
        Some(larger)
    }

    pub(crate) fn times(self, other: Self) -> Option<Self> {
        let mut product = [0_u64; LIMBS];
        for (place, left) in self.limbs.iter().enumerate().filter(|(_, left)| **left != 0) {
            if other.limbs.iter().rev().take(place).any(|right| *right != 0) {
                return None;
            }
            let mut carry = 0_u128;
            for (right, limb) in other.limbs.iter().zip(product.iter_mut().skip(place)) {
                let next = u128::from(*left) * u128::from(*right) + u128::from(*limb) + carry;
                *limb = low_limb(next);
                carry = next >> 64;
            }
            if carry != 0 {
                return None;
            }
        }
        Some(Self { negative: self.negative != other.negative, limbs: product })
    }

    /// Times ten to the power of `places`; where that is a division it rounds half away from zero.
    pub(crate) fn rescaled(mut self, places: i32) -> Option<Self> {
        let mut left = places.unsigned_abs();
        if places >= 0 {
            while left > 0 && self.limbs.iter().any(|limb| *limb != 0) {
                let step = left.min(LIMB_DIGITS);
                self.multiply(10_u64.pow(step), 0)?;
                left -= step;
            }
            return Some(self);
        }
        // The last digit that goes decides: with 5 added to it, it carries exactly where it rounds away from zero.
        left -= 1;
        while left > 0 {
            let step = left.min(LIMB_DIGITS);
            self.divide(10_u64.pow(step));
            left -= step;
        }
        self.multiply(1, 5)?;
        self.divide(10);
        Some(self)
    }

    /// The magnitude times a factor, plus a summand.
    fn multiply(&mut self, factor: u64, summand: u64) -> Option<()> {
        let mut carry = u128::from(summand);
        for limb in &mut self.limbs {
            let next = u128::from(*limb) * u128::from(factor) + carry;
            *limb = low_limb(next);
            carry = next >> 64;
        }
        (carry == 0).then_some(())
    }

    fn divide(&mut self, divisor: u64) {
        let divisor = u128::from(divisor);
        let mut remainder = 0_u128;
        for limb in self.limbs.iter_mut().rev() {
            let dividend = (remainder << 64) | u128::from(*limb);
            *limb = low_limb(dividend / divisor);
            remainder = dividend % divisor;
        }
    }
}
