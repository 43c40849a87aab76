//! What is merged: runs in files, and chunks in memory, block by block.

use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::error::ArrowError;
use datafusion::execution::memory_pool::MemoryReservation;

use super::failure::unsorted;
use super::keys::Keys;
use super::packed::Packed;
use super::run::RunReader;
use super::tools::Tools;
use crate::error::Result;

/// Rows of a chunk, in order.
pub(super) struct SortedChunk {
    pub(super) rows: Arc<Packed>,
    /// The rows of a block, at most.
    pub(super) block_rows: usize,
    /// Given back when the rows are.
    pub(super) memory: MemoryReservation,
}

/// Rows in order, block by block.
pub(super) enum Input {
    Run(RunReader),
    Chunk {
        chunk: SortedChunk,
        /// Rows handed out.
        given: usize,
    },
}

/// Some rows that come one after the other, and their keys.
pub(super) struct Block {
    /// Where they are.
    pub(super) source: Arc<Packed>,
    /// The first one of them there.
    pub(super) first: usize,
    pub(super) rows: usize,
    pub(super) keys: Keys,
}

impl Input {
    /// The next rows, which are at least one.
    pub(super) fn next(&mut self, tools: &Tools) -> Result<Option<Arc<Block>>> {
        match self {
            Self::Run(run) => {
                let Some(rows) = run.next()? else { return Ok(None) };
                let count = rows.rows();
                Block::new(Arc::new(rows), 0, count, tools).map(Some)
            }
            Self::Chunk { chunk, given } => {
                let (first, rows) = (*given, chunk.block_rows.min(chunk.rows.rows().saturating_sub(*given)));
                if rows == 0 {
                    return Ok(None);
                }
                *given += rows;
                Block::new(Arc::clone(&chunk.rows), first, rows, tools).map(Some)
            }
        }
    }
}

impl Block {
    fn new(source: Arc<Packed>, first: usize, rows: usize, tools: &Tools) -> Result<Arc<Self>> {
        let column = |place: &usize| {
            let (held, form) = source.column(*place)?;
            Some(form.unpack(held.slice(first, rows), tools.schema.fields().get(*place)?.data_type()))
        };
        let columns: Result<Vec<ArrayRef>, ArrowError> = tools.keys.columns().iter().filter_map(column).collect();
        let keys = tools.keys.keys([columns.map_err(unsorted)?])?;
        Ok(Arc::new(Self { source, first, rows, keys }))
    }
}
