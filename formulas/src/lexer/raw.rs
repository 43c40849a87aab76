//! What the generated scanner tells apart.

use logos::Logos;

use crate::typed::{Arithmetic, Comparison};

/// How a token begins, or all of it where it is short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Logos)]
pub(super) enum Raw {
    #[regex(r"[ \t\r\n\x0C]+")]
    Blank,
    #[token("--")]
    LineComment,
    #[token("/*")]
    BlockComment,
    #[token("'")]
    SingleQuote,
    #[token("\"")]
    DoubleQuote,
    #[token("{")]
    Brace,
    #[token("@")]
    At,
    #[regex(r"[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")]
    Number,
    #[regex("[A-Za-z_][A-Za-z0-9_]*")]
    Word,
    #[token("(")]
    LeftBracket,
    #[token(")")]
    RightBracket,
    #[token(",")]
    Comma,
    #[token("||")]
    Concat,
    #[token("+", |_| Arithmetic::Add)]
    #[token("-", |_| Arithmetic::Subtract)]
    #[token("*", |_| Arithmetic::Multiply)]
    #[token("/", |_| Arithmetic::Divide)]
    Arithmetic(Arithmetic),
    #[token("=", |_| Comparison::Equal)]
    #[token("!=", |_| Comparison::NotEqual)]
    #[token("<>", |_| Comparison::NotEqual)]
    #[token("<", |_| Comparison::Less)]
    #[token("<=", |_| Comparison::LessOrEqual)]
    #[token(">", |_| Comparison::Greater)]
    #[token(">=", |_| Comparison::GreaterOrEqual)]
    Comparison(Comparison),
    /// An operator of other languages, whose beginning would be taken for one of ours.
    #[token("==")]
    #[token("=>")]
    #[token("**")]
    #[token("&&")]
    #[token("::")]
    #[token(":=")]
    Foreign,
}
