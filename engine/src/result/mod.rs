//! What a query answers with: the rows, what their columns mean, where they came from, and their forms as JSON, CSV,
//! Arrow, Markdown, a workbook of Excel and a table for people. Also what is made of answers: alerts, statistics of
//! their columns, and what changed between two of them.

mod alert;
mod bin;
mod calendar;
mod cell;
mod column;
mod csv;
mod dialect;
mod difference;
mod difference_text;
mod exact;
mod histogram;
mod ipc;
mod json;
mod markdown;
mod member;
mod member_reader;
mod number;
mod output;
mod performance;
mod provenance;
mod query_result;
mod reader;
mod sheet_name;
mod statistics;
mod table;
mod totals;
mod value;
mod xlsx;
mod xlsx_cell;

#[cfg(test)]
mod tests;

pub use alert::{Alert, AlertCondition, AlertOutcome, AlertState, Comparison, Notify, Threshold};
pub use bin::Bin;
pub use cell::Cell;
pub use column::{CellShape, ResultColumn, Role};
pub use dialect::{CsvDialect, LineEnd, Quoting};
pub use difference::{ChangedCell, ChangedRow, Difference};
pub use json::batch_to_json;
pub(crate) use member::MemberColumn;
pub use member::{MemberCell, MemberKind};
pub use performance::Performance;
pub use provenance::{Path, Provenance, SnapshotRef};
pub use query_result::QueryResult;
pub(crate) use reader::{cell_of, column_texts};
pub use statistics::ColumnStatistics;
pub use table::Table;
pub use totals::TotalRows;
pub use xlsx::Spreadsheet;
