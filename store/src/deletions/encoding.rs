//! The bytes of deletion vectors, as Delta Lake has them.
//!
//! A file begins with the byte 1, its version. For every vector follow: the number of bytes of its data (`u32`, big
//! endian), the data, and the data's CRC-32 (`u32`, big endian). Data are a magic number (`u32`, little endian) and a
//! set of 64-bit numbers in Roaring's portable form: the number of buckets (`u64`, little endian) and for every bucket
//! the upper halves of its numbers (`u32`, little endian) and a set of the lower halves. Rows have 32 bits here, so
//! there is one bucket.

use roaring::RoaringBitmap;

use super::file::FileDeletions;
use super::vector::DeletionVector;
use crate::digest::Digest;
use crate::error::{Error, ErrorKind, Result};

/// The first byte of a file.
pub(super) const FILE_VERSION: u8 = 1;
/// The bytes around the data of a vector: their number before, their checksum after.
pub(super) const FRAME_BYTES: u64 = 8;
const MAGIC: u32 = 1_681_511_377;

/// A file of vectors on its way to the storage.
#[derive(Debug)]
pub(crate) struct VectorFile {
    path: String,
    content: Vec<u8>,
}

impl VectorFile {
    /// An empty file; `path` is that within the folder of the dataset.
    pub(crate) fn new(path: String) -> Self {
        Self { path, content: vec![FILE_VERSION] }
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn content(&self) -> &[u8] {
        &self.content
    }

    /// Whether there is no vector in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.content.len() <= 1
    }

    /// Adds a vector; the answer says where it is.
    pub(crate) fn add(&mut self, vector: &DeletionVector) -> Result<FileDeletions> {
        let unfit = || Error::new(ErrorKind::InvalidInput, "a deletion vector takes more bytes than can be counted");
        let data = encode(vector).ok_or_else(unfit)?;
        let size = u32::try_from(data.len()).map_err(|_| unfit())?;
        let offset = self.content.len() as u64;
        self.content.extend_from_slice(&size.to_be_bytes());
        self.content.extend_from_slice(&data);
        self.content.extend_from_slice(&crc32fast::hash(&data).to_be_bytes());
        Ok(FileDeletions {
            path: self.path.clone(),
            offset,
            size: u64::from(size),
            cardinality: vector.len(),
            digest: Digest::of(&data),
        })
    }
}

/// The data of a vector; writing into memory fails only for want of it.
fn encode(vector: &DeletionVector) -> Option<Vec<u8>> {
    let mut rows = vector.bitmap().clone();
    rows.optimize();
    let mut data = MAGIC.to_le_bytes().to_vec();
    data.extend_from_slice(&u64::from(!rows.is_empty()).to_le_bytes());
    if !rows.is_empty() {
        data.extend_from_slice(&0_u32.to_le_bytes());
        rows.serialize_into(&mut data).ok()?;
    }
    Some(data)
}

/// The data within a frame if number, checksum and digest are right.
pub(super) fn unframe(frame: &[u8], digest: Digest) -> Option<&[u8]> {
    let (size, rest) = frame.split_first_chunk::<4>()?;
    let (data, checksum) = rest.split_last_chunk::<4>()?;
    let sound = usize::try_from(u32::from_be_bytes(*size)).ok()? == data.len()
        && u32::from_be_bytes(*checksum) == crc32fast::hash(data)
        && digest == Digest::of(data);
    sound.then_some(data)
}

/// Reads what [`encode`] wrote; `None` if it is anything else.
pub(super) fn decode(data: &[u8]) -> Option<DeletionVector> {
    let rest = data.strip_prefix(MAGIC.to_le_bytes().as_slice())?;
    let (buckets, rest) = rest.split_first_chunk::<8>()?;
    let (rows, tail) = match u64::from_le_bytes(*buckets) {
        0 => (RoaringBitmap::new(), rest),
        1 => {
            let mut rest = rest.strip_prefix(0_u32.to_le_bytes().as_slice())?;
            (RoaringBitmap::deserialize_from(&mut rest).ok()?, rest)
        }
        _ => return None,
    };
    tail.is_empty().then(|| DeletionVector::from_bitmap(rows))
}
