//! Functions at a place.

use super::super::manual::sentences;
use super::super::scan::Place;
use super::super::signature::signature;
use super::{Completion, CompletionKind, begins};
use crate::Function;

/// The functions whose name or alias begins with what is typed; those by an alias come last.
pub(super) fn matching(place: &Place<'_>) -> Vec<Completion> {
    let typed = place.typed();
    // Windows see rows of an answer, so they stand in nothing that makes such a row.
    let no_windows = place.is_inside(|function| matches!(function, Function::Aggregate(_) | Function::Window(_)));
    let offered = Function::all().filter(|function| !(no_windows && matches!(function, Function::Window(_))));
    let mut found: Vec<Completion> = offered
        .filter_map(|function| {
            let entry = function.entry();
            let mut names = std::iter::once(&entry.name).chain(entry.aliases);
            let matched = names.find(|name| begins(name, typed))?;
            Some(Completion {
                kind: CompletionKind::Function,
                span: place.word(),
                insert: format!("{}{}", entry.name, brackets(function, place)),
                label: entry.name.to_owned(),
                filter: (*matched).to_owned(),
                detail: signature(entry),
                documentation: sentences(function),
            })
        })
        .collect();
    let key = |one: &Completion| (one.filter != one.label, one.label.clone());
    found.sort_by_cached_key(key);
    found
}

/// What stands behind the name: both brackets where nothing can stand between them.
fn brackets(function: Function, place: &Place<'_>) -> &'static str {
    if place.bracket_follows() {
        return "";
    }
    match function {
        // They have clauses.
        Function::Aggregate(_) | Function::Window(_) => "(",
        _ if function.entry().parameters.is_empty() => "()",
        _ => "(",
    }
}
