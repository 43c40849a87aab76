//! The base of a query: the one dataset named from which all others named are reached by links.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::formulas::{datasets, names_outside};
use super::wrong;
use crate::catalog::{Catalog, DatasetEntry};
use crate::error::{Error, Result};
use crate::model::Link;
use crate::query::{Dimension, Field, Filter, Operand, OrderKey, Query, Reference, Target, WindowValue};
use crate::suggest;

/// Links followed from the base at most.
pub(super) const LONGEST_CHAIN: usize = 8;

/// A dataset or link name that the query uses, and where.
struct Named<'a> {
    name: Cow<'a, str>,
    path: String,
}

/// How a name is reached from a base.
pub(super) enum Reach<'a> {
    Chain(Vec<&'a Link>),
    /// Several equally short ways, by their chains of link names.
    Ambiguous(Vec<String>),
    Unreachable,
}

pub(super) fn find(query: &Query, catalog: &Catalog) -> Result<Arc<DatasetEntry>> {
    if let Some(dataset) = &query.dataset {
        return catalog.dataset(dataset).cloned().map_err(|error| error.at("/dataset_id"));
    }
    let mut named = names(query);
    of_stored_formulas(&mut named, query, catalog);
    of_hierarchies(&mut named, query, catalog);
    for name in &named {
        check_known(name, catalog)?;
    }
    let candidates = candidates(&named, catalog);
    let reaching: Vec<&str> = candidates
        .iter()
        .filter(|base| named.iter().all(|name| !matches!(reach(catalog, base, &name.name), Reach::Unreachable)))
        .copied()
        .collect();
    match (reaching.as_slice(), named.is_empty()) {
        ([base], _) => catalog.dataset(base).cloned(),
        ([], true) => match catalog.datasets.values().next() {
            Some(only) if catalog.datasets.len() == 1 => Ok(Arc::clone(only)),
            _ => Err(wrong("", "the query names no dataset; give a dataset_id")),
        },
        ([], false) => {
            let all: BTreeSet<&str> = named.iter().map(|name| &*name.name).collect();
            let last = named.last().map_or("", |name| name.path.as_str());
            Err(wrong(last, format!("no dataset of the query reaches all of {} by links", list(all))))
        }
        (several, _) => {
            let all = list(several.iter().copied());
            Err(wrong("", format!("the query may start from any of {all}; say which with its dataset_id")))
        }
    }
}

/// Names in words: `` `a`, `b` ``.
pub(super) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The way from a base to what a name means: the base itself, a chain of link names, or a dataset that one shortest
/// chain of links leads to.
pub(super) fn reach<'a>(catalog: &'a Catalog, base: &'a str, name: &str) -> Reach<'a> {
    if name == base {
        return Reach::Chain(Vec::new());
    }
    if let Some(chain) = by_links(catalog, base, name) {
        return Reach::Chain(chain);
    }
    if catalog.datasets.contains_key(name) {
        return by_target(catalog, base, name);
    }
    // A chain that begins with a dataset: `flights.origin_airport` or `airports.country`.
    if let Some((first, rest)) = name.split_once('.')
        && catalog.datasets.contains_key(first)
        && let Reach::Chain(mut chain) = reach(catalog, base, first)
    {
        let from = chain.last().map_or(base, |link| link.to.as_str());
        if let Some(more) = by_links(catalog, from, rest) {
            chain.extend(more);
            return Reach::Chain(chain);
        }
    }
    Reach::Unreachable
}

fn by_links<'a>(catalog: &'a Catalog, base: &'a str, chain: &str) -> Option<Vec<&'a Link>> {
    let mut at = base;
    let mut links = Vec::new();
    for name in chain.split('.') {
        let link = catalog.links.iter().find(|link| link.from == at && link.name == name)?;
        at = &link.to;
        links.push(link);
        if links.len() > LONGEST_CHAIN {
            return None;
        }
    }
    Some(links)
}

fn by_target<'a>(catalog: &'a Catalog, base: &'a str, target: &str) -> Reach<'a> {
    let mut ways: Vec<Vec<&Link>> = vec![Vec::new()];
    let mut seen = BTreeSet::from([base]);
    for _ in 0..LONGEST_CHAIN {
        let mut longer = Vec::new();
        for way in &ways {
            let at = way.last().map_or(base, |link| link.to.as_str());
            for link in catalog.links.iter().filter(|link| link.from == at && !seen.contains(link.to.as_str())) {
                let mut next = way.clone();
                next.push(link);
                longer.push(next);
            }
        }
        let mut found: Vec<Vec<&Link>> =
            longer.iter().filter(|way| way.last().is_some_and(|link| link.to == target)).cloned().collect();
        if found.len() > 1 {
            return Reach::Ambiguous(found.iter().map(|way| chain_name(way)).collect());
        }
        if let Some(way) = found.pop() {
            return Reach::Chain(way);
        }
        seen.extend(longer.iter().filter_map(|way| way.last()).map(|link| link.to.as_str()));
        ways = longer;
    }
    Reach::Unreachable
}

/// The links of a chain in one name: `origin_airport.country`.
fn chain_name(chain: &[&Link]) -> String {
    chain.iter().map(|link| link.name.as_str()).collect::<Vec<_>>().join(".")
}

fn check_known(name: &Named<'_>, catalog: &Catalog) -> Result<()> {
    let first = name.name.split('.').next().unwrap_or(&name.name);
    let datasets = || catalog.datasets.keys().map(String::as_str);
    let links = || catalog.links.iter().map(|link| link.name.as_str());
    if datasets().any(|known| *known == *name.name || known == first) || links().any(|known| known == first) {
        return Ok(());
    }
    let hint = suggest::hint(&name.name, datasets().chain(links()));
    Err(Error::query(format!("there is no dataset or link `{}`{hint}", name.name)).at(name.path.clone()))
}

/// The datasets that may be the base: those named, and those that own a link named.
fn candidates<'a>(named: &[Named<'_>], catalog: &'a Catalog) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    for Named { name, .. } in named {
        let first = name.split('.').next().unwrap_or(name);
        match catalog.datasets.get_key_value(&**name).or_else(|| catalog.datasets.get_key_value(first)) {
            Some((dataset, _)) => {
                found.insert(dataset.as_str());
            }
            None => {
                found.extend(catalog.links.iter().filter(|link| link.name == first).map(|link| link.from.as_str()));
            }
        }
    }
    found
}

fn names(query: &Query) -> Vec<Named<'_>> {
    let mut found = Vec::new();
    for (index, Dimension { reference, .. }) in query.dimensions.iter().enumerate() {
        add(&mut found, reference, &format!("/dimensions/{index}"));
    }
    for (index, derived) in query.derived.iter().enumerate() {
        in_formula(&mut found, &derived.expression, &format!("/derived/{index}/expression"));
    }
    for (index, measure) in query.measures.iter().enumerate() {
        let path = format!("/measures/{index}");
        add(&mut found, &measure.reference, &path);
        let settings = &measure.settings;
        let one = settings.column.iter().chain(&settings.by).chain(&settings.last_by).chain(&settings.entity);
        let over = settings.cumulative.iter().map(|cumulative| &cumulative.over);
        one.chain(over).for_each(|reference| add(&mut found, reference, &format!("{path}/aggregation")));
        in_filters(&mut found, &measure.filters, &format!("{path}/where"));
    }
    in_filters(&mut found, &query.filters, "/where");
    in_filters(&mut found, &query.having, "/having");
    query.compare.iter().for_each(|compare| add(&mut found, &compare.reference, "/compare"));
    for (index, window) in query.windows.iter().enumerate() {
        if let WindowValue::Formula(reference) = &window.value {
            add(&mut found, reference, &format!("/window/{index}"));
        }
    }
    for (index, order) in query.order.iter().enumerate() {
        if let OrderKey::Field { reference, .. } = &order.key {
            add(&mut found, reference, &format!("/order/{index}"));
        }
    }
    found
}

fn add<'a>(found: &mut Vec<Named<'a>>, reference: &'a Reference, path: &str) {
    if let Some(name) = &reference.dataset {
        found.push(Named { name: name.into(), path: format!("{path}/dataset_id") });
    }
    match &reference.target {
        Target::Formula(text) => in_formula(found, text, &format!("{path}/formula")),
        Target::Expression(text) => in_formula(found, text, &format!("{path}/expression")),
        Target::Column(_) | Target::Name(_) | Target::StoredFormula(_) | Target::Hierarchy(_) => {}
    }
}

/// The datasets of the hierarchies that a query names without saying where they are.
fn of_hierarchies<'a>(found: &mut Vec<Named<'a>>, query: &'a Query, catalog: &'a Catalog) {
    let mut add = |reference: &Reference, path: String| {
        if let (None, Target::Hierarchy(members)) = (&reference.dataset, &reference.target)
            && let Ok(entry) = catalog.hierarchy(&members.hierarchy)
        {
            found.push(Named { name: entry.definition.dataset.clone().into(), path: format!("{path}/hierarchy_id") });
        }
    };
    for (index, dimension) in query.dimensions.iter().enumerate() {
        add(&dimension.reference, format!("/dimensions/{index}"));
    }
    for (index, filter) in query.filters.iter().enumerate() {
        each_reference(filter, &mut |reference| add(reference, format!("/where/{index}")));
    }
    for (index, measure) in query.measures.iter().enumerate() {
        for filter in &measure.filters {
            each_reference(filter, &mut |reference| add(reference, format!("/measures/{index}/where")));
        }
    }
}

/// The datasets of the stored formulas that a query asks for, or names in formulas of its own.
fn of_stored_formulas<'a>(found: &mut Vec<Named<'a>>, query: &'a Query, catalog: &'a Catalog) {
    if catalog.formulas.is_empty() {
        return;
    }
    let mut add = |reference: &Reference, path: &str| {
        let mut stored = |name: &str, path: String| {
            if let Ok(formula) = catalog.formula(name) {
                found.push(Named { name: formula.dataset.as_str().into(), path });
            }
        };
        match &reference.target {
            Target::StoredFormula(name) => stored(name, format!("{path}/formula_id")),
            Target::Formula(text) => {
                let own = |name: &String| own_names(query).any(|own| own == name);
                let names = names_outside(text).into_iter().filter(|name| !own(name));
                let names = names.filter(|name| catalog.formulas.contains_key(name));
                names.for_each(|name| stored(&name, format!("{path}/formula")));
            }
            _ => {}
        }
    };
    for (index, measure) in query.measures.iter().enumerate() {
        add(&measure.reference, &format!("/measures/{index}"));
    }
    for (index, filter) in query.having.iter().enumerate() {
        each_reference(filter, &mut |reference| add(reference, &format!("/having/{index}")));
    }
    for (index, window) in query.windows.iter().enumerate() {
        if let WindowValue::Formula(reference) = &window.value {
            add(reference, &format!("/window/{index}"));
        }
    }
    for (index, order) in query.order.iter().enumerate() {
        if let OrderKey::Field { reference, .. } = &order.key {
            add(reference, &format!("/order/{index}"));
        }
    }
}

/// What a query calls its columns.
fn own_names(query: &Query) -> impl Iterator<Item = &String> {
    let measures = query.measures.iter().filter_map(|measure| measure.name.as_ref());
    let dimensions = query.dimensions.iter().filter_map(|dimension| dimension.name.as_ref());
    measures.chain(dimensions).chain(query.windows.iter().map(|window| &window.name))
}

fn each_reference(filter: &Filter, visit: &mut dyn FnMut(&Reference)) {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().for_each(|part| each_reference(part, visit)),
        Filter::Not(inner) => each_reference(inner, visit),
        Filter::Leaf(leaf) => {
            visit(&leaf.left.reference);
            if let Some(Operand::Field(Field { reference, .. })) = &leaf.right {
                visit(reference);
            }
        }
    }
}

fn in_formula(found: &mut Vec<Named<'_>>, text: &str, path: &str) {
    found.extend(datasets(text).into_iter().map(|name| Named { name: name.into(), path: path.to_owned() }));
}

fn in_filters<'a>(found: &mut Vec<Named<'a>>, filters: &'a [Filter], path: &str) {
    for (index, filter) in filters.iter().enumerate() {
        in_filter(found, filter, &format!("{path}/{index}"));
    }
}

fn in_filter<'a>(found: &mut Vec<Named<'a>>, filter: &'a Filter, path: &str) {
    match filter {
        Filter::And(parts) => in_filters(found, parts, &format!("{path}/and")),
        Filter::Or(parts) => in_filters(found, parts, &format!("{path}/or")),
        Filter::Not(inner) => in_filter(found, inner, &format!("{path}/not")),
        Filter::Leaf(leaf) => {
            add(found, &leaf.left.reference, &format!("{path}/parameters/0"));
            if let Some(Operand::Field(Field { reference, .. })) = &leaf.right {
                add(found, reference, &format!("{path}/parameters/1"));
            }
        }
    }
}
