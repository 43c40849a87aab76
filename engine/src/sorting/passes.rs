//! Merging all there is, in as many passes as memory asks for.

use arrow::array::RecordBatch;
use datafusion::execution::memory_pool::MemoryReservation;

use super::chunk::Chunk;
use super::gather::Texts;
use super::inputs::{Input, SortedChunk};
use super::merge::{Shape, merge};
use super::run::{Run, RunWriter};
use super::tools::Tools;
use crate::error::Result;
use crate::execute::failed;

/// Blocks beside the ones that the inputs are at: those whose rows are still on their way to whoever takes them.
const LEFT_BLOCKS: usize = 16;
/// Blocks of rows that are handed out together.
const BATCH_BLOCKS: usize = 2;

/// Puts the rows of a chunk into a temporary file, in order.
pub(super) fn write_run(chunk: Chunk, tools: &Tools) -> Result<Run> {
    let mut chunk = chunk.sort(tools)?;
    let mut run = RunWriter::create(&tools.disk, chunk.block_rows())?;
    while let Some(block) = chunk.next(tools, Texts::Owned)? {
        tools.go_on()?;
        run.write(&block)?;
    }
    run.finish()
}

/// Hands out the rows of all runs and of the chunk that came after them. Rows with equal keys come in the order of the
/// runs.
pub(super) fn merge_all(
    mut runs: Vec<Run>,
    last: Chunk,
    memory: &MemoryReservation,
    tools: &Tools,
    take: &mut impl FnMut(RecordBatch) -> Result<()>,
) -> Result<()> {
    let last = if last.is_empty() { None } else { Some(last.sort(tools)?) };
    let others = usize::from(last.is_some());
    let ways = reserve(&runs, runs.len() + others, memory, tools)?;
    let mut first = 0;
    while runs.len() + others > ways {
        // As few rows as possible are written anew. Neighbours are merged, so that runs stay in their order; the next
        // ones go on behind them, so that rows are not written again and again.
        let excess = runs.len() + others - ways;
        let count = (excess + 1).min(ways).min(runs.len());
        if first + count > runs.len() {
            first = 0;
        }
        let group: Vec<Run> = runs.drain(first..first + count).collect();
        runs.insert(first, merged(group, tools)?);
        first += 1;
    }
    let rows = rows_at_once(&runs, last.as_ref()).saturating_mul(BATCH_BLOCKS);
    let mut inputs = opened(runs)?;
    inputs.extend(last.map(Input::Chunk));
    merge(inputs, tools, Shape { rows, texts: Texts::Shared }, take)
}

/// Several runs as one.
fn merged(runs: Vec<Run>, tools: &Tools) -> Result<Run> {
    let rows = rows_at_once(&runs, None);
    let mut run = RunWriter::create(&tools.disk, rows)?;
    merge(opened(runs)?, tools, Shape { rows, texts: Texts::Owned }, &mut |block: RecordBatch| run.write(&block))?;
    run.finish()
}

fn opened(runs: Vec<Run>) -> Result<Vec<Input>> {
    runs.into_iter().map(|run| run.read().map(Input::Run)).collect()
}

/// So few rows that they are no more bytes than a block of any input.
fn rows_at_once(runs: &[Run], chunk: Option<&SortedChunk>) -> usize {
    let rows = runs.iter().map(Run::block_rows).chain(chunk.map(SortedChunk::block_rows));
    rows.min().unwrap_or(1).max(1)
}

/// Takes the memory for merging, and says how many runs can be merged at once with it.
fn reserve(runs: &[Run], inputs: usize, memory: &MemoryReservation, tools: &Tools) -> Result<usize> {
    let block = runs.iter().map(Run::block_bytes).max().unwrap_or(0);
    let mut ways = inputs.min(tools.limits.ways).max(2);
    loop {
        match memory.try_grow(block.saturating_mul(ways + LEFT_BLOCKS)) {
            Ok(()) => return Ok(ways),
            Err(error) if ways == 2 => return Err(failed(error)),
            Err(_) => ways = (ways / 2).max(2),
        }
    }
}
