//! How many values of a group lie in each of some bins of one width.
//!
//! A state is a list of the bins that have values, each with its number of values.

mod accumulate;
mod bins;
mod counts;
mod function;
#[cfg(test)]
mod tests;

pub(crate) use bins::HistogramBins;
pub(crate) use function::histogram;
