//! Lengths of time, both ways.

use serde_json::{Map, Value};

use super::node::Node;
use super::object::unknown;
use super::write::set;
use crate::error::{Error, Result};
use crate::model::Level;

pub(super) const FIELDS: [&str; 2] = ["quantity", "unit"];

/// A quantity, 1 unless it is given, and a unit.
pub(super) fn period(node: &Node) -> Result<(u32, Level)> {
    let object = node.object("a period")?;
    object.only(&FIELDS, &[])?;
    let quantity = object.read("quantity", |node| {
        u32::try_from(node.whole()?).map_err(|_| Error::query(format!("expected at most {}", u32::MAX)))
    })?;
    let unit = object.read("unit", unit)?.ok_or_else(|| Error::query("expected a `unit`"))?;
    Ok((quantity.unwrap_or(1), unit))
}

/// A unit by number or name.
pub(super) fn unit(node: &Node) -> Result<Level> {
    match node {
        Node::Number(_) => node
            .whole()
            .ok()
            .and_then(Level::from_number)
            .ok_or_else(|| Error::query("expected a unit from 1 (year) to 9 (millisecond)")),
        Node::Text(name) => {
            Level::from_name(name).ok_or_else(|| unknown("unit", name, Level::ALL.into_iter().map(Level::name)))
        }
        other => Err(other.expected("a unit as a number or a name")),
    }
}

/// The quantity is left out where there can only be one.
pub(super) fn write(quantity: Option<u32>, unit: Level) -> Value {
    let mut fields = Map::new();
    set(&mut fields, "quantity", quantity);
    set(&mut fields, "unit", Some(unit.name()));
    fields.into()
}
