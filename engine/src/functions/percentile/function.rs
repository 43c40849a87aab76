//! The aggregate function.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Expr, GroupsAccumulator, ReversedUDAF, Signature, Volatility,
};

use super::continuous::{Continuous, Floats, Integers, NarrowDecimals, WideDecimals};
use super::discrete::Discrete;
use super::share::Share;
use crate::functions::argument::not_taken;
use crate::functions::exact::{coerced, refuse_distinct};
use crate::functions::lists::list_type;
use crate::functions::values::{Form, GroupedValues, SingleValues, canonical, for_form};
use crate::query::PercentileKind;

/// The percentile of the values that are not NULL; NULL without any. Its definition stands at the head of the module.
///
/// - The continuous one takes `Int64`, decimals and `Float64`, and gives the nearest `Float64` to the exact one.
/// - The discrete one takes any canonical type, and gives one of the values.
///
/// Infinities and NaN count as NULL.
pub(crate) fn exact_percentile(input: Expr, share: Share, kind: PercentileKind) -> Expr {
    AggregateUDF::from(PercentileFunction::new(share, kind)).call(vec![input])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct PercentileFunction {
    share: Share,
    kind: PercentileKind,
    name: String,
    signature: Signature,
}

impl PercentileFunction {
    fn new(share: Share, kind: PercentileKind) -> Self {
        let name = format!("exact_percentile({}/{}, {})", share.numerator(), share.denominator(), kind.as_str());
        Self { share, kind, name, signature: Signature::user_defined(Volatility::Immutable) }
    }

    /// The type of the one argument.
    fn input(&self, types: &[DataType]) -> Result<DataType> {
        match types {
            [input] => Ok(input.clone()),
            _ => Err(not_taken(&self.name, "one value", types)),
        }
    }

    /// The same for the columns of an accumulator.
    fn input_of(&self, fields: &[FieldRef]) -> Result<DataType> {
        self.input(&fields.iter().map(|field| field.data_type().clone()).collect::<Vec<DataType>>())
    }
}

/// An accumulator of a kind for a function and the type of its input.
macro_rules! accumulator {
    ($kind:ident, $function:expr, $input:expr) => {{
        let share = $function.share;
        let input = $input;
        match ($function.kind, input.clone()) {
            (PercentileKind::Discrete, output) => {
                for_form!(Form::of(&$function.name, &output)?, H => {
                    Ok(Box::new($kind::new(Discrete::<H>::new(share, output), input)))
                })
            }
            (PercentileKind::Continuous, DataType::Int64) => {
                Ok(Box::new($kind::new(Continuous::new(Integers, share, 0), input)))
            }
            (PercentileKind::Continuous, DataType::Float64) => {
                Ok(Box::new($kind::new(Continuous::new(Floats, share, 0), input)))
            }
            (PercentileKind::Continuous, DataType::Decimal128(_, scale)) => {
                Ok(Box::new($kind::new(Continuous::new(NarrowDecimals, share, scale), input)))
            }
            (PercentileKind::Continuous, DataType::Decimal256(_, scale)) => {
                Ok(Box::new($kind::new(Continuous::new(WideDecimals, share, scale), input)))
            }
            (PercentileKind::Continuous, other) => Err(not_taken(&$function.name, "one number", &[other])),
        }
    }};
}

impl AggregateUDFImpl for PercentileFunction {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        match self.kind {
            PercentileKind::Continuous => coerced(&self.name, arg_types),
            PercentileKind::Discrete => Ok(vec![canonical(&self.name, &self.input(arg_types)?)?]),
        }
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        match self.kind {
            PercentileKind::Continuous => Ok(DataType::Float64),
            PercentileKind::Discrete => self.input(arg_types),
        }
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        refuse_distinct(&self.name, args.is_distinct)?;
        let values = list_type(self.input_of(args.input_fields)?);
        Ok(vec![Arc::new(Field::new(format_state_name(args.name, "values"), values, true))])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        refuse_distinct(&self.name, args.is_distinct)?;
        accumulator!(SingleValues, self, self.input_of(args.expr_fields)?)
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        refuse_distinct(&self.name, args.is_distinct)?;
        accumulator!(GroupedValues, self, self.input_of(args.expr_fields)?)
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}
