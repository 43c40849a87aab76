//! Bins of numbers: of one width, so many of one width between two values, or between given edges.
//!
//! A bin has a number, by which rows are grouped and bins are ordered, and two borders. The number is always that for
//! which `lower border <= x < upper border` holds for the borders that are shown, however they were rounded.

mod bins;
mod exact;
mod float;
mod function;
mod number;
mod shape;
#[cfg(test)]
mod tests;

pub(crate) use bins::Bins;
pub(crate) use function::{bin_expr, low_expr};
