//! Writing the living rows of some files into new ones.

use arrow::array::RecordBatch;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::options::CompactOptions;
use super::positions::Positions;
use super::sort::{inverse, order, reorder};
use super::source::Source;
use crate::error::{Error, ErrorKind, Result};
use crate::manifest::DataFile;
use crate::snapshot::Snapshot;
use crate::writer::{ParquetLayout, SnapshotWriter};

/// The most rows that are held in memory to be put in order together.
const CHUNK_ROWS: usize = 4 * 1024 * 1024;

/// Some files of a version and those that took their place.
#[derive(Debug)]
pub(super) struct Rewritten {
    /// The old files by their place in the version.
    pub(super) sources: Vec<usize>,
    pub(super) files: Vec<DataFile>,
    pub(super) positions: Positions,
}

/// Rewrites a group of files. Rows that are in the layout's order already, or if it has none, are passed through;
/// others are put in order chunk by chunk, each chunk making files of its own.
pub(super) fn rewrite(
    writer: &SnapshotWriter,
    version: &Snapshot,
    group: &[usize],
    options: &CompactOptions,
) -> Result<Rewritten> {
    let layout = &options.layout;
    let sources = group.iter().map(|index| Source::open(version, *index)).collect::<Result<Vec<_>>>()?;
    // Of several files nothing is known but that each is in order.
    let sorting = match sources.as_slice() {
        [only] => only.sorting(version),
        _ => Vec::new(),
    };
    let (files, chunks) = if sorting.starts_with(&layout.sorting) {
        (pass_through(writer, version, &sources, &layout.clone().with_sorting(sorting))?, Vec::new())
    } else {
        let rows = sources.iter().map(Source::rows).sum();
        let mut sorting = Sorting::new(writer, version, options, chunk_rows(rows, layout));
        read_all(&sources, |batches| sorting.take(batches))?;
        sorting.finish()?
    };
    let mut positions = Positions::new(sources.into_iter().map(Source::into_live));
    let written = files.iter().try_fold(0_u64, |rows, file| rows.checked_add(file.rows));
    if written != Some(positions.rows()) {
        return Err(Error::new(ErrorKind::InvalidInput, "other rows were written than were read"));
    }
    positions.set_files(files.iter().map(|file| file.rows));
    for (start, places) in chunks {
        positions.add_chunk(start, places);
    }
    Ok(Rewritten { sources: group.to_vec(), files, positions })
}

fn pass_through(
    writer: &SnapshotWriter,
    version: &Snapshot,
    sources: &[Source],
    layout: &ParquetLayout,
) -> Result<Vec<DataFile>> {
    let mut sink = writer.parquet(version.schema(), layout)?;
    read_all(sources, |batches| batches.iter().try_for_each(|batch| sink.write(batch)))?;
    sink.finish()
}

/// Reads files one after the other, several row groups at a time.
fn read_all(sources: &[Source], mut take: impl FnMut(Vec<RecordBatch>) -> Result<()>) -> Result<()> {
    let groups: Vec<(&Source, usize)> =
        sources.iter().flat_map(|source| (0..source.groups()).map(move |group| (source, group))).collect();
    for window in groups.chunks(rayon::current_num_threads().max(1)) {
        let read: Vec<Result<Vec<RecordBatch>>> =
            window.par_iter().map(|(source, group)| source.read(*group)).collect();
        for batches in read {
            take(batches?)?;
        }
    }
    Ok(())
}

/// How many rows are put in order together: whole files, or else such parts of all rows that none is left over.
fn chunk_rows(rows: u64, layout: &ParquetLayout) -> usize {
    let file_rows = layout.target_file_rows.max(1);
    if file_rows < CHUNK_ROWS {
        return CHUNK_ROWS / file_rows * file_rows;
    }
    let chunks = rows.div_ceil(CHUNK_ROWS as u64).max(1);
    usize::try_from(rows.div_ceil(chunks)).unwrap_or(CHUNK_ROWS).max(1)
}

/// Where each row of a chunk is within it, `None` if all stayed, with the number of rows before the chunk.
type Places = (u64, Option<Vec<u32>>);

/// Rows on their way into files in order.
#[derive(Debug)]
struct Sorting<'a> {
    writer: &'a SnapshotWriter,
    version: &'a Snapshot,
    layout: &'a ParquetLayout,
    chunk_rows: usize,
    /// The bytes at which a chunk ends, whatever its rows.
    chunk_bytes: usize,
    batches: Vec<RecordBatch>,
    rows: usize,
    bytes: usize,
    files: Vec<DataFile>,
    chunks: Vec<Places>,
    /// The rows of the chunks before.
    before: u64,
}

impl<'a> Sorting<'a> {
    fn new(writer: &'a SnapshotWriter, version: &'a Snapshot, options: &'a CompactOptions, chunk_rows: usize) -> Self {
        let (layout, chunk_bytes) = (&options.layout, options.sort_bytes);
        let (batches, files, chunks) = (Vec::new(), Vec::new(), Vec::new());
        Self { writer, version, layout, chunk_rows, chunk_bytes, batches, rows: 0, bytes: 0, files, chunks, before: 0 }
    }

    fn take(&mut self, batches: Vec<RecordBatch>) -> Result<()> {
        for batch in batches {
            let mut start = 0;
            while start < batch.num_rows() {
                let taken = (batch.num_rows() - start).min(self.chunk_rows.saturating_sub(self.rows).max(1));
                self.batches.push(batch.slice(start, taken));
                self.rows += taken;
                start += taken;
                if self.rows >= self.chunk_rows {
                    self.end_chunk(false)?;
                }
            }
            self.bytes = self.bytes.saturating_add(batch.get_array_memory_size());
            if self.bytes >= self.chunk_bytes {
                self.end_chunk(true)?;
            }
        }
        Ok(())
    }

    /// Files of rows that take as many bytes as may be are full: together with others they would be the same again.
    fn end_chunk(&mut self, full: bool) -> Result<()> {
        let batches = std::mem::take(&mut self.batches);
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        if rows == 0 {
            return Ok(());
        }
        let schema = self.version.schema();
        let mut sink = self.writer.parquet(schema, self.layout)?;
        let places = match order(schema, &batches, &self.layout.sorting)? {
            None => {
                batches.iter().try_for_each(|batch| sink.write(batch))?;
                None
            }
            Some(order) => {
                reorder(schema, &batches, &order, |piece| sink.write(piece))?;
                Some(inverse(&order))
            }
        };
        self.files.extend(sink.finish()?.into_iter().map(|file| DataFile { full, ..file }));
        self.chunks.push((self.before, places));
        self.before += rows as u64;
        Ok(())
    }

    fn finish(mut self) -> Result<(Vec<DataFile>, Vec<Places>)> {
        self.end_chunk(false)?;
        Ok((self.files, self.chunks))
    }
}

#[cfg(test)]
mod tests {
    use super::{CHUNK_ROWS, ParquetLayout, chunk_rows};

    #[test]
    fn chunks_are_whole_files_or_of_the_same_size() {
        let most = CHUNK_ROWS as u64;
        let large = ParquetLayout::default();
        for (rows, expected) in [(0, 1), (5, 5), (most, most), (most + 2, most / 2 + 1), (3 * most, most)] {
            assert_eq!(chunk_rows(rows, &large) as u64, expected, "{rows} rows");
        }
        let small = ParquetLayout::default().with_target_file_rows(1_000_000);
        assert_eq!(chunk_rows(10, &small), 4_000_000);
    }
}
