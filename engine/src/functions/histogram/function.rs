//! The aggregate function.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Expr, GroupsAccumulator, ReversedUDAF, Signature, Volatility,
};

use super::accumulate::{GroupedHistograms, RESULT, STATE, SingleHistogram};
use super::bins::{Borders, HistogramBins};
use crate::functions::exact::{coerced, refuse_distinct};
use crate::functions::lists::list_type;

const NAME: &str = "histogram";

/// How many of the values that are not NULL lie in each bin, as a `List` of `{lo: Float64, hi: Float64, count: Int64}`
/// in order; NULL without any.
///
/// A number is cast to `Float64` first; infinities and NaN count as NULL. A value lies in the bin with
/// `lo <= value < hi`, for the `lo` and `hi` of the result. Of [bins of a width](HistogramBins::of_width) those from
/// the first to the last with values are listed, of [a number of bins](HistogramBins::between) all.
///
/// Running it fails with the `LimitExceeded` of [`Error`](crate::Error), as an external error of DataFusion, for more
/// than 10,000 bins in a group, and for bins too narrow to be told apart as floats.
pub(crate) fn histogram(of: Expr, bins: HistogramBins) -> Expr {
    AggregateUDF::new_from_impl(HistogramFunction::new(bins)).call(vec![of])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct HistogramFunction {
    name: String,
    bins: HistogramBins,
    signature: Signature,
}

impl HistogramFunction {
    fn new(bins: HistogramBins) -> Self {
        let name = match bins {
            HistogramBins::OfWidth { origin, size } => {
                format!("{NAME}[{} by {}]", f64::from_bits(origin), f64::from_bits(size))
            }
            HistogramBins::Between { min, max, count } => {
                format!("{NAME}[{} to {} by {count}]", f64::from_bits(min), f64::from_bits(max))
            }
        };
        Self { name, bins, signature: Signature::user_defined(Volatility::Immutable) }
    }

    fn borders(&self) -> Result<Borders> {
        self.bins.borders().map_err(|error| DataFusionError::External(Box::new(error)))
    }
}

impl AggregateUDFImpl for HistogramFunction {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        // What is no number is refused.
        coerced(NAME, arg_types)?;
        Ok(vec![DataType::Float64])
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(list_type(DataType::Struct(RESULT.clone())))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        refuse_distinct(NAME, args.is_distinct)?;
        let bins = list_type(DataType::Struct(STATE.clone()));
        Ok(vec![Arc::new(Field::new(format_state_name(args.name, "bins"), bins, true))])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        refuse_distinct(NAME, args.is_distinct)?;
        Ok(Box::new(SingleHistogram::new(self.borders()?)))
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        refuse_distinct(NAME, args.is_distinct)?;
        Ok(Box::new(GroupedHistograms::new(self.borders()?)))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}
