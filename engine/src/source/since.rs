//! Leaving out rows that have not changed before anything is made of them.

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch};
use arrow::compute::kernels::cmp::gt_eq;
use arrow::compute::{filter_record_batch, or_kleene};
use arrow::datatypes::{
    DataType, Date32Type, Date64Type, Int64Type, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};

use super::contract::ReadRequest;
use crate::error::{Error, Result};
use crate::model::{Column, ColumnType};

const DAY_US: i64 = 86_400_000_000;

/// The rows of a batch of a source that the request is about, as far as that can be told before values are brought to
/// their types; more than that, never fewer.
pub(crate) fn changed_rows(batch: RecordBatch, request: &ReadRequest) -> Result<RecordBatch> {
    let Some(kept) = kept(&batch, request) else { return Ok(batch) };
    if kept.null_count() == 0 && kept.true_count() == batch.num_rows() {
        return Ok(batch);
    }
    filter_record_batch(&batch, &kept)
        .map_err(|error| Error::internal("rows of a source cannot be left out").with_source(error))
}

fn kept(batch: &RecordBatch, request: &ReadRequest) -> Option<BooleanArray> {
    let since = request.since.as_ref()?;
    let mut kept: Option<BooleanArray> = None;
    for id in &since.columns {
        let place = request.columns.iter().position(|column| column.id == *id)?;
        let (array, column) = (batch.columns().get(place)?, request.columns.get(place)?);
        let reaching = reaching(array, column, since.at_us)?;
        kept = Some(match kept {
            Some(kept) => or_kleene(&kept, &reaching).ok()?,
            None => reaching,
        });
    }
    kept
}

/// Whether each value may stand for a time at that point or behind it, NULL for NULL; none where the type of the array
/// does not tell.
pub(super) fn reaching(array: &ArrayRef, column: &Column, at_us: i64) -> Option<BooleanArray> {
    // What is read in a zone, or becomes a date, moves by less than a day.
    let at_us = match array.data_type() {
        DataType::Timestamp(_, Some(_)) if column.column_type == ColumnType::Datetime => at_us,
        _ => at_us.saturating_sub(DAY_US),
    };
    let (values, least) = match array.data_type() {
        DataType::Timestamp(unit, _) => in_unit(array, *unit, at_us),
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>().unary::<_, Int64Type>(i64::from);
            (days, at_us.div_euclid(DAY_US))
        }
        DataType::Date64 => (array.as_primitive::<Date64Type>().reinterpret_cast(), at_us.div_euclid(1000)),
        _ => return None,
    };
    gt_eq(&values, &Int64Array::new_scalar(least)).ok()
}

/// The values in their unit, and the point in it, rounded down.
fn in_unit(array: &ArrayRef, unit: TimeUnit, at_us: i64) -> (Int64Array, i64) {
    match unit {
        TimeUnit::Second => {
            (array.as_primitive::<TimestampSecondType>().reinterpret_cast(), at_us.div_euclid(1_000_000))
        }
        TimeUnit::Millisecond => {
            (array.as_primitive::<TimestampMillisecondType>().reinterpret_cast(), at_us.div_euclid(1000))
        }
        TimeUnit::Microsecond => (array.as_primitive::<TimestampMicrosecondType>().reinterpret_cast(), at_us),
        TimeUnit::Nanosecond => {
            (array.as_primitive::<TimestampNanosecondType>().reinterpret_cast(), at_us.saturating_mul(1000))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{
        Array, ArrayRef, AsArray, Date32Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
        TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray,
    };
    use arrow::datatypes::Int64Type;

    use super::{DAY_US, changed_rows};
    use crate::model::{Column, ColumnType};
    use crate::source::{ChangedSince, ReadRequest};

    /// The numbers of the rows that are kept of these columns.
    fn rows(columns: &[(&str, ColumnType, ArrayRef)], at_us: i64) -> Vec<i64> {
        let count = columns.first().map_or(0, |(_, _, array)| i64::try_from(array.len()).unwrap());
        let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(0..count));
        let arrays = columns.iter().map(|(name, _, array)| (*name, Arc::clone(array)));
        let batch = RecordBatch::try_from_iter(arrays.chain([("n", numbers)])).unwrap();
        let mut asked: Vec<Column> = columns.iter().map(|(name, held, _)| Column::new(*name, *held)).collect();
        asked.push(Column::new("n", ColumnType::Integer));
        let since = ChangedSince::new(columns.iter().map(|(name, ..)| *name), at_us);
        let kept = changed_rows(batch, &ReadRequest::new(asked).with_since(since)).unwrap();
        kept.column_by_name("n").unwrap().as_primitive::<Int64Type>().values().to_vec()
    }

    #[test]
    fn units_agree_and_null_is_left_out() {
        let at = 5_000_000;
        let seconds = TimestampSecondArray::from(vec![Some(4), None, Some(5)]).with_timezone("UTC");
        let millis = TimestampMillisecondArray::from(vec![Some(4_999), None, Some(5_000)]).with_timezone("UTC");
        let micros = TimestampMicrosecondArray::from(vec![Some(4_999_999), None, Some(at)]).with_timezone("UTC");
        let nanos = TimestampNanosecondArray::from(vec![Some(4_999_999_999), None, Some(5_000_000_000)]);
        let nanos = nanos.with_timezone("+01:00");
        let arrays: [ArrayRef; 4] = [Arc::new(seconds), Arc::new(millis), Arc::new(micros), Arc::new(nanos)];
        for array in arrays {
            assert_eq!(rows(&[("at", ColumnType::Datetime, Arc::clone(&array))], at), [2], "{}", array.data_type());
        }
    }

    #[test]
    fn any_of_the_columns_keeps_a_row() {
        let made: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![1, 9, 1, 1]).with_timezone("UTC"));
        let changed = TimestampMicrosecondArray::from(vec![Some(2), None, Some(9), None]).with_timezone("UTC");
        let changed: ArrayRef = Arc::new(changed);
        let columns = [("made", ColumnType::Datetime, made), ("changed", ColumnType::Datetime, changed)];
        assert_eq!(rows(&columns, 9), [1, 2]);
        assert_eq!(rows(&columns, 10), Vec::<i64>::new());
    }

    #[test]
    fn what_depends_on_a_zone_is_given_a_day_and_what_is_text_is_kept() {
        let walls: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![0, DAY_US, 2 * DAY_US]));
        assert_eq!(rows(&[("at", ColumnType::Datetime, walls)], 2 * DAY_US), [1, 2]);
        let days: ArrayRef = Arc::new(Date32Array::from(vec![0, 1, 2]));
        assert_eq!(rows(&[("at", ColumnType::Date, days)], 2 * DAY_US), [1, 2]);
        let texts: ArrayRef = Arc::new(StringArray::from(vec!["1970-01-01", "1970-01-02"]));
        assert_eq!(rows(&[("at", ColumnType::Datetime, texts)], 2 * DAY_US), [0, 1]);
    }
}
