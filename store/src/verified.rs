//! Reading files that are checked against their digests before anyone sees a byte.

use std::io::{self, BufReader, Read};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::{ChunkReader, Length};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::blocks::BlockDigests;
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::storage::StorageFile;

/// An open data file, each block of which is checked against its digest when it is first read through this handle or a
/// clone of it. Clones are cheap and share the open file and what was checked.
///
/// It implements the parquet crate's [`ChunkReader`], so that crate's readers take it as it is. Errors of this crate
/// travel through them inside of [`ParquetError::External`]; [`recover`](Self::recover) gets them out again.
#[derive(Debug, Clone)]
pub struct VerifiedFile {
    inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    path: String,
    file: Arc<dyn StorageFile>,
    digests: BlockDigests,
    /// One bit per block.
    checked: Vec<AtomicU64>,
    /// The last failure handed to a decoder, because some decoders keep only its text.
    handed_out: Mutex<Option<Error>>,
}

impl VerifiedFile {
    pub(crate) fn open(context: &Context, path: &str, digests: BlockDigests) -> Result<Self> {
        let file = match context.storage.open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Error::corruption(path, "the file is missing"));
            }
            Err(error) => return Err(Error::io("open the file", path, error)),
        };
        if file.size() != digests.size() {
            let error = Error::corruption(path, "the file has a wrong size");
            return Err(error.with_context("expected", digests.size()).with_context("found", file.size()));
        }
        let words = digests.count().div_ceil(64);
        let checked = (0..words).map(|_| AtomicU64::new(0)).collect();
        let handed_out = Mutex::default();
        Ok(Self { inner: Arc::new(Inner { path: path.to_owned(), file, digests, checked, handed_out }) })
    }

    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.inner
    }

    pub(crate) fn from_inner(inner: Arc<Inner>) -> Self {
        Self { inner }
    }

    /// The path of the file relative to the root of the store.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.inner.path
    }

    /// The length in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.inner.digests.size()
    }

    /// Whether reads wait for a network, so that several at once are quicker and threads for computing should not wait.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        self.inner.file.is_remote()
    }

    /// Reads some bytes. Blocks not read before are read whole and checked first.
    ///
    /// # Errors
    /// [`ErrorKind::Corruption`] if a block does not match its digest, [`ErrorKind::InvalidInput`] if the range reaches
    /// beyond the end, [`ErrorKind::SnapshotExpired`] if the file was removed from a medium without locks,
    /// [`ErrorKind::Io`] if the medium fails.
    pub fn read(&self, range: &Range<u64>) -> Result<Bytes> {
        let inner = &*self.inner;
        if range.start > range.end || range.end > self.size() {
            let error = Error::new(ErrorKind::InvalidInput, "the range reaches beyond the file").with_path(&inner.path);
            return Err(error.with_context("end", range.end).with_context("size", self.size()));
        }
        if range.start == range.end {
            return Ok(Bytes::new());
        }
        let blocks = inner.digests.blocks_of(range);
        if blocks.clone().all(|block| inner.is_checked(block)) {
            return inner.read_raw(range);
        }
        let whole = inner.digests.bytes_of(&blocks);
        let bytes = inner.read_raw(&whole)?;
        for block in blocks.filter(|block| !inner.is_checked(*block)) {
            inner.check(block, &bytes, whole.start)?;
        }
        let (start, end) = (offset_in(range.start, &whole), offset_in(range.end, &whole));
        Ok(bytes.slice(start..end))
    }

    /// Reads and checks every block not checked before, on several threads.
    pub(crate) fn read_everything(&self) -> Result<()> {
        // Whole blocks, so that none is read twice.
        const STEP_BYTES: u64 = 4 * 1024 * 1024;
        (0..self.size().div_ceil(STEP_BYTES)).into_par_iter().try_for_each(|step| {
            let start = step * STEP_BYTES;
            self.read(&(start..(start + STEP_BYTES).min(self.size()))).map(drop)
        })
    }

    /// Reads the Parquet footer, with the page index where the file has one if `page_index` asks for it.
    ///
    /// # Errors
    /// [`ErrorKind::Corruption`] if bytes or structure are wrong, also where the decoder panics; [`ErrorKind::Io`] if
    /// the medium fails.
    pub fn read_metadata(&self, page_index: PageIndexPolicy) -> Result<ParquetMetaData> {
        self.guard(|| ParquetMetaDataReader::new().with_page_index_policy(page_index).parse_and_finish(self))
    }

    /// Runs a decoder on this file: its errors become errors of this crate and its panics
    /// [`ErrorKind::Corruption`], because what it was fed cannot be what was written.
    ///
    /// # Errors
    /// Whatever the decoder fails with; the kind is [`ErrorKind::Corruption`] unless the medium failed.
    pub fn guard<T>(&self, decode: impl FnOnce() -> Result<T, ParquetError>) -> Result<T> {
        match catch_unwind(AssertUnwindSafe(decode)) {
            Ok(decoded) => decoded.map_err(|error| self.recover(error)),
            Err(_panic) => Err(Error::corruption(self.path(), "the decoder gave up on the file")),
        }
    }

    /// Turns an error of the parquet crate about this file into one of this crate. An error that began here keeps its
    /// kind, even if the decoder kept only its text.
    #[must_use]
    pub fn recover(&self, error: ParquetError) -> Error {
        const MESSAGE: &str = "the file could not be decoded";
        let handed_out = self.handed_out().take();
        Error::carried_by(error, self.path(), MESSAGE).unwrap_or_else(|error| {
            handed_out.unwrap_or_else(|| Error::corruption(self.path(), MESSAGE).with_source(error))
        })
    }

    fn handed_out(&self) -> MutexGuard<'_, Option<Error>> {
        self.inner.handed_out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads for a decoder.
    fn hand_out(&self, range: &Range<u64>) -> Result<Bytes> {
        let read = self.read(range);
        if let Err(error) = &read {
            *self.handed_out() = Some(error.without_source());
        }
        read
    }
}

impl Inner {
    fn read_raw(&self, range: &Range<u64>) -> Result<Bytes> {
        let length = usize::try_from(range.end - range.start)
            .map_err(|_| Error::new(ErrorKind::InvalidInput, "the range exceeds the address space"))?;
        let bytes = self.file.read_at(range.start, length).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => Error::corruption(&self.path, "the file ends too early"),
            // Only where open files do not last: nobody but vacuum removes one that was there.
            io::ErrorKind::NotFound => Error::expired(&self.path).with_source(error),
            _ => Error::io("read the file", &self.path, error),
        })?;
        if bytes.len() == length { Ok(bytes) } else { Err(Error::corruption(&self.path, "the file ends too early")) }
    }

    /// Checks one block, which lies within `bytes` read from `start` on.
    fn check(&self, block: usize, bytes: &Bytes, start: u64) -> Result<()> {
        let range = self.digests.bytes_of(&(block..block + 1));
        let within = start..range.end;
        let content = bytes.get(offset_in(range.start, &within)..offset_in(range.end, &within));
        if !content.is_some_and(|content| self.digests.matches(block, content)) {
            let error = Error::corruption(&self.path, "the content does not match its digest");
            return Err(error.with_context("block", block));
        }
        if let Some(word) = self.checked.get(block / 64) {
            word.fetch_or(1 << (block % 64), Ordering::Relaxed);
        }
        Ok(())
    }

    fn is_checked(&self, block: usize) -> bool {
        self.checked.get(block / 64).is_some_and(|word| word.load(Ordering::Relaxed) & (1 << (block % 64)) != 0)
    }
}

/// Where an offset of the file lies in bytes read from the beginning of `whole`; those bytes are in memory, so it fits.
fn offset_in(offset: u64, whole: &Range<u64>) -> usize {
    usize::try_from(offset - whole.start).unwrap_or(usize::MAX)
}

impl Length for VerifiedFile {
    fn len(&self) -> u64 {
        self.size()
    }
}

impl ChunkReader for VerifiedFile {
    type T = BufReader<VerifiedReader>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        let reader = VerifiedReader { file: self.clone(), position: start.min(self.size()) };
        Ok(BufReader::new(reader))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let end = start.saturating_add(length as u64);
        self.hand_out(&(start..end)).map_err(|error| ParquetError::External(Box::new(error)))
    }
}

/// Reads a [`VerifiedFile`] from some position to its end.
#[derive(Debug)]
pub struct VerifiedReader {
    file: VerifiedFile,
    position: u64,
}

impl Read for VerifiedReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = self.position.saturating_add(buffer.len() as u64).min(self.file.size());
        let bytes = self.file.hand_out(&(self.position..end)).map_err(io::Error::other)?;
        if let Some(place) = buffer.get_mut(..bytes.len()) {
            place.copy_from_slice(&bytes);
        }
        self.position = end;
        Ok(bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{BlockDigests, Bytes, Context, ErrorKind, ParquetError, VerifiedFile};
    use crate::digest::Digest;
    use crate::env::SystemEnvironment;
    use crate::lockless::Lockless;
    use crate::options::Retention;
    use crate::storage::MemoryStorage;
    use std::sync::Arc;
    use std::time::Duration;

    fn context(storage: &MemoryStorage) -> Context {
        Context {
            storage: Arc::new(storage.clone()),
            env: Arc::new(SystemEnvironment),
            retention: Retention::default(),
            lock_timeout: Duration::ZERO,
            key_cache_bytes: 0,
            lockless: Lockless::default(),
            writer_features: Vec::new(),
        }
    }

    fn open(content: &[u8], block_bytes: u32) -> (MemoryStorage, VerifiedFile) {
        let storage = MemoryStorage::new();
        storage.tamper("f", content.to_vec());
        let block = usize::try_from(block_bytes).unwrap();
        let digests = content.chunks(block).map(Digest::of).collect();
        let digests = BlockDigests::new(content.len() as u64, block_bytes, digests).unwrap();
        let file = VerifiedFile::open(&context(&storage), "f", digests).unwrap();
        (storage, file)
    }

    proptest! {
        #[test]
        fn any_range_gives_exactly_its_bytes(
            content in proptest::collection::vec(any::<u8>(), 1..400),
            block_bytes in 1_u32..64,
            ranges in proptest::collection::vec((0_usize..400, 0_usize..400), 1..10),
        ) {
            let (_, file) = open(&content, block_bytes);
            for (one, other) in ranges {
                let (start, end) = (one.min(other).min(content.len()), one.max(other).min(content.len()));
                let read = file.read(&(start as u64..end as u64)).unwrap();
                prop_assert_eq!(&read[..], &content[start..end]);
            }
        }
    }

    #[test]
    fn a_changed_block_is_refused_and_the_others_are_read() {
        let content: Vec<u8> = (0..100).collect();
        let (storage, file) = open(&content, 16);
        let mut changed = content.clone();
        changed[40] ^= 4;
        storage.tamper("f", changed);
        assert_eq!(file.read(&(0..32)).unwrap(), Bytes::copy_from_slice(&content[..32]));
        let error = file.read(&(30..33)).unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Corruption, Some("f")));
        assert_eq!(file.read(&(48..100)).unwrap().len(), 52);
        assert_eq!(file.read_everything().unwrap_err().kind(), ErrorKind::Corruption);
    }

    #[test]
    fn ranges_beyond_the_end_are_the_callers_mistake() {
        let (_, file) = open(&[1, 2, 3], 2);
        assert_eq!(file.read(&(1..4)).unwrap_err().kind(), ErrorKind::InvalidInput);
        assert_eq!(file.read(&(3..3)).unwrap().len(), 0);
    }

    #[test]
    fn missing_cut_and_grown_files_are_refused() {
        let (storage, _) = open(&[1, 2, 3], 2);
        let digests = || BlockDigests::new(3, 2, vec![Digest::of(&[1, 2]), Digest::of(&[3])]).unwrap();
        let refused = |path: &str| VerifiedFile::open(&context(&storage), path, digests()).unwrap_err().kind();
        assert_eq!(refused("g"), ErrorKind::Corruption);
        for content in [vec![], vec![1_u8, 2], vec![1, 2, 3, 4]] {
            storage.tamper("f", content);
            assert_eq!(refused("f"), ErrorKind::Corruption);
        }
    }

    #[test]
    fn a_panic_of_the_decoder_is_corruption() {
        let (_, file) = open(&[1], 1);
        let error = file.guard::<()>(|| std::panic::panic_any("boom")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corruption);
        let error = file.guard::<()>(|| Err(ParquetError::EOF("x".to_owned()))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corruption);
        assert_eq!(file.read_metadata(super::PageIndexPolicy::Skip).unwrap_err().kind(), ErrorKind::Corruption);
    }
}
