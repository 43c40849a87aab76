//! Trees in the JSON shapes of Luzmo: what its `hierarchy get` gives, and what its `hierarchy update` takes.
//!
//! | shape | reading | writing |
//! |---|---|---|
//! | the tree: nodes that hold their children, below a root | [`import`] | [`export`] |
//! | updates: a list of members, each with its trace | [`import_updates`] | [`export_updates`] |
//!
//! What is written is read back as it was: ids, parents, names, colours, orders, and which members are virtual.
//!
//! # Fields
//!
//! | field | in | |
//! |---|---|---|
//! | `id` | both | required; that of the root is `""` or `"_$root"` |
//! | `name` | both | a text, or an object of texts by locale |
//! | `color` | both | `#rgb`, `#rrggbb` or null |
//! | `virtual` | both | whether the member is a category that is no value of the data |
//! | `order_index`, `tree_order_index` | both | the place among the siblings, or null; `order_index` counts if it has a number |
//! | `trace` | both | the ids from the root to the member, both included |
//! | `level` | both | how far the member is from the root: 1 right below it |
//! | `children` | the tree | the members right below |
//!
//! Other fields are skipped. A field of these with another type is refused with its place, as is a trace that is not the
//! way to the member.
//!
//! # Untrusted input
//!
//! A text may come from anybody. Reading one never panics and never recurses into the tree, and takes time and memory in
//! proportion to the text.

mod given;
mod nodes;
mod outline;
mod problems;
mod reader;
#[cfg(test)]
mod tests;
mod tree;
mod updates;
mod write;

pub use tree::{Imported, import};
pub use updates::import_updates;
pub use write::{export, export_updates};

/// The id of the root in the tree shape.
const ROOT_OF_TREE: &str = "";

/// The id of the root in traces of updates.
const ROOT_OF_UPDATES: &str = "_$root";

fn is_root(id: &str) -> bool {
    id == ROOT_OF_TREE || id == ROOT_OF_UPDATES
}
