//! Writing new versions of a dataset.

mod layout;
mod output;
mod sink;

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};

use crate::dataset::{Changes, CommitOptions, CommitRequest, Committed, Content, DatasetInner, Full};
use crate::error::{Error, ErrorKind, Result};
use crate::layout::dataset_dir;
use crate::manifest::{DataFile, Operation};
use crate::snapshot::Snapshot;
use crate::storage::StorageLock;

pub use self::layout::{Compression, ParquetLayout, SortColumn};
pub use self::sink::ParquetSink;

/// Writes files of a dataset and commits them as a new version.
///
/// Files written are invisible until committed. A writer that is dropped before leaves them to vacuum, which in turn
/// removes no uncommitted files while any writer lives. On a medium without locks their age protects them, and a commit
/// fails with a conflict if the writer was made too long ago
/// ([`StoreOptions::longest_commit`](crate::StoreOptions::longest_commit)): write anew.
#[derive(Debug)]
pub struct SnapshotWriter {
    pub(crate) dataset: Arc<DatasetInner>,
    base: u64,
    /// When the base was looked up, in microseconds; what is committed must not rest on it for too long without locks.
    since_us: i64,
    /// Keeps vacuum from removing what is not committed yet; `None` without locks.
    _writing: Option<Box<dyn StorageLock>>,
}

impl SnapshotWriter {
    pub(crate) fn new(
        dataset: Arc<DatasetInner>,
        base: u64,
        since_us: i64,
        writing: Option<Box<dyn StorageLock>>,
    ) -> Self {
        Self { dataset, base, since_us, _writing: writing }
    }

    /// The newest version when the writer was made; 0 if there was none.
    #[must_use]
    pub fn base_version(&self) -> u64 {
        self.base
    }

    /// The version of [`base_version`](Self::base_version); `None` if there was none. It is pinned as long as it is held.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] if so many versions came after it that it is gone, otherwise as of
    /// [`DatasetStore::latest`](crate::DatasetStore::latest).
    pub fn base(&self) -> Result<Option<Arc<Snapshot>>> {
        if self.base == 0 {
            return Ok(None);
        }
        match self.dataset.snapshot(self.base) {
            Err(error) if error.kind() == ErrorKind::VersionExpired => {
                let conflict = Error::new(ErrorKind::Conflict, "somebody else committed versions in the meantime");
                Err(conflict
                    .with_path(&dataset_dir(self.dataset.id()))
                    .with_context("base", self.base)
                    .with_source(error))
            }
            base => base.map(Some),
        }
    }

    /// Starts files of the given columns, for rows that come piece by piece.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for a schema the store cannot hold (see
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

    /// Commits a version that consists of these files only, in this order. No files make an empty table. Rows are not
    /// found by a key any more; [`commit_full_with`](Self::commit_full_with) keeps that up.
    ///
    /// When this returns, the version is durable. It fails with a retryable conflict if the newest version is no longer
    /// [`base_version`](Self::base_version) (or the one the options expect).
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] as said, [`ErrorKind::InvalidInput`] for files that are not there or not of this schema,
    /// [`ErrorKind::CommitUnknown`] if it may or may not have happened, [`ErrorKind::Poisoned`], [`ErrorKind::Io`].
    pub fn commit_full(&self, schema: &Schema, files: Vec<DataFile>, options: &CommitOptions) -> Result<Committed> {
        self.commit_full_with(schema, Full::new(files), options)
    }

    /// [`commit_full`](Self::commit_full) of files in which some rows are deleted, or whose rows are found by a key.
    ///
    /// # Errors
    /// As of [`commit_full`](Self::commit_full), and [`ErrorKind::InvalidInput`] for deleted rows that no file has and for
    /// key runs that are not there.
    pub fn commit_full_with(&self, schema: &Schema, full: Full, options: &CommitOptions) -> Result<Committed> {
        self.commit(Operation::Full, schema, Content::Full(full), options, Some(self.base))
    }

    /// Commits a version that consists of those of the newest version and then these files. Commits of others in the
    /// meantime do not matter as long as the columns stayed the same; properties are laid over the existing ones. Rows
    /// that come this way are in no key run, so a dataset with a key has none any more afterwards.
    ///
    /// # Errors
    /// As of [`commit_full`](Self::commit_full); a conflict only if the columns have changed or the options expect
    /// another version.
    pub fn commit_append(&self, schema: &Schema, files: Vec<DataFile>, options: &CommitOptions) -> Result<Committed> {
        self.commit(Operation::Append, schema, Content::Append(files), options, None)
    }

    /// Commits a version that differs from its base by some changes. Properties are laid over the existing ones. It fails
    /// with a retryable conflict if the newest version is no longer [`base_version`](Self::base_version) (or the one the
    /// options expect).
    ///
    /// The schema may have more columns than the base, and wider types: rows of older files have NULL in new columns,
    /// which must take it. Which rows of each changed file are gone, by now and before, is written into one new file,
    /// durably, before the version is committed. A file without a living row is no longer part of the version.
    ///
    /// # Errors
    /// As of [`commit_full`](Self::commit_full), and [`ErrorKind::InvalidInput`] for changes of files or key runs that are
    /// not part of the base, for rows beyond the end of their file, for rows that come or go although the key runs of the
    /// base stay as they are, and for columns as which older rows cannot be read; [`ErrorKind::Corruption`] if what was
    /// deleted before cannot be read.
    pub fn commit_changes(
        &self,
        operation: Operation,
        schema: &Schema,
        changes: Changes,
        options: &CommitOptions,
    ) -> Result<Committed> {
        self.commit(operation, schema, Content::Changes(changes), options, Some(self.base))
    }

    /// `expected` is the version that must be the newest if the options do not say which.
    fn commit(
        &self,
        operation: Operation,
        schema: &Schema,
        content: Content,
        options: &CommitOptions,
        expected: Option<u64>,
    ) -> Result<Committed> {
        let expected = options.expected_version.or(expected);
        let since_us = self.since_us;
        self.dataset.commit(CommitRequest { operation, schema, content, options, expected, since_us })
    }
}
