//! One reading of a table whose batches go to several queries.

use std::sync::{Arc, OnceLock};

use arrow::array::RecordBatch;
use datafusion::common::runtime::{JoinSet, SpawnedTask};
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::ExecutionPlanProperties as _;
use futures::StreamExt as _;

use super::queue::{Offered, Queue};
use crate::error::Error;
use crate::execute::{ScanRequest, Session};

/// A scan that starts when the first of its queries asks for rows, and stops when none of them wants any more.
///
/// The batches are handed on as they are; the arrays are shared. No query waits for another one to begin or to end, but
/// the scan goes no faster than the slowest query that still reads.
#[derive(Debug)]
pub(super) struct SharedScan {
    request: Arc<ScanRequest>,
    session: Session,
    queues: Vec<Arc<Queue>>,
    task: OnceLock<SpawnedTask<()>>,
}

/// The place of one query at a shared scan. The query has left when this is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    scan: Arc<SharedScan>,
    queue: Arc<Queue>,
}

impl SharedScan {
    /// A scan for so many queries: the seat of each.
    pub(super) fn seats(request: &Arc<ScanRequest>, session: &Session, queries: usize) -> Vec<Seat> {
        let queues: Vec<Arc<Queue>> = (0..queries).map(|_| Arc::default()).collect();
        let (request, session) = (Arc::clone(request), session.clone());
        let scan = Arc::new(Self { request, session, queues: queues.clone(), task: OnceLock::new() });
        queues.into_iter().map(|queue| Seat { scan: Arc::clone(&scan), queue }).collect()
    }

    fn start(&self) {
        self.task.get_or_init(|| {
            let broadcast = Broadcast {
                request: Arc::clone(&self.request),
                session: self.session.clone(),
                to: self.queues.clone(),
            };
            SpawnedTask::spawn(broadcast.run())
        });
    }
}

impl Seat {
    /// Places in the schema of the table of the columns that the batches have.
    pub(super) fn columns(&self) -> &[usize] {
        &self.scan.request.columns
    }

    /// The queue of the query; the scan runs from now on. To be called inside the engine's runtime.
    pub(super) fn started(&self) -> &Queue {
        self.scan.start();
        &self.queue
    }

    /// The query wants no more rows.
    pub(super) fn leave(&self) {
        self.queue.leave();
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.leave();
    }
}

/// The task that reads. It does not hold the scan, so that the scan, and with it the task, ends with the last seat.
struct Broadcast {
    request: Arc<ScanRequest>,
    session: Session,
    to: Vec<Arc<Queue>>,
}

impl Broadcast {
    async fn run(self) {
        match self.read().await {
            Ok(()) => self.to.iter().for_each(|queue| queue.complete()),
            Err(error) => {
                let error = Arc::new(error);
                self.to.iter().for_each(|queue| queue.fail(Arc::clone(&error)));
            }
        }
    }

    async fn read(&self) -> Result<()> {
        let plan = self.session.scan(&self.request).await?;
        let task = self.session.task();
        let mut partitions = JoinSet::new();
        for partition in 0..plan.output_partitioning().partition_count() {
            let rows = plan.execute(partition, Arc::clone(&task))?;
            partitions.spawn(hand_on(rows, self.to.clone()));
        }
        while let Some(ended) = partitions.join_next().await {
            ended.map_err(|_| broken())??;
        }
        Ok(())
    }
}

impl Drop for Broadcast {
    fn drop(&mut self) {
        // Whoever still waits here would wait for ever: a panic has ended the task. An end that was told before counts.
        let error = Arc::new(broken());
        self.to.iter().for_each(|queue| queue.fail(Arc::clone(&error)));
    }
}

/// Gives the batches of one partition to everybody, until nobody wants any.
async fn hand_on(mut rows: SendableRecordBatchStream, to: Vec<Arc<Queue>>) -> Result<()> {
    while let Some(batch) = rows.next().await {
        if !give(&to, &batch?).await {
            break;
        }
    }
    Ok(())
}

/// Gives a batch first to those who have room, then to the others. False if nobody wants it.
async fn give(to: &[Arc<Queue>], batch: &RecordBatch) -> bool {
    let mut wanted = false;
    let mut full = Vec::new();
    for queue in to {
        match queue.offer(batch) {
            Offered::Taken => wanted = true,
            Offered::Full => full.push(queue),
            Offered::Left => {}
        }
    }
    for queue in full {
        wanted |= queue.push(batch).await;
    }
    wanted
}

fn broken() -> DataFusionError {
    DataFusionError::External(Box::new(Error::internal("a shared scan ended in a panic; please report it")))
}
