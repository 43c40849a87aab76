//! Members of hierarchies as they stand in answers.

use serde_json::{Value, json};

use super::asking::with;

/// The cell of a member that has nothing but its path.
#[must_use]
pub fn member(path: Value) -> Value {
    let id = path.as_array().and_then(|path| path.last()).cloned().unwrap_or_else(|| json!(""));
    json!({"id": id, "path": path})
}

/// The cell of a member with a name.
#[must_use]
pub fn named(path: Value, name: &str) -> Value {
    with(member(path), json!({"name": name}))
}

/// The cell of the rows of a member that has children.
#[must_use]
pub fn own(path: Value) -> Value {
    with(member(path), json!({"own": true}))
}

/// The cell of a category.
#[must_use]
pub fn category(path: Value) -> Value {
    with(member(path), json!({"virtual": true}))
}

/// The cell of the values without a place.
#[must_use]
pub fn unassigned() -> Value {
    json!({"id": "", "path": [], "unassigned": true})
}

/// What an answer that is expanded says of a member besides.
#[must_use]
pub fn at(cell: Value, depth: usize, expanded: bool) -> Value {
    with(cell, json!({"depth": depth, "expanded": expanded}))
}

/// The member of a cell as a filter names it.
#[must_use]
pub fn asked_for(cell: &Value) -> Value {
    if cell.is_null() {
        json!([null])
    } else if cell.get("unassigned").is_some() {
        json!({"unassigned": true})
    } else if cell.get("own").is_some() {
        json!({"path": cell["path"], "own": true})
    } else {
        cell["path"].clone()
    }
}

/// The kind and path of a member as one text: two cells of a hierarchy show the same member if these are equal.
#[must_use]
pub fn key(cell: &Value) -> String {
    if cell.is_null() {
        return "member [null]".to_owned();
    }
    let kinds = ["virtual", "own", "unassigned", "all"];
    let kind = kinds.into_iter().find(|kind| cell.get(kind).is_some()).unwrap_or("member");
    format!("{kind} {}", cell["path"])
}

/// The member of such a text as a filter names it.
///
/// # Panics
/// If it is none.
#[must_use]
pub fn asked_for_key(key: &str) -> Value {
    let (kind, path) = key.split_once(' ').expect("a kind and a path");
    let path: Value = serde_json::from_str(path).expect("a path");
    match kind {
        "unassigned" => json!({"unassigned": true}),
        "own" => json!({"path": path, "own": true}),
        _ => path,
    }
}
