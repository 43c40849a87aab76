//! Runs stay open from one snapshot to the next, with what lookups need of them in memory.

use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use uuid::Uuid;

use super::described::KeyRunFile;
use super::run::KeyRun;
use crate::context::Context;
use crate::error::Result;

/// The open runs of a dataset. Those of the snapshot asked last stay open as far as the memory set aside reaches,
/// others as long as somebody uses them.
#[derive(Debug, Default)]
pub(crate) struct RunCache {
    runs: Mutex<OpenRuns>,
}

#[derive(Debug, Default)]
struct OpenRuns {
    known: HashMap<String, Weak<KeyRun>>,
    kept: Vec<Arc<KeyRun>>,
}

impl RunCache {
    pub(super) fn open(&self, context: &Context, dataset: Uuid, described: &[KeyRunFile]) -> Result<Vec<Arc<KeyRun>>> {
        let open = |described: &KeyRunFile| match self.find(described) {
            Some(run) => Ok(run),
            None => KeyRun::open(context, dataset, described).map(Arc::new),
        };
        let runs: Vec<Arc<KeyRun>> = described.par_iter().map(open).collect::<Result<_>>()?;
        self.keep(&runs, context.key_cache_bytes);
        Ok(runs)
    }

    fn find(&self, described: &KeyRunFile) -> Option<Arc<KeyRun>> {
        let runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let found = runs.known.get(&described.path).and_then(Weak::upgrade);
        found.filter(|run| run.described() == described)
    }

    /// Keeps as many of the runs as fit into so many bytes, however long nobody uses them.
    fn keep(&self, runs: &[Arc<KeyRun>], mut free: usize) {
        let newest_first = runs.iter().rev();
        let affordable = newest_first.filter(|run| match free.checked_sub(run.memory()) {
            Some(left) => {
                free = left;
                true
            }
            None => false,
        });
        let kept = affordable.map(Arc::clone).collect();
        let mut open = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let outdated = mem::replace(&mut open.kept, kept);
        for run in runs {
            open.known.insert(run.described().path.clone(), Arc::downgrade(run));
        }
        open.known.retain(|_, run| run.strong_count() > 0);
        drop(open);
        // Closing files may take a while.
        drop(outdated);
    }
}
