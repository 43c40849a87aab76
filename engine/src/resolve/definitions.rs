//! Definitions without a query: what derived columns and stored formulas give, and what is wrong with them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use drillcore_formulas::{parse, references};

use super::derived::EXPRESSION;
use super::measures::Measures;
use super::outputs::Names;
use super::{ColumnRef, Predicate, Probed, Resolver, Scalar, Within};
use crate::catalog::{Catalog, DatasetEntry, DerivedColumn, Formula};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ColumnType, WeekStart};
use crate::query::{Dimension, Query, Reference, Target};
use crate::scope::Scope;
use crate::time::{Calendar, Zone};

/// What a definition takes from a query.
#[derive(Debug, Clone, Copy)]
struct Setting {
    zone: &'static str,
    week_start: WeekStart,
    fiscal_year_start: u8,
    now: i64,
}

const PLAIN: Setting = Setting { zone: "UTC", week_start: WeekStart::Monday, fiscal_year_start: 1, now: 0 };

/// Other settings, and what they differ in. No clock of the zone ever showed the time of UTC.
const OTHERS: [(&str, Setting); 4] = [
    ("the zone of the query", Setting { zone: "Pacific/Chatham", ..PLAIN }),
    ("the first day of the week", Setting { week_start: WeekStart::Thursday, ..PLAIN }),
    ("the fiscal year", Setting { fiscal_year_start: 7, ..PLAIN }),
    ("the clock", Setting { now: 1_234_567_890_123_456, ..PLAIN }),
];

/// The type of a derived column of a dataset.
///
/// # Errors
///
/// `InvalidInput` at its place in the definition: the formula has no meaning over the dataset, or the column is to be
/// stored and depends on more than its row.
pub(crate) fn column_type_of(catalog: &Catalog, dataset: &str, name: &str) -> Result<ColumnType> {
    let (entry, derived) = derived(catalog, dataset, name)?;
    let value = value_in(catalog, &entry, derived, PLAIN).map_err(|error| refused(&error))?;
    if derived.materialize {
        check_own(catalog, &entry, derived, &value)?;
    }
    Ok(value.output_type().column_type())
}

/// The values of the columns that a sync of a dataset stores.
///
/// # Errors
///
/// As [`column_type_of`].
pub(crate) fn values_of_rows<'e>(
    catalog: &Catalog,
    entry: &'e Arc<DatasetEntry>,
) -> Result<Vec<(&'e DerivedColumn, Scalar)>> {
    let mut found = Vec::new();
    for derived in entry.derived.iter().filter(|derived| derived.materialize) {
        let value = value_in(catalog, entry, derived, PLAIN).map_err(|error| refused(&error))?;
        check_own(catalog, entry, derived, &value)?;
        found.push((derived, value));
    }
    Ok(found)
}

/// The type of a stored formula.
///
/// # Errors
///
/// `InvalidInput` at its place in the definition: the formula has no meaning over its dataset.
pub(crate) fn formula_type_of(catalog: &Catalog, name: &str) -> Result<ColumnType> {
    let formula = catalog.formula(name)?;
    let base = Arc::clone(catalog.dataset(&formula.dataset)?);
    let mut query = Query::on(&formula.dataset);
    query.dimensions = dimensions_named(catalog, &base, formula);
    let (scope, probed) = (Scope::unrestricted(), Probed::default());
    let within = Within { catalog, scope: &scope, query: &query, probed: &probed };
    let mut resolver = Resolver::bare(within, base, calendar(PLAIN)?, PLAIN.now);
    resolver.context = Ok(Predicate::Constant(true));
    let mut names = Names::new(&query)?;
    for dimension in &query.dimensions {
        let resolved = resolver.dimension(dimension, EXPRESSION, &mut names)?;
        resolver.dimensions.push(resolved);
    }
    let value = resolver.stored_text(formula, &mut Measures::new(0, names)).map_err(|error| refused(&error))?;
    Ok(value.output_type().column_type())
}

/// All that is wrong with the definitions of a catalog: what, and why.
pub(crate) fn broken(catalog: &Catalog) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in catalog.datasets.values() {
        for derived in &entry.derived {
            if let Err(error) = column_type_of(catalog, &entry.name, &derived.name) {
                let what = format!("column `{}` of dataset `{}`", derived.name, entry.name);
                found.insert(what, error.message().to_owned());
            }
        }
        if let Err(error) = DatasetEntry::clone(entry).with_filters(entry.filters.clone()) {
            found.insert(format!("the filters of dataset `{}`", entry.name), error.message().to_owned());
        }
    }
    for name in catalog.formulas.keys() {
        if let Err(error) = formula_type_of(catalog, name) {
            found.insert(format!("stored formula `{name}`"), error.message().to_owned());
        }
    }
    found
}

/// The value of a column of a dataset that is its own, or is derived from such.
///
/// # Errors
///
/// `NotFound` if there is none; `InvalidInput` if it depends on more than its row.
pub(super) fn own_value(dataset: &DatasetEntry, id: &str, calendar: &Calendar, now: i64) -> Result<Scalar> {
    if let Some(column) = dataset.columns.iter().find(|column| column.id == id) {
        let of = ColumnRef { lookup: None, column: column.id.clone(), column_type: column.column_type };
        return Ok(Scalar::Column(of));
    }
    if dataset.derived_column(id).is_none() {
        return Err(dataset.no_column(id));
    }
    dataset.own_texts(id).map_err(|reason| {
        let what = format!("column `{id}` of dataset `{}` must be made of its row alone", dataset.name);
        Error::input(format!("{what}: {reason}"))
    })?;
    // Without links there is nothing to look up in a catalog.
    let (catalog, query) = (Catalog::default(), Query::default());
    let (scope, probed) = (Scope::unrestricted(), Probed::default());
    let within = Within { catalog: &catalog, scope: &scope, query: &query, probed: &probed };
    let mut resolver = Resolver::bare(within, Arc::new(dataset.clone()), calendar.clone(), now);
    resolver.column_at(None, id).map(|(value, _)| value)
}

fn derived<'c>(catalog: &'c Catalog, dataset: &str, name: &str) -> Result<(Arc<DatasetEntry>, &'c DerivedColumn)> {
    let entry = catalog.dataset(dataset)?;
    let derived = entry.derived_column(name).ok_or_else(|| {
        Error::new(ErrorKind::NotFound, format!("dataset `{dataset}` has no derived column `{name}`"))
    })?;
    Ok((Arc::clone(entry), derived))
}

fn calendar(setting: Setting) -> Result<Calendar> {
    Calendar::new(Zone::named(setting.zone)?, setting.week_start, setting.fiscal_year_start)
}

/// The value of a derived column in a setting.
fn value_in(catalog: &Catalog, entry: &Arc<DatasetEntry>, derived: &DerivedColumn, setting: Setting) -> Result<Scalar> {
    let query = Query::on(&entry.name);
    let (scope, probed) = (Scope::unrestricted(), Probed::default());
    let within = Within { catalog, scope: &scope, query: &query, probed: &probed };
    let mut resolver = Resolver::bare(within, Arc::clone(entry), calendar(setting)?, setting.now);
    resolver.context = Ok(Predicate::Constant(true));
    resolver.definition(None, entry, derived)
}

/// Refuses a column that is to be stored and depends on more than its row. What a formula takes from the query stands
/// in its checked tree, so the trees of different settings tell it.
fn check_own(catalog: &Catalog, entry: &Arc<DatasetEntry>, derived: &DerivedColumn, value: &Scalar) -> Result<()> {
    let refusal = |reason: String| {
        let message =
            format!("column `{}` of dataset `{}` cannot be stored by a sync: {reason}", derived.name, entry.name);
        Error::input(message).at("/materialize")
    };
    entry.own_texts(&derived.name).map_err(refusal)?;
    let held = value.output_type().column_type();
    if matches!(held, ColumnType::Decimal { scale, .. } if scale < 0) {
        return Err(refusal(format!("no file holds a {}", held.name())));
    }
    for (what, setting) in OTHERS {
        if value_in(catalog, entry, derived, setting)? != *value {
            return Err(refusal(format!("it depends on {what}")));
        }
    }
    Ok(())
}

/// Dimensions for the names in a formula that may be those of a query's dimensions: `FIXED` and `EXCLUDE` outside of
/// another aggregate mean such, and only the query has them.
fn dimensions_named(catalog: &Catalog, base: &Arc<DatasetEntry>, formula: &Formula) -> Vec<Dimension> {
    let mut found = Vec::new();
    let (mut open, mut seen) = (vec![formula.expression.clone()], BTreeSet::new());
    while let Some(text) = open.pop() {
        let Ok(tree) = parse(&text) else { continue };
        let names = references(&tree);
        for reference in &names.in_aggregates {
            if !seen.insert((reference.dataset.clone(), reference.name.clone())) {
                continue;
            }
            let column =
                Reference { dataset: reference.dataset.clone(), target: Target::Column(reference.name.clone()) };
            found.extend(dimension(catalog, base, column, reference.dataset.is_none().then_some(&reference.name)));
        }
        let stored = names.outside.iter().filter_map(|reference| catalog.formulas.get(&reference.name));
        for stored in stored.filter(|stored| seen.insert((None, format!("{{{}}}", stored.name)))) {
            open.push(stored.expression.clone());
        }
    }
    found
}

/// A dimension on a column, else one of any column that has the name.
fn dimension(
    catalog: &Catalog,
    base: &Arc<DatasetEntry>,
    column: Reference,
    name: Option<&String>,
) -> Option<Dimension> {
    let query = Query::on(&base.name);
    let (scope, probed) = (Scope::unrestricted(), Probed::default());
    let within = Within { catalog, scope: &scope, query: &query, probed: &probed };
    let mut resolver = Resolver::bare(within, Arc::clone(base), calendar(PLAIN).ok()?, PLAIN.now);
    resolver.context = Ok(Predicate::Constant(true));
    if resolver.value(&column, "").is_ok() {
        return Some(Dimension::from(column));
    }
    let any = base.columns.first()?;
    let any = Reference { dataset: None, target: Target::Column(any.id.clone()) };
    name.map(|name| Dimension::from(any).named(name))
}

/// What is wrong with a definition, as an error of who made it.
fn refused(error: &Error) -> Error {
    let kind = match error.kind() {
        ErrorKind::InvalidQuery | ErrorKind::NotFound => ErrorKind::InvalidInput,
        other => other,
    };
    let refused = Error::new(kind, error.message()).at(error.path().unwrap_or(EXPRESSION));
    match error.span() {
        Some((start, end)) => refused.with_span(start, end),
        None => refused,
    }
}
