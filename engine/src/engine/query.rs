//! From a query to its answer: resolve, open the tables, plan, run, finish.

use std::cell::RefCell;
use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::datatypes::Int64Type;
use datafusion::physical_plan::displayable;
use datafusion::scalar::ScalarValue;

use super::explain::{DatasetRoute, Explanation};
use super::tables::{Opened, Route, Routes};
use super::{Engine, Inner};
use crate::catalog::{Catalog, DatasetEntry};
use crate::error::Result;
use crate::execute::{Session, failed};
use crate::plan::{FixedValues, Tables};
use crate::query::Query;
use crate::resolve::{self, Drill, Extent, Groups, Probed, Resolution, ResolvedQuery, Shape, Surroundings, shown};
use crate::result::{Path, Provenance, QueryResult, ResultColumn, SnapshotRef, TotalRows};
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
        let session = self.inner.executor.session();
        self.inner.executor.run(async move { inner.answer(&query, &scope, &session).await }).await
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
pub(super) struct Prepared {
    pub(super) facts: Facts,
    pub(super) tables: Tables,
}

/// What is known of a query that is ready, besides its rows.
pub(super) struct Facts {
    pub(super) catalog: Arc<Catalog>,
    pub(super) resolved: Arc<ResolvedQuery>,
    /// Where the datasets are read.
    pub(super) routes: Routes,
}

/// The rows of an answer, and what is known of them. A clone is cheap.
#[derive(Debug, Clone)]
pub(super) struct Computed {
    pub(super) columns: Vec<ResultColumn>,
    pub(super) batches: Vec<RecordBatch>,
    pub(super) totals: Vec<(TotalRows, Option<BooleanArray>)>,
    pub(super) remainder: Option<(usize, BooleanArray)>,
    pub(super) total_rows: Option<u64>,
    pub(super) rows_scanned: Option<u64>,
}

impl Inner {
    /// Resolves a query and opens what it reads. What must be known of the data first is read from the same snapshots.
    /// Datasets whose route is known already are read there; the others are added.
    pub(super) async fn prepare(&self, query: &Query, scope: &Scope, routes: &mut Routes) -> Result<Prepared> {
        self.prepare_for(query, None, scope, routes).await
    }

    /// The same for the answer of a query or, where there is one, for the rows behind a cell of it.
    pub(super) async fn prepare_for(
        &self,
        query: &Query,
        drill: Option<&Drill<'_>>,
        scope: &Scope,
        routes: &mut Routes,
    ) -> Result<Prepared> {
        let mut prepared = Box::pin(self.opened_for(query, drill, scope, routes)).await?;
        Box::pin(self.add_row_nodes(&mut prepared)).await;
        Ok(prepared)
    }

    /// The same without what is only known of rows once they were read.
    async fn opened_for(
        &self,
        query: &Query,
        drill: Option<&Drill<'_>>,
        scope: &Scope,
        routes: &mut Routes,
    ) -> Result<Prepared> {
        let catalog = self.catalog()?;
        self.go_back(query, &catalog, routes)?;
        let now = self.clock.now();
        let mut probed = Probed::default();
        loop {
            let resolution = {
                let pinned = RefCell::new(&mut *routes);
                let held = |entry: &DatasetEntry| self.held(entry, &mut pinned.borrow_mut());
                let (max_rows, held) = (self.max_rows, &held);
                let surroundings = Surroundings { catalog: &catalog, scope, max_rows, now, probed: &probed, held };
                match drill {
                    Some(drill) => resolve::rows_behind(query, drill, &surroundings)?,
                    None => resolve::resolve(query, &surroundings)?,
                }
            };
            match resolution {
                Resolution::Ready(resolved) => {
                    let Opened { tables, routes } = self.open_tables(&catalog, &resolved, routes).await?;
                    return Ok(Prepared { facts: Facts { catalog, resolved: Arc::from(resolved), routes }, tables });
                }
                Resolution::Needs(needed) => {
                    for wanted in needed.extents {
                        let extent = Box::pin(self.extent(&catalog, &wanted, routes)).await?;
                        probed.extents.insert(wanted, extent);
                    }
                    for wanted in needed.trees {
                        let tree = Box::pin(self.member_tree(&catalog, &wanted, routes)).await?;
                        probed.trees.insert(wanted.key, tree);
                    }
                }
            }
        }
    }

    /// The least and the greatest value that a query asks for.
    async fn extent(&self, catalog: &Catalog, wanted: &ResolvedQuery, routes: &mut Routes) -> Result<Extent> {
        let opened = self.open_tables(catalog, wanted, routes).await?;
        let session = self.executor.session();
        let tables = Box::pin(answer::with_fixed_values(wanted, opened.tables, &session)).await?;
        let logical = plan::logical_plan(wanted, &tables).map_err(failed)?;
        let batches = session.collect(session.plan(&logical).await?).await?;
        let end = |column: usize| -> Result<ScalarValue> {
            let found = batches.iter().find(|batch| batch.num_rows() > 0).and_then(|batch| batch.columns().get(column));
            found.map_or(Ok(ScalarValue::Null), |values| ScalarValue::try_from_array(values, 0).map_err(failed))
        };
        Ok(Extent { least: end(0)?, greatest: end(1)? })
    }

    async fn explanation(&self, query: &Query, scope: &Scope) -> Result<Explanation> {
        let mut prepared = Box::pin(self.opened_for(query, None, scope, &mut Routes::new())).await?;
        Self::add_known_row_nodes(&mut prepared);
        let Prepared { facts, mut tables } = prepared;
        tables.fixed = FixedValues::unread(&facts.resolved);
        let session = self.executor.session();
        let logical = match &facts.resolved.shape {
            Shape::Grouped(groups) if groups.needs_steps(facts.resolved.total_rows) => {
                answer::first_pass(&facts.resolved, groups, &tables)?
            }
            _ => plan::logical_plan(&facts.resolved, &tables).map_err(failed)?,
        };
        let physical = session.plan(&logical).await?;
        let optimized = session.optimized(&logical)?;
        let links = facts.resolved.lookups.iter().map(|lookup| {
            let keys: Vec<&str> = lookup.keys.iter().map(|key| key.to.as_str()).collect();
            format!("{} -> {} ({})", lookup.chain, lookup.dataset.name, keys.join(", "))
        });
        let reason = |dataset: &String, route: &Route| match query.at {
            Some(at) if facts.resolved.base.name == *dataset => route.reason_at(at),
            _ => route.reason(),
        };
        let datasets = facts.routes.iter().map(|(dataset, route)| DatasetRoute {
            dataset: dataset.clone(),
            path: route.path(),
            reason: reason(dataset, route),
        });
        Ok(Explanation {
            path: path(&facts.routes),
            datasets: datasets.collect(),
            filters: filters(query, scope, &facts),
            links: links.collect(),
            plan: optimized.display_indent().to_string(),
            physical_plan: displayable(physical.as_ref()).indent(false).to_string(),
        })
    }

    pub(super) fn provenance(
        &self,
        query: &Query,
        scope: &Scope,
        facts: &Facts,
        rows_scanned: Option<u64>,
    ) -> Provenance {
        let routes = &facts.routes;
        let snapshots = routes.iter().filter_map(|(dataset, route)| match route {
            Route::Snapshot { pinned, .. } => Some(SnapshotRef { dataset: dataset.clone(), version: pinned.version() }),
            Route::Source { .. } => None,
        });
        let sources = routes.iter().filter(|(_, route)| matches!(route, Route::Source { .. }));
        Provenance {
            path: path(routes),
            snapshots: snapshots.collect(),
            sources: sources.map(|(dataset, _)| dataset.clone()).collect(),
            exact: !facts.resolved.is_approximate(),
            rows_scanned,
            filters: filters(query, scope, facts),
            data_time: None,
            computed_at: self.clock.now(),
        }
    }
}

/// The rows of a prepared query.
pub(super) async fn compute(query: &ResolvedQuery, tables: Tables, session: &Session) -> Result<Computed> {
    let tables = &Box::pin(answer::with_fixed_values(query, tables, session)).await?;
    if let Shape::Grouped(groups) = &query.shape
        && groups.needs_steps(query.total_rows)
    {
        return Box::pin(stepwise(query, groups, tables, session)).await;
    }
    let logical = plan::logical_plan(query, tables).map_err(failed)?;
    let physical = session.plan(&logical).await?;
    let batches = session.collect(Arc::clone(&physical)).await?;
    let total_rows = match (&query.shape, query.total_rows) {
        (Shape::Rows { .. }, true) => Some(count_rows(query, tables, session).await?),
        _ => None,
    };
    Ok(Computed {
        columns: finish::columns(query),
        batches: finish::rows(query, &physical.schema(), &batches)?,
        totals: Vec::new(),
        remainder: None,
        total_rows,
        rows_scanned: [plan::rows_scanned(physical.as_ref()), tables.fixed.rows_scanned()].into_iter().sum(),
    })
}

fn path(routes: &Routes) -> Path {
    let from_source = routes.values().any(|route| matches!(route, Route::Source { .. }));
    let from_snapshot = routes.values().any(|route| matches!(route, Route::Snapshot { .. }));
    match (from_source, from_snapshot) {
        (true, true) => Path::Mixed,
        (true, false) => Path::Source,
        (false, _) => Path::Snapshot,
    }
}

fn filters(query: &Query, scope: &Scope, facts: &Facts) -> Vec<String> {
    let mut texts = shown::asked(&query.filters);
    for dataset in facts.routes.keys() {
        if let Some(entry) = facts.catalog.datasets.get(dataset) {
            texts.extend(shown::added(entry, scope));
        }
    }
    texts
}

/// An answer that takes more than one plan.
async fn stepwise(query: &ResolvedQuery, groups: &Groups, tables: &Tables, session: &Session) -> Result<Computed> {
    let answered = Box::pin(answer::run(query, groups, tables, session)).await?;
    let count = answered.columns.first().map_or(0, |column| column.len());
    let pivoted = answered.pivoted.as_deref();
    let hidden = &answered.hidden_children;
    let batch = finish::answered(query, groups, &answered.columns, count, pivoted, hidden)?;
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
        let rows = finish::answered(query, groups, &level.columns, count, pivoted, hidden)?;
        let laid_out = |index: &usize| pivoted.is_none_or(|columns| columns.iter().any(|column| column.of == *index));
        let rolled_up = (0..names.len()).filter(|index| !level.kept.contains(index)).filter(laid_out);
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
        rows_scanned: [answered.rows_scanned, tables.fixed.rows_scanned()].into_iter().sum(),
    })
}

/// The number of rows that an answer of rows would have without a limit.
async fn count_rows(query: &ResolvedQuery, tables: &Tables, session: &Session) -> Result<u64> {
    let logical = plan::count_plan(query, tables).map_err(failed)?;
    let batches = session.collect(session.plan(&logical).await?).await?;
    let counts = batches.iter().filter_map(|batch| batch.columns().first()?.as_primitive_opt::<Int64Type>());
    Ok(counts.flat_map(|counts| counts.iter().flatten()).filter_map(|count| u64::try_from(count).ok()).sum())
}
