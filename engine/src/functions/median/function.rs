//! The aggregate function.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, FieldRef, i256};
use datafusion::common::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Expr, GroupsAccumulator, ReversedUDAF, Signature, Volatility,
};

use super::middle::{Floats, FullDecimals, Integers, Median, NarrowDecimals, WideDecimals};
use crate::functions::argument::not_taken;
use crate::functions::exact::{coerced, refuse_distinct};
use crate::functions::lists::list_type;
use crate::functions::values::{GroupedValues, SingleValues};

static MEDIAN: LazyLock<AggregateUDF> = LazyLock::new(|| MedianFunction::new().into());

/// The median of the values that are not NULL: the one in the middle, or the mean of the two in the middle. NULL
/// without any.
///
/// - `Int64` gives the nearest `Float64`.
/// - A decimal of `p` digits, `s` of them behind the point, gives one of `p + 1` digits, `s + 1` of them behind the
///   point, which is exact: a `Decimal128` up to 38 digits, else a `Decimal256`. A decimal of 76 digits has no room for
///   one more and gives the nearest `Float64`.
/// - `Float64` gives the nearest `Float64`. Infinities and NaN count as NULL.
pub(crate) fn exact_median(input: Expr) -> Expr {
    MEDIAN.call(vec![input])
}

/// How the median of a column is taken.
#[derive(Debug, Clone, Copy)]
enum Method {
    Integer,
    Float,
    Narrow,
    Wide128,
    Wide256,
    Full { scale: i8 },
}

/// The types of the values and of their median.
#[derive(Debug, Clone)]
struct Types {
    input: DataType,
    output: DataType,
}

/// The method for the arguments of a function, brought to the types it takes, and the types it goes from and to.
fn method(function: &str, types: &[DataType]) -> Result<(Method, Types)> {
    let [input] = types else { return Err(not_taken(function, "one number", types)) };
    let (method, output) = match input {
        DataType::Int64 => (Method::Integer, DataType::Float64),
        DataType::Float64 => (Method::Float, DataType::Float64),
        DataType::Decimal128(precision, scale) if *precision < 38 => {
            (Method::Narrow, DataType::Decimal128(precision + 1, scale.saturating_add(1)))
        }
        DataType::Decimal128(precision, scale) => {
            (Method::Wide128, DataType::Decimal256(precision + 1, scale.saturating_add(1)))
        }
        DataType::Decimal256(precision, scale) if *precision < 76 => {
            (Method::Wide256, DataType::Decimal256(precision + 1, scale.saturating_add(1)))
        }
        DataType::Decimal256(_, scale) => (Method::Full { scale: *scale }, DataType::Float64),
        _ => return Err(not_taken(function, "one number", types)),
    };
    Ok((method, Types { input: input.clone(), output }))
}

/// The same for the columns of an accumulator.
fn method_for(function: &str, fields: &[FieldRef]) -> Result<(Method, Types)> {
    let types: Vec<DataType> = fields.iter().map(|field| field.data_type().clone()).collect();
    method(function, &types)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct MedianFunction {
    signature: Signature,
}

impl MedianFunction {
    fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

/// An accumulator of a kind that takes the mean in this way.
macro_rules! median {
    ($kind:ident, $middle:expr, $types:expr) => {
        Ok(Box::new($kind::new(Median { middle: $middle, output: $types.output }, $types.input)))
    };
}

/// An accumulator of a kind for a method.
macro_rules! accumulator {
    ($kind:ident, $method:expr) => {
        match $method {
            (Method::Integer, types) => median!($kind, Integers, types),
            (Method::Float, types) => median!($kind, Floats, types),
            (Method::Narrow, types) => median!($kind, NarrowDecimals, types),
            (Method::Wide128, types) => median!($kind, WideDecimals::<i128>::new(), types),
            (Method::Wide256, types) => median!($kind, WideDecimals::<i256>::new(), types),
            (Method::Full { scale }, types) => median!($kind, FullDecimals { scale }, types),
        }
    };
}

impl AggregateUDFImpl for MedianFunction {
    fn name(&self) -> &str {
        "exact_median"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        coerced(self.name(), arg_types)
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        Ok(method(self.name(), arg_types)?.1.output)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        refuse_distinct(self.name(), args.is_distinct)?;
        let (_, Types { input, .. }) = method_for(self.name(), args.input_fields)?;
        Ok(vec![Arc::new(Field::new(format_state_name(args.name, "values"), list_type(input), true))])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        refuse_distinct(self.name(), args.is_distinct)?;
        accumulator!(SingleValues, method_for(self.name(), args.expr_fields)?)
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        refuse_distinct(self.name(), args.is_distinct)?;
        accumulator!(GroupedValues, method_for(self.name(), args.expr_fields)?)
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}
