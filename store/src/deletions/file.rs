//! Where the deleted rows of a data file are written down, and reading them.

use std::io;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::encoding::{FILE_VERSION, FRAME_BYTES, decode, unframe};
use super::vector::DeletionVector;
use crate::context::Context;
use crate::digest::Digest;
use crate::error::{Error, ErrorKind, Result};
use crate::layout::{dataset_dir, join};
use crate::storage::StorageFile;

/// Where the [`DeletionVector`] of a data file is.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDeletions {
    /// The file with the vector, relative to the folder of the dataset; vectors of one commit share it.
    pub path: String,
    /// Where in that file the vector begins.
    pub offset: u64,
    /// How many bytes the vector itself has; 4 more lie before it and 4 after it.
    pub size: u64,
    /// How many rows it deletes.
    pub cardinality: u64,
    /// The digest of the vector's bytes.
    pub digest: Digest,
}

impl FileDeletions {
    /// Reads and checks the vector, which is that of a data file with `rows` rows.
    pub(crate) fn read(&self, context: &Context, dataset: Uuid, rows: u64) -> Result<DeletionVector> {
        let path = join(&dataset_dir(dataset), &self.path);
        let file = match context.storage.open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Error::corruption(&path, "the file is missing"));
            }
            Err(error) => return Err(Error::io("open the file", &path, error)),
        };
        let damaged = || Error::corruption(&path, "the content does not match its digest");
        if read_exactly(&*file, 0, 1, &path)?.first() != Some(&FILE_VERSION) {
            return Err(damaged());
        }
        let frame = read_exactly(&*file, self.offset, self.size.saturating_add(FRAME_BYTES), &path)?;
        let data = unframe(&frame, self.digest).ok_or_else(|| damaged().with_context("offset", self.offset))?;
        let vector = decode(data).ok_or_else(|| {
            Error::new(ErrorKind::UnsupportedFormat, "the deletion vector has a shape this build does not know")
                .with_path(&path)
        })?;
        let within = vector.last().is_none_or(|last| u64::from(last) < rows);
        if vector.len() != self.cardinality || !within {
            return Err(Error::corruption(&path, "the deletion vector deletes other rows than the manifest says"));
        }
        Ok(vector)
    }
}

/// Bytes that must be there; asks for none beyond the end, however large a number the manifest has.
fn read_exactly(file: &dyn StorageFile, offset: u64, length: u64, path: &str) -> Result<Bytes> {
    let cut = || Error::corruption(path, "the file ends too early");
    if offset.checked_add(length).is_none_or(|end| end > file.size()) {
        return Err(cut());
    }
    let length = usize::try_from(length).map_err(|_| cut())?;
    let read = file.read_at(offset, length).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => cut(),
        io::ErrorKind::NotFound => Error::expired(path),
        _ => Error::io("read the file", path, error),
    })?;
    if read.len() == length { Ok(read) } else { Err(cut()) }
}
