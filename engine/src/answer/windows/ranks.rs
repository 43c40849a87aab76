//! Places in an order. The remainder of a top has none.

use arrow::array::{ArrayRef, BooleanArray};

use super::counts::integers;
use super::numbers::floats;
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

/// The share of the other ranked rows that come before; 0 where there is no other.
pub(super) fn percent_rank(
    partitions: &Partitions,
    ranked: &Ranked,
    keys: &[SortBy<'_>],
    rows: usize,
) -> Result<ArrayRef> {
    let share = |before: u32, _: u32, count: u32| match count {
        0 | 1 => 0.0,
        count => f64::from(before) / f64::from(count - 1),
    };
    shares(partitions, ranked, keys, rows, share)
}

/// The share of the ranked rows that do not come after.
pub(super) fn cume_dist(
    partitions: &Partitions,
    ranked: &Ranked,
    keys: &[SortBy<'_>],
    rows: usize,
) -> Result<ArrayRef> {
    shares(partitions, ranked, keys, rows, |_, not_after, count| f64::from(not_after) / f64::from(count))
}

/// What `share` says of the number of ranked rows before each row, of that of rows not behind it, and of that of all.
fn shares(
    partitions: &Partitions,
    ranked: &Ranked,
    keys: &[SortBy<'_>],
    rows: usize,
    share: impl Fn(u32, u32, u32) -> f64,
) -> Result<ArrayRef> {
    let peers = groups(keys, rows)?.of;
    // Rows have numbers of 32 bits.
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(floats(partitions.column(|rows| {
        let placed: Vec<usize> = rows.iter().copied().filter(|row| ranked.contains(*row)).collect();
        let mut found = Vec::with_capacity(placed.len());
        for equal in placed.chunk_by(|left, right| peers.get(*left) == peers.get(*right)) {
            let before = found.len();
            let value = share(number(before), number(before + equal.len()), number(placed.len()));
            found.resize(before + equal.len(), value);
        }
        let mut found = found.into_iter();
        rows.iter().map(|row| if ranked.contains(*row) { found.next() } else { None }).collect()
    })))
}
