//! Dimensions, measures and orders of a document.

use super::aggregations::{aggregation, only_type};
use super::discretizations::discretization;
use super::filters::{filter, scalar};
use super::members;
use super::node::Node;
use super::object::{Object, place};
use super::references::{bare, level_beside, only, reference};
use crate::error::{Error, Result};
use crate::query::check::part_of_key;
use crate::query::{AggregationSettings, Dimension, Measure, NullsOrder, Order, OrderKey, PivotCell, Target};

// Beside those of the reference.
pub(super) const DIMENSION: [&str; 6] = ["level", "under", "expand", "as", "aggregation", "include_nonoccurring"];
pub(super) const MEASURE: [&str; 4] = ["aggregation", "level", "where", "as"];
pub(super) const ORDER: [&str; 7] = ["by", "level", "aggregation", "order", "nulls", "tiered", "at"];

pub(super) fn dimension(node: &Node) -> Result<Dimension> {
    let object = node.object("a dimension")?;
    only(object, &DIMENSION, &[])?;
    let mut reference = bare(object)?;
    let level = level_beside(object, &mut reference)?;
    match &mut reference.target {
        Target::Hierarchy(of) => members::shown(object, of)?,
        _ => members::nothing_shown(object)?,
    }
    Ok(Dimension {
        reference,
        level,
        discretization: object.read("discretization", discretization)?.flatten(),
        include_nonoccurring: object.boolean("include_nonoccurring")?.unwrap_or_default(),
        name: object.text("as")?,
        // It means nothing, and neither do its settings.
        aggregation: object.read("aggregation", aggregation)?.map(|(aggregation, _)| aggregation),
    })
}

pub(super) fn measure(node: &Node) -> Result<Measure> {
    let object = node.object("a measure")?;
    only(object, &MEASURE, &[])?;
    let mut reference = reference(object)?;
    let level = level_beside(object, &mut reference)?;
    let (aggregation, settings) = match object.read("aggregation", aggregation)? {
        Some((aggregation, settings)) => (Some(aggregation), settings),
        None => (None, AggregationSettings::default()),
    };
    Ok(Measure {
        reference,
        aggregation,
        settings,
        level,
        filters: object.list("where", filter)?,
        name: object.text("as")?,
    })
}

pub(super) fn order(node: &Node) -> Result<Order> {
    let object = node.object("a key of the order")?;
    if object.has("hierarchy_id")
        && let Some(part) = members::part_shown(object)
    {
        return Err(part_of_key(part));
    }
    only(object, &ORDER, &[])?;
    let direction = |down: bool| if down { "desc" } else { "asc" };
    let descending = object.read("order", |node| node.one_of("direction", &[false, true], direction))?;
    let nulls = object.read("nulls", |node| node.one_of("place of nulls", &NullsOrder::ALL, NullsOrder::as_str))?;
    Ok(Order {
        key: key(object)?,
        descending: descending.unwrap_or_default(),
        nulls,
        tiered: object.boolean("tiered")?.unwrap_or_default(),
        at: object.read("at", cell)?.unwrap_or_default(),
    })
}

fn key(object: Object<'_>) -> Result<OrderKey> {
    let name = match (object.text("by")?, object.text("name")?) {
        (Some(_), Some(_)) => return Err(Error::query("expected either `by` or `name`, found both")),
        (by, name) => by.or(name),
    };
    let Some(name) = name else {
        let mut reference = reference(object)?;
        let level = level_beside(object, &mut reference)?;
        return Ok(OrderKey::Field { reference, level, aggregation: object.read("aggregation", only_type)? });
    };
    let fields =
        ["dataset_id", "column_id", "formula", "formula_id", "expression", "hierarchy_id", "level", "aggregation"];
    match fields.into_iter().find(|field| object.has(field)) {
        Some(field) => Err(Error::query("an order by name takes no reference").at(format!("/{field}"))),
        None => Ok(OrderKey::By(name)),
    }
}

/// The members that name a cell of a pivot; null is a member too.
fn cell(node: &Node) -> Result<PivotCell> {
    let object = node.object("the members of a pivot's column")?;
    let members = object.entries().map(|(name, member)| {
        let member = scalar(member).map_err(|error| error.within(&place(name)))?;
        Ok::<_, Error>((name.clone(), member))
    });
    let members = members.collect::<Result<PivotCell>>()?;
    if members.is_empty() { Err(Error::query("expected a member of each column of the pivot")) } else { Ok(members) }
}
