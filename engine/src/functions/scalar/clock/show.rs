//! Dates and times in a format.

use drillcore_formulas::{DateFormat, DateFormatPart};

use crate::functions::arithmetic::push_padded;
use crate::model::{CyclicPart, WeekStart};
use crate::time::{Civil, DAY, SECOND, day_number, days_from_monday, part_label};

/// The language of names; there is no other yet.
const LOCALE: &str = "en";

/// Appends a wall clock time of the years 1 to 9999, in microseconds.
pub(super) fn push(out: &mut Vec<u8>, format: &DateFormat, time: i64) {
    let day = time.div_euclid(DAY);
    let date = Civil::from_day(day);
    let micros = time.rem_euclid(DAY);
    let seconds = micros / SECOND;
    for part in format.parts() {
        match part {
            DateFormatPart::Literal(text) => out.extend_from_slice(text.as_bytes()),
            DateFormatPart::Year => push_number(out, date.year, true, 4),
            DateFormatPart::ShortYear => push_number(out, date.year % 100, true, 2),
            DateFormatPart::Quarter => push_number(out, (date.month + 2) / 3, false, 1),
            DateFormatPart::Month { padded } => push_number(out, date.month, *padded, 2),
            DateFormatPart::ShortMonthName => out.extend(month_name(date.month).bytes().take(3)),
            DateFormatPart::MonthName => out.extend_from_slice(month_name(date.month).as_bytes()),
            DateFormatPart::Day { padded } => push_number(out, date.day, *padded, 2),
            DateFormatPart::DayOfYear { padded } => push_number(out, day_of_year(day, date.year), *padded, 3),
            DateFormatPart::ShortWeekdayName => out.extend(weekday_name(day).bytes().take(3)),
            DateFormatPart::WeekdayName => out.extend_from_slice(weekday_name(day).as_bytes()),
            DateFormatPart::WeekYear => push_number(out, Civil::from_day(thursday(day)).year, true, 4),
            DateFormatPart::Week { padded } => push_number(out, week(day), *padded, 2),
            DateFormatPart::Hour { padded } => push_number(out, seconds / 3_600, *padded, 2),
            DateFormatPart::HalfDayHour { padded } => push_number(out, (seconds / 3_600 + 11) % 12 + 1, *padded, 2),
            DateFormatPart::HalfDay { upper } => out.extend_from_slice(match (seconds < 12 * 3_600, *upper) {
                (true, true) => b"AM",
                (true, false) => b"am",
                (false, true) => b"PM",
                (false, false) => b"pm",
            }),
            DateFormatPart::Minute { padded } => push_number(out, seconds / 60 % 60, *padded, 2),
            DateFormatPart::Second { padded } => push_number(out, seconds % 60, *padded, 2),
            DateFormatPart::Fraction(digits) => {
                push_number(out, micros % SECOND / fraction_unit(*digits), true, usize::from(*digits));
            }
        }
    }
}

fn push_number(out: &mut Vec<u8>, value: i64, padded: bool, width: usize) {
    push_padded(out, value, if padded { width } else { 1 });
}

/// The microseconds of the last of so many digits behind the point.
pub(super) fn fraction_unit(digits: u8) -> i64 {
    10_i64.pow(6_u32.saturating_sub(digits.into()))
}

pub(super) fn month_name(month: i64) -> &'static str {
    part_label(CyclicPart::MonthName, month, WeekStart::Monday, LOCALE).unwrap_or_default()
}

/// The name of the weekday of a day.
pub(super) fn weekday_name(day: i64) -> &'static str {
    part_label(CyclicPart::WeekdayName, days_from_monday(day) + 1, WeekStart::Monday, LOCALE).unwrap_or_default()
}

pub(super) fn day_of_year(day: i64, year: i64) -> i64 {
    day - day_number(year, 1, 1) + 1
}

/// The Thursday of the week; its year is that of the week.
fn thursday(day: i64) -> i64 {
    day - days_from_monday(day) + 3
}

/// The week of ISO 8601.
fn week(day: i64) -> i64 {
    let thursday = thursday(day);
    (day_of_year(thursday, Civil::from_day(thursday).year) + 6) / 7
}
