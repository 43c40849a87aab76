//! What all parts of one sorting share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::datatypes::SchemaRef;
use datafusion::execution::DiskManager;
use rayon::ThreadPool;

use super::failure::stopped;
use super::keys::KeyMaker;
use crate::error::Result;

/// The bytes of a chunk, unless the pool is small: few runs, and what is sorted meets the caches.
const CHUNK_BYTES: usize = 256 << 20;
/// The pool is divided into so many parts: one for the chunk that fills, one for the one that is being sorted, and the
/// merging needs as much again.
const PARTS: usize = 8;
/// The parts for chunks that are sorted and stay in memory.
const HELD_PARTS: usize = 5;
/// The same without a pool that ends.
const HELD_BYTES: usize = 640 << 20;
/// The share of a chunk that a block may have.
const BLOCK_SHARE: usize = 16;
/// The bytes of a block: long rows are not collected by the thousand.
const BLOCK_BYTES: usize = 4 << 20;
/// The rows of a block: what is read of a run at a time.
const BLOCK_ROWS: usize = 8_192;
/// Runs that are merged at once.
const WAYS: usize = 64;

/// How much is held at a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) chunk_bytes: usize,
    /// Bytes of chunks that stay in memory when they are sorted; others are written.
    pub(super) held_bytes: usize,
    pub(super) block_bytes: usize,
    pub(super) block_rows: usize,
    /// Runs that are merged at once, at least two.
    pub(super) ways: usize,
}

impl Limits {
    /// What suits a pool of that many bytes; `None` if it has no end.
    pub(super) fn of_pool(bytes: Option<usize>) -> Self {
        let share = bytes.map_or(CHUNK_BYTES, |bytes| bytes / PARTS);
        let chunk_bytes = share.clamp(1, CHUNK_BYTES);
        let block_bytes = (chunk_bytes / BLOCK_SHARE).clamp(1, BLOCK_BYTES);
        let held_bytes = bytes.map_or(HELD_BYTES, |bytes| bytes / PARTS * HELD_PARTS);
        Self { chunk_bytes, held_bytes, block_bytes, block_rows: BLOCK_ROWS, ways: WAYS }
    }

    /// The rows of a block of rows of which so many have so many bytes.
    pub(super) fn block_rows(&self, rows: usize, bytes: usize) -> usize {
        let fitting = self.block_bytes.saturating_mul(rows) / bytes.max(1);
        fitting.clamp(1, self.block_rows.max(1))
    }
}

/// What all parts of one sorting share.
#[derive(Debug)]
pub(super) struct Tools {
    pub(super) schema: SchemaRef,
    pub(super) keys: KeyMaker,
    pub(super) limits: Limits,
    pub(super) encoders: Arc<ThreadPool>,
    pub(super) disk: Arc<DiskManager>,
    /// Whether nobody wants the rows any more.
    pub(super) stop: AtomicBool,
}

impl Tools {
    /// Ends the work if nobody wants it any more.
    pub(super) fn go_on(&self) -> Result<()> {
        if self.stop.load(Ordering::Relaxed) { Err(stopped()) } else { Ok(()) }
    }
}

/// Ends all work of a sorting when it is dropped.
#[derive(Debug)]
pub(super) struct StopOnDrop(pub(super) Arc<Tools>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }
}
