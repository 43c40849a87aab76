//! Key runs of a dataset in memory.

mod damage;
mod laws;
mod sorting;
mod writing;

use std::sync::Arc;

use arrow::array::{Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use uuid::Uuid;

use super::run::Sought;
use super::{KeyEntry, KeyRunFile, KeySecret, Keys, Place};
use crate::dataset::{CommitOptions, DatasetStore, Full};
use crate::env::SeededEnvironment;
use crate::error::Error;
use crate::manifest::DataFile;
use crate::options::StoreOptions;
use crate::rng::SplitMix64;
use crate::snapshot::Snapshot;
use crate::storage::MemoryStorage;
use crate::store::Store;
use crate::writer::{ParquetLayout, SnapshotWriter};

/// A dataset with data files to lead to. The files are small: runs only name them.
struct Bed {
    storage: MemoryStorage,
    dataset: DatasetStore,
    schema: SchemaRef,
    files: Vec<DataFile>,
}

impl Bed {
    fn new(files: i64) -> Self {
        Self::open(files, StoreOptions::default())
    }

    fn open(files: i64, options: StoreOptions) -> Self {
        let storage = MemoryStorage::new();
        let options = options.with_environment(Arc::new(SeededEnvironment::new(1, 1)));
        let store = Store::open(Arc::new(storage.clone()), options).unwrap();
        let dataset = store.dataset(Uuid::from_u128(1));
        let schema = Arc::new(Schema::new(vec![Field::new("id", DataType::Int64, false)]));
        let writer = dataset.writer().unwrap();
        let write = |id: i64| {
            let rows = RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(Int64Array::from(vec![id]))]).unwrap();
            let written = writer.write_parquet(&schema, [Ok::<_, Error>(rows)], &ParquetLayout::default());
            written.unwrap().remove(0)
        };
        let files = (0..files).map(write).collect();
        drop(writer);
        Self { storage, dataset, schema, files }
    }

    fn writer(&self) -> SnapshotWriter {
        self.dataset.writer().unwrap()
    }

    /// Writes a run whose places count the files of the bed.
    fn write(&self, entries: Vec<KeyEntry>) -> KeyRunFile {
        self.writer().write_keys(&self.files, entries).unwrap()
    }

    /// A version with all files and these runs.
    fn commit(&self, runs: Vec<KeyRunFile>) -> Arc<Snapshot> {
        self.commit_files(&self.files, runs)
    }

    fn commit_files(&self, files: &[DataFile], runs: Vec<KeyRunFile>) -> Arc<Snapshot> {
        let keys = Keys { columns: vec!["id".to_owned()], secret: KeySecret::from([3; 16]), runs };
        let full = Full::new(files.to_vec()).with_keys(keys);
        self.writer().commit_full_with(&self.schema, full, &CommitOptions::default()).unwrap().snapshot
    }
}

/// Different numbers give different hashes, which look alike in different ways.
fn shaped(shape: usize, number: u64) -> u128 {
    let spread = |seed: u64| u128::from(SplitMix64::new(seed).next_u64());
    match shape {
        // As real ones.
        0 => (spread(number) << 64) | spread(!number),
        // All with the same upper half, the least and the greatest there is.
        1 => u128::from(number),
        2 => (u128::from(u64::MAX) << 64) | spread(number),
        // Three upper halves.
        _ => (u128::from(number % 3) << 64) | spread(number),
    }
}

fn entry(hash: u128, row: u32) -> KeyEntry {
    KeyEntry { hash, place: Some(Place { file: 0, row }), version_time: Some(i64::from(row)), digest: u64::from(row) }
}

fn sought(hashes: impl IntoIterator<Item = u128>) -> Vec<Sought> {
    let mut sought: Vec<Sought> =
        hashes.into_iter().enumerate().map(|(number, hash)| Sought { hash, number }).collect();
    sought.sort_unstable_by_key(|sought| sought.hash);
    sought
}
