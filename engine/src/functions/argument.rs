//! What the scalar functions share: one argument, and how it is brought to a type they take.

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs};

use crate::time::{Bucket, Segment, Zone};

/// Runs a kernel over the one argument, be it a column or a constant.
pub(super) fn unary(
    args: &ScalarFunctionArgs,
    kernel: impl FnOnce(&dyn Array) -> Result<ArrayRef>,
) -> Result<ColumnarValue> {
    match args.args.as_slice() {
        [ColumnarValue::Array(array)] => kernel(array.as_ref()).map(ColumnarValue::Array),
        [ColumnarValue::Scalar(value)] => {
            let result = kernel(value.to_array()?.as_ref())?;
            ScalarValue::try_from_array(result.as_ref(), 0).map(ColumnarValue::Scalar)
        }
        _ => Err(DataFusionError::Internal("a function of one argument was called with another number".into())),
    }
}

/// The type to which the argument of a function of time is brought.
pub(super) fn temporal(function: &str, types: &[DataType]) -> Result<Vec<DataType>> {
    match types {
        [DataType::Date32 | DataType::Timestamp(TimeUnit::Microsecond, _)] => Ok(types.to_vec()),
        [DataType::Date64] => Ok(vec![DataType::Date32]),
        [DataType::Timestamp(_, zone)] => Ok(vec![DataType::Timestamp(TimeUnit::Microsecond, zone.clone())]),
        [DataType::Null] => Ok(vec![DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))]),
        _ => Err(not_taken(function, "one date or time", types)),
    }
}

/// The type to which the argument of a function of text is brought.
pub(super) fn text(function: &str, types: &[DataType]) -> Result<Vec<DataType>> {
    match types {
        [DataType::Utf8View | DataType::Utf8 | DataType::LargeUtf8 | DataType::Null] => Ok(vec![DataType::Utf8View]),
        [DataType::Dictionary(_, value)] if matches!(**value, DataType::Utf8 | DataType::LargeUtf8) => {
            Ok(vec![DataType::Utf8View])
        }
        _ => Err(not_taken(function, "one text", types)),
    }
}

/// The error of a function that does not take such arguments.
pub(super) fn not_taken(function: &str, takes: &str, types: &[DataType]) -> DataFusionError {
    let given: Vec<String> = types.iter().map(ToString::to_string).collect();
    DataFusionError::Plan(format!("`{function}` takes {takes}, not ({})", given.join(", ")))
}

/// How finely values are told apart when the interval of one is looked for among those met before: by the bits from this
/// one on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Apart {
    /// Of days since 1970-01-01: day by day.
    Days = 0,
    /// Of microseconds: by 19 hours.
    Micros = 36,
}

/// Intervals remembered, enough for the days of a year.
const INTERVALS: usize = 512;

/// Labels values that mostly fall into intervals of those before, so that `find` is rarely asked. In which order values
/// come matters little.
pub(super) fn labels<V: Copy>(
    values: impl Iterator<Item = i64>,
    apart: Apart,
    mut find: impl FnMut(i64) -> (Bucket, V),
) -> Vec<V> {
    let mut known: Vec<Option<(Bucket, V)>> = vec![None; INTERVALS];
    values
        .map(|value| {
            let place = (value >> (apart as u32)).rem_euclid(INTERVALS as i64);
            match usize::try_from(place).ok().and_then(|place| known.get_mut(place)) {
                Some(Some((bucket, label))) if bucket.contains(value) => *label,
                Some(place) => place.insert(find(value)).1,
                None => find(value).1,
            }
        })
        .collect()
}

/// A zone that remembers the segment of the last instant.
#[derive(Debug)]
pub(super) struct Clock<'a> {
    zone: &'a Zone,
    segment: Segment,
}

impl<'a> Clock<'a> {
    pub(super) fn new(zone: &'a Zone) -> Self {
        Self { zone, segment: zone.segment_at(0) }
    }

    /// The segment that holds an instant.
    pub(super) fn segment(&mut self, instant: i64) -> Segment {
        if !self.segment.contains(instant) {
            self.segment = self.zone.segment_at(instant);
        }
        self.segment
    }
}
