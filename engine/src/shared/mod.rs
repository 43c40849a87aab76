//! Queries that are asked together and read the same table read it once.
//!
//! `share` decides who shares; `tables` gives each of them a table whose rows come from the shared scan, so that
//! planning and everything behind it stays as it is for a query alone.

mod queue;
mod scan;
mod share;
mod table;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::error::Result;

pub(crate) use share::{Candidate, Group, share};

use crate::execute::{ScanRequest, Session};
use crate::plan::scan_filters;
use crate::resolve::ResolvedQuery;

/// The table of each member of a group, in their order. `base` is the table that they read, `query` any of them.
pub(crate) fn tables(
    group: &Group,
    query: &ResolvedQuery,
    base: &Arc<dyn TableProvider>,
    session: &Session,
) -> Result<Vec<Arc<dyn TableProvider>>> {
    let schema = base.schema();
    let columns = group.columns.iter().map(|column| schema.index_of(column)).collect::<Result<Vec<_>, _>>()?;
    let filters = scan_filters(query, &group.filters)?;
    let request = ScanRequest { table: Arc::clone(base), columns, filters };
    Ok(table::tables(&Arc::new(request), session, &group.passes))
}
