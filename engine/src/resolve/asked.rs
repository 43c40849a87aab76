//! The filters of a query's `where`, kept apart so that some of them can be shifted or taken for the members of a
//! dimension.

use super::dates::raw;
use super::{Bound, ColumnRef, Predicate, Resolver, Scalar, Test};
use crate::error::Result;
use crate::query::{Filter, Operator};
use crate::time::OpenRange;

/// The filters over rows.
pub(super) struct Asked {
    /// Those of the dataset under the scope.
    pub(super) own: Predicate,
    /// Those of the query, ANDed.
    pub(super) parts: Vec<AskedPart>,
}

/// One filter of the top level.
pub(super) struct AskedPart {
    pub(super) predicate: Predicate,
    /// Whether it is a context filter.
    pub(super) context: bool,
}

impl Asked {
    pub(super) fn all(&self) -> Predicate {
        let parts = self.parts.iter().map(|part| part.predicate.clone());
        Predicate::all(std::iter::once(self.own.clone()).chain(parts))
    }

    /// The conjunction of those that `keep`.
    pub(super) fn only(&self, keep: impl Fn(&AskedPart) -> bool) -> Predicate {
        let parts = self.parts.iter().filter(|part| keep(part)).map(|part| part.predicate.clone());
        Predicate::all(std::iter::once(self.own.clone()).chain(parts))
    }

    /// The conditions of the query, also those inside a top-level `and`.
    fn conditions(&self) -> impl Iterator<Item = &Predicate> {
        self.parts.iter().flat_map(|part| match &part.predicate {
            Predicate::And(inner) => inner.as_slice(),
            other => std::slice::from_ref(other),
        })
    }

    /// The one range that the conditions put on a date, and all other filters. None where a condition that is no plain
    /// range tests the date.
    pub(super) fn range_on(&self, of: &Scalar) -> Option<(OpenRange, Predicate)> {
        let mut range = OpenRange { start: None, end: None };
        let mut others = vec![self.own.clone()];
        for condition in self.conditions() {
            match range_of(condition, of) {
                Some(found) => range = range.and(found),
                None if mentions(condition, of) => return None,
                None => others.push(condition.clone()),
            }
        }
        Some((range, Predicate::all(others)))
    }

    /// The range that plain conditions put on a date, and the conditions that test nothing but it in another way.
    pub(super) fn members_of(&self, date: &Scalar) -> (OpenRange, Vec<Predicate>) {
        let own = columns(date);
        let mut range = OpenRange { start: None, end: None };
        let mut others = Vec::new();
        for condition in self.conditions() {
            match range_of(condition, date) {
                Some(found) => range = range.and(found),
                None if only_of(condition, &own) => others.push(condition.clone()),
                None => {}
            }
        }
        (range, others)
    }

    /// The filters that bound the members of a dimension: those of the dataset and the context, and those that test
    /// nothing but the columns of the dimension.
    pub(super) fn on_members(&self, of: &Scalar) -> Predicate {
        let own = columns(of);
        self.only(|part| part.context || only_of(&part.predicate, &own))
    }

    /// The filters of the query that test nothing but the columns of a dimension.
    pub(super) fn on_members_alone(&self, of: &Scalar) -> Predicate {
        let own = columns(of);
        let parts = self.parts.iter().filter(|part| only_of(&part.predicate, &own));
        Predicate::all(parts.map(|part| part.predicate.clone()))
    }
}

fn only_of(predicate: &Predicate, own: &[&ColumnRef]) -> bool {
    let read = read(predicate);
    !read.is_empty() && read.iter().all(|column| own.contains(column))
}

fn columns(of: &Scalar) -> Vec<&ColumnRef> {
    let mut found = Vec::new();
    of.visit_columns(&mut |column| found.push(column));
    found
}

fn read(predicate: &Predicate) -> Vec<&ColumnRef> {
    let mut found = Vec::new();
    predicate.visit_scalars(&mut |scalar| scalar.visit_columns(&mut |column| found.push(column)));
    found
}

fn mentions(condition: &Predicate, of: &Scalar) -> bool {
    let own = columns(of);
    read(condition).iter().any(|column| own.contains(column))
}

/// The range of a condition that is nothing else.
fn range_of(condition: &Predicate, on: &Scalar) -> Option<OpenRange> {
    match condition {
        Predicate::Test(Test::Range { of, low, high, .. }) if of == on => {
            let side = |bound: Option<&Bound>| match bound {
                Some(bound) => raw(&bound.value).map(Some),
                None => Some(None),
            };
            let start = side(low.as_ref())?;
            let end = side(high.as_ref())?;
            Some(OpenRange { start, end })
        }
        _ => None,
    }
}

impl Resolver<'_> {
    /// The filters of the query. Those that depend on the newest row come last, because they look at the rows that all
    /// others leave.
    pub(super) fn resolve_where(&mut self) -> Result<()> {
        let query = self.query;
        let (available, plain): (Vec<_>, Vec<_>) =
            query.filters.iter().enumerate().partition(|(_, filter)| is_last_available(filter));
        for (index, filter) in plain {
            let predicate = self.filter(filter, &format!("/where/{index}"), None)?;
            let context = matches!(filter, Filter::Leaf(leaf) if leaf.context);
            self.asked.parts.push(AskedPart { predicate, context });
        }
        let rows = self.asked.all();
        let mut parts = Vec::with_capacity(available.len());
        for (index, filter) in available {
            let Filter::Leaf(leaf) = filter else { continue };
            let predicate = self.last_available(leaf, &rows, &format!("/where/{index}"))?;
            parts.push(AskedPart { predicate, context: leaf.context });
        }
        self.asked.parts.extend(parts);
        Ok(())
    }
}

fn is_last_available(filter: &Filter) -> bool {
    matches!(filter, Filter::Leaf(leaf) if leaf.operator == Operator::LastAvailable)
}
