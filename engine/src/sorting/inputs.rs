//! What is merged: runs in files, and chunks in memory, block by block.

use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion::execution::memory_pool::MemoryReservation;

use super::gather::{Texts, gather};
use super::keys::Keys;
use super::run::RunReader;
use super::tools::Tools;
use crate::error::Result;

/// Rows of a chunk, and the order in which they go.
pub(super) struct SortedChunk {
    batches: Vec<RecordBatch>,
    /// The number of the first row of each batch.
    starts: Vec<usize>,
    order: Vec<u32>,
    /// Rows handed out.
    given: usize,
    block_rows: usize,
    /// Given back when the rows are.
    _memory: MemoryReservation,
}

impl SortedChunk {
    pub(super) fn new(
        batches: Vec<RecordBatch>,
        order: Vec<u32>,
        block_rows: usize,
        memory: MemoryReservation,
    ) -> Self {
        let mut starts = Vec::with_capacity(batches.len());
        let mut rows = 0;
        for batch in &batches {
            starts.push(rows);
            rows += batch.num_rows();
        }
        Self { batches, starts, order, given: 0, block_rows, _memory: memory }
    }

    /// The rows of a block.
    pub(super) fn block_rows(&self) -> usize {
        self.block_rows
    }

    /// The next rows in order.
    pub(super) fn next(&mut self, tools: &Tools, texts: Texts) -> Result<Option<RecordBatch>> {
        let find = |row: &u32| {
            let row = *row as usize;
            let batch = self.starts.partition_point(|start| *start <= row).saturating_sub(1);
            (batch, row - self.starts.get(batch).copied().unwrap_or(0))
        };
        let places: Vec<(usize, usize)> = self.order.iter().skip(self.given).take(self.block_rows).map(find).collect();
        if places.is_empty() {
            return Ok(None);
        }
        self.given += places.len();
        tools.encoders.install(|| gather(&tools.schema, &self.batches, &places, texts)).map(Some)
    }
}

/// Rows in order, block by block.
pub(super) enum Input {
    Run(RunReader),
    Chunk(SortedChunk),
}

/// Some rows and their keys.
pub(super) struct Block {
    pub(super) batch: RecordBatch,
    pub(super) keys: Keys,
}

impl Input {
    /// The next rows, which are at least one.
    pub(super) fn next(&mut self, tools: &Tools) -> Result<Option<RecordBatch>> {
        match self {
            Self::Run(run) => run.next(&tools.schema),
            Self::Chunk(chunk) => chunk.next(tools, Texts::Shared),
        }
    }

    /// The next rows with their keys.
    pub(super) fn next_block(&mut self, tools: &Tools) -> Result<Option<Arc<Block>>> {
        let Some(batch) = self.next(tools)? else { return Ok(None) };
        let keys = tools.keys.keys(std::slice::from_ref(&batch))?;
        Ok(Some(Arc::new(Block { batch, keys })))
    }
}
