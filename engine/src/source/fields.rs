//! Columns of sources that have an Arrow schema.

use arrow::datatypes::{DataType, Schema};

use super::{metadata, names};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Column, ColumnType};

/// The type in which the engine holds what has this Arrow type; none for what it does not hold.
pub(super) fn column_type(data_type: &DataType) -> Option<ColumnType> {
    Some(match data_type {
        DataType::Null
        | DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Time32(_)
        | DataType::Time64(_) => ColumnType::Text,
        DataType::Boolean => ColumnType::Boolean,
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32 => ColumnType::Integer,
        DataType::UInt64 => ColumnType::Decimal { precision: 20, scale: 0 },
        DataType::Float16 | DataType::Float32 | DataType::Float64 => ColumnType::Float,
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => ColumnType::Decimal { precision: *precision, scale: *scale },
        DataType::Date32 | DataType::Date64 => ColumnType::Date,
        DataType::Timestamp(_, _) => ColumnType::Datetime,
        DataType::Dictionary(_, values) => column_type(values)?,
        DataType::RunEndEncoded(_, values) => column_type(values.data_type())?,
        _ => return None,
    })
}

/// The names of the columns of a schema, complete.
pub(super) fn column_names(schema: &Schema) -> Result<Vec<String>> {
    names::complete(schema.fields().iter().map(|field| field.name().clone()))
        .map_err(|message| Error::new(ErrorKind::SourceError, message))
}

/// The columns of a schema, less those left out.
pub(super) fn columns(schema: &Schema, left_out: &[String]) -> Result<Vec<Column>> {
    let names = column_names(schema)?;
    let (mut columns, mut refused) = (Vec::new(), Vec::new());
    for (name, field) in names.into_iter().zip(schema.fields()) {
        if left_out.contains(&name) {
            continue;
        }
        match column_type(field.data_type()) {
            Some(column_type) => columns.push(metadata::described(name, column_type)),
            None => refused.push(refusal(&name, field.data_type())),
        }
    }
    if refused.is_empty() { Ok(columns) } else { Err(Error::new(ErrorKind::SourceError, refused.join("; "))) }
}

/// What to say of a column that the engine cannot hold.
pub(super) fn refusal(name: &str, data_type: &DataType) -> String {
    format!("column `{name}` has type {data_type}, which drillcore does not hold; leave it out")
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::{DataType, Field, Schema};

    use super::columns;

    #[test]
    fn columns_that_cannot_be_held_are_all_named_and_can_be_left_out() {
        let schema = Schema::new(vec![
            Field::new("id", DataType::Int32, false),
            Field::new("photo", DataType::Binary, true),
            Field::new("tags", DataType::new_list(DataType::Utf8, true), true),
        ]);
        let error = columns(&schema, &[]).expect_err("two cannot be held").to_string();
        assert!(
            error.starts_with("column `photo` has type Binary, which drillcore does not hold; leave it out"),
            "{error}"
        );
        assert!(error.contains("column `tags` has type List("), "{error}");
        let left = columns(&schema, &["photo".into(), "tags".into()]).expect("one is left");
        assert_eq!(left.iter().map(|column| column.id.as_str()).collect::<Vec<_>>(), ["id"]);
    }
}
