//! From a query to its answer: resolve, open the tables, plan, run, finish.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::datatypes::Int64Type;
use datafusion::physical_plan::displayable;
use datafusion::scalar::ScalarValue;
use uuid::Uuid;

use super::explain::{DatasetRoute, Explanation};
use super::tables::{Opened, Route, Routes};
use super::{Engine, Inner};
use crate::catalog::Catalog;
use crate::error::Result;
use crate::execute::{Session, failed, within};
use crate::plan::Tables;
use crate::query::{Query, QueryBatch};
use crate::resolve::{self, Extent, Groups, Probed, Resolution, ResolvedQuery, Shape, Surroundings, shown};
use crate::result::{Path, Performance, Provenance, QueryResult, ResultColumn, SnapshotRef, TotalRows};
use crate::scope::Scope;
use crate::{answer, finish, plan};

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
}

/// The rows of an answer, and what is known of them.
struct Computed {
    columns: Vec<ResultColumn>,
    batches: Vec<RecordBatch>,
    totals: Vec<(TotalRows, Option<BooleanArray>)>,
    remainder: Option<(usize, BooleanArray)>,
    total_rows: Option<u64>,
    rows_scanned: Option<u64>,
}

impl Inner {
    /// Resolves a query and opens what it reads. What must be known of the data first is read from the same snapshots.
    async fn prepare(&self, query: &Query, scope: &Scope) -> Result<Prepared> {
        let catalog = self.catalog()?;
        let now = self.clock.now();
        let mut routes = Routes::new();
        let mut probed = Probed::new();
        loop {
            let surroundings =
                Surroundings { catalog: &catalog, scope, max_rows: self.max_rows, now, probed: &probed };
            match resolve::resolve(query, &surroundings)? {
                Resolution::Ready(resolved) => {
                    let opened = self.open_tables(&catalog, &resolved, &mut routes).await?;
                    return Ok(Prepared { catalog, resolved: *resolved, opened });
                }
                Resolution::Needs(extents) => {
                    for wanted in extents {
                        let extent = Box::pin(self.extent(&catalog, &wanted, &mut routes)).await?;
                        probed.insert(wanted, extent);
                    }
                }
            }
        }
    }

    /// The least and the greatest value that a query asks for.
    async fn extent(&self, catalog: &Catalog, wanted: &ResolvedQuery, routes: &mut Routes) -> Result<Extent> {
        let opened = self.open_tables(catalog, wanted, routes).await?;
        let logical = plan::logical_plan(wanted, &opened.tables).map_err(failed)?;
        let session = self.executor.session();
        let batches = session.collect(session.plan(&logical).await?).await?;
        let end = |column: usize| -> Result<ScalarValue> {
            let found = batches.iter().find(|batch| batch.num_rows() > 0).and_then(|batch| batch.columns().get(column));
            found.map_or(Ok(ScalarValue::Null), |values| ScalarValue::try_from_array(values, 0).map_err(failed))
        };
        Ok(Extent { least: end(0)?, greatest: end(1)? })
    }

    async fn answer(&self, query: &Query, scope: &Scope) -> Result<QueryResult> {
        let limit = query.options.timeout_ms.map(Duration::from_millis);
        Box::pin(within(limit, self.answer_in_time(query, scope))).await
    }

    async fn answer_in_time(&self, query: &Query, scope: &Scope) -> Result<QueryResult> {
        let started = Instant::now();
        let prepared = Box::pin(self.prepare(query, scope)).await?;
        let planned = Instant::now();
        let computed = Box::pin(self.compute(&prepared)).await?;
        let collected = Instant::now();
        let provenance = self.provenance(query, scope, &prepared, computed.rows_scanned);
        let performance = Performance {
            preparing_ms: millis(planned - started),
            querying_ms: millis(collected - planned),
            ..Performance::default()
        };
        let Computed { mut columns, batches, totals, remainder, total_rows, .. } = computed;
        if let [batch] = batches.as_slice() {
            finish::describe_bins(&prepared.resolved, batch.columns(), &mut columns)?;
        }
        let name = query.name.clone();
        let result = QueryResult::new(columns, batches, provenance, performance, Uuid::new_v4(), name)?;
        result.completed(remainder, totals, total_rows)
    }

    async fn compute(&self, prepared: &Prepared) -> Result<Computed> {
        let (query, tables) = (&prepared.resolved, &prepared.opened.tables);
        let session = self.executor.session();
        if let Shape::Grouped(groups) = &query.shape
            && groups.needs_steps(query.total_rows)
        {
            return Box::pin(stepwise(query, groups, tables, &session)).await;
        }
        let logical = plan::logical_plan(query, tables).map_err(failed)?;
        let physical = session.plan(&logical).await?;
        let batches = session.collect(Arc::clone(&physical)).await?;
        let total_rows = match (&query.shape, query.total_rows) {
            (Shape::Rows { .. }, true) => Some(count_rows(query, tables, &session).await?),
            _ => None,
        };
        Ok(Computed {
            columns: finish::columns(query),
            batches: finish::rows(query, &physical.schema(), &batches)?,
            totals: Vec::new(),
            remainder: None,
            total_rows,
            rows_scanned: plan::rows_scanned(physical.as_ref()),
        })
    }

    async fn explanation(&self, query: &Query, scope: &Scope) -> Result<Explanation> {
        let prepared = Box::pin(self.prepare(query, scope)).await?;
        let session = self.executor.session();
        let logical = match &prepared.resolved.shape {
            Shape::Grouped(groups) if groups.needs_steps(prepared.resolved.total_rows) => {
                answer::first_pass(&prepared.resolved, groups, &prepared.opened.tables)?
            }
            _ => plan::logical_plan(&prepared.resolved, &prepared.opened.tables).map_err(failed)?,
        };
        let physical = session.plan(&logical).await?;
        let optimized = session.optimized(&logical)?;
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
            physical_plan: displayable(physical.as_ref()).indent(false).to_string(),
        })
    }

    fn provenance(
        &self,
        query: &Query,
        scope: &Scope,
        prepared: &Prepared,
        rows_scanned: Option<u64>,
    ) -> Provenance {
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
            exact: !prepared.resolved.is_approximate(),
            rows_scanned,
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

/// An answer that takes more than one plan.
async fn stepwise(
    query: &ResolvedQuery,
    groups: &Groups,
    tables: &Tables,
    session: &Session,
) -> Result<Computed> {
    let answered = Box::pin(answer::run(query, groups, tables, session)).await?;
    let count = answered.columns.first().map_or(0, |column| column.len());
    let pivoted = answered.pivoted.as_deref();
    let batch = finish::answered(query, groups, &answered.columns, count, pivoted)?;
    let columns = pivoted.map_or_else(|| finish::columns(query), |pivoted| finish::pivoted(query, pivoted));
    let of_top = groups.steps.top.as_ref().map(|top| top.of);
    let place = match (of_top, pivoted) {
        (Some(of), Some(pivoted)) => pivoted.iter().position(|column| column.of == of),
        (of, _) => of,
    };
    let names: Vec<&str> = groups.dimensions.iter().map(|dimension| dimension.output.name.as_str()).collect();
    let mut totals = Vec::with_capacity(answered.totals.len());
    for level in answered.totals {
        let count = level.columns.first().map_or(0, |column| column.len());
        let rows = finish::answered(query, groups, &level.columns, count, None)?;
        let rolled_up = (0..names.len()).filter(|index| !level.kept.contains(index));
        let keys = level.kept.iter().filter_map(|index| names.get(*index)).map(|name| (*name).to_owned());
        totals.push((TotalRows::new(keys.collect(), rolled_up, rows), level.remainder));
    }
    let total_rows = query.total_rows.then(|| u64::try_from(answered.total_rows).unwrap_or(u64::MAX));
    Ok(Computed {
        columns,
        batches: vec![batch],
        totals,
        remainder: place.zip(answered.remainder),
        total_rows,
        rows_scanned: answered.rows_scanned,
    })
}

/// The number of rows that an answer of rows would have without a limit.
async fn count_rows(query: &ResolvedQuery, tables: &Tables, session: &Session) -> Result<u64> {
    let logical = plan::count_plan(query, tables).map_err(failed)?;
    let batches = session.collect(session.plan(&logical).await?).await?;
    let counts = batches.iter().filter_map(|batch| batch.columns().first()?.as_primitive_opt::<Int64Type>());
    Ok(counts.flat_map(|counts| counts.iter().flatten()).filter_map(|count| u64::try_from(count).ok()).sum())
}
