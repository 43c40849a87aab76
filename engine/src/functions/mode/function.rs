//! The aggregate function.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Expr, GroupsAccumulator, ReversedUDAF, Signature, Volatility,
};

use super::accumulate::{GroupedModes, SingleMode};
use crate::functions::argument::not_taken;
use crate::functions::exact::refuse_distinct;
use crate::functions::lists::list_type;
use crate::functions::values::{Form, canonical, for_form};

static MODE: LazyLock<AggregateUDF> = LazyLock::new(|| ModeFunction::new().into());

/// The most frequent of the values that are not NULL, and of several the least; NULL without any.
///
/// Takes any canonical type and gives a value of that type. Infinities and NaN count as NULL.
pub(crate) fn mode(input: Expr) -> Expr {
    MODE.call(vec![input])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ModeFunction {
    signature: Signature,
}

impl ModeFunction {
    fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }

    /// The type of the one argument.
    fn input(&self, types: &[DataType]) -> Result<DataType> {
        match types {
            [input] => Ok(input.clone()),
            _ => Err(not_taken(self.name(), "one value", types)),
        }
    }

    /// The same for the columns of an accumulator.
    fn input_of(&self, fields: &[FieldRef]) -> Result<DataType> {
        self.input(&fields.iter().map(|field| field.data_type().clone()).collect::<Vec<DataType>>())
    }
}

impl AggregateUDFImpl for ModeFunction {
    fn name(&self) -> &str {
        "mode"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(vec![canonical(self.name(), &self.input(arg_types)?)?])
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        self.input(arg_types)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        refuse_distinct(self.name(), args.is_distinct)?;
        let input = self.input_of(args.input_fields)?;
        let fields = [("values", list_type(input)), ("times", list_type(DataType::Int64))];
        Ok(fields
            .into_iter()
            .map(|(name, data_type)| Arc::new(Field::new(format_state_name(args.name, name), data_type, true)))
            .collect())
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        refuse_distinct(self.name(), args.is_distinct)?;
        let input = self.input_of(args.expr_fields)?;
        for_form!(Form::of(self.name(), &input)?, H => Ok(Box::new(SingleMode::<H>::new(input))))
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        refuse_distinct(self.name(), args.is_distinct)?;
        let input = self.input_of(args.expr_fields)?;
        for_form!(Form::of(self.name(), &input)?, H => Ok(Box::new(GroupedModes::<H>::new(input))))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}
