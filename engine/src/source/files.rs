//! Opening files and saying which one is at fault.

use std::fmt::Display;
use std::fs::File;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};

/// An error about a file.
pub(super) fn error(path: &Path, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::SourceError, message).at(path.display().to_string())
}

/// An error about a line of a file.
pub(super) fn error_on_line(path: &Path, line: u64, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::SourceError, message).at(format!("{}:{line}", path.display()))
}

/// The file is not what it should be, by the word of its reader.
pub(super) fn unreadable<E>(path: &Path, what: &str, cause: E) -> Error
where
    E: Display + Into<Box<dyn std::error::Error + Send + Sync>>,
{
    error(path, format!("cannot read the file as {what}: {cause}")).with_source(cause)
}

/// Opens a file for reading.
pub(super) fn open(path: &Path) -> Result<File> {
    File::open(path).map_err(|cause| error(path, format!("cannot open the file: {cause}")).with_source(cause))
}
