//! Queries that run by themselves: started, looked at, waited for and cancelled through a handle.

use std::collections::HashMap;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use tokio::sync::watch;
use uuid::Uuid;

use super::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::execute::{AbortOnDrop, ExecutionStage, Observed};
use crate::query::Query;
use crate::result::QueryResult;
use crate::scope::Scope;

/// A query that runs on the engine's threads: what [`Engine::execute`] returns.
///
/// A clone is another handle to the same execution. Dropping the last handle of an execution that is not done cancels
/// it.
#[derive(Debug, Clone)]
pub struct Execution {
    handle: Arc<Handle>,
}

/// What all handles share. The work is stopped when this is dropped.
#[derive(Debug)]
struct Handle {
    shared: Arc<Shared>,
    work: Option<AbortOnDrop<()>>,
}

/// What is known of an execution, to its handles, its work and the engine.
#[derive(Debug)]
struct Shared {
    id: Uuid,
    name: Option<String>,
    dataset: Option<String>,
    started: Instant,
    observed: Arc<Observed>,
    state: watch::Sender<State>,
    registry: Weak<Executions>,
}

#[derive(Debug)]
enum State {
    Queued,
    Running,
    Done { outcome: Outcome, took: Duration },
}

#[derive(Debug)]
enum Outcome {
    Answered(Box<QueryResult>),
    Failed(Error),
    Cancelled,
}

/// Where an execution stands. The last four are final and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExecutionStatus {
    /// It waits for a thread.
    Queued,
    /// It is at work.
    Running,
    /// It has an answer.
    Success,
    /// It ended with an error, of one of the kinds `InvalidQuery` (also for what the scope or this version does not
    /// allow), `LimitExceeded`, `SourceError` (also for rows of the store that cannot be read) and `Internal`.
    /// [`Execution::wait`] gives the error itself.
    Failed(ErrorKind),
    /// It was cancelled before it was done.
    Cancelled,
    /// It took longer than the query's limit of time.
    TimedOut,
}

/// How far an execution is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExecutionProgress {
    /// What is being done, or was done last.
    pub stage: ExecutionStage,
    /// Rows read of the dataset so far, before filtering; the targets of links are not among them. An execution that
    /// waits for the same computation of another one reads none.
    pub rows_read: u64,
    /// Time since the start, up to the end once that is reached.
    pub elapsed: Duration,
}

/// One of the executions of an engine that are not done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExecutionSummary {
    /// The execution.
    pub id: Uuid,
    /// The name of its query, if it has one.
    pub name: Option<String>,
    /// The dataset that the query names, if it does.
    pub dataset: Option<String>,
    /// Where it stands.
    pub status: ExecutionStatus,
    /// How far it is.
    pub progress: ExecutionProgress,
}

/// The executions of an engine that are not done. One that is done is forgotten here.
#[derive(Debug, Default)]
pub(super) struct Executions {
    running: Mutex<HashMap<Uuid, Weak<Shared>>>,
}

impl Engine {
    /// Starts answering a query under a scope and returns at once. What is wrong with the query shows in the
    /// execution.
    ///
    /// ```
    /// use drillcore::{Engine, ExecutionStatus, PushMode, Query, Rows, Scope, sum};
    ///
    /// # async fn example() -> Result<(), drillcore::Error> {
    /// # let engine = Engine::in_memory()?;
    /// engine.push("sales", PushMode::Create, Rows::new(["sales"], vec![vec![3.into()], vec![4.into()]])).await?;
    /// let execution = engine.execute(&Query::on("sales").measure(sum("sales")), &Scope::unrestricted());
    /// assert_eq!(execution.wait().await?.num_rows(), 1);
    /// assert_eq!(execution.status(), ExecutionStatus::Success);
    /// # Ok(()) }
    /// # futures::executor::block_on(example()).unwrap();
    /// ```
    #[must_use]
    pub fn execute(&self, query: &Query, scope: &Scope) -> Execution {
        let shared = Arc::new(Shared {
            id: Uuid::new_v4(),
            name: query.name.clone(),
            dataset: query.dataset.clone(),
            started: Instant::now(),
            observed: Arc::default(),
            state: watch::Sender::new(State::Queued),
            registry: Arc::downgrade(&self.inner.executions),
        });
        self.inner.executions.add(&shared);
        let (inner, query, scope) = (Arc::clone(&self.inner), query.clone(), scope.clone());
        let ending = Ending(Arc::clone(&shared));
        let work = self.inner.executor.start(async move {
            ending.0.begin();
            let session = inner.executor.session_observed(Arc::clone(&ending.0.observed));
            let answer = AssertUnwindSafe(inner.answer(&query, &scope, &session)).catch_unwind().await;
            ending.0.settle(match answer {
                Ok(Ok(answer)) => Outcome::Answered(Box::new(answer)),
                Ok(Err(error)) => Outcome::Failed(error),
                Err(_) => Outcome::Failed(Error::internal("the work ended in a panic; please report it")),
            });
        });
        Execution { handle: Arc::new(Handle { shared, work: work.ok() }) }
    }

    /// The executions that are not done, those that run for longest first.
    #[must_use]
    pub fn executions(&self) -> Vec<ExecutionSummary> {
        self.inner.executions.list()
    }
}

impl Execution {
    /// The identity of the execution; the answer has one of its own.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.handle.shared.id
    }

    /// Where the execution stands.
    #[must_use]
    pub fn status(&self) -> ExecutionStatus {
        self.handle.shared.status()
    }

    /// How far the execution is.
    #[must_use]
    pub fn progress(&self) -> ExecutionProgress {
        self.handle.shared.progress()
    }

    /// Stops the execution. One that is done stays as it is.
    pub fn cancel(&self) {
        self.handle.stop();
    }

    /// Waits until the execution is done. May be called any number of times, from several tasks at once; the answers
    /// share their rows.
    ///
    /// # Errors
    ///
    /// As [`Engine::query`]; `Cancelled` if it was cancelled.
    pub async fn wait(&self) -> Result<QueryResult> {
        let mut state = self.handle.shared.state.subscribe();
        let lost = || Error::internal("the engine stopped before the work was done");
        let found = state.wait_for(|state| matches!(state, State::Done { .. })).await.map_err(|_| lost())?;
        match &*found {
            State::Done { outcome: Outcome::Answered(answer), .. } => Ok(QueryResult::clone(answer)),
            State::Done { outcome: Outcome::Failed(error), .. } => Err(error.duplicate()),
            State::Done { outcome: Outcome::Cancelled, .. } => {
                Err(Error::new(ErrorKind::Cancelled, "the execution was cancelled"))
            }
            State::Queued | State::Running => Err(lost()),
        }
    }
}

impl Handle {
    fn stop(&self) {
        self.shared.settle(Outcome::Cancelled);
        if let Some(work) = &self.work {
            work.abort();
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Settles an execution whose work ends without saying how.
#[derive(Debug)]
struct Ending(Arc<Shared>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.settle(Outcome::Failed(Error::internal("the engine stopped before the work was done")));
    }
}

impl Shared {
    fn begin(&self) {
        self.state.send_if_modified(|state| {
            let queued = matches!(state, State::Queued);
            if queued {
                *state = State::Running;
            }
            queued
        });
    }

    /// Sets the outcome, unless there is one.
    fn settle(&self, outcome: Outcome) {
        let took = self.started.elapsed();
        let settled = self.state.send_if_modified(|state| {
            let open = !matches!(state, State::Done { .. });
            if open {
                *state = State::Done { outcome, took };
            }
            open
        });
        if settled && let Some(registry) = self.registry.upgrade() {
            registry.forget(self.id);
        }
    }

    fn status(&self) -> ExecutionStatus {
        match &*self.state.borrow() {
            State::Queued => ExecutionStatus::Queued,
            State::Running => ExecutionStatus::Running,
            State::Done { outcome: Outcome::Answered(_), .. } => ExecutionStatus::Success,
            State::Done { outcome: Outcome::Failed(error), .. } if error.is_timeout() => ExecutionStatus::TimedOut,
            State::Done { outcome: Outcome::Failed(error), .. } => ExecutionStatus::Failed(failure(error.kind())),
            State::Done { outcome: Outcome::Cancelled, .. } => ExecutionStatus::Cancelled,
        }
    }

    fn progress(&self) -> ExecutionProgress {
        let elapsed = match &*self.state.borrow() {
            State::Done { took, .. } => *took,
            State::Queued | State::Running => self.started.elapsed(),
        };
        ExecutionProgress { stage: self.observed.stage(), rows_read: self.observed.rows_read(), elapsed }
    }

    fn summary(&self) -> ExecutionSummary {
        let (name, dataset) = (self.name.clone(), self.dataset.clone());
        ExecutionSummary { id: self.id, name, dataset, status: self.status(), progress: self.progress() }
    }
}

/// What a service does about a failure, in four kinds.
fn failure(kind: ErrorKind) -> ErrorKind {
    match kind {
        ErrorKind::InvalidQuery
        | ErrorKind::InvalidInput
        | ErrorKind::NotFound
        | ErrorKind::NotSupported
        | ErrorKind::AccessDenied => ErrorKind::InvalidQuery,
        ErrorKind::LimitExceeded => ErrorKind::LimitExceeded,
        ErrorKind::SourceError | ErrorKind::Storage => ErrorKind::SourceError,
        ErrorKind::Conflict | ErrorKind::Cancelled | ErrorKind::Internal => ErrorKind::Internal,
    }
}

impl Executions {
    fn add(&self, execution: &Arc<Shared>) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.insert(execution.id, Arc::downgrade(execution));
    }

    fn forget(&self, id: Uuid) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    fn list(&self) -> Vec<ExecutionSummary> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        // Upgraded under the lock, looked at without it.
        let found: Vec<Arc<Shared>> = running.values().filter_map(Weak::upgrade).collect();
        drop(running);
        let mut listed: Vec<ExecutionSummary> = found.iter().map(|execution| execution.summary()).collect();
        listed.retain(|execution| !execution.status.is_final());
        listed.sort_by_key(|execution| std::cmp::Reverse(execution.progress.elapsed));
        listed
    }
}

impl ExecutionStatus {
    /// Whether it never changes any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }

    /// The name in documents: `queued`, `running`, `success`, `failed`, `cancelled`, `timed_out`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Success => "success",
            Self::Failed(_) => "failed",
            Self::Cancelled => "cancelled",
            Self::TimedOut => "timed_out",
        }
    }
}

impl fmt::Display for ExecutionStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(kind) => write!(f, "failed ({})", kind.as_str()),
            other => f.write_str(other.as_str()),
        }
    }
}
