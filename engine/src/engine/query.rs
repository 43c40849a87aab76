//! From a query to its answer: resolve, open the tables, plan, run, finish.

use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::physical_plan::{ExecutionPlan, displayable};
use uuid::Uuid;

use super::explain::{DatasetRoute, Explanation};
use super::tables::{Opened, Route};
use super::{Engine, Inner};
use crate::catalog::Catalog;
use crate::error::Result;
use crate::execute::{failed, within};
use crate::query::{Query, QueryBatch};
use crate::resolve::{self, ResolvedQuery, shown};
use crate::result::{Path, Performance, Provenance, QueryResult, SnapshotRef};
use crate::scope::Scope;
use crate::{finish, plan};

impl Engine {
    /// Answers a query under a scope.
    ///
    /// The work runs on the engine's threads; dropping the future stops it.
    ///
    /// # Errors
    ///
    /// `InvalidQuery`, `NotSupported` and `NotFound` with the place in the document; `AccessDenied` if the scope does
    /// not decide a filter; `LimitExceeded` past a limit of rows, time or memory; `SourceError` and `Storage` if rows
    /// cannot be read.
    pub async fn query(&self, query: &Query, scope: &Scope) -> Result<QueryResult> {
        let inner = Arc::clone(&self.inner);
        let (query, scope) = (query.clone(), scope.clone());
        self.inner.executor.run(async move { inner.answer(&query, &scope).await }).await
    }

    /// Answers the queries of one document, each on its own: a failed one stands as an error in its place.
    pub async fn query_batch(&self, batch: &QueryBatch, scope: &Scope) -> Vec<Result<QueryResult>> {
        let mut answers = Vec::with_capacity(batch.queries.len());
        for (index, query) in batch.queries.iter().enumerate() {
            let place = format!("/queries/{index}");
            answers.push(self.query(query, scope).await.map_err(|error| error.within(&place)));
        }
        answers
    }

    /// The path that a query would take, and why. Reads the targets of links, but not the base.
    ///
    /// # Errors
    ///
    /// As [`Engine::query`], for whatever is wrong before rows of the base are read.
    pub async fn explain(&self, query: &Query, scope: &Scope) -> Result<Explanation> {
        let inner = Arc::clone(&self.inner);
        let (query, scope) = (query.clone(), scope.clone());
        self.inner.executor.run(async move { inner.explanation(&query, &scope).await }).await
    }
}

/// A query made ready to run.
struct Prepared {
    catalog: Arc<Catalog>,
    resolved: ResolvedQuery,
    opened: Opened,
    logical: datafusion::logical_expr::LogicalPlan,
    physical: Arc<dyn ExecutionPlan>,
}

impl Inner {
    async fn prepare(&self, query: &Query, scope: &Scope) -> Result<Prepared> {
        let catalog = self.catalog()?;
        let resolved = resolve::resolve(query, &catalog, scope, self.max_rows)?;
        let opened = self.open_tables(&catalog, &resolved).await?;
        let logical = plan::logical_plan(&resolved, &opened.tables).map_err(failed)?;
        let physical = self.executor.session().plan(&logical).await?;
        Ok(Prepared { catalog, resolved, opened, logical, physical })
    }

    async fn answer(&self, query: &Query, scope: &Scope) -> Result<QueryResult> {
        let limit = query.options.timeout_ms.map(Duration::from_millis);
        Box::pin(within(limit, self.answer_in_time(query, scope))).await
    }

    async fn answer_in_time(&self, query: &Query, scope: &Scope) -> Result<QueryResult> {
        let started = Instant::now();
        let prepared = Box::pin(self.prepare(query, scope)).await?;
        let planned = Instant::now();
        let batches = self.executor.session().collect(Arc::clone(&prepared.physical)).await?;
        let collected = Instant::now();
        let rows = finish::rows(&prepared.resolved, &prepared.physical.schema(), &batches)?;
        let provenance = self.provenance(query, scope, &prepared);
        let performance = Performance {
            preparing_ms: millis(planned - started),
            querying_ms: millis(collected - planned),
            processing_ms: millis(collected.elapsed()),
            ..Performance::default()
        };
        let columns = finish::columns(&prepared.resolved);
        QueryResult::new(columns, rows, provenance, performance, Uuid::new_v4(), query.name.clone())
    }

    async fn explanation(&self, query: &Query, scope: &Scope) -> Result<Explanation> {
        let prepared = Box::pin(self.prepare(query, scope)).await?;
        let optimized = self.executor.session().optimized(&prepared.logical)?;
        let links = prepared.resolved.lookups.iter().map(|lookup| {
            let keys: Vec<&str> = lookup.keys.iter().map(|key| key.to.as_str()).collect();
            format!("{} -> {} ({})", lookup.chain, lookup.dataset.name, keys.join(", "))
        });
        let datasets = prepared.opened.routes.iter().map(|(dataset, route)| DatasetRoute {
            dataset: dataset.clone(),
            path: route.path(),
            reason: route.reason(),
        });
        Ok(Explanation {
            path: path(&prepared.opened),
            datasets: datasets.collect(),
            filters: filters(query, scope, &prepared),
            links: links.collect(),
            plan: optimized.display_indent().to_string(),
            physical_plan: displayable(prepared.physical.as_ref()).indent(false).to_string(),
        })
    }

    fn provenance(&self, query: &Query, scope: &Scope, prepared: &Prepared) -> Provenance {
        let routes = &prepared.opened.routes;
        let snapshots = routes.iter().filter_map(|(dataset, route)| match route {
            Route::Snapshot { pinned, .. } => Some(SnapshotRef { dataset: dataset.clone(), version: pinned.version() }),
            Route::Source { .. } => None,
        });
        let sources = routes.iter().filter(|(_, route)| matches!(route, Route::Source { .. }));
        Provenance {
            path: path(&prepared.opened),
            snapshots: snapshots.collect(),
            sources: sources.map(|(dataset, _)| dataset.clone()).collect(),
            exact: true,
            rows_scanned: rows_scanned(prepared.physical.as_ref()),
            filters: filters(query, scope, prepared),
            data_time: None,
            computed_at: self.clock.now(),
        }
    }
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}

fn path(opened: &Opened) -> Path {
    let from_source = opened.routes.values().any(|route| matches!(route, Route::Source { .. }));
    let from_snapshot = opened.routes.values().any(|route| matches!(route, Route::Snapshot { .. }));
    match (from_source, from_snapshot) {
        (true, true) => Path::Mixed,
        (true, false) => Path::Source,
        (false, _) => Path::Snapshot,
    }
}

fn filters(query: &Query, scope: &Scope, prepared: &Prepared) -> Vec<String> {
    let mut texts = shown::asked(&query.filters);
    for dataset in prepared.opened.routes.keys() {
        if let Some(entry) = prepared.catalog.datasets.get(dataset) {
            texts.extend(shown::added(entry, scope));
        }
    }
    texts
}

/// The rows that the leaves of a plan gave out, after pruning.
fn rows_scanned(plan: &dyn ExecutionPlan) -> Option<u64> {
    let children = plan.children();
    if children.is_empty() {
        return plan.metrics()?.output_rows().and_then(|rows| u64::try_from(rows).ok());
    }
    children.into_iter().map(|child| rows_scanned(child.as_ref())).sum()
}
