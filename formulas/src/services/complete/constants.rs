//! Arguments that must be constants: the words, zones, formats and types that they can be.

use chrono_tz::TZ_VARIANTS;

use super::super::scan::{Brackets, Called, Place};
use super::{Completion, CompletionKind, likeness};
use crate::lexer::TokenKind;
use crate::tree::Literal;
use crate::{DateFormat, Entry, Kind, Span};

/// Formats that are often meant.
const FORMATS: &[&str] = &[
    "YYYY-MM-DD",
    "DD/MM/YYYY",
    "MM/DD/YYYY",
    "D MMMM YYYY",
    "YYYY-MM-DD HH:mm:ss",
    "YYYY-MM-DD'T'HH:mm:ss.SSS",
    "D/M/YYYY h:mm A",
    "MMM YYYY",
    "'Q'Q YYYY",
    "EEEE D MMMM",
    "HH:mm",
    "GGGG-'W'WW",
];

/// What `CAST` converts to.
const TYPES: &[&str] = &[
    "text",
    "hierarchy",
    "numeric",
    "float",
    "integer",
    "decimal(10, 2)",
    "boolean",
    "date",
    "datetime",
    "local_datetime",
];

/// The constants that an argument can be; none of them if it can be too many.
#[derive(Debug)]
struct Options {
    texts: Vec<&'static str>,
    /// Whether they stand in quotes.
    quoted: bool,
    detail: &'static str,
}

/// Inside a text in quotes, which may have no end.
pub(super) fn in_quotes(place: &Place<'_>) -> Vec<Completion> {
    let (Some(options), Some(token)) = (options(place), &place.touched) else { return Vec::new() };
    let start = token.span.start();
    let end = match token.kind {
        TokenKind::Text(_) => token.span.end(),
        // What follows is not part of it, although it has no end yet.
        _ => place.behind_run(|c| c.is_alphanumeric() || "_/-+:".contains(c)),
    };
    options.matching(place.typed_from(start + 1), Span::new(start, end))
}

/// Where no quote is written yet. Nothing if the place asks for no constant.
pub(super) fn bare(place: &Place<'_>) -> Option<Vec<Completion>> {
    Some(options(place)?.matching(place.typed(), place.word()))
}

impl Options {
    fn matching(&self, typed: &str, span: Span) -> Vec<Completion> {
        let mut found: Vec<(usize, Completion)> = Vec::new();
        for text in &self.texts {
            let Some(likeness) = likeness(text, typed) else { continue };
            let insert = if self.quoted { Literal::Text((*text).to_owned()).to_string() } else { (*text).to_owned() };
            let completion = Completion {
                kind: CompletionKind::Constant,
                span,
                label: insert.clone(),
                insert,
                filter: (*text).to_owned(),
                detail: self.detail.to_owned(),
                documentation: String::new(),
            };
            found.push((likeness, completion));
        }
        found.sort_by_key(|(likeness, _)| *likeness);
        found.into_iter().map(|(_, completion)| completion).collect()
    }
}

/// The constants of the argument that begins at the cursor, if it must be one.
fn options(place: &Place<'_>) -> Option<Options> {
    let begins = matches!(place.before.as_ref()?.kind, TokenKind::LeftBracket | TokenKind::Comma);
    let brackets = place.brackets().filter(|brackets| begins && brackets.clause.is_none())?;
    match *brackets {
        Brackets { called: Called::Cast, commas: 1, .. } => {
            Some(Options { texts: TYPES.to_vec(), quoted: false, detail: "type" })
        }
        Brackets { called: Called::Function(function), commas, .. } => of_argument(function.entry(), commas),
        _ => None,
    }
}

fn of_argument(entry: &Entry, place: usize) -> Option<Options> {
    let parameter = entry.parameter(place)?;
    let texts = match parameter.kind {
        Kind::Word(words) => words.to_vec(),
        Kind::Zone => TZ_VARIANTS.iter().map(|zone| zone.name()).collect(),
        Kind::DateFormat => {
            let read = entry.parameters.first().is_some_and(|first| first.kind == Kind::Text);
            let fits = |text: &&&str| DateFormat::parse(text).is_ok_and(|format| !read || format.can_be_read());
            FORMATS.iter().filter(fits).copied().collect()
        }
        kind if kind.is_constant() => Vec::new(),
        _ => return None,
    };
    Some(Options { texts, quoted: true, detail: parameter.name })
}

#[cfg(test)]
mod tests {
    use super::{FORMATS, TYPES};
    use crate::{DateFormat, parse};

    #[test]
    fn what_is_offered_can_be_written() {
        for format in FORMATS {
            assert!(DateFormat::parse(format).is_ok(), "{format}");
        }
        assert!(FORMATS.iter().any(|format| !DateFormat::parse(format).unwrap().can_be_read()));
        for name in TYPES {
            assert!(parse(&format!("CAST(1, {name})")).is_ok(), "{name}");
        }
    }
}
