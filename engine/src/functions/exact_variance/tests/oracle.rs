//! The variance in another way: whole numbers as one writes them on paper, with digits of 32 bits.

use std::cmp::Ordering;

use crate::functions::exact_variance::finish::Output;

/// A whole number. There are no zeros at the end of its digits, and zero is not negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Whole {
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

    fn small(value: u32) -> Self {
        Self::new(false, vec![value])
    }

    /// From decimal digits with or without a sign.
    pub(super) fn parse(text: &str) -> Self {
        let digits = text.trim_start_matches('-');
        let magnitude = digits.bytes().fold(Self::small(0), |value, digit| {
            value.times(&Self::small(10)).plus(&Self::small(u32::from(digit - b'0')))
        });
        Self::new(digits.len() < text.len(), magnitude.digits)
    }

    /// A float in units of 2^-1074; infinity counts as what follows the greatest float.
    fn of_float(value: f64) -> Self {
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

    fn negated(&self) -> Self {
        Self::new(!self.negative, self.digits.clone())
    }

    fn plus(&self, other: &Self) -> Self {
        if self.negative == other.negative {
            return Self::new(self.negative, add(&self.digits, &other.digits));
        }
        if compare(&self.digits, &other.digits) == Ordering::Less {
            return Self::new(other.negative, subtract(&other.digits, &self.digits));
        }
        Self::new(self.negative, subtract(&self.digits, &other.digits))
    }

    fn times(&self, other: &Self) -> Self {
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
    fn shifted(&self, bits: usize) -> Self {
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

/// A variance as an exact fraction, in units of 2^-2148: squares of those in which floats are whole numbers.
#[derive(Debug)]
pub(super) struct Variance {
    dividend: Whole,
    divisor: Whole,
}

impl Variance {
    /// Of two floats or more.
    pub(super) fn of_floats(values: &[f64]) -> Self {
        let values: Vec<Whole> = values.iter().map(|value| Whole::of_float(*value)).collect();
        Self::of(&values, &Whole::small(1))
    }

    /// Of two decimals or more, given by all their digits and how many of them are behind the point.
    pub(super) fn of_decimals(values: &[Whole], scale: u32) -> Self {
        let unit = (0..scale).fold(Whole::small(1), |unit, _| unit.times(&Whole::small(10)));
        let values: Vec<Whole> = values.iter().map(|value| value.shifted(1_074)).collect();
        Self::of(&values, &unit.times(&unit))
    }

    /// Of the same values as a whole population: there are so many.
    pub(super) fn of_population(&self, count: usize) -> Self {
        let count = u32::try_from(count).unwrap();
        let [less, count] = [count - 1, count].map(Whole::small);
        Self { dividend: self.dividend.times(&less), divisor: self.divisor.times(&count) }
    }

    fn of(values: &[Whole], square_unit: &Whole) -> Self {
        let count = u32::try_from(values.len()).unwrap();
        assert!(count > 1);
        let zero = || Whole::small(0);
        let sum = values.iter().fold(zero(), |sum, value| sum.plus(value));
        // Deviations from the mean, times the count: no difference of two great numbers is left to the end.
        let squares = values
            .iter()
            .map(|value| value.times(&Whole::small(count)).plus(&sum.negated()))
            .fold(zero(), |squares, deviation| squares.plus(&deviation.times(&deviation)));
        let count_squared = Whole::small(count).times(&Whole::small(count));
        Self { dividend: squares, divisor: count_squared.times(&Whole::small(count - 1)).times(square_unit) }
    }

    /// How the exact result compares to the mean of two floats that are not negative.
    fn compare(&self, output: Output, left: f64, right: f64) -> Ordering {
        let twice = Whole::of_float(left).plus(&Whole::of_float(right));
        let (ours, theirs) = match output {
            Output::Variance => (self.dividend.shifted(1), twice.shifted(1_074)),
            Output::Deviation => (self.dividend.shifted(2), twice.times(&twice)),
        };
        compare(&ours.digits, &theirs.times(&self.divisor).digits)
    }

    /// Whether this is the float nearest to the result, with ties to even; nothing for infinity.
    pub(super) fn rounds_to(&self, output: Output, result: Option<f64>) -> bool {
        let Some(result) = result else {
            return self.compare(output, f64::MAX, f64::INFINITY) != Ordering::Less;
        };
        if result.is_sign_negative() || !result.is_finite() {
            return false;
        }
        let side = self.compare(output, result, result);
        let neighbour = match side {
            Ordering::Equal => return true,
            Ordering::Greater => result.next_up(),
            Ordering::Less => result.next_down(),
        };
        match self.compare(output, result, neighbour) {
            Ordering::Equal => result.to_bits() & 1 == 0,
            beyond_middle => beyond_middle == side.reverse(),
        }
    }
}

#[test]
fn the_oracle_knows_the_middle() {
    let number = |text: &str| Whole::parse(text);
    assert_eq!(number("-18446744073709551616").plus(&number("18446744073709551617")), Whole::small(1));
    assert_eq!(number("4294967296").times(&number("-4294967295")), number("-18446744069414584320"));
    assert_eq!(number("7").plus(&number("-7")), number("-0"));
    assert_eq!(Whole::of_float(-3.0), number("-3").shifted(1_074));
    let two = Variance::of_floats(&[1.0, 3.0]);
    assert!(two.rounds_to(Output::Variance, Some(2.0)));
    assert!(!two.rounds_to(Output::Variance, Some(2.0_f64.next_up())));
    assert!(two.rounds_to(Output::Deviation, Some(std::f64::consts::SQRT_2)));
    assert!(!two.rounds_to(Output::Deviation, Some(std::f64::consts::SQRT_2.next_down())));
    assert!(Variance::of_floats(&[f64::MAX, 0.0]).rounds_to(Output::Variance, None));
    assert!(!Variance::of_floats(&[1.0, 0.0]).rounds_to(Output::Variance, None));
    // 94906267^2 has 54 bits, the last of which is set: a tie.
    let tie = Variance::of_floats(&[0.0, 189_812_534.0]);
    assert!(tie.rounds_to(Output::Variance, Some(18_014_399_031_750_576.0)));
    assert!(!tie.rounds_to(Output::Variance, Some(18_014_399_031_750_580.0)));
    let cents = Variance::of_decimals(&[number("100"), number("300")], 2);
    assert!(cents.rounds_to(Output::Variance, Some(2.0)));
}
