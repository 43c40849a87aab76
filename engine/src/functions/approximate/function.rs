//! The two aggregate functions.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Expr, GroupsAccumulator, ReversedUDAF, Signature, Volatility,
};

use super::accumulate::{GroupedSketches, SingleSketch};
use super::distinct::Different;
use super::percentile::Quantile;
use crate::functions::distinct::countable;
use crate::functions::exact::{coerced, refuse_distinct};

static DISTINCT_COUNT: LazyLock<AggregateUDF> =
    LazyLock::new(|| ApproximateFunction::new("approx_distinct_count".to_owned(), Approximation::DistinctCount).into());

/// About how many different values that are not NULL there are, as `Int64`; 0 without any.
///
/// The relative standard error is 0.0081. The result depends only on the
/// set of the values. Values are hashed in one form for each type, so that the same value counts as one whatever file
/// it comes from. Floats have one zero, and infinities and NaN count as NULL.
pub(crate) fn approx_distinct_count(of: Expr) -> Expr {
    DISTINCT_COUNT.call(vec![of])
}

/// A value of which about a share `p` of the values that are not NULL are at most as large, as `Float64`; NULL without
/// any. `p` is from 0 (the least value) to 1 (the greatest), else running it fails.
///
/// The error is 0.0027 with a confidence of 99 %, in ranks as a share of the number of values. Of more
/// than 1,024 values the result may differ from run to run, and with the order of the rows, partitions and merges,
/// within the error. A number is cast to `Float64` first; infinities and NaN count as NULL.
pub(crate) fn approx_percentile(of: Expr, p: f64) -> Expr {
    let approximation = Approximation::Percentile { share: p.to_bits() };
    AggregateUDF::new_from_impl(ApproximateFunction::new(format!("approx_percentile[{p}]"), approximation))
        .call(vec![of])
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Approximation {
    DistinctCount,
    Percentile { share: u64 },
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ApproximateFunction {
    name: String,
    approximation: Approximation,
    signature: Signature,
}

impl ApproximateFunction {
    fn new(name: String, approximation: Approximation) -> Self {
        Self { name, approximation, signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl AggregateUDFImpl for ApproximateFunction {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        match self.approximation {
            Approximation::DistinctCount => countable(self.name(), arg_types),
            Approximation::Percentile { .. } => {
                // What is no number is refused.
                coerced(self.name(), arg_types)?;
                Ok(vec![DataType::Float64])
            }
        }
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(match self.approximation {
            Approximation::DistinctCount => DataType::Int64,
            Approximation::Percentile { .. } => DataType::Float64,
        })
    }

    fn is_nullable(&self) -> bool {
        self.approximation != Approximation::DistinctCount
    }

    fn default_value(&self, data_type: &DataType) -> Result<ScalarValue> {
        match self.approximation {
            Approximation::DistinctCount => Ok(ScalarValue::Int64(Some(0))),
            Approximation::Percentile { .. } => ScalarValue::try_from(data_type),
        }
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        refuse_distinct(self.name(), args.is_distinct)?;
        Ok(vec![Arc::new(Field::new(format_state_name(args.name, "sketch"), DataType::Binary, true))])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        refuse_distinct(self.name(), args.is_distinct)?;
        match self.approximation {
            Approximation::DistinctCount => Ok(Box::new(SingleSketch::new(Different::new()?))),
            Approximation::Percentile { share } => {
                Ok(Box::new(SingleSketch::new(Quantile::new(f64::from_bits(share))?)))
            }
        }
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        refuse_distinct(self.name(), args.is_distinct)?;
        match self.approximation {
            Approximation::DistinctCount => Ok(Box::new(GroupedSketches::new(Different::new()?))),
            Approximation::Percentile { share } => {
                Ok(Box::new(GroupedSketches::new(Quantile::new(f64::from_bits(share))?)))
            }
        }
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}
