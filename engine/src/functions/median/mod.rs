//! The median, exact whatever the order of the rows: the middle value, or the mean of the two in the middle, rounded
//! once if the result cannot hold it.
//!
//! What the aggregate stores between its phases is the list of the values of a group, in no order.

mod function;
mod middle;
#[cfg(test)]
mod tests;

pub(crate) use function::exact_median;
