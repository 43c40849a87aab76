//! Text to tokens, one at a time.
//!
//! Only what begins a token is left to the generated scanner: it calls a function per state, so what may be long and is
//! not one run of ASCII bytes (texts, names in braces, comments) is read by hand and cannot grow the stack.

mod number;
mod raw;
mod reference;
mod token;

use logos::Logos;

use crate::{Error, Span};
use raw::Raw;

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
    pub(crate) fn token(&mut self) -> Result<Token, Error> {
        loop {
            let Some(raw) = self.raw.next() else {
                let end = self.source().len();
                return Ok(Token { kind: TokenKind::End, span: Span::at(end) });
            };
            let start = self.raw.span().start;
            let Ok(raw) = raw else { return Err(unexpected(self.raw.slice(), start)) };
            let kind = match raw {
                Raw::Blank => continue,
                Raw::LineComment => {
                    let rest = self.raw.remainder();
                    self.raw.bump(rest.find('\n').unwrap_or(rest.len()));
                    continue;
                }
                Raw::BlockComment => {
                    let Some(length) = self.raw.remainder().find("*/") else {
                        return Err(Error::new(
                            Span::new(start, start + 2),
                            "the comment is not closed: `*/` is missing",
                        ));
                    };
                    self.raw.bump(length + 2);
                    continue;
                }
                Raw::SingleQuote => self.text('\'', start)?,
                Raw::DoubleQuote => self.text('"', start)?,
                Raw::Brace => {
                    let (reference, length) = reference::read(self.raw.remainder(), start)?;
                    self.raw.bump(length);
                    TokenKind::Reference(reference)
                }
                Raw::Number => TokenKind::Number,
                Raw::Word => Keyword::from_word(self.raw.slice()).map_or(TokenKind::Word, TokenKind::Keyword),
                Raw::LeftBracket => TokenKind::LeftBracket,
                Raw::RightBracket => TokenKind::RightBracket,
                Raw::Comma => TokenKind::Comma,
                Raw::Concat => TokenKind::Concat,
                Raw::Arithmetic(how) => TokenKind::Arithmetic(how),
                Raw::Comparison(how) => TokenKind::Comparison(how),
            };
            let span = self.raw.span();
            return Ok(Token { kind, span: Span::new(span.start, span.end) });
        }
    }

    /// A text whose opening quote was read.
    fn text(&mut self, quote: char, start: usize) -> Result<TokenKind, Error> {
        let Some((text, length)) = quoted(self.raw.remainder(), quote) else {
            return Err(Error::new(
                Span::new(start, start + 1),
                format!("the text is not closed: `{quote}` is missing"),
            ));
        };
        self.raw.bump(length);
        Ok(TokenKind::Text(text))
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

fn unexpected(slice: &str, start: usize) -> Error {
    let span = Span::new(start, start + slice.len());
    let hint = match slice {
        "!" => "; write `<>` or `!=` for not equal, NOT for not",
        "|" => "; write `||` to join texts, OR for or",
        "&" => "; write AND for and, `||` to join texts",
        "%" => "; a share is written as a division",
        "}" => "; a reference begins with `{`",
        "[" => "; a reference is written in braces",
        _ => "",
    };
    match slice.chars().next() {
        Some(c) if c.is_ascii_graphic() => Error::new(span, format!("`{c}` has no meaning here{hint}")),
        Some(c) => Error::new(span, format!("the character U+{:04X} has no meaning here", u32::from(c))),
        None => Error::new(span, "something here has no meaning"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Lexer, TokenKind, quoted};

    /// The tokens of a text as they stand there, apart by `·`; or what is wrong.
    fn tokens(source: &str) -> String {
        let mut lexer = Lexer::new(source);
        let mut all = Vec::new();
        loop {
            match lexer.token() {
                Ok(token) if token.kind == TokenKind::End => return all.join("·"),
                Ok(token) => all.push(token.span.text(source).unwrap().to_owned()),
                Err(error) => return format!("{}: {}", error.span().start(), error.message()),
            }
        }
    }

    #[track_caller]
    fn check(source: &str, expected: &str) {
        assert_eq!(tokens(source), expected, "{source}");
    }

    #[test]
    fn tokens_are_as_long_as_they_can_be() {
        check("", "");
        check(" \t\r\n", "");
        check("a+b", "a·+·b");
        check("1.50e-3x", "1.50e-3·x");
        check("1e+x", "1·e·+·x");
        check("12.x", "2: `.` has no meaning here");
        check("a<=b<>c!=d<e", "a·<=·b·<>·c·!=·d·<·e");
        check("{a}||'b'", "{a}·||·'b'");
        check("'it''s'\"a\"\"b\"", "'it''s'·\"a\"\"b\"");
        check("'\"'\"'\"", "'\"'·\"'\"");
        check("{ \"a}b\" : c }}d }(", "{ \"a}b\" : c }}d }·(");
    }

    #[test]
    fn comments_are_blanks() {
        check("1 -- two\n3", "1·3");
        check("1 -- 'é", "1");
        check("1/* * / -- */2/**/3", "1·2·3");
        check("1 /* 2", "2: the comment is not closed: `*/` is missing");
        check("1 - -2", "1·-·-·2");
    }

    #[test]
    fn what_is_no_token_is_told_with_its_place() {
        check("1 ! 2", "2: `!` has no meaning here; write `<>` or `!=` for not equal, NOT for not");
        check("'abc", "0: the text is not closed: `'` is missing");
        check("1 + \"abc'", "4: the text is not closed: `\"` is missing");
        check("1 \u{a0}+ 2", "2: the character U+00A0 has no meaning here");
        check("1 + é", "4: the character U+00E9 has no meaning here");
        check("1 + €", "4: the character U+20AC has no meaning here");
        check("\0", "0: the character U+0000 has no meaning here");
    }

    #[test]
    fn two_quotes_are_one() {
        assert_eq!(quoted("a''b'c", '\''), Some(("a'b".to_owned(), 5)));
        assert_eq!(quoted("'", '\''), Some((String::new(), 1)));
        assert_eq!(quoted("'''", '\''), Some(("'".to_owned(), 3)));
        assert_eq!(quoted("é😀''", '\''), None);
        assert_eq!(quoted("", '\''), None);
    }

    #[test]
    fn long_runs_do_not_grow_the_stack() {
        for unit in ["é", "'é'", "/*é*/ ", "--é\n", "{é}", "a ", "1.5e5 ", "1e+"] {
            let source = unit.repeat(100_000);
            std::thread::Builder::new().stack_size(256 * 1024).spawn(move || tokens(&source)).unwrap().join().unwrap();
        }
    }
}
