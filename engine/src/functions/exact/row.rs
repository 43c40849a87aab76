//! What a row gives to a sum of floats: the value of one column, or those of two that are multiplied.

use std::fmt::Debug;

use arrow::array::{ArrayRef, BooleanArray};
use arrow::buffer::BooleanBuffer;
use datafusion::common::Result;
use datafusion::common::cast::as_float64_array;

use super::sums::{column, finite};

/// What a row gives. The default adds nothing.
pub(crate) trait Row: Debug + Copy + Default + PartialEq + Send + Sync + 'static {
    /// What all rows of the columns give, also those that do not count.
    fn rows(columns: &[ArrayRef]) -> Result<impl ExactSizeIterator<Item = Self> + Clone>;

    /// The rows that count: everything in them is finite, and the filter lets them through. Nothing means all.
    fn selection(columns: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Option<BooleanBuffer>>;
}

impl Row for f64 {
    fn rows(columns: &[ArrayRef]) -> Result<impl ExactSizeIterator<Item = Self> + Clone> {
        Ok(as_float64_array(column(columns, 0)?)?.values().iter().copied())
    }

    fn selection(columns: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Option<BooleanBuffer>> {
        finite(column(columns, 0)?, filter)
    }
}

impl Row for (f64, f64) {
    fn rows(columns: &[ArrayRef]) -> Result<impl ExactSizeIterator<Item = Self> + Clone> {
        let one = as_float64_array(column(columns, 0)?)?.values();
        let other = as_float64_array(column(columns, 1)?)?.values();
        Ok(one.iter().copied().zip(other.iter().copied()))
    }

    fn selection(columns: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Option<BooleanBuffer>> {
        let one = finite(column(columns, 0)?, filter)?;
        let other = finite(column(columns, 1)?, None)?;
        Ok(match (one, other) {
            (Some(one), Some(other)) => Some(&one & &other),
            (one, other) => one.or(other),
        })
    }
}
