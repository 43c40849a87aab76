//! One call of a window function.

use arrow::array::{ArrayRef, BooleanArray};
use datafusion::scalar::ScalarValue;
use drillcore_formulas::WindowFunction;

use super::counts::{rows_of, values_of};
use super::extremes::extreme;
use super::numbers::Numbers;
use super::partitions::{Frame, Partitions};
use super::ranks::{Ranked, cume_dist, ntile, percent_rank, rank, row_number};
use super::shifts::{first, lag, last, lead};
use super::sums::{average, difference, percent_change, percent_of_total, sum};
use crate::answer::order::SortBy;
use crate::error::{Error, Result};
use crate::model::ColumnType;

/// A call with the columns of the answer that it is computed from.
#[derive(Debug, Clone)]
pub(crate) struct WindowCall<'a> {
    pub(crate) function: WindowFunction,
    /// The column it is computed from; none for functions that rank, and for the number of rows.
    pub(crate) of: Option<&'a ArrayRef>,
    /// The rows of a moving window, how many rows back or ahead, the parts of an ntile.
    pub(crate) reach: u64,
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
    /// The type of the result, of sums and differences of integers and decimals: with the same digits behind the point.
    pub(crate) output: ColumnType,
}

/// The column of a call over an answer with so many rows, in the order of its rows.
///
/// # Errors
///
/// `LimitExceeded` for more rows than can be put in order. `Internal` if columns have different numbers of rows, or are
/// not what the function takes.
pub(crate) fn compute(call: &WindowCall<'_>, rows: usize) -> Result<ArrayRef> {
    use WindowFunction as F;
    if call.of.is_some_and(|of| of.len() != rows) {
        return Err(Error::internal("a window calculation was given columns with different numbers of rows"));
    }
    let partitions = Partitions::new(&call.partition, &call.order, rows)?;
    let ranked = || Ranked::new(call.remainder);
    let peers = || call.order.get(..call.ties).unwrap_or(&call.order);
    let frame = match call.function {
        F::RunningSum | F::RunningAverage | F::RunningMin | F::RunningMax => Frame::Running,
        F::MovingSum | F::MovingAverage | F::MovingMin | F::MovingMax => Frame::Moving(call.reach),
        _ => Frame::Whole,
    };
    match call.function {
        F::RunningSum | F::MovingSum | F::WindowSum => sum(&numbers(call)?, &partitions, frame, call.output),
        F::RunningAverage | F::MovingAverage | F::WindowAverage => Ok(average(&numbers(call)?, &partitions, frame)),
        F::RunningMin | F::MovingMin | F::WindowMin => extreme(of(call)?, &partitions, frame, false),
        F::RunningMax | F::MovingMax | F::WindowMax => extreme(of(call)?, &partitions, frame, true),
        F::RunningCount => Ok(values_of(of(call)?, &partitions)),
        F::WindowCount => Ok(rows_of(&partitions)),
        F::PercentOfTotal => Ok(percent_of_total(&numbers(call)?, &partitions)),
        F::PercentChange => Ok(percent_change(&numbers(call)?, &partitions, call.reach)),
        F::Difference => difference(&numbers(call)?, &partitions, call.reach, call.output),
        F::Lag => lag(of(call)?, &partitions, call.reach, call.default),
        F::Lead => lead(of(call)?, &partitions, call.reach, call.default),
        F::FirstValue => first(of(call)?, &partitions),
        F::LastValue => last(of(call)?, &partitions),
        F::Rank => rank(&partitions, &ranked(), peers(), rows, false),
        F::DenseRank => rank(&partitions, &ranked(), peers(), rows, true),
        F::PercentRank => percent_rank(&partitions, &ranked(), peers(), rows),
        F::CumeDist => cume_dist(&partitions, &ranked(), peers(), rows),
        F::RowNumber => Ok(row_number(&partitions, &ranked())),
        F::Ntile => Ok(ntile(&partitions, &ranked(), call.reach)),
    }
}

fn of<'a>(call: &WindowCall<'a>) -> Result<&'a ArrayRef> {
    call.of.ok_or_else(|| Error::internal("a window calculation was given no column"))
}

fn numbers(call: &WindowCall<'_>) -> Result<Numbers> {
    Numbers::new(of(call)?)
}
