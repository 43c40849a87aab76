//! Years, quarters, months and weeks, also the fiscal ones; starts of the units of clocks.

use chrono::{
    Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Timelike, Weekday,
};
use chrono_tz::Tz;

/// The period of a day.
#[derive(Debug)]
pub(super) struct Period<'a> {
    pub(super) unit: &'a str,
    pub(super) day: NaiveDate,
    pub(super) week_start: Weekday,
    pub(super) fiscal_year_start: u32,
}

impl Period<'_> {
    /// Its first day: going back until one is found.
    pub(super) fn first(&self) -> Option<NaiveDate> {
        let months = match self.unit {
            "year" => 12_u32,
            "quarter" => 3,
            "month" => 1,
            "week" => return week(self.day, self.week_start),
            "day" => return Some(self.day),
            _ => return None,
        };
        let mut first = self.day.with_day(1)?;
        while !(fiscal_month(first.month(), self.fiscal_year_start) - 1).is_multiple_of(months) {
            first = first.checked_sub_months(Months::new(1))?;
        }
        Some(first)
    }

    /// The day behind its last.
    pub(super) fn next(&self) -> Option<NaiveDate> {
        let first = self.first()?;
        match self.unit {
            "year" => first.checked_add_months(Months::new(12)),
            "quarter" => first.checked_add_months(Months::new(3)),
            "month" => first.checked_add_months(Months::new(1)),
            "week" => first.checked_add_days(Days::new(7)),
            "day" => first.succ_opt(),
            _ => None,
        }
    }
}

/// The first day of a week.
pub(super) fn week(day: NaiveDate, start: Weekday) -> Option<NaiveDate> {
    let mut first = day;
    while first.weekday() != start {
        first = first.pred_opt()?;
    }
    Some(first)
}

/// The year to which the week of a day belongs, and the first day of week 1 of this year: it is the last week with a
/// 4 January that does not start after the day.
pub(super) fn week_year(day: NaiveDate, start: Weekday) -> Option<(i32, NaiveDate)> {
    let year = day.year();
    [year + 1, year, year - 1].into_iter().find_map(|year| {
        let first = week(NaiveDate::from_ymd_opt(year, 1, 4)?, start)?;
        (first <= day).then_some((year, first))
    })
}

/// Which month of the fiscal year a month is: 1 to 12.
pub(super) fn fiscal_month(month: u32, start: u32) -> u32 {
    if month >= start { month - start + 1 } else { month + 12 - start + 1 }
}

/// The start of a unit of the clock.
pub(super) fn clock(time: NaiveDateTime, unit: &str) -> Option<NaiveDateTime> {
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    let start = match unit {
        "hour" => NaiveTime::from_hms_opt(hour, 0, 0),
        "minute" => NaiveTime::from_hms_opt(hour, minute, 0),
        "second" => NaiveTime::from_hms_opt(hour, minute, second),
        "millisecond" => NaiveTime::from_hms_milli_opt(hour, minute, second, time.nanosecond() / 1_000_000),
        _ => None,
    };
    start.map(|start| time.date().and_time(start))
}

/// The start of a unit of the clock in a zone, for an instant in UTC: where the clock shows the start of the unit, or,
/// if it was set to another time since, where that was done.
pub(super) fn clock_in(time: NaiveDateTime, unit: &str, zone: Tz) -> Option<NaiveDateTime> {
    let offset = |at: NaiveDateTime| zone.offset_from_utc_datetime(&at).fix();
    let here = offset(time);
    let start = clock(time.checked_add_offset(here)?, unit)?.checked_sub_offset(here)?;
    if offset(start) == here {
        return Some(start);
    }
    // Clocks are set at whole seconds.
    let mut first = time.with_nanosecond(0)?;
    loop {
        let before = first.checked_sub_signed(TimeDelta::seconds(1))?;
        if offset(before) != here {
            return Some(first);
        }
        first = before;
    }
}
