//! What a query answers with: the rows, what their columns mean, where they came from, and their forms as JSON, CSV,
//! Arrow and a table for people.

mod calendar;
mod cell;
mod column;
mod csv;
mod ipc;
mod json;
mod number;
mod output;
mod performance;
mod provenance;
mod query_result;
mod reader;
mod table;
mod value;

#[cfg(test)]
mod tests;

pub use self::csv::{CsvDialect, LineEnd};
pub use cell::Cell;
pub use column::{ResultColumn, Role};
pub use json::batch_to_json;
pub use performance::Performance;
pub use provenance::{Path, Provenance, SnapshotRef};
pub use query_result::QueryResult;
pub use table::Table;
