//! SQL over the datasets of an engine.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder, TableSource};
use datafusion::physical_plan::collect;
use uuid::Uuid;

use super::tables::{Route, Routes};
use super::{Engine, Inner};
use crate::catalog::Catalog;
use crate::error::{Error, ErrorKind, Result};
use crate::execute::{Session, within};
use crate::resolve::{dataset_rows, shown};
use crate::result::{Path, Performance, Provenance, QueryResult, SnapshotRef};
use crate::scope::Scope;
use crate::{plan, sql};

/// Limits of a query in SQL.
///
/// ```
/// use std::time::Duration;
///
/// use drillcore::SqlOptions;
///
/// let options = SqlOptions::default().max_rows(1_000).timeout(Duration::from_secs(5));
/// # let _ = options;
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SqlOptions {
    /// An answer of more rows is an error; none: the engine's own bound, which holds in any case.
    pub max_rows: Option<u64>,
    /// The query is given up after so many milliseconds.
    pub timeout_ms: Option<u64>,
}

impl SqlOptions {
    /// An answer of more rows is an error (`LimitExceeded`) and never cut.
    #[must_use]
    pub fn max_rows(mut self, rows: u64) -> Self {
        self.max_rows = Some(rows);
        self
    }

    /// Gives the query up after so long, counted in whole milliseconds.
    #[must_use]
    pub fn timeout(mut self, time: Duration) -> Self {
        self.timeout_ms = Some(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        self
    }
}

impl Engine {
    /// Answers a query in SQL, in the dialect of DataFusion. For crates that enable the feature `sql`.
    ///
    /// - Each dataset is a table of its name, with its columns by their ids, of the derived ones those that follow no
    ///   link. Names are taken in the letter case in
    ///   which they are written; what is no plain word stands in double quotes: `"web events"`. There are no schemas,
    ///   no other tables and no functions that give tables. Links are not followed; join instead.
    /// - Only a single query is taken: no statement that writes, changes, explains or shows something. A text has at
    ///   most 64 KiB, 200 operators, joins and subqueries, and names tables at 64 places.
    /// - The filters of each dataset apply where it is read, under the scope, before anything that the text says.
    /// - `sum`, `avg`, `median`, `mode`, variances and standard deviations are the exact ones of this crate. They take
    ///   `DISTINCT` only where nothing else is aggregated, `median` and `mode` no window that moves.
    /// - NULL comes last in an order unless it says otherwise. All else is SQL's own: a comparison with NULL is unknown,
    ///   arithmetic on integers wraps, and dividing an integer by zero fails. Floats that are not finite are NULL in
    ///   the answer.
    /// - Times are in UTC. A column of an interval, a list or another type that answers do not hold is refused.
    ///
    /// # Errors
    ///
    /// `InvalidQuery` with line and column; `NotFound` for a name that is no dataset; `NotSupported` for SQL that
    /// DataFusion does not have; `AccessDenied` if the scope does not decide a filter; `LimitExceeded`, `SourceError`
    /// and `Storage` as [`Engine::query`].
    ///
    /// ```
    /// use drillcore::{Engine, PushMode, Rows, Scope};
    ///
    /// # fn main() -> Result<(), drillcore::Error> {
    /// # futures::executor::block_on(async {
    /// let engine = Engine::in_memory()?;
    /// let rows = vec![vec!["Ghent".into(), 30.into()], vec!["Bruges".into(), 40.into()]];
    /// engine.push("sales", PushMode::Create, Rows::new(["city", "amount"], rows)).await?;
    ///
    /// let text = "SELECT city, sum(amount) AS total FROM sales GROUP BY city ORDER BY total DESC";
    /// let answer = engine.sql(text, &Scope::unrestricted()).await?;
    /// assert_eq!(answer.data_json(), r#"[["Bruges",40],["Ghent",30]]"#);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub async fn sql(&self, text: &str, scope: &Scope) -> Result<QueryResult> {
        self.sql_with(text, SqlOptions::default(), scope).await
    }

    /// Answers a query in SQL within limits. See [`Engine::sql`].
    ///
    /// # Errors
    ///
    /// Those of [`Engine::sql`].
    pub async fn sql_with(&self, text: &str, options: SqlOptions, scope: &Scope) -> Result<QueryResult> {
        let (inner, text, scope) = (Arc::clone(&self.inner), text.to_owned(), scope.clone());
        let work = async move {
            let limit = options.timeout_ms.map(Duration::from_millis);
            Box::pin(within(limit, inner.sql(&text, options, &scope))).await
        };
        self.inner.executor.run(work).await
    }
}

/// A planned query, and where it reads.
#[derive(Debug)]
struct Planned {
    plan: LogicalPlan,
    routes: Routes,
}

impl Inner {
    async fn sql(&self, text: &str, options: SqlOptions, scope: &Scope) -> Result<QueryResult> {
        let started = Instant::now();
        let statement = sql::parse(text)?;
        let parsed = Instant::now();
        let (catalog, session) = (self.catalog()?, self.executor.sql_session());
        let Planned { plan, routes } = self.sql_plan(statement, &catalog, &session, scope)?;
        let most = options.max_rows.unwrap_or(self.max_rows).min(self.max_rows);
        // One row more than allowed, so that too many can be noticed.
        let fetch = usize::try_from(most.saturating_add(1)).unwrap_or(usize::MAX).min(usize::MAX >> 1);
        let plan = LogicalPlanBuilder::from(plan).limit(0, Some(fetch)).and_then(LogicalPlanBuilder::build);
        let plan = plan.map_err(sql::refused)?;
        let physical = Box::pin(session.state().create_physical_plan(&plan)).await.map_err(sql::broken)?;
        let planned = Instant::now();
        let batches = collect(Arc::clone(&physical), session.task()).await.map_err(sql::broken)?;
        let collected = Instant::now();
        let rows: usize = batches.iter().map(|batch| batch.num_rows()).sum();
        if u64::try_from(rows).unwrap_or(u64::MAX) > most {
            let message = format!("the answer has more than {most} rows; ask for fewer with a limit or a filter");
            return Err(Error::new(ErrorKind::LimitExceeded, message));
        }
        let (columns, batches) = sql::canonical(&physical.schema(), &batches)?;
        let performance = Performance {
            validating_ms: millis(parsed - started),
            preparing_ms: millis(planned - parsed),
            querying_ms: millis(collected - planned),
            processing_ms: millis(collected.elapsed()),
            ..Performance::default()
        };
        let provenance = self.sql_provenance(&catalog, scope, &routes, plan::rows_scanned(physical.as_ref()));
        QueryResult::new(columns, batches, provenance, performance, Uuid::new_v4(), None)
    }

    /// Plans a query; each dataset is opened once.
    fn sql_plan(
        &self,
        statement: sql::Statement,
        catalog: &Catalog,
        session: &Session,
        scope: &Scope,
    ) -> Result<Planned> {
        type Table = (Route, Arc<dyn TableSource>);
        let opened: RefCell<BTreeMap<String, Table>> = RefCell::default();
        let open = |name: &str| -> Result<Arc<dyn TableSource>> {
            let known = opened.borrow().get(name).map(|(_, source)| Arc::clone(source));
            if let Some(source) = known {
                return Ok(source);
            }
            let entry = catalog.dataset(name)?;
            let rows = dataset_rows(entry, scope, self.clock.now().timestamp_micros())?;
            let route = self.route(entry)?;
            let table = self.table(entry, Some(&route))?;
            let source = sql::source(&rows, &table)?;
            opened.borrow_mut().insert(name.to_owned(), (route, Arc::clone(&source)));
            Ok(source)
        };
        let plan = sql::plan(statement, session.state(), &open)?;
        let read: BTreeSet<String> = sql::check(&plan)?;
        // A name that a WITH gives is looked up among the datasets too.
        let routes = opened.into_inner().into_iter().filter(|(name, _)| read.contains(name));
        Ok(Planned { plan, routes: routes.map(|(name, (route, _))| (name, route)).collect() })
    }

    fn sql_provenance(
        &self,
        catalog: &Catalog,
        scope: &Scope,
        routes: &Routes,
        rows_scanned: Option<u64>,
    ) -> Provenance {
        let mut snapshots = Vec::new();
        let mut sources = Vec::new();
        for (dataset, route) in routes {
            match route {
                Route::Snapshot { pinned, .. } => {
                    snapshots.push(SnapshotRef { dataset: dataset.clone(), version: pinned.version() });
                }
                Route::Source { .. } => sources.push(dataset.clone()),
            }
        }
        let path = match (sources.is_empty(), snapshots.is_empty()) {
            (false, false) => Path::Mixed,
            (false, true) => Path::Source,
            (true, _) => Path::Snapshot,
        };
        let entries = routes.keys().filter_map(|dataset| catalog.datasets.get(dataset));
        Provenance {
            path,
            snapshots,
            sources,
            exact: true,
            rows_scanned,
            filters: entries.flat_map(|entry| shown::added(entry, scope)).collect(),
            data_time: None,
            computed_at: self.clock.now(),
        }
    }
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}
