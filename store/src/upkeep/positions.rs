//! Where the rows of a group of files are after they were rewritten.

use super::live::LiveRows;

/// Old places of rows to new ones. The living rows of all old files are numbered through; chunks of them were put into
/// another order; the new files hold them one after the other.
#[derive(Debug)]
pub(super) struct Positions {
    /// The old files, with how many rows live before each.
    sources: Vec<(u64, LiveRows)>,
    chunks: Vec<Chunk>,
    /// How many rows come before each new file.
    files: Vec<u64>,
}

/// Rows that were put in order together.
#[derive(Debug)]
struct Chunk {
    /// How many rows come before it.
    start: u64,
    /// Where each row is, counted from the start; `None` if all stayed where they were.
    places: Option<Vec<u32>>,
}

impl Positions {
    /// Rows that stay in their order.
    pub(super) fn new(sources: impl IntoIterator<Item = LiveRows>) -> Self {
        let mut before = 0;
        let number = |live: LiveRows| {
            let start = before;
            before += u64::from(live.len());
            (start, live)
        };
        Self { sources: sources.into_iter().map(number).collect(), chunks: Vec::new(), files: Vec::new() }
    }

    /// How many rows live in all old files.
    pub(super) fn rows(&self) -> u64 {
        self.sources.last().map_or(0, |(before, live)| before + u64::from(live.len()))
    }

    /// The rows from `start` on have other places, one for each.
    pub(super) fn add_chunk(&mut self, start: u64, places: Option<Vec<u32>>) {
        self.chunks.push(Chunk { start, places });
    }

    /// How many rows each new file has, in the order of the rows.
    pub(super) fn set_files(&mut self, rows: impl IntoIterator<Item = u64>) {
        let mut before = 0;
        self.files.clear();
        for rows in rows {
            self.files.push(before);
            before += rows;
        }
    }

    /// The new file and the row in it, counted from 0; `None` if the row did not live.
    pub(super) fn locate(&self, source: usize, row: u32) -> Option<(usize, u32)> {
        let (before, live) = self.sources.get(source)?;
        let place = self.reordered(before + u64::from(live.place(row)?))?;
        let file = self.files.partition_point(|before| *before <= place).checked_sub(1)?;
        let row = place - self.files.get(file)?;
        Some((file, u32::try_from(row).ok()?))
    }

    fn reordered(&self, row: u64) -> Option<u64> {
        let chunk = self.chunks.partition_point(|chunk| chunk.start <= row).checked_sub(1);
        let Some(Chunk { start, places: Some(places) }) = chunk.and_then(|chunk| self.chunks.get(chunk)) else {
            return Some(row);
        };
        let place = places.get(usize::try_from(row - start).ok()?)?;
        Some(start + u64::from(*place))
    }
}

#[cfg(test)]
mod tests {
    use super::{LiveRows, Positions};
    use crate::deletions::DeletionVector;

    #[test]
    fn rows_are_found_through_files_chunks_and_order() {
        let first = LiveRows::new(4, Some(&DeletionVector::from_rows([1])));
        let mut positions = Positions::new([first, LiveRows::new(3, None)]);
        assert_eq!(positions.rows(), 6);
        positions.set_files([4, 2]);
        let all = |positions: &Positions| {
            let rows = (0..5).map(|row| (0, row)).chain((0..4).map(|row| (1, row)));
            rows.map(|(source, row)| positions.locate(source, row)).collect::<Vec<_>>()
        };
        let at = |places: [(usize, u32); 6]| {
            let [a, b, c, d, e, f] = places.map(Some);
            vec![a, None, b, c, None, d, e, f, None]
        };
        let kept = at([(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1)]);
        assert_eq!(all(&positions), kept);
        // The first two rows change places, and the last three turn round.
        positions.add_chunk(0, Some(vec![1, 0, 2]));
        positions.add_chunk(3, Some(vec![2, 1, 0]));
        assert_eq!(all(&positions), at([(0, 1), (0, 0), (0, 2), (1, 1), (1, 0), (0, 3)]));
        assert_eq!(positions.locate(2, 0), None);
    }

    #[test]
    fn chunks_may_keep_their_order() {
        let mut positions = Positions::new([LiveRows::new(4, None)]);
        positions.set_files([4]);
        positions.add_chunk(0, Some(vec![1, 0]));
        positions.add_chunk(2, None);
        let places: Vec<_> = (0..4).filter_map(|row| positions.locate(0, row)).collect();
        assert_eq!(places, [(0, 1), (0, 0), (0, 2), (0, 3)]);
    }
}
