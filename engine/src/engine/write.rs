//! Writing snapshots: opening the store, and a sink for the rows of a new version.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use drillcore_store::{
    CommitOptions, Committed, DataFile, Environment, ParquetLayout, ParquetSink, Snapshot, SnapshotWriter, SortColumn,
    Storage, Store, StoreOptions,
};
use uuid::Uuid;

use super::Inner;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::model::Column;
use crate::plan::ORDINAL;
use crate::tables::table_schema;

/// Opens or makes the store on a storage. Versions are dated by the engine's clock.
pub(super) fn open_store(storage: Arc<dyn Storage>, clock: &Arc<dyn Clock>) -> Result<Store> {
    let environment = EngineEnvironment { clock: Arc::clone(clock) };
    Ok(Store::open(storage, StoreOptions::default().with_environment(Arc::new(environment)))?)
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
    ParquetLayout::default().with_sorting(keys.map(SortColumn::ascending).collect())
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

    /// Encodes rows, on threads where that does not hold up queries.
    pub(super) async fn write(&mut self, batch: RecordBatch) -> Result<()> {
        let mut sink = self.take()?;
        let encoders = self.inner.executor.encoders();
        let sink = self.inner.executor.blocking(move || {
            encoders.install(|| sink.write(&batch))?;
            Ok(sink)
        });
        self.sink = Some(sink.await?);
        Ok(())
    }

    /// Puts the rows in place of those of the version before.
    pub(super) async fn commit_full(self, properties: BTreeMap<String, String>) -> Result<Arc<Snapshot>> {
        let mut options = CommitOptions::default();
        options.properties = properties;
        self.commit(move |writer, schema, files| writer.commit_full(schema, files, &options)).await
    }

    /// Puts the rows behind those of the version before.
    pub(super) async fn commit_append(self) -> Result<Arc<Snapshot>> {
        let options = CommitOptions::default().with_expected_version(self.base_version());
        self.commit(move |writer, schema, files| writer.commit_append(schema, files, &options)).await
    }

    async fn commit(
        mut self,
        commit: impl FnOnce(&SnapshotWriter, &SchemaRef, Vec<DataFile>) -> drillcore_store::Result<Committed>
        + Send
        + 'static,
    ) -> Result<Arc<Snapshot>> {
        let sink = self.take()?;
        let Self { inner, schema, writer, .. } = self;
        let encoders = inner.executor.encoders();
        let committed = inner.executor.blocking(move || {
            let files = encoders.install(|| sink.finish())?;
            Ok(commit(&writer, &schema, files)?)
        });
        Ok(committed.await?.snapshot)
    }

    fn take(&mut self) -> Result<ParquetSink> {
        self.sink.take().ok_or_else(|| Error::internal("rows are written to a snapshot that has failed"))
    }
}
