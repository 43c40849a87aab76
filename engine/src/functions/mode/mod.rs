//! The most frequent value; of several that are equally frequent the least: numbers by size, texts by code point, false
//! before true.
//!
//! What the aggregate stores between its phases is two lists of the same length: the different values of a group, in no
//! order, and how often each occurs (`Int64`).

mod accumulate;
mod counter;
mod function;
#[cfg(test)]
mod tests;

pub(crate) use function::mode;
