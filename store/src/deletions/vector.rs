//! The set of deleted rows of one file.

use std::ops::Range;

use roaring::RoaringBitmap;

/// Rows of one data file that are deleted, by their number in the file, from 0.
///
/// ```
/// use drillcore_store::DeletionVector;
///
/// let deleted = DeletionVector::from_rows([1, 2, 5]);
/// assert!(deleted.contains(2) && !deleted.contains(3));
/// assert_eq!(deleted.live(8), [0..1, 3..5, 6..8]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeletionVector {
    rows: RoaringBitmap,
}

impl DeletionVector {
    /// The given rows, in whatever order and however often.
    #[must_use]
    pub fn from_rows(rows: impl IntoIterator<Item = u32>) -> Self {
        Self { rows: rows.into_iter().collect() }
    }

    pub(super) fn from_bitmap(rows: RoaringBitmap) -> Self {
        Self { rows }
    }

    pub(super) fn bitmap(&self) -> &RoaringBitmap {
        &self.rows
    }

    /// Whether the row is deleted.
    #[must_use]
    pub fn contains(&self, row: u32) -> bool {
        self.rows.contains(row)
    }

    /// How many rows are deleted.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.rows.len()
    }

    /// Whether no row is deleted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The deleted rows, in order.
    pub fn rows(&self) -> impl Iterator<Item = u32> + '_ {
        self.rows.iter()
    }

    /// The greatest deleted row.
    #[must_use]
    pub fn last(&self) -> Option<u32> {
        self.rows.max()
    }

    /// Deletes a row; `false` if it was deleted before.
    pub fn insert(&mut self, row: u32) -> bool {
        self.rows.insert(row)
    }

    /// The rows deleted in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self { rows: &self.rows | &other.rows }
    }

    /// The rows deleted here and not in the other one.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        Self { rows: &self.rows - &other.rows }
    }

    /// The ranges of rows that live, in order and with deleted rows between them, of a file of `rows` rows.
    #[must_use]
    pub fn live(&self, rows: u64) -> Vec<Range<u64>> {
        let mut live = Vec::new();
        let mut start = 0;
        let mut deleted = self.rows.iter();
        while let Some(range) = deleted.next_range() {
            let end = u64::from(*range.start()).min(rows);
            if start < end {
                live.push(start..end);
            }
            start = u64::from(*range.end()) + 1;
        }
        if start < rows {
            live.push(start..rows);
        }
        live
    }
}
