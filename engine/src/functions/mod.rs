//! The functions that the engine adds to DataFusion: buckets and cyclic parts of time, aggregates that are exact
//! whatever the order of the rows, case folding and regular expressions.
//!
//! | function | input | output |
//! |---|---|---|
//! | [`bucket_expr`] | date, instant, wall clock time | date for day and coarser, else the type of the input |
//! | [`cyclic_expr`] | date, instant, wall clock time | Int64 |
//! | [`exact_sum()`] | Int64, Decimal, Float64 | Decimal128(38, 0), wider Decimal, Float64 |
//! | [`exact_average()`] | Int64, Decimal, Float64 | Float64 |
//! | [`exact_variance()`], [`exact_stddev()`] | Int64, Decimal, Float64 | Float64 |
//! | [`exact_correlation()`], [`exact_covariance()`] | two Float64 | Float64 |
//! | [`exact_median()`] | Int64, Decimal, Float64 | Float64, a Decimal of a digit more, Float64 |
//! | [`fold_expr`] | Utf8View | Utf8View |
//! | [`matches_expr`] | Utf8View | Boolean |
//! | [`scalar_expr`] | what a function of formulas takes | what it gives |
//!
//! NULL gives NULL, and aggregates leave NULL out.

mod approximate;
mod argument;
mod arithmetic;
mod bin;
mod bucket;
mod cyclic;
mod distinct;
mod elapsed;
mod exact;
mod exact_covariance;
mod exact_running;
mod exact_sum;
mod exact_variance;
mod first_last;
mod fold;
mod histogram;
mod latest;
mod lists;
mod matches;
mod median;
mod member_groups;
mod mode;
mod percentile;
mod scalar;
mod string_list;
#[cfg(test)]
mod testing;
mod values;

pub(crate) use approximate::{approx_distinct_count, approx_percentile};
pub(crate) use arithmetic::{arithmetic_expr, concat_expr, convert_expr, first_present_expr, negate_expr};
pub(crate) use bin::{Bins, bin_expr, low_expr};
pub(crate) use bucket::bucket_expr;
pub(crate) use cyclic::cyclic_expr;
pub(crate) use distinct::exact_distinct_count;
pub(crate) use elapsed::elapsed_expr;
pub(crate) use exact_covariance::{exact_correlation, exact_covariance, exact_covariance_pop};
pub(crate) use exact_running::{ExactKind, ExactValue, RunningSum};
pub(crate) use exact_sum::{exact_average, exact_sum};
pub(crate) use exact_variance::{exact_stddev, exact_stddev_pop, exact_variance, exact_variance_pop};
pub(crate) use first_last::{first_by, last_by};
pub(crate) use fold::{fold_expr, fold_text};
pub(crate) use histogram::{HistogramBins, histogram};
pub(crate) use latest::latest;
pub(crate) use matches::{check_pattern, matches_expr};
pub(crate) use median::exact_median;
pub(crate) use member_groups::groups_expr;
pub(crate) use mode::mode;
pub(crate) use percentile::{Share, exact_percentile};
pub(crate) use scalar::scalar_expr;
pub(crate) use string_list::string_list;
