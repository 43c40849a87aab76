//! Names in braces at a place.

use super::super::scan::Place;
use super::{Candidate, CandidateKind, Completion, CompletionKind, likeness};
use crate::lexer::TokenKind;
use crate::tree::Reference;
use crate::{Function, Span};

/// Inside braces, which may not be closed.
pub(super) fn in_braces(place: &Place<'_>, candidates: &[Candidate]) -> Vec<Completion> {
    let Some(token) = &place.touched else { return Vec::new() };
    let start = token.span.start();
    let run = place.behind_run(|c| c.is_alphanumeric() || c == '_');
    let end = match token.kind {
        TokenKind::Reference(_) => token.span.end(),
        _ if place.source.get(run..).is_some_and(|rest| rest.starts_with('}')) => run + 1,
        _ => run,
    };
    let whole = Span::new(start, end);
    let (first, behind_colon) = written(place.typed_from(start + 1));
    let Some(behind_colon) = behind_colon else {
        let mut found = matching(place, candidates, None, &first, whole);
        // The name is kept, whatever stands behind the cursor.
        found.extend(datasets(candidates, &first, Span::new(start + 1, run)));
        return found;
    };
    matching(place, candidates, Some(&first), &written(behind_colon).0, whole)
}

/// Where no brace is written yet.
pub(super) fn bare(place: &Place<'_>, candidates: &[Candidate]) -> Vec<Completion> {
    matching(place, candidates, None, place.typed(), place.word())
}

/// The names that hold what is typed, those that begin with it first; of one dataset, if that is written.
fn matching(
    place: &Place<'_>,
    candidates: &[Candidate],
    dataset: Option<&str>,
    typed: &str,
    span: Span,
) -> Vec<Completion> {
    let of_rows = place.is_inside(|function| matches!(function, Function::Aggregate(_)));
    let mut found: Vec<(usize, Completion)> = Vec::new();
    for candidate in candidates {
        let fits = !of_rows || candidate.kind == CandidateKind::Column;
        if !fits || (dataset.is_some() && candidate.dataset.as_deref() != dataset) {
            continue;
        }
        let label = label(candidate);
        let by_label = candidate.dataset.as_ref().filter(|_| dataset.is_none()).and_then(|_| likeness(&label, typed));
        let Some(likeness) = likeness(&candidate.name, typed).or(by_label) else { continue };
        let reference = named(candidate.dataset.as_deref(), &candidate.name);
        let completion = Completion {
            kind: candidate.kind.offered(),
            span,
            insert: reference.to_string(),
            filter: label.clone(),
            label,
            detail: detail(candidate),
            documentation: String::new(),
        };
        found.push((likeness, completion));
    }
    found.sort_by_key(|(likeness, _)| *likeness);
    found.into_iter().map(|(_, completion)| completion).collect()
}

/// What can stand before a colon, once each.
fn datasets(candidates: &[Candidate], typed: &str, span: Span) -> Vec<Completion> {
    let mut found: Vec<Completion> = Vec::new();
    for dataset in candidates.iter().filter_map(|candidate| candidate.dataset.as_deref()) {
        if likeness(dataset, typed).is_none() || found.iter().any(|known| known.label == dataset) {
            continue;
        }
        let braced = named(None, dataset).to_string();
        let bare = braced.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(dataset);
        found.push(Completion {
            kind: CompletionKind::Dataset,
            span,
            insert: format!("{bare}:"),
            label: dataset.to_owned(),
            filter: dataset.to_owned(),
            detail: "dataset or link".to_owned(),
            documentation: String::new(),
        });
    }
    found
}

fn named(dataset: Option<&str>, name: &str) -> Reference {
    Reference { dataset: dataset.map(str::to_owned), name: name.to_owned(), span: Span::at(0) }
}

fn label(candidate: &Candidate) -> String {
    match &candidate.dataset {
        Some(dataset) => format!("{dataset}:{}", candidate.name),
        None => candidate.name.clone(),
    }
}

fn detail(candidate: &Candidate) -> String {
    let kind = match candidate.kind {
        CandidateKind::Column => "column",
        CandidateKind::Measure => "measure",
        CandidateKind::Formula => "formula",
    };
    candidate.value_type.map_or_else(|| kind.to_owned(), |value_type| format!("{kind}, {value_type}"))
}

impl CandidateKind {
    fn offered(self) -> CompletionKind {
        match self {
            Self::Column => CompletionKind::Column,
            Self::Measure => CompletionKind::Measure,
            Self::Formula => CompletionKind::Formula,
        }
    }
}

/// A name as far as it is typed, without its quotes, and what stands behind its colon.
fn written(text: &str) -> (String, Option<&str>) {
    let text = text.trim_start();
    let Some(mut rest) = text.strip_prefix('"') else {
        return match text.split_once(':') {
            Some((name, behind)) => (name.trim_end().replace("}}", "}"), Some(behind)),
            None => (text.replace("}}", "}"), None),
        };
    };
    let mut name = String::new();
    loop {
        let Some((before, behind)) = rest.split_once('"') else {
            name.push_str(rest);
            return (name, None);
        };
        name.push_str(before);
        let Some(more) = behind.strip_prefix('"') else { return (name, behind.trim_start().strip_prefix(':')) };
        name.push('"');
        rest = more;
    }
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn names_are_read_as_far_as_they_are_typed() {
        for (text, name, behind) in [
            ("", "", None),
            (" dis", "dis", None),
            ("flights : dis", "flights", Some(" dis")),
            ("a}}b", "a}b", None),
            ("\"a:b", "a:b", None),
            ("\"a\"\"b\" : c", "a\"b", Some(" c")),
            ("\"a\"", "a", None),
        ] {
            assert_eq!(written(text), (name.to_owned(), behind), "{text}");
        }
    }
}
