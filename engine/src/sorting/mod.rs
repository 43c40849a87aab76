//! Sorting more rows than memory holds, stably, with all threads: what does not fit lies in temporary files.
//!
//! A [`Sorter`] gathers rows into chunks. A full chunk is put in order and written as a run while the next one is being
//! gathered; the last one stays in memory. What comes out is what merging the runs gives.

mod chunk;
mod failure;
mod gather;
mod inputs;
mod keys;
mod merge;
mod passes;
mod run;
mod sorter;
#[cfg(test)]
mod tests;
mod tools;

pub(crate) use sorter::Sorter;
