//! How threads share the reading of a snapshot. They take one piece after the other from a queue, so that whoever is done
//! early takes the next. Pieces become smaller towards the end: the first ones are large, as each has to be opened, and
//! the last ones small, so that the threads are done at about the same time.

use std::ops::Range;

use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};

/// Of what is left, a thread takes one part of so many for each thread.
const PARTS: i64 = 2;

/// Cuts files into pieces.
#[derive(Debug)]
pub(super) struct Pieces {
    threads: i64,
    /// Rows that are not in a piece yet.
    left: i64,
}

impl Pieces {
    /// For files with so many rows altogether.
    pub(super) fn new(threads: usize, rows: i64) -> Self {
        Self { threads: i64::try_from(threads).unwrap_or(i64::MAX), left: rows }
    }

    /// The pieces of the next file, as the bytes in which their row groups begin.
    pub(super) fn cut(&mut self, footer: &ParquetMetaData, size: u64) -> Vec<Range<i64>> {
        let groups = footer.row_groups();
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        let whole = Range { start: 0, end: size };
        if self.threads < 2 || !groups.is_sorted_by_key(first_byte) {
            return vec![whole];
        }
        let (mut pieces, mut start, mut rows) = (Vec::new(), 0, 0);
        for (group, next) in groups.iter().zip(groups.iter().skip(1)) {
            rows += group.num_rows();
            if rows.saturating_mul(PARTS).saturating_mul(self.threads) >= self.left {
                let end = first_byte(next);
                pieces.push(start..end);
                self.left = self.left.saturating_sub(rows);
                (start, rows) = (end, 0);
            }
        }
        pieces.push(start..size);
        self.left = self.left.saturating_sub(rows + groups.last().map_or(0, RowGroupMetaData::num_rows));
        pieces
    }
}

/// The byte by which DataFusion tells whether a row group belongs to a piece.
fn first_byte(group: &RowGroupMetaData) -> i64 {
    let first = group.columns().first();
    first.map_or(0, |column| column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset()))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::super::tests::file_in_tens;
    use super::{PARTS, ParquetMetaData, Pieces, Range, first_byte};

    /// A file of so many row groups: its footer and its size.
    fn file(groups: i64) -> (ParquetMetaData, u64) {
        file_in_tens(groups * 10)
    }

    /// How many row groups are in each piece.
    fn counts(footer: &ParquetMetaData, pieces: &[Range<i64>]) -> Vec<i64> {
        let begins_in = |piece: &Range<i64>| {
            footer.row_groups().iter().map(|group| i64::from(piece.contains(&first_byte(group)))).sum()
        };
        pieces.iter().map(begins_in).collect()
    }

    proptest! {
        #[test]
        fn each_row_group_is_in_one_piece_and_pieces_become_smaller(
            files in vec(1_i64..40, 1..5),
            threads in 2_i64..9,
        ) {
            let mut left: i64 = files.iter().sum();
            let mut pieces = Pieces::new(usize::try_from(threads).unwrap(), left * 10);
            for groups in files {
                let (footer, size) = file(groups);
                let cut = pieces.cut(&footer, size);
                prop_assert_eq!((cut[0].start, cut[cut.len() - 1].end), (0, i64::try_from(size).unwrap()));
                prop_assert!(cut.is_sorted_by(|piece, next| piece.end == next.start));
                for within in counts(&footer, &cut) {
                    prop_assert!(within > 0 && (within - 1) * PARTS * threads < left, "{} of {}", within, left);
                    left -= within;
                }
            }
            prop_assert_eq!(left, 0);
        }
    }

    #[test]
    fn the_last_pieces_of_a_file_are_single_row_groups() {
        let (footer, size) = file(46);
        let cut = Pieces::new(2, 460).cut(&footer, size);
        assert_eq!(counts(&footer, &cut), [12, 9, 7, 5, 4, 3, 2, 1, 1, 1, 1]);
    }

    #[test]
    fn one_thread_reads_whole_files() {
        let (footer, size) = file(46);
        assert_eq!(counts(&footer, &Pieces::new(1, 460).cut(&footer, size)), [46]);
    }
}
