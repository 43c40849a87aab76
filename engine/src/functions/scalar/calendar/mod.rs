//! Functions of dates and times: parts, periods and distances.
//!
//! | file | |
//! |---|---|
//! | `date` | dates of the years 1 to 9999, weeks and working days as numbers |
//! | `days` | what follows from days that come again and again |
//! | `times` | the arguments that are dates or times; results outside of those years are NULL |
//! | `part` | parts of one date or time |
//! | `period` | the first and last days of periods, starts of the units of clocks |
//! | `shift` | later and earlier dates and times |
//! | `distance` | from one date or time to another |

mod date;
mod days;
mod distance;
mod part;
mod period;
mod shift;
#[cfg(test)]
mod tests;
mod times;

use arrow::array::ArrayRef;
use datafusion::common::Result;
use drillcore_formulas::CalendarFunction;

use super::call::Call;
use crate::model::CyclicPart;
use date::{Date, days_from_monday};
use part::{of_day, of_each_day, of_time};
use times::{DAY, HOUR, MILLISECOND, MINUTE, SECOND};

pub(super) fn call(function: CalendarFunction, call: &Call<'_>) -> Result<ArrayRef> {
    use CalendarFunction as F;
    match function {
        F::Year => of_day(call, |day| Date::of(day).year),
        F::Quarter => of_day(call, |day| (Date::of(day).month + 2) / 3),
        F::Month => of_day(call, |day| Date::of(day).month),
        F::Week => {
            let start = call.constant(1)?;
            of_day(call, |day| (date::deciding_day(day, start).day_of_year - 1) / 7 + 1)
        }
        F::Day => of_day(call, |day| Date::of(day).day),
        F::DayOfYear => of_day(call, |day| Date::of(day).day_of_year),
        F::Weekday => {
            let start = call.constant(1)?;
            of_each_day(call, |day| date::days_into_week(day, start) + 1)
        }
        F::WeekYear => {
            let start = call.constant(1)?;
            part::year(call, |day| date::deciding_day(day, start).year)
        }
        F::IsoYear => part::year(call, |day| date::deciding_day(day, 0).year),
        F::IsoWeek => of_day(call, |day| (date::deciding_day(day, 0).day_of_year - 1) / 7 + 1),
        F::IsoWeekday => of_each_day(call, |day| days_from_monday(day) + 1),
        F::FiscalYear => {
            let start = call.constant(1)?;
            part::year(call, |day| Date::of(day).fiscal_months(start).div_euclid(12))
        }
        F::FiscalQuarter => {
            let start = call.constant(1)?;
            of_day(call, |day| Date::of(day).fiscal_months(start).rem_euclid(12) / 3 + 1)
        }
        F::FiscalMonth => {
            let start = call.constant(1)?;
            of_day(call, |day| Date::of(day).fiscal_months(start).rem_euclid(12) + 1)
        }
        F::Hour => of_time(call, |micros| micros.rem_euclid(DAY) / HOUR),
        F::Minute => of_time(call, |micros| micros.rem_euclid(HOUR) / MINUTE),
        F::Second => of_time(call, |micros| micros.rem_euclid(MINUTE) / SECOND),
        F::Millisecond => of_time(call, |micros| micros.rem_euclid(SECOND) / MILLISECOND),
        F::Microsecond => of_time(call, |micros| micros.rem_euclid(SECOND)),
        F::SecondsOfDay => of_time(call, |micros| micros.rem_euclid(DAY) / SECOND),
        F::DayNumber => of_each_day(call, |day| day),
        F::MonthName => part::name(call, CyclicPart::MonthName, |day| Date::of(day).month),
        F::WeekdayName => part::name(call, CyclicPart::WeekdayName, |day| days_from_monday(day) + 1),
        F::DaysInMonth => of_day(call, |day| Date::of(day).month_length()),
        F::DaysInYear => of_day(call, |day| 365 + Date::of(day).leap_day),
        F::IsLeapYear => part::test(call, |day| Date::of(day).leap_day == 1),
        F::IsWeekend => part::test(call, |day| days_from_monday(day) > 4),
        F::DateTrunc => period::first(call),
        F::LastDay => period::last(call),
        F::IsSame => period::same(call),
        F::TimeTrunc => period::clock(call),
        F::TimeTruncIn => period::clock_in(call),
        F::DateAdd => shift::periods(call),
        F::TimeAdd => shift::lengths(call),
        F::DateDiff => distance::borders(call),
        F::Elapsed => distance::elapsed(call),
        F::FullUnits => distance::complete(call),
        F::Age => distance::days_between(call, 0, |born, at| distance::complete_months(born * DAY, at * DAY) / 12),
        F::WorkingDays => {
            distance::days_between(call, 0, |from, to| date::working_days_before(to) - date::working_days_before(from))
        }
        F::AddWorkingDays => shift::working_days(call),
        F::NextWeekday => {
            shift::to_weekday(call, |day, weekday| day + 7 - (days_from_monday(day) - weekday).rem_euclid(7))
        }
        F::PreviousWeekday => {
            shift::to_weekday(call, |day, weekday| day - 7 + (weekday - days_from_monday(day)).rem_euclid(7))
        }
    }
}
