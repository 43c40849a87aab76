//! Dimensions and filters over hierarchies: levels, subtrees and members become numbers of nodes.
//!
//! The tree of a hierarchy is made of the rows that the scope lets be seen. What it hides is absent, as behind links: it is
//! no member, has no name, and stands above nobody.

mod dimension;
mod filter;
mod tree;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::scalar::ScalarValue;
use drillcore_hierarchies::{Closure, Node};

pub(super) use dimension::hidden;
pub(crate) use tree::{TreeKey, WantedTree};

use super::{Bound, Predicate, Scalar, Test, wrong};
use crate::error::{Error, Result};
use crate::members::MemberTree;
use crate::query::{Literal, Member, MemberLevel};
use dimension::depth;

/// The member of a hierarchy that a row belongs to, by its number in the tree. It is never NULL.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct NodeOf {
    /// What tells the member of a row.
    pub(crate) keys: Vec<Scalar>,
    pub(crate) tree: Arc<MemberTree>,
    pub(crate) shown: Shown,
}

impl NodeOf {
    /// The keys that tell which member is shown for a row: of paths those down to it.
    pub(crate) fn read_keys(&self) -> &[Scalar] {
        let columns = self.shown.deepest.map_or(self.keys.len(), |depth| self.tree.columns_to(depth));
        self.keys.get(..columns).unwrap_or(&self.keys)
    }

    /// The keys that the nodes of rows are kept by: in the dataset itself all of them, so that all levels share what is
    /// kept; behind links those that are read.
    pub(crate) fn kept_keys(&self) -> &[Scalar] {
        let is_own = |key: &Scalar| key.column_ref().is_some_and(|column| column.lookup.is_none());
        if self.keys.iter().all(is_own) { &self.keys } else { self.read_keys() }
    }

    /// The node itself that those keys tell, whatever is shown for it.
    pub(crate) fn of_rows(&self) -> Self {
        Self { keys: self.kept_keys().to_vec(), tree: Arc::clone(&self.tree), shown: Shown::rows() }
    }

    /// Whether a row belongs to a member, by its number, or to one below it.
    pub(super) fn holds(&self, number: i64) -> Predicate {
        let node = u32::try_from(number).ok().and_then(|number| self.tree.closure().node(number));
        node.map_or(Predicate::Constant(false), |node| self.within(node))
    }

    /// Whether a row belongs to a member or to one below it. Where members are paths, that shows at the level of the
    /// member.
    fn within(&self, node: Node) -> Predicate {
        let closure = self.tree.closure();
        let depth = closure.depth(node);
        let has_fewer_keys = self.tree.columns_to(depth) < self.keys.len();
        let shown = if has_fewer_keys { Shown::level(depth, &self.tree) } else { Shown::rows() };
        let of = Scalar::Node(Arc::new(Self { shown, ..self.clone() }));
        let bound = |number: u32, inclusive| Bound { value: ScalarValue::Int64(Some(number.into())), inclusive };
        let (low, high) = (Some(bound(node.number(), true)), Some(bound(closure.end(node), false)));
        Predicate::Test(Test::Range { of, low, high, folded: false })
    }

    /// The number of the member that a literal names; none where no such member is shown.
    pub(super) fn named(&self, literal: &Literal) -> Result<Option<ScalarValue>> {
        let Literal::Text(id) = literal else {
            return Err(Error::query("a member of a hierarchy is named by its id here"));
        };
        let node = node(&self.tree, &Member::Id(id.clone()), "")?;
        Ok(node.map(|node| ScalarValue::Int64(Some(node.number().into()))))
    }

    /// Whether the members of a level are shown, where one is named.
    pub(super) fn is_at(&self, level: Option<&MemberLevel>) -> bool {
        level.is_none_or(|level| depth(level, self.tree.definition()).ok() == self.shown.depth)
    }
}

/// Which member of those that a row belongs to is shown for it.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    depth: Option<usize>,
    /// The members with those below them beside them, by number, in rising order.
    expanded: Option<Arc<[u32]>>,
    /// The member shown for each, where it is not that of the row itself.
    pub(crate) of: Option<Arc<[u32]>>,
    /// No member that is shown is deeper.
    deepest: Option<usize>,
}

impl Shown {
    /// The member that holds the row itself.
    pub(crate) fn rows() -> Self {
        Self { depth: None, expanded: None, of: None, deepest: None }
    }

    /// The one at a level, or above it where the tree ends before.
    fn level(depth: usize, tree: &MemberTree) -> Self {
        Self { depth: Some(depth), expanded: None, of: Some(tree.at_level(depth)), deepest: Some(depth) }
    }

    /// The one that has no member above it but expanded ones.
    fn expanded(nodes: &[Node], closure: &Closure) -> Self {
        let of = Some(closure.frontier(0, nodes).into());
        let deepest = nodes.iter().map(|node| closure.depth(*node) + 1).max();
        let expanded = Some(nodes.iter().map(|node| node.number()).collect());
        Self { depth: None, expanded, of, deepest: Some(deepest.unwrap_or_default()) }
    }

    /// What tells it from others of the same tree in one query, which expands one dimension at most.
    pub(crate) fn name(&self) -> String {
        match (self.depth, &self.expanded) {
            (Some(depth), _) => format!("level {depth}"),
            (None, Some(_)) => "expanded".to_owned(),
            (None, None) => "rows".to_owned(),
        }
    }

    /// The expanded members, where there are such.
    pub(crate) fn expanded_nodes(&self) -> Option<&[u32]> {
        self.expanded.as_deref()
    }
}

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        self.depth == other.depth && self.expanded == other.expanded
    }
}

impl Eq for Shown {}

impl Hash for Shown {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.depth.hash(state);
        self.expanded.hash(state);
    }
}

/// The node of a member; none where the data has no such member. Whether it has is not told: rows that the scope hides
/// count as absent.
pub(super) fn node(tree: &MemberTree, member: &Member, path: &str) -> Result<Option<Node>> {
    let closure = tree.closure();
    Ok(match member {
        Member::Id(id) => match closure.find_id(id).as_slice() {
            [] => None,
            [node] => Some(*node),
            _ => {
                let message = "several members of the hierarchy have this id; give the path of one";
                return Err(wrong(path, message));
            }
        },
        Member::Path(of) => closure.find(of),
        Member::Own(of) => closure.find(of).and_then(|node| closure.own_of(node)),
        Member::Unassigned => closure.unassigned(),
    })
}
