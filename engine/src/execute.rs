//! Where plans run: the engine's own threads and one prepared DataFusion session, so that the host's runtime is never
//! blocked and no query pays for setting a session up.

mod observe;
mod yielding;

use std::future::Future;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::RecordBatch;
use datafusion::catalog::TableProvider;
use datafusion::common::DataFusionError;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::physical_plan::{ExecutionPlan, collect, execute_stream};
use datafusion::prelude::SessionConfig;
use tokio::runtime::{Builder, Runtime};

pub use observe::ExecutionStage;
pub(crate) use observe::Observed;

use crate::error::{Error, ErrorKind, Result};
use yielding::{YieldExec, YieldOften};

/// The threads and the session of one engine.
#[derive(Debug)]
pub(crate) struct Executor {
    runtime: Option<Runtime>,
    /// For CPU-bound work outside queries, such as encoding the columns of a snapshot.
    encoders: Arc<rayon::ThreadPool>,
    state: SessionState,
}

impl Executor {
    /// Starts `threads` named threads, and a memory pool of that many bytes.
    pub(crate) fn new(threads: NonZeroUsize, memory_bytes: usize) -> Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads.get())
            .thread_name("drillcore-cpu")
            .enable_time()
            .build()
            .map_err(|error| Error::internal("the engine's threads cannot be started").with_source(error))?;
        let encoders = rayon::ThreadPoolBuilder::new()
            .num_threads(threads.get())
            .thread_name(|index| format!("drillcore-encode-{index}"))
            .build()
            .map_err(|error| Error::internal("the engine's threads cannot be started").with_source(error))?;
        let pool = FairSpillPool::new(memory_bytes);
        let environment = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(pool))
            .build_arc()
            .map_err(|error| Error::internal("the engine's memory pool cannot be made").with_source(error))?;
        let mut config = SessionConfig::new().with_target_partitions(threads.get());
        let options = config.options_mut();
        // Generated plans settle in one pass, and tables of a few megabytes are worth splitting.
        options.optimizer.max_passes = 1;
        options.optimizer.repartition_file_min_size = 256 * 1024;
        // The logical and the physical form of `IS NOT TRUE` disagree on whether they can be NULL, which is harmless.
        options.execution.skip_physical_aggregate_schema_check = true;
        options.execution.sort_pushdown_buffer_capacity = 32 * 1024 * 1024;
        let state = SessionStateBuilder::new()
            .with_config(config)
            .with_runtime_env(environment)
            .with_default_features()
            .with_physical_optimizer_rule(Arc::new(YieldOften))
            .build();
        Ok(Self { runtime: Some(runtime), encoders: Arc::new(encoders), state })
    }

    /// Runs a future on the engine's threads. Dropping what is returned stops it.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let runtime = self.runtime.as_ref().ok_or_else(|| Error::internal("the engine is shutting down"))?;
        let mut task = AbortOnDrop(runtime.spawn(work));
        (&mut task.0).await.map_err(|error| panicked(&error))?
    }

    /// Starts a future on the engine's threads. Dropping what is returned stops it.
    pub(crate) fn start(&self, work: impl Future<Output = ()> + Send + 'static) -> Result<AbortOnDrop<()>> {
        let runtime = self.runtime.as_ref().ok_or_else(|| Error::internal("the engine is shutting down"))?;
        Ok(AbortOnDrop(runtime.spawn(work)))
    }

    /// Runs blocking work on a thread that may block.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.start_blocking(work)?.done().await
    }

    /// Starts blocking work on a thread that may block, beside whoever asks for it. It goes on to its end even if
    /// nobody waits for it.
    pub(crate) fn start_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<Blocking<T>> {
        let runtime = self.runtime.as_ref().ok_or_else(|| Error::internal("the engine is shutting down"))?;
        Ok(Blocking(runtime.spawn_blocking(work)))
    }

    /// The threads for CPU-bound work outside queries.
    pub(crate) fn encoders(&self) -> Arc<rayon::ThreadPool> {
        Arc::clone(&self.encoders)
    }

    pub(crate) fn session(&self) -> Session {
        Session { state: self.state.clone(), observed: None }
    }

    /// A session whose plans can be seen while they run.
    pub(crate) fn session_observed(&self, observed: Arc<Observed>) -> Session {
        Session { state: self.state.clone(), observed: Some(observed) }
    }

    /// A session for plans that were not made here, which take more passes to settle.
    #[cfg(feature = "sql")]
    pub(crate) fn sql_session(&self) -> Session {
        let mut session = self.session();
        session.state.config_mut().options_mut().optimizer.max_passes = 3;
        session
    }

    /// How many threads queries run on.
    pub(crate) fn threads(&self) -> usize {
        self.state.config().target_partitions()
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        // An engine may be dropped inside the host's runtime, where waiting for threads is not allowed.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Work on the engine's threads that nobody wants any more once this is dropped.
#[derive(Debug)]
pub(crate) struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> AbortOnDrop<T> {
    pub(crate) fn abort(&self) {
        self.0.abort();
    }
}

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Work on a thread that may block.
#[derive(Debug)]
pub(crate) struct Blocking<T>(tokio::task::JoinHandle<Result<T>>);

impl<T> Blocking<T> {
    /// What it came to, once it is done.
    pub(crate) async fn done(self) -> Result<T> {
        self.0.await.map_err(|error| panicked(&error))?
    }
}

/// The session of one query.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    state: SessionState,
    observed: Option<Arc<Observed>>,
}

/// What is read of a table without a plan around it.
#[derive(Debug)]
pub(crate) struct ScanRequest {
    pub(crate) table: Arc<dyn TableProvider>,
    /// Places in the schema of the table.
    pub(crate) columns: Vec<usize>,
    /// Rows that do not pass may be left out, but need not be.
    pub(crate) filters: Vec<Expr>,
}

impl Session {
    /// The same session for plans that run on no more than so many threads at once.
    pub(crate) fn with_partitions(mut self, partitions: usize) -> Self {
        self.state.config_mut().options_mut().execution.target_partitions = partitions.max(1);
        self
    }

    /// The plan that reads a table, split into as many parts as the session has threads, as far as that pays.
    pub(crate) async fn scan(&self, request: &ScanRequest) -> datafusion::error::Result<Arc<dyn ExecutionPlan>> {
        let plan = request.table.scan(&self.state, Some(&request.columns), &request.filters, None).await?;
        let config = self.state.config();
        let split = plan.repartitioned(config.target_partitions(), config.options())?;
        Ok(Arc::new(YieldExec::new(split.unwrap_or(plan))))
    }

    /// What plans are made with where DataFusion plans itself.
    #[cfg(feature = "sql")]
    pub(crate) fn state(&self) -> &SessionState {
        &self.state
    }

    /// The physical plan of a logical one.
    pub(crate) async fn plan(&self, plan: &LogicalPlan) -> Result<Arc<dyn ExecutionPlan>> {
        Box::pin(self.state.create_physical_plan(plan)).await.map_err(failed)
    }

    /// The logical plan as it would run.
    pub(crate) fn optimized(&self, plan: &LogicalPlan) -> Result<LogicalPlan> {
        self.state.optimize(plan).map_err(failed)
    }

    pub(crate) fn task(&self) -> Arc<TaskContext> {
        self.state.task_ctx()
    }

    /// All rows of a plan.
    pub(crate) async fn collect(&self, plan: Arc<dyn ExecutionPlan>) -> Result<Vec<RecordBatch>> {
        let _running = self.observed.as_ref().map(|observed| observed.plan_started(&plan));
        collect(plan, self.task()).await.map_err(failed)
    }

    /// The rows of a plan, as they come.
    pub(crate) fn stream(&self, plan: Arc<dyn ExecutionPlan>) -> Result<SendableRecordBatchStream> {
        execute_stream(plan, self.task()).map_err(failed)
    }
}

/// Ends work that takes longer than a limit.
pub(crate) async fn within<T>(limit: Option<Duration>, work: impl Future<Output = Result<T>>) -> Result<T> {
    within_rest(limit, Duration::ZERO, work).await
}

/// Ends work that takes longer than what is left of a limit.
pub(crate) async fn within_rest<T>(
    limit: Option<Duration>,
    spent: Duration,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let Some(limit) = limit else { return work.await };
    let ended = tokio::time::timeout(limit.saturating_sub(spent), work).await;
    ended.unwrap_or_else(|_| Err(Error::timed_out(limit.as_millis())))
}

/// An error of DataFusion as ours: our own errors come back as they went in.
pub(crate) fn failed(error: DataFusionError) -> Error {
    let error = match error {
        DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) => return failed(*inner),
        DataFusionError::External(inner) => match inner.downcast::<Error>() {
            Ok(ours) => return *ours,
            Err(inner) => DataFusionError::External(inner),
        },
        DataFusionError::Shared(inner) => match Arc::try_unwrap(inner) {
            Ok(inner) => return failed(inner),
            Err(shared) => return copied(&shared),
        },
        other => other,
    };
    if matches!(error.find_root(), DataFusionError::ResourcesExhausted(_)) {
        let message = "the query needs more memory than the engine may use";
        return Error::new(ErrorKind::LimitExceeded, message).with_source(error);
    }
    if let Some(ours) = find(&error) {
        return ours;
    }
    Error::internal("the query failed inside the engine").with_source(error)
}

/// Our own error somewhere below, as a copy.
fn find(error: &DataFusionError) -> Option<Error> {
    let mut at: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = at {
        if let Some(ours) = error.downcast_ref::<Error>() {
            return Some(ours.duplicate());
        }
        at = error.source();
    }
    None
}

fn copied(error: &DataFusionError) -> Error {
    find(error).unwrap_or_else(|| Error::internal("the query failed inside the engine"))
}

fn panicked(error: &tokio::task::JoinError) -> Error {
    if error.is_cancelled() {
        return Error::internal("the engine stopped before the work was done");
    }
    Error::internal("the work ended in a panic; please report it")
}
