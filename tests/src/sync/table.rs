//! The table that is synced, as its owner has it, and as Arrow.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Decimal128Array, Int64Array, RecordBatch, RecordBatchOptions, StringArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{Field, Schema};

use super::row::{Columns, Minute, Row, micros};

/// A table whose owner changes it as he likes.
#[derive(Debug, Clone, Default)]
pub struct Table {
    pub rows: Vec<Row>,
    pub columns: Columns,
}

impl Table {
    /// Some columns of some rows.
    ///
    /// # Panics
    /// If the table has no such column.
    #[must_use]
    pub fn batch(&self, rows: &[Row], ids: &[&str]) -> RecordBatch {
        let arrays: Vec<ArrayRef> = ids.iter().map(|id| self.array(rows, id)).collect();
        let fields = ids.iter().zip(&arrays).map(|(id, array)| Field::new(*id, array.data_type().clone(), true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        RecordBatch::try_new_with_options(schema, arrays, &options).expect("columns of equal length")
    }

    fn array(&self, rows: &[Row], id: &str) -> ArrayRef {
        match id {
            "id" => integers(rows, |row| row.id),
            "code" => texts(rows, |row| row.code.as_deref()),
            "created_at" => times(rows, |row| row.created),
            "updated_at" => times(rows, |row| row.updated),
            "deleted_at" => times(rows, |row| row.deleted),
            "number" if self.columns.wide => {
                let numbers: Vec<Option<i128>> = rows.iter().map(|row| row.number.map(i128::from)).collect();
                Arc::new(Decimal128Array::from(numbers).with_precision_and_scale(20, 0).expect("a decimal type"))
            }
            "number" => integers(rows, |row| row.number),
            "text" => texts(rows, |row| row.text.as_deref()),
            "extra" => integers(rows, |row| row.extra),
            "note" => texts(rows, |row| row.note.as_deref()),
            other => panic!("there is no column {other}"),
        }
    }
}

fn integers(rows: &[Row], value: impl Fn(&Row) -> Option<i64>) -> ArrayRef {
    Arc::new(rows.iter().map(value).collect::<Int64Array>())
}

fn texts<'a>(rows: &'a [Row], value: impl Fn(&'a Row) -> Option<&'a str>) -> ArrayRef {
    Arc::new(rows.iter().map(value).collect::<StringArray>())
}

fn times(rows: &[Row], value: impl Fn(&Row) -> Option<Minute>) -> ArrayRef {
    let times: TimestampMicrosecondArray = rows.iter().map(|row| value(row).map(micros)).collect();
    Arc::new(times.with_timezone("UTC"))
}
