//! The two aggregate functions.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Decimal128Type, Decimal256Type, Field, FieldRef, Int64Type};
use datafusion::common::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Expr, GroupsAccumulator, ReversedUDAF, Signature, Volatility,
};

use super::accumulate::{GroupedSums, Output, SingleSum};
use crate::functions::exact::{FloatSums, Method, NarrowSums, WideSums, coerced, refuse_distinct};

static SUM: LazyLock<AggregateUDF> = LazyLock::new(|| ExactAggregate::new(Output::Sum).into());
static AVERAGE: LazyLock<AggregateUDF> = LazyLock::new(|| ExactAggregate::new(Output::Average).into());

/// The exact sum of the values that are not NULL; NULL without any.
///
/// - `Int64` gives `Decimal128(38, 0)`, which no sum of integers overflows.
/// - A decimal of `p` digits gives a decimal of `p + 19` digits, at most 76, and the same scale: a `Decimal128` up to
///   38 digits, else a `Decimal256`. A sum of more digits is NULL.
/// - `Float64` gives `Float64`: the exact sum, rounded once; NULL if that is infinite. Infinities and NaN count as
///   NULL.
pub(crate) fn exact_sum(input: Expr) -> Expr {
    SUM.call(vec![input])
}

/// The average of the values that are not NULL, as `Float64`; NULL without any.
///
/// For integers and decimals it is the exact quotient, rounded once, for floats the exact sum, rounded, divided by the
/// number of values.
pub(crate) fn exact_average(input: Expr) -> Expr {
    AVERAGE.call(vec![input])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ExactAggregate {
    output: Output,
    signature: Signature,
}

impl ExactAggregate {
    fn new(output: Output) -> Self {
        Self { output, signature: Signature::user_defined(Volatility::Immutable) }
    }

    /// The method for the input of an accumulator.
    fn method(&self, args: &AccumulatorArgs<'_>) -> Result<Method> {
        refuse_distinct(self.name(), args.is_distinct)?;
        Method::of_fields(self.name(), args.expr_fields)
    }
}

/// An accumulator of a kind for a method.
macro_rules! accumulator {
    ($kind:ident, $method:expr, $output:expr) => {
        match $method {
            Method::Integer => Ok(Box::new($kind::new(NarrowSums::<Int64Type>::new(38, 0), $output))),
            Method::Narrow { precision, scale } => {
                Ok(Box::new($kind::new(NarrowSums::<Decimal128Type>::new(precision, scale), $output)))
            }
            Method::Wide128 { precision, scale } => {
                Ok(Box::new($kind::new(WideSums::<Decimal128Type>::new(precision, scale), $output)))
            }
            Method::Wide256 { precision, scale } => {
                Ok(Box::new($kind::new(WideSums::<Decimal256Type>::new(precision, scale), $output)))
            }
            Method::Float => Ok(Box::new($kind::new(FloatSums::default(), $output))),
        }
    };
}

impl AggregateUDFImpl for ExactAggregate {
    fn name(&self) -> &str {
        match self.output {
            Output::Sum => "exact_sum",
            Output::Average => "exact_average",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        coerced(self.name(), arg_types)
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        let method = Method::of(self.name(), arg_types)?;
        Ok(match self.output {
            Output::Sum => method.sum_type(),
            Output::Average => DataType::Float64,
        })
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        refuse_distinct(self.name(), args.is_distinct)?;
        let sum = Method::of_fields(self.name(), args.input_fields)?.state_type();
        let mut fields: Vec<FieldRef> = vec![Arc::new(Field::new(format_state_name(args.name, "sum"), sum, true))];
        if self.output == Output::Average {
            fields.push(Arc::new(Field::new(format_state_name(args.name, "count"), DataType::Int64, true)));
        }
        Ok(fields)
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        accumulator!(SingleSum, self.method(&args)?, self.output)
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        accumulator!(GroupedSums, self.method(&args)?, self.output)
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}
