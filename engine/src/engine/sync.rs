//! Filling the cache of an accelerated dataset: the source is read once, sorted by the clustering columns with bounded
//! memory, and written as a new snapshot that replaces the old one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use arrow::compute::concat_batches;
use datafusion::catalog::TableProvider;
use datafusion::common::Column;
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast};

use super::derived::{Adder, columns_of};
use super::report::{SyncProgress, SyncReport};
use super::write::{NORMALIZED, SnapshotSink, clustered_layout};
use super::{Engine, Inner};
use crate::catalog::{Acceleration, Catalog, DatasetEntry, key_type};
use crate::error::{Error, Result};
use crate::execute::failed;
use crate::links::LinkIndex;
use crate::model::Link;
use crate::plan::ORDINAL;
use crate::source::Source;
use crate::tables::{SnapshotTable, SourceTable};

impl Engine {
    /// Reads the source of an accelerated dataset into a new snapshot, to which queries go from then on. Until the
    /// snapshot is committed and durable, queries see the one before, whole.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the dataset is not accelerated; `SourceError` if the source cannot be read; `Conflict`, to be
    /// tried again, if another process synced it meanwhile; `Storage` if the store refuses.
    pub async fn sync(&self, dataset: &str) -> Result<SyncReport> {
        self.sync_with(dataset, |_| {}).await
    }

    /// [`Engine::sync`], telling how far it is after every batch of rows.
    ///
    /// # Errors
    ///
    /// As [`Engine::sync`].
    pub async fn sync_with(
        &self,
        dataset: &str,
        progress: impl Fn(SyncProgress) + Send + Sync + 'static,
    ) -> Result<SyncReport> {
        let (inner, dataset) = (Arc::clone(&self.inner), dataset.to_owned());
        self.inner.executor.run(async move { Box::pin(inner.full_load(&dataset, &progress)).await }).await
    }
}

impl Inner {
    async fn full_load(
        self: &Arc<Self>,
        dataset: &str,
        progress: &(dyn Fn(SyncProgress) + Send + Sync),
    ) -> Result<SyncReport> {
        let started = Instant::now();
        let catalog = self.catalog()?;
        let entry = Arc::clone(catalog.dataset(dataset)?);
        let (source, acceleration) = sync_parts(&entry)?;
        let table = Arc::new(SourceTable::new(source, entry.columns.clone()));
        let session = self.executor.session();
        let plan = clustered(Arc::clone(&table) as Arc<dyn TableProvider>, &acceleration.cluster_by).map_err(failed)?;
        let rows = session.stream(session.plan(&plan).await?)?;
        let adder = Adder::new(&catalog, &entry)?;
        let mut sink =
            SnapshotSink::start(self, entry.id, &adder.columns, &clustered_layout(&acceleration.cluster_by))?;
        let mut rows = std::pin::pin!(rows);
        while let Some(batch) = futures::StreamExt::next(&mut rows).await {
            sink.write(adder.add(&batch.map_err(failed)?)?).await?;
            progress(SyncProgress { rows: table.met().rows });
        }
        let met = table.met();
        let normalized = serde_json::to_string(&met.columns).unwrap_or_default();
        let mut properties = BTreeMap::from([(NORMALIZED.to_owned(), normalized)]);
        properties.extend(adder.property()?);
        let snapshot = sink.commit_full(properties).await?;
        let mut report = SyncReport {
            dataset: dataset.to_owned(),
            rows: snapshot.rows(),
            version: snapshot.version(),
            bytes: snapshot.manifest().bytes(),
            non_finite: met.nulled(),
            duplicate_keys: Vec::new(),
            took: started.elapsed(),
        };
        report.duplicate_keys = self.duplicate_keys(&catalog, &entry).await?;
        report.took = started.elapsed();
        Ok(report)
    }

    /// Rows of a link's target that no lookup finds, by link. The target's own filters are left aside.
    async fn duplicate_keys(&self, catalog: &Catalog, target: &DatasetEntry) -> Result<Vec<(String, u64)>> {
        let mut found = Vec::new();
        for link in catalog.links.iter().filter(|link| link.to == target.name) {
            let hidden = self.hidden_rows(catalog, link, target).await?;
            if hidden > 0 {
                found.push((format!("{}.{}", link.from, link.name), hidden));
            }
        }
        Ok(found)
    }
}

impl Inner {
    /// Rows of a link's target whose key an earlier row has, in the newest snapshot.
    async fn hidden_rows(&self, catalog: &Catalog, link: &Link, target: &DatasetEntry) -> Result<u64> {
        let from = catalog.dataset(&link.from)?;
        let Some(snapshot) = self.store.dataset(target.id).latest()? else { return Ok(0) };
        let files = self.open.open(&snapshot)?;
        let columns = columns_of(&snapshot, target)?;
        let table: Arc<dyn TableProvider> = Arc::new(SnapshotTable::new(snapshot, files, &columns));
        let plan = LogicalPlanBuilder::scan("target", provider_as_source(table), None).map_err(failed)?;
        let mut keys = Vec::with_capacity(link.on.len());
        for (left, right) in &link.on {
            let (left, right) = (from.column(left)?, target.column(right)?);
            let shared = key_type(left.column_type, right.column_type)
                .ok_or_else(|| Error::internal("a link compares columns of different types"))?;
            keys.push(cast(Expr::Column(Column::from_name(&right.id)), shared.arrow()));
        }
        let plan = plan.project(keys).and_then(LogicalPlanBuilder::build).map_err(failed)?;
        let session = self.executor.session();
        let physical = session.plan(&plan).await?;
        let schema = physical.schema();
        let batches = session.collect(physical).await?;
        let rows = concat_batches(&schema, &batches).map_err(|error| {
            Error::internal("the keys of a link's target cannot be put together").with_source(error)
        })?;
        Ok(LinkIndex::build(rows.columns())?.duplicates())
    }
}

fn sync_parts(entry: &DatasetEntry) -> Result<(Arc<dyn Source>, Acceleration)> {
    match (entry.source(), &entry.acceleration) {
        (Some(source), Some(acceleration)) => Ok((source, acceleration.clone())),
        (None, _) => Err(Error::input(format!("dataset `{}` was pushed and has no source to sync", entry.name))),
        (_, None) => Err(Error::input(format!("dataset `{}` is not accelerated; accelerate it first", entry.name))),
    }
}

/// All rows, sorted by the clustering columns with NULLs last, rows that are equal there in the order of the source.
fn clustered(table: Arc<dyn TableProvider>, by: &[String]) -> datafusion::error::Result<LogicalPlan> {
    let plan = LogicalPlanBuilder::scan("source", provider_as_source(table), None)?;
    if by.is_empty() {
        return plan.build();
    }
    let keys = by.iter().map(String::as_str).chain([ORDINAL]);
    let order = keys.map(|column| Expr::Column(Column::from_name(column)).sort(true, false));
    plan.sort(order.collect::<Vec<_>>())?.build()
}
