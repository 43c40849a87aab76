//! Which columns and stored formulas the definitions of a catalog name.

use std::collections::BTreeSet;

use drillcore_formulas::{Reference, parse, references};

use super::base::{Reach, reach};
use crate::catalog::{Catalog, Definition, Dependency};

/// What each derived column and stored formula is made of, by its own text.
pub(crate) fn dependencies(catalog: &Catalog) -> Vec<Dependency> {
    let mut found = Vec::new();
    for entry in catalog.datasets.values() {
        for derived in &entry.derived {
            let uses = uses(catalog, &entry.name, &derived.expression, false);
            found.push(Dependency { of: Definition::column(&entry.name, &derived.name), uses });
        }
    }
    for formula in catalog.formulas.values() {
        let uses = uses(catalog, &formula.dataset, &formula.expression, true);
        found.push(Dependency { of: Definition::formula(&formula.name), uses });
    }
    found.sort_by(|a, b| a.of.cmp(&b.of));
    found
}

/// What a text over a dataset names. In one of groups, names outside aggregates are those of stored formulas.
fn uses(catalog: &Catalog, dataset: &str, text: &str, of_groups: bool) -> Vec<Definition> {
    let Ok(tree) = parse(text) else { return Vec::new() };
    let names = references(&tree);
    let mut found = BTreeSet::new();
    for reference in names.outside.iter().filter(|_| of_groups) {
        if catalog.formulas.contains_key(&reference.name) {
            found.insert(Definition::formula(&reference.name));
        }
    }
    let outside = names.outside.iter().filter(|_| !of_groups);
    found.extend(names.in_aggregates.iter().chain(outside).filter_map(|reference| column(catalog, dataset, reference)));
    found.into_iter().collect()
}

/// The column that a name in a formula over a dataset stands for, if there is one.
pub(super) fn column(catalog: &Catalog, dataset: &str, reference: &Reference) -> Option<Definition> {
    let holder = match &reference.dataset {
        None => dataset,
        Some(name) => match reach(catalog, dataset, name) {
            Reach::Chain(chain) => chain.last().map_or(dataset, |link| link.to.as_str()),
            Reach::Ambiguous(_) | Reach::Unreachable => return None,
        },
    };
    let entry = catalog.datasets.get(holder)?;
    let known = entry.columns.iter().any(|column| column.id == reference.name)
        || entry.derived_column(&reference.name).is_some();
    known.then(|| Definition::column(holder, &reference.name))
}
