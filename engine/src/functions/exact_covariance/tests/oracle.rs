//! Correlations and covariances in another way.

use std::cmp::Ordering;

use super::{OUTPUTS, Row};
use crate::functions::exact_covariance::moments::Output;
use crate::functions::testing::{Whole, is_nearest};

/// The sums of the products of the distances from the means, times the number of rows: of both values, and of each with
/// itself. All are in units of 2^-2148, the products of those in which floats are whole numbers.
#[derive(Debug)]
pub(super) struct Pairs {
    count: Whole,
    less: Whole,
    common: Whole,
    own: [Whole; 2],
}

impl Pairs {
    /// Of two rows or more.
    pub(super) fn of(rows: &[Row]) -> Self {
        let count = u32::try_from(rows.len()).unwrap();
        assert!(count > 1);
        let [less, count] = [count - 1, count].map(Whole::small);
        let distances = |values: Vec<f64>| -> Vec<Whole> {
            let values: Vec<Whole> = values.into_iter().map(Whole::of_float).collect();
            let sum = values.iter().fold(Whole::small(0), |sum, value| sum.plus(value)).negated();
            values.iter().map(|value| value.times(&count).plus(&sum)).collect()
        };
        let one = distances(rows.iter().map(|row| row.0).collect());
        let other = distances(rows.iter().map(|row| row.1).collect());
        let products = |left: &[Whole], right: &[Whole]| {
            let products = left.iter().zip(right).map(|(left, right)| left.times(right));
            products.fold(Whole::small(0), |sum, product| sum.plus(&product))
        };
        let common = products(&one, &other);
        let own = [products(&one, &one), products(&other, &other)];
        Self { count, less, common, own }
    }

    /// Whether this is the float nearest to the result, with ties to even; nothing for infinity, and for a correlation
    /// with what does not vary.
    pub(super) fn rounds_to(&self, output: Output, result: Option<f64>) -> bool {
        let [one, other] = &self.own;
        if output == Output::Correlation && (one.is_zero() || other.is_zero()) {
            return result.is_none();
        }
        let magnitude = match result {
            // There is no -0.0.
            Some(zero) if zero.abs() < f64::from_bits(1) => Some(zero),
            Some(value) if self.common.is_negative() => Some(-value),
            result => result,
        };
        is_nearest(magnitude, |left, right| self.compare(output, left, right))
    }

    /// How the magnitude of the exact result compares to the mean of two floats that are not negative.
    fn compare(&self, output: Output, left: f64, right: f64) -> Ordering {
        let twice = Whole::of_float(left).plus(&Whole::of_float(right));
        let Self { count, less, common, own: [one, other] } = self;
        let divisor = match output {
            Output::Correlation => {
                let theirs = twice.times(&twice).times(&one.times(other));
                return common.times(common).shifted(2_150).compare_sizes(&theirs);
            }
            Output::Covariance => less,
            Output::PopulationCovariance => count,
        };
        let theirs = twice.shifted(1_074).times(&count.times(count).times(divisor));
        common.shifted(1).compare_sizes(&theirs)
    }
}

#[test]
fn the_oracle_knows_the_middle() {
    let line = Pairs::of(&[(1.0, 2.0), (3.0, -6.0)]);
    for (output, result) in [(Output::Correlation, -1.0), (Output::Covariance, -8.0)] {
        assert!(line.rounds_to(output, Some(result)));
        for wrong in [None, Some(-result), Some(result.next_up()), Some(result.next_down()), Some(0.0)] {
            assert!(!line.rounds_to(output, wrong), "{wrong:?}");
        }
    }
    assert!(line.rounds_to(Output::PopulationCovariance, Some(-4.0)));
    let cross = Pairs::of(&[(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)]);
    for output in OUTPUTS {
        assert!(cross.rounds_to(output, Some(0.0)));
        assert!(!cross.rounds_to(output, Some(-0.0)));
        assert!(!cross.rounds_to(output, Some(f64::from_bits(1))));
    }
    let still = Pairs::of(&[(1.0, 7.0), (2.0, 7.0)]);
    assert!(still.rounds_to(Output::Correlation, None) && !still.rounds_to(Output::Correlation, Some(0.0)));
    assert!(still.rounds_to(Output::Covariance, Some(0.0)) && !still.rounds_to(Output::Covariance, None));
    let large = Pairs::of(&[(f64::MAX, f64::MIN), (f64::MIN, f64::MAX)]);
    assert!(large.rounds_to(Output::Covariance, None) && large.rounds_to(Output::Correlation, Some(-1.0)));
    // Four times the distances are -3, 1, 1, 1 and -2, -2, 2, 2: 8 over the root of 12 times 16.
    let root = Pairs::of(&[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (1.0, 1.0)]);
    let root_third = (1.0_f64 / 3.0).sqrt();
    assert!(root.rounds_to(Output::Correlation, Some(root_third)));
    assert!(!root.rounds_to(Output::Correlation, Some(root_third.next_up())));
}
