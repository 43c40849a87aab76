//! Crash-safe storage of datasets as immutable Parquet files under numbered versions.
//!
//! # Overview
//!
//! - A [`Storage`] is the medium: [`LocalStorage`] (a folder), [`MemoryStorage`], `ObjectStorage` (a bucket; with the
//!   feature `object-store`), or one of your own.
//! - A [`Store`] lies on it: a [`Catalog`] (one JSON document of the engine) and any number of datasets, known by id.
//! - A [`DatasetStore`] has numbered versions. A [`Snapshot`] is one of them: schema, files, statistics, properties.
//!   While a snapshot lives, its files are not removed, by whatever process; on a medium without locks, not for a day.
//! - A [`SnapshotWriter`] writes Parquet files and commits them as the next version: replacing all rows, adding some, or
//!   changing some: [`DeletionVector`]s say which rows of older files are gone, so that these are not written anew.
//! - A [`VerifiedFile`] is a data file whose bytes are checked against digests before anybody sees them.
//!
//! All calls block; an asynchronous host makes them on threads meant for that. Everything is `Send` and `Sync` where
//! sharing makes sense.
//!
//! # Usage
//!
//! ```
//! use std::sync::Arc;
//!
//! use arrow::array::{Int64Array, RecordBatch};
//! use arrow::datatypes::{DataType, Field, Schema};
//! use drillcore_store::{CommitOptions, MemoryStorage, ParquetLayout, Store, StoreOptions};
//! use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
//!
//! let store = Store::open(Arc::new(MemoryStorage::new()), StoreOptions::default())?;
//! let dataset = store.dataset(store.new_id());
//!
//! // Write rows into files, then commit the files as version 1.
//! let schema = Arc::new(Schema::new(vec![Field::new("seats", DataType::Int64, false)]));
//! let batch = RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(Int64Array::from(vec![180, 416]))])?;
//! let writer = dataset.writer()?;
//! let mut sink = writer.parquet(&schema, &ParquetLayout::default())?;
//! sink.write(&batch)?;
//! let committed = writer.commit_full(&schema, sink.finish()?, &CommitOptions::default())?;
//! assert_eq!(committed.version, 1);
//!
//! // Read them back, checked.
//! let snapshot = dataset.latest()?.ok_or("nothing committed")?;
//! assert_eq!(snapshot.files()[0].columns[0].sum.as_deref(), Some("596"));
//! let mut rows = ParquetRecordBatchReaderBuilder::try_new(snapshot.open_file(0)?)?.build()?;
//! assert_eq!(rows.next().transpose()?, Some(batch));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Promises
//!
//! A commit that returned `Ok` survives the process and a power cut, given a disk that keeps what it says it synced;
//! before that, readers see the version before, whole. Damage in any file is reported as
//! [`ErrorKind::Corruption`] naming the file, before rows are returned. Opening never deletes. How this is kept, case
//! by case, is in docs/format.md.
//!
//! # Untrusted input
//!
//! Digests find damage, not malice: who can write into the folder of a store can write anything into it. Paths in
//! manifests cannot leave the store.

mod blocks;
mod catalog;
mod context;
mod dataset;
mod deletions;
mod digest;
mod env;
mod error;
mod format;
mod keys;
mod layout;
mod lockless;
mod log;
mod manifest;
mod options;
mod pins;
mod rng;
mod schema;
mod seal;
mod snapshot;
mod stats;
mod storage;
mod store;
mod touched;
mod type_text;
mod upkeep;
mod verified;
mod writer;

// The store and what is in it.
pub use catalog::{Catalog, CatalogVersion};
pub use dataset::{DatasetDescription, DatasetStore, VersionDescription};
pub use log::CommitHeader;
pub use options::{Retention, StoreOptions};
pub use snapshot::Snapshot;
pub use store::Store;

// What versions consist of.
pub use deletions::{DeletionVector, FileDeletions};
pub use digest::{DIGEST_BLOCK_BYTES, Digest, DigestParseError};
pub use format::FORMAT_VERSION;
pub use manifest::{ColumnStats, DataFile, FileDigest, Manifest, Operation};
pub use schema::{FieldDoc, SchemaDoc};
pub use touched::{DaySet, DaySetParseError, Touched};
pub use verified::{VerifiedFile, VerifiedReader};

// Finding rows by their key.
pub use keys::{
    KeyEntry, KeyHasher, KeyHashes, KeyIndex, KeyRule, KeyRunFile, KeySecret, KeySorter, Keys, Place, row_digests,
};

// Writing.
pub use dataset::{Changes, CommitOptions, Committed, Full, KeyChanges};
pub use writer::{Compression, ParquetLayout, ParquetSink, SnapshotWriter, SortColumn};

// Upkeep.
pub use dataset::{Problem, VacuumReport, VerifyReport, VerifyScope};
pub use upkeep::{CompactOptions, CompactReport, VacuumOptions};

// The medium, the clock, errors.
pub use env::{Environment, SeededEnvironment, SystemEnvironment};
pub use error::{Error, ErrorKind, Result};
#[cfg(feature = "object-store")]
pub use storage::ObjectStorage;
pub use storage::{
    LocalStorage, LockMode, MemoryStorage, Publish, Storage, StorageEntry, StorageFile, StorageLock, StorageWriter,
    check_path,
};

// Failing and crashing on request, for tests of this crate and of others.
pub use rng::SplitMix64;
pub use storage::{CrashMode, FaultKind, FaultOver, FaultRepeat, FaultStorage};
