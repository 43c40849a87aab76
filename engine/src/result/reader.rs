//! Typed access to the cells of a batch. The type of a column is looked at once per batch, not once per cell.

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Decimal256Array, Float64Array, Int64Array,
    LargeStringArray, RecordBatch, StringArray, StringViewArray, TimestampMicrosecondArray,
};
use arrow::compute::{cast, take};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Decimal256Type, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType,
};
use datafusion::scalar::ScalarValue;

use super::calendar::Zone;
use super::cell::Cell;
use super::column::{CellShape, ResultColumn};
use super::histogram::Histogram;
use super::member_reader::Members;
use super::value::Value;
use crate::error::{Error, Result};
use crate::model::ColumnType;

/// The cells of one column of one batch.
#[derive(Debug, Clone)]
pub(super) struct ColumnReader {
    cells: Cells,
    /// Where the remainder of a top stands instead of a member.
    other: Option<BooleanArray>,
}

impl ColumnReader {
    fn new(array: &ArrayRef) -> Option<Self> {
        Some(Self { cells: Cells::new(array)?, other: None })
    }

    /// The array behind the cells.
    pub(super) fn cells(&self) -> &Cells {
        &self.cells
    }

    /// Where the remainder of a top stands, if it may stand in this column.
    pub(super) fn other(&self) -> Option<&BooleanArray> {
        self.other.as_ref()
    }

    /// What the cells are; text for what is no single value.
    pub(super) fn column_type(&self) -> ColumnType {
        self.cells.column_type()
    }

    /// Whether the cells are single values.
    pub(super) fn shape(&self) -> CellShape {
        match self.cells {
            Cells::Histogram(_) => CellShape::Histogram,
            Cells::Member(_) => CellShape::Member,
            _ => CellShape::Value,
        }
    }

    /// The cell of a row, which must be below the number of rows. A float that is not finite is NULL, -0.0 is 0.0.
    pub(super) fn value(&self, row: usize) -> Value<'_> {
        match &self.other {
            Some(other) if other.is_valid(row) && other.value(row) => Value::Other,
            _ => self.cells.value(row),
        }
    }
}

/// The array of a column.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "one for each column of an answer")]
pub(super) enum Cells {
    Text(StringArray),
    LargeText(LargeStringArray),
    TextView(StringViewArray),
    Boolean(BooleanArray),
    Integer(Int64Array),
    Float(Float64Array),
    Decimal128(Decimal128Array, i8),
    Decimal256(Decimal256Array, i8),
    Date(Date32Array),
    Datetime(TimestampMicrosecondArray, Zone),
    LocalDatetime(TimestampMicrosecondArray),
    Histogram(Histogram),
    Member(Members),
}

impl Cells {
    /// A reader of the array; nothing for a type that answers do not hold.
    fn new(array: &ArrayRef) -> Option<Self> {
        Some(match array.data_type() {
            DataType::Utf8 => Self::Text(array.as_string_opt::<i32>()?.clone()),
            DataType::LargeUtf8 => Self::LargeText(array.as_string_opt::<i64>()?.clone()),
            DataType::Utf8View => Self::TextView(array.as_string_view_opt()?.clone()),
            DataType::Dictionary(_, values) if is_text(values) => {
                // As views, so that a short dictionary in front of many rows is not multiplied.
                let dictionary = array.as_any_dictionary_opt()?;
                let values = cast(dictionary.values().as_ref(), &DataType::Utf8View).ok()?;
                let rows = take(values.as_ref(), dictionary.keys(), None).ok()?;
                Self::TextView(rows.as_string_view_opt()?.clone())
            }
            DataType::Boolean => Self::Boolean(array.as_boolean_opt()?.clone()),
            DataType::Int64 => Self::Integer(array.as_primitive_opt::<Int64Type>()?.clone()),
            DataType::Float64 => Self::Float(array.as_primitive_opt::<Float64Type>()?.clone()),
            DataType::Decimal128(_, scale) => {
                Self::Decimal128(array.as_primitive_opt::<Decimal128Type>()?.clone(), *scale)
            }
            DataType::Decimal256(_, scale) => {
                Self::Decimal256(array.as_primitive_opt::<Decimal256Type>()?.clone(), *scale)
            }
            DataType::Date32 => Self::Date(array.as_primitive_opt::<Date32Type>()?.clone()),
            DataType::Timestamp(TimeUnit::Microsecond, Some(zone)) => {
                Self::Datetime(array.as_primitive_opt::<TimestampMicrosecondType>()?.clone(), Zone::parse(zone)?)
            }
            DataType::Timestamp(TimeUnit::Microsecond, None) => {
                Self::LocalDatetime(array.as_primitive_opt::<TimestampMicrosecondType>()?.clone())
            }
            DataType::List(_) => Self::Histogram(Histogram::new(array)?),
            DataType::Struct(_) => Self::Member(Members::new(array)?),
            _ => return None,
        })
    }

    fn column_type(&self) -> ColumnType {
        match self {
            Self::Text(_) | Self::LargeText(_) | Self::TextView(_) | Self::Histogram(_) | Self::Member(_) => {
                ColumnType::Text
            }
            Self::Boolean(_) => ColumnType::Boolean,
            Self::Integer(_) => ColumnType::Integer,
            Self::Float(_) => ColumnType::Float,
            Self::Decimal128(array, scale) => ColumnType::Decimal { precision: array.precision(), scale: *scale },
            Self::Decimal256(array, scale) => ColumnType::Decimal { precision: array.precision(), scale: *scale },
            Self::Date(_) => ColumnType::Date,
            Self::Datetime(..) => ColumnType::Datetime,
            Self::LocalDatetime(_) => ColumnType::LocalDatetime,
        }
    }

    fn value(&self, row: usize) -> Value<'_> {
        match self {
            Self::Text(array) if array.is_valid(row) => Value::Text(array.value(row)),
            Self::LargeText(array) if array.is_valid(row) => Value::Text(array.value(row)),
            Self::TextView(array) if array.is_valid(row) => Value::Text(array.value(row)),
            Self::Boolean(array) if array.is_valid(row) => Value::Boolean(array.value(row)),
            Self::Integer(array) if array.is_valid(row) => Value::Integer(array.value(row)),
            Self::Float(array) if array.is_valid(row) => match array.value(row) {
                // -0.0 + 0.0 is 0.0, and every other sum with 0.0 is the number itself.
                number if number.is_finite() => Value::Float(number + 0.0),
                _ => Value::Null,
            },
            Self::Decimal128(array, scale) if array.is_valid(row) => Value::Decimal128(array.value(row), *scale),
            Self::Decimal256(array, scale) if array.is_valid(row) => Value::Decimal256(array.value(row), *scale),
            Self::Date(array) if array.is_valid(row) => Value::Date(array.value(row)),
            Self::Datetime(array, zone) if array.is_valid(row) => {
                let micros = array.value(row);
                Value::Datetime(micros, zone.offset_seconds(micros))
            }
            Self::LocalDatetime(array) if array.is_valid(row) => Value::LocalDatetime(array.value(row)),
            Self::Histogram(histograms) => histograms.cell(row).map_or(Value::Null, Value::Bins),
            Self::Member(members) => members.cell(row).map_or(Value::Null, Value::Member),
            _ => Value::Null,
        }
    }
}

/// The cells of one batch of an answer.
#[derive(Debug, Clone, Default)]
pub(super) struct BatchReader {
    columns: Vec<ColumnReader>,
    rows: usize,
}

impl BatchReader {
    /// Readers of the batch, which must have just these columns, all of types that answers hold.
    pub(super) fn new(columns: &[ResultColumn], batch: &RecordBatch) -> Result<Self> {
        if batch.num_columns() != columns.len() {
            return Err(Error::internal(format!(
                "an answer of {} columns came with a batch of {}",
                columns.len(),
                batch.num_columns()
            )));
        }
        let readers = columns
            .iter()
            .zip(batch.columns())
            .map(|(column, array)| {
                ColumnReader::new(array).ok_or_else(|| {
                    Error::internal(format!(
                        "column `{}` came as {}, which answers do not hold",
                        column.name,
                        array.data_type()
                    ))
                })
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Self { columns: readers, rows: batch.num_rows() })
    }

    /// Says where the remainder of a top stands in a column.
    pub(super) fn mark_other(&mut self, column: usize, rows: BooleanArray) -> Result<()> {
        if rows.len() != self.rows {
            return Err(Error::internal(format!(
                "a batch of {} rows came with marks of the remainder for {}",
                self.rows,
                rows.len()
            )));
        }
        let reader = self.columns.get_mut(column);
        let reader =
            reader.ok_or_else(|| Error::internal(format!("column {column} of the remainder does not exist")))?;
        reader.other = Some(rows);
        Ok(())
    }

    /// The number of rows.
    pub(super) fn num_rows(&self) -> usize {
        self.rows
    }

    /// The readers of the columns.
    pub(super) fn columns(&self) -> &[ColumnReader] {
        &self.columns
    }

    /// The cells of a row, which must be below the number of rows.
    pub(super) fn values(&self, row: usize) -> impl Iterator<Item = Value<'_>> {
        self.columns.iter().map(move |column| column.value(row))
    }
}

/// A value as the cell of an answer; NULL for a type that answers do not hold.
pub(crate) fn cell_of(value: &ScalarValue) -> Cell {
    let array = value.to_array().ok();
    let reader = array.as_ref().and_then(ColumnReader::new);
    reader.map_or(Cell::Null, |reader| reader.value(0).into())
}

/// The cells of an array as they stand in CSV, without quotes; nothing for NULL.
///
/// # Errors
///
/// [`crate::ErrorKind::Internal`] for a type that answers do not hold.
pub(crate) fn column_texts(array: &ArrayRef) -> Result<Vec<String>> {
    let found = array.data_type();
    let reader = ColumnReader::new(array);
    let reader = reader.ok_or_else(|| Error::internal(format!("{found} is a type that answers do not hold")))?;
    Ok((0..array.len()).map(|row| reader.value(row).to_text()).collect())
}

/// Whether it is one of Arrow's types for text.
pub(super) fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}
