//! What is shown of exact sums.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array};
use arrow::buffer::NullBuffer;
use datafusion::common::Result;

use crate::functions::exact::{FloatSums, NarrowSums, Number, Sums, WideSums, is_present};

/// Sums that can be shown, and divided by how many values they have.
pub(super) trait Totals: Sums {
    /// The sums as they are shown.
    fn totals(&self, nulls: Option<&NullBuffer>) -> Result<ArrayRef>;

    /// The sums divided by the counts; NULL where a count is not positive.
    fn averages(&self, counts: &[i64]) -> Result<ArrayRef>;
}

impl<T> Totals for NarrowSums<T>
where
    Self: Sums,
{
    fn totals(&self, nulls: Option<&NullBuffer>) -> Result<ArrayRef> {
        self.states(nulls)
    }

    fn averages(&self, counts: &[i64]) -> Result<ArrayRef> {
        Ok(averages(self, counts, |sum, count| sum.decimal_average(count, self.scale())))
    }
}

impl<T> Totals for WideSums<T>
where
    Self: Sums,
{
    fn totals(&self, nulls: Option<&NullBuffer>) -> Result<ArrayRef> {
        self.decimals(nulls)
    }

    fn averages(&self, counts: &[i64]) -> Result<ArrayRef> {
        Ok(averages(self, counts, |sum, count| sum.decimal_average(count, self.scale())))
    }
}

impl Totals for FloatSums {
    fn totals(&self, nulls: Option<&NullBuffer>) -> Result<ArrayRef> {
        let sums: Float64Array = (0..self.groups())
            .map(|group| if is_present(nulls, group) { self.number(group).nearest() } else { None })
            .collect();
        Ok(Arc::new(sums))
    }

    fn averages(&self, counts: &[i64]) -> Result<ArrayRef> {
        Ok(averages(self, counts, float_average))
    }
}

/// What `average` makes of each sum and its count.
fn averages<S: Sums>(sums: &S, counts: &[i64], average: impl Fn(&Number, i64) -> Option<f64>) -> ArrayRef {
    let averages: Float64Array = counts
        .iter()
        .enumerate()
        .map(|(group, count)| if *count > 0 { average(&sums.number(group), *count) } else { None })
        .collect();
    Arc::new(averages)
}

/// The sum divided by the count, if that is not infinite.
fn float_average(sum: &Number, count: i64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "fewer rows than 2^53 can be counted in a lifetime")]
    let divisor = count as f64;
    match sum.nearest() {
        Some(sum) => {
            let average = sum / divisor;
            // A tiny negative sum may be divided down to -0.0.
            Some(if average.abs() > 0.0 { average } else { 0.0 })
        }
        // The sum has no f64, but the average may have.
        None => sum.quotient(&[u64::try_from(count).ok()?]),
    }
}
