//! References, levels and aggregations of a document.

use super::node::Node;
use super::object::{Later, Object, not_yet, unknown};
use crate::error::{Error, Result};
use crate::model::{Aggregation, CyclicPart, Level};
use crate::query::{DatetimeLevel, Reference, Target};

/// The fields of a reference that are not supported yet, wherever it stands.
pub(super) const LATER: &Later = &[
    ("formula", "formulas are"),
    ("formula_id", "stored formulas are"),
    ("expression", "row-level expressions are"),
    ("hierarchy_id", "hierarchies are"),
];

const AGGREGATIONS_LATER: [&str; 13] = [
    "cumulativesum",
    "weightedaverage",
    "rate",
    "histogram",
    "percentile",
    "variance_pop",
    "stddev_pop",
    "mode",
    "first",
    "last",
    "string_list",
    "approx_distinctcount",
    "approx_percentile",
];

const AGGREGATION_FIELDS_LATER: &Later = &[
    ("last_by", "semi-additive aggregations are"),
    ("entity", "semi-additive aggregations are"),
    ("pick", "semi-additive aggregations are"),
    ("cumulative", "cumulative aggregations are"),
    ("level", "a level in an aggregation is"),
    ("discretization", "discretization is"),
    ("expression", "row-level expressions are"),
    ("unnest", "unnesting is"),
];

/// The fields that make a reference, or say nothing where they have their default.
pub(super) const FIELDS: [&str; 5] = ["dataset_id", "column_id", "name", "discretization", "unnest"];

/// The reference among the fields of an object.
pub(super) fn reference(object: Object<'_>) -> Result<Reference> {
    object.only_position("unnest", false, "unnesting is")?;
    object.read("discretization", |node| match node.object("a discretization")?.text("type")?.as_deref() {
        Some("none") => Ok(()),
        _ => Err(not_yet("discretization is")),
    })?;
    let dataset = object.text("dataset_id")?;
    let target = match (object.text("column_id")?, object.text("name")?) {
        (Some(column), None) => Target::Column(column),
        (None, Some(name)) => Target::Name(name),
        (Some(_), Some(_)) => return Err(Error::query("expected either `column_id` or `name`, found both")),
        (None, None) => return Err(Error::query("expected a `column_id` or a `name`")),
    };
    Ok(Reference { dataset, target })
}

/// A level by number or name.
pub(super) fn level(node: &Node) -> Result<DatetimeLevel> {
    match node {
        Node::Number(_) => node
            .whole()
            .ok()
            .and_then(Level::from_number)
            .map(DatetimeLevel::Bucket)
            .ok_or_else(|| Error::query("expected a level from 1 (year) to 9 (millisecond)")),
        Node::Text(name) => DatetimeLevel::from_name(name).ok_or_else(|| {
            let names =
                Level::ALL.into_iter().map(Level::name).chain(CyclicPart::ALL.into_iter().map(CyclicPart::name));
            unknown("level", name, names)
        }),
        other => Err(other.expected("a level as a number or a name")),
    }
}

/// An aggregation by name or as `{"type": name}`.
pub(super) fn aggregation(node: &Node) -> Result<Aggregation> {
    if let Node::Text(name) = node {
        return named_aggregation(name);
    }
    let object = node.object("an aggregation as a name or an object")?;
    // The type comes first: the other fields of an aggregation that is not supported yet are not unknown.
    let found = object.read("type", |node| named_aggregation(node.text()?))?;
    object.only(&["type"], &[AGGREGATION_FIELDS_LATER])?;
    found.ok_or_else(|| Error::query("expected an aggregation in a field `type`"))
}

fn named_aggregation(name: &str) -> Result<Aggregation> {
    if AGGREGATIONS_LATER.contains(&name) {
        return Err(not_yet(&format!("the aggregation `{name}` is")));
    }
    Aggregation::parse(name)
        .ok_or_else(|| unknown("aggregation", name, Aggregation::ALL.into_iter().map(Aggregation::as_str)))
}
