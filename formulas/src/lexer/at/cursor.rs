//! Reading a constant from left to right.

use crate::{Error, Span};

/// What is not read yet of a constant, and where that begins.
#[derive(Debug)]
pub(super) struct Cursor<'s> {
    rest: &'s str,
    position: usize,
}

impl<'s> Cursor<'s> {
    pub(super) fn new(rest: &'s str, position: usize) -> Self {
        Self { rest, position }
    }

    pub(super) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// The digits that come next, if any, and their place.
    pub(super) fn digits(&mut self) -> (&'s str, Span) {
        self.run(|c| c.is_ascii_digit())
    }

    /// The letters that come next, if any, and their place.
    pub(super) fn letters(&mut self) -> (&'s str, Span) {
        self.run(|c| c.is_ascii_alphabetic())
    }

    fn run(&mut self, belongs: impl Fn(char) -> bool) -> (&'s str, Span) {
        let length = self.rest.find(|c: char| !belongs(c)).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        let span = Span::new(self.position, self.position + run.len());
        (self.rest, self.position) = (rest, span.end());
        (run, span)
    }

    /// Takes one of these ASCII characters if it comes next.
    pub(super) fn eat(&mut self, wanted: &[char]) -> Option<char> {
        let taken = self.rest.chars().next().filter(|c| wanted.contains(c))?;
        self.rest = self.rest.strip_prefix(taken).unwrap_or_default();
        self.position += taken.len_utf8();
        Some(taken)
    }

    /// An error about all that is left.
    pub(super) fn error(&self, message: &str) -> Error {
        Error::new(Span::new(self.position, self.position + self.rest.len()), message)
    }
}
