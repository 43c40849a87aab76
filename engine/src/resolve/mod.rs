//! From a query, the catalog and a scope to a [`ResolvedQuery`]: names become columns and links, levels are checked,
//! literals take the type of what they are compared with, the scope's filters are added.

mod aggregates;
mod answer;
mod asked;
mod base;
mod bounds;
mod columns;
mod compare;
mod compared_ranges;
mod context;
mod cumulated;
#[cfg(feature = "sql")]
mod dataset_rows;
mod dates;
mod definitions;
mod dependencies;
mod derived;
mod detail;
mod dimensions;
mod domains;
mod drill;
mod filters;
mod fixed;
mod formulas;
mod grain;
mod grain_names;
mod groups;
mod measures;
mod member;
mod members;
mod numbers;
mod order;
mod outputs;
mod probe;
mod relative;
mod renames;
mod resolved;
mod scoped;
mod shape;
pub(crate) mod shown;
mod steps;
mod stored;
mod visit;
mod windows;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

pub(crate) use compared_ranges::compared_ranges;
#[cfg(feature = "sql")]
pub(crate) use dataset_rows::dataset_rows;
pub(crate) use definitions::{broken, column_type_of, formula_type_of, values_of_rows};
pub(crate) use dependencies::dependencies;
pub(crate) use drill::{CellGroups, CellKey, CellOver, Drill, GroupSet, GroupTuples, LostLabels, rows_behind};
pub(crate) use fixed::FixedValue;
pub(crate) use grain::{Finer, FinerReading, FixedReading, Grain};
pub(crate) use groups::{
    Call, Compare, Compared, Cumulative, Domain, Expanded, Groups, Hidden, Latest, Measure, Part, Pivot, Steps,
    TieredOrder, Top, Totals,
};
pub(crate) use member::value as member_value;
pub(crate) use members::{NodeOf, TreeKey, WantedTree};
pub(crate) use probe::{Extent, Needed, Probed};
pub(crate) use renames::{rename_column, rename_formula};
pub(crate) use resolved::{
    Bound, ColumnRef, Comparison, DatasetRef, Dimension, KeyPair, Lookup, Output, OutputType, Predicate, ResolvedQuery,
    Scalar, Shape, SortKey, Test, TextPart, TextSide,
};
pub(crate) use windows::{Window, WindowPart};

use crate::catalog::{Catalog, DatasetEntry};
use crate::error::{Error, Result};
use crate::model::{Column, ColumnType};
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
    pub(crate) held: Held<'a>,
}

/// The derived columns of a dataset that are read like others, because what is read of it holds them.
pub(crate) type Held<'a> = &'a dyn Fn(&DatasetEntry) -> Result<BTreeMap<String, ColumnType>>;

/// How far a query is resolved.
pub(crate) enum Resolution {
    Ready(Box<ResolvedQuery>),
    /// This must be known first.
    Needs(Needed),
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

/// The dataset that a query starts from.
///
/// # Errors
///
/// Whatever is wrong with the query by itself; if there is no such dataset, or it may be any of several.
pub(crate) fn base_of(query: &Query, catalog: &Catalog) -> Result<Arc<DatasetEntry>> {
    query.check()?;
    base::find(query, catalog)
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
    /// The columns that datasets derive, once they are resolved, by the lookup and their name.
    stored: BTreeMap<(Option<usize>, String), (Scalar, Column)>,
    /// Those that are being resolved, by their dataset and name, the outermost first.
    deriving: Vec<(String, String)>,
    /// Those of the base that are read like others.
    held: BTreeMap<String, ColumnType>,
    /// The depth of the formulas that are being read.
    underway: usize,
    /// Why the scope does not let a formula be read.
    denied: Option<Error>,
    /// The rows that fixed values of rows are over, or why there are no such values.
    context: Result<Predicate, &'static str>,
    /// The different fixed values of rows.
    fixed: Vec<Arc<FixedValue>>,
    /// The dimensions, once they are resolved.
    dimensions: Vec<Dimension>,
    /// The aggregates that the measures are made of.
    parts: Vec<Part>,
    asked: Asked,
    probed: &'a Probed,
    needed: Needed,
}

/// What a resolver looks at.
#[derive(Clone, Copy)]
struct Within<'a> {
    catalog: &'a Catalog,
    scope: &'a Scope,
    query: &'a Query,
    probed: &'a Probed,
}

impl<'a> Resolver<'a> {
    /// Resolves what a query says of rows: its own columns and its filters.
    fn begin(query: &'a Query, surroundings: &Surroundings<'a>) -> Result<Self> {
        // A query made by hand has not been through the checks of the document.
        query.check()?;
        let Surroundings { catalog, scope, probed, .. } = *surroundings;
        let calendar = calendar(query)?;
        let now = query.options.as_of.unwrap_or(surroundings.now).timestamp_micros();
        let within = Within { catalog, scope, query, probed };
        let mut resolver = Self::bare(within, base::find(query, catalog)?, calendar, now);
        resolver.held = (surroundings.held)(&resolver.base)?;
        resolver.asked.own = resolver.own_filters()?;
        resolver.resolve_context()?;
        resolver.resolve_derived()?;
        resolver.resolve_where()?;
        resolver.resolve_under()?;
        Ok(resolver)
    }

    /// A resolver that knows nothing yet of the rows that are asked for.
    fn bare(within: Within<'a>, base: Arc<DatasetEntry>, calendar: Calendar, now: i64) -> Self {
        let Within { catalog, scope, query, probed } = within;
        Self {
            catalog,
            scope,
            query,
            asked: Asked { own: Predicate::Constant(true), parts: Vec::new() },
            base,
            calendar,
            locale: query.options.locale_id.clone().unwrap_or_else(|| "en".to_owned()),
            now,
            lookups: Vec::new(),
            targets: Vec::new(),
            derived: BTreeMap::new(),
            stored: BTreeMap::new(),
            deriving: Vec::new(),
            held: BTreeMap::new(),
            underway: 0,
            denied: None,
            context: Err(context::NOT_YET),
            fixed: Vec::new(),
            dimensions: Vec::new(),
            parts: Vec::new(),
            probed,
            needed: Needed::default(),
        }
    }

    /// The filters of the base, as the scope decides them.
    fn own_filters(&mut self) -> Result<Predicate> {
        let (base, calendar, scope) = (Arc::clone(&self.base), self.calendar.clone(), self.scope);
        let mut value = |id: &str| self.column_at(None, id).map(|(value, _)| value);
        scoped::dataset_filters(&base, scope, &calendar, &mut value)
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
