//! Functions of dates and times, by the dates of `chrono` and by counting.
//!
//! | file | |
//! |---|---|
//! | `given` | arguments and results; what lies outside of the years 1 to 9999 is NULL |
//! | `period` | years, quarters, months and weeks, also the fiscal ones; starts of clock units |
//! | `shift` | later and earlier dates and times |
//! | `distance` | from one date or time to another |

mod distance;
mod given;
mod period;
mod shift;
#[cfg(test)]
mod tests;

use chrono::{Datelike, Timelike, Weekday};
use chrono_tz::Tz;

use crate::interpret::Value;
use crate::{CalendarFunction, Type};
use given::{Given, date, instant, integer, local, year};

pub(super) fn evaluate(function: CalendarFunction, arguments: &[Value], _result: Type) -> Option<Value> {
    use CalendarFunction as F;
    let given = Given(arguments);
    match function {
        F::Year => integer(given.wall(0)?.year()),
        F::Quarter => integer(given.wall(0)?.quarter()),
        F::Month => integer(given.wall(0)?.month()),
        F::Week => {
            let day = given.day(0)?;
            let (_, first) = period::week_year(day, given.week_start(1)?)?;
            integer((day - first).num_days() / 7 + 1)
        }
        F::Day => integer(given.wall(0)?.day()),
        F::DayOfYear => integer(given.wall(0)?.ordinal()),
        F::Weekday => {
            let day = given.day(0)?;
            integer((day - period::week(day, given.week_start(1)?)?).num_days() + 1)
        }
        F::WeekYear => year(period::week_year(given.day(0)?, given.week_start(1)?)?.0),
        F::IsoYear => year(given.wall(0)?.iso_week().year()),
        F::IsoWeek => integer(given.wall(0)?.iso_week().week()),
        F::IsoWeekday => integer(given.wall(0)?.weekday().number_from_monday()),
        F::FiscalYear => {
            let (day, start) = (given.day(0)?, given.fiscal_year_start(1)?);
            let ends_later = start > 1 && day.month() >= start;
            year(day.year() + i32::from(ends_later))
        }
        F::FiscalQuarter => {
            integer((period::fiscal_month(given.day(0)?.month(), given.fiscal_year_start(1)?) - 1) / 3 + 1)
        }
        F::FiscalMonth => integer(period::fiscal_month(given.day(0)?.month(), given.fiscal_year_start(1)?)),
        F::Hour => integer(given.wall(0)?.hour()),
        F::Minute => integer(given.wall(0)?.minute()),
        F::Second => integer(given.wall(0)?.second()),
        F::Millisecond => integer(given.wall(0)?.nanosecond() / 1_000_000),
        F::Microsecond => integer(given.wall(0)?.nanosecond() / 1_000),
        F::SecondsOfDay => integer(given.wall(0)?.num_seconds_from_midnight()),
        F::DayNumber => integer(given.day(0)?.to_epoch_days()),
        F::MonthName => Some(Value::Text(given.wall(0)?.format("%B").to_string())),
        F::WeekdayName => Some(Value::Text(given.wall(0)?.format("%A").to_string())),
        F::DaysInMonth => integer(given.wall(0)?.num_days_in_month()),
        F::DaysInYear => integer(if given.day(0)?.leap_year() { 366 } else { 365 }),
        F::IsLeapYear => Some(Value::Boolean(given.day(0)?.leap_year())),
        F::IsWeekend => Some(Value::Boolean(matches!(given.day(0)?.weekday(), Weekday::Sat | Weekday::Sun))),
        F::DateTrunc => date(given.period(0, 1, 2)?.first()?),
        F::LastDay => date(given.period(0, 1, 2)?.next()?.pred_opt()?),
        F::IsSame => Some(Value::Boolean(given.period(0, 1, 3)?.first()? == given.period(0, 2, 3)?.first()?)),
        F::TimeTrunc => local(period::clock(given.wall(1)?, given.word(0)?)?),
        F::TimeTruncIn => {
            let zone = given.word(2)?.parse::<Tz>().ok()?;
            instant(period::clock_in(given.moment(1)?, given.word(0)?, zone)?)
        }
        F::DateAdd => {
            let moved = shift::periods(given.wall(0)?, given.integer(1)?, given.word(2)?)?;
            if given.is_date(0) { date(moved.date()) } else { local(moved) }
        }
        F::TimeAdd => {
            let moved = shift::lengths(given.moment(0)?, given.integer(1)?, given.word(2)?)?;
            if given.is_instant(0) { instant(moved) } else { local(moved) }
        }
        F::DateDiff => {
            integer(distance::borders(given.wall(1)?, given.wall(2)?, given.word(0)?, given.week_start(3)?)?)
        }
        F::Elapsed => distance::elapsed(given.moment(1)?, given.moment(2)?, given.word(0)?).map(Value::Float),
        F::FullUnits => integer(distance::complete(given.wall(1)?, given.wall(2)?, given.word(0)?)?),
        F::Age => {
            let (born, at) = (given.day(0)?, given.day(1)?);
            match at.years_since(born) {
                Some(years) => integer(years),
                None => integer(-i64::from(born.years_since(at)?)),
            }
        }
        F::WorkingDays => integer(distance::working_days(given.day(0)?, given.day(1)?)?),
        F::AddWorkingDays => date(shift::working_days(given.day(0)?, given.integer(1)?)?),
        F::NextWeekday => date(shift::to_weekday(given.day(0)?, given.iso_weekday(1)?, |day| day.succ_opt())?),
        F::PreviousWeekday => date(shift::to_weekday(given.day(0)?, given.iso_weekday(1)?, |day| day.pred_opt())?),
    }
}
