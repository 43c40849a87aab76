//! Percentiles that are exact whatever the order of the rows.
//!
//! Of n values in their order, v(0) to v(n-1), and an exact share p:
//!
//! - the continuous percentile is the exact point on the line between two neighbours, rounded once: with the rank
//!   h = p (n - 1), its floor k and the rest r = h - k, the `Float64` nearest to v(k) (1 - r) + v(k + 1) r, ties to
//!   even. Nothing before that is rounded, not even for floats: the result lies between the two values, nothing
//!   overflows on the way, and the share 1/2 gives the median of integers and floats to the last bit;
//! - the discrete percentile is the smallest value whose cumulative share is at least p: v(⌈p n⌉ - 1), and v(0) for
//!   p = 0.
//!
//! What the aggregate stores between its phases is the list of the values of a group, in no order.

mod continuous;
mod discrete;
mod function;
mod share;
#[cfg(test)]
mod tests;

pub(crate) use function::exact_percentile;
pub(crate) use share::Share;
