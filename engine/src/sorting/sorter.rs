//! Rows go in as they come, and come out in order.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryLimit, MemoryReservation};
use tokio::sync::mpsc;

use super::chunk::{Chunk, pieces};
use super::failure::stopped;
use super::keys::KeyMaker;
use super::part::Part;
use super::passes::merge_all;
use super::tools::{Limits, StopOnDrop, Tools};
use crate::error::{Error, Result};
use crate::execute::{Blocking, Executor, failed};

/// Batches in order that wait to be taken.
const WAITING_BATCHES: usize = 2;
/// The share of a chunk that is taken at a time.
const PIECE_SHARE: usize = 4;

/// Takes rows in any order. Memory is taken from the pool of the executor; what does not fit lies in its temporary
/// files. Dropping it ends all work and removes them.
pub(crate) struct Sorter<'a> {
    executor: &'a Executor,
    tools: Arc<Tools>,
    /// The rows that have come since the last chunk was full.
    chunk: Chunk,
    /// Reserved for nothing yet.
    memory: MemoryReservation,
    /// The chunk before, while it is being put in order, and written if there is no room for it.
    sorting: Option<Blocking<Part>>,
    parts: Vec<Part>,
    /// Bytes of the parts that stay in memory.
    held: usize,
    rows: u64,
    stop: StopOnDrop,
}

/// Rows in order. Dropping it ends all work and removes the temporary files.
pub(crate) struct Sorted {
    batches: mpsc::Receiver<RecordBatch>,
    merging: Option<Blocking<()>>,
    /// Rows that have not come yet.
    left: u64,
    _stop: StopOnDrop,
}

impl<'a> Sorter<'a> {
    /// Sorts rows of a schema by some of its columns: ascending, NULLs last, rows that are equal there in the order in
    /// which they came.
    ///
    /// # Errors
    ///
    /// `Internal` if a column is not there.
    pub(crate) fn start(executor: &'a Executor, schema: &SchemaRef, by: &[String]) -> Result<Self> {
        let pool = match executor.session().task().memory_pool().memory_limit() {
            MemoryLimit::Finite(bytes) => Some(bytes),
            MemoryLimit::Infinite | MemoryLimit::Unknown => None,
        };
        Self::with_limits(executor, schema, by, Limits::of_pool(pool))
    }

    pub(super) fn with_limits(
        executor: &'a Executor,
        schema: &SchemaRef,
        by: &[String],
        limits: Limits,
    ) -> Result<Self> {
        let environment = executor.session().task().runtime_env();
        let keys = KeyMaker::new(schema, by)?;
        let disk = Arc::clone(&environment.disk_manager);
        let (encoders, stop) = (executor.encoders(), AtomicBool::new(false));
        let tools = Arc::new(Tools { schema: Arc::clone(schema), keys, limits, encoders, disk, stop });
        let memory = MemoryConsumer::new("sorting rows").with_can_spill(true).register(&environment.memory_pool);
        let (chunk, stop) = (Chunk::new(memory.new_empty()), StopOnDrop(Arc::clone(&tools)));
        Ok(Self { executor, tools, chunk, memory, sorting: None, parts: Vec::new(), held: 0, rows: 0, stop })
    }

    /// Takes some rows. Waits where the chunk before is not sorted yet.
    ///
    /// # Errors
    ///
    /// `LimitExceeded` if the pool has no memory left for them, `Storage` if temporary files refuse.
    pub(crate) async fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        self.rows += batch.num_rows() as u64;
        for piece in pieces(batch, self.tools.limits.chunk_bytes / PIECE_SHARE).map_err(failed)? {
            self.add_piece(&piece).await?;
        }
        Ok(())
    }

    async fn add_piece(&mut self, piece: &RecordBatch) -> Result<()> {
        let mut taken = self.chunk.push(piece, &self.tools);
        if !matches!(taken, Ok(true)) && !self.chunk.is_empty() {
            self.hand_over().await?;
            taken = self.chunk.push(piece, &self.tools);
        }
        if taken.is_err() {
            // What the chunk before holds is free once it is written, and so is what stayed in memory.
            self.write_held().await?;
            taken = self.chunk.push(piece, &self.tools);
        }
        if taken.map_err(failed)? { Ok(()) } else { Err(Error::internal("an empty chunk takes no rows")) }
    }

    /// Has the rows of the chunk sorted.
    async fn hand_over(&mut self) -> Result<()> {
        self.settle().await?;
        let chunk = std::mem::replace(&mut self.chunk, Chunk::new(self.memory.new_empty()));
        let (tools, room) = (Arc::clone(&self.tools), self.tools.limits.held_bytes.saturating_sub(self.held));
        self.sorting = Some(self.executor.start_blocking(move || Part::sorted(chunk, room, &tools))?);
        Ok(())
    }

    /// Waits for the chunk before.
    pub(super) async fn settle(&mut self) -> Result<()> {
        if let Some(sorting) = self.sorting.take() {
            let part = sorting.done().await?;
            self.held = self.held.saturating_add(part.held_bytes());
            self.parts.push(part);
        }
        Ok(())
    }

    /// Writes the parts that stayed in memory; from now on none does.
    async fn write_held(&mut self) -> Result<()> {
        self.settle().await?;
        self.held = usize::MAX;
        let (parts, tools) = (std::mem::take(&mut self.parts), Arc::clone(&self.tools));
        let write = move || parts.into_iter().map(|part| part.into_run(&tools).map(Part::Run)).collect();
        self.parts = self.executor.start_blocking(write)?.done().await?;
        Ok(())
    }

    /// All rows that were taken, in order.
    ///
    /// # Errors
    ///
    /// As [`Sorter::add`].
    pub(crate) async fn finish(mut self) -> Result<Sorted> {
        self.settle().await?;
        let Self { executor, tools, chunk, memory, parts, rows, stop, .. } = self;
        let (sender, batches) = mpsc::channel(WAITING_BATCHES);
        let work = move || {
            let mut send = |batch: RecordBatch| sender.blocking_send(batch).map_err(|_| stopped());
            merge_all(parts, chunk, &memory, &tools, &mut send)
        };
        let merging = Some(executor.start_blocking(work)?);
        Ok(Sorted { batches, merging, left: rows, _stop: stop })
    }
}

impl Sorted {
    /// The next rows in order; `None` after the last ones.
    ///
    /// # Errors
    ///
    /// `Storage` if a temporary file cannot be read, or is damaged; `LimitExceeded` if the pool has no memory left.
    pub(crate) async fn next(&mut self) -> Result<Option<RecordBatch>> {
        if let Some(batch) = self.batches.recv().await {
            self.left = self.left.saturating_sub(batch.num_rows() as u64);
            return Ok(Some(batch));
        }
        // The channel ends where merging fails, too.
        if let Some(merging) = self.merging.take() {
            merging.done().await?;
        }
        if self.left == 0 { Ok(None) } else { Err(Error::internal("rows were lost while they were sorted")) }
    }
}
