//! When rows were made, changed and deleted, as numbers that can be compared.

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Int64Type, TimeUnit, TimestampMicrosecondType};

use crate::error::{Error, Result};
use crate::time::DAY;

/// Stands for NULL, and comes before every time.
pub(crate) const NO_TIME: i64 = i64::MIN;

/// The microseconds since 1970 of each value, dates and wall clock times as though they were in UTC.
pub(crate) fn micros(column: &ArrayRef) -> Result<Vec<i64>> {
    let numbers: Int64Array = match column.data_type() {
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            column.as_primitive::<TimestampMicrosecondType>().reinterpret_cast()
        }
        DataType::Date32 => {
            column.as_primitive::<Date32Type>().unary::<_, Int64Type>(|day| i64::from(day).saturating_mul(DAY))
        }
        other => return Err(Error::internal(format!("a sync goes by a column of type {other}"))),
    };
    Ok(match numbers.nulls() {
        None => numbers.values().to_vec(),
        Some(_) => numbers.iter().map(|time| time.unwrap_or(NO_TIME)).collect(),
    })
}

/// The latest of the times of each row, which stand at these places.
pub(crate) fn version_times(rows: &RecordBatch, places: &[usize]) -> Result<Vec<i64>> {
    let mut latest = vec![NO_TIME; rows.num_rows()];
    for place in places {
        let column = rows.columns().get(*place);
        let column = column.ok_or_else(|| Error::internal("a column that a sync goes by was not read"))?;
        for (latest, time) in latest.iter_mut().zip(micros(column)?) {
            *latest = time.max(*latest);
        }
    }
    Ok(latest)
}

/// The greatest time that is no later than `most`, if there is any.
pub(crate) fn greatest(times: &[i64], most: i64) -> Option<i64> {
    times.iter().copied().filter(|time| *time <= most).max().filter(|time| *time != NO_TIME)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, TimestampMicrosecondArray};

    use super::{DAY, NO_TIME, greatest, micros, version_times};

    #[test]
    fn the_latest_time_of_a_row_counts_and_null_is_the_earliest() {
        let made: ArrayRef =
            Arc::new(TimestampMicrosecondArray::from(vec![Some(5), None, Some(-7), None]).with_timezone("UTC"));
        let changed: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![Some(3), Some(9), None, None]));
        let gone: ArrayRef = Arc::new(Date32Array::from(vec![None, None, Some(1), None]));
        let rows = RecordBatch::try_from_iter([("made", made), ("changed", changed), ("gone", gone)]).unwrap();
        assert_eq!(version_times(&rows, &[0]).unwrap(), [5, NO_TIME, -7, NO_TIME]);
        assert_eq!(version_times(&rows, &[0, 1, 2]).unwrap(), [5, 9, DAY, NO_TIME]);
        assert_eq!(version_times(&rows, &[]).unwrap(), [NO_TIME; 4]);
        assert!(version_times(&rows, &[3]).is_err());
    }

    #[test]
    fn without_any_time_there_is_no_greatest() {
        assert_eq!(greatest(&[NO_TIME, -3, NO_TIME, -9, 5], 4), Some(-3));
        assert_eq!(greatest(&[NO_TIME, -3, 5], 5), Some(5));
        assert_eq!(greatest(&[NO_TIME, 5], 4), None);
        assert_eq!(greatest(&[], i64::MAX), None);
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![1]));
        assert!(micros(&numbers).is_err());
    }
}
