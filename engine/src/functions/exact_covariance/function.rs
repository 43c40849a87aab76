//! The three aggregate functions.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Expr, GroupsAccumulator, ReversedUDAF, Signature, Volatility,
};

use super::moments::{Output, PairMoments};
use crate::functions::argument::not_taken;
use crate::functions::exact::{GroupedMoments, SingleMoments, refuse_distinct};

static CORRELATION: LazyLock<AggregateUDF> = LazyLock::new(|| PairFunction::new(Output::Correlation).into());
static COVARIANCE: LazyLock<AggregateUDF> = LazyLock::new(|| PairFunction::new(Output::Covariance).into());
static POPULATION_COVARIANCE: LazyLock<AggregateUDF> =
    LazyLock::new(|| PairFunction::new(Output::PopulationCovariance).into());

/// The correlation of Pearson over the rows where both values are set, as `Float64` from -1 to 1: that of the exact
/// values, rounded once. NULL where one side does not vary, so under two rows too.
///
/// Takes two columns of `Float64`; rows with an infinity or NaN count as NULL.
pub(crate) fn exact_correlation(one: Expr, other: Expr) -> Expr {
    CORRELATION.call(vec![one, other])
}

/// The covariance of a sample over the rows where both values are set, as `Float64`: that of the exact values, rounded
/// once. NULL under two rows, and if no `Float64` holds it.
///
/// Takes what [`exact_correlation`] takes.
pub(crate) fn exact_covariance(one: Expr, other: Expr) -> Expr {
    COVARIANCE.call(vec![one, other])
}

/// The covariance of the rows where both values are set as a whole population. That of one row is 0. NULL without any,
/// and if no `Float64` holds it.
///
/// Takes what [`exact_correlation`] takes.
pub(crate) fn exact_covariance_pop(one: Expr, other: Expr) -> Expr {
    POPULATION_COVARIANCE.call(vec![one, other])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct PairFunction {
    output: Output,
    signature: Signature,
}

impl PairFunction {
    fn new(output: Output) -> Self {
        Self { output, signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl AggregateUDFImpl for PairFunction {
    fn name(&self) -> &str {
        match self.output {
            Output::Correlation => "exact_correlation",
            Output::Covariance => "exact_covariance",
            Output::PopulationCovariance => "exact_covariance_pop",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let is_taken = |given: &DataType| {
            matches!(given, DataType::Float16 | DataType::Float32 | DataType::Float64 | DataType::Null)
        };
        match arg_types {
            [one, other] if is_taken(one) && is_taken(other) => Ok(vec![DataType::Float64; 2]),
            _ => Err(not_taken(self.name(), "two floats", arg_types)),
        }
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        refuse_distinct(self.name(), args.is_distinct)?;
        let sums = self.output.stored().iter().map(|name| (*name, DataType::Binary));
        Ok(sums
            .chain([("count", DataType::Int64)])
            .map(|(name, data_type)| Arc::new(Field::new(format_state_name(args.name, name), data_type, true)))
            .collect())
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        refuse_distinct(self.name(), args.is_distinct)?;
        Ok(Box::new(SingleMoments::new(PairMoments::new(self.output))))
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        refuse_distinct(self.name(), args.is_distinct)?;
        Ok(Box::new(GroupedMoments::new(PairMoments::new(self.output))))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}
