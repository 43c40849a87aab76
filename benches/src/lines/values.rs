//! What stands in order lines: a function of the key and of how often the row was changed.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Float64Array, Int64Array, RecordBatch, RecordBatchOptions, StringViewArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{Field, Schema};
use drillcore::{Column, ColumnType};

use crate::lineitems::status;
use crate::random::{STEP, mixed};

const MODES: [&str; 7] = ["AIR", "FOB", "MAIL", "RAIL", "REG AIR", "SHIP", "TRUCK"];
/// Different parts.
const PARTS: u64 = 200_000;

/// What the values of a row follow from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) id: u64,
    /// How often its values were changed.
    pub(super) revision: u64,
    pub(super) created_us: i64,
    pub(super) updated_us: i64,
}

impl Row {
    /// A number below a bound, another one for each salt below 16.
    fn below(&self, salt: u64, bound: u64) -> u64 {
        let state = (16 * self.id + salt).wrapping_mul(STEP);
        mixed(state.wrapping_add(mixed(self.revision))) % bound
    }
}

/// The columns of order lines.
pub(super) fn columns() -> Vec<Column> {
    use ColumnType::{Datetime, Float, Integer, Text};
    let columns = [
        ("id", Integer),
        ("created_at", Datetime),
        ("updated_at", Datetime),
        ("status", Text),
        ("mode", Text),
        ("part", Integer),
        ("quantity", Float),
        ("price", Float),
        ("discount", Float),
        ("items", Integer),
    ];
    columns.into_iter().map(|(name, held)| Column::new(name, held)).collect()
}

/// These columns of the rows.
pub(super) fn batch(columns: &[String], rows: &[Row]) -> RecordBatch {
    let arrays: Vec<ArrayRef> = columns.iter().map(|column| array(column, rows)).collect();
    let fields = columns.iter().zip(&arrays).map(|(name, array)| Field::new(name, array.data_type().clone(), false));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(schema, arrays, &options).expect("columns of one length")
}

fn array(column: &str, rows: &[Row]) -> ArrayRef {
    let integers =
        |value: fn(&Row) -> i64| -> ArrayRef { Arc::new(Int64Array::from_iter_values(rows.iter().map(value))) };
    let floats =
        |value: fn(&Row) -> f64| -> ArrayRef { Arc::new(Float64Array::from_iter_values(rows.iter().map(value))) };
    let texts = |value: fn(&Row) -> &'static str| -> ArrayRef {
        Arc::new(StringViewArray::from_iter_values(rows.iter().map(value)))
    };
    let times = |value: fn(&Row) -> i64| -> ArrayRef {
        Arc::new(TimestampMicrosecondArray::from_iter_values(rows.iter().map(value)).with_timezone("UTC"))
    };
    match column {
        "id" => integers(|row| row.id as i64),
        "created_at" => times(|row| row.created_us),
        "updated_at" => times(|row| row.updated_us),
        "status" => texts(|row| status(row.below(1, 1000))),
        "mode" => texts(|row| MODES[row.below(2, MODES.len() as u64) as usize]),
        "part" => integers(|row| row.below(3, PARTS) as i64),
        "quantity" => floats(|row| (1 + row.below(4, 50)) as f64),
        "price" => floats(|row| (90_000 + row.below(5, 10_410_001)) as f64 / 100.0),
        "discount" => floats(|row| row.below(6, 11) as f64 / 100.0),
        "items" => integers(|row| 1 + row.below(7, 7) as i64),
        other => panic!("order lines have no column {other}"),
    }
}
