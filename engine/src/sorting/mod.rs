//! Sorting more rows than memory holds, stably, with all threads: what does not fit lies in temporary files.
//!
//! A [`Sorter`] gathers rows into chunks. A full chunk is put in order while the next one is being gathered; the first
//! ones and the last one stay in memory, the others are written as runs. What comes out is what merging all of them gives.

mod chunk;
mod failure;
mod gather;
mod inputs;
mod keys;
mod merge;
mod part;
mod passes;
mod run;
mod sorter;
#[cfg(test)]
mod tests;
mod tools;

pub(crate) use sorter::Sorter;
