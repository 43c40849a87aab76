//! Variances and standard deviations that are exact: no order of the rows, no partitioning and no merge changes a bit
//! of the result.
//!
//! A group keeps the number of its values n, their exact sum and the exact sum of their squares. The sample variance is
//! `(Σx² - (Σx)²/n) / (n - 1)`, that of a population `(Σx² - (Σx)²/n) / n`, computed without loss and rounded once, so
//! that it loses nothing where the values are large and differ little. The standard deviation is the exact root of the
//! exact variance, rounded once.
//!
//! What the aggregates store between their phases is stable and the same for the same values:
//!
//! - the sum as `exact_sum` stores it, NULL without values;
//! - the sum of the squares as `Binary` (`exact/bytes.rs`, of unscaled values for decimals), NULL without values;
//! - the number of values as `Int64`.

mod finish;
mod function;
mod integer_squares;
mod moments;
#[cfg(test)]
mod tests;

pub(crate) use function::{exact_stddev, exact_stddev_pop, exact_variance, exact_variance_pop};
