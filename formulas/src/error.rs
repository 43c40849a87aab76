//! What is wrong with a formula, and where.

use std::fmt;

use crate::{Position, Span};

/// Why a text is no formula, or a formula has no meaning, and the place in its text.
///
/// The message is one line and holds no more of the text than a name. Its [`fmt::Display`] form is the message alone,
/// because the place can only be told with the text at hand: see [`Error::position`] and [`Error::render`].
///
/// ```
/// use drillcore_formulas::parse;
///
/// let source = "SUMM({distance})";
/// let error = parse(source).unwrap_err();
/// assert_eq!(error.message(), "there is no function `SUMM`; did you mean `SUM`?");
/// assert_eq!(error.render(source), "line 1, column 1: there is no function `SUMM`; did you mean `SUM`?\n\
///                                   1 | SUMM({distance})\n  | ^^^^\n");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    message: String,
    span: Span,
}

impl Error {
    /// An error at a place. What comes from outside may hold line breaks; they become blanks.
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        let message = message.into();
        let message = if message.contains(char::is_control) { message.replace(char::is_control, " ") } else { message };
        Self { message, span }
    }

    /// What is wrong, in one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The bytes of the text that are meant.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Where it is for a person. `source` is the text that was parsed.
    #[must_use]
    pub fn position(&self, source: &str) -> Position {
        self.span.position(source)
    }

    /// Position and message, and below them the line of the text with the place marked; ends with a line break.
    /// `source` is the text that was parsed.
    #[must_use]
    pub fn render(&self, source: &str) -> String {
        format!("{}: {}\n{}", self.position(source), self.message, self.span.render(source))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::Error;
    use crate::Span;

    #[test]
    fn a_message_is_one_line() {
        let error = Error::new(Span::new(4, 7), "no column\n`a\tb`");
        assert_eq!(error.to_string(), "no column `a b`");
        assert_eq!(error.render("1 + {x}"), "line 1, column 5: no column `a b`\n1 | 1 + {x}\n  |     ^^^\n");
    }
}
