//! The four aggregate functions.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Decimal128Type, Decimal256Type, Field, FieldRef, Int64Type};
use datafusion::common::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Expr, GroupsAccumulator, ReversedUDAF, Signature, Volatility,
};

use super::finish::{Finish, Form, Output};
use super::integer_squares::IntegerSquares;
use super::moments::VarianceMoments;
use crate::functions::exact::{
    FloatSquares, FloatSums, GroupedMoments, Method, NarrowSums, SingleMoments, WideSums, coerced, refuse_distinct,
};

static VARIANCE: LazyLock<AggregateUDF> =
    LazyLock::new(|| VarianceFunction::new(Output::Variance, Form::Sample).into());
static DEVIATION: LazyLock<AggregateUDF> =
    LazyLock::new(|| VarianceFunction::new(Output::Deviation, Form::Sample).into());
static POPULATION_VARIANCE: LazyLock<AggregateUDF> =
    LazyLock::new(|| VarianceFunction::new(Output::Variance, Form::Population).into());
static POPULATION_DEVIATION: LazyLock<AggregateUDF> =
    LazyLock::new(|| VarianceFunction::new(Output::Deviation, Form::Population).into());

/// The sample variance of the values that are not NULL, as `Float64`: that of the exact values, rounded once. NULL
/// under two values, and if no `Float64` holds it.
///
/// Takes `Int64`, decimals and `Float64`, of which infinities and NaN count as NULL.
pub(crate) fn exact_variance(input: Expr) -> Expr {
    VARIANCE.call(vec![input])
}

/// The sample standard deviation of the values that are not NULL, as `Float64`: the exact square root of the exact
/// variance, rounded once, not the root of the rounded one. So it may be a number where the variance is too large or
/// too small for one. NULL under two values, and if no `Float64` holds it.
///
/// Takes what [`exact_variance`] takes.
pub(crate) fn exact_stddev(input: Expr) -> Expr {
    DEVIATION.call(vec![input])
}

/// The variance of the values that are not NULL as a whole population: like [`exact_variance`], but divided by the
/// number of the values. That of one value is 0. NULL without any, and if no `Float64` holds it.
///
/// Takes what [`exact_variance`] takes.
pub(crate) fn exact_variance_pop(input: Expr) -> Expr {
    POPULATION_VARIANCE.call(vec![input])
}

/// The standard deviation of the values that are not NULL as a whole population: the exact root of the exact variance
/// of [`exact_variance_pop`], rounded once. That of one value is 0. NULL without any, and if no `Float64` holds it.
///
/// Takes what [`exact_variance`] takes.
pub(crate) fn exact_stddev_pop(input: Expr) -> Expr {
    POPULATION_DEVIATION.call(vec![input])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct VarianceFunction {
    output: Output,
    form: Form,
    signature: Signature,
}

impl VarianceFunction {
    fn new(output: Output, form: Form) -> Self {
        Self { output, form, signature: Signature::user_defined(Volatility::Immutable) }
    }

    /// The method for the input of an accumulator, and how it ends.
    fn method(&self, args: &AccumulatorArgs<'_>) -> Result<(Method, Finish)> {
        refuse_distinct(self.name(), args.is_distinct)?;
        let method = Method::of_fields(self.name(), args.expr_fields)?;
        Ok((method, Finish { output: self.output, form: self.form, scale: method.scale() }))
    }
}

/// An accumulator of a kind for a method.
macro_rules! accumulator {
    ($kind:ident, $method:expr) => {{
        let (method, finish) = $method;
        match method {
            Method::Integer => {
                let (sums, squares) = (NarrowSums::<Int64Type>::new(38, 0), IntegerSquares::<Int64Type, 3>::new());
                Ok(Box::new($kind::new(VarianceMoments::new(sums, squares, finish))))
            }
            Method::Narrow { precision, scale } => {
                let sums = NarrowSums::<Decimal128Type>::new(precision, scale);
                let squares = IntegerSquares::<Decimal128Type, 5>::new();
                Ok(Box::new($kind::new(VarianceMoments::new(sums, squares, finish))))
            }
            Method::Wide128 { precision, scale } => {
                let sums = WideSums::<Decimal128Type>::new(precision, scale);
                let squares = IntegerSquares::<Decimal128Type, 5>::new();
                Ok(Box::new($kind::new(VarianceMoments::new(sums, squares, finish))))
            }
            Method::Wide256 { precision, scale } => {
                let sums = WideSums::<Decimal256Type>::new(precision, scale);
                let squares = IntegerSquares::<Decimal256Type, 9>::new();
                Ok(Box::new($kind::new(VarianceMoments::new(sums, squares, finish))))
            }
            Method::Float => {
                let moments = VarianceMoments::new(FloatSums::default(), FloatSquares::default(), finish);
                Ok(Box::new($kind::new(moments)))
            }
        }
    }};
}

impl AggregateUDFImpl for VarianceFunction {
    fn name(&self) -> &str {
        match (self.output, self.form) {
            (Output::Variance, Form::Sample) => "exact_variance",
            (Output::Deviation, Form::Sample) => "exact_stddev",
            (Output::Variance, Form::Population) => "exact_variance_pop",
            (Output::Deviation, Form::Population) => "exact_stddev_pop",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        coerced(self.name(), arg_types)
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        refuse_distinct(self.name(), args.is_distinct)?;
        let sum = Method::of_fields(self.name(), args.input_fields)?.state_type();
        let fields = [("sum", sum), ("squares", DataType::Binary), ("count", DataType::Int64)];
        Ok(fields
            .into_iter()
            .map(|(name, data_type)| Arc::new(Field::new(format_state_name(args.name, name), data_type, true)))
            .collect())
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        accumulator!(SingleMoments, self.method(&args)?)
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        accumulator!(GroupedMoments, self.method(&args)?)
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}
