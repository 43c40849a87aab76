//! Rows in order that wait to be merged: in a temporary file, or in memory as long as there is room.

use super::chunk::Chunk;
use super::failure::unsorted;
use super::inputs::{Input, SortedChunk};
use super::run::{Run, RunWriter};
use super::tools::Tools;
use crate::error::Result;

/// Rows that were sorted together.
pub(super) enum Part {
    Run(Run),
    Held(SortedChunk),
}

impl Part {
    /// Sorts a chunk, which stays in memory if it has so few bytes then.
    pub(super) fn sorted(chunk: Chunk, room: usize, tools: &Tools) -> Result<Self> {
        let part = chunk.sort(tools).map(Self::Held)?;
        if part.held_bytes() <= room { Ok(part) } else { part.into_run(tools).map(Self::Run) }
    }

    /// Bytes of memory that it takes while it waits.
    pub(super) fn held_bytes(&self) -> usize {
        match self {
            Self::Run(_) => 0,
            Self::Held(chunk) => chunk.memory.size(),
        }
    }

    pub(super) fn is_held(&self) -> bool {
        matches!(self, Self::Held(_))
    }

    /// Puts the rows into a temporary file if they are in memory.
    pub(super) fn into_run(self, tools: &Tools) -> Result<Run> {
        let SortedChunk { rows, block_rows, memory: _memory } = match self {
            Self::Run(run) => return Ok(run),
            Self::Held(chunk) => chunk,
        };
        let mut run = RunWriter::create(&tools.disk, block_rows, rows.layout())?;
        for first in (0..rows.rows()).step_by(block_rows) {
            tools.go_on()?;
            let block = rows.held(first, block_rows.min(rows.rows() - first));
            run.write(&block.map_err(unsorted)?)?;
        }
        run.finish()
    }

    pub(super) fn into_input(self) -> Result<Input> {
        match self {
            Self::Run(run) => run.read().map(Input::Run),
            Self::Held(chunk) => Ok(Input::Chunk { chunk, given: 0 }),
        }
    }

    /// The rows of a block, at most.
    pub(super) fn block_rows(&self) -> usize {
        match self {
            Self::Run(run) => run.block_rows(),
            Self::Held(chunk) => chunk.block_rows,
        }
    }

    /// The bytes of the largest block. A chunk makes its blocks of rows that are in memory already.
    pub(super) fn block_bytes(&self, tools: &Tools) -> usize {
        match self {
            Self::Run(run) => run.block_bytes(),
            Self::Held(_) => tools.limits.block_bytes,
        }
    }
}
