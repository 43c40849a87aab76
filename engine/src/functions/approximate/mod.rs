//! Numbers of different values and percentiles within a stated error, from small summaries of the values.
//!
//! The summaries are those of Apache `DataSketches`, stored in its formats, which do not depend on the program or the
//! machine that wrote them:
//!
//! - different values: an HLL sketch of 2^14 registers. The count depends on nothing but the set of the values, so that
//!   neither the order of the rows nor partitions nor merges change it.
//! - percentiles: a KLL sketch of k = 1024, which tosses coins that cannot be fixed from outside. Two runs, other
//!   orders of the rows and other partitionings may give other results, each within the error, as soon as a group has
//!   more than 1,024 values. Up to that the sketch holds them all.

mod accumulate;
mod distinct;
mod function;
mod percentile;
mod slots;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use distinct::DISTINCT_COUNT_ERROR;
pub(crate) use function::{approx_distinct_count, approx_percentile};
#[cfg(test)]
pub(crate) use percentile::PERCENTILE_ERROR;
