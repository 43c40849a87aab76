//! Where rows come from. Files, Arrow batches and pushed rows are read, their columns are described, and
//! `conform` brings every batch to the canonical types, so that nothing behind this module meets another type, a NaN,
//! an infinity or a -0.0.

mod arrow_file;
mod builder;
mod conform;
mod contract;
mod csv_file;
mod fields;
mod files;
mod guess;
mod json_lines;
mod json_object;
mod memory;
mod metadata;
mod moment;
mod names;
mod number;
mod parquet_file;
mod rows;
mod since;
mod spec;
#[cfg(test)]
mod tests;
mod zone;

pub use arrow_file::ArrowIpcSource;
pub use conform::{FloatCounts, Normalized};
pub use contract::{BatchIter, ChangedSince, ReadRequest, Source};
pub use csv_file::CsvSource;
pub use json_lines::JsonLinesSource;
pub use memory::MemorySource;
pub use moment::DateFormat;
pub use parquet_file::ParquetSource;
pub use rows::Rows;
pub use spec::SourceSpec;

pub(crate) use conform::conform;
pub(crate) use rows::{infer_rows, rows_to_batch};
pub(crate) use since::changed_rows;

/// Rows in a batch that a file source makes.
const BATCH_ROWS: usize = 8192;
