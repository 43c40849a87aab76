//! Files of delimited text.

mod infer;
mod read;
mod record;
mod source;
#[cfg(test)]
mod tests;

pub use source::CsvSource;
