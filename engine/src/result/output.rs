//! From the buffer in which an answer is written to where it goes.

use std::io;

use crate::error::{Error, Result};

/// Answers are handed on in pieces of about so many bytes.
pub(super) const PIECE: usize = 64 * 1024;

/// The text in a buffer that was filled with nothing but text.
pub(super) fn into_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Hands the buffer on once it holds a piece.
pub(super) fn hand_on(out: &mut Vec<u8>, sink: &mut impl io::Write) -> Result<()> {
    if out.len() < PIECE {
        return Ok(());
    }
    sink.write_all(out).map_err(refused)?;
    out.clear();
    Ok(())
}

/// Hands on what is left.
pub(super) fn finish(out: &[u8], sink: &mut impl io::Write) -> Result<()> {
    sink.write_all(out).and_then(|()| sink.flush()).map_err(refused)
}

fn refused(error: io::Error) -> Error {
    Error::input(format!("the answer could not be written: {error}")).with_source(error)
}
