//! The answer to a query.

use std::fmt;

use arrow::array::{BooleanArray, RecordBatch};
use uuid::Uuid;

use super::cell::Cell;
use super::column::ResultColumn;
use super::performance::Performance;
use super::provenance::Provenance;
use super::reader::{BatchReader, is_text};
use super::table::Table;
use super::totals::TotalRows;
use crate::error::{Error, Result};

/// The answer to a query: rows, the meaning of their columns, and where they came from.
///
/// The rows are there as Arrow batches ([`QueryResult::batches`]), cell by cell ([`QueryResult::rows`],
/// [`QueryResult::cell`]), and as JSON, CSV, an Arrow stream, or a table for a terminal. Instants are shown in the zone
/// of the query, with its offset at that instant; dates and wall clock times have no zone. NULL, empty text and zero
/// stay three different things in every form but a spreadsheet and Markdown. A clone is cheap: the rows are shared.
#[derive(Clone)]
pub struct QueryResult {
    name: Option<String>,
    columns: Vec<ResultColumn>,
    batches: Vec<RecordBatch>,
    readers: Vec<BatchReader>,
    totals: Vec<TotalRows>,
    total_rows: Option<u64>,
    provenance: Provenance,
    performance: Performance,
    query_id: Uuid,
}

impl QueryResult {
    /// An answer of these rows. An answer without rows still needs a batch, an empty one, since the types of the columns
    /// are taken from the batches.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Internal`] if there is no batch, if a batch has other columns, or if a column is of an Arrow
    /// type that answers do not hold or changes its type from one batch to the next (kinds of text may be mixed).
    pub(crate) fn new(
        mut columns: Vec<ResultColumn>,
        batches: Vec<RecordBatch>,
        provenance: Provenance,
        performance: Performance,
        query_id: Uuid,
        name: Option<String>,
    ) -> Result<Self> {
        let readers = batches.iter().map(|batch| BatchReader::new(&columns, batch)).collect::<Result<Vec<_>>>()?;
        let (Some(model), Some(reader)) = (batches.first(), readers.first()) else {
            return Err(Error::internal("an answer came without a batch, so its columns have no types"));
        };
        for batch in &batches {
            for ((column, array), expected) in columns.iter().zip(batch.columns()).zip(model.columns()) {
                let (found, expected) = (array.data_type(), expected.data_type());
                if found != expected && !(is_text(found) && is_text(expected)) {
                    let name = &column.name;
                    return Err(Error::internal(format!("column `{name}` came both as {expected} and as {found}")));
                }
            }
        }
        for (column, reader) in columns.iter_mut().zip(reader.columns()) {
            column.column_type = reader.column_type();
            column.shape = reader.shape();
        }
        let (totals, total_rows) = (Vec::new(), None);
        Ok(Self { name, columns, batches, readers, totals, total_rows, provenance, performance, query_id })
    }

    /// The answer with what stands beside its rows: which of them are the remainder of a top, and in which column that
    /// stands; the totals in the order of the query, and which of those are; how many rows there are without limit and
    /// offset, where that is known.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Internal`] if there is no such column, if there are not as many marks as rows, or if the
    /// totals do not have the columns of the rows and their types.
    pub(crate) fn completed(
        mut self,
        remainder: Option<(usize, BooleanArray)>,
        totals: Vec<(TotalRows, Option<BooleanArray>)>,
        total_rows: Option<u64>,
    ) -> Result<Self> {
        let ranked = remainder.as_ref().map(|(column, _)| *column);
        if let Some((column, rows)) = remainder {
            self.mark_other(column, &rows)?;
        }
        for (total, other) in totals {
            self.totals.push(total.read(&self.columns, ranked, other)?);
        }
        self.total_rows = total_rows;
        Ok(self)
    }

    fn mark_other(&mut self, column: usize, rows: &BooleanArray) -> Result<()> {
        if rows.len() != self.num_rows() {
            let (rows, marks) = (self.num_rows(), rows.len());
            return Err(Error::internal(format!("an answer of {rows} rows came with {marks} marks of the remainder")));
        }
        let mut start = 0;
        for reader in &mut self.readers {
            let count = reader.num_rows();
            reader.mark_other(column, rows.slice(start, count))?;
            start += count;
        }
        Ok(())
    }

    /// What the query is called: its `as`, if it has one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The columns: dimensions, measures, comparisons, windows, each in the order of the query.
    #[must_use]
    pub fn columns(&self) -> &[ResultColumn] {
        &self.columns
    }

    /// The rows as Arrow batches, at least one, if only an empty one. Their field names carry no meaning; the columns
    /// are those of [`QueryResult::columns`], in that order. What stands where a cell is the remainder of a top
    /// ([`Cell::Other`]) has no meaning either. A column of members of a hierarchy is one of structs, with the fields
    /// of [`MemberCell`](crate::MemberCell) in their order.
    #[must_use]
    pub fn batches(&self) -> &[RecordBatch] {
        &self.batches
    }

    /// The number of rows.
    #[must_use]
    pub fn num_rows(&self) -> usize {
        self.readers.iter().map(BatchReader::num_rows).sum()
    }

    /// The totals the query asked for, one for each set of dimensions that they keep.
    #[must_use]
    pub fn totals(&self) -> &[TotalRows] {
        &self.totals
    }

    /// The number of rows without limit and offset, where the query asked for it.
    #[must_use]
    pub fn total_rows(&self) -> Option<u64> {
        self.total_rows
    }

    /// Where the answer came from.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// How long the stages took.
    #[must_use]
    pub fn performance(&self) -> &Performance {
        &self.performance
    }

    /// The id of this answer, to find it again in logs.
    #[must_use]
    pub fn query_id(&self) -> Uuid {
        self.query_id
    }

    /// One cell; nothing outside of the answer. To go through all of them, [`QueryResult::rows`] is faster.
    #[must_use]
    pub fn cell(&self, row: usize, column: usize) -> Option<Cell> {
        let mut row = row;
        for batch in &self.readers {
            if row < batch.num_rows() {
                return batch.columns().get(column).map(|reader| reader.value(row).into());
            }
            row -= batch.num_rows();
        }
        None
    }

    /// The rows, cell by cell.
    pub fn rows(&self) -> impl Iterator<Item = Vec<Cell>> {
        self.read_rows().map(|(batch, row)| batch.values(row).map(Cell::from).collect())
    }

    /// The rows as a table for people to read; see [`Table`].
    #[must_use]
    pub fn table(&self) -> Table<'_> {
        Table::new(self)
    }

    /// The name for a column that is added to those of the answer, changed until none of them has it.
    pub(super) fn free_name(&self, name: &str) -> String {
        let mut free = name.to_owned();
        while self.columns.iter().any(|column| column.name == free) {
            free.push('_');
        }
        free
    }

    /// The readers of the batches.
    pub(super) fn readers(&self) -> &[BatchReader] {
        &self.readers
    }

    /// Every row, as its batch and its place there.
    pub(super) fn read_rows(&self) -> impl Iterator<Item = (&BatchReader, usize)> {
        self.readers.iter().flat_map(|batch| (0..batch.num_rows()).map(move |row| (batch, row)))
    }
}

impl fmt::Debug for QueryResult {
    /// Without the data: an answer is more likely to end up in a log than meant to.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryResult")
            .field("name", &self.name)
            .field("columns", &self.columns)
            .field("num_rows", &self.num_rows())
            .field("totals", &self.totals)
            .field("total_rows", &self.total_rows)
            .field("provenance", &self.provenance)
            .field("performance", &self.performance)
            .field("query_id", &self.query_id)
            .finish_non_exhaustive()
    }
}
