//! Datasets as tables of DataFusion: read from their source, or from a snapshot in the store.

mod gaps;
mod leaf;
mod live;
mod live_rows;
mod open_files;
mod pieces;
mod reader;
mod snapshot;
mod source;
#[cfg(test)]
mod tests;
mod widening;

pub(crate) use leaf::LeafExec;
pub(crate) use open_files::{OpenFiles, OpenSnapshots};
pub(crate) use snapshot::SnapshotTable;
pub(crate) use source::{SourceTable, numbered, table_schema};
pub(crate) use widening::check_readable;
