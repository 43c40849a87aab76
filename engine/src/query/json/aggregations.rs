//! Aggregations with their settings, both ways.

use serde_json::{Map, Value};

use super::filters::scalar;
use super::node::Node;
use super::object::{Later, Object, unknown};
use super::periods;
use super::references::{named, reference};
use super::write::{self, set, set_list, set_reference};
use crate::error::{Error, Result};
use crate::model::Aggregation;
use crate::query::check::hierarchy_refused;
use crate::query::{AggregationSettings, Cumulative, CumulativeSpan, PercentileKind, Pick};

pub(super) const FIELDS: [&str; 18] = [
    "type",
    "dataset_id",
    "column_id",
    "formula",
    "expression",
    "p",
    "kind",
    "by",
    "separator",
    "distinct",
    "order",
    "max",
    "bins",
    "size",
    "last_by",
    "entity",
    "pick",
    "cumulative",
];
pub(super) const CUMULATIVE: [&str; 4] = ["over", "window", "to_date", "all"];

const LATER: &Later = &[
    ("level", "a level in an aggregation is"),
    ("discretization", "discretization in an aggregation is"),
    ("unnest", "unnesting is"),
];

/// An aggregation by name or as `{"type": name, ..}`.
pub(super) fn aggregation(node: &Node) -> Result<(Aggregation, AggregationSettings)> {
    if let Node::Text(name) = node {
        return Ok((by_name(name)?, AggregationSettings::default()));
    }
    let object = node.object("an aggregation as a name or an object")?;
    let found = object.read("type", |node| by_name(node.text()?))?;
    if object.has("hierarchy_id") {
        return Err(hierarchy_refused("an aggregation"));
    }
    object.only(&FIELDS, &[LATER])?;
    let aggregation = found.ok_or_else(|| Error::query("expected an aggregation in a field `type`"))?;
    Ok((aggregation, settings(object)?))
}

/// An aggregation of which nothing but the type counts.
pub(super) fn only_type(node: &Node) -> Result<Aggregation> {
    let (aggregation, settings) = aggregation(node)?;
    if settings.is_empty() {
        return Ok(aggregation);
    }
    let message = "an order takes nothing but the type; give the measure a name with `as`, and order `by` that";
    Err(Error::query(message))
}

fn by_name(name: &str) -> Result<Aggregation> {
    Aggregation::parse(name)
        .ok_or_else(|| unknown("aggregation", name, Aggregation::ALL.into_iter().map(Aggregation::as_str)))
}

fn settings(object: Object<'_>) -> Result<AggregationSettings> {
    let second = ["dataset_id", "column_id", "formula", "expression"].into_iter().any(|field| object.has(field));
    let direction = |down: bool| if down { "desc" } else { "asc" };
    Ok(AggregationSettings {
        column: if second { Some(reference(object)?) } else { None },
        p: object.read("p", scalar)?,
        kind: object
            .read("kind", |node| node.one_of("kind of percentile", &PercentileKind::ALL, PercentileKind::as_str))?,
        by: object.read("by", named)?,
        separator: object.text("separator")?,
        distinct: object.boolean("distinct")?,
        descending: object.read("order", |node| node.one_of("direction", &[false, true], direction))?,
        max: object.whole("max")?,
        bins: object.whole("bins")?,
        size: object.read("size", scalar)?,
        last_by: object.read("last_by", named)?,
        entity: object.list("entity", named)?,
        pick: object.read("pick", |node| node.one_of("pick", &Pick::ALL, Pick::as_str))?,
        cumulative: object.read("cumulative", cumulative)?,
    })
}

fn cumulative(node: &Node) -> Result<Cumulative> {
    let object = node.object("a cumulative span")?;
    object.only(&CUMULATIVE, &[])?;
    let over = object.read("over", named)?.ok_or_else(|| Error::query("expected the date it runs along in `over`"))?;
    let window = object.read("window", periods::period)?;
    let to_date = object.read("to_date", periods::unit)?;
    let all = object.boolean("all")?.unwrap_or_default();
    let span = match (window, to_date, all) {
        (Some((quantity, unit)), None, false) => CumulativeSpan::Window { quantity, unit },
        (None, Some(unit), false) => CumulativeSpan::ToDate(unit),
        (None, None, true) => CumulativeSpan::All,
        _ => return Err(Error::query("expected exactly one of `window`, `to_date` and `\"all\": true`")),
    };
    Ok(Cumulative { over, span })
}

/// A name where that says everything.
pub(super) fn write(aggregation: Aggregation, settings: &AggregationSettings) -> Value {
    if settings.is_empty() {
        return aggregation.as_str().into();
    }
    let mut fields = Map::new();
    set(&mut fields, "type", Some(aggregation.as_str()));
    if let Some(column) = &settings.column {
        set_reference(&mut fields, column, None);
    }
    set(&mut fields, "p", settings.p.as_ref().map(write::literal));
    set(&mut fields, "kind", settings.kind.map(PercentileKind::as_str));
    set(&mut fields, "by", settings.by.as_ref().map(write::reference));
    set(&mut fields, "separator", settings.separator.as_deref());
    set(&mut fields, "distinct", settings.distinct);
    set(&mut fields, "order", settings.descending.map(write::direction));
    set(&mut fields, "max", settings.max);
    set(&mut fields, "bins", settings.bins);
    set(&mut fields, "size", settings.size.as_ref().map(write::literal));
    set(&mut fields, "last_by", settings.last_by.as_ref().map(write::reference));
    set_list(&mut fields, "entity", &settings.entity, write::reference);
    set(&mut fields, "pick", settings.pick.map(Pick::as_str));
    set(&mut fields, "cumulative", settings.cumulative.as_ref().map(write_cumulative));
    fields.into()
}

fn write_cumulative(Cumulative { over, span }: &Cumulative) -> Value {
    let mut fields = Map::new();
    set(&mut fields, "over", Some(write::reference(over)));
    match *span {
        CumulativeSpan::Window { quantity, unit } => {
            set(&mut fields, "window", Some(periods::write(Some(quantity), unit)));
        }
        CumulativeSpan::ToDate(unit) => set(&mut fields, "to_date", Some(unit.name())),
        CumulativeSpan::All => set(&mut fields, "all", Some(true)),
    }
    fields.into()
}
