//! The order of the answer. It is always total: what is not asked for is appended.

use super::answer::Answer;
use super::{Dimension, Resolver, Scalar, SortKey, wrong};
use crate::error::Result;
use crate::model::Aggregation;
use crate::query::{Members, NullsOrder, Order, OrderKey, Query, Reference, Target};
use crate::suggest;

impl Resolver<'_> {
    /// The keys asked for, then the dimensions that are not among them, ascending. For each key asked for its place in
    /// the query's order.
    pub(super) fn grouped_order(&mut self, query: &Query, answer: &Answer<'_>) -> Result<(Vec<SortKey>, Vec<usize>)> {
        let mut keys = Vec::new();
        let mut asked = Vec::new();
        for (index, order) in query.order.iter().enumerate() {
            let path = format!("/order/{index}");
            let of = match &order.key {
                OrderKey::By(name) => answer.by_name(name, &format!("{path}/by"))?,
                OrderKey::Field { reference, level, aggregation } => match &reference.target {
                    Target::Name(name) => answer.by_name(name, &format!("{path}/name"))?,
                    Target::Column(id) if id == "*" => count_of_rows(answer, &path)?,
                    Target::Formula(text) => self.answer_formula(text, reference.dataset.as_deref(), &path)?,
                    Target::StoredFormula(name) => self.stored_answer(reference, name, &path)?,
                    Target::Hierarchy(members) => ordered_members(answer, members, &path)?,
                    Target::Column(_) | Target::Expression(_) => {
                        let (value, _) = self.scalar(reference, *level, &path)?;
                        ordered_column(answer, &value, *aggregation, &path)?
                    }
                },
            };
            // The same column may be asked for at several cells of a pivot.
            if order.at.is_empty() {
                push(&mut keys, of, Some(order));
            } else {
                keys.push(key(of, Some(order)));
            }
            asked.resize(keys.len(), index);
        }
        for index in 0..answer.dimensions.len() {
            if let Some(of) = answer.at(index) {
                push(&mut keys, of, None);
            }
        }
        Ok((keys, asked))
    }

    /// The keys asked for; the planner appends the order of the source.
    pub(super) fn rows_order(&mut self, query: &Query, columns: &[Dimension]) -> Result<Vec<SortKey>> {
        let mut keys = Vec::new();
        for (index, order) in query.order.iter().enumerate() {
            let path = format!("/order/{index}");
            let by_name = |name: &str, path: String| {
                let found = columns.iter().find(|column| column.output.name == name).map(|column| column.value.clone());
                found.ok_or_else(|| {
                    let hint = suggest::hint(name, columns.iter().map(|column| column.output.name.as_str()));
                    wrong(&path, format!("the query calls nothing `{name}`{hint}"))
                })
            };
            let of = match &order.key {
                OrderKey::By(name) => by_name(name, format!("{path}/by"))?,
                OrderKey::Field { reference, level, .. } => match &reference.target {
                    Target::Name(name) => by_name(name, format!("{path}/name"))?,
                    Target::Hierarchy(members) => {
                        let of = columns.iter().map(|column| &column.value);
                        members_of(of, members, &path)?.1.clone()
                    }
                    _ => self.scalar(reference, *level, &path)?.0,
                },
            };
            push(&mut keys, of, Some(order));
        }
        Ok(keys)
    }
}

/// The keys of a window: columns of the answer.
pub(super) fn sort_keys(orders: &[Order], answer: &Answer<'_>) -> Result<Vec<SortKey>> {
    let mut keys = Vec::new();
    for (index, order) in orders.iter().enumerate() {
        let path = format!("/order_by/{index}");
        let of = match &order.key {
            OrderKey::By(name) => answer.by_name(name, &format!("{path}/by"))?,
            OrderKey::Field { reference: Reference { target: Target::Name(name), .. }, .. } => {
                answer.by_name(name, &format!("{path}/name"))?
            }
            OrderKey::Field { .. } => return Err(wrong(&path, "a window is ordered by names of the query")),
        };
        push(&mut keys, of, Some(order));
    }
    Ok(keys)
}

/// Appends a key, unless an earlier one already decides by the same value.
pub(super) fn push(keys: &mut Vec<SortKey>, of: Scalar, order: Option<&Order>) {
    if !keys.iter().any(|key| key.of == of) {
        keys.push(key(of, order));
    }
}

fn key(of: Scalar, order: Option<&Order>) -> SortKey {
    let descending = order.is_some_and(|order| order.descending);
    let nulls_first = order.and_then(|order| order.nulls) == Some(NullsOrder::First);
    SortKey { of, descending, nulls_first }
}

fn count_of_rows(answer: &Answer<'_>, path: &str) -> Result<Scalar> {
    let found = answer.measures.iter().position(|measure| {
        measure.of.is_none() && measure.unfiltered && measure.aggregation == Some(Aggregation::Count)
    });
    found
        .and_then(|index| answer.at(answer.dimensions.len() + index))
        .ok_or_else(|| wrong(path, "the query has no measure that counts its rows"))
}

/// The one dimension over a hierarchy.
fn ordered_members(answer: &Answer<'_>, members: &Members, path: &str) -> Result<Scalar> {
    let dimensions = answer.dimensions.iter().map(|dimension| &dimension.value);
    let (place, _) = members_of(dimensions, members, path)?;
    answer.at(place).ok_or_else(|| wrong(path, "no such dimension"))
}

/// The one value that is a member of a hierarchy, and its place.
fn members_of<'a>(
    values: impl Iterator<Item = &'a Scalar>,
    members: &Members,
    path: &str,
) -> Result<(usize, &'a Scalar)> {
    let hierarchy = &members.hierarchy;
    let is_of = |value: &Scalar| match value {
        Scalar::Node(node) => node.tree.definition().id == *hierarchy && node.is_at(members.level.as_ref()),
        _ => false,
    };
    let mut found = values.enumerate().filter(|(_, value)| is_of(value));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(wrong(path, format!("the query has no dimension over hierarchy `{hierarchy}`"))),
        _ => Err(wrong(path, format!("several dimensions are over hierarchy `{hierarchy}`; give the name of one"))),
    }
}

/// The dimension on a column if no aggregation is given, else the measure over it.
fn ordered_column(answer: &Answer<'_>, value: &Scalar, aggregation: Option<Aggregation>, path: &str) -> Result<Scalar> {
    let dimension = answer.dimensions.iter().position(|dimension| dimension.value == *value);
    if let (None, Some(index)) = (aggregation, dimension) {
        return answer.at(index).ok_or_else(|| wrong(path, "no such dimension"));
    }
    let Some(aggregation) = aggregation else { return answer.by_column(value, path) };
    let found = answer.measures.iter().position(|measure| {
        measure.aggregation == Some(aggregation)
            && (measure.of.as_ref() == Some(value) || (aggregation == Aggregation::Count && measure.of.is_none()))
    });
    found
        .and_then(|index| answer.at(answer.dimensions.len() + index))
        .ok_or_else(|| wrong(path, format!("the query has no measure `{}` over this column", aggregation.as_str())))
}
