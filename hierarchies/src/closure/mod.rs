//! The compiled form of a hierarchy: every member has a number, and a subtree is a range of numbers.
//!
//! - `build`: from elements, from paths of values, from keys and their parents
//! - `structure`: parents, children, subtrees, levels, what is seen of an expanded tree
//! - `names`: ids, paths, shown names, colours
//! - `search`: from a path, an id or a name to the node
//! - `memory`: what a closure costs

mod build;
mod column;
mod key;
mod memory;
mod names;
mod search;
mod structure;
#[cfg(test)]
mod tests;
mod texts;

use crate::{Color, Localized};
use names::Names;
use texts::Texts;

/// A place in a [`Closure`]: the root, a member, or one of the nodes that stand for rows without a member.
///
/// Nodes are numbered in the order in which a tree is shown: a node, then all that is under it, then its next sibling.
/// A node means something only to the closure it comes from; another closure answers with something of no meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node(u32);

impl Node {
    /// The root of every closure, which holds all rows.
    pub const ROOT: Self = Self(0);

    /// The number of the node, from 0 for the root.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// What a node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// Everything. There is one, node 0.
    Root,
    /// A value of the data, also one that has no place in the tree (those are the children of the unassigned node).
    Member,
    /// A category of a tree that is no value of the data. It has no rows of its own.
    Virtual,
    /// The rows of a node that has children, where there are such rows: its first child, and a leaf.
    Own,
    /// What holds the values that have no place in a tree: the last child of the root, where there are such values.
    Unassigned,
    /// The rows without a value. In a hierarchy of levels it may stand under any member and have children itself.
    Null,
}

/// A hierarchy compiled for one content of the data: all its nodes, numbered so that the subtree of a node is the range
/// from the node to its end.
///
/// All rows are on leaves. The rows of a member that has children are on its [`NodeKind::Own`] child, so the leaves of
/// any subtree add up to it. Nothing is left out: what is hidden from view still is a node, because it counts in
/// everything above it.
///
/// Siblings have a fixed order: the own rows, the members (those with an order first, then by id by code point), NULL,
/// the unassigned node.
///
/// ```
/// use drillcore_hierarchies::{Closure, Element, MemberPath, Node, NodeKind};
///
/// let elements = [Element::group("west"), Element::value("LAX").under("west"), Element::value("SEA").under("west")];
/// let closure = Closure::of_tree(&elements, &[Some("SEA"), Some("JFK"), None])?;
///
/// let west = closure.find(&["west"].into_iter().collect::<MemberPath>());
/// assert_eq!(west.map(|west| closure.subtree(west)), Some(1..4));
/// // SEA is in the tree, JFK has no place in it, NULL is a member of its own.
/// assert_eq!(closure.row_nodes(), [3, 6, 4]);
/// let kinds: Vec<NodeKind> = closure.children(Node::ROOT).map(|node| closure.kind(node)).collect();
/// assert_eq!(kinds, [NodeKind::Virtual, NodeKind::Null, NodeKind::Unassigned]);
/// assert_eq!(closure.at_level(1), [0, 1, 1, 1, 4, 5, 5]);
/// # Ok::<(), drillcore_hierarchies::Error>(())
/// ```
#[derive(Debug)]
pub struct Closure {
    /// The parent of every node; the root is its own.
    parent: Vec<u32>,
    /// One past the last node of every subtree.
    end: Vec<u32>,
    depth: Vec<u32>,
    kind: Vec<NodeKind>,
    /// The ids of members and virtual nodes, empty for all others.
    ids: Texts,
    names: Names,
    /// The nodes that have a colour, by number.
    colors: Vec<(u32, Color)>,
    /// The nodes that are named in paths by id (NULL last), those of one id by parent.
    by_id: Vec<u32>,
    /// The node of each input, in the order of the input.
    row_nodes: Vec<u32>,
    root_name: Localized,
    unassigned: Option<Node>,
    height: u32,
}
