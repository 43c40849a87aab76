//! Buckets of dates and times.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Date32Array, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::cast::{as_date32_array, as_timestamp_microsecond_array};
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::sort_properties::ExprProperties;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::argument::{Apart, Clock, labels, not_taken, temporal, unary};
use crate::model::Level;
use crate::time::{Bucket, Calendar};

/// The bucket of a date, an instant or a wall clock time, given by its start.
///
/// At a level of day or coarser the result is a `Date32`: the first day of the bucket in the zone of the calendar.
/// Below a day, an instant gives the first instant of its bucket as `Timestamp(us, zone)`, a wall clock time gives
/// `Timestamp(us)`, and a date is refused when the plan is built. Larger values never give smaller buckets.
pub(crate) fn bucket_expr(input: Expr, level: Level, calendar: &Calendar) -> Expr {
    ScalarUDF::new_from_impl(BucketFunction::new(level, calendar.clone())).call(vec![input])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct BucketFunction {
    name: String,
    level: Level,
    calendar: Calendar,
    signature: Signature,
}

impl BucketFunction {
    fn new(level: Level, calendar: Calendar) -> Self {
        Self {
            name: format!("bucket_{}[{calendar}]", level.name()),
            level,
            calendar,
            signature: Signature::user_defined(Volatility::Immutable),
        }
    }

    fn of_dates(&self, dates: &Date32Array) -> Date32Array {
        let days = labels(dates.values().iter().map(|day| i64::from(*day)), Apart::Days, |day| {
            // Every value comes from a Date32.
            let (first, next) = self.calendar.date_bucket(self.level, i32::try_from(day).unwrap_or(i32::MAX));
            (Bucket { start_micros: i64::from(first), end_micros: i64::from(next) }, first)
        });
        Date32Array::new(days.into(), dates.nulls().cloned())
    }

    fn days_of_instants(&self, instants: &TimestampMicrosecondArray) -> Date32Array {
        let mut clock = Clock::new(self.calendar.zone());
        let days = labels(instants.values().iter().copied(), Apart::Micros, |instant| {
            let (first, bucket) = self.calendar.dated_bucket(&clock.segment(instant), self.level, instant);
            (bucket, first)
        });
        Date32Array::new(days.into(), instants.nulls().cloned())
    }

    fn starts_of_instants(&self, instants: &TimestampMicrosecondArray) -> TimestampMicrosecondArray {
        let mut clock = Clock::new(self.calendar.zone());
        let starts = labels(instants.values().iter().copied(), Apart::Micros, |instant| {
            let bucket = self.calendar.bucket_within(&clock.segment(instant), self.level, instant);
            (bucket, bucket.start_micros)
        });
        TimestampMicrosecondArray::new(starts.into(), instants.nulls().cloned())
            .with_timezone(self.calendar.zone().name())
    }

    fn days_of_locals(&self, locals: &TimestampMicrosecondArray) -> Date32Array {
        let days = labels(locals.values().iter().copied(), Apart::Micros, |local| {
            let bucket = self.calendar.local_bucket(self.level, local);
            let day = bucket.start_micros.div_euclid(MICROS_PER_DAY);
            // 64 bits of microseconds are less than 32 bits of days.
            (bucket, i32::try_from(day).unwrap_or(i32::MIN))
        });
        Date32Array::new(days.into(), locals.nulls().cloned())
    }

    fn starts_of_locals(&self, locals: &TimestampMicrosecondArray) -> TimestampMicrosecondArray {
        let starts = labels(locals.values().iter().copied(), Apart::Micros, |local| {
            let bucket = self.calendar.local_bucket(self.level, local);
            (bucket, bucket.start_micros)
        });
        TimestampMicrosecondArray::new(starts.into(), locals.nulls().cloned())
    }

    fn kernel(&self, array: &dyn Array) -> Result<ArrayRef> {
        if array.data_type() == &DataType::Date32 {
            return Ok(Arc::new(self.of_dates(as_date32_array(array)?)));
        }
        let times = as_timestamp_microsecond_array(array)?;
        Ok(match (self.level.is_calendar(), times.timezone().is_some()) {
            (true, true) => Arc::new(self.days_of_instants(times)),
            (true, false) => Arc::new(self.days_of_locals(times)),
            (false, true) => Arc::new(self.starts_of_instants(times)),
            (false, false) => Arc::new(self.starts_of_locals(times)),
        })
    }
}

const MICROS_PER_DAY: i64 = 86_400_000_000;

impl ScalarUDFImpl for BucketFunction {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        temporal(&self.name, arg_types)
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        match arg_types {
            [DataType::Date32] if !self.level.is_calendar() => {
                Err(DataFusionError::Plan(format!("a date has no level `{}`; day is the finest", self.level.name())))
            }
            [DataType::Date32 | DataType::Timestamp(TimeUnit::Microsecond, _)] if self.level.is_calendar() => {
                Ok(DataType::Date32)
            }
            [DataType::Timestamp(TimeUnit::Microsecond, zone)] => {
                let zone = zone.as_ref().map(|_| self.calendar.zone().name().into());
                Ok(DataType::Timestamp(TimeUnit::Microsecond, zone))
            }
            _ => Err(not_taken(&self.name, "one date or time", arg_types)),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        unary(&args, |array| self.kernel(array))
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn preserves_lex_ordering(&self, _inputs: &[ExprProperties]) -> Result<bool> {
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Array, ArrayRef, Date32Array, RecordBatch, TimestampMicrosecondArray};
    use arrow::datatypes::DataType;
    use arrow::util::display::array_value_to_string;
    use datafusion::logical_expr::{Expr, ScalarUDFImpl};
    use datafusion::prelude::{SessionContext, col};

    use super::{BucketFunction, bucket_expr};
    use crate::model::{Level, WeekStart};
    use crate::time::{Calendar, Zone};

    fn calendar(zone: &str) -> Calendar {
        Calendar::new(Zone::named(zone).unwrap(), WeekStart::Monday, 1).unwrap()
    }

    /// The type and the values of an expression over a column `t`.
    fn answer(column: ArrayRef, expr: Expr) -> (DataType, Vec<String>) {
        let batch = RecordBatch::try_from_iter([("t", column)]).unwrap();
        let frame = SessionContext::new().read_batch(batch).unwrap().select(vec![expr.alias("b")]).unwrap();
        let batches = tokio::runtime::Runtime::new().unwrap().block_on(frame.collect()).unwrap();
        let column = batches[0].column(0);
        let values = (0..column.len()).map(|row| array_value_to_string(column, row).unwrap()).collect();
        (column.data_type().clone(), values)
    }

    fn instants(texts: &[Option<&str>]) -> TimestampMicrosecondArray {
        texts
            .iter()
            .map(|text| text.map(|text| chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros()))
            .collect()
    }

    #[test]
    fn instants_have_dates_in_the_zone() {
        let times = instants(&[
            Some("2026-03-28T22:59:59.999999Z"),
            Some("2026-03-28T23:00:00Z"),
            None,
            Some("2026-03-29T21:59:59Z"),
            Some("2026-03-29T22:00:00Z"),
        ]);
        let times: ArrayRef = Arc::new(times.with_timezone("UTC"));
        let brussels = calendar("Europe/Brussels");
        let (data_type, days) = answer(Arc::clone(&times), bucket_expr(col("t"), Level::Day, &brussels));
        assert_eq!(data_type, DataType::Date32);
        assert_eq!(days, ["2026-03-28", "2026-03-29", "", "2026-03-29", "2026-03-30"]);
        let (_, months) = answer(times, bucket_expr(col("t"), Level::Month, &brussels));
        assert_eq!(months, ["2026-03-01", "2026-03-01", "", "2026-03-01", "2026-03-01"]);
    }

    #[test]
    fn hours_are_instants_with_the_zone_of_the_query() {
        let times = instants(&[Some("2026-10-25T00:30:00Z"), Some("2026-10-25T01:30:00Z"), None]);
        let (_, hours) = answer(
            Arc::new(times.with_timezone("UTC")),
            bucket_expr(col("t"), Level::Hour, &calendar("Europe/Brussels")),
        );
        assert_eq!(hours, ["2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00", ""]);
    }

    #[test]
    fn wall_clock_times_keep_their_type() {
        let times: ArrayRef = Arc::new(instants(&[Some("2026-03-29T02:30:00Z"), None]));
        let brussels = calendar("Europe/Brussels");
        let (_, hours) = answer(Arc::clone(&times), bucket_expr(col("t"), Level::Hour, &brussels));
        assert_eq!(hours, ["2026-03-29T02:00:00", ""]);
        let (data_type, weeks) = answer(times, bucket_expr(col("t"), Level::Week, &brussels));
        assert_eq!(data_type, DataType::Date32);
        assert_eq!(weeks, ["2026-03-23", ""]);
    }

    #[test]
    fn dates_have_no_level_below_day() {
        let dates: ArrayRef = Arc::new(Date32Array::from(vec![Some(0), None, Some(-1)]));
        let utc = calendar("UTC");
        let (_, quarters) = answer(Arc::clone(&dates), bucket_expr(col("t"), Level::Quarter, &utc));
        assert_eq!(quarters, ["1970-01-01", "", "1969-10-01"]);
        let batch = RecordBatch::try_from_iter([("t", dates)]).unwrap();
        let frame = SessionContext::new().read_batch(batch).unwrap();
        assert!(frame.select(vec![bucket_expr(col("t"), Level::Hour, &utc)]).is_err());
    }

    #[test]
    fn functions_are_equal_by_level_and_calendar() {
        let month = BucketFunction::new(Level::Month, calendar("Europe/Brussels"));
        assert_eq!(month, BucketFunction::new(Level::Month, calendar("Europe/Brussels")));
        assert_ne!(month, BucketFunction::new(Level::Day, calendar("Europe/Brussels")));
        assert_ne!(month, BucketFunction::new(Level::Month, calendar("UTC")));
        assert_eq!(month.name(), "bucket_month[Europe/Brussels w0 f1]");
    }
}
