//! Members of rows that are known by ordinal: what can be, how it is read, and what a query then reads of its base.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::error::Result;
use datafusion::logical_expr::LogicalPlan;

use super::scalars::Scalars;
use super::{ORDINAL, Tables, columns_read, looked_up, named, scan};
use crate::members::{RowKey, RowNodes};
use crate::model::Level;
use crate::resolve::{ColumnRef, NodeOf, ResolvedQuery, Scalar, Shape};

/// The nodes of the rows of a query's base, as far as they are known.
#[derive(Debug, Default)]
pub(crate) struct RowMembers(Vec<(Arc<NodeOf>, Arc<RowNodes>)>);

impl RowMembers {
    /// Adds the nodes of all rows that a query may meet.
    pub(crate) fn add(&mut self, of: Arc<NodeOf>, nodes: Arc<RowNodes>) {
        self.0.push((of, nodes));
    }

    pub(super) fn find(&self, of: &NodeOf) -> Option<&Arc<RowNodes>> {
        self.0.iter().find(|(known, _)| is_same(known, of)).map(|(_, nodes)| nodes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether rows have the same nodes, whatever is shown for them.
fn is_same(one: &NodeOf, other: &NodeOf) -> bool {
    one.tree == other.tree && one.kept_keys() == other.kept_keys()
}

/// The members of rows that a query reads, each once.
pub(crate) fn nodes_read(query: &ResolvedQuery) -> Vec<Arc<NodeOf>> {
    let mut found: Vec<Arc<NodeOf>> = Vec::new();
    query.visit_row_values(&mut |scalar| {
        if let Scalar::Node(node) = scalar
            && !found.iter().any(|known| is_same(known, node))
        {
            found.push(Arc::clone(node));
        }
    });
    found
}

/// What tells the nodes of the rows of a version of the base from others in memory; none where nothing does.
pub(crate) fn row_key(query: &ResolvedQuery, tables: &Tables, of: &NodeOf, version: u64) -> Option<RowKey> {
    let keys = of.kept_keys().iter().map(column_and_level).collect::<Option<Vec<_>>>()?;
    let used = lookups_behind(query, keys.iter().filter_map(|(column, _)| column.lookup).collect());
    // Lookups are called by their places on the way, which do not depend on what else the query reads.
    let placed = |column: &ColumnRef| {
        let place = |lookup: usize| used.iter().position(|other| *other == lookup);
        let lookup = match column.lookup {
            Some(lookup) => Some(place(lookup)?),
            None => None,
        };
        Some(ColumnRef { lookup, ..column.clone() })
    };
    let links = used.iter().map(|index| {
        let (lookup, table) = (query.lookups.get(*index)?, tables.lookups.get(*index)?);
        let from = lookup.keys.iter().map(|key| placed(&key.from)).collect::<Option<Vec<_>>>()?;
        Some((table.index.id(), from))
    });
    let links = links.collect::<Option<Vec<_>>>()?;
    let keys = keys.into_iter().map(|(column, level)| Some((placed(column)?, level))).collect::<Option<Vec<_>>>()?;
    Some(RowKey { dataset: query.base.id, version, keys, links })
}

fn column_and_level(key: &Scalar) -> Option<(&ColumnRef, Option<Level>)> {
    match key {
        Scalar::Column(column) => Some((column, None)),
        Scalar::Bucket { of, level } => match &**of {
            Scalar::Column(column) => Some((column, Some(*level))),
            _ => None,
        },
        _ => None,
    }
}

/// The lookups, and those that they start from.
fn lookups_behind(query: &ResolvedQuery, mut lookups: BTreeSet<usize>) -> BTreeSet<usize> {
    // A lookup stands behind the one it starts from.
    for (index, lookup) in query.lookups.iter().enumerate().rev() {
        if lookups.contains(&index) {
            lookups.extend(lookup.keys.iter().filter_map(|key| key.from.lookup));
        }
    }
    lookups
}

/// The ordinal and the node of every row of the base.
pub(crate) fn row_nodes_plan(query: &ResolvedQuery, tables: &Tables, of: &NodeOf) -> Result<LogicalPlan> {
    let scalars = Scalars::new(query, tables).without_ordinals();
    let mut columns = columns_read(query).remove(&None).unwrap_or_default();
    for key in of.kept_keys() {
        key.visit_columns(&mut |column| {
            if column.lookup.is_none() {
                columns.insert(column.column.clone());
            }
        });
    }
    let rows = looked_up(scan(&tables.base, &columns, true)?, &scalars)?;
    let node = scalars.expr(&Scalar::Node(Arc::new(of.of_rows())))?;
    rows.project([named(ORDINAL).alias("ordinal"), node.alias("node")])?.build()
}

/// The columns of the base that are left to be read for a query, its ordinals among them where they are.
pub(crate) fn base_columns(query: &ResolvedQuery, tables: &Tables) -> BTreeSet<String> {
    let (mut columns, mut lookups) = (BTreeSet::new(), BTreeSet::new());
    let mut with_ordinal = matches!(query.shape, Shape::Rows { .. });
    query.visit_row_values(&mut |scalar| match scalar {
        Scalar::Node(node) if tables.rows.find(node).is_some() => with_ordinal = true,
        other => other.visit_columns(&mut |column| match column.lookup {
            Some(lookup) => {
                lookups.insert(lookup);
            }
            None => {
                columns.insert(column.column.clone());
            }
        }),
    });
    for index in lookups_behind(query, lookups) {
        let keys = query.lookups.get(index).into_iter().flat_map(|lookup| &lookup.keys);
        columns.extend(keys.filter(|key| key.from.lookup.is_none()).map(|key| key.from.column.clone()));
    }
    if with_ordinal {
        columns.insert(ORDINAL.to_owned());
    }
    columns
}
