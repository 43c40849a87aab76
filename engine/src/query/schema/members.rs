//! Hierarchies and their members.

use schemars::{JsonSchema, Schema};
use serde_json::json;

use super::values::{Given, LevelForm, ParameterUse, Plain};

/// A level of a datetime, or one of a hierarchy: its number, from 1 for the members right below the root, or its name.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub(super) enum AnyLevel {
    Datetime(LevelForm),
    Number(u16),
    Name(String),
}

/// Only beside a hierarchy is every name a level.
pub(super) fn levels(schema: &mut Schema) {
    let datetime = json!({"level": {"anyOf": [{"$ref": "#/$defs/LevelForm"}, {"type": "null"}]}});
    schema.insert("if".to_owned(), json!({"properties": {"hierarchy_id": {"type": "null"}}}));
    schema.insert("then".to_owned(), json!({"properties": datetime}));
}

/// A member of a hierarchy: its id, the path to it from the root, or an object. Null is the member NULL.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub(super) enum Member {
    Id(Plain),
    Path(Vec<Given<Plain>>),
    Object(MemberObject),
    Parameter(ParameterUse),
}

/// A member by its `path`, or all values that have no place in the tree.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct MemberObject {
    /// The members on the way from the root, itself included.
    path: Option<Given<Vec<Given<Plain>>>>,
    /// Whether only the rows on the member itself are meant.
    own: Option<bool>,
    /// Whether the values without a place are meant; it takes nothing beside it.
    unassigned: Option<bool>,
}

/// The members of a hierarchy that are shown with their children.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Expand {
    /// All members above this depth are expanded; 1, the root alone, without it.
    depth: Option<u16>,
    /// Further members that are expanded.
    open: Option<Given<Vec<Member>>>,
}
