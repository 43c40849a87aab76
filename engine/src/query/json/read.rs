//! A document as queries.

use super::filters::filter;
use super::node::Node;
use super::object::{Later, each};
use super::{items, options};
use crate::error::{Error, ErrorKind, Result};
use crate::query::{Query, QueryBatch};

/// What Luzmo's call has around the queries. Only the action means something.
const CALL: [&str; 5] = ["action", "find", "key", "token", "version"];

const QUERY: [&str; 10] =
    ["as", "dataset_id", "dimensions", "measures", "where", "having", "order", "limit", "options", "context"];
const QUERY_LATER: &Later = &[
    ("derived", "derived columns are"),
    ("totals", "totals are"),
    ("window", "window calculations are"),
    ("post", "filters after window calculations are"),
    ("top", "`top` is"),
    ("compare", "comparisons are"),
    ("pivot", "pivots are"),
    ("parameters", "parameters are"),
    ("unnest", "unnesting is"),
];

/// A document of exactly one query.
pub(super) fn one(root: &Node) -> Result<Query> {
    let mut queries = batch(root)?.queries;
    let count = queries.len();
    match queries.pop() {
        Some(query) if count == 1 => Ok(query),
        _ => Err(Error::query(format!("expected one query, found {count}"))),
    }
}

/// A document of one or several queries.
pub(super) fn batch(root: &Node) -> Result<QueryBatch> {
    let object = root.object("a query or a batch of queries")?;
    object.read("action", |node| match node.text()? {
        "get" => Ok(()),
        _ => Err(Error::query("expected the action `get`")),
    })?;
    let queries = if object.has("find") {
        object.only(&CALL, &[])?;
        object.read("find", |node| queries(node, &[]))?.unwrap_or_default()
    } else {
        queries(root, &CALL)?
    };
    Ok(QueryBatch { queries })
}

/// `{"queries": [..]}` or a query, with fields that may stand beside.
fn queries(node: &Node, beside: &[&str]) -> Result<Vec<Query>> {
    let object = node.object("a query or a batch of queries")?;
    let beside = [beside, &["queries"]].concat();
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
        dimensions: object.list("dimensions", items::dimension)?,
        measures: object.list("measures", items::measure)?,
        filters: object.list("where", filter)?,
        having: object.list("having", filter)?,
        order: object.list("order", items::order)?,
        limit: limit.or(paging),
        options,
    };
    query.check()?;
    Ok(query)
}
