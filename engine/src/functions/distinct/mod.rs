//! Exact numbers of different values, of columns of every type.
//!
//! One hash table holds the pairs of a group and a value of it. Texts are numbered first, so that each is held once
//! however many groups have it. A state is a list of the different values of a group, in any order.

mod accumulate;
mod function;
mod pairs;
mod sets;
#[cfg(test)]
mod tests;
mod texts;
mod values;

pub(super) use function::countable;
pub(crate) use function::exact_distinct_count;
