//! Writing snapshots: opening the store, and a sink for the rows of a new version.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use drillcore_store::{
    CommitOptions, DataFile, Environment, Full, KeySecret, Keys, ParquetLayout, ParquetSink, Snapshot, SnapshotWriter,
    SortColumn, Storage, Store, StoreOptions,
};
use uuid::Uuid;

use super::Inner;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::model::Column;
use crate::plan::ORDINAL;
use crate::sync::FullLoad;
use crate::tables::table_schema;

/// Opens or makes the store on a storage. Versions are dated by the engine's clock.
pub(super) fn open_store(storage: Arc<dyn Storage>, clock: &Arc<dyn Clock>, refresh: Duration) -> Result<Store> {
    let environment = EngineEnvironment { clock: Arc::clone(clock) };
    let options = StoreOptions::default().with_refresh(refresh).with_environment(Arc::new(environment));
    Ok(Store::open(storage, options)?)
}

#[derive(Debug)]
struct EngineEnvironment {
    clock: Arc<dyn Clock>,
}

impl Environment for EngineEnvironment {
    fn now_us(&self) -> i64 {
        self.clock.now().timestamp_micros()
    }

    fn new_id(&self) -> Uuid {
        Uuid::new_v4()
    }
}

/// The property of a version that says which values of the source had to become NULL, as JSON by column.
pub(super) const NORMALIZED: &str = "normalized";

/// The layout of a snapshot whose rows come in the order of these columns.
pub(super) fn clustered_layout(by: &[String]) -> ParquetLayout {
    let keys = by.iter().map(String::as_str).chain([ORDINAL]);
    let layout = ParquetLayout::default().with_sorting(keys.map(SortColumn::ascending).collect());
    layout.with_delta_columns(vec![ORDINAL.to_owned()])
}

/// A version of everything that was read.
#[derive(Debug)]
pub(super) struct FullCommit {
    pub(super) snapshot: Arc<Snapshot>,
    /// Rows that did not count for their key.
    pub(super) dropped: u64,
    /// Bytes of what rows are found by.
    pub(super) key_bytes: u64,
}

fn with_properties(properties: BTreeMap<String, String>) -> CommitOptions {
    let mut options = CommitOptions::default();
    options.properties = properties;
    options
}

/// Takes the rows of a new version and commits them.
pub(super) struct SnapshotSink {
    inner: Arc<Inner>,
    schema: SchemaRef,
    writer: SnapshotWriter,
    /// None while a batch is being encoded, and after a failure.
    sink: Option<ParquetSink>,
}

impl SnapshotSink {
    /// Starts a version of a dataset on top of its newest one.
    pub(super) fn start(inner: &Arc<Inner>, dataset: Uuid, columns: &[Column], layout: &ParquetLayout) -> Result<Self> {
        let schema = table_schema(columns);
        let writer = inner.store.dataset(dataset).writer()?;
        let sink = Some(writer.parquet(&schema, layout)?);
        Ok(Self { inner: Arc::clone(inner), schema, writer, sink })
    }

    /// The version that this one goes on top of; 0 if there is none.
    pub(super) fn base_version(&self) -> u64 {
        self.writer.base_version()
    }

    /// A secret for the keys of the rows of this version.
    pub(super) fn new_key_secret(&self) -> KeySecret {
        self.writer.new_key_secret()
    }

    /// What writes the rows of this version.
    pub(super) fn writer(&self) -> &SnapshotWriter {
        &self.writer
    }

    /// Encodes rows, on threads where that does not hold up queries.
    pub(super) async fn write(&mut self, batch: RecordBatch) -> Result<()> {
        self.write_made((), move |_| Ok(batch)).await
    }

    /// Encodes rows that are made with something on the same threads. Gives that back.
    pub(super) async fn write_made<T: Send + 'static>(
        &mut self,
        mut with: T,
        make: impl FnOnce(&mut T) -> Result<RecordBatch> + Send + 'static,
    ) -> Result<T> {
        let mut sink = self.take()?;
        let encoders = self.inner.executor.encoders();
        let (sink, with) = self
            .inner
            .executor
            .blocking(move || {
                encoders.install(|| -> Result<()> { Ok(sink.write(&make(&mut with)?)?) })?;
                Ok((sink, with))
            })
            .await?;
        self.sink = Some(sink);
        Ok(with)
    }

    /// Puts the rows in place of those of the version before.
    pub(super) async fn commit_full(self, properties: BTreeMap<String, String>) -> Result<Arc<Snapshot>> {
        let options = with_properties(properties);
        self.commit(move |writer, schema, files| Ok(writer.commit_full(schema, files, &options)?.snapshot)).await
    }

    /// Puts the rows in place of those of the version before, less those that do not count for their key. With `keys`,
    /// the columns of the key and what they were hashed with, rows are found by their keys from then on.
    pub(super) async fn commit_full_with(
        self,
        load: FullLoad,
        keys: Option<(Vec<String>, KeySecret)>,
        properties: BTreeMap<String, String>,
    ) -> Result<FullCommit> {
        let options = with_properties(properties);
        self.commit(move |writer, schema, files| {
            let chosen = load.into_keys(keys.is_some().then_some(files.as_slice()))?;
            let runs = keys.zip(chosen.run).map(|((columns, secret), run)| Keys { columns, secret, runs: vec![run] });
            let bytes = runs.iter().flat_map(|keys| &keys.runs).map(|run| run.size).sum();
            let mut full = Full::default();
            for (number, rows) in chosen.deleted {
                let file = files.get(number).ok_or_else(|| Error::internal("a row was written to no file"))?;
                full = full.with_deleted(&file.path, rows);
            }
            (full.files, full.keys) = (files, runs);
            let snapshot = writer.commit_full_with(schema, full, &options)?.snapshot;
            Ok(FullCommit { snapshot, dropped: chosen.dropped, key_bytes: bytes })
        })
        .await
    }

    /// Puts the rows behind those of the version before.
    pub(super) async fn commit_append(self) -> Result<Arc<Snapshot>> {
        let options = CommitOptions::default().with_expected_version(self.base_version());
        self.commit(move |writer, schema, files| Ok(writer.commit_append(schema, files, &options)?.snapshot)).await
    }

    async fn commit<T: Send + 'static>(
        mut self,
        commit: impl FnOnce(&SnapshotWriter, &SchemaRef, Vec<DataFile>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let sink = self.take()?;
        let Self { inner, schema, writer, .. } = self;
        let encoders = inner.executor.encoders();
        inner.executor.blocking(move || encoders.install(|| commit(&writer, &schema, sink.finish()?))).await
    }

    fn take(&mut self) -> Result<ParquetSink> {
        self.sink.take().ok_or_else(|| Error::internal("rows are written to a snapshot that has failed"))
    }
}
