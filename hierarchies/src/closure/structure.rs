//! How the nodes of a closure hang together.

use std::iter;
use std::ops::Range;

use super::column::{at, number, put};
use super::{Closure, Node, NodeKind};

impl Closure {
    /// How many nodes there are, the root included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parent.len()
    }

    /// Never: the root is always there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parent.is_empty()
    }

    /// The node of a number; nothing if there are not so many.
    #[must_use]
    pub fn node(&self, number: u32) -> Option<Node> {
        ((number as usize) < self.len()).then_some(Node(number))
    }

    /// The node above; nothing for the root.
    #[must_use]
    pub fn parent(&self, node: Node) -> Option<Node> {
        if node == Node::ROOT { None } else { self.parent.get(node.0 as usize).copied().map(Node) }
    }

    /// One past the last node of the subtree.
    #[must_use]
    pub fn end(&self, node: Node) -> u32 {
        self.end.get(node.0 as usize).copied().unwrap_or(node.0)
    }

    /// The numbers of the node and of all that is under it.
    #[must_use]
    pub fn subtree(&self, node: Node) -> Range<u32> {
        node.0..self.end(node)
    }

    /// How many steps it is from the root.
    #[must_use]
    pub fn depth(&self, node: Node) -> usize {
        at(&self.depth, node.0) as usize
    }

    /// The depth of the deepest node.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height as usize
    }

    /// What the node stands for.
    #[must_use]
    pub fn kind(&self, node: Node) -> NodeKind {
        self.kind.get(node.0 as usize).copied().unwrap_or(NodeKind::Root)
    }

    /// The nodes one step below, in their order.
    pub fn children(&self, node: Node) -> impl Iterator<Item = Node> {
        let Range { start, end } = self.subtree(node);
        let mut next = start.saturating_add(1);
        iter::from_fn(move || {
            let child = Node(next);
            (next < end).then(|| {
                next = self.end(child);
                child
            })
        })
    }

    /// Whether nothing is under the node. All rows are on such nodes.
    #[must_use]
    pub fn is_leaf(&self, node: Node) -> bool {
        self.subtree(node).len() <= 1
    }

    /// Whether the other node is this one or under it.
    #[must_use]
    pub fn contains(&self, node: Node, other: Node) -> bool {
        self.subtree(node).contains(&other.0)
    }

    /// The child that stands for the rows of the node itself; nothing if it has no such rows, or is a leaf and holds
    /// them itself.
    #[must_use]
    pub fn own_of(&self, node: Node) -> Option<Node> {
        self.children(node).next().filter(|first| self.kind(*first) == NodeKind::Own)
    }

    /// The node above the values that have no place in a tree; nothing if all have one.
    #[must_use]
    pub fn unassigned(&self) -> Option<Node> {
        self.unassigned
    }

    /// The node that holds the rows of an input: of the value, path or key of that index. Nothing if there are not so
    /// many.
    #[must_use]
    pub fn row_node(&self, index_of_input: usize) -> Option<Node> {
        self.row_nodes.get(index_of_input).copied().map(Node)
    }

    /// The number of the node that holds the rows of each input, in the order of the input. All of them are leaves.
    #[must_use]
    pub fn row_nodes(&self) -> &[u32] {
        &self.row_nodes
    }

    /// What every node counts to at a level: the number of the node above it (or itself) at that depth; a node that is
    /// less deep counts to itself. At level 0 all count to the root.
    #[must_use]
    pub fn at_level(&self, level: usize) -> Vec<u32> {
        let level = number(level);
        let mut shown: Vec<u32> = Vec::with_capacity(self.len());
        for ((node, &parent), &depth) in (0_u32..).zip(&self.parent).zip(&self.depth) {
            shown.push(if depth <= level { node } else { at(&shown, parent) });
        }
        shown
    }

    /// What every node counts to in a tree that is partly expanded: the number of the deepest node above it (or itself)
    /// that is seen. The root is seen, and so are the children of an expanded node. A node is expanded if it is seen,
    /// and is less deep than `depth` or listed in `open`.
    #[must_use]
    pub fn frontier(&self, depth: usize, open: &[Node]) -> Vec<u32> {
        let depth = number(depth);
        let mut listed = vec![false; self.len()];
        for node in open {
            put(&mut listed, node.0, true);
        }
        let mut shown: Vec<u32> = Vec::with_capacity(self.len());
        for (node, &parent) in (0_u32..).zip(&self.parent) {
            let above = at(&shown, parent);
            let expanded = above == parent && (at(&self.depth, parent) < depth || at(&listed, parent));
            shown.push(if node == 0 || expanded { node } else { above });
        }
        shown
    }
}
