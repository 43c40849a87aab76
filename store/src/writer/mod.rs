//! Writing new versions of a dataset.

mod layout;
mod output;
mod sink;

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};

use crate::dataset::{CommitOptions, CommitRequest, Committed, DatasetInner};
use crate::error::{Error, Result};
use crate::manifest::{DataFile, Operation};
use crate::storage::StorageLock;

pub use self::layout::{Compression, ParquetLayout, SortColumn};
pub use self::sink::ParquetSink;

/// Writes files of a dataset and commits them as a new version.
///
/// Files written are invisible until committed. A writer that is dropped before leaves them to vacuum, which in turn
/// removes no uncommitted files while any writer lives.
#[derive(Debug)]
pub struct SnapshotWriter {
    dataset: Arc<DatasetInner>,
    base: u64,
    /// Keeps vacuum from removing what is not committed yet.
    _writing: Box<dyn StorageLock>,
}

impl SnapshotWriter {
    pub(crate) fn new(dataset: Arc<DatasetInner>, base: u64, writing: Box<dyn StorageLock>) -> Self {
        Self { dataset, base, _writing: writing }
    }

    /// The newest version when the writer was made; 0 if there was none.
    #[must_use]
    pub fn base_version(&self) -> u64 {
        self.base
    }

    /// Starts files of the given columns, for rows that come piece by piece.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for a schema the store cannot hold (see
    /// [`SchemaDoc::from_arrow`](crate::SchemaDoc::from_arrow)) or a layout that does not fit it.
    pub fn parquet(&self, schema: &SchemaRef, layout: &ParquetLayout) -> Result<ParquetSink> {
        ParquetSink::new(Arc::clone(&self.dataset), Arc::clone(schema), layout)
    }

    /// Writes all rows of an iterator into files. The columns of a row group are encoded in parallel on the rayon pool
    /// of the calling thread.
    ///
    /// # Errors
    /// The first error of the iterator as it is, or those of [`ParquetSink::write`].
    pub fn write_parquet<E: From<Error>>(
        &self,
        schema: &SchemaRef,
        batches: impl IntoIterator<Item = Result<RecordBatch, E>>,
        layout: &ParquetLayout,
    ) -> Result<Vec<DataFile>, E> {
        let mut sink = self.parquet(schema, layout)?;
        for batch in batches {
            sink.write(&batch?)?;
        }
        Ok(sink.finish()?)
    }

    /// Commits a version that consists of these files only, in this order. No files make an empty table.
    ///
    /// When this returns, the version is durable. It fails with a retryable conflict if the newest version is no longer
    /// [`base_version`](Self::base_version) (or the one the options expect).
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) as said,
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for files that are not there or not of this schema,
    /// [`ErrorKind::CommitUnknown`](crate::ErrorKind::CommitUnknown) if it may or may not have happened,
    /// [`ErrorKind::Poisoned`](crate::ErrorKind::Poisoned), [`ErrorKind::Io`](crate::ErrorKind::Io).
    pub fn commit_full(&self, schema: &Schema, files: Vec<DataFile>, options: &CommitOptions) -> Result<Committed> {
        let expected = Some(options.expected_version.unwrap_or(self.base));
        self.dataset.commit(CommitRequest { operation: Operation::Full, schema, files, options, expected })
    }

    /// Commits a version that consists of those of the newest version and then these files. Commits of others in the
    /// meantime do not matter as long as the columns stayed the same; properties are laid over the existing ones.
    ///
    /// # Errors
    /// As of [`commit_full`](Self::commit_full); a conflict only if the columns have changed or the options expect
    /// another version.
    pub fn commit_append(&self, schema: &Schema, files: Vec<DataFile>, options: &CommitOptions) -> Result<Committed> {
        let expected = options.expected_version;
        self.dataset.commit(CommitRequest { operation: Operation::Append, schema, files, options, expected })
    }
}
