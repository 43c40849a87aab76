//! Values of rows at hand, computed without a plan.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::DFSchema;
use datafusion::common::tree_node::{TransformedResult, TreeNode};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::context::ExecutionProps;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::optimizer::analyzer::type_coercion::TypeCoercionRewriter;
use datafusion::physical_expr::{PhysicalExpr, create_physical_expr};

use super::formula::{Names, formula};
use super::named;
use drillcore_formulas::Typed;

use crate::resolve::Scalar;

/// Values that are made of the columns of a row alone.
#[derive(Debug)]
pub(crate) struct RowValues {
    values: Vec<(Arc<dyn PhysicalExpr>, DataType)>,
}

impl RowValues {
    pub(crate) fn new(schema: &SchemaRef, values: &[Scalar]) -> Result<Self> {
        let named = DFSchema::try_from(Arc::clone(schema))?;
        let compile = |value: &Scalar| -> Result<(Arc<dyn PhysicalExpr>, DataType)> {
            let expr = own(value)?.rewrite(&mut TypeCoercionRewriter::new(&named)).data()?;
            let physical =
                create_physical_expr(&expr, &named, &ExecutionProps::new(), &PhysicalPlanningContext::default())?;
            Ok((physical, value.output_type().column_type().arrow()))
        };
        Ok(Self { values: values.iter().map(compile).collect::<Result<_>>()? })
    }

    /// The values of some rows, each in the type of its column.
    pub(crate) fn of(&self, rows: &RecordBatch) -> Result<Vec<ArrayRef>> {
        let one = |(value, held): &(Arc<dyn PhysicalExpr>, DataType)| -> Result<ArrayRef> {
            let found = value.evaluate(rows)?.into_array(rows.num_rows())?;
            Ok(if found.data_type() == held { found } else { cast(&found, held)? })
        };
        self.values.iter().map(one).collect()
    }
}

fn own(value: &Scalar) -> Result<Expr> {
    match value {
        Scalar::Column(column) if column.lookup.is_none() => Ok(named(&column.column)),
        Scalar::Derived { of, .. } => own(of),
        Scalar::Computed(tree) => formula(tree, &Own),
        _ => Err(DataFusionError::Internal("a value is made of more than its row".to_owned())),
    }
}

/// Names that stand for values of the row.
struct Own;

impl Names<Scalar> for Own {
    fn leaf(&self, name: &Scalar) -> Result<Expr> {
        own(name)
    }

    fn behind<'t>(&self, name: &'t Scalar) -> Option<&'t Typed<Scalar>> {
        match name {
            Scalar::Computed(tree) => Some(tree),
            Scalar::Derived { of, .. } => self.behind(of),
            _ => None,
        }
    }
}
