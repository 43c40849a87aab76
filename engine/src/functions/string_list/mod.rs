//! The texts of a group in one text: in order, so that no order of the rows, no partitioning and no merge changes it.
//!
//! A state is the list of the texts that can still come into the result, in order: one more than are shown at most.

mod accumulate;
mod best;
mod function;
#[cfg(test)]
mod tests;

pub(crate) use function::string_list;
