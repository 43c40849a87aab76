//! The one error of the crate.

use std::fmt;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A text that is not what it should be: what was expected, and where. It repeats nothing of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    expected: &'static str,
    offset: usize,
}

impl Error {
    pub(crate) fn expected(expected: &'static str, offset: usize) -> Self {
        Self { expected, offset }
    }

    /// The byte of the text at which something else was expected.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at byte {}", self.expected, self.offset)
    }
}

impl std::error::Error for Error {}
