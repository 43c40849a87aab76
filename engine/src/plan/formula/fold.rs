//! What is the same in every row.

use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::Schema;
use datafusion::common::DFSchema;
use datafusion::error::Result;
use datafusion::execution::context::ExecutionProps;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::{ColumnarValue, Expr, lit};
use datafusion::physical_expr::create_physical_expr;
use datafusion::scalar::ScalarValue;
use drillcore_formulas::Typed;

/// The expression of a formula; if there are no names in that, its value, computed as it would be in each row.
pub(super) fn folded<L>(tree: &Typed<L>, expr: Expr) -> Expr {
    if matches!(expr, Expr::Literal(..)) || has_names(tree) {
        return expr;
    }
    // What cannot be computed here is left to the plan.
    value(&expr).map_or(expr, lit)
}

fn has_names<L>(tree: &Typed<L>) -> bool {
    let mut found = false;
    tree.visit_leaves(&mut |_| found = true);
    found
}

fn value(expr: &Expr) -> Result<ScalarValue> {
    let (props, context) = (ExecutionProps::new(), PhysicalPlanningContext::default());
    let physical = create_physical_expr(expr, &DFSchema::empty(), &props, &context)?;
    let options = RecordBatchOptions::new().with_row_count(Some(1));
    let row = RecordBatch::try_new_with_options(Arc::new(Schema::empty()), Vec::new(), &options)?;
    match physical.evaluate(&row)? {
        ColumnarValue::Scalar(value) => Ok(value),
        ColumnarValue::Array(array) => ScalarValue::try_from_array(array.as_ref(), 0),
    }
}
