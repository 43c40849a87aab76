//! The aggregates of a grouped query as expressions.

use datafusion::error::Result;
use datafusion::functions_aggregate::expr_fn::{count, max, min};
use datafusion::logical_expr::{Expr, ExprFunctionExt, lit};

use super::filters;
use super::scalars::Scalars;
use crate::functions::{
    approx_distinct_count, approx_percentile, exact_average, exact_correlation, exact_covariance, exact_covariance_pop,
    exact_distinct_count, exact_median, exact_percentile, exact_stddev, exact_stddev_pop, exact_sum, exact_variance,
    exact_variance_pop, first_by, histogram, last_by, latest, mode, string_list,
};
use crate::resolve::{Call, Part, Predicate};

/// The aggregate of a part, with its filter.
pub(super) fn aggregate(part: &Part, scalars: &Scalars<'_>) -> Result<Expr> {
    let mut aggregate = unfiltered(part, scalars)?;
    if let Some(rule) = &part.latest {
        let entities = rule.entities.iter().map(|entity| scalars.identity(entity)).collect::<Result<Vec<_>>>()?;
        aggregate = latest(aggregate, scalars.expr(&rule.date)?, entities, rule.per_entity)?;
    }
    if part.filter == Predicate::Constant(true) {
        return Ok(aggregate);
    }
    aggregate.filter(filters::condition(&part.filter, scalars)?).build()
}

fn unfiltered(part: &Part, scalars: &Scalars<'_>) -> Result<Expr> {
    let of = match &part.of {
        Some(of) if matches!(part.call, Call::CountDistinct) => scalars.identity(of)?,
        Some(of) => scalars.expr(of)?,
        None => lit(1_i64),
    };
    let by = || part.by.as_ref().map_or_else(|| Ok(lit(1_i64)), |by| scalars.expr(by));
    Ok(match &part.call {
        Call::CountRows => count(lit(1_i64)),
        Call::CountValues => count(of),
        Call::CountDistinct => exact_distinct_count(of),
        Call::Sum => exact_sum(of),
        Call::Average => exact_average(of),
        Call::Min => min(of),
        Call::Max => max(of),
        Call::Median => exact_median(of),
        Call::Variance => exact_variance(of),
        Call::Stddev => exact_stddev(of),
        Call::VariancePop => exact_variance_pop(of),
        Call::StddevPop => exact_stddev_pop(of),
        Call::Correlation => exact_correlation(of, by()?),
        Call::Covariance => exact_covariance(of, by()?),
        Call::CovariancePop => exact_covariance_pop(of, by()?),
        Call::Mode => mode(of),
        Call::Percentile { share, kind } => exact_percentile(of, *share, *kind),
        Call::First => first_by(of, by()?),
        Call::Last => last_by(of, by()?),
        Call::StringList { separator, distinct, descending, max } => {
            string_list(of, separator, *distinct, *descending, *max)
        }
        Call::Histogram(bins) => histogram(of, *bins),
        Call::ApproxDistinct => approx_distinct_count(of),
        Call::ApproxPercentile(share) => approx_percentile(of, share.nearest()),
    })
}
