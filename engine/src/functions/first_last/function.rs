//! The two aggregate functions.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Expr, GroupsAccumulator, ReversedUDAF, Signature, Volatility,
};

use super::accumulate::{GroupedEnds, SingleEnd};
use super::pairs::{End, Types};
use crate::functions::argument::not_taken;
use crate::functions::exact::refuse_distinct;
use crate::functions::values::{Form, canonical, for_form};

static FIRST: LazyLock<AggregateUDF> = LazyLock::new(|| EndFunction::new(End::First).into());
static LAST: LazyLock<AggregateUDF> = LazyLock::new(|| EndFunction::new(End::Last).into());

/// The value of the row where `by` is least, and of several such rows the least value. Rows where either is NULL are
/// left out; NULL without any other.
///
/// Takes any canonical types and gives the type of the value. Infinities and NaN count as NULL.
pub(crate) fn first_by(value: Expr, by: Expr) -> Expr {
    FIRST.call(vec![value, by])
}

/// The value of the row where `by` is greatest, and of several such rows the greatest value. Otherwise like
/// [`first_by`].
pub(crate) fn last_by(value: Expr, by: Expr) -> Expr {
    LAST.call(vec![value, by])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct EndFunction {
    end: End,
    signature: Signature,
}

impl EndFunction {
    fn new(end: End) -> Self {
        Self { end, signature: Signature::user_defined(Volatility::Immutable) }
    }

    /// The types of the two arguments.
    fn types(&self, types: &[DataType]) -> Result<Types> {
        match types {
            [value, by] => Ok(Types { value: value.clone(), by: by.clone() }),
            _ => Err(not_taken(self.name(), "a value and what orders the rows", types)),
        }
    }

    /// The same for the columns of an accumulator.
    fn types_of(&self, fields: &[FieldRef]) -> Result<Types> {
        self.types(&fields.iter().map(|field| field.data_type().clone()).collect::<Vec<DataType>>())
    }
}

/// An accumulator of a kind for a function and its types.
macro_rules! accumulator {
    ($kind:ident, $function:expr, $types:expr) => {{
        let types = $types;
        for_form!(Form::of($function.name(), &types.by)?, B => {
            for_form!(Form::of($function.name(), &types.value)?, V => {
                Ok(Box::new($kind::<B, V>::new($function.end, types)))
            })
        })
    }};
}

impl AggregateUDFImpl for EndFunction {
    fn name(&self) -> &str {
        match self.end {
            End::First => "first_by",
            End::Last => "last_by",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let Types { value, by } = self.types(arg_types)?;
        Ok(vec![canonical(self.name(), &value)?, canonical(self.name(), &by)?])
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        Ok(self.types(arg_types)?.value)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        refuse_distinct(self.name(), args.is_distinct)?;
        let Types { value, by } = self.types_of(args.input_fields)?;
        Ok([("value", value), ("by", by)]
            .into_iter()
            .map(|(name, data_type)| Arc::new(Field::new(format_state_name(args.name, name), data_type, true)))
            .collect())
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        refuse_distinct(self.name(), args.is_distinct)?;
        accumulator!(SingleEnd, self, self.types_of(args.expr_fields)?)
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        refuse_distinct(self.name(), args.is_distinct)?;
        accumulator!(GroupedEnds, self, self.types_of(args.expr_fields)?)
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}
