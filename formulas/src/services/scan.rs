//! What stands around a cursor, by the tokens before it: also in texts that are no formulas yet.

use crate::lexer::{Keyword, Lexer, Token, TokenKind};
use crate::{Function, MAX_SOURCE_BYTES, Span};

/// The surroundings of a cursor.
#[derive(Debug)]
pub(super) struct Place<'s> {
    pub(super) source: &'s str,
    /// The byte; never inside a character.
    pub(super) cursor: usize,
    /// What is open there, the innermost last.
    pub(super) open: Vec<Open>,
    /// The token that the cursor is in, or at the end of where more could be typed.
    pub(super) touched: Option<Token>,
    /// The token before the cursor and before what it touches.
    pub(super) before: Option<Token>,
    /// The token before that one.
    earlier: Option<Token>,
    /// The token behind the cursor and behind what it touches.
    behind: Option<Token>,
    pub(super) in_comment: bool,
}

/// What is open at a place.
#[derive(Debug, Clone, Copy)]
pub(super) enum Open {
    Brackets(Brackets),
    /// A `CASE`, and the last of its words.
    Case(Stage),
}

/// Round brackets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Brackets {
    pub(super) called: Called,
    /// The commas between arguments so far.
    pub(super) commas: usize,
    /// The clause that was begun last.
    pub(super) clause: Option<Clause>,
}

/// What stands before brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Called {
    Function(Function),
    Cast,
    /// A word that is no function.
    Unknown,
    /// Nothing: they group, or hold a list.
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Case,
    When,
    Then,
    Else,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clause {
    Where,
    Grain,
    Partition,
    Order,
}

/// What a cursor is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    /// A word, or between tokens.
    Word,
    /// A name in braces.
    Name,
    /// A text in quotes.
    Text,
    /// What is no matter of words.
    Other,
}

impl<'s> Place<'s> {
    /// The surroundings of a cursor; none in a text that is too long for a formula.
    pub(super) fn find(source: &'s str, cursor: usize) -> Option<Self> {
        if source.len() > MAX_SOURCE_BYTES {
            return None;
        }
        let mut cursor = cursor.min(source.len());
        while !source.is_char_boundary(cursor) {
            cursor -= 1;
        }
        let mut place = Self {
            source,
            cursor,
            open: Vec::new(),
            touched: None,
            before: None,
            earlier: None,
            behind: None,
            in_comment: false,
        };
        let mut lexer = Lexer::new(source);
        loop {
            let token = lexer.token();
            if token.kind == TokenKind::End || token.span.start() >= cursor {
                place.behind = Some(token);
                break;
            }
            if place.touches(&token) {
                place.touched = Some(token);
                place.behind = Some(lexer.token());
                break;
            }
            place.take(token);
        }
        place.in_comment = place.is_in_comment();
        Some(place)
    }

    /// The text of a token.
    pub(super) fn text(&self, token: &Token) -> &'s str {
        token.span.text(self.source).unwrap_or_default()
    }

    /// The text from a byte to the cursor.
    pub(super) fn typed_from(&self, start: usize) -> &'s str {
        self.source.get(start..self.cursor).unwrap_or_default()
    }

    /// What is typed of the word at the cursor.
    pub(super) fn typed(&self) -> &'s str {
        self.touched.as_ref().map_or("", |token| self.typed_from(token.span.start()))
    }

    /// What takes the place of the word at the cursor.
    pub(super) fn word(&self) -> Span {
        self.touched.as_ref().map_or_else(|| Span::at(self.cursor), |token| token.span)
    }

    /// Behind the cursor and the characters that go on with what is typed there.
    pub(super) fn behind_run(&self, goes_on: impl Fn(char) -> bool) -> usize {
        let rest = self.source.get(self.cursor..).unwrap_or_default();
        self.cursor + rest.find(|c: char| !goes_on(c)).unwrap_or(rest.len())
    }

    /// Whether an opening bracket follows the word at the cursor.
    pub(super) fn bracket_follows(&self) -> bool {
        self.touched.is_some() && self.behind.as_ref().is_some_and(|token| token.kind == TokenKind::LeftBracket)
    }

    /// Whether a value ends before the token before.
    pub(super) fn was_behind_value(&self) -> bool {
        self.earlier.as_ref().is_some_and(ends_value)
    }

    /// Whether the token before the one before is this keyword.
    pub(super) fn was_behind(&self, keyword: Keyword) -> bool {
        self.earlier.as_ref().is_some_and(|token| token.kind == TokenKind::Keyword(keyword))
    }

    /// The brackets that the cursor is directly in.
    pub(super) fn brackets(&self) -> Option<&Brackets> {
        match self.open.last() {
            Some(Open::Brackets(brackets)) => Some(brackets),
            _ => None,
        }
    }

    /// Whether the cursor is directly in the brackets of a call that fits.
    pub(super) fn calls(&self, fits: impl Fn(Function) -> bool) -> bool {
        self.brackets().is_some_and(|brackets| match brackets.called {
            Called::Function(function) => fits(function),
            _ => false,
        })
    }

    /// Whether a call that fits is open, directly or further out.
    pub(super) fn is_inside(&self, fits: impl Fn(Function) -> bool) -> bool {
        self.open.iter().any(|open| match open {
            Open::Brackets(Brackets { called: Called::Function(function), .. }) => fits(*function),
            _ => false,
        })
    }

    pub(super) fn inside(&self) -> Inside {
        let Some(token) = &self.touched else { return Inside::Word };
        match &token.kind {
            TokenKind::Word | TokenKind::Keyword(_) => Inside::Word,
            TokenKind::Text(_) => Inside::Text,
            TokenKind::Reference(_) => Inside::Name,
            TokenKind::Invalid(_) if self.text(token).starts_with('{') => Inside::Name,
            TokenKind::Invalid(_) if self.text(token).starts_with(['\'', '"']) => Inside::Text,
            _ => Inside::Other,
        }
    }

    /// Whether typing at the cursor goes on with a token that starts before it.
    fn touches(&self, token: &Token) -> bool {
        let end = token.span.end();
        match &token.kind {
            TokenKind::Word | TokenKind::Keyword(_) | TokenKind::Number | TokenKind::At => self.cursor <= end,
            TokenKind::Text(_) | TokenKind::Reference(_) => self.cursor < end,
            TokenKind::Invalid(_) => {
                let text = self.text(token);
                self.cursor <= end && (text.starts_with(['{', '\'', '"']) || text.starts_with("/*"))
            }
            _ => false,
        }
    }

    /// Goes past a token.
    fn take(&mut self, token: Token) {
        match &token.kind {
            TokenKind::LeftBracket => {
                let called = self.called();
                self.open.push(Open::Brackets(Brackets { called, commas: 0, clause: None }));
            }
            TokenKind::RightBracket => {
                while let Some(closed) = self.open.pop() {
                    if matches!(closed, Open::Brackets(_)) {
                        break;
                    }
                }
            }
            TokenKind::Comma => {
                if let Some(brackets) = self.brackets_mut().filter(|brackets| brackets.clause.is_none()) {
                    brackets.commas += 1;
                }
            }
            TokenKind::Keyword(Keyword::Case) => self.open.push(Open::Case(Stage::Case)),
            TokenKind::Keyword(Keyword::When) => self.go_on(Stage::When),
            TokenKind::Keyword(Keyword::Then) => self.go_on(Stage::Then),
            TokenKind::Keyword(Keyword::Else) => self.go_on(Stage::Else),
            TokenKind::Keyword(Keyword::End) => {
                self.open.pop_if(|open| matches!(open, Open::Case(_)));
            }
            TokenKind::Keyword(Keyword::Where) => self.begin(Clause::Where),
            TokenKind::Word => match self.text(&token).to_ascii_uppercase().as_str() {
                "FULL" | "FIXED" | "INCLUDE" | "EXCLUDE" => self.begin(Clause::Grain),
                "PARTITION" => self.begin(Clause::Partition),
                "ORDER" => self.begin(Clause::Order),
                _ => {}
            },
            _ => {}
        }
        self.earlier = self.before.replace(token);
    }

    /// The brackets around the cursor; what is open inside them was never closed.
    fn brackets_mut(&mut self) -> Option<&mut Brackets> {
        let place = self.open.iter().rposition(|open| matches!(open, Open::Brackets(_)))?;
        self.open.truncate(place + 1);
        match self.open.last_mut() {
            Some(Open::Brackets(brackets)) => Some(brackets),
            _ => None,
        }
    }

    fn go_on(&mut self, next: Stage) {
        if let Some(Open::Case(stage)) = self.open.last_mut() {
            *stage = next;
        }
    }

    fn begin(&mut self, clause: Clause) {
        let takes = |called| matches!(called, Called::Function(Function::Aggregate(_) | Function::Window(_)));
        if let Some(brackets) = self.brackets_mut().filter(|brackets| takes(brackets.called)) {
            brackets.clause = Some(clause);
        }
    }

    /// What a bracket behind the tokens so far belongs to.
    fn called(&self) -> Called {
        let Some(before) = &self.before else { return Called::Nothing };
        match before.kind {
            TokenKind::Keyword(Keyword::Cast) => Called::Cast,
            TokenKind::Word => {
                let word = self.text(before);
                let infix = word.eq_ignore_ascii_case("LIKE") && self.was_behind_value();
                if infix || word.eq_ignore_ascii_case("BY") {
                    return Called::Nothing;
                }
                Function::from_name(word).map_or(Called::Unknown, Called::Function)
            }
            _ => Called::Nothing,
        }
    }

    fn is_in_comment(&self) -> bool {
        if let Some(token) = &self.touched {
            return matches!(token.kind, TokenKind::Invalid(_)) && self.text(token).starts_with("/*");
        }
        let start = self.before.as_ref().map_or(0, |token| token.span.end());
        ends_in_comment(self.typed_from(start))
    }
}

fn ends_value(token: &Token) -> bool {
    matches!(
        token.kind,
        TokenKind::Number
            | TokenKind::Text(_)
            | TokenKind::Reference(_)
            | TokenKind::At
            | TokenKind::RightBracket
            | TokenKind::Keyword(Keyword::True | Keyword::False | Keyword::Null | Keyword::End)
    )
}

/// Whether a comment is open at the end of a text that has nothing but blanks and comments.
fn ends_in_comment(mut text: &str) -> bool {
    loop {
        text = text.trim_start();
        let closed = if let Some(comment) = text.strip_prefix("--") {
            comment.split_once('\n')
        } else if let Some(comment) = text.strip_prefix("/*") {
            comment.split_once("*/")
        } else {
            return false;
        };
        let Some((_, rest)) = closed else { return true };
        text = rest;
    }
}
