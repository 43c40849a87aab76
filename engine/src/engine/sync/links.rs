//! Rows of the targets of links that no lookup finds.

use std::sync::Arc;

use arrow::compute::concat_batches;
use datafusion::catalog::TableProvider;
use datafusion::common::Column;
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, cast};

use super::super::Inner;
use super::super::derived::table_of;
use crate::catalog::{Catalog, DatasetEntry, key_type};
use crate::error::{Error, Result};
use crate::execute::failed;
use crate::links::LinkIndex;
use crate::model::Link;

impl Inner {
    /// Rows of a link's target that no lookup finds, by link. The target's own filters are left aside.
    pub(super) async fn duplicate_keys(&self, catalog: &Catalog, target: &DatasetEntry) -> Result<Vec<(String, u64)>> {
        let mut found = Vec::new();
        for link in catalog.links.iter().filter(|link| link.to == target.name) {
            let hidden = self.hidden_rows(catalog, link, target).await?;
            if hidden > 0 {
                found.push((format!("{}.{}", link.from, link.name), hidden));
            }
        }
        Ok(found)
    }

    /// Rows of a link's target whose key an earlier row has, in the newest snapshot.
    async fn hidden_rows(&self, catalog: &Catalog, link: &Link, target: &DatasetEntry) -> Result<u64> {
        let from = catalog.dataset(&link.from)?;
        let Some(snapshot) = self.store.dataset(target.id).latest()? else { return Ok(0) };
        let files = self.open.open(&snapshot)?;
        let table: Arc<dyn TableProvider> = Arc::new(table_of(snapshot, files, target)?);
        let plan = LogicalPlanBuilder::scan("target", provider_as_source(table), None).map_err(failed)?;
        let mut keys = Vec::with_capacity(link.on.len());
        for (left, right) in &link.on {
            let (left, right) = (from.column(left)?, target.column(right)?);
            let shared = key_type(left.column_type, right.column_type)
                .ok_or_else(|| Error::internal("a link compares columns of different types"))?;
            keys.push(cast(Expr::Column(Column::from_name(&right.id)), shared.arrow()));
        }
        let plan = plan.project(keys).and_then(LogicalPlanBuilder::build).map_err(failed)?;
        let session = self.executor.session();
        let physical = session.plan(&plan).await?;
        let schema = physical.schema();
        let batches = session.collect(physical).await?;
        let rows = concat_batches(&schema, &batches).map_err(|error| {
            Error::internal("the keys of a link's target cannot be put together").with_source(error)
        })?;
        Ok(LinkIndex::build(rows.columns())?.duplicates())
    }
}
