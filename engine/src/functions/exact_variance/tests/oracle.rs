//! The variance in another way.

use std::cmp::Ordering;

use crate::functions::exact_variance::finish::Output;
use crate::functions::testing::{Whole, is_nearest};

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
        ours.compare_sizes(&theirs.times(&self.divisor))
    }

    /// Whether this is the float nearest to the result, with ties to even; nothing for infinity.
    pub(super) fn rounds_to(&self, output: Output, result: Option<f64>) -> bool {
        is_nearest(result, |left, right| self.compare(output, left, right))
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
