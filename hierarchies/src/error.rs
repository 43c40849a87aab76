//! The one error of the crate.

use std::fmt;

use crate::Fault;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// How many faults are shown.
const SHOWN_FAULTS: usize = 20;

/// What is wrong with a text, with the members of a hierarchy, or with a definition; its text is one line.
///
/// - A text that is not what it should be: what was expected, and the [`offset`](Self::offset). It repeats nothing of
///   the text.
/// - Members: all of their [`faults`](Self::faults), which name the members. The first twenty are shown.
/// - A definition, or another JSON document: what is wrong, and the place [`at`](Self::at) which it is.
///
/// ```
/// use drillcore_hierarchies::{Element, Fault, MemberPath, validate};
///
/// let error = "[1]".parse::<MemberPath>().unwrap_err();
/// assert_eq!((error.offset(), error.to_string().as_str()), (Some(1), "expected a text or null at byte 1"));
///
/// let error = validate(&[Element::value("LAX").under("west"), Element::value("JFK").under("JFK")]).unwrap_err();
/// assert_eq!(error.faults().len(), 2);
/// assert!(matches!(&error.faults()[0], Fault::Orphan { id, parent } if id == "LAX" && parent == "west"));
/// let text = "the parent `west` of `LAX` does not exist; members are under each other: `JFK` -> `JFK`";
/// assert_eq!(error.to_string(), text);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Expected { what: &'static str, offset: usize },
    Faults(Vec<Fault>),
    Definition { at: String, message: String },
}

impl Error {
    pub(crate) fn expected(what: &'static str, offset: usize) -> Self {
        Self(Kind::Expected { what, offset })
    }

    /// What is wrong at a place of a JSON document, which is a JSON pointer; the empty one is the whole.
    pub(crate) fn definition(at: impl Into<String>, message: impl Into<String>) -> Self {
        Self(Kind::Definition { at: at.into(), message: message.into() })
    }

    /// The byte of the text at which something else was expected, if a text is wrong.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        match self.0 {
            Kind::Expected { offset, .. } => Some(offset),
            Kind::Faults(_) | Kind::Definition { .. } => None,
        }
    }

    /// Everything that is wrong with the members; empty if something else is wrong.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        match &self.0 {
            Kind::Faults(faults) => faults,
            Kind::Expected { .. } | Kind::Definition { .. } => &[],
        }
    }

    /// The place in the JSON of a definition, such as `/levels/2/name`, if a definition is wrong. The whole document is
    /// the empty text.
    #[must_use]
    pub fn at(&self) -> Option<&str> {
        match &self.0 {
            Kind::Definition { at, .. } => Some(at),
            Kind::Expected { .. } | Kind::Faults(_) => None,
        }
    }
}

impl From<Vec<Fault>> for Error {
    /// All that is wrong with the members, at least one fault.
    fn from(faults: Vec<Fault>) -> Self {
        Self(Kind::Faults(faults))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Expected { what, offset } => write!(f, "expected {what} at byte {offset}"),
            Kind::Faults(faults) => {
                for (index, fault) in faults.iter().take(SHOWN_FAULTS).enumerate() {
                    f.write_str(if index > 0 { "; " } else { "" })?;
                    write!(f, "{fault}")?;
                }
                match faults.len().saturating_sub(SHOWN_FAULTS) {
                    0 => Ok(()),
                    more => write!(f, "; and {more} more"),
                }
            }
            Kind::Definition { at, message } if at.is_empty() => write!(f, "{}", OneLine(message)),
            Kind::Definition { at, message } => write!(f, "at {}: {}", OneLine(at), OneLine(message)),
        }
    }
}

/// A text whose line breaks and other control characters are blanks.
#[derive(Debug)]
struct OneLine<'a>(&'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.0.split(char::is_control).enumerate() {
            f.write_str(if index > 0 { " " } else { "" })?;
            f.write_str(part)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::Error;
    use crate::Fault;

    #[test]
    fn an_error_is_one_line_and_of_one_kind() {
        let error = Error::definition("/levels/2/name", "two\nlines");
        assert_eq!(error.to_string(), "at /levels/2/name: two lines");
        assert_eq!((error.at(), error.offset(), error.faults().len()), (Some("/levels/2/name"), None, 0));
        assert_eq!(Error::definition("", "no object").to_string(), "no object");
        let error = Error::expected("`[`", 3);
        assert_eq!((error.at(), error.offset(), error.faults().len()), (None, Some(3), 0));
    }

    #[test]
    fn twenty_faults_are_shown() {
        let faults = |count: usize| vec![Fault::EmptyId; count];
        let text = |count| Error::from(faults(count)).to_string();
        let one = "a member has an empty id, which means the root";
        assert_eq!(text(1), one);
        assert_eq!(text(20), [one; 20].join("; "));
        assert_eq!(text(23), [one; 20].join("; ") + "; and 3 more");
        let error = Error::from(faults(23));
        assert_eq!((error.at(), error.offset(), error.faults().len()), (None, None, 23));
    }
}
