//! Looking at the next token and taking it.

use super::{Parser, hints};
use crate::lexer::{Keyword, Token, TokenKind};
use crate::tree::Reference;
use crate::{Error, Function, Span};

/// The most characters of the text that a message shows.
const SHOWN: usize = 32;

impl<'s> Parser<'s> {
    /// Takes the next token.
    pub(super) fn advance(&mut self) -> Token {
        let following = self.lexer.token();
        let taken = std::mem::replace(&mut self.next, following);
        match taken.kind {
            TokenKind::LeftBracket => self.open += 1,
            TokenKind::RightBracket => self.open = self.open.saturating_sub(1),
            _ => {}
        }
        taken
    }

    /// Takes the next token if it is this one, and tells its place.
    pub(super) fn eat(&mut self, wanted: &TokenKind) -> Option<Span> {
        if self.next.kind == *wanted { Some(self.advance().span) } else { None }
    }

    pub(super) fn eat_keyword(&mut self, wanted: Keyword) -> Option<Span> {
        self.eat(&TokenKind::Keyword(wanted))
    }

    /// Takes the next token if it is this word, which is no keyword.
    pub(super) fn eat_word(&mut self, wanted: &str) -> Option<Span> {
        if self.is_word(wanted) { Some(self.advance().span) } else { None }
    }

    /// Whether the next token is this word, which is no keyword.
    pub(super) fn is_word(&self, wanted: &str) -> bool {
        self.next.kind == TokenKind::Word && self.text(self.next.span).eq_ignore_ascii_case(wanted)
    }

    pub(super) fn expect(&mut self, wanted: &TokenKind, what: &str) -> Result<Span, Error> {
        let found = self.eat(wanted);
        found.ok_or_else(|| self.expected(what))
    }

    pub(super) fn expect_keyword(&mut self, wanted: Keyword) -> Result<Span, Error> {
        self.expect(&TokenKind::Keyword(wanted), wanted.name())
    }

    /// A name in braces.
    pub(super) fn name(&mut self) -> Result<Reference, Error> {
        match &self.next.kind {
            TokenKind::Reference(reference) => {
                let reference = reference.clone();
                self.advance();
                Ok(reference)
            }
            TokenKind::Word => {
                let word = self.shown(self.next.span);
                Err(Error::new(self.next.span, format!("names of columns are written in braces: {{{word}}}")))
            }
            _ => Err(self.expected("a name in braces")),
        }
    }

    /// The error that something else stands where this should. If it is no token, that is what is wrong.
    pub(super) fn expected(&self, what: &str) -> Error {
        let hint = match &self.next.kind {
            TokenKind::Invalid(error) => return error.clone(),
            TokenKind::Word => self.word_hint(),
            _ => String::new(),
        };
        Error::new(self.next.span, format!("expected {what}, found {}{hint}", self.found()))
    }

    /// The same behind a whole expression, where no `CASE` waits for its `THEN`.
    pub(super) fn expected_operator(&self, what: &str) -> Error {
        match self.next.kind {
            TokenKind::Keyword(Keyword::Then) => Error::new(self.next.span, hints::IF_THEN),
            _ => self.expected(what),
        }
    }

    /// What may help if a word stands in a wrong place.
    fn word_hint(&self) -> String {
        let word = self.shown(self.next.span);
        match (hints::behind_value(&word), Function::from_name(&word)) {
            (Some(hint), _) => format!("; {hint}"),
            (None, Some(function)) => {
                format!("; {0} is a function and stands before its brackets: {0}(..)", function.name())
            }
            (None, None) => String::new(),
        }
    }

    /// The next token, as a message names it.
    pub(super) fn found(&self) -> String {
        match &self.next.kind {
            TokenKind::End => "the end".to_owned(),
            TokenKind::Text(_) => "a text".to_owned(),
            TokenKind::Reference(_) => "a reference".to_owned(),
            TokenKind::Keyword(keyword) => keyword.name().to_owned(),
            _ => format!("`{}`", self.shown(self.next.span)),
        }
    }

    /// A piece of the text.
    pub(super) fn text(&self, span: Span) -> &'s str {
        span.text(self.lexer.source()).unwrap_or_default()
    }

    /// A piece of the text, cut where it is longer than a name should be.
    pub(super) fn shown(&self, span: Span) -> String {
        let text = self.text(span);
        if text.chars().count() <= SHOWN {
            text.to_owned()
        } else {
            text.chars().take(SHOWN).chain("..".chars()).collect()
        }
    }
}
