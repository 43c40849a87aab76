//! Dates and times in a format.

use chrono::{Datelike, NaiveDateTime};

use crate::{DateFormat, DateFormatPart};

pub(super) fn text(time: NaiveDateTime, format: &DateFormat) -> String {
    format.parts().iter().map(|part| piece(time, part)).collect()
}

/// What a part shows of a time.
pub(super) fn piece(time: NaiveDateTime, part: &DateFormatPart) -> String {
    let pattern = match part {
        DateFormatPart::Literal(text) => return text.clone(),
        DateFormatPart::Year => "%Y",
        DateFormatPart::ShortYear => "%y",
        DateFormatPart::Quarter => return (time.month0() / 3 + 1).to_string(),
        DateFormatPart::Month { padded: true } => "%m",
        DateFormatPart::Month { padded: false } => "%-m",
        DateFormatPart::ShortMonthName => "%b",
        DateFormatPart::MonthName => "%B",
        DateFormatPart::Day { padded: true } => "%d",
        DateFormatPart::Day { padded: false } => "%-d",
        DateFormatPart::DayOfYear { padded: true } => "%j",
        DateFormatPart::DayOfYear { padded: false } => "%-j",
        DateFormatPart::ShortWeekdayName => "%a",
        DateFormatPart::WeekdayName => "%A",
        DateFormatPart::WeekYear => "%G",
        DateFormatPart::Week { padded: true } => "%V",
        DateFormatPart::Week { padded: false } => "%-V",
        DateFormatPart::Hour { padded: true } => "%H",
        DateFormatPart::Hour { padded: false } => "%-H",
        DateFormatPart::HalfDayHour { padded: true } => "%I",
        DateFormatPart::HalfDayHour { padded: false } => "%-I",
        DateFormatPart::HalfDay { upper: true } => "%p",
        DateFormatPart::HalfDay { upper: false } => "%P",
        DateFormatPart::Minute { padded: true } => "%M",
        DateFormatPart::Minute { padded: false } => "%-M",
        DateFormatPart::Second { padded: true } => "%S",
        DateFormatPart::Second { padded: false } => "%-S",
        DateFormatPart::Fraction(digits) => {
            let micros = format!("{:06}", time.and_utc().timestamp_subsec_micros());
            return micros.chars().take(usize::from(*digits)).collect();
        }
    };
    time.format(pattern).to_string()
}
