//! Sorting more rows than memory holds, stably, with all threads: what does not fit lies in temporary files.
//!
//! A [`Sorter`] gathers rows into chunks. A full chunk is put in order while the next one is being gathered, with its
//! columns packed: small numbers in fewer bytes, texts of which few are different as codes. The first chunks and the last
//! one stay in memory, the others are written as runs. What comes out is what merging all of them gives, unpacked.

mod chunk;
mod codes;
mod column;
mod failure;
mod gather;
mod inputs;
mod keys;
mod merge;
mod narrow;
mod packed;
mod part;
mod passes;
mod run;
mod sorter;
#[cfg(test)]
mod tests;
mod tools;

pub(crate) use sorter::Sorter;
