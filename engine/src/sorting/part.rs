//! Rows in order that wait to be merged: in a temporary file, or in memory as long as there is room.

use super::chunk::Chunk;
use super::gather::Texts;
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
    /// Sorts a chunk, which stays in memory.
    pub(super) fn held(chunk: Chunk, tools: &Tools) -> Result<Self> {
        chunk.sort(tools).map(Self::Held)
    }

    /// Sorts a chunk into a temporary file.
    pub(super) fn written(chunk: Chunk, tools: &Tools) -> Result<Self> {
        Self::held(chunk, tools)?.into_run(tools).map(Self::Run)
    }

    pub(super) fn is_held(&self) -> bool {
        matches!(self, Self::Held(_))
    }

    /// Puts the rows into a temporary file if they are in memory.
    pub(super) fn into_run(self, tools: &Tools) -> Result<Run> {
        let mut chunk = match self {
            Self::Run(run) => return Ok(run),
            Self::Held(chunk) => chunk,
        };
        let mut run = RunWriter::create(&tools.disk, chunk.block_rows())?;
        while let Some(block) = chunk.next(tools, Texts::Owned)? {
            tools.go_on()?;
            run.write(&block)?;
        }
        run.finish()
    }

    pub(super) fn into_input(self) -> Result<Input> {
        match self {
            Self::Run(run) => run.read().map(Input::Run),
            Self::Held(chunk) => Ok(Input::Chunk(chunk)),
        }
    }

    /// The rows of a block, at most.
    pub(super) fn block_rows(&self) -> usize {
        match self {
            Self::Run(run) => run.block_rows(),
            Self::Held(chunk) => chunk.block_rows(),
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
