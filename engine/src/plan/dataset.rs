//! The rows of one dataset that pass its own filters, as a plan for others to build on.

use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::common::TableReference;
use datafusion::datasource::provider_as_source;
use datafusion::error::Result;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};

use super::scalars::Scalars;
use super::{ORDINAL, filters};
use crate::resolve::{Predicate, ResolvedQuery};

/// The columns of a dataset without the ordinal, over the rows that pass the filter of `rows`. The scan is called like
/// the dataset.
pub(crate) fn dataset_plan(rows: &ResolvedQuery, table: &Arc<dyn TableProvider>) -> Result<LogicalPlan> {
    let schema = table.schema();
    let columns = schema.fields().iter().enumerate().filter(|(_, field)| field.name() != ORDINAL);
    let columns = columns.map(|(place, _)| place).collect();
    let name = TableReference::bare(rows.base.name.as_str());
    let plan = LogicalPlanBuilder::scan(name, provider_as_source(Arc::clone(table)), Some(columns))?;
    if rows.filter == Predicate::Constant(true) {
        return plan.build();
    }
    plan.filter(filters::condition(&rows.filter, &Scalars::of_base(rows))?)?.build()
}
