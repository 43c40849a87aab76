//! References and levels of a document.

use super::members;
use super::node::Node;
use super::object::{Later, Object, unknown};
use crate::error::{Error, Result};
use crate::model::{CyclicPart, Level};
use crate::query::check::part_of_filter;
use crate::query::{DatetimeLevel, Field, Members, Reference, Target};

/// The fields of which a reference has exactly one.
const TARGETS: [&str; 6] = ["column_id", "formula", "formula_id", "expression", "hierarchy_id", "name"];

/// The fields that make a reference, or say nothing where they have their default.
pub(super) const FIELDS: [&str; 9] = [
    "dataset_id",
    "column_id",
    "formula",
    "formula_id",
    "expression",
    "hierarchy_id",
    "name",
    "discretization",
    "unnest",
];

/// Fields of an object that is a reference of its own.
pub(super) fn only(object: Object<'_>, own: &[&str], later: &Later) -> Result<()> {
    object.only(&[own, &FIELDS].concat(), &[later])
}

/// Whether an object says what it refers to.
pub(super) fn is_reference(object: Object<'_>) -> bool {
    TARGETS.into_iter().any(|field| object.has(field))
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
        Some(("hierarchy_id", text)) => Target::Hierarchy(Members::new(text)),
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

/// The level beside a reference. That of a hierarchy is put into the reference.
pub(super) fn level_beside(object: Object<'_>, reference: &mut Reference) -> Result<Option<DatetimeLevel>> {
    match &mut reference.target {
        Target::Hierarchy(of) => {
            of.level = object.read("level", members::level)?;
            Ok(None)
        }
        _ => object.read("level", level),
    }
}

/// One side of a filter: a reference and the level at which it is taken. A hierarchy is named as a whole.
pub(super) fn field(object: Object<'_>, later: &Later) -> Result<Field> {
    if object.has("hierarchy_id")
        && let Some(part) = object.has("level").then_some("level").or_else(|| members::part_shown(object))
    {
        return Err(part_of_filter(part));
    }
    only(object, &["level"], later)?;
    Ok(Field { reference: reference(object)?, level: object.read("level", level)? })
}

/// A level of a datetime by number or name.
fn level(node: &Node) -> Result<DatetimeLevel> {
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
