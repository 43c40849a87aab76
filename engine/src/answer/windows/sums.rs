//! What is computed from numbers: sums, averages, shares and changes.

use arrow::array::ArrayRef;
use arrow::datatypes::i256;

use super::numbers::{Numbers, floats, shown, wholes};
use super::partitions::{Frame, Partitions, with_earlier};
use crate::error::Result;
use crate::functions::{ExactKind, ExactValue, RunningSum};
use crate::model::ColumnType;

/// The sum of the frame of each row; NULL where there is no value in it, and where the type cannot hold it.
pub(super) fn sum(numbers: &Numbers, partitions: &Partitions, frame: Frame, output: ColumnType) -> Result<ArrayRef> {
    match numbers.kind {
        ExactKind::Float => Ok(floats(sums(numbers, partitions, frame, RunningSum::nearest))),
        ExactKind::Whole { .. } => wholes(&sums(numbers, partitions, frame, RunningSum::whole), output),
    }
}

/// The mean of the values in the frame of each row.
pub(super) fn average(numbers: &Numbers, partitions: &Partitions, frame: Frame) -> ArrayRef {
    floats(sums(numbers, partitions, frame, RunningSum::average))
}

/// What `read` says of the sum of the frame of each row.
fn sums<T: Copy>(
    numbers: &Numbers,
    partitions: &Partitions,
    frame: Frame,
    read: impl Fn(&RunningSum) -> Option<T>,
) -> Vec<Option<T>> {
    partitions.column(|rows| {
        let mut sum = RunningSum::new(numbers.kind);
        let size = match frame {
            Frame::Running => u64::MAX,
            Frame::Moving(size) => size,
            Frame::Whole => {
                rows.iter().filter_map(|row| numbers.get(*row)).for_each(|value| sum.add(value));
                return vec![read(&sum); rows.len()];
            }
        };
        let cells = with_earlier(rows, size).map(|(enters, leaves)| {
            if let Some(value) = numbers.get(enters) {
                sum.add(value);
            }
            if let Some(value) = leaves.and_then(|row| numbers.get(row)) {
                sum.take_out(value);
            }
            read(&sum)
        });
        cells.collect()
    })
}

/// The share of each value in the sum over its partition; NULL if that is 0 or NULL.
pub(super) fn percent_of_total(numbers: &Numbers, partitions: &Partitions) -> ArrayRef {
    floats(partitions.column(|rows| {
        let mut sum = RunningSum::new(numbers.kind);
        rows.iter().filter_map(|row| numbers.get(*row)).for_each(|value| sum.add(value));
        let total = sum.nearest().filter(|total| total.abs() > 0.0);
        rows.iter().map(|row| shown(numbers.float(*row)? / total?)).collect()
    }))
}

/// Each value divided by the one `offset` rows before, minus 1; NULL if that is 0 or NULL.
pub(super) fn percent_change(numbers: &Numbers, partitions: &Partitions, offset: u64) -> ArrayRef {
    floats(partitions.column(|rows| {
        let change = |(row, earlier): (usize, Option<usize>)| {
            let base = numbers.float(earlier?).filter(|base| base.abs() > 0.0)?;
            shown(numbers.float(row)? / base - 1.0)
        };
        with_earlier(rows, offset).map(change).collect()
    }))
}

/// Each value minus the one `offset` rows before.
pub(super) fn difference(
    numbers: &Numbers,
    partitions: &Partitions,
    offset: u64,
    output: ColumnType,
) -> Result<ArrayRef> {
    let pair = |(row, earlier): (usize, Option<usize>)| Some((numbers.get(row)?, numbers.get(earlier?)?));
    match numbers.kind {
        ExactKind::Float => Ok(floats(partitions.column(|rows| {
            let difference = |rows| match pair(rows)? {
                (ExactValue::Float(value), ExactValue::Float(earlier)) => shown(value - earlier),
                _ => None,
            };
            with_earlier(rows, offset).map(difference).collect()
        }))),
        ExactKind::Whole { .. } => {
            let difference = |rows| -> Option<i256> {
                match pair(rows)? {
                    (ExactValue::Whole(value), ExactValue::Whole(earlier)) => value.checked_sub(earlier),
                    _ => None,
                }
            };
            wholes(&partitions.column(|rows| with_earlier(rows, offset).map(difference).collect()), output)
        }
    }
}
