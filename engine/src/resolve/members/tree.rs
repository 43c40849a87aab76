//! The tree of a hierarchy: what it is built of, and what tells the member of a row.

use std::sync::Arc;

use arrow::array::new_empty_array;
use arrow::datatypes::DataType;
use drillcore_hierarchies::{Hierarchy, Kind, Node, NodeKind, OwnRows};
use uuid::Uuid;

use crate::catalog::{DatasetEntry, HierarchyEntry};
use crate::error::{Error, ErrorKind, Result};
use crate::members::MemberTree;
use crate::model::Level;
use crate::query::Reference;
use crate::resolve::definitions::own_value;
use crate::resolve::scoped::dataset_filters;
use crate::resolve::{
    ColumnRef, DatasetRef, Dimension, Groups, Output, Predicate, ResolvedQuery, Resolver, Scalar, Shape, Steps, wrong,
};
use crate::time::Calendar;

/// What makes two trees the same in one state of the data: the definition, the dataset, the rows that are seen, and for
/// dates the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct TreeKey {
    pub(crate) revision: Uuid,
    pub(crate) dataset: Uuid,
    pub(crate) calendar: Option<Calendar>,
    /// The rows of the dataset that the scope lets be seen.
    pub(crate) filter: Predicate,
}

/// A tree that must be built before a query can be resolved.
#[derive(Debug, Clone)]
pub(crate) struct WantedTree {
    pub(crate) key: TreeKey,
    pub(crate) definition: Arc<Hierarchy>,
    pub(crate) dataset: DatasetRef,
    /// What tells the member of a row.
    pub(crate) keys: Vec<Scalar>,
    /// For a table of members and their parents: the columns of the parent, and of the name.
    pub(crate) others: Vec<ColumnRef>,
    calendar: Calendar,
}

impl WantedTree {
    /// A tree without members, to go on with until the members are known.
    fn unknown(&self) -> Result<MemberTree> {
        let keys = self.keys.iter().map(|key| new_empty_array(&key.output_type().column_type().arrow()));
        let texts = vec![new_empty_array(&DataType::Utf8View); self.keys.len() + self.others.len()];
        MemberTree::build(&self.definition, keys.collect(), &texts)
    }

    /// The query for what the tree is built of.
    pub(crate) fn query(&self) -> ResolvedQuery {
        let dimension =
            |value: &Scalar| Dimension { output: Output::plain("member", value.output_type()), value: value.clone() };
        let dimensions = self.keys.iter().map(dimension);
        let shape = if self.others.is_empty() {
            Shape::Grouped(Box::new(Groups {
                dimensions: dimensions.collect(),
                parts: Vec::new(),
                measures: Vec::new(),
                having: Predicate::Constant(true),
                context: None,
                steps: Steps::default(),
            }))
        } else {
            let others = self.others.iter().map(|column| dimension(&Scalar::Column(column.clone())));
            Shape::Rows { columns: dimensions.chain(others.collect::<Vec<_>>()).collect() }
        };
        ResolvedQuery {
            base: self.dataset.clone(),
            calendar: self.calendar.clone(),
            locale: "en".to_owned(),
            lookups: Vec::new(),
            filter: self.key.filter.clone(),
            shape,
            order: Vec::new(),
            limit: None,
            offset: 0,
            // As many as there can be nodes.
            max_rows: u64::from(u32::MAX),
            total_rows: false,
        }
    }
}

impl Resolver<'_> {
    /// What tells the member of a row in a hierarchy, and its tree; a tree of nothing where it must be built first.
    pub(super) fn tree(
        &mut self,
        reference: &Reference,
        id: &str,
        path: &str,
    ) -> Result<(Vec<Scalar>, Arc<MemberTree>)> {
        let entry = self.catalog.hierarchy(id).map_err(|error| match error.kind() {
            ErrorKind::NotFound => wrong(&format!("{path}/hierarchy_id"), error.message()),
            _ => error.at(format!("{path}/hierarchy_id")),
        })?;
        let definition = Arc::clone(&entry.definition);
        let name = reference.dataset.as_deref().unwrap_or(&definition.dataset);
        let lookup = if name == self.base.name { None } else { self.members_lookup(name, path)? };
        let dataset = self.dataset_of(lookup);
        if dataset.name != definition.dataset {
            let message = format!("hierarchy `{id}` belongs to dataset `{}`", definition.dataset);
            return Err(wrong(&format!("{path}/hierarchy_id"), message));
        }
        let at = |error: Error| error.at(format!("{path}/hierarchy_id"));
        let keys = keys(&definition, &dataset, lookup).map_err(at)?;
        let (calendar, now) = (self.calendar.clone(), self.now);
        let mut own = |id: &str| own_value(&dataset, id, &calendar, now);
        let seen = dataset_filters(&dataset, self.scope, &calendar, &mut own)?;
        let wanted = wanted(entry, &dataset, &calendar, seen).map_err(at)?;
        let tree = match self.probed.trees.get(&wanted.key) {
            Some(tree) => Arc::clone(tree),
            None => {
                let empty = wanted.unknown()?;
                if !self.needed.trees.iter().any(|other| other.key == wanted.key) {
                    self.needed.trees.push(wanted);
                }
                Arc::new(empty)
            }
        };
        check_own_rows(&tree).map_err(at)?;
        Ok((keys, tree))
    }
}

/// What tells the member of a row, in the dataset itself or behind a lookup.
fn keys(definition: &Hierarchy, dataset: &DatasetEntry, lookup: Option<usize>) -> Result<Vec<Scalar>> {
    let column = |id: &str| -> Result<Scalar> {
        let column = dataset.column(id)?;
        Ok(Scalar::Column(ColumnRef { lookup, column: column.id.clone(), column_type: column.column_type }))
    };
    Ok(match &definition.kind {
        Kind::Levels { levels, .. } => levels.iter().map(|level| column(&level.column)).collect::<Result<Vec<_>>>()?,
        Kind::Tree { column: of, .. } => vec![column(of)?],
        Kind::ParentChild { key, .. } => vec![column(key)?],
        Kind::Datetime { column: of, levels } => {
            let of = Arc::new(column(of)?);
            let bucket = |name: &String| {
                let level = Level::from_name(name);
                let level = level.ok_or_else(|| Error::internal("a level of a hierarchy of dates is none"))?;
                Ok(Scalar::Bucket { of: Arc::clone(&of), level })
            };
            levels.iter().map(bucket).collect::<Result<Vec<_>>>()?
        }
    })
}

/// What a tree is built of.
fn wanted(
    entry: &HierarchyEntry,
    dataset: &DatasetEntry,
    calendar: &Calendar,
    filter: Predicate,
) -> Result<WantedTree> {
    let definition = &entry.definition;
    let others = match &definition.kind {
        Kind::ParentChild { parent, name, .. } => std::iter::once(parent).chain(name).collect(),
        _ => Vec::new(),
    };
    let column = |id: &&String| -> Result<ColumnRef> {
        let column = dataset.column(id)?;
        Ok(ColumnRef { lookup: None, column: column.id.clone(), column_type: column.column_type })
    };
    let depends = matches!(definition.kind, Kind::Datetime { .. });
    Ok(WantedTree {
        key: TreeKey {
            revision: entry.revision,
            dataset: dataset.id,
            calendar: depends.then(|| calendar.clone()),
            filter,
        },
        definition: Arc::clone(definition),
        dataset: DatasetRef { name: dataset.name.clone(), id: dataset.id },
        keys: keys(definition, dataset, None)?,
        others: others.iter().map(column).collect::<Result<Vec<_>>>()?,
        calendar: calendar.clone(),
    })
}

/// Refuses a hierarchy whose members with others below them must have no rows of their own, where some have.
fn check_own_rows(tree: &MemberTree) -> Result<()> {
    if tree.definition().own_rows != OwnRows::Error {
        return Ok(());
    }
    let closure = tree.closure();
    let nodes = closure.subtree(Node::ROOT).filter_map(|number| closure.node(number));
    // Rows without a member at all are on no member.
    let is_own = |node: &Node| closure.kind(*node) == NodeKind::Own && closure.parent(*node) != Some(Node::ROOT);
    let own = nodes.filter(is_own).count();
    if own == 0 {
        return Ok(());
    }
    let message = format!(
        "hierarchy `{}` allows no rows on members with others below them, and {own} such members have some",
        tree.definition().id
    );
    Err(Error::query(message))
}
