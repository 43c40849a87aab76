//! Writing rows into Parquet files: columns are encoded in parallel, digests and statistics made on the way.

use std::cmp::Reverse;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{FieldRef, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::layout::ParquetLayout;
use super::output::{Finished, Output};
use crate::dataset::DatasetInner;
use crate::digest::Digest;
use crate::error::{Error, ErrorKind, Result};
use crate::layout::{DATA_DIR, DIGESTS_DIR, data_path, digests_path};
use crate::manifest::{DataFile, FileDigest};
use crate::schema::SchemaDoc;
use crate::stats::ColumnAccumulator;

/// Rows gathered before columns are handed out to threads, so that small batches don't cost a round each.
const ROUND_ROWS: usize = 16_384;

/// Takes rows and writes them into as many files as the layout asks for.
///
/// Rows are in no file until [`finish`](Self::finish) returns them, and in no version until those files are committed.
/// A sink dropped before leaves files behind that nobody sees and vacuum removes.
#[derive(Debug)]
pub struct ParquetSink {
    dataset: Arc<DatasetInner>,
    schema: SchemaRef,
    properties: WriterProperties,
    row_group_rows: usize,
    target_file_rows: usize,
    open: Option<OpenFile>,
    pending: Vec<RecordBatch>,
    pending_rows: usize,
    files: Vec<DataFile>,
}

#[derive(Debug)]
struct OpenFile {
    path: String,
    /// The path from the root of the store, for errors.
    shown: String,
    digests_path: String,
    writer: SerializedFileWriter<Output>,
    factory: ArrowRowGroupWriterFactory,
    /// Writers of the row group under way, one per column.
    columns: Vec<ArrowColumnWriter>,
    /// The columns of the row group before, which are written while those of this one are encoded.
    closed: Vec<ArrowColumnChunk>,
    stats: Vec<ColumnAccumulator>,
    /// Bytes of each column in the row group before: the largest are encoded first, so that no thread waits for one.
    weights: Vec<usize>,
    group_rows: usize,
    groups: usize,
    rows: usize,
}

impl ParquetSink {
    pub(super) fn new(dataset: Arc<DatasetInner>, schema: SchemaRef, layout: &ParquetLayout) -> Result<Self> {
        SchemaDoc::from_arrow(&schema)?;
        let properties = layout.properties(&schema)?;
        Ok(Self {
            dataset,
            schema,
            properties,
            row_group_rows: layout.row_group_rows,
            target_file_rows: layout.target_file_rows,
            open: None,
            pending: Vec::new(),
            pending_rows: 0,
            files: Vec::new(),
        })
    }

    /// Adds rows. They must have the columns of the sink's schema in its order.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for other columns, a NULL where none may be, or a type Parquet cannot hold;
    /// [`ErrorKind::Io`] if the medium fails, [`ErrorKind::Poisoned`] after a failed sync. The sink is of no use then.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.check(batch)?;
        let mut start = 0;
        while start < batch.num_rows() {
            let taken = self.room().min(batch.num_rows() - start);
            self.pending.push(batch.slice(start, taken));
            self.pending_rows += taken;
            start += taken;
            self.proceed()?;
        }
        Ok(())
    }

    /// Ends the last file and makes all of them durable. Without rows there are no files.
    ///
    /// # Errors
    /// As of [`write`](Self::write).
    pub fn finish(mut self) -> Result<Vec<DataFile>> {
        self.encode_pending(true)?;
        self.end_file()?;
        if !self.files.is_empty() {
            self.dataset.sync_dir(DATA_DIR)?;
        }
        if self.files.iter().any(|file| matches!(file.digest, FileDigest::Blocks { .. })) {
            self.dataset.sync_dir(DIGESTS_DIR)?;
        }
        Ok(self.files)
    }

    fn check(&self, batch: &RecordBatch) -> Result<()> {
        let same = batch.num_columns() == self.schema.fields().len();
        let mut columns = self.schema.fields().iter().zip(batch.columns());
        if !same || columns.clone().any(|(field, column)| field.data_type() != column.data_type()) {
            return Err(Error::new(ErrorKind::InvalidInput, "the rows have other columns than the schema"));
        }
        match columns.find(|(field, column)| !field.is_nullable() && column.logical_null_count() > 0) {
            None => Ok(()),
            Some((field, _)) => Err(Error::new(ErrorKind::InvalidInput, "a column has NULLs that may have none")
                .with_context("column", field.name().escape_debug())),
        }
    }

    /// How many more rows the current row group and file take; at least 1.
    fn room(&self) -> usize {
        let (group_rows, file_rows) = self.open.as_ref().map_or((0, 0), |open| (open.group_rows, open.rows));
        let in_group = self.row_group_rows.saturating_sub(group_rows + self.pending_rows);
        let in_file = self.target_file_rows.saturating_sub(file_rows + self.pending_rows);
        in_group.min(in_file).max(1)
    }

    /// Encodes when enough rows have come together, ends row groups and files when they are full.
    fn proceed(&mut self) -> Result<()> {
        let (group_rows, file_rows) = self.open.as_ref().map_or((0, 0), |open| (open.group_rows, open.rows));
        let group_full = group_rows + self.pending_rows >= self.row_group_rows;
        let file_full = file_rows + self.pending_rows >= self.target_file_rows;
        if self.pending_rows >= ROUND_ROWS || group_full || file_full {
            self.encode_pending(group_full || file_full)?;
        }
        if file_full { self.end_file() } else { Ok(()) }
    }

    fn encode_pending(&mut self, ends_group: bool) -> Result<()> {
        if self.pending_rows == 0 && (self.open.is_none() || !ends_group) {
            return Ok(());
        }
        if self.open.is_none() {
            self.open = Some(self.begin_file()?);
        }
        let batches = std::mem::take(&mut self.pending);
        let rows = std::mem::take(&mut self.pending_rows);
        match &mut self.open {
            Some(open) => open.encode(self.schema.fields(), &batches, rows, ends_group),
            None => Ok(()),
        }
    }

    fn begin_file(&self) -> Result<OpenFile> {
        let id = self.dataset.context().env.new_id();
        let path = data_path(id);
        let shown = self.dataset.locate(&path);
        let output = Output::new(self.dataset.create_file(&path)?);
        let schema = Arc::clone(&self.schema);
        let stats = schema.fields().iter().map(|field| ColumnAccumulator::new(field.data_type())).collect();
        let (writer, factory) = ArrowWriter::try_new(output, schema, Some(self.properties.clone()))
            .and_then(ArrowWriter::into_serialized_writer)
            .map_err(|error| encode_error(error, &shown))?;
        Ok(OpenFile {
            path,
            shown,
            digests_path: digests_path(id),
            writer,
            factory,
            columns: Vec::new(),
            closed: Vec::new(),
            weights: vec![0; self.schema.fields().len()],
            stats,
            group_rows: 0,
            groups: 0,
            rows: 0,
        })
    }

    fn end_file(&mut self) -> Result<()> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let file = open.end(&self.dataset, self.schema.fields())?;
        self.files.push(file);
        Ok(())
    }
}

impl OpenFile {
    /// Adds rows to the row group under way, and ends it if no more rows belong to it.
    fn encode(&mut self, fields: &[FieldRef], batches: &[RecordBatch], rows: usize, ends_group: bool) -> Result<()> {
        if self.columns.is_empty() {
            let columns = self.factory.create_column_writers(self.groups);
            self.columns = columns.map_err(|error| encode_error(error, &self.shown))?;
        }
        let Self { writer, columns, closed, stats, weights, shown, .. } = self;
        let mut tasks: Vec<_> = columns.iter_mut().zip(stats).zip(fields).enumerate().collect();
        tasks.sort_by_key(|(index, _)| Reverse(weights.get(*index)));
        let (appended, encoded) = rayon::join(
            || append_group(writer, std::mem::take(closed)),
            || {
                tasks.into_par_iter().try_for_each(|(index, ((column, stats), field))| {
                    encode_column(index, column, stats, field, batches)
                })
            },
        );
        appended.and(encoded).map_err(|error| encode_error(error, shown))?;
        self.group_rows += rows;
        self.rows += rows;
        if ends_group { self.end_group() } else { Ok(()) }
    }

    fn end_group(&mut self) -> Result<()> {
        if self.group_rows == 0 {
            return Ok(());
        }
        let columns = std::mem::take(&mut self.columns);
        self.weights = columns.iter().map(ArrowColumnWriter::get_estimated_total_bytes).collect();
        let closed: Result<_, ParquetError> = columns.into_par_iter().map(ArrowColumnWriter::close).collect();
        self.closed = closed.map_err(|error| encode_error(error, &self.shown))?;
        self.group_rows = 0;
        self.groups += 1;
        Ok(())
    }

    /// Writes the footer, syncs the file and, if it has several blocks, the file of its digests.
    fn end(self, dataset: &DatasetInner, fields: &[FieldRef]) -> Result<DataFile> {
        let Self { path, shown, digests_path, mut writer, closed, stats, groups, rows, .. } = self;
        append_group(&mut writer, closed)
            .and_then(|()| writer.finish())
            .map_err(|error| encode_error(error, &shown))?;
        let output = writer.inner_mut().finish();
        let (storage_writer, finished) = output.map_err(|error| Error::io("write the file", &shown, error))?;
        dataset.sync_file(storage_writer, &path)?;
        let unfit = || Error::new(ErrorKind::InvalidInput, "the file has more blocks than can be digested");
        let Finished { digests, footer_bytes } = finished.ok_or_else(unfit)?;
        let digest = match digests.single() {
            Some(digest) => FileDigest::Whole { digest },
            None => {
                let content = digests.to_file().ok_or_else(unfit)?;
                dataset.write_file(&digests_path, &content)?;
                FileDigest::Blocks { digest: Digest::of(&content), path: digests_path }
            }
        };
        let columns = stats.into_iter().zip(fields).map(|(stats, field)| stats.finish(field.name())).collect();
        Ok(DataFile {
            size: digests.size(),
            rows: rows as u64,
            row_groups: groups as u64,
            footer_bytes: footer_bytes.unwrap_or(0),
            digest,
            columns,
            deletions: None,
            full: false,
            path,
        })
    }
}

/// Writes the columns of a row group, if there is one.
fn append_group(writer: &mut SerializedFileWriter<Output>, closed: Vec<ArrowColumnChunk>) -> Result<(), ParquetError> {
    if closed.is_empty() {
        return Ok(());
    }
    let mut group = writer.next_row_group()?;
    for chunk in closed {
        chunk.append_to_row_group(&mut group)?;
    }
    group.close().map(drop)
}

fn encode_column(
    index: usize,
    column: &mut ArrowColumnWriter,
    stats: &mut ColumnAccumulator,
    field: &FieldRef,
    batches: &[RecordBatch],
) -> Result<(), ParquetError> {
    for array in batches.iter().filter_map(|batch| batch.columns().get(index)) {
        stats.update(array)?;
        for leaf in compute_leaves(field, array)? {
            column.write(&leaf)?;
        }
    }
    Ok(())
}

/// Encoding fails on what it is given; the medium's errors come through as they are.
fn encode_error(error: ParquetError, path: &str) -> Error {
    Error::from_parquet(error, path, ErrorKind::InvalidInput, "the rows could not be written")
}
