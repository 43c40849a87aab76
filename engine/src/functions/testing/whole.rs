//! Whole numbers as one writes them on paper, with digits of 32 bits: another way to exact results.

use std::cmp::Ordering;

/// A whole number. There are no zeros at the end of its digits, and zero is not negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Whole {
    negative: bool,
    digits: Vec<u32>,
}

impl Whole {
    fn new(negative: bool, mut digits: Vec<u32>) -> Self {
        while digits.last() == Some(&0) {
            digits.pop();
        }
        Self { negative: negative && !digits.is_empty(), digits }
    }

    pub(crate) fn small(value: u32) -> Self {
        Self::new(false, vec![value])
    }

    /// From decimal digits with or without a sign.
    pub(crate) fn parse(text: &str) -> Self {
        let digits = text.trim_start_matches('-');
        let magnitude = digits.bytes().fold(Self::small(0), |value, digit| {
            value.times(&Self::small(10)).plus(&Self::small(u32::from(digit - b'0')))
        });
        Self::new(digits.len() < text.len(), magnitude.digits)
    }

    /// A float in units of 2^-1074; infinity counts as what follows the greatest float.
    pub(crate) fn of_float(value: f64) -> Self {
        assert!(!value.is_nan());
        let bits = value.to_bits();
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, shift) = match (bits >> 52) & 0x7ff {
            0 => (fraction, 0),
            exponent => (fraction | (1 << 52), exponent - 1),
        };
        let digits = [mantissa & 0xffff_ffff, mantissa >> 32].map(|digit| u32::try_from(digit).unwrap());
        Self::new(value.is_sign_negative(), digits.to_vec()).shifted(usize::try_from(shift).unwrap())
    }

    pub(crate) fn is_negative(&self) -> bool {
        self.negative
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// Which of both is further from 0.
    pub(crate) fn compare_sizes(&self, other: &Self) -> Ordering {
        compare(&self.digits, &other.digits)
    }

    pub(crate) fn negated(&self) -> Self {
        Self::new(!self.negative, self.digits.clone())
    }

    pub(crate) fn plus(&self, other: &Self) -> Self {
        if self.negative == other.negative {
            return Self::new(self.negative, add(&self.digits, &other.digits));
        }
        if compare(&self.digits, &other.digits) == Ordering::Less {
            return Self::new(other.negative, subtract(&other.digits, &self.digits));
        }
        Self::new(self.negative, subtract(&self.digits, &other.digits))
    }

    pub(crate) fn times(&self, other: &Self) -> Self {
        let mut digits = vec![0_u32; self.digits.len() + other.digits.len()];
        for (place, left) in self.digits.iter().enumerate() {
            let mut carry = 0;
            for (offset, right) in other.digits.iter().enumerate() {
                let next = u64::from(*left) * u64::from(*right) + u64::from(digits[place + offset]) + carry;
                digits[place + offset] = u32::try_from(next & 0xffff_ffff).unwrap();
                carry = next >> 32;
            }
            digits[place + other.digits.len()] = u32::try_from(carry).unwrap();
        }
        Self::new(self.negative != other.negative, digits)
    }

    /// Times a power of two.
    pub(crate) fn shifted(&self, bits: usize) -> Self {
        let digits = std::iter::repeat_n(0, bits / 32).chain(self.digits.iter().copied()).collect();
        Self::new(self.negative, digits).times(&Self::small(1 << (bits % 32)))
    }
}

fn add(left: &[u32], right: &[u32]) -> Vec<u32> {
    let mut carry = 0;
    (0..=left.len().max(right.len()))
        .map(|place| {
            let digit = |digits: &[u32]| u64::from(digits.get(place).copied().unwrap_or(0));
            let sum = digit(left) + digit(right) + carry;
            carry = sum >> 32;
            u32::try_from(sum & 0xffff_ffff).unwrap()
        })
        .collect()
}

/// The difference of a magnitude and one that is not greater.
fn subtract(left: &[u32], right: &[u32]) -> Vec<u32> {
    let mut borrow = 0;
    (0..left.len())
        .map(|place| {
            let taken = u64::from(right.get(place).copied().unwrap_or(0)) + borrow;
            borrow = u64::from(u64::from(left[place]) < taken);
            u32::try_from((borrow << 32) + u64::from(left[place]) - taken).unwrap()
        })
        .collect()
}

fn compare(left: &[u32], right: &[u32]) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| left.iter().rev().cmp(right.iter().rev()))
}

/// Whether a float is the nearest to an exact magnitude, with ties to even; nothing stands for infinity. `compare` says
/// how the magnitude compares to the mean of two floats that are not negative.
pub(crate) fn is_nearest(result: Option<f64>, compare: impl Fn(f64, f64) -> Ordering) -> bool {
    let Some(result) = result else {
        return compare(f64::MAX, f64::INFINITY) != Ordering::Less;
    };
    if result.is_sign_negative() || !result.is_finite() {
        return false;
    }
    let side = compare(result, result);
    let neighbour = match side {
        Ordering::Equal => return true,
        Ordering::Greater => result.next_up(),
        Ordering::Less => result.next_down(),
    };
    match compare(result, neighbour) {
        Ordering::Equal => result.to_bits() & 1 == 0,
        beyond_middle => beyond_middle == side.reverse(),
    }
}
