//! From what people write to the node they mean.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::column::{at, number};
use super::names::Names;
use super::{Closure, Node, NodeKind};
use crate::MemberPath;

/// How many nodes are looked at before it is asked whether enough are found.
const BLOCK: u32 = 1 << 16;

impl Closure {
    /// The member of a path; the root for the empty path.
    ///
    /// A value that has no place in the tree is found by its id alone. Where a virtual node at the top of the tree has
    /// the same id, that node is meant.
    #[must_use]
    pub fn find(&self, path: &MemberPath) -> Option<Node> {
        let mut ids = path.members();
        let Some(first) = ids.next() else { return Some(Node::ROOT) };
        let top = self.child(Node::ROOT, first).or_else(|| self.child(self.unassigned?, first))?;
        ids.try_fold(top, |node, id| self.child(node, id))
    }

    /// The member of rows without a value that is a child of the root; nothing if there are no such rows.
    #[must_use]
    pub fn null(&self) -> Option<Node> {
        self.child(Node::ROOT, None)
    }

    fn child(&self, parent: Node, id: Option<&str>) -> Option<Node> {
        let place = self.by_id.binary_search_by(|&node| {
            compare(self.id(Node(node)), id).then_with(|| at(&self.parent, node).cmp(&parent.0))
        });
        self.by_id.get(place.ok()?).copied().map(Node)
    }

    /// The members and virtual nodes of an id, in tree order: in a tree mostly one, in a hierarchy of levels any
    /// number.
    #[must_use]
    pub fn find_id(&self, id: &str) -> Vec<Node> {
        let start = self.by_id.partition_point(|&node| compare(self.id(Node(node)), Some(id)).is_lt());
        let from = self.by_id.iter().skip(start).copied().map(Node);
        let mut found: Vec<Node> = from.take_while(|node| self.id(*node) == Some(id)).collect();
        found.sort_unstable();
        found
    }

    /// The members and virtual nodes that are shown by exactly this name, in tree order.
    #[must_use]
    pub fn find_name(&self, locale: &str, name: &str) -> Vec<Node> {
        if matches!(self.names, Names::Ids) {
            return self.find_id(name);
        }
        let nodes = (0..number(self.len())).into_par_iter().map(Node);
        nodes.filter(|node| self.has_name(*node) && self.name(*node, locale) == Some(name)).collect()
    }

    /// A page of the members and virtual nodes whose name or id begins with a text, in tree order. Upper and lower case
    /// are the same.
    #[must_use]
    pub fn search(&self, prefix: &str, locale: &str, offset: usize, count: usize) -> Vec<Node> {
        let prefix: String = prefix.chars().flat_map(char::to_lowercase).collect();
        let wanted = offset.saturating_add(count);
        let nodes = number(self.len());
        let mut found: Vec<Node> = Vec::new();
        let mut start = 0;
        while start < nodes && found.len() < wanted {
            let end = start.saturating_add(BLOCK).min(nodes);
            let block = (start..end).into_par_iter().map(Node);
            found.par_extend(block.filter(|node| self.begins_with(*node, &prefix, locale)));
            start = end;
        }
        found.into_iter().skip(offset).take(count).collect()
    }

    fn begins_with(&self, node: Node, prefix: &str, locale: &str) -> bool {
        self.has_name(node)
            && [self.name(node, locale), self.id(node)].into_iter().flatten().any(|text| begins(text, prefix))
    }

    fn has_name(&self, node: Node) -> bool {
        matches!(self.kind(node), NodeKind::Member | NodeKind::Virtual)
    }

    /// A page of the children of a node, of all kinds, in their order.
    #[must_use]
    pub fn list(&self, parent: Node, offset: usize, count: usize) -> Vec<Node> {
        self.children(parent).skip(offset).take(count).collect()
    }
}

/// NULL is behind all texts.
fn compare(left: Option<&str>, right: Option<&str>) -> Ordering {
    (left.is_none(), left).cmp(&(right.is_none(), right))
}

/// Whether a text begins with a prefix that is in lower case.
fn begins(text: &str, prefix: &str) -> bool {
    let mut chars = text.chars().flat_map(char::to_lowercase);
    prefix.chars().all(|c| chars.next() == Some(c))
}
