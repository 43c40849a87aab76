//! The byte stream of one new data file: digested on its way to the storage.

use std::io;

use crate::blocks::{BlockDigester, BlockDigests};
use crate::storage::StorageWriter;

/// How many bytes the length and the magic at the end of a Parquet file take.
const TAIL_BYTES: usize = 8;

/// A file being written, handed to the storage block by block.
#[derive(Debug)]
pub(super) struct Output {
    /// `None` once finished.
    stream: Option<Stream>,
}

#[derive(Debug)]
struct Stream {
    writer: Box<dyn StorageWriter>,
    digester: BlockDigester,
    tail: [u8; TAIL_BYTES],
}

/// What a finished file is like.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) digests: BlockDigests,
    /// The length of the Parquet footer, tail included, if the file ends like one.
    pub(super) footer_bytes: Option<u64>,
}

impl Output {
    pub(super) fn new(writer: Box<dyn StorageWriter>) -> Self {
        Self { stream: Some(Stream { writer, digester: BlockDigester::new(), tail: [0; TAIL_BYTES] }) }
    }

    /// Writes the last block. What comes back still has to be synced. Without a result there are more blocks than can
    /// be counted.
    pub(super) fn finish(&mut self) -> io::Result<(Box<dyn StorageWriter>, Option<Finished>)> {
        let Stream { mut writer, digester, tail } = self.stream.take().ok_or_else(finished_already)?;
        let digests = digester.finish(|last| writer.write_all(last))?;
        let footer_bytes = footer_bytes(tail);
        Ok((writer, digests.map(|digests| Finished { digests, footer_bytes })))
    }
}

impl Stream {
    fn remember_tail(&mut self, bytes: &[u8]) {
        if let Some(tail) = bytes.last_chunk::<TAIL_BYTES>() {
            self.tail = *tail;
            return;
        }
        self.tail.rotate_left(bytes.len());
        if let Some(end) = self.tail.get_mut(TAIL_BYTES - bytes.len()..) {
            end.copy_from_slice(bytes);
        }
    }
}

fn finished_already() -> io::Error {
    io::Error::other("the file was finished before")
}

fn footer_bytes([a, b, c, d, magic @ ..]: [u8; TAIL_BYTES]) -> Option<u64> {
    let metadata = u64::from(u32::from_le_bytes([a, b, c, d]));
    (magic == *b"PAR1").then_some(metadata + TAIL_BYTES as u64)
}

impl io::Write for Output {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let stream = self.stream.as_mut().ok_or_else(finished_already)?;
        stream.remember_tail(buffer);
        let writer = &mut stream.writer;
        stream.digester.update(buffer, |block| writer.write_all(block))?;
        Ok(buffer.len())
    }

    /// Bytes stay here until their block is full, so there is nothing to do in between.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::Output;
    use crate::storage::{MemoryStorage, Storage};

    #[test]
    fn the_footer_length_is_read_from_the_last_bytes_however_they_come() {
        let storage = MemoryStorage::new();
        let content = [b"PAR1....".as_slice(), &[3, 1, 0, 0], b"PAR1"].concat();
        for piece in [1, 3, 5, content.len()] {
            let name = format!("f{piece}");
            let mut output = Output::new(storage.create(&name).unwrap());
            content.chunks(piece).for_each(|part| output.write_all(part).unwrap());
            let (writer, finished) = output.finish().unwrap();
            writer.sync_and_close().unwrap();
            assert_eq!(finished.unwrap().footer_bytes, Some(0x103 + 8));
            assert_eq!(storage.content(&name).unwrap(), content);
        }
    }
}
