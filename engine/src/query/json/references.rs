//! References and levels of a document.

use super::node::Node;
use super::object::{Later, Object, unknown};
use crate::error::{Error, Result};
use crate::model::{CyclicPart, Level};
use crate::query::{DatetimeLevel, Field, Reference, Target};

/// The fields of a reference that are not supported yet, wherever it stands.
pub(super) const LATER: &Later = &[("hierarchy_id", "hierarchies are")];

/// The fields of which a reference has exactly one.
const TARGETS: [&str; 5] = ["column_id", "formula", "formula_id", "expression", "name"];

/// The fields that make a reference, or say nothing where they have their default.
pub(super) const FIELDS: [&str; 8] =
    ["dataset_id", "column_id", "formula", "formula_id", "expression", "name", "discretization", "unnest"];

/// Fields of an object that is a reference of its own.
pub(super) fn only(object: Object<'_>, own: &[&str], later: &Later) -> Result<()> {
    object.only(&[own, &FIELDS].concat(), &[LATER, later])
}

/// The reference among the fields of an object that takes no bins.
pub(super) fn reference(object: Object<'_>) -> Result<Reference> {
    object.read("discretization", |node| match node.object("a discretization")?.text("type")?.as_deref() {
        Some("none") => Ok(()),
        _ => Err(Error::query("only a dimension has bins or groups; elsewhere it is meant by its name")),
    })?;
    bare(object)
}

/// The reference among the fields of an object.
pub(super) fn bare(object: Object<'_>) -> Result<Reference> {
    object.only_position("unnest", false, "unnesting is")?;
    let mut found: Option<(&str, String)> = None;
    for field in TARGETS {
        let Some(text) = object.text(field)? else { continue };
        if let Some((other, _)) = found {
            return Err(Error::query(format!("expected either `{other}` or `{field}`, found both")));
        }
        found = Some((field, text));
    }
    let target = match found {
        Some(("column_id", text)) => Target::Column(text),
        Some(("formula", text)) => Target::Formula(text),
        Some(("formula_id", text)) => Target::StoredFormula(text),
        Some(("expression", text)) => Target::Expression(text),
        Some((_, text)) => Target::Name(text),
        None => return Err(Error::query("expected a `column_id`, a `formula`, an `expression` or a `name`")),
    };
    Ok(Reference { dataset: object.text("dataset_id")?, target })
}

/// A reference as an object, or as the text of a column's path.
pub(super) fn named(node: &Node) -> Result<Reference> {
    if let Node::Text(path) = node {
        return Ok(Reference::column(path));
    }
    let object = node.object("a column as a text or a reference")?;
    only(object, &[], &[])?;
    reference(object)
}

/// A reference and the level at which it is taken.
pub(super) fn field(object: Object<'_>, later: &Later) -> Result<Field> {
    only(object, &["level"], later)?;
    Ok(Field { reference: reference(object)?, level: object.read("level", level)? })
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
