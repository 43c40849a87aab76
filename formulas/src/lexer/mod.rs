//! Text to tokens, one at a time.
//!
//! Only what begins a token is left to the generated scanner: it calls a function per state, so what may be long and is
//! not one run of ASCII bytes (texts, names in braces, comments) is read by hand and cannot grow the stack.
//!
//! What is no token becomes one that says why: the parser tells it when it gets there, and can go on behind it.

mod at;
mod foreign;
mod number;
mod raw;
mod reference;
mod token;

use logos::Logos;

use crate::{Error, Span};
use raw::Raw;

pub(crate) use at::{UNITS, literal as at_literal};
pub(crate) use number::literal as number_literal;
pub(crate) use token::{Keyword, Token, TokenKind};

/// Reads the tokens of a text.
#[derive(Debug)]
pub(crate) struct Lexer<'s> {
    raw: logos::Lexer<'s, Raw>,
}

impl<'s> Lexer<'s> {
    pub(crate) fn new(source: &'s str) -> Self {
        Self { raw: Raw::lexer(source) }
    }

    /// The whole text.
    pub(crate) fn source(&self) -> &'s str {
        self.raw.source()
    }

    /// The next token; [`TokenKind::End`] again and again behind the last one.
    pub(crate) fn token(&mut self) -> Token {
        loop {
            let Some(raw) = self.raw.next() else {
                return Token { kind: TokenKind::End, span: Span::at(self.source().len()) };
            };
            let start = self.raw.span().start;
            let kind = match raw {
                Ok(Raw::Blank) => continue,
                Ok(Raw::LineComment) => {
                    let rest = self.raw.remainder();
                    self.raw.bump(rest.find('\n').unwrap_or(rest.len()));
                    continue;
                }
                Ok(Raw::BlockComment) => match self.raw.remainder().find("*/") {
                    Some(length) => {
                        self.raw.bump(length + 2);
                        continue;
                    }
                    None => self.unclosed("the comment is not closed: `*/` is missing".to_owned()),
                },
                Ok(Raw::SingleQuote) => self.text('\''),
                Ok(Raw::DoubleQuote) => self.text('"'),
                Ok(Raw::Brace) => self.reference(start),
                Ok(Raw::At) => {
                    let length = at::length(self.raw.remainder());
                    self.raw.bump(length);
                    TokenKind::At
                }
                Ok(Raw::Number) => TokenKind::Number,
                Ok(Raw::Word) => Keyword::from_word(self.raw.slice()).map_or(TokenKind::Word, TokenKind::Keyword),
                Ok(Raw::LeftBracket) => TokenKind::LeftBracket,
                Ok(Raw::RightBracket) => TokenKind::RightBracket,
                Ok(Raw::Comma) => TokenKind::Comma,
                Ok(Raw::Concat) => TokenKind::Concat,
                Ok(Raw::Arithmetic(how)) => TokenKind::Arithmetic(how),
                Ok(Raw::Comparison(how)) => TokenKind::Comparison(how),
                Ok(Raw::Foreign) | Err(()) => TokenKind::Invalid(foreign::refused(self.raw.slice(), start)),
            };
            let span = self.raw.span();
            return Token { kind, span: Span::new(span.start, span.end) };
        }
    }

    /// A text whose opening quote was read.
    fn text(&mut self, quote: char) -> TokenKind {
        match quoted(self.raw.remainder(), quote) {
            Some((text, length)) => {
                self.raw.bump(length);
                TokenKind::Text(text)
            }
            None => self.unclosed(format!("the text is not closed: `{quote}` is missing")),
        }
    }

    /// A reference whose opening brace was read.
    fn reference(&mut self, start: usize) -> TokenKind {
        match reference::read(self.raw.remainder(), start) {
            Ok((reference, length)) => {
                self.raw.bump(length);
                TokenKind::Reference(reference)
            }
            Err(error) => {
                self.raw.bump(error.span().end().saturating_sub(start + 1));
                TokenKind::Invalid(error)
            }
        }
    }

    /// What is not closed takes the rest of the text.
    fn unclosed(&mut self, message: String) -> TokenKind {
        let opening = self.raw.span();
        let rest = self.raw.remainder().len();
        self.raw.bump(rest);
        TokenKind::Invalid(Error::new(Span::new(opening.start, opening.end), message))
    }
}

/// What stands before the closing quote, where two quotes are one, and the bytes up to behind it.
fn quoted(mut rest: &str, quote: char) -> Option<(String, usize)> {
    let (mut text, mut length) = (String::new(), 0);
    loop {
        let (before, behind) = rest.split_once(quote)?;
        text.push_str(before);
        length += before.len() + quote.len_utf8();
        let Some(more) = behind.strip_prefix(quote) else { return Some((text, length)) };
        text.push(quote);
        length += quote.len_utf8();
        rest = more;
    }
}

#[cfg(test)]
mod tests;
