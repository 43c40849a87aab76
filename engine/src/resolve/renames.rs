//! New names for derived columns and stored formulas, in every text and hierarchy that has the old ones.

use std::collections::BTreeSet;
use std::sync::Arc;

use drillcore_formulas::{Reference, parse, references, renamed};

use super::dependencies::column;
use crate::catalog::{Catalog, DatasetEntry, Definition, Formula};
use crate::error::{Error, ErrorKind, Result};

/// A catalog in which a derived column has another name, in all formulas, filters and hierarchies too.
///
/// # Errors
///
/// `NotFound` if there is none; `InvalidInput` if the new name is taken or is none.
pub(crate) fn rename_column(catalog: &Catalog, dataset: &str, old: &str, new: &str) -> Result<Catalog> {
    let entry = catalog.dataset(dataset)?;
    if entry.derived_column(old).is_none() {
        let message = format!("dataset `{dataset}` has no derived column `{old}`");
        return Err(Error::new(ErrorKind::NotFound, message));
    }
    let meant = Definition::column(dataset, old);
    let is_meant = |of: &str, reference: &Reference| column(catalog, of, reference).as_ref() == Some(&meant);
    let mut next = catalog.with_column_of_hierarchies(dataset, old, new);
    for entry in catalog.datasets.values() {
        let mut changed = DatasetEntry::clone(entry);
        for derived in &mut changed.derived {
            derived.expression = rewritten(&derived.expression, new, |reference, _| is_meant(&entry.name, reference))?;
        }
        if entry.name == dataset {
            changed.derived.iter_mut().filter(|derived| derived.name == old).for_each(|derived| {
                new.clone_into(&mut derived.name);
            });
            changed.filters.iter_mut().filter(|filter| filter.column_id == old).for_each(|filter| {
                new.clone_into(&mut filter.column_id);
            });
            let derived = std::mem::take(&mut changed.derived);
            changed = changed.with_derived(derived)?;
        }
        if changed.derived != entry.derived || changed.filters != entry.filters {
            next.datasets.insert(entry.name.clone(), Arc::new(changed));
        }
    }
    for formula in catalog.formulas.values() {
        let expression = rewritten(&formula.expression, new, |reference, in_aggregate| {
            in_aggregate && is_meant(&formula.dataset, reference)
        })?;
        if expression != formula.expression {
            let formula = Formula { expression, ..Formula::clone(formula) };
            next.formulas.insert(formula.name.clone(), Arc::new(formula));
        }
    }
    Ok(next)
}

/// A catalog in which a stored formula has another name, in all formulas too.
///
/// # Errors
///
/// `NotFound` if there is none; `InvalidInput` if the new name is taken or is none.
pub(crate) fn rename_formula(catalog: &Catalog, name_or_id: &str, new: &str) -> Result<Catalog> {
    let meant = Arc::clone(catalog.formula(name_or_id)?);
    let mut next = catalog.with_formula(Formula { name: new.to_owned(), ..Formula::clone(&meant) })?;
    for formula in catalog.formulas.values().filter(|formula| formula.id != meant.id) {
        let expression = rewritten(&formula.expression, new, |reference, in_aggregate| {
            !in_aggregate && reference.name == meant.name
        })?;
        if expression != formula.expression {
            let formula = Formula { expression, ..Formula::clone(formula) };
            next.formulas.insert(formula.name.clone(), Arc::new(formula));
        }
    }
    Ok(next)
}

/// The text with a new name for the references that `is_meant`, which is told whether they stand inside an aggregate.
fn rewritten(text: &str, new: &str, is_meant: impl Fn(&Reference, bool) -> bool) -> Result<String> {
    let Ok(tree) = parse(text) else { return Ok(text.to_owned()) };
    let names = references(&tree);
    let inside = names.in_aggregates.iter().filter(|reference| is_meant(reference, true));
    let outside = names.outside.iter().filter(|reference| is_meant(reference, false));
    let places: BTreeSet<usize> = inside.chain(outside).map(|reference| reference.span.start()).collect();
    if places.is_empty() {
        return Ok(text.to_owned());
    }
    let mut rename = |reference: &Reference| {
        let here = places.contains(&reference.span.start());
        here.then(|| Reference { name: new.to_owned(), ..reference.clone() })
    };
    renamed(text, &mut rename).map_err(|error| Error::input(error.message()))
}
