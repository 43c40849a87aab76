//! Writing trees.

use serde_json::Value;

use super::outline::{Placed, outline, way};
use super::{ROOT_OF_TREE, ROOT_OF_UPDATES};
use crate::{Element, Localized};

/// Writes a tree as `hierarchy get` gives it: an array with one node, the root, whose children are the members right
/// below it, and so on. Siblings are in their order. `all` is the name of the root.
///
/// The order of a member is its `tree_order_index`; `order_index` is null, for it is the place among all values of a
/// column. The elements are to be [valid](crate::validate): a member whose parents do not lead to the root, or
/// that is deeper than trees may be, is left out, and an order that is no number becomes null.
///
/// A tree of [`MOST_DEPTH`](crate::MOST_DEPTH) levels makes arrays and objects that are nested 131 deep, more than some
/// readers of JSON take. [`import`](super::import) reads them.
///
/// ```
/// use drillcore_hierarchies::{Element, Localized, luzmo};
///
/// let elements = [Element::group("west"), Element::value("LAX").under("west")];
/// let tree = luzmo::export(&elements, &Localized::new("All"));
/// assert_eq!(tree.pointer("/0/children/0/children/0/trace"), Some(&serde_json::json!(["", "west", "LAX"])));
/// ```
#[must_use]
pub fn export(elements: &[Element], all: &Localized) -> Value {
    let mut list = outline(elements);
    // The children of each member of the list, the last one first; of the root at index 0.
    let mut below: Vec<Vec<Value>> = vec![Vec::new(); list.len() + 1];
    // From the end, so that a member is complete before it is put into its parent.
    while let Some(placed) = list.pop() {
        let children = below.pop().unwrap_or_default();
        let node = node(&list, &placed, children);
        if let Some(siblings) = below.get_mut(placed.parent.map_or(0, |parent| parent + 1)) {
            siblings.push(node);
        }
    }
    let root = [
        ("id", Value::from(ROOT_OF_TREE)),
        ("name", name(all)),
        ("color", Value::Null),
        ("virtual", Value::from(true)),
        ("children", reversed(below.pop().unwrap_or_default())),
    ];
    Value::from(vec![root.into_iter().collect::<Value>()])
}

/// Writes all members as `hierarchy update` takes them: `{"updates":[..]}`, parents before their children and siblings in
/// their order. Each has all its fields, so that a member that is there already becomes as it is here.
///
/// What is left out of [`export`] is left out here too.
///
/// ```
/// use drillcore_hierarchies::{Element, luzmo};
///
/// let updates = luzmo::export_updates(&[Element::value("LAX")]);
/// assert_eq!(updates.pointer("/updates/0/trace"), Some(&serde_json::json!(["_$root", "LAX"])));
/// ```
#[must_use]
pub fn export_updates(elements: &[Element]) -> Value {
    let list = outline(elements);
    let updates: Vec<Value> = list
        .iter()
        .map(|placed| {
            let fields = [("level", Value::from(placed.depth)), ("trace", trace(ROOT_OF_UPDATES, &list, placed))];
            own_fields(placed.element).into_iter().chain(fields).collect()
        })
        .collect();
    [("updates", updates)].into_iter().collect()
}

fn node(list: &[Placed<'_>], placed: &Placed<'_>, children: Vec<Value>) -> Value {
    let fields = [("children", reversed(children)), ("trace", trace(ROOT_OF_TREE, list, placed))];
    own_fields(placed.element).into_iter().chain(fields).collect()
}

/// The fields that do not depend on where a member stands.
fn own_fields(element: &Element) -> [(&'static str, Value); 6] {
    [
        ("id", Value::from(element.id.as_str())),
        ("name", name(&element.name)),
        ("color", Value::from(element.color.map(|color| color.to_string()))),
        ("virtual", Value::from(element.is_virtual)),
        ("order_index", Value::Null),
        ("tree_order_index", Value::from(element.order)),
    ]
}

fn name(name: &Localized) -> Value {
    name.iter().collect()
}

fn trace(root: &str, list: &[Placed<'_>], placed: &Placed<'_>) -> Value {
    std::iter::once(root).chain(way(list, placed)).collect()
}

fn reversed(mut values: Vec<Value>) -> Value {
    values.reverse();
    Value::from(values)
}
