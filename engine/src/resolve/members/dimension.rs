//! Dimensions over hierarchies: a level, the members below another one, an expanded tree.

use std::collections::BTreeSet;
use std::sync::Arc;

use drillcore_hierarchies::{Hierarchy, Kind, Node, OwnRows, Visibility};

use super::{NodeOf, Shown, node};
use crate::catalog::HierarchyEntry;
use crate::error::{Error, Result};
use crate::members::MemberTree;
use crate::model::{Column, Kind as ColumnKind, Level};
use crate::query::{self, DatetimeLevel, Expand, MemberLevel, Members, Target};
use crate::resolve::outputs::Names;
use crate::resolve::{Dimension, Expanded, Hidden, Output, OutputType, Resolver, Scalar, wrong};
use crate::suggest;

impl Resolver<'_> {
    /// A dimension over a hierarchy.
    pub(in crate::resolve) fn members_dimension(
        &mut self,
        asked: &query::Dimension,
        members: &Members,
        path: &str,
        names: &mut Names,
    ) -> Result<Dimension> {
        let (keys, tree) = self.tree(&asked.reference, &members.hierarchy, path)?;
        let definition = Arc::clone(tree.definition());
        let under = members.under.as_ref().map(|member| node(&tree, member, &format!("{path}/under"))).transpose()?;
        let depth = match &members.level {
            Some(level) => depth(level, &definition).map_err(|error| error.at(format!("{path}/level")))?,
            None => under.flatten().map_or(1, |node| tree.closure().depth(node) + 1),
        };
        let level = definition.level_names().get(depth - 1).map(|name| (*name).to_owned());
        let named = members.level.is_some() || under.is_some();
        let name = names.name(asked.name.as_deref(), || match &level {
            Some(level) if named => format!("{}_{level}", definition.id),
            None if named => format!("{}_{depth}", definition.id),
            _ => definition.id.clone(),
        });
        let label = definition.name.get(&self.locale).unwrap_or(&definition.id);
        let label = asked.name.clone().unwrap_or_else(|| label.to_owned());
        let shown = match &members.expand {
            Some(expand) => {
                let top = under.flatten().unwrap_or(Node::ROOT);
                Shown::expanded(&opened(&tree, expand, top, path)?, tree.closure())
            }
            None => Shown::level(depth, &tree),
        };
        let value = Scalar::Node(Arc::new(NodeOf { keys, tree, shown }));
        let output_type = OutputType::Node;
        let output = Output { name, label, output_type, level, subtype: None, format: None };
        Ok(Dimension { output, value })
    }

    /// The level that a column without levels of its own is asked at: that of the one hierarchy on it.
    pub(in crate::resolve) fn level_of_members(
        &mut self,
        asked: &query::Dimension,
        path: &str,
    ) -> Result<Option<Members>> {
        let (Target::Column(id), Some(DatetimeLevel::Bucket(level))) = (&asked.reference.target, asked.level) else {
            return Ok(None);
        };
        let name = asked.reference.dataset.clone().unwrap_or_else(|| self.base.name.clone());
        let lookup = if name == self.base.name { None } else { self.members_lookup(&name, path)? };
        let dataset = self.dataset_of(lookup);
        let is_datetime = |column: &Column| column.kind() == ColumnKind::Datetime;
        if dataset.column(id).is_ok_and(is_datetime) {
            return Ok(None);
        }
        let on = |entry: &&HierarchyEntry| match &entry.definition.kind {
            Kind::Levels { levels, .. } => levels.iter().any(|level| level.column == *id),
            Kind::Tree { column, .. } => column == id,
            Kind::ParentChild { key, .. } => key == id,
            Kind::Datetime { .. } => false,
        };
        let mut found = self.catalog.hierarchies_of(&dataset.name).filter(on);
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some(entry), None) => {
                let mut members = Members::new(&entry.definition.id);
                let number = (1_u16..).zip(Level::ALL).find(|(_, known)| *known == level).map(|(number, _)| number);
                members.level = number.map(MemberLevel::Number);
                Ok(Some(members))
            }
            _ => {
                let message = format!("several hierarchies are on column `{id}`; give the `hierarchy_id` of one");
                Err(wrong(&format!("{path}/level"), message))
            }
        }
    }

    /// The dimension with an expanded tree.
    pub(in crate::resolve) fn expanded(&self, dimensions: &[Dimension]) -> Result<Option<Expanded>> {
        let nodes = |dimension: &Dimension| match &dimension.value {
            Scalar::Node(node) => node.shown.expanded_nodes().map(<[u32]>::to_vec),
            _ => None,
        };
        let mut found = None;
        for (dimension, shown) in dimensions.iter().enumerate() {
            let Some(nodes) = nodes(shown) else { continue };
            let path = format!("/dimensions/{dimension}/expand");
            if found.is_some() {
                return Err(wrong(&path, "one dimension of a query can be expanded"));
            }
            if self.query.pivot.is_some() {
                return Err(wrong(&path, "the members of an expanded dimension stand in rows, not in a pivot"));
            }
            found = Some(Expanded { dimension, nodes, tiered: false });
        }
        Ok(found)
    }
}

/// How many steps below the root a level is.
pub(super) fn depth(level: &MemberLevel, definition: &Hierarchy) -> Result<usize> {
    let names = definition.level_names();
    match level {
        MemberLevel::Number(0) => Err(Error::query("levels begin at 1")),
        MemberLevel::Number(number) => {
            let number = usize::from(*number);
            let fixed = matches!(definition.kind, Kind::Levels { .. } | Kind::Datetime { .. });
            if fixed && number > names.len() {
                return Err(Error::query(format!("hierarchy `{}` has {} levels", definition.id, names.len())));
            }
            Ok(number)
        }
        MemberLevel::Name(name) => {
            names.iter().position(|known| known == name).map(|place| place + 1).ok_or_else(|| {
                let hint = suggest::hint(name, names.iter().copied());
                Error::query(format!("hierarchy `{}` has no level `{name}`{hint}", definition.id))
            })
        }
    }
}

/// The members that an expansion opens: those above its depth, and those it names, where all above them are open too.
/// Below a member, depth counts from it.
fn opened(tree: &MemberTree, expand: &Expand, top: Node, path: &str) -> Result<Vec<Node>> {
    let closure = tree.closure();
    let mut named = BTreeSet::new();
    for (index, member) in expand.open.iter().enumerate() {
        named.extend(node(tree, member, &format!("{path}/expand/open/{index}"))?);
    }
    let depth = closure.depth(top) + usize::from(expand.depth);
    // What stands above the member that all is below is opened, so that the rows are those below it.
    let above = std::iter::successors(Some(top), |node| closure.parent(*node));
    let mut open: BTreeSet<Node> = above.collect();
    for node in closure.subtree(top).filter_map(|number| closure.node(number)) {
        let parent_is_open = closure.parent(node).is_none_or(|parent| open.contains(&parent));
        if parent_is_open && !closure.is_leaf(node) && (closure.depth(node) < depth || named.contains(&node)) {
            open.insert(node);
        }
    }
    Ok(open.into_iter().collect())
}

/// What the hierarchies of dimensions do not show.
pub(in crate::resolve) fn hidden(dimensions: &[Dimension]) -> Vec<Hidden> {
    let of = |(dimension, shown): (usize, &Dimension)| {
        let Scalar::Node(node) = &shown.value else { return None };
        let definition = node.tree.definition();
        let own_rows = definition.own_rows == OwnRows::Hidden;
        let unassigned = definition.unassigned == Visibility::Hidden;
        (own_rows || unassigned).then_some(Hidden { dimension, own_rows, unassigned })
    };
    dimensions.iter().enumerate().filter_map(of).collect()
}
