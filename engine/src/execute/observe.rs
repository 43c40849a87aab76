//! What can be seen of a query from outside while it runs.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use datafusion::physical_plan::ExecutionPlan;

/// How far a query is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExecutionStage {
    /// Names are resolved, the targets of links are read, plans are made.
    Preparing,
    /// Rows are read and aggregated.
    Reading,
    /// The rows are read; what is left happens on the groups of the answer. A query that reads its rows several times,
    /// for a comparison for example, goes back to reading.
    Finishing,
}

impl ExecutionStage {
    /// The name in documents: `preparing`, `reading`, `finishing`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Reading => "reading",
            Self::Finishing => "finishing",
        }
    }
}

impl fmt::Display for ExecutionStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Sees the plans of one query run, and counts the rows that their leaves have given out.
#[derive(Debug, Default)]
pub(crate) struct Observed {
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    plans: u64,
    running: Vec<(u64, Arc<dyn ExecutionPlan>)>,
    /// Rows of the plans that have ended.
    rows: u64,
}

/// A plan that is being run; it has ended when this is dropped, whatever way.
#[derive(Debug)]
pub(crate) struct Running {
    observed: Arc<Observed>,
    number: u64,
}

impl Observed {
    /// Looks at a plan until what is returned is dropped.
    pub(crate) fn plan_started(self: &Arc<Self>, plan: &Arc<dyn ExecutionPlan>) -> Running {
        let mut seen = self.seen();
        seen.plans += 1;
        let number = seen.plans;
        seen.running.push((number, Arc::clone(plan)));
        Running { observed: Arc::clone(self), number }
    }

    pub(crate) fn stage(&self) -> ExecutionStage {
        let seen = self.seen();
        if seen.plans == 0 {
            ExecutionStage::Preparing
        } else if seen.running.is_empty() {
            ExecutionStage::Finishing
        } else {
            ExecutionStage::Reading
        }
    }

    /// Rows read so far, over all plans.
    pub(crate) fn rows_read(&self) -> u64 {
        let seen = self.seen();
        seen.running.iter().fold(seen.rows, |rows, (_, plan)| rows.saturating_add(leaf_rows(plan.as_ref())))
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut seen = self.observed.seen();
        let Some(place) = seen.running.iter().position(|(number, _)| *number == self.number) else { return };
        let (_, plan) = seen.running.swap_remove(place);
        seen.rows = seen.rows.saturating_add(leaf_rows(plan.as_ref()));
    }
}

/// The rows that the leaves of a plan have given out; those that do not count them have none.
fn leaf_rows(plan: &dyn ExecutionPlan) -> u64 {
    let children = plan.children();
    if children.is_empty() {
        let rows = plan.metrics().and_then(|metrics| metrics.output_rows());
        return rows.and_then(|rows| u64::try_from(rows).ok()).unwrap_or_default();
    }
    children.into_iter().fold(0, |rows, child| rows.saturating_add(leaf_rows(child.as_ref())))
}
