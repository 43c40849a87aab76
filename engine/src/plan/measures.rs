//! Measures as aggregate expressions.

use datafusion::error::Result;
use datafusion::functions_aggregate::expr_fn::{count, count_distinct, max, min};
use datafusion::logical_expr::{Expr, ExprFunctionExt, lit};

use super::filters;
use super::scalars::Scalars;
use crate::functions::{exact_average, exact_median, exact_stddev, exact_sum, exact_variance};
use crate::model::Aggregation;
use crate::resolve::{Measure, Predicate};

/// The aggregate of a measure.
pub(super) fn aggregate(measure: &Measure, scalars: &Scalars<'_>) -> Result<Expr> {
    let of = match &measure.of {
        Some(of) if measure.aggregation == Aggregation::DistinctCount => scalars.identity(of)?,
        Some(of) => scalars.expr(of)?,
        None => lit(1_i64),
    };
    let aggregate = match measure.aggregation {
        Aggregation::Count => count(lit(1_i64)),
        Aggregation::CountValues => count(of),
        Aggregation::DistinctCount => count_distinct(of),
        Aggregation::Sum => exact_sum(of),
        Aggregation::Average => exact_average(of),
        Aggregation::Min => min(of),
        Aggregation::Max => max(of),
        Aggregation::Stddev => exact_stddev(of),
        Aggregation::Variance => exact_variance(of),
        Aggregation::Median => exact_median(of),
    };
    if measure.filter == Predicate::Constant(true) {
        return Ok(aggregate);
    }
    let mut filtered = aggregate.filter(filters::condition(&measure.filter, scalars)?);
    if measure.aggregation == Aggregation::DistinctCount {
        // The builder forgets what was distinct before it.
        filtered = filtered.distinct();
    }
    filtered.build()
}
