//! Values over the groups of an answer, computed on arrays without a plan.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, RecordBatchOptions};
use arrow::compute::{cast, prep_null_mask_filter};
use arrow::datatypes::{Field, FieldRef, Schema};
use datafusion::common::DFSchema;
use datafusion::common::tree_node::{TransformedResult, TreeNode};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::context::ExecutionProps;
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::type_coercion::functions::fields_with_udf;
use datafusion::logical_expr::{AggregateUDF, Expr};
use datafusion::optimizer::analyzer::type_coercion::TypeCoercionRewriter;
use datafusion::physical_expr::create_physical_expr;

use super::scalars::{Scalars, row_name};
use super::{Tables, filters, key_name, measures, named, part_name, place};
use crate::links::LookupTable;
use crate::resolve::{Dimension, Groups, Part, Predicate, ResolvedQuery, Scalar};

/// Computes columns of the answer from the keys and aggregates of its groups.
pub(crate) struct Evaluator<'a> {
    query: &'a ResolvedQuery,
    dimensions: &'a [Dimension],
    tables: &'a Tables,
}

/// What an aggregate over values at hand is called with.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) function: Arc<AggregateUDF>,
    pub(crate) distinct: bool,
    /// In the types that the function takes.
    pub(crate) values: Vec<ArrayRef>,
    /// The values that count.
    pub(crate) filter: Option<BooleanArray>,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(query: &'a ResolvedQuery, groups: &'a Groups, tables: &'a Tables) -> Self {
        Self { query, dimensions: &groups.dimensions, tables }
    }

    /// For values over aggregates alone.
    pub(crate) fn of_aggregates(query: &'a ResolvedQuery, tables: &'a Tables) -> Self {
        Self { query, dimensions: &[], tables }
    }

    fn scalars(&self) -> Scalars<'_> {
        Scalars::new(self.query, self.tables).without_ordinals()
    }

    /// The members that the keys of a dimension stand for.
    pub(crate) fn members(&self, dimension: usize, keys: &ArrayRef) -> Result<ArrayRef> {
        let Some(of) = self.dimensions.get(dimension) else {
            return Err(DataFusionError::Internal("no such dimension".to_owned()));
        };
        // Members of hierarchies are their own keys.
        if matches!(of.value, Scalar::Node(_)) {
            return Ok(Arc::clone(keys));
        }
        let (_, value) = self.scalars().key(&of.value, named(&key_name(dimension)))?;
        evaluate(&value, keys.len(), [(key_name(dimension), keys)])
    }

    /// A value over the aggregates of each group and the columns of the answer.
    pub(crate) fn value(&self, of: &Scalar, parts: &[ArrayRef], columns: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        evaluate(&self.scalars().expr(of)?, rows, inputs(parts, columns))
    }

    /// What an aggregate over finer groups is called with. `inner` are the aggregates of these groups, as many as `rows`.
    pub(crate) fn arguments(&self, part: &Part, inner: &[ArrayRef], rows: usize) -> Result<Arguments> {
        let Expr::AggregateFunction(AggregateFunction { func, params }) = measures::aggregate(part, &self.scalars())?
        else {
            return Err(DataFusionError::Internal("an aggregate is none".to_owned()));
        };
        let given = params.args.iter().map(|argument| evaluate(argument, rows, inputs(inner, &[])));
        let given = given.collect::<Result<Vec<_>>>()?;
        let field =
            |values: &ArrayRef| -> FieldRef { Arc::new(Field::new("argument", values.data_type().clone(), true)) };
        let fields: Vec<FieldRef> = given.iter().map(field).collect();
        let mut values = Vec::with_capacity(given.len());
        for (given, taken) in given.iter().zip(fields_with_udf(&fields, func.as_ref())?) {
            let same = given.data_type() == taken.data_type();
            values.push(if same { Arc::clone(given) } else { cast(given, taken.data_type())? });
        }
        let filter = params.filter.map(|filter| certain(&evaluate(&filter, rows, inputs(inner, &[]))?)).transpose()?;
        Ok(Arguments { function: func, distinct: params.distinct, values, filter })
    }

    /// Whether each group meets a condition.
    pub(crate) fn holds(
        &self,
        condition: &Predicate,
        parts: &[ArrayRef],
        columns: &[ArrayRef],
        rows: usize,
    ) -> Result<BooleanArray> {
        let expr = filters::condition(condition, &self.scalars())?;
        certain(&evaluate(&expr, rows, inputs(parts, columns))?)
    }

    /// Whether values of a column of the base meet a condition on it; none where the column is not one of the base.
    pub(crate) fn holds_of_bucket(
        &self,
        condition: &Predicate,
        of: &Scalar,
        values: &ArrayRef,
    ) -> Result<Option<BooleanArray>> {
        let (Scalar::Column(column) | Scalar::Derived { column, .. }) = of else { return Ok(None) };
        if column.lookup.is_some() || *condition == Predicate::Constant(true) {
            return Ok(None);
        }
        let expr = filters::condition(condition, &self.scalars().by_name())?;
        let found = evaluate(&expr, values.len(), [(column.column.clone(), values)])?;
        certain(&found).map(Some)
    }

    /// The keys of a dimension in the rows of a link's target that meet a condition.
    pub(crate) fn lookup_keys(&self, of: &Scalar, lookup: usize, condition: &Predicate) -> Result<ArrayRef> {
        let (condition, key) = super::pass::lookup_domain(self.query, self.tables, of, condition)?;
        let rows = self.tables.lookups.get(lookup).map_or(0, LookupTable::rows);
        let count = u32::try_from(rows).map_err(|error| DataFusionError::External(Box::new(error)))?;
        let numbers: ArrayRef = Arc::new(arrow::array::UInt32Array::from_iter_values(0..count));
        let input = [(row_name(lookup), &numbers)];
        let kept = certain(&evaluate(&condition, rows, input.clone())?)?;
        Ok(arrow::compute::filter(&evaluate(&key, rows, input)?, &kept)?)
    }
}

fn inputs<'a>(parts: &'a [ArrayRef], columns: &'a [ArrayRef]) -> impl Iterator<Item = (String, &'a ArrayRef)> {
    let parts = parts.iter().enumerate().map(|(index, array)| (part_name(index), array));
    parts.chain(columns.iter().enumerate().map(|(index, array)| (place(index), array)))
}

/// NULL counts as false.
fn certain(found: &ArrayRef) -> Result<BooleanArray> {
    let found = found
        .as_boolean_opt()
        .ok_or_else(|| DataFusionError::Internal("a condition is neither true nor false".to_owned()))?;
    Ok(if found.nulls().is_some() { prep_null_mask_filter(found) } else { found.clone() })
}

fn evaluate<'a>(
    expr: &Expr,
    rows: usize,
    inputs: impl IntoIterator<Item = (String, &'a ArrayRef)>,
) -> Result<ArrayRef> {
    let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = inputs
        .into_iter()
        .map(|(name, array)| (Field::new(name, array.data_type().clone(), true), Arc::clone(array)))
        .unzip();
    let schema = Arc::new(Schema::new(fields));
    let named = DFSchema::try_from(Arc::clone(&schema))?;
    let expr = expr.clone().rewrite(&mut TypeCoercionRewriter::new(&named)).data()?;
    let physical = create_physical_expr(&expr, &named, &ExecutionProps::new(), &PhysicalPlanningContext::default())?;
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let batch = RecordBatch::try_new_with_options(schema, arrays, &options)?;
    physical.evaluate(&batch)?.into_array(rows)
}
