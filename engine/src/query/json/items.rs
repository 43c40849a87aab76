//! Dimensions, measures and orders of a document.

use super::filters::filter;
use super::node::Node;
use super::object::{Later, Object};
use super::references::{self, aggregation, level, reference};
use crate::error::{Error, Result};
use crate::query::{Dimension, Measure, NullsOrder, Order, OrderKey};

const DIMENSION: [&str; 4] = ["level", "as", "aggregation", "include_nonoccurring"];
const DIMENSION_LATER: &Later = &[("expand", "hierarchies are"), ("under", "hierarchies are")];
const MEASURE: [&str; 4] = ["aggregation", "level", "where", "as"];
const ORDER: [&str; 6] = ["by", "level", "aggregation", "order", "nulls", "tiered"];
const ORDER_LATER: &Later = &[("at", "an order by a cell of a pivot is")];

fn only(object: Object<'_>, own: &[&str], later: &Later) -> Result<()> {
    object.only(&[own, &references::FIELDS].concat(), &[references::LATER, later])
}

pub(super) fn dimension(node: &Node) -> Result<Dimension> {
    let object = node.object("a dimension")?;
    only(object, &DIMENSION, DIMENSION_LATER)?;
    object.only_position("include_nonoccurring", false, "`include_nonoccurring` is")?;
    Ok(Dimension {
        reference: reference(object)?,
        level: object.read("level", level)?,
        name: object.text("as")?,
        aggregation: object.read("aggregation", aggregation)?,
    })
}

pub(super) fn measure(node: &Node) -> Result<Measure> {
    let object = node.object("a measure")?;
    only(object, &MEASURE, &[])?;
    Ok(Measure {
        reference: reference(object)?,
        aggregation: object.read("aggregation", aggregation)?,
        level: object.read("level", level)?,
        filters: object.list("where", filter)?,
        name: object.text("as")?,
    })
}

pub(super) fn order(node: &Node) -> Result<Order> {
    let object = node.object("a key of the order")?;
    only(object, &ORDER, ORDER_LATER)?;
    object.only_position("tiered", false, "a tiered order is")?;
    let direction = |down: bool| if down { "desc" } else { "asc" };
    let descending = object.read("order", |node| node.one_of("direction", &[false, true], direction))?;
    let nulls = object.read("nulls", |node| node.one_of("place of nulls", &NullsOrder::ALL, NullsOrder::as_str))?;
    Ok(Order { key: key(object)?, descending: descending.unwrap_or_default(), nulls })
}

fn key(object: Object<'_>) -> Result<OrderKey> {
    let name = match (object.text("by")?, object.text("name")?) {
        (Some(_), Some(_)) => return Err(Error::query("expected either `by` or `name`, found both")),
        (by, name) => by.or(name),
    };
    let Some(name) = name else {
        return Ok(OrderKey::Field {
            reference: reference(object)?,
            level: object.read("level", level)?,
            aggregation: object.read("aggregation", aggregation)?,
        });
    };
    match ["dataset_id", "column_id", "level", "aggregation"].into_iter().find(|field| object.has(field)) {
        Some(field) => Err(Error::query("an order by name takes no reference").at(format!("/{field}"))),
        None => Ok(OrderKey::By(name)),
    }
}
