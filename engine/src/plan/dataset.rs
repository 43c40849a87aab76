//! The rows of one dataset that pass its own filters, as a plan for others to build on.

use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::common::TableReference;
use datafusion::datasource::provider_as_source;
use datafusion::error::Result;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};

use super::scalars::Scalars;
use super::{columns_read, filters};
use crate::resolve::{Predicate, ResolvedQuery, Scalar, Shape};

/// The columns of `rows`, over the rows that pass its filter. The scan is called like the dataset.
pub(crate) fn dataset_plan(rows: &ResolvedQuery, table: &Arc<dyn TableProvider>) -> Result<LogicalPlan> {
    let schema = table.schema();
    let read = columns_read(rows).remove(&None).unwrap_or_default();
    let places = schema.fields().iter().enumerate().filter(|(_, field)| read.contains(field.name()));
    let places = places.map(|(place, _)| place).collect();
    let name = TableReference::bare(rows.base.name.as_str());
    let mut plan = LogicalPlanBuilder::scan(name, provider_as_source(Arc::clone(table)), Some(places))?;
    let scalars = Scalars::of_base(rows);
    if rows.filter != Predicate::Constant(true) {
        plan = plan.filter(filters::condition(&rows.filter, &scalars)?)?;
    }
    let Shape::Rows { columns } = &rows.shape else { return plan.build() };
    if columns.iter().all(|column| matches!(column.value, Scalar::Column(_))) {
        return plan.build();
    }
    let shown = columns.iter().map(|column| Ok(scalars.expr(&column.value)?.alias(column.output.name.as_str())));
    plan.project(shown.collect::<Result<Vec<_>>>()?)?.build()
}
