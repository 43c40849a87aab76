//! Cyclic parts of dates and times.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array};
use arrow::datatypes::DataType;
use datafusion::common::cast::{as_date32_array, as_timestamp_microsecond_array};
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::argument::{Apart, Clock, labels, temporal, unary};
use crate::model::CyclicPart;
use crate::time::{Bucket, Calendar, changes_with};

/// A part of a date, an instant (on the wall clock of the calendar's zone) or a wall clock time, as an `Int64`. Month
/// and weekday names are given by the number that orders them. A part below the day of a date is refused when the
/// plan is built.
pub(crate) fn cyclic_expr(input: Expr, part: CyclicPart, calendar: &Calendar) -> Expr {
    ScalarUDF::new_from_impl(CyclicFunction::new(part, calendar.clone())).call(vec![input])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct CyclicFunction {
    name: String,
    part: CyclicPart,
    calendar: Calendar,
    signature: Signature,
}

impl CyclicFunction {
    fn new(part: CyclicPart, calendar: Calendar) -> Self {
        Self {
            name: format!("{}[{calendar}]", part.name()),
            part,
            calendar,
            signature: Signature::user_defined(Volatility::Immutable),
        }
    }

    fn of_locals(&self, locals: impl Iterator<Item = i64>) -> Vec<i64> {
        let level = changes_with(self.part);
        labels(locals, Apart::Micros, |local| {
            (self.calendar.local_bucket(level, local), self.calendar.part_of_local(self.part, local))
        })
    }

    fn kernel(&self, array: &dyn Array) -> Result<ArrayRef> {
        let numbers = if array.data_type() == &DataType::Date32 {
            labels(as_date32_array(array)?.values().iter().map(|day| i64::from(*day)), Apart::Days, |day| {
                let one_day = Bucket { start_micros: day, end_micros: day + 1 };
                (one_day, self.calendar.part_of_day(self.part, day))
            })
        } else {
            let times = as_timestamp_microsecond_array(array)?;
            if times.timezone().is_some() {
                let mut clock = Clock::new(self.calendar.zone());
                self.of_locals(times.values().iter().map(|instant| clock.segment(*instant).local(*instant)))
            } else {
                self.of_locals(times.values().iter().copied())
            }
        };
        Ok(Arc::new(Int64Array::new(numbers.into(), array.nulls().cloned())))
    }
}

impl ScalarUDFImpl for CyclicFunction {
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
        if self.part.is_below_day() && matches!(arg_types, [DataType::Date32]) {
            return Err(DataFusionError::Plan(format!("a date has no `{}`", self.part.name())));
        }
        Ok(DataType::Int64)
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
    use arrow::array::{Array, AsArray, Date32Array, TimestampMicrosecondArray};
    use arrow::datatypes::{DataType, Int64Type};
    use datafusion::logical_expr::ScalarUDFImpl;

    use super::CyclicFunction;
    use crate::model::{CyclicPart, WeekStart};
    use crate::time::{Calendar, Zone};

    const HOUR: i64 = 3_600_000_000;

    fn function(part: CyclicPart, zone: &str) -> CyclicFunction {
        CyclicFunction::new(part, Calendar::new(Zone::named(zone).unwrap(), WeekStart::Sunday, 1).unwrap())
    }

    #[track_caller]
    fn check(part: CyclicPart, array: &dyn Array, expected: &[Option<i64>]) {
        let numbers = function(part, "Europe/Brussels").kernel(array).unwrap();
        assert_eq!(numbers.as_primitive::<Int64Type>().iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn instants_are_read_on_the_wall_clock_of_the_zone() {
        // 2026-03-29T00:30Z, 01:30Z, 02:30Z: the clock was set forward at 01:00Z.
        let start = 1_774_744_200_000_000;
        let times =
            TimestampMicrosecondArray::from(vec![Some(start), Some(start + HOUR), None, Some(start + 2 * HOUR)]);
        let utc = times.clone().with_timezone("UTC");
        check(CyclicPart::HourInDay, &utc, &[Some(1), Some(3), None, Some(4)]);
        check(CyclicPart::HourInDay, &times, &[Some(0), Some(1), None, Some(2)]);
        check(CyclicPart::MinuteInHour, &utc, &[Some(30), Some(30), None, Some(30)]);
        check(CyclicPart::WeekdayNumber, &utc, &[Some(1), Some(1), None, Some(1)]);
        check(CyclicPart::DayInYear, &utc, &[Some(88), Some(88), None, Some(88)]);
    }

    #[test]
    fn dates_have_parts_of_the_day_and_above() {
        let dates = Date32Array::from(vec![Some(0), Some(1), Some(365), None]);
        check(CyclicPart::DayInMonth, &dates, &[Some(1), Some(2), Some(1), None]);
        check(CyclicPart::MonthName, &dates, &[Some(1), Some(1), Some(1), None]);
        check(CyclicPart::WeekdayName, &dates, &[Some(5), Some(6), Some(6), None]);
        assert!(function(CyclicPart::HourInDay, "UTC").return_type(&[DataType::Date32]).is_err());
    }
}
