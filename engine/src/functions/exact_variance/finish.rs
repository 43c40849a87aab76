//! From the number of the values, their sum and the sum of their squares to the variance.

use datafusion::common::Result;

use crate::functions::exact::{Number, damaged, powers_of_ten, spread};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Output {
    Variance,
    Deviation,
}

/// What the values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Form {
    /// Some of many: the squares are divided by one less than the number of values.
    Sample,
    /// All there are: the squares are divided by the number of values.
    Population,
}

/// How exact sums become a result. The scale is that of the values: how many of their digits are behind the point.
#[derive(Debug, Clone, Copy)]
pub(super) struct Finish {
    pub(super) output: Output,
    pub(super) form: Form,
    pub(super) scale: i8,
}

impl Finish {
    /// The result; nothing if it has no finite `f64`, or if there are too few values for one.
    ///
    /// # Errors
    /// Sums that no values have.
    pub(super) fn result(self, count: u64, sum: &Number, squares: &Number) -> Result<Option<f64>> {
        let degrees = match self.form {
            Form::Sample => count.saturating_sub(1),
            Form::Population => count,
        };
        if degrees == 0 {
            return Ok(None);
        }
        let mut spread = spread(count, squares, sum, sum);
        if spread.is_negative() {
            return Err(damaged());
        }
        let mut divisors = vec![count, degrees];
        // Twice, as the unit is squared too.
        let powers = powers_of_ten(self.scale.unsigned_abs()).repeat(2);
        if self.scale >= 0 {
            divisors.extend(powers);
        } else {
            spread = powers.iter().fold(spread, |spread, power| spread.times(*power));
        }
        Ok(match self.output {
            Output::Variance => spread.quotient(&divisors),
            Output::Deviation => spread.root_of_quotient(&divisors),
        })
    }
}
