//! The test for the elapsed part of each period.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::DataType;
use datafusion::common::cast::{as_date32_array, as_timestamp_microsecond_array};
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::argument::{temporal, unary};
use crate::time::{Calendar, Elapsed, TimeKind};

/// Whether a date, an instant (on the wall clock of the calendar's zone) or a wall clock time lies in the elapsed part
/// of its period, as a `Boolean`. NULL stays NULL. A unit below the day of a date is refused when the plan is built.
pub(crate) fn elapsed_expr(of: Expr, elapsed: &Elapsed, calendar: &Calendar) -> Expr {
    ScalarUDF::new_from_impl(ElapsedFunction::new(*elapsed, calendar.clone())).call(vec![of])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ElapsedFunction {
    name: String,
    elapsed: Elapsed,
    calendar: Calendar,
    signature: Signature,
}

impl ElapsedFunction {
    fn new(elapsed: Elapsed, calendar: Calendar) -> Self {
        Self {
            name: format!("within_elapsed[{elapsed} {calendar}]"),
            elapsed,
            calendar,
            signature: Signature::user_defined(Volatility::Immutable),
        }
    }

    fn kept(&self, kind: TimeKind, values: impl Iterator<Item = i64>) -> BooleanBuffer {
        let mut test = self.elapsed.test(&self.calendar, kind);
        values.map(|value| test.within(value)).collect()
    }

    fn kernel(&self, array: &dyn Array) -> Result<ArrayRef> {
        let kept = if array.data_type() == &DataType::Date32 {
            let dates = as_date32_array(array)?;
            self.kept(TimeKind::Date, dates.values().iter().map(|day| i64::from(*day)))
        } else {
            let times = as_timestamp_microsecond_array(array)?;
            let kind = if times.timezone().is_some() { TimeKind::Datetime } else { TimeKind::Local };
            self.kept(kind, times.values().iter().copied())
        };
        Ok(Arc::new(BooleanArray::new(kept, array.nulls().cloned())))
    }
}

impl ScalarUDFImpl for ElapsedFunction {
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
        if !self.elapsed.unit().is_calendar() && matches!(arg_types, [DataType::Date32]) {
            let unit = self.elapsed.unit().name();
            return Err(DataFusionError::Plan(format!("a date has no unit `{unit}`; day is the finest")));
        }
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        unary(&args, |array| self.kernel(array))
    }

    fn is_strict(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Array, ArrayRef, AsArray, Date32Array, RecordBatch, TimestampMicrosecondArray};
    use arrow::datatypes::DataType;
    use chrono::{DateTime, NaiveDate};
    use datafusion::logical_expr::ScalarUDFImpl;
    use datafusion::prelude::{SessionContext, col};

    use super::{ElapsedFunction, elapsed_expr};
    use crate::model::{Level, WeekStart};
    use crate::time::{Calendar, Elapsed, TimeKind, Zone};

    const NOW: &str = "2026-03-18T10:30:00+01:00";

    fn at(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros()
    }

    fn brussels() -> Calendar {
        Calendar::new(Zone::named("Europe/Brussels").unwrap(), WeekStart::Monday, 1).unwrap()
    }

    fn function(unit: Level, now: &str) -> ElapsedFunction {
        ElapsedFunction::new(Elapsed::at(unit, at(now), &brussels(), TimeKind::Datetime).unwrap(), brussels())
    }

    #[track_caller]
    fn check(unit: Level, array: &dyn Array, expected: &[Option<bool>]) {
        let kept = function(unit, NOW).kernel(array).unwrap();
        assert_eq!(kept.as_boolean().iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn each_type_is_read_in_its_own_way() {
        let times = TimestampMicrosecondArray::from(vec![
            Some(at("2025-07-18T10:00:00+02:00")),
            Some(at("2025-07-18T11:00:00+02:00")),
            None,
            Some(at("2025-07-17T23:00:00+02:00")),
        ]);
        let expected = [Some(true), Some(false), None, Some(true)];
        check(Level::Month, &times.clone().with_timezone("UTC"), &expected);
        // On a wall clock that shows UTC it is 08:00, 09:00 and 21:00.
        check(Level::Month, &times, &[Some(true), Some(true), None, Some(true)]);
        check(Level::Hour, &times, &[Some(true), Some(true), None, Some(true)]);
        let day = |text: &str| Some(text.parse::<NaiveDate>().unwrap().to_epoch_days());
        let dates = Date32Array::from(vec![day("2025-07-18"), day("2025-07-19"), None, day("1969-12-01")]);
        check(Level::Month, &dates, &expected);
        assert!(function(Level::Hour, NOW).return_type(&[DataType::Date32]).is_err());
    }

    #[test]
    fn it_filters_rows() {
        let times: TimestampMicrosecondArray =
            ["2026-02-18T09:29:00Z", "2026-02-18T09:31:00Z"].iter().map(|text| Some(at(text))).collect();
        let column: ArrayRef = Arc::new(times.with_timezone("UTC"));
        let batch = RecordBatch::try_from_iter([("t", column)]).unwrap();
        let elapsed = Elapsed::at(Level::Month, at(NOW), &brussels(), TimeKind::Datetime).unwrap();
        let filter = elapsed_expr(col("t"), &elapsed, &brussels());
        let frame = SessionContext::new().read_batch(batch).unwrap().filter(filter).unwrap();
        let batches = tokio::runtime::Runtime::new().unwrap().block_on(frame.collect()).unwrap();
        assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), 1);
    }

    #[test]
    fn functions_are_equal_by_what_has_elapsed() {
        assert_eq!(function(Level::Month, NOW), function(Level::Month, NOW));
        assert_ne!(function(Level::Month, NOW), function(Level::Month, "2026-03-18T10:30:01+01:00"));
        assert_ne!(function(Level::Month, NOW), function(Level::Year, NOW));
        assert_eq!(function(Level::Month, NOW).name(), "within_elapsed[month 0 18 37800000000 Europe/Brussels w0 f1]");
    }
}
