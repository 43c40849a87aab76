//! Answers in the types that all answers have.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array, RecordBatch, RecordBatchOptions};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Float64Type, Schema, SchemaRef, TimeUnit};

use super::functions::shown;
use crate::error::{Error, Result};
use crate::model::Kind;
use crate::result::{ResultColumn, Role};

/// The columns of an answer and its rows, in at least one batch.
///
/// Integers become `Int64`, those of 64 bits without a sign decimals; floats `Float64`, with NULL for what is not
/// finite; text `Utf8View`; times are in microseconds.
///
/// # Errors
///
/// `InvalidQuery` for a column of a type that answers do not hold, by its name.
pub(crate) fn canonical(schema: &SchemaRef, batches: &[RecordBatch]) -> Result<(Vec<ResultColumn>, Vec<RecordBatch>)> {
    let mut names = BTreeSet::new();
    let mut columns = Vec::with_capacity(schema.fields().len());
    let mut fields = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        let label = shown(field.name());
        let mut name = label.clone();
        let mut number = 2;
        while !names.insert(name.clone()) {
            name = format!("{label}_{number}");
            number += 1;
        }
        let held = canonical_type(field.data_type()).ok_or_else(|| {
            let message = format!("column `{name}` is {}, which answers do not hold; cast it", field.data_type());
            Error::query(message)
        })?;
        columns.push(ResultColumn::new(&name, label, Role::Dimension, kind(&held)));
        fields.push(Field::new(name, held, true));
    }
    let target: SchemaRef = Arc::new(Schema::new(fields));
    let none = RecordBatch::new_empty(Arc::clone(schema));
    let filled: Vec<&RecordBatch> = batches.iter().filter(|batch| batch.num_rows() > 0).collect();
    let given = if filled.is_empty() { vec![&none] } else { filled };
    let rows = given.into_iter().map(|batch| brought(batch, &target)).collect::<Result<Vec<_>>>()?;
    Ok((columns, rows))
}

fn brought(batch: &RecordBatch, target: &SchemaRef) -> Result<RecordBatch> {
    let failed = |error| Error::internal("an answer cannot be brought to the types of answers").with_source(error);
    let columns = batch.columns().iter().zip(target.fields());
    let columns = columns.map(|(array, field)| {
        let array = cast(array, field.data_type()).map_err(failed)?;
        Ok(array.as_primitive_opt::<Float64Type>().map_or_else(|| Arc::clone(&array), finite))
    });
    let columns = columns.collect::<Result<Vec<ArrayRef>>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(target), columns, &options).map_err(failed)
}

/// One zero, and NULL for what is no number.
fn finite(floats: &Float64Array) -> ArrayRef {
    let finite: Float64Array = floats.unary_opt(|float| float.is_finite().then_some(float + 0.0));
    Arc::new(finite)
}

/// The type in which answers hold the values of a type.
fn canonical_type(held: &DataType) -> Option<DataType> {
    Some(match held {
        DataType::Boolean => DataType::Boolean,
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32 => DataType::Int64,
        DataType::UInt64 => DataType::Decimal128(20, 0),
        DataType::Float16 | DataType::Float32 | DataType::Float64 => DataType::Float64,
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale) => DataType::Decimal128(*precision, *scale),
        DataType::Decimal256(..) => held.clone(),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => DataType::Utf8View,
        DataType::Dictionary(_, values) => canonical_type(values)?,
        DataType::Date32 | DataType::Date64 => DataType::Date32,
        DataType::Timestamp(_, zone) => DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
        _ => return None,
    })
}

fn kind(held: &DataType) -> Kind {
    match held {
        DataType::Boolean | DataType::Utf8View => Kind::Hierarchy,
        DataType::Date32 | DataType::Timestamp(..) => Kind::Datetime,
        _ => Kind::Numeric,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{
        Array, ArrayRef, AsArray, Float32Array, Int8Array, IntervalMonthDayNanoArray, RecordBatch, StringArray,
        UInt64Array,
    };
    use arrow::datatypes::{DataType, Float64Type};

    use super::canonical;
    use crate::error::ErrorKind;

    fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
    }

    #[test]
    fn types_are_those_of_answers() {
        let rows = batch(vec![
            ("a", Arc::new(Int8Array::from(vec![Some(-1), None]))),
            ("b", Arc::new(UInt64Array::from(vec![Some(u64::MAX), None]))),
            ("c", Arc::new(Float32Array::from(vec![f32::NAN, -0.0]))),
            ("d", Arc::new(StringArray::from(vec!["x", ""]))),
        ]);
        let (columns, batches) = canonical(&rows.schema(), std::slice::from_ref(&rows)).unwrap();
        let types: Vec<&DataType> = batches[0].columns().iter().map(|array| array.data_type()).collect();
        let expected = [DataType::Int64, DataType::Decimal128(20, 0), DataType::Float64, DataType::Utf8View];
        assert_eq!(types, expected.iter().collect::<Vec<_>>());
        assert_eq!(columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["a", "b", "c", "d"]);
        let floats = batches[0].column(2).as_primitive::<Float64Type>();
        assert!(floats.is_null(0));
        assert!(floats.value(1).is_sign_positive());
    }

    #[test]
    fn no_rows_are_a_batch_and_names_are_told_apart() {
        let numbers: ArrayRef = Arc::new(Int8Array::from(vec![1]));
        let rows = batch(vec![("x", Arc::clone(&numbers)), ("x", Arc::clone(&numbers)), ("x_2", numbers)]);
        let (columns, batches) = canonical(&rows.schema(), &[]).unwrap();
        assert_eq!(columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["x", "x_2", "x_2_2"]);
        assert_eq!((batches.len(), batches[0].num_rows()), (1, 0));
    }

    #[test]
    fn other_types_are_refused_by_name() {
        let spans: ArrayRef = Arc::new(IntervalMonthDayNanoArray::new_null(1));
        let error = canonical(&batch(vec![("span", spans)]).schema(), &[]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidQuery);
        assert!(error.message().starts_with("column `span` is "), "{error}");
    }
}
