//! The rows of a dataset that an asker may see, as a table.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result as PlanResult;
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, TableSource, TableType};
use datafusion::physical_plan::ExecutionPlan;

use super::barrier::BarrierExec;
use crate::error::Result;
use crate::execute::failed;
use crate::plan::dataset_plan;
use crate::resolve::{Predicate, ResolvedQuery};

/// The columns of a dataset over the rows that its own filters leave.
///
/// Where there are such filters, nothing that the text says is looked at before they are: an expression that fails on a
/// hidden row would tell of it.
pub(crate) fn source(rows: &ResolvedQuery, table: &Arc<dyn TableProvider>) -> Result<Arc<dyn TableSource>> {
    let plan = dataset_plan(rows, table).map_err(failed)?;
    if rows.filter == Predicate::Constant(true) {
        return Ok(provider_as_source(Arc::new(ViewTable::new(plan, None))));
    }
    let schema = Arc::clone(plan.schema().inner());
    Ok(provider_as_source(Arc::new(ScopedTable { plan, schema })))
}

/// A table some of whose rows are hidden.
#[derive(Debug)]
struct ScopedTable {
    plan: LogicalPlan,
    schema: SchemaRef,
}

#[async_trait]
impl TableProvider for ScopedTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    /// No filter is handed over, because none is asked for.
    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> PlanResult<Arc<dyn ExecutionPlan>> {
        let mut plan = LogicalPlanBuilder::from(self.plan.clone());
        if let Some(projection) = projection {
            let columns = self.plan.schema().columns();
            let shown = projection.iter().filter_map(|place| columns.get(*place)).cloned();
            plan = plan.project(shown.map(Expr::Column).collect::<Vec<_>>())?;
        }
        if limit.is_some() {
            plan = plan.limit(0, limit)?;
        }
        let rows = state.create_physical_plan(&plan.build()?).await?;
        Ok(Arc::new(BarrierExec::new(rows)))
    }
}
