//! Places in an order. The remainder of a top has none.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int64Array};

use super::partitions::Partitions;
use crate::answer::order::{SortBy, groups};
use crate::error::Result;

/// Which rows are ranked.
#[derive(Debug)]
pub(super) struct Ranked {
    remainder: Vec<bool>,
}

impl Ranked {
    pub(super) fn new(remainder: Option<&BooleanArray>) -> Self {
        let remainder = remainder.into_iter().flatten().map(|flag| flag == Some(true)).collect();
        Self { remainder }
    }

    fn contains(&self, row: usize) -> bool {
        !self.remainder.get(row).copied().unwrap_or(false)
    }
}

/// 1, 2, 3 and so on.
pub(super) fn row_number(partitions: &Partitions, ranked: &Ranked) -> ArrayRef {
    integers(partitions.column(|rows| {
        let mut place = 0;
        let number = |row: &usize| {
            ranked.contains(*row).then(|| {
                place += 1;
                place
            })
        };
        rows.iter().map(number).collect()
    }))
}

/// The number of the first row that is equal in the keys; counted without the repetitions if `dense`.
pub(super) fn rank(
    partitions: &Partitions,
    ranked: &Ranked,
    keys: &[SortBy<'_>],
    rows: usize,
    dense: bool,
) -> Result<ArrayRef> {
    let peers = groups(keys, rows)?.of;
    Ok(integers(partitions.column(|rows| {
        let (mut place, mut rank, mut before) = (0, 0, None);
        let number = |row: &usize| {
            ranked.contains(*row).then(|| {
                place += 1;
                let group = peers.get(*row);
                if group != before {
                    rank = if dense { rank + 1 } else { place };
                    before = group;
                }
                rank
            })
        };
        rows.iter().map(number).collect()
    })))
}

/// The number of the part when the ranked rows are cut into so many parts.
pub(super) fn ntile(partitions: &Partitions, ranked: &Ranked, parts: u64) -> ArrayRef {
    integers(partitions.column(|rows| {
        let count = rows.iter().filter(|row| ranked.contains(**row)).count();
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let mut places = 0..count;
        let number = |row: &usize| {
            let place = if ranked.contains(*row) { places.next() } else { None };
            place.and_then(|place| part(place, count, parts))
        };
        rows.iter().map(number).collect()
    }))
}

/// The part, from 1, of the row at a place, from 0. The first parts have a row more where it does not come out even.
fn part(place: u64, rows: u64, parts: u64) -> Option<i64> {
    let size = rows.checked_div(parts)?;
    let larger = rows.checked_rem(parts)?;
    let in_larger = larger * (size + 1);
    let before = match place.checked_sub(in_larger) {
        None => place / (size + 1),
        Some(behind) => larger + behind.checked_div(size)?,
    };
    i64::try_from(before + 1).ok()
}

fn integers(values: Vec<Option<i64>>) -> ArrayRef {
    Arc::new(Int64Array::from(values))
}
