//! Smaller queries that may still show what a query showed.

use std::time::{Duration, Instant};

use crate::spec::{Aggregation, At, Filter, Having, Output, Spec};

/// What a smaller query is worth.
const PATIENCE: Duration = Duration::from_secs(20);

/// Takes parts out of a query as long as it stays wrong and patience lasts.
#[must_use]
pub fn shrink(spec: &Spec, wrong: impl Fn(&Spec) -> bool) -> Spec {
    let started = Instant::now();
    let still_wrong = |candidate: &Spec| started.elapsed() < PATIENCE && wrong(candidate);
    let mut smallest = spec.clone();
    while let Some(found) = smaller(&smallest).into_iter().find(|candidate| still_wrong(candidate)) {
        smallest = found;
    }
    smallest
}

/// Every query with one part less.
fn smaller(spec: &Spec) -> Vec<Spec> {
    let mut found = Vec::new();
    let mut without = |change: &dyn Fn(&mut Spec)| {
        let mut next = spec.clone();
        change(&mut next);
        if next != *spec && !(next.dimensions.is_empty() && next.measures.is_empty()) {
            found.push(next);
        }
    };
    without(&|next| next.limit = None);
    without(&|next| next.total_rows = false);
    without(&|next| next.totals = None);
    without(&|next| next.pivot.clear());
    without(&|next| next.post.clear());
    without(&|next| next.order.clear());
    without(&|next| next.having.clear());
    without(&|next| next.top = None);
    without(&|next| {
        next.windows.clear();
        let count = next.first_window();
        keep_cells(next, count);
    });
    without(&|next| {
        next.windows.pop();
        let count = next.first_window() + next.windows.len();
        keep_cells(next, count);
    });
    without(&|next| {
        next.compare = None;
        next.windows.clear();
        let count = next.measures.len();
        keep_cells(next, count);
    });
    for index in 0..spec.having.len() {
        without(&|next| drop(next.having.remove(index)));
    }
    for index in 0..spec.measures.len() {
        without(&|next| next.measures[index].filter.clear());
    }
    if last_measure_is_free(spec) {
        without(&|next| {
            next.measures.pop();
            let count = next.measures.len();
            keep_cells(next, count);
        });
    }
    for index in 0..spec.dimensions.len() {
        without(&|next| next.dimensions[index].gaps = false);
        without(&|next| next.dimensions[index].bins = None);
    }
    if let Some(last) = spec.dimensions.len().checked_sub(1).filter(|_| dimensions_are_free(spec)) {
        without(&|next| {
            next.dimensions.pop();
            next.order.retain(|key| key.of != Output::Dimension(last));
        });
    }
    let needed = dates(spec);
    for index in 0..spec.filter.len() {
        if needed.iter().any(|at| spec.filter[index].mentions(*at)) {
            continue;
        }
        without(&|next| drop(next.filter.remove(index)));
        for part in parts(&spec.filter[index]) {
            without(&|next| next.filter[index] = part.clone());
        }
    }
    without(&|next| next.options.case_sensitive = None);
    without(&|next| next.options.fiscal = None);
    without(&|next| next.options.week_start = None);
    without(&|next| next.options.zone = None);
    found
}

/// Filters that may stand for a nested one.
fn parts(filter: &Filter) -> Vec<Filter> {
    match filter {
        Filter::Leaf(_) | Filter::Context(_) => Vec::new(),
        Filter::Not(inner) => vec![(**inner).clone()],
        Filter::And(all) | Filter::Or(all) => all.clone(),
    }
}

/// Drops what names cells from `count` on.
fn keep_cells(spec: &mut Spec, count: usize) {
    spec.having.retain(|having| !mentions(having, count));
    spec.post.retain(|having| !mentions(having, count));
    spec.order.retain(|key| !matches!(key.of, Output::Cell(cell) if cell >= count));
}

fn mentions(having: &Having, from: usize) -> bool {
    match having {
        Having::Leaf { cell, .. } => *cell >= from,
        Having::Or(parts) => parts.iter().any(|part| mentions(part, from)),
        Having::Not(inner) => mentions(inner, from),
    }
}

/// Whether nothing but conditions and the order names the last measure.
fn last_measure_is_free(spec: &Spec) -> bool {
    let Some(last) = spec.measures.len().checked_sub(1) else { return false };
    let named = spec.measures.iter().any(|measure| match &measure.aggregation {
        Aggregation::Formula(formula) => formula.measures().contains(&last),
        _ => false,
    });
    !named && spec.compare.is_none() && spec.windows.is_empty() && spec.top.as_ref().is_none_or(|top| top.by != last)
}

/// Whether no step names a dimension or needs a date among them.
fn dimensions_are_free(spec: &Spec) -> bool {
    let runs = |aggregation: &Aggregation| *aggregation == Aggregation::CumulativeSum;
    spec.top.is_none()
        && spec.windows.is_empty()
        && spec.totals.is_none()
        && spec.pivot.is_empty()
        && !spec.measures.iter().any(|measure| runs(&measure.aggregation))
}

/// Dates whose range the query needs.
fn dates(spec: &Spec) -> Vec<At> {
    let cumulative = spec.measures.iter().filter_map(|measure| match &measure.aggregation {
        Aggregation::Cumulative { over, .. } => Some(*over),
        _ => None,
    });
    cumulative.chain(spec.compare.as_ref().map(|compare| compare.at)).collect()
}
