//! A hierarchy as a tree of boxes, and the laws of its closure.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::closure::Node;
use crate::{Closure, MemberPath, NodeKind};

/// A node with all that is under it.
#[derive(Debug, Clone)]
pub(super) struct Branch {
    pub(super) kind: NodeKind,
    pub(super) id: Option<String>,
    pub(super) order: Option<f64>,
    /// The indices of the inputs whose rows are on this node.
    pub(super) inputs: Vec<usize>,
    pub(super) children: Vec<Branch>,
}

impl Branch {
    pub(super) fn new(kind: NodeKind, id: Option<&str>) -> Self {
        Self { kind, id: id.map(str::to_owned), order: None, inputs: Vec::new(), children: Vec::new() }
    }

    pub(super) fn root() -> Self {
        Self::new(NodeKind::Root, Some(""))
    }

    /// Sorts siblings, and gives rows of inner nodes a child of their own.
    fn settle(&mut self) {
        for child in &mut self.children {
            child.settle();
        }
        self.children.sort_by(Self::compare);
        if !self.inputs.is_empty() && !self.children.is_empty() {
            let mut own = Self::new(NodeKind::Own, self.id.as_deref());
            own.inputs.append(&mut self.inputs);
            self.children.insert(0, own);
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        let rank = |branch: &Self| match branch.kind {
            NodeKind::Member | NodeKind::Virtual => 0,
            NodeKind::Null => 1,
            NodeKind::Unassigned => 2,
            kind => panic!("{kind:?} is no child that is given"),
        };
        let orders = match (self.order, other.order) {
            (Some(left), Some(right)) => left.partial_cmp(&right).unwrap(),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        rank(self).cmp(&rank(other)).then(orders).then_with(|| self.id.cmp(&other.id))
    }

    /// Adds this node and its subtree to a list as they are shown; tells the place of this node.
    fn list(&self, above: &[usize], all: &mut Vec<Listed>) -> usize {
        let place = all.len();
        let line: Vec<usize> = above.iter().copied().chain([place]).collect();
        all.push(Listed {
            kind: self.kind,
            id: self.id.clone(),
            line: line.clone(),
            children: Vec::new(),
            inputs: self.inputs.clone(),
        });
        let children: Vec<usize> = self.children.iter().map(|child| child.list(&line, all)).collect();
        all[place].children = children;
        place
    }
}

/// A node in a list of all, with the places of others.
#[derive(Debug)]
struct Listed {
    kind: NodeKind,
    id: Option<String>,
    /// From the root to the node itself.
    line: Vec<usize>,
    children: Vec<usize>,
    inputs: Vec<usize>,
}

fn node(place: usize) -> Node {
    Node(u32::try_from(place).unwrap())
}

fn places(numbers: &[u32]) -> Vec<usize> {
    numbers.iter().map(|number| usize::try_from(*number).unwrap()).collect()
}

/// Checks that a closure is that of a tree, and everything that can be asked of it. `open` says which nodes are
/// expanded, by their places; what is behind the end counts from the start again.
pub(super) fn check(closure: &Closure, mut root: Branch, inputs: usize, open: &[usize]) {
    root.settle();
    let mut all = Vec::new();
    root.list(&[], &mut all);
    check_nodes(closure, &all);
    check_rows(closure, &all, inputs);
    check_levels(closure, &all);
    check_paths(closure, &all);
    let open: BTreeSet<usize> = open.iter().map(|place| place % all.len()).collect();
    for depth in 0..3 {
        check_frontier(closure, &all, depth, &open);
    }
    assert!(closure.bytes() > all.len() * 12);
}

fn check_nodes(closure: &Closure, all: &[Listed]) {
    assert_eq!(closure.len(), all.len());
    assert!(!closure.is_empty());
    assert_eq!(closure.node(u32::try_from(all.len()).unwrap()), None);
    for (place, listed) in all.iter().enumerate() {
        let this = node(place);
        assert_eq!(closure.node(this.number()), Some(this));
        assert_eq!(closure.kind(this), listed.kind, "{place} of {all:?}");
        assert_eq!(closure.id(this), listed.id.as_deref(), "{place} of {all:?}");
        assert_eq!(closure.depth(this), listed.line.len() - 1);
        let parent = listed.line.iter().rev().nth(1).copied();
        assert_eq!(closure.parent(this), parent.map(node));

        let under: Vec<u32> =
            (0_u32..).zip(all).filter(|(_, other)| other.line.contains(&place)).map(|(n, _)| n).collect();
        assert_eq!(closure.subtree(this).collect::<Vec<u32>>(), under);
        assert_eq!(closure.subtree(this).end, closure.end(this));
        for (other, listed) in all.iter().enumerate() {
            assert_eq!(closure.contains(this, node(other)), listed.line.contains(&place));
        }

        let children: Vec<Node> = listed.children.iter().copied().map(node).collect();
        assert_eq!(closure.children(this).collect::<Vec<Node>>(), children);
        assert_eq!(closure.list(this, 1, 2), children.iter().copied().skip(1).take(2).collect::<Vec<Node>>());
        assert_eq!(closure.is_leaf(this), children.is_empty());
        let own = listed.children.iter().copied().find(|child| all[*child].kind == NodeKind::Own);
        assert_eq!(closure.own_of(this), own.map(node));
    }
    let top = |kind: NodeKind| all[0].children.iter().copied().find(|child| all[*child].kind == kind).map(node);
    assert_eq!(closure.unassigned(), top(NodeKind::Unassigned));
    assert_eq!(closure.null(), top(NodeKind::Null));
    assert_eq!(Some(closure.height()), all.iter().map(|listed| listed.line.len() - 1).max());
}

fn check_rows(closure: &Closure, all: &[Listed], inputs: usize) {
    let rows = places(closure.row_nodes());
    assert_eq!(rows.len(), inputs);
    for (place, listed) in all.iter().enumerate() {
        for input in &listed.inputs {
            assert_eq!(rows[*input], place);
            assert_eq!(closure.row_node(*input), Some(node(place)));
            assert!(listed.children.is_empty());
        }
    }
    assert_eq!(all.iter().map(|listed| listed.inputs.len()).sum::<usize>(), inputs);
    assert_eq!(closure.row_node(inputs), None);
}

fn check_levels(closure: &Closure, all: &[Listed]) {
    for level in 0..closure.height() + 2 {
        let expected: Vec<usize> = all.iter().map(|listed| listed.line[level.min(listed.line.len() - 1)]).collect();
        let shown = places(&closure.at_level(level));
        assert_eq!(shown, expected);
        check_partition(closure, all, &shown);
    }
}

/// Every leaf counts to one node, and every node to which leaves count holds all the leaves under it.
fn check_partition(closure: &Closure, all: &[Listed], shown: &[usize]) {
    let leaves = || all.iter().enumerate().filter(|(_, listed)| listed.children.is_empty()).map(|(place, _)| place);
    for seen in leaves().map(|leaf| shown[leaf]).collect::<BTreeSet<usize>>() {
        for leaf in leaves() {
            assert_eq!(shown[leaf] == seen, closure.contains(node(seen), node(leaf)), "{leaf} of {all:?}");
        }
    }
}

fn check_frontier(closure: &Closure, all: &[Listed], depth: usize, open: &BTreeSet<usize>) {
    let expected: Vec<usize> = all
        .iter()
        .map(|listed| {
            let closed = |(at, place): &(usize, &usize)| *at >= depth && !open.contains(*place);
            // From the root down to the first node that is not expanded, or to the node itself.
            listed
                .line
                .iter()
                .enumerate()
                .find(closed)
                .or_else(|| listed.line.iter().enumerate().next_back())
                .unwrap()
                .1
        })
        .copied()
        .collect();
    let nodes: Vec<Node> = open.iter().copied().map(node).collect();
    let shown = places(&closure.frontier(depth, &nodes));
    assert_eq!(shown, expected, "depth {depth}, open {open:?} of {all:?}");
    check_partition(closure, all, &shown);
}

fn check_paths(closure: &Closure, all: &[Listed]) {
    let is_step = |place: &usize| matches!(all[*place].kind, NodeKind::Member | NodeKind::Virtual | NodeKind::Null);
    let steps = |listed: &Listed| -> Vec<Option<String>> {
        listed.line.iter().filter(|place| is_step(place)).map(|place| all[*place].id.clone()).collect()
    };
    let ways: Vec<Vec<Option<String>>> = all.iter().map(steps).collect();
    for (place, listed) in all.iter().enumerate() {
        let path = closure.path(node(place));
        let found: Vec<Option<String>> = path.members().map(|member| member.map(str::to_owned)).collect();
        assert_eq!(found, ways[place]);
        if is_step(&place) {
            // Only a virtual node at the top hides a value without a place that has its id.
            let first = (0..all.len()).find(|other| is_step(other) && ways[*other] == found);
            assert_eq!(closure.find(&path), first.map(node), "{path} of {all:?}");
            assert!(first == Some(place) || all[first.unwrap()].kind == NodeKind::Virtual);
            assert_eq!(closure.find(&path.child("no such member")), None);
        }
        if matches!(listed.kind, NodeKind::Member | NodeKind::Virtual) {
            let named =
                |other: &Listed| matches!(other.kind, NodeKind::Member | NodeKind::Virtual) && other.id == listed.id;
            let same: Vec<Node> =
                all.iter().enumerate().filter(|(_, other)| named(other)).map(|(place, _)| node(place)).collect();
            assert_eq!(closure.find_id(listed.id.as_deref().unwrap()), same);
        }
    }
    assert_eq!(closure.find(&MemberPath::root()), Some(Node::ROOT));
    assert!(closure.find_id("no such member").is_empty());
}
