//! The rows that belong together, in their order.

use arrow::array::ArrayRef;

use crate::answer::order::{SortBy, groups, sorted};
use crate::error::Result;

/// The rows of a partition whose values become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    /// A row and all before it.
    Running,
    /// So many rows up to a row, itself included.
    Moving(u64),
    /// All.
    Whole,
}

/// All rows of the answer, those of a partition side by side and in the order of the window.
#[derive(Debug)]
pub(super) struct Partitions {
    rows: Vec<usize>,
    /// The partition of each row of the answer.
    of: Vec<u32>,
}

impl Partitions {
    pub(super) fn new(keys: &[&ArrayRef], order: &[SortBy<'_>], rows: usize) -> Result<Self> {
        let keys: Vec<SortBy<'_>> = keys.iter().map(|key| SortBy::ascending(key)).collect();
        let of = groups(&keys, rows)?.of;
        let mut rows: Vec<usize> = sorted(order, rows)?.values().iter().map(|row| *row as usize).collect();
        // A stable sort: inside a partition the order stays.
        rows.sort_by_key(|row| of.get(*row).copied());
        Ok(Self { rows, of })
    }

    /// A column of the answer, of which `cells` makes the cells of a partition from its rows.
    pub(super) fn column<T: Copy>(&self, mut cells: impl FnMut(&[usize]) -> Vec<Option<T>>) -> Vec<Option<T>> {
        let mut column = vec![None; self.rows.len()];
        for rows in self.rows.chunk_by(|left, right| self.of.get(*left) == self.of.get(*right)) {
            for (row, cell) in rows.iter().zip(cells(rows)) {
                if let Some(place) = column.get_mut(*row) {
                    *place = cell;
                }
            }
        }
        column
    }
}

/// Each row of a partition, and the one that stands so many rows before it if there is one.
pub(super) fn with_earlier(rows: &[usize], distance: u64) -> impl Iterator<Item = (usize, Option<usize>)> {
    let missing = usize::try_from(distance).unwrap_or(usize::MAX).min(rows.len());
    let earlier = std::iter::repeat_n(None, missing).chain(rows.iter().copied().map(Some));
    rows.iter().copied().zip(earlier)
}

/// For each row of a partition the one that stands so many rows behind it, if there is one.
pub(super) fn later(rows: &[usize], distance: u64) -> impl Iterator<Item = Option<usize>> {
    let missing = usize::try_from(distance).unwrap_or(usize::MAX).min(rows.len());
    rows.iter().copied().skip(missing).map(Some).chain(std::iter::repeat_n(None, missing))
}
