//! An exact number, whatever form it was summed up in.

/// The power of two at position 0. Every bit of every finite `f64` has a position: the lowest is 2^-1074.
pub(super) const LOWEST: i64 = -1088;

/// `± limbs * 2^exponent`, the limbs in little-endian order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
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
    pub(super) fn from_i128(value: i128, exponent: i64) -> Self {
        let magnitude = value.unsigned_abs();
        Self { negative: value < 0, limbs: Limbs::Two([low_limb(magnitude), low_limb(magnitude >> 64)]), exponent }
    }

    /// From a magnitude in little-endian limbs.
    pub(super) fn from_limbs(negative: bool, limbs: Vec<u64>, exponent: i64) -> Self {
        let limbs = match limbs.as_slice() {
            [] => Limbs::Two([0, 0]),
            [low] => Limbs::Two([*low, 0]),
            [low, high] => Limbs::Two([*low, *high]),
            _ => Limbs::Many(limbs),
        };
        Self { negative, limbs, exponent }
    }

    /// From limbs in two's complement.
    pub(super) fn from_twos_complement(mut limbs: Vec<u64>, exponent: i64) -> Self {
        let negative = limbs.last().is_some_and(|top| top >> 63 == 1);
        if negative {
            negate(&mut limbs);
        }
        Self::from_limbs(negative, limbs, exponent)
    }

    pub(super) fn is_negative(&self) -> bool {
        self.negative
    }

    pub(super) fn exponent(&self) -> i64 {
        self.exponent
    }

    /// The magnitude.
    pub(super) fn limbs(&self) -> &[u64] {
        match &self.limbs {
            Limbs::Two(limbs) => limbs,
            Limbs::Many(limbs) => limbs,
        }
    }

    /// The magnitude, if it is small.
    pub(super) fn small(&self) -> Option<u128> {
        match &self.limbs {
            Limbs::Two([low, high]) => Some((u128::from(*high) << 64) | u128::from(*low)),
            Limbs::Many(_) => None,
        }
    }
}

/// The lower half.
pub(super) fn low_limb(value: u128) -> u64 {
    // The mask makes it fit.
    u64::try_from(value & u128::from(u64::MAX)).unwrap_or(u64::MAX)
}

/// Changes the sign in two's complement.
fn negate(limbs: &mut [u64]) {
    let mut carry = true;
    for limb in limbs {
        let (negated, overflow) = (!*limb).overflowing_add(u64::from(carry));
        *limb = negated;
        carry = overflow;
    }
}
