//! What the nodes of a closure are called.

use super::column::at;
use super::texts::Texts;
use super::{Closure, Node, NodeKind};
use crate::{Color, Localized, MemberPath};

/// The shown names of members, as far as they are not their ids.
#[derive(Debug)]
pub(super) enum Names {
    /// All members are shown by their ids.
    Ids,
    /// A name for every node, the same in all languages; empty where there is none.
    Plain(Texts),
    /// The nodes that have names, by number.
    Localized(Vec<(u32, Localized)>),
}

impl Names {
    fn get(&self, node: u32, locale: &str) -> Option<&str> {
        let name = match self {
            Self::Ids => return None,
            Self::Plain(texts) => texts.get(node),
            Self::Localized(names) => {
                let place = names.binary_search_by_key(&node, |(node, _)| *node).ok()?;
                names.get(place)?.1.get(locale)?
            }
        };
        (!name.is_empty()).then_some(name)
    }
}

impl Closure {
    /// Gives the root a name other than `All`. An empty name leaves it at that.
    #[must_use]
    pub fn with_root_name(mut self, name: Localized) -> Self {
        self.root_name = name;
        self
    }

    /// The id of a node: the value of a member, the id of a virtual node. Own rows have the id of their node; the root
    /// and the unassigned node have the empty one; NULL has none.
    #[must_use]
    pub fn id(&self, node: Node) -> Option<&str> {
        let named = if self.kind(node) == NodeKind::Own { Node(at(&self.parent, node.0)) } else { node };
        (self.kind(named) != NodeKind::Null).then(|| self.ids.get(named.0))
    }

    /// The members on the way to a node.
    ///
    /// Own rows and the unassigned node have no place in a path: own rows have the path of their node, the unassigned
    /// node has that of the root, and a value without a place in the tree is named by its id alone.
    #[must_use]
    pub fn path(&self, node: Node) -> MemberPath {
        let mut upward = Vec::new();
        let mut next = Some(node);
        while let Some(node) = next {
            if self.is_named(node) {
                upward.push(self.id(node));
            }
            next = self.parent(node);
        }
        MemberPath::from_members(upward.into_iter().rev().map(|id| id.map(str::to_owned)))
    }

    /// Whether a node is a step of paths.
    fn is_named(&self, node: Node) -> bool {
        matches!(self.kind(node), NodeKind::Member | NodeKind::Virtual | NodeKind::Null)
    }

    /// The name to show for a node: its name in that locale (else in a near one, see [`Localized::get`]), else its id.
    /// The root is `All` unless it was given a name, own rows are `(own)`, the unassigned node is `(unassigned)`. NULL
    /// has no name.
    #[must_use]
    pub fn name(&self, node: Node, locale: &str) -> Option<&str> {
        match self.kind(node) {
            NodeKind::Root => Some(self.root_name.get(locale).filter(|name| !name.is_empty()).unwrap_or("All")),
            NodeKind::Own => Some("(own)"),
            NodeKind::Unassigned => Some("(unassigned)"),
            NodeKind::Null => None,
            NodeKind::Member | NodeKind::Virtual => self.names.get(node.0, locale).or_else(|| self.id(node)),
        }
    }

    /// The colour of a node, if its element has one.
    #[must_use]
    pub fn color(&self, node: Node) -> Option<Color> {
        let place = self.colors.binary_search_by_key(&node.0, |(node, _)| *node).ok()?;
        self.colors.get(place).map(|(_, color)| *color)
    }
}
