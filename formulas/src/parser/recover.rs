//! Going on behind an error, for those who want to know them all.

use super::Parser;
use crate::Error;
use crate::lexer::TokenKind;
use crate::limits::MAX_ERRORS;

/// What was open where a bracket was opened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inside {
    brackets: usize,
    nesting: usize,
}

/// Where reading goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// Before the next comma between the parts in the brackets, or before the closing bracket.
    NextPart,
    /// Before the closing bracket.
    Closing,
}

impl Parser<'_> {
    /// The brackets that were opened last.
    pub(super) fn inside(&self) -> Inside {
        Inside { brackets: self.open, nesting: self.nesting }
    }

    /// Tells an error that does not hinder reading on. It is passed on if nobody wants to know more than one.
    pub(super) fn report(&mut self, error: Error) -> Result<(), Error> {
        if !self.recovering {
            return Err(error);
        }
        self.errors.push(error);
        // One more may come, which then ends it all.
        self.recovering = self.errors.len() + 1 < MAX_ERRORS;
        Ok(())
    }

    /// Tells an error inside brackets and skips what follows it there. Where they do not close, everything behind is
    /// doubtful, and the error is passed on.
    pub(super) fn recovered(&mut self, error: Error, inside: Inside, until: Until) -> Result<(), Error> {
        if !self.recovering {
            return Err(error);
        }
        loop {
            match self.next.kind {
                TokenKind::End => return Err(error),
                TokenKind::RightBracket if self.open == inside.brackets => break,
                TokenKind::Comma if self.open == inside.brackets && until == Until::NextPart => break,
                _ => {
                    self.advance();
                }
            }
        }
        self.nesting = inside.nesting;
        self.report(error)
    }

    /// The error behind which nothing more is told.
    pub(super) fn last(&mut self, error: Error) -> Error {
        self.recovering = false;
        error
    }
}
