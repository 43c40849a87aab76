//! Labels of buckets as arrays.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Date32Array, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Date32Type, TimeUnit, TimestampMicrosecondType};

use crate::error::{Error, Result};

/// The days or microseconds of a column of dates.
pub(super) fn labels(column: &ArrayRef) -> Result<Vec<Option<i64>>> {
    if let Some(days) = column.as_primitive_opt::<Date32Type>() {
        return Ok(days.iter().map(|day| day.map(i64::from)).collect());
    }
    let instants = column.as_primitive_opt::<TimestampMicrosecondType>();
    let instants = instants.ok_or_else(|| Error::internal("a column of dates holds none"))?;
    Ok(instants.iter().collect())
}

/// The other way round.
pub(super) fn label_array(labels: &[Option<i64>], data_type: &DataType) -> Result<ArrayRef> {
    match data_type {
        DataType::Date32 => {
            let days = labels.iter().map(|label| label.map(i32::try_from).transpose());
            let days = days.collect::<Result<Vec<_>, _>>();
            let days = days.map_err(|_| Error::internal("a date is out of the range of dates"))?;
            Ok(Arc::new(Date32Array::from(days)))
        }
        DataType::Timestamp(TimeUnit::Microsecond, zone) => {
            let instants: TimestampMicrosecondArray = labels.iter().copied().collect();
            Ok(Arc::new(instants.with_timezone_opt(zone.clone())))
        }
        _ => Err(Error::internal("a column of dates holds none")),
    }
}
