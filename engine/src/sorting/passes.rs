//! Merging all there is, in as many passes as memory asks for.

use arrow::array::RecordBatch;
use datafusion::execution::memory_pool::MemoryReservation;

use super::chunk::Chunk;
use super::gather::Texts;
use super::inputs::Input;
use super::merge::{Shape, merge};
use super::packed::Layout;
use super::part::Part;
use super::run::{Run, RunWriter};
use super::tools::Tools;
use crate::error::Result;
use crate::execute::failed;

/// Blocks beside the ones that the inputs are at: those whose rows are still on their way to whoever takes them.
const LEFT_BLOCKS: usize = 16;
/// Blocks of rows that are handed out together.
const BATCH_BLOCKS: usize = 2;

/// Hands out the rows of all parts and of the chunk that came after them. Rows with equal keys come in the order of the
/// parts.
pub(super) fn merge_all(
    mut parts: Vec<Part>,
    last: Chunk,
    memory: &MemoryReservation,
    tools: &Tools,
    take: &mut impl FnMut(RecordBatch) -> Result<()>,
) -> Result<()> {
    if !last.is_empty() {
        parts.push(Part::sorted(last, usize::MAX, tools)?);
    }
    let ways = reserve(&mut parts, memory, tools)?;
    let mut first = 0;
    while parts.len() > ways {
        // As few rows as possible are written anew. Neighbours are merged, so that parts stay in their order; the next
        // ones go on behind them, so that rows are not written again and again.
        let excess = parts.len() - ways;
        let count = (excess + 1).min(ways).min(parts.len());
        if first + count > parts.len() {
            first = 0;
        }
        let group: Vec<Part> = parts.drain(first..first + count).collect();
        parts.insert(first, Part::Run(merged(group, tools)?));
        first += 1;
    }
    let rows = rows_at_once(&parts).saturating_mul(BATCH_BLOCKS);
    merge(opened(parts)?, tools, Shape { rows, texts: Texts::Shared }, take)
}

/// Several parts as one.
fn merged(parts: Vec<Part>, tools: &Tools) -> Result<Run> {
    let rows = rows_at_once(&parts);
    let mut run = RunWriter::create(&tools.disk, rows, Layout::plain(&tools.schema))?;
    merge(opened(parts)?, tools, Shape { rows, texts: Texts::Owned }, &mut |block: RecordBatch| run.write(&block))?;
    run.finish()
}

fn opened(parts: Vec<Part>) -> Result<Vec<Input>> {
    parts.into_iter().map(Part::into_input).collect()
}

/// So few rows that they are no more bytes than a block of any input.
fn rows_at_once(parts: &[Part]) -> usize {
    parts.iter().map(Part::block_rows).min().unwrap_or(1).max(1)
}

/// Takes the memory for merging, and says how many parts can be merged at once with it. Where there is too little, parts
/// that are held in memory are written first.
fn reserve(parts: &mut Vec<Part>, memory: &MemoryReservation, tools: &Tools) -> Result<usize> {
    let mut ways = parts.len().min(tools.limits.ways).max(2);
    loop {
        let block = match parts.as_slice() {
            // Nothing is merged.
            [Part::Held(_)] => 0,
            _ => parts.iter().map(|part| part.block_bytes(tools)).max().unwrap_or(0),
        };
        let Err(error) = memory.try_grow(block.saturating_mul(ways + LEFT_BLOCKS)) else { return Ok(ways) };
        if parts.iter().any(Part::is_held) {
            let held = std::mem::take(parts);
            *parts = held.into_iter().map(|part| part.into_run(tools).map(Part::Run)).collect::<Result<_>>()?;
        } else if ways == 2 {
            return Err(failed(error));
        } else {
            ways = (ways / 2).max(2);
        }
    }
}
