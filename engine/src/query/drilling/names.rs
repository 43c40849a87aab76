//! How the dimensions of a query are called in its answer, as far as it can be told without a catalog, and which of
//! these names the query itself uses.

use std::collections::BTreeSet;

use crate::error::{Error, ErrorKind, Result};
use crate::query::{
    Dimension, Field, Filter, MemberLevel, Members, Operand, Order, OrderKey, Query, Reference, Target, WindowValue,
};
use crate::suggest;

/// The dimension that is called so.
///
/// # Errors
///
/// `NotFound` if there is none.
pub(super) fn find<'q>(query: &'q Query, name: &str) -> Result<(usize, &'q Dimension)> {
    let names = answer_names(query);
    let exact = names.iter().position(|known| known == name);
    let place = exact.or_else(|| nearly_called(query, name));
    let found = place.and_then(|place| query.dimensions.get(place).map(|dimension| (place, dimension)));
    found.ok_or_else(|| {
        let hint = suggest::hint(name, names.iter().map(String::as_str));
        Error::new(ErrorKind::NotFound, format!("the query has no dimension `{name}`{hint}"))
    })
}

/// The names of the dimensions in the answer. Where a default name takes a catalog, it is the likely one.
pub(super) fn answer_names(query: &Query) -> Vec<String> {
    let mut taken: BTreeSet<String> = given_names(query).map(str::to_owned).collect();
    let mut unique = |plain: String| {
        let mut name = plain.clone();
        let mut number = 2;
        while !taken.insert(name.clone()) {
            name = format!("{plain}_{number}");
            number += 1;
        }
        name
    };
    let dimensions = query.dimensions.iter();
    dimensions.map(|of| of.name.clone().unwrap_or_else(|| unique(default_name(query, of)))).collect()
}

fn given_names(query: &Query) -> impl Iterator<Item = &str> {
    let dimensions = query.dimensions.iter().filter_map(|dimension| dimension.name.as_deref());
    let measures = query.measures.iter().filter_map(|measure| measure.name.as_deref());
    dimensions.chain(measures).chain(query.windows.iter().map(|window| window.name.as_str()))
}

fn default_name(query: &Query, dimension: &Dimension) -> String {
    let dataset = dimension.reference.dataset.as_deref().filter(|name| Some(*name) != query.dataset.as_deref());
    let plain = match (&dimension.reference.target, dataset) {
        (Target::Hierarchy(members), _) => return default_name_of_members(members),
        (Target::Column(id), Some(dataset)) if dimension.discretization.is_none() => format!("{dataset}.{id}"),
        (Target::Column(id) | Target::Name(id), _) => id.clone(),
        (Target::Formula(_) | Target::Expression(_) | Target::StoredFormula(_), _) => "formula".to_owned(),
    };
    match dimension.level {
        Some(level) => format!("{plain}_{}", level.name()),
        None => plain,
    }
}

fn default_name_of_members(members: &Members) -> String {
    let id = &members.hierarchy;
    match &members.level {
        Some(MemberLevel::Name(level)) => format!("{id}_{level}"),
        Some(MemberLevel::Number(level)) => format!("{id}_{level}"),
        None => id.clone(),
    }
}

/// The one dimension without a name of its own that may be called so: by the id of its column or hierarchy, or by a
/// default name that takes a catalog to tell.
fn nearly_called(query: &Query, name: &str) -> Option<usize> {
    if given_names(query).any(|given| given == name) {
        return None;
    }
    let mut near = query.dimensions.iter().enumerate().filter(|(_, of)| of.name.is_none() && may_be_called(of, name));
    match (near.next(), near.next()) {
        (Some((place, _)), None) => Some(place),
        _ => None,
    }
}

fn may_be_called(dimension: &Dimension, name: &str) -> bool {
    match &dimension.reference.target {
        Target::Column(id) => {
            let level = dimension.level.and_then(|level| name.strip_suffix(level.name())?.strip_suffix('_'));
            let column = level.unwrap_or(name);
            column == id || column.strip_suffix(id.as_str()).is_some_and(|link| link.ends_with('.'))
        }
        Target::Hierarchy(members) => {
            name.strip_prefix(members.hierarchy.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        }
        _ => false,
    }
}

/// The names by which the query itself refers to its dimensions, with the places of these. Of several names for a
/// dimension the one in the answer comes first.
pub(super) fn mentioned(query: &Query) -> Vec<(String, usize)> {
    let mentions = Mentions::of(query);
    let names = answer_names(query);
    let is_mentioned = |name: &str| mentions.names.contains(name) || mentions.formulas.iter().any(|f| f.contains(name));
    let exact = names.iter().enumerate().filter(|(_, name)| is_mentioned(name));
    let mut found: Vec<(String, usize)> = exact.map(|(place, name)| (name.clone(), place)).collect();
    let others = mentions.names.iter().filter(|name| !names.iter().any(|known| known == *name));
    found.extend(others.filter_map(|name| Some(((*name).to_owned(), nearly_called(query, name)?))));
    found
}

/// Gives dimensions without a name the one by which the query refers to them, where they would be called otherwise.
pub(super) fn keep(query: &mut Query, mentioned: &[(String, usize)]) {
    loop {
        let names = answer_names(query);
        let is_lost = |(name, place): &&(String, usize)| {
            let unnamed = query.dimensions.get(*place).is_some_and(|dimension| dimension.name.is_none());
            unnamed && names.get(*place) != Some(name)
        };
        let Some((name, place)) = mentioned.iter().find(is_lost) else { return };
        let Some(dimension) = query.dimensions.get_mut(*place) else { return };
        dimension.name = Some(name.clone());
    }
}

/// All that may be the name of a dimension.
#[derive(Debug, Default)]
struct Mentions<'q> {
    names: BTreeSet<&'q str>,
    /// The texts of formulas over columns of the answer.
    formulas: Vec<&'q str>,
}

impl<'q> Mentions<'q> {
    fn of(query: &'q Query) -> Self {
        let mut found = Self::default();
        found.orders(&query.order);
        for filter in query.having.iter().chain(&query.post) {
            found.filter(filter);
        }
        if let Some(top) = &query.top {
            found.all(&top.per);
            found.names.extend(top.of.as_deref());
        }
        for level in query.totals.iter().flat_map(|totals| &totals.levels) {
            found.all(level);
        }
        if let Some(pivot) = &query.pivot {
            found.all(&pivot.columns);
        }
        for window in &query.windows {
            found.orders(&window.order_by);
            found.all(window.partition_by.as_deref().unwrap_or_default());
            found.names.extend(window.of.as_deref());
            if let WindowValue::Formula(reference) = &window.value {
                found.reference(reference);
            }
        }
        found
    }

    fn all(&mut self, names: &'q [String]) {
        self.names.extend(names.iter().map(String::as_str));
    }

    fn orders(&mut self, orders: &'q [Order]) {
        for order in orders {
            match &order.key {
                OrderKey::By(name) => {
                    self.names.insert(name);
                }
                OrderKey::Field { reference, .. } => self.reference(reference),
            }
            self.names.extend(order.at.iter().map(|(name, _)| name.as_str()));
        }
    }

    fn filter(&mut self, filter: &'q Filter) {
        match filter {
            Filter::And(parts) | Filter::Or(parts) => parts.iter().for_each(|part| self.filter(part)),
            Filter::Not(inner) => self.filter(inner),
            Filter::Leaf(leaf) => {
                self.reference(&leaf.left.reference);
                if let Some(Operand::Field(Field { reference, .. })) = &leaf.right {
                    self.reference(reference);
                }
            }
        }
    }

    fn reference(&mut self, reference: &'q Reference) {
        match &reference.target {
            Target::Name(name) => {
                self.names.insert(name);
            }
            Target::Formula(text) | Target::Expression(text) => self.formulas.push(text),
            Target::Column(_) | Target::StoredFormula(_) | Target::Hierarchy(_) => {}
        }
    }
}
