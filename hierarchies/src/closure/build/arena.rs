//! Nodes before and after they have numbers.

use std::iter;

use rayon::prelude::*;

use crate::closure::column::{at, number, put};
use crate::closure::key::Key;
use crate::closure::names::Names;
use crate::closure::texts::Texts;
use crate::closure::{Closure, Node, NodeKind};
use crate::{Error, Fault, Localized, Result};

/// The most nodes of an arena: every one may get a child for its own rows, and numbers have 32 bits.
const MOST: usize = (u32::MAX / 2) as usize;

/// No node.
const NONE: u32 = u32::MAX;

/// Refuses more members than there are numbers for.
pub(super) fn fits(members: usize) -> Result<()> {
    if members > MOST { Err(Error::from(vec![Fault::TooMany { members, most: MOST }])) } else { Ok(()) }
}

/// The nodes of a tree at their places. Siblings are in their order, parents may come behind their children. Place 0 is
/// the root. The nodes for own rows are not among them: numbering finds out where they are needed.
#[derive(Debug)]
pub(super) struct Arena<'a> {
    parent: Vec<u32>,
    kind: Vec<NodeKind>,
    id: Vec<&'a str>,
}

impl<'a> Arena<'a> {
    /// Only the root, with room for so many nodes under it.
    pub(super) fn with_capacity(nodes: usize) -> Self {
        let room = nodes.saturating_add(1);
        let (parent, kind, id) = (Vec::with_capacity(room), Vec::with_capacity(room), Vec::with_capacity(room));
        let mut arena = Self { parent, kind, id };
        arena.push(0, NodeKind::Root, "");
        arena
    }

    /// Adds a node behind its siblings, and tells its place. The id of what is neither a member nor virtual is empty.
    pub(super) fn push(&mut self, parent: u32, kind: NodeKind, id: &'a str) -> u32 {
        let place = number(self.parent.len());
        self.parent.push(parent);
        self.kind.push(kind);
        self.id.push(id);
        place
    }

    /// Numbers the nodes as the tree is shown. Given the place of each input, tells with the closure (which has neither
    /// names nor colours yet) the number of each place. Every node must be under the root.
    pub(super) fn finish(self, rows: &[u32]) -> Result<(Closure, Vec<u32>)> {
        fits(self.parent.len())?;
        let mut has_rows = vec![false; self.parent.len()];
        for &place in rows {
            put(&mut has_rows, place, true);
        }
        let siblings = Siblings::of(&self.parent);
        let bytes: usize = self.id.iter().map(|id| id.len()).sum();
        let mut closure = Closure::with_capacity(self.parent.len(), bytes);
        let mut numbers = vec![0_u32; self.parent.len()];
        for place in iter::successors(Some(0), |place| siblings.behind(*place)) {
            let kind = self.kind.get(place as usize).copied().unwrap_or(NodeKind::Root);
            let parent = at(&numbers, at(&self.parent, place));
            let node = closure.append(parent, kind, at(&self.id, place));
            put(&mut numbers, place, node);
            if at(&has_rows, place) && siblings.has_children(place) {
                closure.append(node, NodeKind::Own, "");
            }
        }
        closure.close();
        closure.by_id = self.by_id(&numbers);
        // Own rows are the first child.
        let node_of = |place: u32| at(&numbers, place) + u32::from(siblings.has_children(place));
        closure.row_nodes = rows.par_iter().map(|place| node_of(*place)).collect();
        Ok((closure, numbers))
    }

    /// The numbers of the nodes that are named in paths, by id, then by parent. They are taken in the order of the
    /// arena, because that is often the order of ids already.
    fn by_id(&self, numbers: &[u32]) -> Vec<u32> {
        let places = self.kind.par_iter().zip(&self.id).zip(&self.parent).zip(numbers);
        let mut keys: Vec<(Key<'_>, u32, u32)> = places
            .filter_map(|(((kind, id), parent), node)| {
                let id = match kind {
                    NodeKind::Member | NodeKind::Virtual => Some(*id),
                    NodeKind::Null => None,
                    NodeKind::Root | NodeKind::Own | NodeKind::Unassigned => return None,
                };
                Some((Key::new(id), at(numbers, *parent), *node))
            })
            .collect();
        keys.par_sort_unstable();
        keys.into_par_iter().map(|(_, _, node)| node).collect()
    }
}

/// The way through an arena: the first child of every place, and the next sibling.
#[derive(Debug)]
struct Siblings<'a> {
    parent: &'a [u32],
    first: Vec<u32>,
    next: Vec<u32>,
}

impl<'a> Siblings<'a> {
    fn of(parent: &'a [u32]) -> Self {
        let mut first = vec![NONE; parent.len()];
        let mut next = vec![NONE; parent.len()];
        for place in (1..number(parent.len())).rev() {
            let above = at(parent, place);
            put(&mut next, place, at(&first, above));
            put(&mut first, above, place);
        }
        Self { parent, first, next }
    }

    fn has_children(&self, place: u32) -> bool {
        at(&self.first, place) != NONE
    }

    /// The place that is shown behind another one. There is no stack: the parents know the way back, however deep it
    /// is.
    fn behind(&self, place: u32) -> Option<u32> {
        if self.has_children(place) {
            return Some(at(&self.first, place));
        }
        let mut up = place;
        while up != 0 {
            let next = at(&self.next, up);
            if next != NONE {
                return Some(next);
            }
            up = at(self.parent, up);
        }
        None
    }
}

impl Closure {
    fn with_capacity(nodes: usize, bytes: usize) -> Self {
        Self {
            parent: Vec::with_capacity(nodes),
            end: Vec::new(),
            depth: Vec::with_capacity(nodes),
            kind: Vec::with_capacity(nodes),
            ids: Texts::with_capacity(nodes, bytes),
            names: Names::Ids,
            colors: Vec::new(),
            by_id: Vec::new(),
            row_nodes: Vec::new(),
            root_name: Localized::default(),
            unassigned: None,
            height: 0,
        }
    }

    /// Adds the node with the next number.
    fn append(&mut self, parent: u32, kind: NodeKind, id: &str) -> u32 {
        let node = number(self.parent.len());
        let depth = if node == 0 { 0 } else { at(&self.depth, parent) + 1 };
        self.parent.push(parent);
        self.depth.push(depth);
        self.kind.push(kind);
        self.ids.push(id);
        self.height = self.height.max(depth);
        if kind == NodeKind::Unassigned {
            self.unassigned = Some(Node(node));
        }
        node
    }

    /// Finds the ends of all subtrees: from the last node on, every one tells its parent.
    fn close(&mut self) {
        let nodes = number(self.parent.len());
        let mut end: Vec<u32> = (1..=nodes).collect();
        for node in (1..nodes).rev() {
            let parent = at(&self.parent, node);
            let furthest = at(&end, parent).max(at(&end, node));
            put(&mut end, parent, furthest);
        }
        self.end = end;
    }
}
