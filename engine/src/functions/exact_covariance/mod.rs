//! Correlations and covariances that are exact: no order of the rows, no partitioning and no merge changes a bit of the
//! result.
//!
//! A group keeps the number of its rows n, the exact sums of both values and the exact sum of their products; for a
//! correlation those of the squares too. The covariance of a sample is `(n Σxy - Σx Σy) / (n (n - 1))`, that of a
//! population `(n Σxy - Σx Σy) / n²`, computed without loss and rounded once. The correlation is
//! `(n Σxy - Σx Σy) / √((n Σx² - (Σx)²) (n Σy² - (Σy)²))`, the quotient by the exact root, rounded once: it is never
//! beyond 1, and exactly 1 or -1 where all rows lie on a line.
//!
//! What the aggregates store between their phases is stable and the same for the same rows: the sums as `Binary`
//! (`exact/bytes.rs`), NULL without rows, in the order Σx, Σy, Σxy, and Σx², Σy² for a correlation; last the number of
//! rows as `Int64`.

mod function;
mod moments;
#[cfg(test)]
mod tests;

pub(crate) use function::{exact_correlation, exact_covariance, exact_covariance_pop};
