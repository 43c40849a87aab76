//! The digests of a file's blocks, and the files that keep them.

use std::ops::Range;

use bytes::Bytes;

use crate::digest::{DIGEST_BLOCK_BYTES, Digest};

const MAGIC: &[u8; 8] = b"DRLBLK01";
const HEADER_BYTES: usize = 24;

/// One digest per block; all blocks but the last have the same length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BlockDigests {
    size: u64,
    block_bytes: u32,
    digests: Vec<Digest>,
}

impl BlockDigests {
    /// `None` unless there are just as many digests as `size` bytes have blocks.
    pub(crate) fn new(size: u64, block_bytes: u32, digests: Vec<Digest>) -> Option<Self> {
        let count = size.checked_div(u64::from(block_bytes))? + u64::from(!size.is_multiple_of(u64::from(block_bytes)));
        (count == digests.len() as u64).then_some(Self { size, block_bytes, digests })
    }

    /// A small file digested as a whole: a single block.
    pub(crate) fn whole(size: u64, digest: Digest) -> Option<Self> {
        let digests = if size == 0 { Vec::new() } else { vec![digest] };
        Self::new(size, u32::try_from(size.max(1)).ok()?, digests)
    }

    /// The size of the file.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn count(&self) -> usize {
        self.digests.len()
    }

    /// The only digest of a file of at most one block.
    pub(crate) fn single(&self) -> Option<Digest> {
        match self.digests.as_slice() {
            [] => Some(Digest::of(&[])),
            [digest] => Some(*digest),
            _ => None,
        }
    }

    pub(crate) fn matches(&self, block: usize, content: &[u8]) -> bool {
        self.digests.get(block) == Some(&Digest::of(content))
    }

    /// The blocks a range of bytes touches; the range is not empty and within the file.
    pub(crate) fn blocks_of(&self, range: &Range<u64>) -> Range<usize> {
        let block = |offset: u64| usize::try_from(offset / u64::from(self.block_bytes)).unwrap_or(usize::MAX);
        block(range.start)..block(range.end.saturating_sub(1)).saturating_add(1)
    }

    /// The bytes that some blocks cover.
    pub(crate) fn bytes_of(&self, blocks: &Range<usize>) -> Range<u64> {
        let offset = |block: usize| (block as u64).saturating_mul(u64::from(self.block_bytes)).min(self.size);
        offset(blocks.start)..offset(blocks.end)
    }

    /// The content of a `.blk` file, integers little-endian: magic (8 bytes), size of the file (8), block length (4),
    /// number of digests (4), digests (16 each). `None` if the file has more blocks than fit.
    pub(crate) fn to_file(&self) -> Option<Vec<u8>> {
        let count = u32::try_from(self.digests.len()).ok()?;
        let mut content = Vec::with_capacity(HEADER_BYTES + self.digests.len() * Digest::BYTES);
        content.extend_from_slice(MAGIC);
        content.extend_from_slice(&self.size.to_le_bytes());
        content.extend_from_slice(&self.block_bytes.to_le_bytes());
        content.extend_from_slice(&count.to_le_bytes());
        for digest in &self.digests {
            content.extend_from_slice(&digest.to_bytes());
        }
        Some(content)
    }

    /// Reads what [`to_file`](Self::to_file) wrote; `None` if it is anything else.
    pub(crate) fn from_file(content: &Bytes) -> Option<Self> {
        let rest = content.strip_prefix(MAGIC.as_slice())?;
        let (size, rest) = rest.split_first_chunk::<8>()?;
        let (block_bytes, rest) = rest.split_first_chunk::<4>()?;
        let (count, rest) = rest.split_first_chunk::<4>()?;
        let (digests, tail) = rest.as_chunks::<{ Digest::BYTES }>();
        let counted = usize::try_from(u32::from_le_bytes(*count)).ok()? == digests.len();
        if !counted || !tail.is_empty() {
            return None;
        }
        let digests = digests.iter().copied().map(Digest::from_bytes).collect();
        Self::new(u64::from_le_bytes(*size), u32::from_le_bytes(*block_bytes), digests)
    }
}

/// Digests blocks of a stream as it goes by.
#[derive(Debug)]
pub(crate) struct BlockDigester {
    size: u64,
    block: Vec<u8>,
    digests: Vec<Digest>,
}

impl BlockDigester {
    pub(crate) fn new() -> Self {
        Self { size: 0, block: Vec::new(), digests: Vec::new() }
    }

    /// Takes the next bytes; every block that fills up is digested and handed to `full`.
    pub(crate) fn update<E>(&mut self, bytes: &[u8], mut full: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let free = block_length() - self.block.len();
            let (taken, left) = rest.split_at_checked(free).unwrap_or((rest, &[]));
            self.block.extend_from_slice(taken);
            self.size += taken.len() as u64;
            rest = left;
            if self.block.len() == block_length() {
                self.digests.push(Digest::of(&self.block));
                full(&self.block)?;
                self.block.clear();
            }
        }
        Ok(())
    }

    /// Hands out the last, partly filled block and the digests of all.
    pub(crate) fn finish<E>(mut self, last: impl FnOnce(&[u8]) -> Result<(), E>) -> Result<Option<BlockDigests>, E> {
        if !self.block.is_empty() {
            self.digests.push(Digest::of(&self.block));
            last(&self.block)?;
        }
        Ok(BlockDigests::new(self.size, DIGEST_BLOCK_BYTES, self.digests))
    }
}

fn block_length() -> usize {
    usize::try_from(DIGEST_BLOCK_BYTES).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::{BlockDigester, BlockDigests, Bytes, DIGEST_BLOCK_BYTES, Digest, block_length};
    use std::convert::Infallible;

    #[test]
    fn streams_are_digested_block_by_block_however_they_are_cut() {
        let content: Vec<u8> = (0..block_length() * 2 + 5).map(|index| u8::try_from(index % 251).unwrap()).collect();
        let expected: Vec<Digest> = content.chunks(block_length()).map(Digest::of).collect();
        for piece in [1_000, block_length(), block_length() * 3] {
            let (mut digester, mut seen) = (BlockDigester::new(), Vec::new());
            let mut collect = |bytes: &[u8]| -> Result<(), Infallible> {
                seen.extend_from_slice(bytes);
                Ok(())
            };
            for part in content.chunks(piece) {
                digester.update(part, &mut collect).unwrap();
            }
            let digests = digester.finish(&mut collect).unwrap().unwrap();
            assert_eq!(digests.digests, expected);
            assert_eq!(seen, content);
            assert_eq!(BlockDigests::from_file(&Bytes::from(digests.to_file().unwrap())), Some(digests));
        }
    }

    /// Data files that need one are too large for the store that `tests/fixtures` keeps. The digests are those of another
    /// implementation.
    #[test]
    fn the_bytes_of_a_block_file_stay_what_they_are() {
        let content: Vec<u8> = (0..600_000_usize).map(|index| u8::try_from(index % 251).unwrap()).collect();
        let digests = content.chunks(block_length()).map(Digest::of).collect();
        let file = BlockDigests::new(600_000, DIGEST_BLOCK_BYTES, digests).unwrap().to_file().unwrap();
        let found: String = file.iter().map(|byte| format!("{byte:02x}")).collect();
        let expected = [
            "44524c424c4b3031", // DRLBLK01
            "c027090000000000", // 600,000 bytes
            "00000400",         // in blocks of 262,144
            "03000000",         // of which there are three
            "304953f53931e319b7979d0b414f4831",
            "841628e2d53c3b1bb544735be23914f5",
            "5a232226e794822b8f6a149a1bfbb860",
        ];
        assert_eq!(found, expected.concat());
    }

    #[test]
    fn block_files_of_a_wrong_shape_are_not_read() {
        let file = BlockDigests::new(5, 4, vec![Digest::of(b"a"), Digest::of(b"b")]).unwrap().to_file().unwrap();
        assert!(BlockDigests::from_file(&Bytes::from(file.clone())).is_some());
        for length in 0..file.len() {
            assert!(BlockDigests::from_file(&Bytes::copy_from_slice(&file[..length])).is_none(), "{length}");
        }
        let longer = [file.as_slice(), &[0]].concat();
        assert!(BlockDigests::from_file(&Bytes::from(longer)).is_none());
        let mut no_block = file;
        no_block[16..20].fill(0);
        assert!(BlockDigests::from_file(&Bytes::from(no_block)).is_none());
    }

    #[test]
    fn an_empty_file_has_no_blocks() {
        let digests = BlockDigests::whole(0, Digest::of(&[])).unwrap();
        assert_eq!(digests.count(), 0);
        assert_eq!(digests.single(), Some(Digest::of(&[])));
    }
}
