//! Work that several ask for at the same time is done once.
//!
//! The first who asks starts it as a task of its own, so that it does not depend on whether the first one stays; it is
//! stopped when nobody waits for it any more. Nothing is kept: who asks when the work is done, or has failed, starts it
//! anew.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use datafusion::common::runtime::SpawnedTask;
use futures::FutureExt as _;
use tokio::sync::watch;

use crate::error::{Error, Result};

/// The work in progress, by what tells it apart.
#[derive(Debug)]
pub(super) struct SingleFlight<K, V> {
    flying: Arc<Mutex<Flying<K, V>>>,
}

#[derive(Debug)]
struct Flying<K, V> {
    started: u64,
    by_key: HashMap<K, (u64, Weak<Flight<V>>)>,
}

/// Work in progress. All who wait for it hold it; it stops with the last one.
#[derive(Debug)]
struct Flight<V> {
    outcome: watch::Receiver<Option<Result<V>>>,
    _task: SpawnedTask<()>,
}

/// Takes the work off the list when it is done or stopped.
struct Landing<K: Hash + Eq, V> {
    flying: Arc<Mutex<Flying<K, V>>>,
    key: K,
    number: u64,
}

impl<K, V> Default for SingleFlight<K, V> {
    fn default() -> Self {
        Self { flying: Arc::new(Mutex::new(Flying { started: 0, by_key: HashMap::new() })) }
    }
}

impl<K, V> SingleFlight<K, V>
where
    K: Clone + Hash + Eq + Send + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// The outcome of the work of that key that is in progress; if there is none, of `work`, which is started. If there
    /// is one, `work` is dropped before anything is waited for. To be called inside the engine's runtime.
    ///
    /// # Errors
    ///
    /// As `work`, for all who wait; `Internal` if it panics.
    pub(super) async fn run(&self, key: K, work: impl Future<Output = Result<V>> + Send + 'static) -> Result<V> {
        let flight = self.join(key, work);
        let mut outcome = flight.outcome.clone();
        let found = outcome.wait_for(Option::is_some).await.map_err(|_| stopped())?;
        match &*found {
            Some(Ok(value)) => Ok(value.clone()),
            Some(Err(error)) => Err(error.duplicate()),
            None => Err(stopped()),
        }
    }

    fn join(&self, key: K, work: impl Future<Output = Result<V>> + Send + 'static) -> Arc<Flight<V>> {
        let mut flying = self.flying.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flying.by_key.get(&key).and_then(|(_, flight)| flight.upgrade()) {
            return flight;
        }
        flying.started += 1;
        let number = flying.started;
        let landing = Landing { flying: Arc::clone(&self.flying), key: key.clone(), number };
        let (tell, outcome) = watch::channel(None);
        let task = SpawnedTask::spawn(async move {
            let ended = AssertUnwindSafe(work).catch_unwind().await;
            let ended = ended.unwrap_or_else(|_| Err(Error::internal("the work ended in a panic; please report it")));
            // Off the list before the outcome is known, so that an outcome is never found later on.
            drop(landing);
            tell.send_replace(Some(ended));
        });
        let flight = Arc::new(Flight { outcome, _task: task });
        flying.by_key.insert(key, (number, Arc::downgrade(&flight)));
        flight
    }

    /// How many works are in progress.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.flying.lock().unwrap_or_else(PoisonError::into_inner).by_key.len()
    }
}

impl<K: Hash + Eq, V> Drop for Landing<K, V> {
    fn drop(&mut self) {
        let mut flying = self.flying.lock().unwrap_or_else(PoisonError::into_inner);
        // Work that was given up may have been started anew meanwhile.
        if flying.by_key.get(&self.key).is_some_and(|(number, _)| *number == self.number) {
            flying.by_key.remove(&self.key);
        }
    }
}

fn stopped() -> Error {
    Error::internal("the engine stopped before the work was done")
}
