//! A data file as upkeep reads it: its living rows, row group by row group, in the columns of the version.

use std::ops::Range;

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};

use super::columns::Columns;
use super::live::LiveRows;
use crate::error::{Error, ErrorKind, Result};
use crate::snapshot::Snapshot;
use crate::verified::VerifiedFile;
use crate::writer::SortColumn;

/// Large enough that batches are few, small enough that texts of a batch do not outgrow their 32-bit offsets.
const BATCH_ROWS: usize = 65_536;

/// An open file of a version.
#[derive(Debug)]
pub(super) struct Source {
    file: VerifiedFile,
    metadata: ArrowReaderMetadata,
    columns: Columns,
    live: LiveRows,
    /// The rows of each row group.
    groups: Vec<Range<u32>>,
}

impl Source {
    pub(super) fn open(version: &Snapshot, index: usize) -> Result<Self> {
        let file = version.open_file_briefly(index)?;
        let options = ArrowReaderOptions::new().with_offset_index_policy(PageIndexPolicy::Optional);
        let (metadata, columns) = file.guard(|| {
            let metadata = ArrowReaderMetadata::load(&file, options)?;
            let columns = Columns::new(&metadata, version.schema());
            Ok((metadata, columns))
        })?;
        let groups = row_groups(&file, metadata.metadata())?;
        let rows = groups.last().map_or(0, |rows| rows.end);
        if version.files().get(index).map(|file| file.rows) != Some(u64::from(rows)) {
            return Err(Error::corruption(file.path(), "the footer counts other rows than the manifest"));
        }
        let live = LiveRows::new(rows, version.deletions(index)?.as_deref());
        Ok(Self { file, metadata, columns, live, groups })
    }

    /// How many row groups there are.
    pub(super) fn groups(&self) -> usize {
        self.groups.len()
    }

    /// How many rows live.
    pub(super) fn rows(&self) -> u64 {
        u64::from(self.live.len())
    }

    /// The living rows of a row group.
    pub(super) fn read(&self, group: usize) -> Result<Vec<RecordBatch>> {
        let Some(rows) = self.groups.get(group) else { return Ok(Vec::new()) };
        let expected = self.live.count(rows);
        if expected == 0 {
            return Ok(Vec::new());
        }
        let batches = self.file.guard(|| self.decode(group, rows));
        let batches = batches.or_else(|error| self.decode_again(group, rows, error))?;
        let found: usize = batches.iter().map(RecordBatch::num_rows).sum();
        if found != expected as usize {
            let error = Error::corruption(self.file.path(), "a row group has other rows than its footer counts");
            return Err(error.with_context("expected", expected).with_context("found", found));
        }
        // What did not fit is not told, as it may hold values.
        let fitted = batches.iter().map(|batch| self.columns.fit(batch)).collect::<Result<_, ArrowError>>();
        fitted.map_err(|_unfit| Error::corruption(self.file.path(), "the file does not fit the columns of its version"))
    }

    /// Several row groups of the file may fail at once, and then decoders of some tell a failure of the medium from
    /// damage no more. Where every byte turns out to be as it was written, the failure has passed unless it comes again.
    fn decode_again(&self, group: usize, rows: &Range<u32>, error: Error) -> Result<Vec<RecordBatch>> {
        if error.kind() != ErrorKind::Corruption {
            return Err(error);
        }
        self.file.read_everything()?;
        self.file.guard(|| self.decode(group, rows))
    }

    fn decode(&self, group: usize, rows: &Range<u32>) -> Result<Vec<RecordBatch>, ParquetError> {
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(self.file.clone(), self.metadata.clone())
            .with_batch_size(BATCH_ROWS)
            .with_row_groups(vec![group])
            .with_projection(self.columns.projection().clone());
        if (self.live.count(rows) as usize) < rows.len() {
            builder = builder.with_row_selection(RowSelection::from_boolean_buffer(self.live.mask(rows)));
        }
        let batches: Result<Vec<RecordBatch>, ArrowError> = builder.build()?.collect();
        Ok(batches?)
    }

    /// The order in which the file says its rows come, as far as it is one of columns the version still has.
    pub(super) fn sorting(&self, version: &Snapshot) -> Vec<SortColumn> {
        let groups = self.metadata.metadata().row_groups();
        let Some(first) = groups.first().and_then(|group| group.sorting_columns()) else { return Vec::new() };
        if groups.iter().any(|group| group.sorting_columns() != Some(first)) {
            return Vec::new();
        }
        let columns = self.metadata.parquet_schema().columns();
        let known = first.iter().map_while(|sorted| {
            let name = columns.get(usize::try_from(sorted.column_idx).ok()?)?.name();
            version.schema().column_with_name(name)?;
            let (descending, nulls_first) = (sorted.descending, sorted.nulls_first);
            Some(SortColumn { name: name.to_owned(), descending, nulls_first })
        });
        known.collect()
    }

    /// Whether the file has just the columns of its version.
    pub(super) fn has_all_columns(&self) -> bool {
        self.columns.are_same()
    }

    /// The rows that live, without the file.
    pub(super) fn into_live(self) -> LiveRows {
        self.live
    }
}

fn row_groups(file: &VerifiedFile, metadata: &ParquetMetaData) -> Result<Vec<Range<u32>>> {
    let mut end = 0_u32;
    let range = |rows: i64| {
        let start = end;
        end = start.checked_add(u32::try_from(rows).ok()?)?;
        Some(start..end)
    };
    let ranges: Option<Vec<Range<u32>>> =
        metadata.row_groups().iter().map(|group| group.num_rows()).map(range).collect();
    ranges.ok_or_else(|| Error::corruption(file.path(), "the footer counts more rows than can be numbered"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array};

    use super::{Error, ErrorKind, RecordBatch, Source};
    use crate::dataset::CommitOptions;
    use crate::digest::DIGEST_BLOCK_BYTES;
    use crate::options::StoreOptions;
    use crate::storage::MemoryStorage;
    use crate::store::Store;
    use crate::writer::{Compression, ParquetLayout};

    const ROWS: i64 = 100_000;

    #[test]
    fn a_failure_that_has_passed_is_no_damage() {
        let storage = MemoryStorage::new();
        let store = Store::open(Arc::new(storage.clone()), StoreOptions::default()).unwrap();
        let dataset = store.dataset(store.new_id());
        // Numbers that no encoding makes shorter.
        let mixed = (0..ROWS).map(|row| row.wrapping_mul(row).wrapping_mul(6_364_136_223_846_793_005));
        let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(mixed));
        let rows = RecordBatch::try_from_iter([("number", numbers)]).unwrap();
        let (schema, writer) = (rows.schema(), dataset.writer().unwrap());
        let layout = ParquetLayout::default().with_compression(Compression::None);
        let files = writer.write_parquet(&schema, [Ok::<_, Error>(rows)], &layout).unwrap();
        assert!(files[0].size > 2 * u64::from(DIGEST_BLOCK_BYTES), "the footer is in the block of the first rows");
        writer.commit_full(&schema, files, &CommitOptions::default()).unwrap();
        let source = Source::open(&dataset.latest().unwrap().unwrap(), 0).unwrap();
        let again = |error: Error| source.decode_again(0, &source.groups[0], error);
        let confused = || Error::corruption("somewhere", "the file could not be decoded");

        let failed = Error::new(ErrorKind::Io, "could not read the file");
        assert_eq!(again(failed).unwrap_err().kind(), ErrorKind::Io);

        let path = storage.paths().into_iter().find(|path| path.ends_with(".parquet")).unwrap();
        let sound = storage.content(&path).unwrap();
        let mut damaged = sound.to_vec();
        damaged[20] ^= 1;
        storage.tamper(&path, damaged);
        let error = again(confused()).unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Corruption, Some(path.as_str())));
        assert_eq!(error.message(), "the content does not match its digest");

        storage.tamper(&path, sound);
        let read = again(confused()).unwrap();
        assert_eq!(read.iter().map(RecordBatch::num_rows).sum::<usize>(), 100_000);
    }
}
