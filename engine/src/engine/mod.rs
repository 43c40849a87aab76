//! The engine: datasets, links, pushes, syncs and queries behind one handle.

mod answer;
mod at;
mod batch;
mod builder;
mod datasets;
mod derived;
mod drill_through;
mod execution;
mod explain;
mod formulas;
mod hierarchies;
mod member_trees;
mod metric;
mod option_request;
mod options;
mod push;
mod query;
mod report;
mod row_nodes;
mod saved;
mod single_flight;
#[cfg(feature = "sql")]
mod sql;
mod sync;
mod sync_report;
mod tables;
mod upkeep;
mod upkeep_report;
mod write;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use drillcore_store::{CatalogVersion, Storage, Store};

pub use batch::BatchAnswers;
pub use builder::EngineBuilder;
pub use drill_through::DrillCell;
pub use execution::{Execution, ExecutionProgress, ExecutionStatus, ExecutionSummary};
pub use explain::{DatasetRoute, Explanation};
pub use metric::{MetricPeriod, MetricTotal};
pub use option_request::{DistinctValues, OptionOrder};
pub use options::{ChosenValue, OptionList, OptionValue};
pub use push::PushMode;
pub use report::{DerivedDescription, Description, PushReport, SnapshotDescription};
#[cfg(feature = "sql")]
pub use sql::SqlOptions;
pub use sync_report::{SyncMode, SyncPhase, SyncProgress, SyncReport};
pub use upkeep_report::{CompactionReport, Damage, VacuumReport, VerifyReport, VersionInfo, VersionOperation};

use answer::FlightKey;
use execution::Executions;
use query::Computed;
use single_flight::SingleFlight;

use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::execute::Executor;
use crate::links::LookupCache;
use crate::members::MemberCache;
use crate::tables::OpenSnapshots;

/// An analytics engine inside a service. Cloning gives another handle to the same engine; it is safe to use from many
/// tasks at once.
///
/// ```
/// use drillcore::{Engine, PushMode, Query, Rows, Scope, column, sum};
///
/// # async fn example() -> Result<(), drillcore::Error> {
/// let engine = Engine::in_memory()?;
/// let rows = Rows::new(["city", "sales"], vec![vec!["Ghent".into(), 3.into()], vec!["Bruges".into(), 4.into()]]);
/// engine.push("sales", PushMode::Create, rows).await?;
/// let query = Query::on("sales").dimension(column("city")).measure(sum("sales"));
/// let answer = engine.query(&query, &Scope::unrestricted()).await?;
/// assert_eq!(answer.num_rows(), 2);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

/// What all handles of an engine share.
#[derive(Debug)]
struct Inner {
    store: Store,
    executor: Executor,
    clock: Arc<dyn Clock>,
    max_rows: u64,
    known: RwLock<Known>,
    /// Held while the catalog changes, so that changes of this process queue instead of conflicting.
    changing: Mutex<()>,
    lookups: LookupCache,
    /// The trees of hierarchies.
    members: MemberCache,
    open: OpenSnapshots,
    executions: Arc<Executions>,
    /// Queries that are being computed.
    flights: SingleFlight<FlightKey, Arc<Computed>>,
}

/// The catalog as this process knows it.
#[derive(Debug, Clone)]
struct Known {
    /// The version in the store; 0 before the first change.
    version: u64,
    catalog: Arc<Catalog>,
}

impl Engine {
    /// Opens the store in a folder, or makes one there. Several engines and processes may use one store.
    ///
    /// # Errors
    ///
    /// `Storage` if the folder cannot be used, holds something else, or was written by an unknown version.
    pub async fn open(dir: impl AsRef<Path>) -> Result<Self> {
        EngineBuilder::default().open(dir).await
    }

    /// An engine that keeps everything in memory; it is gone with the last handle.
    ///
    /// # Errors
    ///
    /// `Internal` if threads cannot be started.
    pub fn in_memory() -> Result<Self> {
        EngineBuilder::default().in_memory()
    }

    /// Settings for an engine.
    #[must_use]
    pub fn builder() -> EngineBuilder {
        EngineBuilder::default()
    }

    fn start(settings: EngineBuilder, storage: Arc<dyn Storage>) -> Result<Self> {
        let store = write::open_store(storage, &settings.clock, settings.refresh)?;
        let executor = Executor::new(settings.thread_count(), settings.memory_bytes)?;
        let inner = Inner {
            store,
            executor,
            clock: settings.clock,
            max_rows: settings.max_rows,
            known: RwLock::new(Known { version: 0, catalog: Arc::default() }),
            changing: Mutex::new(()),
            lookups: LookupCache::new(settings.memory_bytes / 4),
            members: MemberCache::new(settings.memory_bytes / 4),
            open: OpenSnapshots::default(),
            executions: Arc::default(),
            flights: SingleFlight::default(),
        };
        inner.catalog()?;
        Ok(Self { inner: Arc::new(inner) })
    }
}

impl Inner {
    /// The newest catalog. Costs one look at the store; the catalog is read only if another process changed it.
    fn catalog(&self) -> Result<Arc<Catalog>> {
        self.known_with(self.store.catalog().latest()?)
    }

    /// The newest catalog, given the newest that is stored.
    fn known_with(&self, stored: Option<Arc<CatalogVersion>>) -> Result<Arc<Catalog>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        let stored = stored.filter(|stored| stored.version() > known.version);
        let Some(stored) = stored else { return Ok(known.catalog) };
        let (version, stored) = (stored.version(), stored.parse::<Catalog>()?);
        let mut shared = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if version > shared.version {
            *shared = Known { version, catalog: Arc::new(stored.with_transient_of(&shared.catalog)) };
        }
        Ok(Arc::clone(&shared.catalog))
    }

    /// Changes the catalog: the change is applied to the newest one and committed if it concerns the store.
    fn change<T>(&self, change: impl FnOnce(&Catalog) -> Result<(Catalog, T)>) -> Result<T> {
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.known_with(self.store.catalog().latest_now()?)?;
        let version = self.known.read().unwrap_or_else(PoisonError::into_inner).version;
        let (after, outcome) = change(&before)?;
        formulas::check_definitions(&before, &after)?;
        let kept = after.persistent();
        let version = if kept.same_as(&before.persistent())? {
            version
        } else {
            self.store.catalog().commit(version, &kept)?.version()
        };
        let mut shared = self.known.write().unwrap_or_else(PoisonError::into_inner);
        *shared = Known { version, catalog: Arc::new(after) };
        Ok(outcome)
    }
}

impl Engine {
    /// Runs blocking work with the engine's state on a thread that may block.
    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce(&Inner) -> Result<T> + Send + 'static) -> Result<T> {
        let inner = Arc::clone(&self.inner);
        self.inner.executor.blocking(move || work(&inner)).await
    }
}

impl Catalog {
    /// Whether the two would be stored the same.
    fn same_as(&self, other: &Self) -> Result<bool> {
        let text = |catalog: &Self| {
            serde_json::to_string(catalog)
                .map_err(|error| Error::internal("the catalog has no JSON").with_source(error))
        };
        Ok(text(self)? == text(other)?)
    }
}
