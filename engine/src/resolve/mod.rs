//! From a query, the catalog and a scope to a [`ResolvedQuery`]: names become columns and links, levels are checked,
//! literals take the type of what they are compared with, the scope's filters are added.

mod aggregates;
mod answer;
mod asked;
mod base;
mod columns;
mod compare;
mod compared_ranges;
#[cfg(feature = "sql")]
mod dataset_rows;
mod dates;
mod dimensions;
mod domains;
mod drill;
mod filters;
mod formulas;
mod groups;
mod measures;
mod member;
mod numbers;
mod order;
mod outputs;
mod probe;
mod relative;
mod resolved;
mod scoped;
mod shape;
pub(crate) mod shown;
mod steps;
mod windows;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

pub(crate) use compared_ranges::compared_ranges;
#[cfg(feature = "sql")]
pub(crate) use dataset_rows::dataset_rows;
pub(crate) use drill::{Drill, rows_behind};
pub(crate) use groups::{
    Call, Compare, Compared, Cumulative, Domain, Groups, Latest, Measure, Part, Pivot, Steps, TieredOrder, Top, Totals,
    Window,
};
pub(crate) use member::value as member_value;
pub(crate) use probe::{Extent, Probed};
pub(crate) use resolved::{
    Bound, ColumnRef, Comparison, DatasetRef, Dimension, KeyPair, Lookup, Output, OutputType, Predicate, ResolvedQuery,
    Scalar, Shape, SortKey, Test, TextPart, TextSide,
};

use crate::catalog::{Catalog, DatasetEntry};
use crate::error::{Error, Result};
use crate::query::{Limit, Query};
use crate::scope::Scope;
use crate::time::{Calendar, Zone};
use asked::Asked;

/// Rows that an answer may have, unless the engine is given another bound.
pub(crate) const DEFAULT_MAX_ROWS: u64 = 100_000;

/// What a query is resolved in.
pub(crate) struct Surroundings<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) scope: &'a Scope,
    /// Rows that any answer may have.
    pub(crate) max_rows: u64,
    pub(crate) now: DateTime<Utc>,
    /// What is known of the data so far.
    pub(crate) probed: &'a Probed,
}

/// How far a query is resolved.
pub(crate) enum Resolution {
    Ready(Box<ResolvedQuery>),
    /// These queries for the extent of a column must be answered first.
    Needs(Vec<ResolvedQuery>),
}

/// Fixes everything that a query leaves to its surroundings.
///
/// # Errors
///
/// Whatever is wrong with the query, at its place in the document; `AccessDenied` where the scope leaves a required
/// filter undecided.
pub(crate) fn resolve(query: &Query, surroundings: &Surroundings<'_>) -> Result<Resolution> {
    let mut resolver = Resolver::begin(query, surroundings)?;
    // What follows looks at the filters, and they are not known yet.
    if !resolver.needed.is_empty() {
        return Ok(Resolution::Needs(resolver.needed));
    }
    let (shape, order) = if query.options.rollup_data { resolver.grouped()? } else { resolver.rows()? };
    let filter = resolver.asked.all();
    Ok(resolver.finish(filter, shape, order, query.limit, surroundings))
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
    query: &'a Query,
    base: Arc<DatasetEntry>,
    calendar: Calendar,
    locale: String,
    /// Microseconds since 1970-01-01T00:00:00Z.
    now: i64,
    lookups: Vec<Lookup>,
    /// The dataset behind each lookup.
    targets: Vec<Arc<DatasetEntry>>,
    /// The query's own columns, once they are resolved.
    derived: BTreeMap<String, columns::Derivation>,
    /// The aggregates that the measures are made of.
    parts: Vec<Part>,
    asked: Asked,
    probed: &'a Probed,
    needed: Vec<ResolvedQuery>,
}

impl<'a> Resolver<'a> {
    /// Resolves what a query says of rows: its own columns and its filters.
    fn begin(query: &'a Query, surroundings: &Surroundings<'a>) -> Result<Self> {
        // A query made by hand has not been through the checks of the document.
        query.check()?;
        let Surroundings { catalog, scope, probed, .. } = *surroundings;
        let options = &query.options;
        let calendar = calendar(query)?;
        let base = base::find(query, catalog)?;
        let mut resolver = Self {
            catalog,
            scope,
            query,
            asked: Asked { own: scoped::dataset_filters(&base, scope, &calendar)?, parts: Vec::new() },
            base,
            calendar,
            locale: options.locale_id.clone().unwrap_or_else(|| "en".to_owned()),
            now: options.as_of.unwrap_or(surroundings.now).timestamp_micros(),
            lookups: Vec::new(),
            targets: Vec::new(),
            derived: BTreeMap::new(),
            parts: Vec::new(),
            probed,
            needed: Vec::new(),
        };
        resolver.resolve_derived()?;
        resolver.resolve_where()?;
        Ok(resolver)
    }

    /// The query as it is resolved, unless something must be known of the data first.
    fn finish(
        self,
        filter: Predicate,
        shape: Shape,
        order: Vec<SortKey>,
        limit: Option<Limit>,
        surroundings: &Surroundings<'_>,
    ) -> Resolution {
        if !self.needed.is_empty() {
            return Resolution::Needs(self.needed);
        }
        let options = &self.query.options;
        Resolution::Ready(Box::new(ResolvedQuery {
            base: DatasetRef { name: self.base.name.clone(), id: self.base.id },
            calendar: self.calendar,
            locale: self.locale,
            lookups: self.lookups,
            filter,
            shape,
            order,
            limit: limit.and_then(|limit| limit.by),
            offset: limit.map_or(0, |limit| limit.offset),
            max_rows: options.max_rows.unwrap_or(surroundings.max_rows).min(surroundings.max_rows),
            total_rows: options.total_rows,
        }))
    }
}

/// An error at a place that has both a JSON path and a message.
fn wrong(path: &str, message: impl Into<String>) -> Error {
    Error::query(message).at(path)
}
