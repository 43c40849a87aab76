//! What can be changed in a tree.

use serde::{Deserialize, Serialize};

use crate::Element;

/// One change of a tree. In JSON it is an object with the field `edit`.
///
/// ```
/// use drillcore_hierarchies::{ChildRule, Edit, Element};
///
/// let edits: Vec<Edit> = serde_json::from_str(r#"[
///     {"edit": "upsert", "id": "west", "virtual": true, "name": {"en": "West"}},
///     {"edit": "move", "id": "LAX", "parent": "west", "order": 1.5},
///     {"edit": "delete", "id": "east", "children": "lift"}
/// ]"#)?;
/// assert_eq!(edits[0], Edit::Upsert(Element::group("west").named("West")));
/// assert!(matches!(edits[2], Edit::Delete { children: ChildRule::Lift, .. }));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    /// Adds an element, or gives the one of that id all that the given one has: name, colour, order, the virtual flag
    /// and the parent. No parent means the root. The children of the element stay with it.
    Upsert(Element),
    /// Moves an element with its subtree.
    Move {
        /// The id of the element.
        id: String,
        /// The id of its new parent; none means the root.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<String>,
        /// Its new place among its siblings; with none, it comes by its id behind those that have one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<f64>,
    },
    /// Takes an element away. A value that is taken away has no place any more.
    Delete {
        /// The id of the element.
        id: String,
        /// What becomes of its children.
        #[serde(default)]
        children: ChildRule,
    },
}

/// What becomes of the children of a deleted element.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChildRule {
    /// An element that has children is not deleted.
    #[default]
    Refuse,
    /// They become children of the parent of the deleted one, and keep their orders.
    Lift,
    /// They are deleted too, with all that is under them.
    Delete,
}
