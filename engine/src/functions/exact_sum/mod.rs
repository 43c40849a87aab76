//! Sums and averages that are exact: no order of the rows, no partitioning and no merge changes a bit of the result,
//! because only the result is rounded, once.
//!
//! What the aggregates store between their phases is stable and the same for equal sums:
//!
//! - the sum of `Int64` as `Decimal128(38, 0)`, of `Decimal128(p, s)` with p up to 19 as `Decimal128(p + 19, s)`;
//! - of other decimals as `Binary` of 40 bytes (`exact/wide.rs`);
//! - of `Float64` as `Binary` of any length (`exact/bytes.rs`);
//! - NULL is the sum of no value, and an average has the number of its values (`Int64`) behind the sum.

mod accumulate;
mod function;
mod presence;
#[cfg(test)]
mod tests;
mod totals;

pub(crate) use function::{exact_average, exact_sum};
