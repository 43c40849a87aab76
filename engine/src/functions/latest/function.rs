//! The aggregate function.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::expr::{AggregateFunction, AggregateFunctionParams};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Expr, ReversedUDAF, Signature, Volatility,
};

use super::accumulate::Latest;
use super::inner::{Inner, Maker};
use crate::functions::exact::refuse_distinct;
use crate::functions::lists::list_type;
use crate::functions::values::canonical;

/// An aggregate over the rows of the last date: those with the greatest date that is not NULL, all of them. Each entity
/// has a last date of its own, or, unless `per_entity`, the group has one for all. Entities are told apart by a tuple
/// of values, NULL being one; without any, the group is one entity.
///
/// A row determines the date even if the inner aggregate does not count it, as its argument is NULL. Without a row that
/// has a date the result is that of the inner aggregate over no rows.
///
/// The inner aggregate may have a filter, which then lets through the rows that count at all, and may be distinct.
/// Dates and entities are of any canonical type.
///
/// # Errors
/// If the inner expression is no aggregate, has no argument or asks for an order of the rows.
pub(crate) fn latest(mut inner: Expr, date: Expr, entities: Vec<Expr>, per_entity: bool) -> Result<Expr> {
    while let Expr::Alias(alias) = inner {
        inner = *alias.expr;
    }
    let Expr::AggregateFunction(AggregateFunction { func, params }) = inner else {
        return Err(DataFusionError::Plan("only an aggregate can be taken over the last date".to_owned()));
    };
    let AggregateFunctionParams { args, distinct, filter, order_by, null_treatment } = params;
    if args.is_empty() || !order_by.is_empty() || null_treatment.is_some() {
        let message = format!("`{}` cannot be taken over the last date in this form", func.name());
        return Err(DataFusionError::Plan(message));
    }
    let inner = Inner { function: func, distinct, arity: args.len() };
    let function = AggregateUDF::from(LatestFunction::new(inner, per_entity));
    // With one date for all entities, it does not matter which rows are whose.
    let entities = entities.into_iter().filter(|_| per_entity);
    let args = args.into_iter().chain([date]).chain(entities).collect();
    Ok(Expr::AggregateFunction(AggregateFunction::new_udf(Arc::new(function), args, false, filter, vec![], None)))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct LatestFunction {
    inner: Inner,
    name: String,
    signature: Signature,
}

impl LatestFunction {
    fn new(inner: Inner, per_entity: bool) -> Self {
        let dates = if per_entity { "last_per_entity" } else { "last_common_date" };
        let distinct = if inner.distinct { "distinct " } else { "" };
        let name = format!("{dates}({distinct}{})", inner.function.name());
        Self { inner, name, signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl AggregateUDFImpl for LatestFunction {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let (own, date, entities) = self.inner.part(arg_types)?;
        let mut types = self.inner.coerced(own)?;
        for data_type in std::iter::once(date).chain(entities) {
            types.push(canonical(&self.name, data_type)?);
        }
        Ok(types)
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        let (own, _, _) = self.inner.part(arg_types)?;
        self.inner.function.return_type(own)
    }

    fn is_nullable(&self) -> bool {
        self.inner.function.is_nullable()
    }

    fn default_value(&self, data_type: &DataType) -> Result<ScalarValue> {
        self.inner.function.default_value(data_type)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        refuse_distinct(&self.name, args.is_distinct)?;
        let entities = list_type(DataType::Struct(self.inner.state(args.name, args.input_fields)?));
        Ok(vec![Arc::new(Field::new(format_state_name(args.name, "entities"), entities, true))])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        refuse_distinct(&self.name, args.is_distinct)?;
        let fields = self.inner.state(args.name, args.expr_fields)?;
        let (_, date, entities) = self.inner.part(args.expr_fields)?;
        let entities = entities.iter().map(|field| field.data_type().clone()).collect();
        let maker = Maker::new(&self.inner, &args)?;
        Ok(Box::new(Latest::new(maker, fields, date.data_type().clone(), entities)?))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}
