//! Totals: rows that stand for many groups of an answer.

use std::fmt;

use arrow::array::{BooleanArray, RecordBatch};

use super::cell::Cell;
use super::column::{ResultColumn, Role};
use super::reader::BatchReader;
use super::value::Value;
use crate::error::{Error, Result};
use crate::model::ColumnType;

/// What stands in the first rolled-up dimension of a total, where answers are read by people.
pub(super) const TOTAL: &str = "(total)";

/// The totals of an answer that keep the same dimensions; each row has the columns of the answer.
///
/// The dimensions that a total does not keep are rolled up: their cells are NULL. A kept dimension may be NULL too, as
/// a member; [`TotalRows::grouping_id`] tells the two apart. A clone is cheap: the rows are shared.
#[derive(Clone)]
pub struct TotalRows {
    keys: Vec<String>,
    grouping_id: u64,
    batch: RecordBatch,
    reader: BatchReader,
}

impl TotalRows {
    /// Totals that keep these dimensions, and the places of the others among all dimensions. They hold cells once they
    /// stand in an answer.
    pub(crate) fn new(keys: Vec<String>, rolled_up: impl IntoIterator<Item = usize>, rows: RecordBatch) -> Self {
        let bits = rolled_up.into_iter().filter_map(|index| 1_u64.checked_shl(u32::try_from(index).ok()?));
        let grouping_id = bits.fold(0, |id, bit| id | bit);
        Self { keys, grouping_id, batch: rows, reader: BatchReader::default() }
    }

    /// The totals as they stand in an answer of these columns: `other` says which of them are the remainder of a top,
    /// `ranked` in which column that stands.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Internal`] if the columns do not fit.
    pub(super) fn read(
        mut self,
        columns: &[ResultColumn],
        ranked: Option<usize>,
        other: Option<BooleanArray>,
    ) -> Result<Self> {
        self.reader = BatchReader::new(columns, &self.batch)?;
        match (ranked, other) {
            (_, None) => {}
            (Some(column), Some(other)) => self.reader.mark_other(column, other)?,
            (None, Some(other)) if other.true_count() == 0 => {}
            (None, Some(_)) => {
                return Err(Error::internal("totals came with the remainder of a top, and the rows without"));
            }
        }
        self.check(columns)?;
        Ok(self)
    }

    /// The names of the dimensions that are kept; none for the total over everything.
    #[must_use]
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// Which dimensions are rolled up: bit i is set for the dimension i, of which the first is 0. It knows of 64.
    #[must_use]
    pub fn grouping_id(&self) -> u64 {
        self.grouping_id
    }

    /// The totals as an Arrow batch, with the columns of the answer in their order.
    #[must_use]
    pub fn batch(&self) -> &RecordBatch {
        &self.batch
    }

    /// The number of totals.
    #[must_use]
    pub fn num_rows(&self) -> usize {
        self.reader.num_rows()
    }

    /// The totals, cell by cell.
    pub fn rows(&self) -> impl Iterator<Item = Vec<Cell>> {
        (0..self.num_rows()).map(|row| self.reader.values(row).map(Cell::from).collect())
    }

    /// The reader of the totals.
    pub(super) fn reader(&self) -> &BatchReader {
        &self.reader
    }

    /// Whether the columns are of the types that they have in the rows.
    fn check(&self, columns: &[ResultColumn]) -> Result<()> {
        for (column, reader) in columns.iter().zip(self.reader.columns()) {
            let same = column.shape == reader.shape()
                && match (column.column_type, reader.column_type()) {
                    (ColumnType::Decimal { scale, .. }, ColumnType::Decimal { scale: found, .. }) => scale == found,
                    (expected, found) => expected == found,
                };
            if !same {
                let (name, expected, found) = (&column.name, column.type_name(), reader.column_type().name());
                return Err(Error::internal(format!(
                    "column `{name}` came as {expected} in the rows and as {found} in the totals"
                )));
            }
        }
        Ok(())
    }

    /// The cells of a total as people read them: the first dimension that is rolled up says so, the others are blank.
    pub(super) fn marked<'a>(&'a self, columns: &'a [ResultColumn], row: usize) -> impl Iterator<Item = Marked<'a>> {
        let mut labelled = false;
        columns.iter().zip(self.reader.values(row)).map(move |(column, value)| {
            if column.role != Role::Dimension || self.keys.contains(&column.name) {
                return Marked::Cell(value);
            }
            let first = !labelled;
            labelled = true;
            if first { Marked::Label } else { Marked::Blank }
        })
    }
}

impl fmt::Debug for TotalRows {
    /// Without the data, as an answer.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TotalRows")
            .field("keys", &self.keys)
            .field("grouping_id", &self.grouping_id)
            .field("num_rows", &self.num_rows())
            .finish_non_exhaustive()
    }
}

/// A cell of a total.
#[derive(Debug, Clone, Copy)]
pub(super) enum Marked<'a> {
    /// The first dimension that is rolled up.
    Label,
    /// Another one.
    Blank,
    Cell(Value<'a>),
}
