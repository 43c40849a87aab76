//! One window column.

use arrow::array::{ArrayRef, BooleanArray};
use datafusion::scalar::ScalarValue;

use super::numbers::Numbers;
use super::partitions::Partitions;
use super::ranks::{Ranked, ntile, rank, row_number};
use super::shifts::{first, lag, last, lead};
use super::sums::{difference, moving_average, percent_change, percent_of_total, running_total};
use super::types::window_type;
use crate::answer::order::SortBy;
use crate::error::{Error, Result};
use crate::model::ColumnType;
use crate::query::WindowFunction;

/// A window column with the columns of the answer that it is computed from.
#[derive(Debug, Clone)]
pub(crate) struct WindowCall<'a> {
    pub(crate) function: WindowFunction,
    /// The column it is computed from; none for functions that rank.
    pub(crate) of: Option<&'a ArrayRef>,
    /// The rows of a moving average, the parts of an ntile.
    pub(crate) size: u64,
    /// How many rows back, or ahead for a lead.
    pub(crate) offset: u64,
    /// What a lag or lead gives where there is no such row: a value of the type of `of`.
    pub(crate) default: Option<&'a ScalarValue>,
    /// The order asked for, and behind it what breaks ties.
    pub(crate) order: Vec<SortBy<'a>>,
    /// How many keys of the order were asked for. Rows that are equal in these share a rank.
    pub(crate) ties: usize,
    /// Rows that are equal in these belong together. Where the members of a top are among them, the flags of its
    /// remainder have to be too, or it would belong to the member that is NULL.
    pub(crate) partition: Vec<&'a ArrayRef>,
    /// The remainder of a top. It has no rank and counts in none; for all other functions it is a row like any other.
    pub(crate) remainder: Option<&'a BooleanArray>,
}

/// The window column of an answer with so many rows, in the order of its rows.
///
/// # Errors
///
/// `LimitExceeded` for more rows than can be put in order. `Internal` if columns have different numbers of rows, or are
/// not what [`window_type`] allows.
pub(crate) fn compute(call: &WindowCall<'_>, rows: usize) -> Result<ArrayRef> {
    if call.of.is_some_and(|of| of.len() != rows) {
        return Err(Error::internal("a window calculation was given columns with different numbers of rows"));
    }
    let partitions = Partitions::new(&call.partition, &call.order, rows)?;
    let ranked = || Ranked::new(call.remainder);
    let peers = || call.order.get(..call.ties).unwrap_or(&call.order);
    match call.function {
        WindowFunction::RunningTotal => {
            let numbers = numbers(call)?;
            running_total(&numbers, &partitions, output(call, &numbers)?)
        }
        WindowFunction::MovingAverage => Ok(moving_average(&numbers(call)?, &partitions, call.size)),
        WindowFunction::PercentOfTotal => Ok(percent_of_total(&numbers(call)?, &partitions)),
        WindowFunction::PercentChange => Ok(percent_change(&numbers(call)?, &partitions, call.offset)),
        WindowFunction::Difference => {
            let numbers = numbers(call)?;
            difference(&numbers, &partitions, call.offset, output(call, &numbers)?)
        }
        WindowFunction::Lag => lag(of(call)?, &partitions, call.offset, call.default),
        WindowFunction::Lead => lead(of(call)?, &partitions, call.offset, call.default),
        WindowFunction::FirstValue => first(of(call)?, &partitions),
        WindowFunction::LastValue => last(of(call)?, &partitions),
        WindowFunction::Rank => rank(&partitions, &ranked(), peers(), rows, false),
        WindowFunction::DenseRank => rank(&partitions, &ranked(), peers(), rows, true),
        WindowFunction::RowNumber => Ok(row_number(&partitions, &ranked())),
        WindowFunction::Ntile => Ok(ntile(&partitions, &ranked(), call.size)),
    }
}

fn of<'a>(call: &WindowCall<'a>) -> Result<&'a ArrayRef> {
    call.of.ok_or_else(|| Error::internal("a window calculation was given no column"))
}

fn numbers(call: &WindowCall<'_>) -> Result<Numbers> {
    Numbers::new(of(call)?)
}

fn output(call: &WindowCall<'_>, numbers: &Numbers) -> Result<ColumnType> {
    window_type(call.function, Some(numbers.column_type)).map_err(Error::internal)
}
