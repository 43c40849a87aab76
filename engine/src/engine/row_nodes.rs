//! The members of rows by ordinal: read when they are asked for again, and kept as long as their tree.
//!
//! A query that asks for the members of the rows of a snapshot looks the key of each row up. The next one that asks for
//! the same reads all rows once, without its own filters, and from then on the ordinal of a row tells its member.

use std::sync::Arc;

use futures::StreamExt as _;

use super::Inner;
use super::query::{Facts, Prepared};
use super::tables::Route;
use crate::error::Result;
use crate::execute::failed;
use crate::members::{Asked, RowKey, RowNodes, RowNodesBuilder};
use crate::plan::{self, Tables};
use crate::resolve::{NodeOf, ResolvedQuery};

impl Inner {
    /// Gives a query what is known of its rows by ordinal; what was asked for before is read first.
    pub(super) async fn add_row_nodes(&self, prepared: &mut Prepared) {
        let Prepared { facts, tables } = prepared;
        let (rows, wanted) = wanted(facts, tables);
        for (node, key) in wanted {
            match node.tree.rows().ask(&key) {
                Asked::Known(rows) => tables.rows.add(node, rows),
                Asked::Unknown => {}
                Asked::Wanted => {
                    let read = self.read_row_nodes(&facts.resolved, tables, &node, rows);
                    // What keeps rows from being read concerns the query only if it reads them itself.
                    let Ok(rows) = Box::pin(read).await else { continue };
                    node.tree.rows().put(&key, rows.as_ref());
                    self.members.fit();
                    if let Some(rows) = rows {
                        tables.rows.add(node, rows);
                    }
                }
            }
        }
    }

    /// The same for a plan that is not run: nothing is read, nor does it count as asked for.
    pub(super) fn add_known_row_nodes(prepared: &mut Prepared) {
        let Prepared { facts, tables } = prepared;
        for (node, key) in wanted(facts, tables).1 {
            if let Some(rows) = node.tree.rows().known(&key) {
                tables.rows.add(node, rows);
            }
        }
    }

    /// The nodes of all rows of the base; none if they cannot be kept.
    async fn read_row_nodes(
        &self,
        query: &ResolvedQuery,
        tables: &Tables,
        of: &NodeOf,
        rows: u64,
    ) -> Result<Option<Arc<RowNodes>>> {
        let bytes = usize::try_from(rows).ok().and_then(|rows| rows.checked_mul(size_of::<u32>()));
        if !bytes.is_some_and(|bytes| self.members.has_room(&of.tree, bytes)) {
            return Ok(None);
        }
        let Some(mut builder) = RowNodesBuilder::new(rows, of.tree.closure().len()) else { return Ok(None) };
        let session = self.executor.session();
        let logical = plan::row_nodes_plan(query, tables, of).map_err(failed)?;
        let mut batches = session.stream(session.plan(&logical).await?)?;
        while let Some(batch) = batches.next().await {
            if !builder.add(&batch.map_err(failed)?) {
                return Ok(None);
            }
        }
        let made = builder.finish().map(Arc::new);
        // Ordinals without rows take room too.
        Ok(made.filter(|made| self.members.has_room(&of.tree, made.bytes())))
    }
}

/// The rows of the base, and which members of theirs are kept by ordinal, where that pays.
fn wanted(facts: &Facts, tables: &Tables) -> (u64, Vec<(Arc<NodeOf>, RowKey)>) {
    let resolved = &facts.resolved;
    let Some(Route::Snapshot { pinned, .. }) = facts.routes.get(&resolved.base.name) else { return (0, Vec::new()) };
    let (rows, version) = (pinned.rows(), pinned.version());
    if rows < RowNodes::LEAST_ROWS {
        return (rows, Vec::new());
    }
    let keyed = |node: Arc<NodeOf>| plan::row_key(resolved, tables, &node, version).map(|key| (node, key));
    (rows, plan::nodes_read(resolved).into_iter().filter_map(keyed).collect())
}
