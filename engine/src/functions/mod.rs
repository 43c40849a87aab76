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
//! | [`exact_median()`] | Int64, Decimal, Float64 | Float64, a Decimal of a digit more, Float64 |
//! | [`fold_expr`] | Utf8View | Utf8View |
//! | [`matches_expr`] | Utf8View | Boolean |
//!
//! NULL gives NULL, and aggregates leave NULL out.

mod argument;
mod bucket;
mod cyclic;
mod exact;
mod exact_sum;
mod exact_variance;
mod fold;
mod matches;
mod median;

pub(crate) use bucket::bucket_expr;
pub(crate) use cyclic::cyclic_expr;
pub(crate) use exact_sum::{exact_average, exact_sum};
pub(crate) use exact_variance::{exact_stddev, exact_variance};
pub(crate) use fold::{fold_expr, fold_text};
pub(crate) use matches::{check_pattern, matches_expr};
pub(crate) use median::exact_median;
