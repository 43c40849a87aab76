//! The document around the queries.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde_json::Value;

use super::answer::{Compare, Order, Pivot, Top, Totals, Window};
use super::columns::{Dimension, Measure};
use super::filter::Filter;
use super::names::{DayName, Get};
use super::values::{Given, Parameter};

/// A query, a batch of queries, or a call around either.
#[derive(Debug, JsonSchema)]
#[schemars(untagged, title = "drillcore query document")]
pub(super) enum Document {
    Call(Box<Call>),
    Batch(Box<Batch>),
    Query(Box<Query>),
}

/// A query or a batch of queries.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub(super) enum Queries {
    Batch(Box<Batch>),
    Query(Box<Query>),
}

/// A call around queries. Only the queries mean something.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Call {
    action: Option<Get>,
    find: Queries,
    key: Option<Value>,
    token: Option<Value>,
    version: Option<Value>,
}

/// Several queries that are asked together.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Batch {
    queries: Vec<Query>,
    /// Parameters of all queries.
    parameters: Option<BTreeMap<String, Parameter>>,
    action: Option<Get>,
    key: Option<Value>,
    token: Option<Value>,
    version: Option<Value>,
}

/// A question.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Query {
    /// The name of the query.
    #[schemars(rename = "as")]
    called: Option<String>,
    /// The dataset in which columns without one are looked up.
    dataset_id: Option<String>,
    /// The version of the base that is read; the newest without it.
    at: Option<At>,
    /// Values that are used by name.
    parameters: Option<BTreeMap<String, Parameter>>,
    /// Columns of this query only.
    derived: Option<Vec<Derived>>,
    /// What the rows are grouped by.
    dimensions: Option<Vec<Dimension>>,
    /// What is computed over each group.
    measures: Option<Vec<Measure>>,
    /// What rows must satisfy, all of it.
    #[schemars(rename = "where")]
    filters: Option<Vec<Filter>>,
    /// What groups must satisfy, all of it.
    having: Option<Vec<Filter>>,
    compare: Option<Compare>,
    top: Option<Top>,
    window: Option<Vec<Window>>,
    /// What rows of the answer must satisfy behind the windows, all of it.
    post: Option<Vec<Filter>>,
    totals: Option<Totals>,
    pivot: Option<Pivot>,
    /// The keys of the order; the dimensions without it.
    order: Option<Vec<Order>>,
    limit: Option<Limit>,
    options: Option<Options>,
    /// Accepted and ignored.
    context: Option<Value>,
}

/// A version of a dataset: its number, or a time at which it was the newest.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct At {
    /// The first version is 1.
    version: Option<Given<u64>>,
    /// An instant such as `2026-11-01T00:00:00Z`.
    time: Option<Given<String>>,
}

/// A column of this query only, computed row by row.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Derived {
    #[schemars(rename = "as")]
    called: String,
    expression: String,
}

/// The part of the sorted answer that is wanted.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Limit {
    /// At most so many rows.
    by: Option<u64>,
    /// So many rows are left out first.
    offset: Option<Given<u64>>,
}

/// What holds for the whole query.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Options {
    /// Whether rows are grouped (without it they are) or returned one by one.
    rollup_data: Option<bool>,
    /// The IANA zone of the query; UTC without it.
    timezone_id: Option<Given<String>>,
    /// Monday without it.
    week_start: Option<DayName>,
    /// The first month of years and quarters; 1 without it.
    #[schemars(range(min = 1, max = 12))]
    fiscal_year_start: Option<u8>,
    /// The locale of shown names; `en` without it.
    locale_id: Option<String>,
    /// Whether text is compared with its letter case; without it, it is.
    case_sensitive: Option<bool>,
    /// An answer of more rows is an error.
    max_rows: Option<u64>,
    /// The query is given up after so many milliseconds.
    timeout_ms: Option<u64>,
    /// Whether every figure must be exact; without it, it must.
    exact: Option<bool>,
    /// Whether the answer says how many rows it would have without a limit.
    total_rows: Option<bool>,
    /// What is taken for now, an instant; the clock without it.
    as_of: Option<Given<String>>,
    /// The same as `limit` of the query.
    paging: Option<Limit>,
    /// Accepted and ignored.
    synchronized: Option<Value>,
}
