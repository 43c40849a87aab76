//! What a planned query may consist of, whatever syntax it came from.

use std::collections::BTreeSet;

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::logical_expr::LogicalPlan;

use super::errors::refused;
use super::parse::no_query;
use crate::error::{Error, Result};

/// Refuses everything but reading, and gives the names of the datasets that are read.
///
/// # Errors
///
/// `InvalidQuery` for a plan that would write, change or tell something else, or that waits for values.
pub(crate) fn check(plan: &LogicalPlan) -> Result<BTreeSet<String>> {
    let mut read = BTreeSet::new();
    let mut only_reads = true;
    let walked = plan.apply_with_subqueries(|node| {
        match node {
            LogicalPlan::TableScan(scan) => {
                read.insert(scan.table_name.table().to_owned());
            }
            LogicalPlan::Projection(_)
            | LogicalPlan::Filter(_)
            | LogicalPlan::Window(_)
            | LogicalPlan::Aggregate(_)
            | LogicalPlan::Sort(_)
            | LogicalPlan::Join(_)
            | LogicalPlan::Repartition(_)
            | LogicalPlan::Union(_)
            | LogicalPlan::EmptyRelation(_)
            | LogicalPlan::Subquery(_)
            | LogicalPlan::SubqueryAlias(_)
            | LogicalPlan::Limit(_)
            | LogicalPlan::Values(_)
            | LogicalPlan::Distinct(_)
            | LogicalPlan::Unnest(_) => {}
            _ => {
                only_reads = false;
                return Ok(TreeNodeRecursion::Stop);
            }
        }
        Ok(TreeNodeRecursion::Continue)
    });
    walked.map_err(refused)?;
    if !only_reads {
        return Err(no_query());
    }
    if !plan.get_parameter_names().map_err(refused)?.is_empty() {
        return Err(Error::query("placeholders such as $1 have no values here"));
    }
    Ok(read)
}
