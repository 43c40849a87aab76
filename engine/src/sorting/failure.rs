//! What can go wrong while rows are sorted.

use arrow::error::ArrowError;

use crate::error::{Error, ErrorKind};

/// The failure is not told in its own words, as they may hold values.
pub(super) fn unsorted(_: ArrowError) -> Error {
    Error::internal("the rows could not be put in order")
}

/// Nobody wants the rows any more.
pub(super) fn stopped() -> Error {
    Error::new(ErrorKind::Cancelled, "the sorting of rows was stopped")
}

/// What was written to a temporary file is not what is read.
pub(super) fn damaged() -> Error {
    Error::new(ErrorKind::Storage, "a temporary file of sorted rows is damaged")
}

pub(super) fn unwritten(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Storage, "a temporary file of sorted rows could not be written").with_source(error)
}

pub(super) fn unread(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Storage, "a temporary file of sorted rows could not be read").with_source(error)
}
