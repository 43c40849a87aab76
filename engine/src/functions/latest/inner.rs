//! The aggregate inside.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema};
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::type_coercion::functions::fields_with_udf;
use datafusion::logical_expr::{Accumulator, AggregateUDF};
use datafusion::physical_expr::PhysicalExpr;

/// An aggregate function, and how many of the first arguments of the outer one are its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Inner {
    pub(super) function: Arc<AggregateUDF>,
    pub(super) distinct: bool,
    pub(super) arity: usize,
}

/// Where the keys of an entity and of its date stand in a stored state; what the inner aggregate stores follows.
pub(super) const KEYS: usize = 2;

impl Inner {
    /// Parts what is given for each argument into that of the inner aggregate and the rest: the date and the entities.
    pub(super) fn part<'a, T>(&self, arguments: &'a [T]) -> Result<(&'a [T], &'a T, &'a [T])> {
        let parts = arguments.split_at_checked(self.arity);
        let parts = parts.and_then(|(own, rest)| rest.split_first().map(|(date, entities)| (own, date, entities)));
        parts.ok_or_else(|| DataFusionError::Plan("a semi-additive aggregate was given too few arguments".to_owned()))
    }

    /// The types to which its arguments are brought.
    pub(super) fn coerced(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let fields: Vec<FieldRef> = types.iter().map(|own| Arc::new(Field::new("value", own.clone(), true))).collect();
        let coerced = fields_with_udf(&fields, self.function.as_ref())?;
        Ok(coerced.iter().map(|field| field.data_type().clone()).collect())
    }

    /// What is stored for one entity.
    pub(super) fn state(&self, name: &str, inputs: &[FieldRef]) -> Result<Fields> {
        let (own, _, _) = self.part(inputs)?;
        let stored = self.function.state_fields(StateFieldsArgs {
            name,
            input_fields: own,
            return_field: self.function.return_field(own)?,
            ordering_fields: &[],
            is_distinct: self.distinct,
        })?;
        let keys = ["entity", "date"].into_iter().map(|key| Field::new(key, DataType::Binary, true));
        let stored = stored.iter().enumerate();
        let stored = stored.map(|(place, field)| Field::new(place.to_string(), field.data_type().clone(), true));
        Ok(keys.chain(stored).collect())
    }
}

/// What makes accumulators of the inner aggregate: all that the outer one was told about its own.
#[derive(Debug)]
pub(super) struct Maker {
    inner: Inner,
    name: String,
    schema: Schema,
    return_field: FieldRef,
    fields: Vec<FieldRef>,
    exprs: Vec<Arc<dyn PhysicalExpr>>,
}

impl Maker {
    pub(super) fn new(inner: &Inner, args: &AccumulatorArgs<'_>) -> Result<Self> {
        let (fields, _, _) = inner.part(args.expr_fields)?;
        let (exprs, _, _) = inner.part(args.exprs)?;
        Ok(Self {
            inner: inner.clone(),
            name: args.name.to_owned(),
            schema: args.schema.clone(),
            return_field: inner.function.return_field(fields)?,
            fields: fields.to_vec(),
            exprs: exprs.to_vec(),
        })
    }

    /// An accumulator of no rows.
    pub(super) fn accumulator(&self) -> Result<Box<dyn Accumulator>> {
        self.inner.function.accumulator(AccumulatorArgs {
            return_field: Arc::clone(&self.return_field),
            schema: &self.schema,
            ignore_nulls: false,
            order_bys: &[],
            is_reversed: false,
            name: &self.name,
            is_distinct: self.inner.distinct,
            exprs: &self.exprs,
            expr_fields: &self.fields,
        })
    }

    /// How many of the arguments are those of the inner aggregate.
    pub(super) fn arity(&self) -> usize {
        self.inner.arity
    }
}
