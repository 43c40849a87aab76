//! Window calculations: columns computed from other rows of the answer.
//!
//! A named window of a query is one call of a function, a formula may hold several. The functions are those of
//! formulas; a named one asks for a wider type where its sums may need it:
//!
//! | function of a query | takes | gives |
//! |---|---|---|
//! | running_total | a number | `Decimal(38, 0)` of integers, a decimal of 19 digits more, a float |
//! | moving_average, percent_of_total, percent_change | a number | a float |
//! | difference | a number | an integer, a decimal of a digit more, a float |
//! | lag, lead, first_value, last_value | anything | the same |
//! | rank, dense_rank, row_number, ntile | nothing | an integer |
//!
//! What a type cannot hold is NULL; no result is NaN, infinite or -0.0.

mod call;
mod counts;
mod extremes;
#[cfg(test)]
mod laws;
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
