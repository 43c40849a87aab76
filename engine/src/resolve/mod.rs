//! From a query, the catalog and a scope to a [`ResolvedQuery`]: names become columns and links, levels are checked,
//! literals take the type of what they are compared with, the scope's filters are added.

mod base;
mod columns;
mod dates;
mod filters;
mod numbers;
mod order;
mod outputs;
mod resolved;
mod scoped;
mod shape;
pub(crate) mod shown;

use std::sync::Arc;

pub(crate) use resolved::{
    Bound, ColumnRef, Comparison, DatasetRef, Dimension, KeyPair, Lookup, Measure, Output, OutputType, Predicate,
    ResolvedQuery, Scalar, Shape, SortKey, Test, TextPart, TextSide,
};

use crate::catalog::{Catalog, DatasetEntry};
use crate::error::{Error, Result};
use crate::query::Query;
use crate::scope::Scope;
use crate::time::{Calendar, Zone};

/// Rows that an answer may have, unless the engine is given another bound.
pub(crate) const DEFAULT_MAX_ROWS: u64 = 100_000;

/// Fixes everything that a query leaves to its surroundings.
///
/// # Errors
///
/// Whatever is wrong with the query, at its place in the document; `AccessDenied` where the scope leaves a required
/// filter undecided.
pub(crate) fn resolve(query: &Query, catalog: &Catalog, scope: &Scope, max_rows: u64) -> Result<ResolvedQuery> {
    // A query made by hand has not been through the checks of the document.
    query.check()?;
    let options = &query.options;
    let calendar = calendar(query)?;
    let base = base::find(query, catalog)?;
    let mut resolver = Resolver {
        catalog,
        scope,
        base: Arc::clone(&base),
        calendar: calendar.clone(),
        locale: options.locale_id.clone().unwrap_or_else(|| "en".to_owned()),
        case_sensitive: options.case_sensitive,
        lookups: Vec::new(),
        targets: Vec::new(),
    };
    let own = scoped::dataset_filters(&base, scope, &calendar)?;
    let asked = resolver.filters(&query.filters, "/where")?;
    let (shape, order) = if options.rollup_data { resolver.grouped(query)? } else { resolver.rows(query)? };
    let limit = query.limit.as_ref();
    Ok(ResolvedQuery {
        base: DatasetRef { name: base.name.clone(), id: base.id },
        calendar,
        locale: resolver.locale,
        lookups: resolver.lookups,
        filter: Predicate::all([own, asked]),
        shape,
        order,
        limit: limit.and_then(|limit| limit.by),
        offset: limit.map_or(0, |limit| limit.offset),
        max_rows: options.max_rows.unwrap_or(max_rows).min(max_rows),
    })
}

fn calendar(query: &Query) -> Result<Calendar> {
    let options = &query.options;
    let zone = match &options.timezone_id {
        Some(name) => Zone::named(name).map_err(|error| error.at("/options/timezone_id"))?,
        None => Zone::utc(),
    };
    Calendar::new(zone, options.week_start, options.fiscal_year_start)
        .map_err(|error| error.at("/options/fiscal_year_start"))
}

/// What is known while one query is resolved.
struct Resolver<'a> {
    catalog: &'a Catalog,
    scope: &'a Scope,
    base: Arc<DatasetEntry>,
    calendar: Calendar,
    locale: String,
    case_sensitive: bool,
    lookups: Vec<Lookup>,
    /// The dataset behind each lookup.
    targets: Vec<Arc<DatasetEntry>>,
}

/// An error at a place that has both a JSON path and a message.
fn wrong(path: &str, message: impl Into<String>) -> Error {
    Error::query(message).at(path)
}
