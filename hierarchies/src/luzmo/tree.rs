//! Reading the tree shape.

use super::given::Given;
use super::is_root;
use super::nodes::{self, Nodes};
use super::problems::Problems;
use crate::error::{Error, Result};
use crate::{Element, Fault, Localized, validate};

/// A tree that was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Imported {
    /// The members, parents before their children.
    pub elements: Vec<Element>,
    /// The name of the root; empty if the text has no root, or one without a name.
    pub all: Localized,
}

/// Reads a tree as `hierarchy get` gives it: an array of nodes that hold their children, or one such node. A node at the
/// top with the id of the root is the root; without one the nodes at the top are those right below it.
///
/// Only `id` is required. Without `virtual` a member is a value, without `name` it is shown by its id. Of the root only
/// the name is kept.
///
/// ```
/// use drillcore_hierarchies::{Element, luzmo};
///
/// let text = r##"[{"id": "", "name": {"en": "World"}, "children": [{"id": "LAX", "color": "#ccc"}]}]"##;
/// let tree = luzmo::import(text)?;
/// assert_eq!(tree.all.get("en"), Some("World"));
/// assert_eq!(tree.elements, [Element::value("LAX").colored("#cccccc".parse()?)]);
/// # Ok::<(), drillcore_hierarchies::Error>(())
/// ```
///
/// # Errors
///
/// If the text is not JSON, with the byte; if fields are missing or wrong, with the places of all; if the members make
/// no [valid](crate::validate) tree, or a `level` is not that of its member, with all faults.
pub fn import(text: &str) -> Result<Imported> {
    let mut problems = Problems::default();
    let (nodes, fields) = nodes::read(text, &mut problems)?;
    let mut given = Vec::with_capacity(fields.len());
    for (node, fields) in fields.into_iter().enumerate() {
        given.extend(Given::read(fields, || nodes.pointer(node), &mut problems));
    }
    // From here on every node has an id.
    problems.finish()?;
    let tree = Tree { depths: depths(&nodes, &given), nodes, given };
    tree.check_ways()?;
    let mut faults = tree.wrong_levels();
    let imported = tree.into_imported();
    match validate(&imported.elements) {
        Ok(()) if faults.is_empty() => Ok(imported),
        Err(error) if faults.is_empty() => Err(error),
        valid => {
            faults.extend(valid.err().iter().flat_map(Error::faults).cloned());
            Err(faults.into())
        }
    }
}

/// How far each node is from the root, which is at 0.
fn depths(nodes: &Nodes, given: &[Given]) -> Vec<usize> {
    let mut depths: Vec<usize> = Vec::with_capacity(given.len());
    for (node, member) in given.iter().enumerate() {
        let above = nodes.parent(node).and_then(|parent| depths.get(parent).copied());
        depths.push(above.map_or_else(|| usize::from(!is_root(&member.id)), |above| above + 1));
    }
    depths
}

/// What a text says, by the numbers of its nodes.
#[derive(Debug)]
struct Tree {
    nodes: Nodes,
    given: Vec<Given>,
    depths: Vec<usize>,
}

impl Tree {
    /// The node above, unless that is the root.
    fn parent(&self, node: usize) -> Option<usize> {
        self.nodes.parent(node).filter(|parent| self.depths.get(*parent).is_some_and(|depth| *depth > 0))
    }

    fn id(&self, node: usize) -> Option<&String> {
        self.given.get(node).map(|member| &member.id)
    }

    /// The nodes below the root, with their depths.
    fn members(&self) -> impl Iterator<Item = (usize, &Given, usize)> {
        let members = self.given.iter().zip(&self.depths).enumerate();
        members.map(|(node, (member, depth))| (node, member, *depth)).filter(|(_, _, depth)| *depth > 0)
    }

    /// # Errors
    ///
    /// If there is a second root, or a trace is not the way to its node.
    fn check_ways(&self) -> Result<()> {
        let mut problems = Problems::default();
        let roots = self.depths.iter().enumerate().filter(|(_, depth)| **depth == 0);
        for (node, _) in roots.skip(1) {
            problems.add(|| format!("{}/id", self.nodes.pointer(node)), "expected no second root");
        }
        for (node, member, _) in self.members() {
            let Some(way) = &member.way else { continue };
            let above = std::iter::successors(Some(node), |below| self.parent(*below));
            if !way.iter().rev().eq(above.filter_map(|node| self.id(node))) {
                problems
                    .add(|| format!("{}/trace", self.nodes.pointer(node)), "expected the way from the root to here");
            }
        }
        problems.finish()
    }

    fn wrong_levels(&self) -> Vec<Fault> {
        let wrong = self.members().filter_map(|(_, member, depth)| {
            let level = member.level.filter(|level| *level != depth)?;
            Some(Fault::LevelGap { id: member.id.clone(), level, expected: depth })
        });
        wrong.collect()
    }

    fn into_imported(self) -> Imported {
        let parent = |node: usize| self.parent(node).and_then(|parent| self.id(parent)).cloned();
        let parents: Vec<Option<String>> = (0..self.given.len()).map(parent).collect();
        let mut imported = Imported::default();
        for ((member, parent), depth) in self.given.into_iter().zip(parents).zip(self.depths) {
            let name = member.name.unwrap_or_default();
            if depth == 0 {
                imported.all = name;
                continue;
            }
            imported.elements.push(Element {
                id: member.id,
                parent,
                name,
                color: member.color.flatten(),
                order: member.order.flatten(),
                is_virtual: member.is_virtual.unwrap_or_default(),
            });
        }
        imported
    }
}
