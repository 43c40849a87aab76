//! The two aggregate functions.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Decimal128Type, Decimal256Type, Field, FieldRef, Int64Type};
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Expr, GroupsAccumulator, ReversedUDAF, Signature, Volatility,
};

use super::accumulate::{GroupedSums, Output, SingleSum};
use super::float::FloatSums;
use super::narrow::NarrowSums;
use super::wide::WideSums;
use crate::functions::argument::not_taken;

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

/// How the values of a column are summed up. Precision and scale are those of the sum.
#[derive(Debug, Clone, Copy)]
enum Method {
    Integer,
    Narrow { precision: u8, scale: i8 },
    Wide128 { precision: u8, scale: i8 },
    Wide256 { precision: u8, scale: i8 },
    Float,
}

impl Method {
    fn of(function: &str, input: &DataType) -> Result<Self> {
        let digits = |precision: &u8| precision.saturating_add(19).min(76);
        Ok(match input {
            DataType::Int64 => Self::Integer,
            DataType::Float64 => Self::Float,
            DataType::Decimal128(precision, scale) if *precision <= 19 => {
                Self::Narrow { precision: digits(precision), scale: *scale }
            }
            DataType::Decimal128(precision, scale) => Self::Wide128 { precision: digits(precision), scale: *scale },
            DataType::Decimal256(precision, scale) => Self::Wide256 { precision: digits(precision), scale: *scale },
            _ => return Err(not_taken(function, "one number", std::slice::from_ref(input))),
        })
    }

    fn sum_type(self) -> DataType {
        match self {
            Self::Integer => DataType::Decimal128(38, 0),
            Self::Narrow { precision, scale } => DataType::Decimal128(precision, scale),
            Self::Wide128 { precision, scale } | Self::Wide256 { precision, scale } => {
                DataType::Decimal256(precision, scale)
            }
            Self::Float => DataType::Float64,
        }
    }

    fn state_type(self) -> DataType {
        match self {
            Self::Integer | Self::Narrow { .. } => self.sum_type(),
            Self::Wide128 { .. } | Self::Wide256 { .. } | Self::Float => DataType::Binary,
        }
    }
}

/// The type to which a number is brought.
fn coerced(input: &DataType) -> Option<DataType> {
    Some(match input {
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::Null => DataType::Int64,
        DataType::UInt64 => DataType::Decimal128(20, 0),
        DataType::Float16 | DataType::Float32 | DataType::Float64 => DataType::Float64,
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale) => DataType::Decimal128(*precision, *scale),
        DataType::Decimal256(precision, scale) if *precision <= 38 => DataType::Decimal128(*precision, *scale),
        DataType::Decimal256(..) => input.clone(),
        _ => return None,
    })
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
        self.refuse_distinct(args.is_distinct)?;
        self.method_for(args.expr_fields)
    }

    fn method_for(&self, fields: &[FieldRef]) -> Result<Method> {
        match fields {
            [field] => Method::of(self.name(), field.data_type()),
            _ => Err(not_taken(self.name(), "one number", &[])),
        }
    }

    fn refuse_distinct(&self, distinct: bool) -> Result<()> {
        if distinct {
            return Err(DataFusionError::NotImplemented(format!("`{}` of distinct values", self.name())));
        }
        Ok(())
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
        if let [input] = arg_types
            && let Some(input) = coerced(input)
        {
            return Ok(vec![input]);
        }
        Err(not_taken(self.name(), "one number", arg_types))
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        match (self.output, arg_types) {
            (_, []) => Err(not_taken(self.name(), "one number", arg_types)),
            (Output::Sum, [input, ..]) => Ok(Method::of(self.name(), input)?.sum_type()),
            (Output::Average, _) => Ok(DataType::Float64),
        }
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        self.refuse_distinct(args.is_distinct)?;
        let sum = self.method_for(args.input_fields)?.state_type();
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
