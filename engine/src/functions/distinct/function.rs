//! The aggregate function.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Decimal256Type, Field, FieldRef, Int64Type, TimeUnit,
    TimestampMicrosecondType, UInt32Type,
};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Expr, GroupsAccumulator, ReversedUDAF, Signature, Volatility,
};

use super::accumulate::{GroupedDistinct, SingleDistinct};
use super::texts::Texts;
use super::values::{Floats, Plain, Truths};
use crate::functions::argument::not_taken;
use crate::functions::exact::{coerced, refuse_distinct};
use crate::functions::lists::list_type;

const NAME: &str = "exact_distinct_count";
/// What such functions take.
const TAKES: &str = "one number, text, boolean, date or time";

static DISTINCT_COUNT: LazyLock<AggregateUDF> = LazyLock::new(|| DistinctFunction::new().into());

/// The number of different values that are not NULL, as `Int64`; 0 without any.
///
/// Texts are different if a byte is, decimals if their numbers are. Floats have one zero, and infinities and NaN count
/// as NULL.
pub(crate) fn exact_distinct_count(of: Expr) -> Expr {
    DISTINCT_COUNT.call(vec![of])
}

/// The type to which a column whose values are counted is brought.
pub(in crate::functions) fn countable(function: &str, types: &[DataType]) -> Result<Vec<DataType>> {
    let refused = || not_taken(function, TAKES, types);
    let [input] = types else { return Err(refused()) };
    Ok(vec![match input {
        DataType::UInt32
        | DataType::Boolean
        | DataType::Date32
        | DataType::Timestamp(TimeUnit::Microsecond, _)
        | DataType::Utf8View => input.clone(),
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        DataType::Date64 => DataType::Date32,
        DataType::Timestamp(_, zone) => DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
        DataType::Dictionary(_, value) => return countable(function, &[value.as_ref().clone()]),
        _ => return coerced(function, types).map_err(|_| refused()),
    }])
}

/// An accumulator of a kind for a type.
macro_rules! accumulator {
    ($kind:ident, $input:expr) => {
        match $input {
            DataType::Int64 => Ok(Box::new($kind::new(Plain::<Int64Type>::new($input)))),
            DataType::UInt32 => Ok(Box::new($kind::new(Plain::<UInt32Type>::new($input)))),
            DataType::Date32 => Ok(Box::new($kind::new(Plain::<Date32Type>::new($input)))),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                Ok(Box::new($kind::new(Plain::<TimestampMicrosecondType>::new($input))))
            }
            DataType::Decimal128(..) => Ok(Box::new($kind::new(Plain::<Decimal128Type>::new($input)))),
            DataType::Decimal256(..) => Ok(Box::new($kind::new(Plain::<Decimal256Type>::new($input)))),
            DataType::Float64 => Ok(Box::new($kind::new(Floats))),
            DataType::Boolean => Ok(Box::new($kind::new(Truths))),
            DataType::Utf8View => Ok(Box::new($kind::new(Texts::new()))),
            other => Err(not_taken(NAME, TAKES, std::slice::from_ref(other))),
        }
    };
}

/// The accumulator for many groups of a type.
pub(super) fn grouped(input: &DataType) -> Result<Box<dyn GroupsAccumulator>> {
    accumulator!(GroupedDistinct, input)
}

/// The accumulator for one group of a type.
pub(super) fn single(input: &DataType) -> Result<Box<dyn Accumulator>> {
    accumulator!(SingleDistinct, input)
}

/// The type of the one column.
fn only(fields: &[FieldRef]) -> Result<&DataType> {
    match fields {
        [field] => Ok(field.data_type()),
        _ => {
            let types: Vec<DataType> = fields.iter().map(|field| field.data_type().clone()).collect();
            Err(not_taken(NAME, TAKES, &types))
        }
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct DistinctFunction {
    signature: Signature,
}

impl DistinctFunction {
    fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl AggregateUDFImpl for DistinctFunction {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        countable(NAME, arg_types)
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn is_nullable(&self) -> bool {
        false
    }

    fn default_value(&self, _data_type: &DataType) -> Result<ScalarValue> {
        Ok(ScalarValue::Int64(Some(0)))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        refuse_distinct(NAME, args.is_distinct)?;
        let values = list_type(only(args.input_fields)?.clone());
        Ok(vec![Arc::new(Field::new(format_state_name(args.name, "values"), values, true))])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        refuse_distinct(NAME, args.is_distinct)?;
        single(only(args.expr_fields)?)
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        refuse_distinct(NAME, args.is_distinct)?;
        grouped(only(args.expr_fields)?)
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}
