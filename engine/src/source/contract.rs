//! The contract between the engine and what rows come from.

use std::fmt::Debug;

use arrow::array::RecordBatch;

use crate::error::Result;
use crate::model::Column;

/// The batches of one reading, in the order of the source.
pub type BatchIter = Box<dyn Iterator<Item = Result<RecordBatch>> + Send>;

/// Something that holds rows: a file, batches in memory, a service.
///
/// Calls block; the engine makes them on a thread where that is allowed. Reading twice what has not changed gives the
/// same rows in the same order, because the position of a row decides between several matches of a link.
pub trait Source: Debug + Send + Sync {
    /// What it is and where, for messages and reports, for example `csv data/airlines.csv`.
    fn describe(&self) -> String;

    /// The columns it has, with the types and the meaning found in them. Ids are the names in the source.
    ///
    /// # Errors
    ///
    /// When the source cannot be reached or read, when two columns have one name, and when a column holds a type that
    /// is not supported.
    fn discover(&self) -> Result<Vec<Column>>;

    /// As [`Source::discover`], less the columns named, which may then be of any type.
    ///
    /// # Errors
    ///
    /// As [`Source::discover`], for the columns that are not left out.
    fn discover_without(&self, left_out: &[String]) -> Result<Vec<Column>> {
        let mut columns = self.discover()?;
        columns.retain(|column| !left_out.contains(&column.source_name));
        Ok(columns)
    }

    /// Whether the columns and their types are declared, so that looking at them is cheap and a difference means a change.
    /// Where they are found by reading values, as in files of text, full loads do not look at them again unless they are
    /// asked to.
    fn is_typed(&self) -> bool {
        true
    }

    /// The rows. The columns of every batch are those of the request, in its order. Their Arrow types may be any that
    /// hold the declared types; the engine brings them to its own, makes NaN and infinities NULL, and reads timestamps
    /// without a zone in the zone of the column.
    ///
    /// # Errors
    ///
    /// When the source cannot be reached or lacks a column; the iterator fails where a value does not fit the declared
    /// type of its column.
    fn read(&self, request: &ReadRequest) -> Result<BatchIter>;
}

/// What to read of a source.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ReadRequest {
    /// The columns with their declared types; [`Column::source_name`] says which one of the source is meant. May be
    /// empty: then only the number of rows counts.
    pub columns: Vec<Column>,
    /// The greatest number of rows wanted, from the first one.
    pub limit: Option<u64>,
    /// Which rows are wanted. The engine looks at every row again, so a source may pay no heed to this; one that does
    /// spares the work on what has not changed.
    pub since: Option<ChangedSince>,
}

impl ReadRequest {
    /// A request for all rows of these columns.
    #[must_use]
    pub fn new(columns: Vec<Column>) -> Self {
        Self { columns, limit: None, since: None }
    }

    /// Only the first rows, up to this number.
    #[must_use]
    pub fn with_limit(mut self, rows: u64) -> Self {
        self.limit = Some(rows);
        self
    }

    /// Only rows that may have changed since then.
    #[must_use]
    pub fn with_since(mut self, since: ChangedSince) -> Self {
        self.since = Some(since);
        self
    }
}

/// Rows of a point in time on. A row may be left out if each of the columns is NULL in it or before that point.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangedSince {
    /// The ids of the columns; all of them are columns of the request, and hold dates, datetimes or wall clock times.
    pub columns: Vec<String>,
    /// The point in microseconds since 1970-01-01T00:00:00Z; dates and wall clock times are taken as though they were
    /// in UTC.
    pub at_us: i64,
}

impl ChangedSince {
    /// Rows in which one of the columns is at that point or behind it.
    #[must_use]
    pub fn new<C: Into<String>>(columns: impl IntoIterator<Item = C>, at_us: i64) -> Self {
        Self { columns: columns.into_iter().map(Into::into).collect(), at_us }
    }
}
