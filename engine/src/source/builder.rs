//! Columns built value by value from text or JSON, in their canonical types.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Decimal256Builder, Float64Builder, Int64Builder,
    RecordBatch, RecordBatchOptions, StringViewBuilder, TimestampMicrosecondBuilder,
};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use serde_json::Value;

use super::BATCH_ROWS;
use super::moment::{DateFormat, parse_datetime};
use super::number::{parse_boolean, parse_decimal, parse_float, parse_integer};
use super::zone::LocalZone;
use crate::error::{Error, Result};
use crate::model::{Column, ColumnType};

/// Bytes in one block of long texts: about a batch of them.
const TEXT_BLOCK: u32 = 128 * 1024;

/// Why a value was not taken. [`ColumnBuilder::reason`] says it in words, which never repeat the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mismatch {
    /// The value is not of the type, or would lose something.
    Type,
    /// The bytes are not UTF-8.
    Encoding,
    /// The text is longer than a batch can hold.
    Length,
}

/// Builds one column. Blanks around a value are ignored, except in text.
#[derive(Debug)]
pub(super) struct ColumnBuilder {
    column_type: ColumnType,
    dates: DateFormat,
    slots: Slots,
}

#[derive(Debug)]
enum Slots {
    Text(StringViewBuilder),
    Boolean(BooleanBuilder),
    Integer(Int64Builder),
    Float(Float64Builder),
    Decimal(Decimal128Builder, u8, i8),
    LargeDecimal(Decimal256Builder, u8, i8),
    Date(Date32Builder),
    Datetime(TimestampMicrosecondBuilder, LocalZone),
    LocalDatetime(TimestampMicrosecondBuilder, LocalZone),
}

impl ColumnBuilder {
    /// A builder for the declared type of a column, whose dates are written so.
    pub(super) fn new(column: &Column, dates: DateFormat) -> Result<Self> {
        let size = BATCH_ROWS;
        let column_type = column.column_type;
        let invalid = |error: ArrowError| {
            let message = format!("column `{}` cannot have the type {}", column.id, column_type.name());
            Error::input(message).with_source(error)
        };
        let slots = match column_type {
            ColumnType::Text => Slots::Text(StringViewBuilder::with_capacity(size).with_fixed_block_size(TEXT_BLOCK)),
            ColumnType::Boolean => Slots::Boolean(BooleanBuilder::with_capacity(size)),
            ColumnType::Integer => Slots::Integer(Int64Builder::with_capacity(size)),
            ColumnType::Float => Slots::Float(Float64Builder::with_capacity(size)),
            ColumnType::Decimal { precision, scale } if precision <= 38 => {
                let builder = Decimal128Builder::with_capacity(size);
                Slots::Decimal(builder.with_precision_and_scale(precision, scale).map_err(invalid)?, precision, scale)
            }
            ColumnType::Decimal { precision, scale } => {
                let builder = Decimal256Builder::with_capacity(size);
                Slots::LargeDecimal(
                    builder.with_precision_and_scale(precision, scale).map_err(invalid)?,
                    precision,
                    scale,
                )
            }
            ColumnType::Date => Slots::Date(Date32Builder::with_capacity(size)),
            ColumnType::Datetime => Slots::Datetime(
                TimestampMicrosecondBuilder::with_capacity(size).with_timezone("UTC"),
                LocalZone::of(column)?,
            ),
            ColumnType::LocalDatetime => {
                Slots::LocalDatetime(TimestampMicrosecondBuilder::with_capacity(size), LocalZone::of(column)?)
            }
        };
        Ok(Self { column_type, dates, slots })
    }

    /// Whether the column holds text, so that an empty text is a value.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.slots, Slots::Text(_))
    }

    pub(super) fn append_null(&mut self) {
        match &mut self.slots {
            Slots::Text(builder) => builder.append_null(),
            Slots::Boolean(builder) => builder.append_null(),
            Slots::Integer(builder) => builder.append_null(),
            Slots::Float(builder) => builder.append_null(),
            Slots::Decimal(builder, ..) => builder.append_null(),
            Slots::LargeDecimal(builder, ..) => builder.append_null(),
            Slots::Date(builder) => builder.append_null(),
            Slots::Datetime(builder, _) | Slots::LocalDatetime(builder, _) => builder.append_null(),
        }
    }

    /// Takes the value that the text is. Nothing is added when it is none.
    pub(super) fn append_text(&mut self, text: &[u8]) -> std::result::Result<(), Mismatch> {
        let trimmed = text.trim_ascii();
        match &mut self.slots {
            Slots::Text(builder) => {
                let text = std::str::from_utf8(text).map_err(|_| Mismatch::Encoding)?;
                builder.try_append_value(text).map_err(|_| Mismatch::Length)?;
            }
            Slots::Boolean(builder) => builder.append_value(parse_boolean(trimmed).ok_or(Mismatch::Type)?),
            Slots::Integer(builder) => builder.append_value(parse_integer(trimmed).ok_or(Mismatch::Type)?),
            Slots::Float(builder) => builder.append_value(parse_float(trimmed).ok_or(Mismatch::Type)?),
            Slots::Decimal(builder, precision, scale) => {
                builder.append_value(parse_decimal(trimmed, *precision, *scale).ok_or(Mismatch::Type)?);
            }
            Slots::LargeDecimal(builder, precision, scale) => {
                builder.append_value(parse_decimal(trimmed, *precision, *scale).ok_or(Mismatch::Type)?);
            }
            Slots::Date(builder) => {
                builder.append_value(self.dates.parse_lenient(trimmed).ok_or(Mismatch::Type)?);
            }
            Slots::Datetime(builder, zone) => {
                let instant = parse_datetime(trimmed).and_then(|written| written.instant(zone));
                builder.append_value(instant.ok_or(Mismatch::Type)?);
            }
            Slots::LocalDatetime(builder, zone) => {
                let wall = parse_datetime(trimmed).and_then(|written| written.local(zone));
                builder.append_value(wall.ok_or(Mismatch::Type)?);
            }
        }
        Ok(())
    }

    /// Takes a JSON value: null is NULL, a text is read as by [`ColumnBuilder::append_text`] (but there is no NaN), and
    /// what is not a text becomes one in a column of text.
    pub(super) fn append_json(&mut self, value: &Value) -> std::result::Result<(), Mismatch> {
        match (value, &mut self.slots) {
            (Value::Null, _) => self.append_null(),
            (Value::Bool(truth), Slots::Boolean(builder)) => builder.append_value(*truth),
            (Value::Number(number), Slots::Float(builder)) => {
                builder.append_value(number.as_f64().ok_or(Mismatch::Type)?);
            }
            (Value::String(text), Slots::Float(builder)) => {
                let number = parse_float(text.trim().as_bytes()).filter(|number| number.is_finite());
                builder.append_value(number.ok_or(Mismatch::Type)?);
            }
            (Value::String(text), _) => self.append_text(text.as_bytes())?,
            (Value::Number(number), _) => self.append_text(number.to_string().as_bytes())?,
            (_, Slots::Text(_)) => self.append_text(value.to_string().as_bytes())?,
            _ => return Err(Mismatch::Type),
        }
        Ok(())
    }

    /// Why a value was not taken, to stand behind "the value".
    pub(super) fn reason(&self, mismatch: Mismatch) -> String {
        match mismatch {
            Mismatch::Encoding => "is not valid UTF-8".into(),
            Mismatch::Length => "is a text of more than 4 GiB".into(),
            Mismatch::Type => match self.column_type {
                ColumnType::Text => "is not a text".into(),
                ColumnType::Boolean => "is not true or false".into(),
                ColumnType::Integer => "is not an integer of 64 bits".into(),
                ColumnType::Float => "is not a float of 64 bits".into(),
                ColumnType::Decimal { .. } => format!("is not a number that fits {}", self.column_type.name()),
                ColumnType::Date => format!("is not a date of the form {}", self.dates.pattern()),
                ColumnType::Datetime | ColumnType::LocalDatetime => {
                    "is not a date and time of the form YYYY-MM-DDThh:mm:ss".into()
                }
            },
        }
    }

    /// The column so far; the builder starts again.
    pub(super) fn finish(&mut self) -> ArrayRef {
        match &mut self.slots {
            Slots::Text(builder) => Arc::new(builder.finish()),
            Slots::Boolean(builder) => Arc::new(builder.finish()),
            Slots::Integer(builder) => Arc::new(builder.finish()),
            Slots::Float(builder) => Arc::new(builder.finish()),
            Slots::Decimal(builder, ..) => Arc::new(builder.finish()),
            Slots::LargeDecimal(builder, ..) => Arc::new(builder.finish()),
            Slots::Date(builder) => Arc::new(builder.finish()),
            Slots::Datetime(builder, _) | Slots::LocalDatetime(builder, _) => Arc::new(builder.finish()),
        }
    }
}

/// A batch of columns that were built for the schema; there may be none, then only the number of rows counts.
pub(super) fn batch(schema: &SchemaRef, columns: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)
        .map_err(|error| Error::internal("built columns do not fit their schema").with_source(error))
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, AsArray};
    use arrow::datatypes::{Date32Type, Decimal128Type, Int64Type, TimestampMicrosecondType};
    use serde_json::json;

    use super::{ColumnBuilder, Mismatch};
    use crate::model::{Column, ColumnType};
    use crate::source::moment::DateFormat;

    fn builder(column_type: ColumnType) -> ColumnBuilder {
        ColumnBuilder::new(&Column::new("x", column_type), DateFormat::Iso).expect("a good type")
    }

    #[test]
    fn a_value_that_is_refused_leaves_no_trace() {
        let mut integers = builder(ColumnType::Integer);
        assert_eq!(integers.append_text(b" 7 "), Ok(()));
        assert_eq!(integers.append_text(b"seven"), Err(Mismatch::Type));
        integers.append_null();
        let array = integers.finish();
        assert_eq!(array.as_primitive::<Int64Type>().iter().collect::<Vec<_>>(), [Some(7), None]);
        assert_eq!(integers.finish().len(), 0);
    }

    #[test]
    fn every_type_gives_its_canonical_array() {
        let types = [
            (ColumnType::Text, "a"),
            (ColumnType::Boolean, "true"),
            (ColumnType::Integer, "1"),
            (ColumnType::Float, "1.5"),
            (ColumnType::Decimal { precision: 10, scale: 2 }, "1.50"),
            (ColumnType::Decimal { precision: 50, scale: 2 }, "1.50"),
            (ColumnType::Date, "2013-01-01"),
            (ColumnType::Datetime, "2013-01-01T05:00:00"),
            (ColumnType::LocalDatetime, "2013-01-01T05:00:00"),
        ];
        for (column_type, text) in types {
            let mut builder = builder(column_type);
            assert_eq!(builder.append_text(text.as_bytes()), Ok(()), "{}", column_type.name());
            builder.append_null();
            // The type must survive the first batch.
            for _ in 0..2 {
                assert_eq!(*builder.finish().data_type(), column_type.arrow());
            }
        }
    }

    #[test]
    fn json_values_become_the_declared_type_when_nothing_is_lost() {
        let taken = |column_type, value: serde_json::Value| builder(column_type).append_json(&value).is_ok();
        assert!(taken(ColumnType::Integer, json!(3.0)));
        assert!(!taken(ColumnType::Integer, json!(3.5)));
        assert!(taken(ColumnType::Integer, json!("12")));
        assert!(!taken(ColumnType::Integer, json!(true)));
        assert!(!taken(ColumnType::Integer, json!([1])));
        assert!(taken(ColumnType::Boolean, json!(1)));
        assert!(!taken(ColumnType::Boolean, json!(2)));
        assert!(taken(ColumnType::Float, json!("1e3")));
        assert!(!taken(ColumnType::Float, json!("NaN")));
        assert!(!taken(ColumnType::Date, json!(20_130_101)));
        assert!(taken(ColumnType::Date, json!("2013-01-01")));

        let mut texts = builder(ColumnType::Text);
        for value in [json!("a"), json!(1.5), json!(true), json!({"a": [1, null]}), json!(null)] {
            assert_eq!(texts.append_json(&value), Ok(()), "{value}");
        }
        let array = texts.finish();
        let found: Vec<Option<&str>> = array.as_string_view().iter().collect();
        assert_eq!(found, [Some("a"), Some("1.5"), Some("true"), Some(r#"{"a":[1,null]}"#), None]);
    }

    #[test]
    fn decimals_dates_and_instants_have_the_right_value() {
        let built = |column_type, text: &str| {
            let mut builder = builder(column_type);
            builder.append_text(text.as_bytes()).expect("taken");
            builder.finish()
        };
        let decimal = built(ColumnType::Decimal { precision: 10, scale: 2 }, "-1.5");
        assert_eq!(decimal.as_primitive::<Decimal128Type>().value(0), -150);
        let date = built(ColumnType::Date, "1970-01-11");
        assert_eq!(date.as_primitive::<Date32Type>().value(0), 10);
        let instant = built(ColumnType::Datetime, "1970-01-01T02:00:00+02:00");
        assert_eq!(instant.as_primitive::<TimestampMicrosecondType>().value(0), 0);
        let wall = built(ColumnType::LocalDatetime, "1970-01-01T02:00:00");
        assert_eq!(wall.as_primitive::<TimestampMicrosecondType>().value(0), 7_200_000_000);
    }

    #[test]
    fn a_decimal_beyond_all_digits_is_refused() {
        let column = Column::new("x", ColumnType::Decimal { precision: 80, scale: 2 });
        let error = ColumnBuilder::new(&column, DateFormat::Iso).expect_err("too wide").to_string();
        assert_eq!(error, "column `x` cannot have the type decimal(80,2)");
    }
}
