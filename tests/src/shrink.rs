//! Smaller queries that may still show what a query showed.

use std::time::{Duration, Instant};

use crate::spec::{Filter, Having, Output, Spec};

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
    without(&|next| next.order.clear());
    without(&|next| next.having.clear());
    for index in 0..spec.having.len() {
        without(&|next| drop(next.having.remove(index)));
    }
    for index in 0..spec.measures.len() {
        without(&|next| remove_measure(next, index));
        without(&|next| next.measures[index].filter.clear());
    }
    for index in 0..spec.dimensions.len() {
        without(&|next| remove_dimension(next, index));
    }
    for index in 0..spec.filter.len() {
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
        Filter::Leaf(_) => Vec::new(),
        Filter::Not(inner) => vec![(**inner).clone()],
        Filter::And(all) | Filter::Or(all) => all.clone(),
    }
}

fn remove_measure(spec: &mut Spec, index: usize) {
    spec.measures.remove(index);
    spec.having.retain(|having| !mentions(having, index));
    spec.having.iter_mut().for_each(|having| move_up(having, index));
    spec.order.retain(|key| key.of != Output::Measure(index));
    for key in &mut spec.order {
        if let Output::Measure(measure) = &mut key.of
            && *measure > index
        {
            *measure -= 1;
        }
    }
}

fn mentions(having: &Having, index: usize) -> bool {
    match having {
        Having::Leaf { measure, .. } => *measure == index,
        Having::Or(parts) => parts.iter().any(|part| mentions(part, index)),
        Having::Not(inner) => mentions(inner, index),
    }
}

fn move_up(having: &mut Having, index: usize) {
    match having {
        Having::Leaf { measure, .. } if *measure > index => *measure -= 1,
        Having::Leaf { .. } => {}
        Having::Or(parts) => parts.iter_mut().for_each(|part| move_up(part, index)),
        Having::Not(inner) => move_up(inner, index),
    }
}

fn remove_dimension(spec: &mut Spec, index: usize) {
    spec.dimensions.remove(index);
    spec.order.retain(|key| key.of != Output::Dimension(index));
    for key in &mut spec.order {
        if let Output::Dimension(dimension) = &mut key.of
            && *dimension > index
        {
            *dimension -= 1;
        }
    }
}
