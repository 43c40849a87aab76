//! Measures as aggregate expressions.

use arrow::datatypes::DataType;
use datafusion::error::Result;
use datafusion::functions_aggregate::expr_fn::{count, count_distinct, max, median, min, stddev, var_sample};
use datafusion::logical_expr::{Expr, ExprFunctionExt, cast, lit};

use super::filters;
use super::scalars::Scalars;
use crate::functions::{exact_average, exact_sum};
use crate::model::{Aggregation, ColumnType};
use crate::resolve::{Measure, Predicate};

/// What turns the aggregate into the measure's value.
type Finish = Box<dyn Fn(Expr) -> Expr>;

/// The aggregate of a measure, and what is to be done with its result.
pub(super) fn aggregate(measure: &Measure, scalars: &Scalars<'_>) -> Result<(Expr, Finish)> {
    let of_type = measure.of.as_ref().map(|of| of.output_type().column_type());
    let of = match &measure.of {
        Some(of) if measure.aggregation == Aggregation::DistinctCount => scalars.identity(of)?,
        Some(of) => scalars.expr(of)?,
        None => lit(1_i64),
    };
    let mut finish: Finish = Box::new(|expr| expr);
    let aggregate = match measure.aggregation {
        Aggregation::Count => count(lit(1_i64)),
        Aggregation::CountValues => count(of),
        Aggregation::DistinctCount => count_distinct(of),
        Aggregation::Sum => exact_sum(of),
        Aggregation::Average => exact_average(of),
        Aggregation::Min => min(of),
        Aggregation::Max => max(of),
        Aggregation::Stddev => stddev(cast(of, DataType::Float64)),
        Aggregation::Variance => var_sample(cast(of, DataType::Float64)),
        Aggregation::Median => match of_type {
            // One digit more behind the point holds the mean of the two middle values exactly.
            Some(ColumnType::Integer) => {
                finish = Box::new(|expr| cast(expr, DataType::Float64));
                median(cast(of, DataType::Decimal128(20, 1)))
            }
            Some(ColumnType::Decimal { precision, scale }) if precision < 76 => {
                median(cast(of, ColumnType::Decimal { precision: precision + 1, scale: scale + 1 }.arrow()))
            }
            _ => median(cast(of, DataType::Float64)),
        },
    };
    if measure.filter == Predicate::Constant(true) {
        return Ok((aggregate, finish));
    }
    let mut filtered = aggregate.filter(filters::condition(&measure.filter, scalars)?);
    if measure.aggregation == Aggregation::DistinctCount {
        // The builder forgets what was distinct before it.
        filtered = filtered.distinct();
    }
    Ok((filtered.build()?, finish))
}
