//! Window calculations: columns computed from other rows of the answer.
//!
//! | function | takes | gives |
//! |---|---|---|
//! | running_total | a number | `Decimal(38, 0)` of integers, a decimal of 19 digits more, a float |
//! | moving_average, percent_of_total, percent_change | a number | a float |
//! | difference | a number | an integer, a decimal of a digit more, a float |
//! | lag, lead, first_value, last_value | anything | the same |
//! | rank, dense_rank, row_number, ntile | nothing | an integer |
//!
//! What a type cannot hold is NULL; no result is NaN, infinite or -0.0.

mod call;
mod numbers;
mod partitions;
mod ranks;
mod shifts;
mod sums;
#[cfg(test)]
mod tests;
mod types;

pub(crate) use call::{WindowCall, compute};
pub(crate) use types::window_type;
