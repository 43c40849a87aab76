//! The rows of a file that live, and how many of them come before each.

use std::ops::Range;

use arrow::buffer::BooleanBuffer;

use crate::deletions::DeletionVector;

const WORD_ROWS: u32 = 64;

/// One bit per row and one count per 64 rows, so that a hundred million rows take 19 MB.
#[derive(Debug)]
pub(super) struct LiveRows {
    /// Row n lives if bit n % 64 of word n / 64 is set.
    words: Vec<u64>,
    /// How many rows live before those of each word.
    before: Vec<u32>,
    live: u32,
}

impl LiveRows {
    pub(super) fn new(rows: u32, deleted: Option<&DeletionVector>) -> Self {
        let mut words = vec![u64::MAX; (rows / WORD_ROWS) as usize];
        let rest = rows % WORD_ROWS;
        if rest > 0 {
            words.push((1_u64 << rest) - 1);
        }
        for row in deleted.into_iter().flat_map(|deleted| deleted.rows()) {
            if let Some(word) = words.get_mut((row / WORD_ROWS) as usize) {
                *word &= !(1_u64 << (row % WORD_ROWS));
            }
        }
        let mut live = 0;
        let mut before = Vec::with_capacity(words.len());
        for word in &words {
            before.push(live);
            live += word.count_ones();
        }
        Self { words, before, live }
    }

    /// How many rows live.
    pub(super) fn len(&self) -> u32 {
        self.live
    }

    /// The number of a row among those that live; `None` if it does not.
    pub(super) fn place(&self, row: u32) -> Option<u32> {
        self.lives(row).then(|| self.before(row))
    }

    /// How many rows of a range live.
    pub(super) fn count(&self, rows: &Range<u32>) -> u32 {
        self.before(rows.end).saturating_sub(self.before(rows.start))
    }

    /// Which rows of a range live.
    pub(super) fn mask(&self, rows: &Range<u32>) -> BooleanBuffer {
        rows.clone().map(|row| self.lives(row)).collect()
    }

    fn lives(&self, row: u32) -> bool {
        let word = self.words.get((row / WORD_ROWS) as usize);
        word.is_some_and(|word| *word & (1_u64 << (row % WORD_ROWS)) != 0)
    }

    /// How many rows live before this one, which may be the one after the last.
    fn before(&self, row: u32) -> u32 {
        let index = (row / WORD_ROWS) as usize;
        let below = (1_u64 << (row % WORD_ROWS)) - 1;
        match (self.words.get(index), self.before.get(index)) {
            (Some(word), Some(before)) => before + (*word & below).count_ones(),
            _ => self.live,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::{prop_assert_eq, proptest};

    use super::{DeletionVector, LiveRows};

    proptest! {
        #[test]
        fn counts_and_masks_are_those_of_the_rows_left(
            rows in 0_u32..300,
            deleted in proptest::collection::btree_set(0_u32..400, 0..150),
            one in 0_u32..300,
            other in 0_u32..300,
        ) {
            let live = LiveRows::new(rows, Some(&DeletionVector::from_rows(deleted.iter().copied())));
            let left: BTreeSet<u32> = (0..rows).filter(|row| !deleted.contains(row)).collect();
            prop_assert_eq!(live.len() as usize, left.len());
            for row in 0..rows + 70 {
                let place = left.contains(&row).then(|| left.range(..row).count());
                prop_assert_eq!(live.place(row).map(|place| place as usize), place);
            }
            let range = one.min(other).min(rows)..one.max(other).min(rows);
            prop_assert_eq!(live.count(&range) as usize, left.range(range.clone()).count());
            let mask: Vec<bool> = live.mask(&range).iter().collect();
            prop_assert_eq!(mask, range.map(|row| left.contains(&row)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn all_rows_live_without_a_vector() {
        let live = LiveRows::new(128, None);
        assert_eq!((live.len(), live.place(127), live.place(128), live.count(&(60..128))), (128, Some(127), None, 68));
    }
}
