//! A document as queries.

use std::collections::BTreeMap;

use serde_json::Value;

use super::filters::filter;
use super::node::Node;
use super::object::{Later, each};
use super::{at, items, options, parameters, steps, windows};
use crate::error::{Error, ErrorKind, Result};
use crate::query::{Query, QueryBatch};

/// What Luzmo's call has around the queries. Only the action means something.
pub(super) const CALL: [&str; 5] = ["action", "find", "key", "token", "version"];
/// The fields of a batch.
pub(super) const BATCH: [&str; 2] = ["queries", "parameters"];

pub(super) const QUERY: [&str; 19] = [
    "as",
    "dataset_id",
    "at",
    "parameters",
    "derived",
    "dimensions",
    "measures",
    "where",
    "having",
    "compare",
    "top",
    "window",
    "post",
    "totals",
    "pivot",
    "order",
    "limit",
    "options",
    "context",
];
const QUERY_LATER: &Later = &[("unnest", "unnesting is")];

/// A document of exactly one query, with values for its parameters.
pub(super) fn one(root: Node, values: &BTreeMap<String, Value>) -> Result<Query> {
    let mut queries = batch(root, values)?.queries;
    let count = queries.len();
    match queries.pop() {
        Some(query) if count == 1 => Ok(query),
        _ => Err(Error::query(format!("expected one query, found {count}"))),
    }
}

/// A document of one or several queries, with values for their parameters.
pub(super) fn batch(root: Node, values: &BTreeMap<String, Value>) -> Result<QueryBatch> {
    let root = parameters::bind(root, values)?;
    let object = root.object("a query or a batch of queries")?;
    object.read("action", |node| match node.text()? {
        "get" => Ok(()),
        _ => Err(Error::query("expected the action `get`")),
    })?;
    let queries = if object.has("find") {
        object.only(&CALL, &[])?;
        object.read("find", |node| queries(node, &[]))?.unwrap_or_default()
    } else {
        queries(&root, &CALL)?
    };
    Ok(QueryBatch { queries })
}

/// `{"queries": [..]}` or a query, with fields that may stand beside.
fn queries(node: &Node, beside: &[&str]) -> Result<Vec<Query>> {
    let object = node.object("a query or a batch of queries")?;
    let beside = [beside, &BATCH].concat();
    if !object.has("queries") {
        return Ok(vec![query(node, &beside)?]);
    }
    object.only(&beside, &[])?;
    let queries = object.read("queries", |node| {
        let list = node.list()?;
        if list.len() > QueryBatch::MAX_QUERIES {
            let message = format!("more than {} queries", QueryBatch::MAX_QUERIES);
            return Err(Error::new(ErrorKind::LimitExceeded, message));
        }
        each(list, |node| query(node, &[]))
    })?;
    Ok(queries.unwrap_or_default())
}

fn query(node: &Node, beside: &[&str]) -> Result<Query> {
    let object = node.object("a query")?;
    object.only(&[QUERY.as_slice(), beside].concat(), &[QUERY_LATER])?;
    let (options, paging) = object.read("options", options::read)?.unwrap_or_default();
    let limit = object.read("limit", options::limit)?;
    if limit.is_some() && paging.is_some() {
        return Err(Error::query("`paging` means `limit`, which is given too").at("/options/paging"));
    }
    let query = Query {
        name: object.text("as")?,
        dataset: object.text("dataset_id")?,
        at: object.read("at", at::read)?,
        derived: object.list("derived", steps::derived)?,
        dimensions: object.list("dimensions", items::dimension)?,
        measures: object.list("measures", items::measure)?,
        filters: object.list("where", filter)?,
        having: object.list("having", filter)?,
        compare: object.read("compare", steps::compare)?,
        top: object.read("top", steps::top)?,
        windows: object.list("window", windows::window)?,
        post: object.list("post", filter)?,
        totals: object.read("totals", steps::totals)?,
        pivot: object.read("pivot", steps::pivot)?,
        order: object.list("order", items::order)?,
        limit: limit.or(paging),
        options,
    };
    query.check()?;
    Ok(query)
}
