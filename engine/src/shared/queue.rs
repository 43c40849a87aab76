//! The batches that wait for one of the queries that share a scan.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use arrow::array::RecordBatch;
use datafusion::common::{DataFusionError, Result};
use tokio::sync::Notify;

/// Batches that may wait for one query. A query that is slower than the others holds the scan up once it has so many.
const MOST_WAITING: usize = 8;

/// A bounded queue with several readers, the partitions of one query's plan. Whichever of them comes takes the next
/// batch, so a plan may read its partitions in any order, also one after the other.
#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    room: Notify,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<RecordBatch>,
    readers: Vec<Waker>,
    end: Option<End>,
    /// The query is done with its rows, or gone.
    left: bool,
}

#[derive(Debug, Clone)]
enum End {
    Complete,
    Failed(Arc<DataFusionError>),
}

/// What became of a batch that was offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offered {
    Taken,
    Full,
    /// Nobody reads any more.
    Left,
}

impl Queue {
    /// Puts a batch in if there is room.
    pub(super) fn offer(&self, batch: &RecordBatch) -> Offered {
        let mut state = self.state();
        if state.left || state.end.is_some() {
            return Offered::Left;
        }
        if state.waiting.len() >= MOST_WAITING {
            return Offered::Full;
        }
        state.waiting.push_back(batch.clone());
        wake(state);
        Offered::Taken
    }

    /// Puts a batch in as soon as there is room. False if nobody reads any more.
    pub(super) async fn push(&self, batch: &RecordBatch) -> bool {
        loop {
            // Asked for before looking, so that room made in between is not missed.
            let room = self.room.notified();
            match self.offer(batch) {
                Offered::Taken => return true,
                Offered::Left => return false,
                Offered::Full => room.await,
            }
        }
    }

    /// Says that no batch follows. Only the first end counts; what waits is still read.
    pub(super) fn complete(&self) {
        self.finish(End::Complete);
    }

    /// Says that the scan failed.
    pub(super) fn fail(&self, error: Arc<DataFusionError>) {
        self.finish(End::Failed(error));
    }

    fn finish(&self, end: End) {
        let mut state = self.state();
        state.end.get_or_insert(end);
        wake(state);
        self.room.notify_waiters();
    }

    /// Says that nobody reads any more.
    pub(super) fn leave(&self) {
        let mut state = self.state();
        state.left = true;
        state.waiting.clear();
        wake(state);
        self.room.notify_waiters();
    }

    /// The next batch.
    pub(super) fn poll_next(&self, context: &Context<'_>) -> Poll<Option<Result<RecordBatch>>> {
        let mut state = self.state();
        if let Some(batch) = state.waiting.pop_front() {
            drop(state);
            self.room.notify_waiters();
            return Poll::Ready(Some(Ok(batch)));
        }
        if state.left {
            return Poll::Ready(None);
        }
        match &state.end {
            Some(End::Complete) => Poll::Ready(None),
            Some(End::Failed(error)) => Poll::Ready(Some(Err(DataFusionError::Shared(Arc::clone(error))))),
            None => {
                if !state.readers.iter().any(|reader| reader.will_wake(context.waker())) {
                    state.readers.push(context.waker().clone());
                }
                Poll::Pending
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes all readers, once the queue is free again.
fn wake(mut state: MutexGuard<'_, State>) {
    let readers = std::mem::take(&mut state.readers);
    drop(state);
    readers.into_iter().for_each(Waker::wake);
}
