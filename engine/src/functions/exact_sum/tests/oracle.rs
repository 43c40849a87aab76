//! The exact sum of floats in another way: digits of 32 bits in 64, which are only carried when the sign is asked for.

use std::cmp::Ordering;

/// Half of the distance from the greatest float to what would come next.
const HALF_BEYOND: f64 = 9.979_201_547_673_6e291;

#[derive(Debug, Clone)]
pub(super) struct Oracle {
    /// Digit `i` stands for `2^(32 i - 1074)`.
    digits: Vec<i64>,
}

impl Oracle {
    pub(super) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut oracle = Self { digits: vec![0; 70] };
        for value in values {
            oracle.add(value);
        }
        oracle
    }

    fn add(&mut self, value: f64) {
        assert!(value.is_finite());
        let bits = value.to_bits();
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, shift) = match (bits >> 52) & 0x7ff {
            0 => (fraction, 0),
            exponent => (fraction | (1 << 52), exponent - 1),
        };
        let mut rest = u128::from(mantissa) << (shift % 32);
        let mut index = usize::try_from(shift / 32).unwrap();
        while rest > 0 {
            let digit = i64::try_from(rest & 0xffff_ffff).unwrap();
            self.digits[index] += if value.is_sign_negative() { -digit } else { digit };
            rest >>= 32;
            index += 1;
        }
    }

    fn minus(&self, values: &[f64]) -> Self {
        let mut difference = self.clone();
        for value in values {
            difference.add(-value);
        }
        difference
    }

    fn twice(&self) -> Self {
        Self { digits: self.digits.iter().map(|digit| 2 * digit).collect() }
    }

    fn sign(&self) -> Ordering {
        let mut carry = 0;
        let mut any = false;
        for digit in &self.digits {
            let sum = digit + carry;
            carry = sum >> 32;
            any |= sum & 0xffff_ffff != 0;
        }
        carry.cmp(&0).then(if any { Ordering::Greater } else { Ordering::Equal })
    }

    /// Whether this is the nearest float, with ties to even; nothing for a sum that rounds to infinity.
    pub(super) fn rounds_to(&self, result: Option<f64>) -> bool {
        let Some(result) = result else {
            return self.minus(&[f64::MAX, HALF_BEYOND]).sign() != Ordering::Less
                || self.minus(&[f64::MIN, -HALF_BEYOND]).sign() != Ordering::Greater;
        };
        let side = self.minus(&[result]).sign();
        let neighbour = match side {
            Ordering::Equal => return result.to_bits() != (-0.0_f64).to_bits(),
            Ordering::Greater => result.next_up(),
            Ordering::Less => result.next_down(),
        };
        if neighbour.is_infinite() {
            return self.minus(&[result, HALF_BEYOND.copysign(result)]).sign() == side.reverse();
        }
        let beyond_middle = self.twice().minus(&[result, neighbour]).sign();
        beyond_middle == side.reverse() || (beyond_middle == Ordering::Equal && result.to_bits() & 1 == 0)
    }
}

#[test]
fn the_oracle_knows_the_middle() {
    assert_eq!(HALF_BEYOND.to_bits(), 2_f64.powi(970).to_bits());
    assert!(Oracle::of([1.0, 2.0_f64.powi(-53)]).rounds_to(Some(1.0)));
    assert!(!Oracle::of([1.0, 2.0_f64.powi(-53)]).rounds_to(Some(1.0_f64.next_up())));
    assert!(Oracle::of([1.0, 2.0_f64.powi(-53), f64::from_bits(1)]).rounds_to(Some(1.0_f64.next_up())));
    assert!(Oracle::of([f64::MAX, HALF_BEYOND]).rounds_to(None));
    assert!(Oracle::of([f64::MAX, HALF_BEYOND, -f64::from_bits(1)]).rounds_to(Some(f64::MAX)));
    assert!(!Oracle::of([1.0, -1.0]).rounds_to(Some(-0.0)));
}
