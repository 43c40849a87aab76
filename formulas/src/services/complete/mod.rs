//! What can be written at a place of a formula.

mod constants;
mod functions;
mod keywords;
mod names;

use super::scan::{Inside, Place};
use crate::{Span, Type};

/// A name that a formula may use. Whoever completes gives those that its author may see.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Candidate {
    /// The name.
    pub name: String,
    /// What must stand before it and a colon: a dataset, or links to one. None where it can stand alone.
    pub dataset: Option<String>,
    /// What it stands for.
    pub kind: CandidateKind,
    /// The type of its values, if it is known.
    pub value_type: Option<Type>,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CandidateKind {
    /// A column of a row; in a formula of aggregate level it stands inside an aggregate.
    Column,
    /// A measure of the same query, which is never offered inside an aggregate.
    Measure,
    /// A stored formula, which is never offered inside an aggregate.
    Formula,
}

/// Something that can be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What it is.
    pub kind: CompletionKind,
    /// The bytes of the text that it takes the place of.
    pub span: Span,
    /// What is written there.
    pub insert: String,
    /// How a list shows it.
    pub label: String,
    /// What typed text is held against; another name than the label where an alias was typed.
    pub filter: String,
    /// A signature, a type: a short line beside the label.
    pub detail: String,
    /// What it does, in sentences; may be empty.
    pub documentation: String,
}

/// What is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompletionKind {
    /// A function.
    Function,
    /// A word of the language.
    Keyword,
    /// A column.
    Column,
    /// A measure.
    Measure,
    /// A stored formula.
    Formula,
    /// What stands before the colon of a name.
    Dataset,
    /// A constant that an argument can be: a unit, a time zone, a format, a type.
    Constant,
}

/// What can be written at a cursor, the likeliest first. The text may be unfinished.
///
/// `cursor` is a byte; past the end it counts as the end, inside a character as before it. `names` are all names that
/// may be offered. These are looked for by any part of them, functions and keywords by their beginning, all in any case.
/// Nothing is offered in a comment, in a number, and in a text that may be anything.
///
/// ```
/// use drillcore_formulas::{Candidate, CandidateKind, Type, complete};
///
/// let distance = Candidate {
///     name: "distance".to_owned(),
///     dataset: None,
///     kind: CandidateKind::Column,
///     value_type: Some(Type::Integer),
/// };
/// let source = "SUM({dis";
/// let found = complete(source, source.len(), std::slice::from_ref(&distance));
/// assert_eq!((found[0].insert.as_str(), found[0].detail.as_str()), ("{distance}", "column, integer"));
///
/// let found = complete("mean", 4, &[]);
/// assert_eq!((found[0].insert.as_str(), found[0].detail.as_str()), ("AVG(", "AVG(number)"));
/// ```
#[must_use]
pub fn complete(source: &str, cursor: usize, names: &[Candidate]) -> Vec<Completion> {
    let Some(place) = Place::find(source, cursor).filter(|place| !place.in_comment) else { return Vec::new() };
    match place.inside() {
        Inside::Name => names::in_braces(&place, names),
        Inside::Text => constants::in_quotes(&place),
        Inside::Word => constants::bare(&place).unwrap_or_else(|| bare(&place, names)),
        Inside::Other => Vec::new(),
    }
}

/// What can be written as a word or between tokens.
fn bare(place: &Place<'_>, candidates: &[Candidate]) -> Vec<Completion> {
    let fitting = keywords::fitting(place);
    let mut found = Vec::new();
    if fitting.names {
        found.extend(names::bare(place, candidates));
    }
    if fitting.functions {
        found.extend(functions::matching(place));
    }
    found.extend(keywords::matching(place, &fitting));
    found
}

/// How well a text goes on with what is typed, less being better: it begins with it, or holds it somewhere.
fn likeness(text: &str, typed: &str) -> Option<usize> {
    let (text, typed) = (text.to_lowercase(), typed.to_lowercase());
    text.find(&typed).map(|place| usize::from(place > 0))
}

/// Whether a name begins with what is typed.
fn begins(name: &str, typed: &str) -> bool {
    name.get(..typed.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(typed))
}

#[cfg(test)]
mod tests;
