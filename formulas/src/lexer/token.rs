//! What the parser reads.

use crate::tree::Reference;
use crate::typed::{Arithmetic, Comparison};
use crate::{Error, Span};

/// A token and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A number without a sign.
    Number,
    /// A text, without its quotes.
    Text(String),
    Reference(Reference),
    /// A date, a time or a duration: `@` and what belongs to it.
    At,
    /// A word that is no keyword.
    Word,
    Keyword(Keyword),
    LeftBracket,
    RightBracket,
    Comma,
    Concat,
    Arithmetic(Arithmetic),
    Comparison(Comparison),
    /// What is no token, and why.
    Invalid(Error),
    End,
}

/// A word that is no name of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keyword {
    True,
    False,
    Null,
    And,
    Or,
    Not,
    Is,
    In,
    Between,
    Case,
    When,
    Then,
    Else,
    End,
    Cast,
    Where,
}

impl Keyword {
    const ALL: [Self; 16] = [
        Self::True,
        Self::False,
        Self::Null,
        Self::And,
        Self::Or,
        Self::Not,
        Self::Is,
        Self::In,
        Self::Between,
        Self::Case,
        Self::When,
        Self::Then,
        Self::Else,
        Self::End,
        Self::Cast,
        Self::Where,
    ];

    /// The keyword of a word, in any case.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|keyword| keyword.name().eq_ignore_ascii_case(word))
    }

    /// As it is printed.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::True => "TRUE",
            Self::False => "FALSE",
            Self::Null => "NULL",
            Self::And => "AND",
            Self::Or => "OR",
            Self::Not => "NOT",
            Self::Is => "IS",
            Self::In => "IN",
            Self::Between => "BETWEEN",
            Self::Case => "CASE",
            Self::When => "WHEN",
            Self::Then => "THEN",
            Self::Else => "ELSE",
            Self::End => "END",
            Self::Cast => "CAST",
            Self::Where => "WHERE",
        }
    }
}
