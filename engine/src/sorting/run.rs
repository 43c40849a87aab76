//! Rows in order in a temporary file: blocks whose bytes are checked when they are read.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::vec::IntoIter;

use arrow::array::RecordBatch;
use arrow::buffer::Buffer;
use arrow::ipc::reader::RecordBatchDecoder;
use arrow::ipc::root_as_message;
use arrow::ipc::writer::{DictionaryTracker, IpcDataGenerator, IpcWriteContext, IpcWriteOptions};
use datafusion::execution::{DiskManager, SpillFile, SpillWriter};
use drillcore_store::Digest;

use super::failure::{damaged, unread, unsorted, unwritten};
use super::packed::{Layout, Packed};
use crate::error::{Error, Result};
use crate::execute::failed;

/// What is known of a block: the lengths of its values and of what describes them, one after the other in the file, and
/// their digests.
#[derive(Debug)]
struct Seal {
    values: usize,
    description: usize,
    digests: (Digest, Digest),
}

/// Rows in order in a temporary file, which is removed when nobody reads it any more.
pub(super) struct Run {
    file: Arc<dyn SpillFile>,
    blocks: Vec<Seal>,
    /// The rows of a block, at most.
    block_rows: usize,
    layout: Layout,
}

/// Writes a run.
pub(super) struct RunWriter {
    file: Arc<dyn SpillFile>,
    writer: Box<dyn SpillWriter>,
    encoder: IpcDataGenerator,
    options: IpcWriteOptions,
    context: IpcWriteContext,
    blocks: Vec<Seal>,
    block_rows: usize,
    layout: Layout,
}

impl RunWriter {
    /// For blocks of that many rows, at most, which are held like this.
    pub(super) fn create(disk: &Arc<DiskManager>, block_rows: usize, layout: Layout) -> Result<Self> {
        let file = disk.create_tmp_file("sorting rows").map_err(failed)?;
        let writer = file.open_writer().map_err(failed)?;
        let (encoder, options) = (IpcDataGenerator::default(), IpcWriteOptions::default());
        let mut context = IpcWriteContext::default();
        // Blocks are about as long as the one before.
        context.set_reserve_scratch(true);
        Ok(Self { file, writer, encoder, options, context, blocks: Vec::new(), block_rows, layout })
    }

    /// Writes rows that come after all before. Texts are written with all of their buffers.
    pub(super) fn write(&mut self, block: &RecordBatch) -> Result<()> {
        let mut dictionaries = DictionaryTracker::new(true);
        let encoded = self.encoder.encode(block, &mut dictionaries, &self.options, &mut self.context);
        let (shared, block_bytes) = encoded.map_err(unsorted)?;
        if !shared.is_empty() {
            return Err(Error::internal("rows with dictionaries are to be sorted"));
        }
        let (values, description) = (block_bytes.arrow_data, block_bytes.ipc_message);
        // The values come first, so that they are aligned as far as memory is.
        self.writer.write_all(&values).map_err(unwritten)?;
        self.writer.write_all(&description).map_err(unwritten)?;
        let digests = (Digest::of(&values), Digest::of(&description));
        self.blocks.push(Seal { values: values.len(), description: description.len(), digests });
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Run> {
        self.writer.flush().map_err(unwritten)?;
        self.writer.finish().map_err(failed)?;
        Ok(Run { file: self.file, blocks: self.blocks, block_rows: self.block_rows, layout: self.layout })
    }
}

impl Run {
    /// The bytes of the largest block.
    pub(super) fn block_bytes(&self) -> usize {
        self.blocks.iter().map(|block| block.values + block.description).max().unwrap_or(0)
    }

    /// The rows of a block, at most.
    pub(super) fn block_rows(&self) -> usize {
        self.block_rows
    }

    pub(super) fn read(self) -> Result<RunReader> {
        let path = self.file.path().ok_or_else(|| Error::internal("sorted rows were put where they cannot be read"))?;
        let opened = File::open(path).map_err(unread)?;
        Ok(RunReader { opened, _file: self.file, blocks: self.blocks.into_iter(), layout: self.layout })
    }
}

/// Reads a run from its beginning.
pub(super) struct RunReader {
    opened: File,
    /// Removed with the last reader.
    _file: Arc<dyn SpillFile>,
    blocks: IntoIter<Seal>,
    layout: Layout,
}

impl RunReader {
    /// The rows of the next block, once its bytes are what was written.
    pub(super) fn next(&mut self) -> Result<Option<Packed>> {
        let Some(seal) = self.blocks.next() else { return Ok(None) };
        let length = seal.values + seal.description;
        let mut bytes = Vec::with_capacity(length);
        (&self.opened).take(length as u64).read_to_end(&mut bytes).map_err(unread)?;
        let (values, description) = bytes.split_at_checked(seal.values).ok_or_else(damaged)?;
        if bytes.len() != length || (Digest::of(values), Digest::of(description)) != seal.digests {
            return Err(damaged());
        }
        let bytes = Buffer::from_vec(bytes);
        let values = bytes.slice_with_length(0, seal.values);
        let description = bytes.slice_with_length(seal.values, seal.description);
        let message = root_as_message(description.as_slice()).map_err(|_| damaged())?;
        let rows = message.header_as_record_batch().ok_or_else(damaged)?;
        let (dictionaries, version) = (HashMap::new(), message.version());
        let decoder =
            RecordBatchDecoder::try_new(&values, rows, Arc::clone(&self.layout.schema), &dictionaries, &version);
        let batch = decoder.and_then(RecordBatchDecoder::read_record_batch).map_err(unsorted)?;
        Ok(Some(Packed::new(batch, &self.layout)))
    }
}
