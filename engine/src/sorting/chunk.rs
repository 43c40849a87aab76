//! As many rows as are sorted at once in memory.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions};
use arrow::buffer::Buffer;
use arrow::datatypes::DataType;
use datafusion::execution::memory_pool::MemoryReservation;

use super::column::owned;
use super::failure::unsorted;
use super::inputs::SortedChunk;
use super::packed::Packed;
use super::tools::Tools;
use crate::error::Result;

/// Bytes a row that keys take beside the bytes of their values: as a number, as an offset, as a place in the order.
const KEY_BYTES: usize = 32;
/// Bytes of a text that its view holds besides where to find it.
const VIEW_BYTES: usize = 16;
/// The share of a chunk that a column of a batch may hold without using it before it is copied.
const SPARE_SHARE: usize = 64;

/// Rows in the order in which they came.
pub(super) struct Chunk {
    batches: Vec<RecordBatch>,
    rows: usize,
    /// Bytes of all values, each text counted as often as it occurs.
    used: usize,
    /// Bytes of everything but texts outside their views.
    fixed: usize,
    /// Bytes of the buffers that texts lie in, which several batches may share.
    shared: usize,
    /// Bytes of the values of keys.
    keys: usize,
    /// Where the buffers of texts lie.
    buffers: HashSet<usize>,
    memory: MemoryReservation,
}

/// What a batch would add to a chunk.
#[derive(Debug, Default)]
struct Weight {
    used: usize,
    fixed: usize,
    shared: usize,
    keys: usize,
    buffers: HashSet<usize>,
}

impl Chunk {
    pub(super) fn new(memory: MemoryReservation) -> Self {
        let (rows, used, fixed, shared, keys) = (0, 0, 0, 0, 0);
        Self { batches: Vec::new(), rows, used, fixed, shared, keys, buffers: HashSet::new(), memory }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    /// Takes the rows of a batch, unless there are rows already and they would become too many.
    ///
    /// # Errors
    ///
    /// That of the pool if it has not enough memory.
    pub(super) fn push(&mut self, batch: &RecordBatch, tools: &Tools) -> datafusion::error::Result<bool> {
        let (batch, weight) = self.weigh(batch, tools)?;
        let fixed = self.fixed + weight.fixed;
        let used = self.used + weight.used;
        let keys = self.keys + weight.keys + KEY_BYTES * batch.num_rows();
        // While they are put in order rows are there twice, and texts that are the same in memory part then.
        let bytes = fixed + self.shared + weight.shared + used + keys;
        if !self.is_empty() && bytes > tools.limits.chunk_bytes {
            return Ok(false);
        }
        self.memory.try_grow(bytes.saturating_sub(self.memory.size()))?;
        self.rows += batch.num_rows();
        (self.used, self.fixed, self.keys) = (used, fixed, keys);
        self.shared += weight.shared;
        self.buffers.extend(weight.buffers);
        self.batches.push(batch);
        Ok(true)
    }

    fn weigh(&self, batch: &RecordBatch, tools: &Tools) -> datafusion::error::Result<(RecordBatch, Weight)> {
        let mut weight = Weight::default();
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(batch.num_columns());
        for (place, column) in batch.columns().iter().enumerate() {
            let (fixed, texts) = values(column)?;
            weight.fixed += fixed;
            weight.used += fixed + texts;
            if tools.keys.columns().contains(&place) {
                // A key has about nine bytes for every eight of a text.
                weight.keys += fixed + texts + texts / 4;
            }
            let fresh: Vec<(usize, usize)> = data_buffers(column)
                .iter()
                .map(|buffer| (buffer.data_ptr().addr().get(), buffer.capacity()))
                .filter(|(address, _)| !self.buffers.contains(address) && !weight.buffers.contains(address))
                .collect();
            let held: usize = fresh.iter().collect::<HashSet<_>>().iter().map(|(_, bytes)| bytes).sum();
            if held > texts.saturating_mul(2).saturating_add(tools.limits.chunk_bytes / SPARE_SHARE) {
                // Otherwise a few rows of a large batch would hold all of it.
                columns.push(owned(Arc::clone(column)));
                weight.shared += texts;
            } else {
                columns.push(Arc::clone(column));
                weight.shared += held;
                weight.buffers.extend(fresh.iter().map(|(address, _)| *address));
            }
        }
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        Ok((RecordBatch::try_new_with_options(batch.schema(), columns, &options)?, weight))
    }

    /// Puts the rows in order.
    pub(super) fn sort(self, tools: &Tools) -> Result<SortedChunk> {
        tools.go_on()?;
        let Self { batches, rows, used, memory, .. } = self;
        let keys = tools.keys.keys(batches.iter().map(|batch| tools.keys.of(batch)))?;
        let sorted = tools.encoders.install(|| {
            let order = keys.into_order()?;
            tools.go_on()?;
            Packed::ordered(&tools.schema, &batches, &order).map_err(unsorted)
        })?;
        drop(batches);
        memory.resize(sorted.bytes());
        Ok(SortedChunk { rows: Arc::new(sorted), block_rows: tools.limits.block_rows(rows, used), memory })
    }
}

/// The bytes of the values of a column: those that stand in a row, and those of texts that lie elsewhere.
fn values(column: &ArrayRef) -> datafusion::error::Result<(usize, usize)> {
    let views = |texts: usize| (column.len() * VIEW_BYTES + column.len() / 8, texts);
    Ok(match column.data_type() {
        DataType::Utf8View => views(column.as_string_view().total_buffer_bytes_used()),
        DataType::BinaryView => views(column.as_binary_view().total_buffer_bytes_used()),
        _ => (column.to_data().get_slice_memory_size()?, 0),
    })
}

fn data_buffers(column: &ArrayRef) -> &[Buffer] {
    match column.data_type() {
        DataType::Utf8View => column.as_string_view().data_buffers(),
        DataType::BinaryView => column.as_binary_view().data_buffers(),
        _ => &[],
    }
}

/// A batch in pieces that have no more bytes than `most`, as far as rows allow it.
pub(super) fn pieces(batch: &RecordBatch, most: usize) -> datafusion::error::Result<Vec<RecordBatch>> {
    let mut bytes = 0_usize;
    for column in batch.columns() {
        let (fixed, texts) = values(column)?;
        bytes = bytes.saturating_add(fixed).saturating_add(texts);
    }
    let (rows, wanted) = (batch.num_rows(), bytes.div_ceil(most.max(1)).max(1));
    let step = (rows / wanted).max(1);
    Ok((0..rows).step_by(step).map(|first| batch.slice(first, step.min(rows - first))).collect())
}
