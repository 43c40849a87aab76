//! Dates and times read in a format: first the piece of text that each part takes, then the time that they may mean,
//! then whether that time shows the same pieces.

use chrono::{NaiveDate, NaiveDateTime};

use super::show::piece;
use crate::{DateFormat, DateFormatPart};

/// The time that a text shows in a format.
pub(super) fn wall(text: &str, format: &DateFormat) -> Option<NaiveDateTime> {
    if !format.can_be_read() {
        return None;
    }
    let mut said = Vec::new();
    let mut rest = text;
    for part in format.parts() {
        let (found, behind) = rest.split_at_checked(length(rest, part)?)?;
        said.push((part, found.to_ascii_lowercase()));
        rest = behind;
    }
    if !rest.is_empty() {
        return None;
    }
    let meant = meant(&said)?;
    let same = said.iter().all(|(part, found)| bare(found) == bare(&piece(meant, part).to_ascii_lowercase()));
    same.then_some(meant)
}

/// How many bytes of the text a part takes.
fn length(text: &str, part: &DateFormatPart) -> Option<usize> {
    let (least, most) = match part {
        DateFormatPart::Literal(literal) => return text.starts_with(literal).then_some(literal.len()),
        DateFormatPart::ShortMonthName | DateFormatPart::ShortWeekdayName => return Some(3),
        DateFormatPart::MonthName => return name(text, part, |month| NaiveDate::from_ymd_opt(2024, month, 1)),
        DateFormatPart::WeekdayName => return name(text, part, |day| NaiveDate::from_ymd_opt(2024, 1, day)),
        DateFormatPart::HalfDay { .. } => return Some(2),
        DateFormatPart::Year => (4, 4),
        DateFormatPart::ShortYear => (2, 2),
        DateFormatPart::Quarter => (1, 1),
        DateFormatPart::DayOfYear { padded } => (if *padded { 3 } else { 1 }, 3),
        DateFormatPart::Month { padded }
        | DateFormatPart::Day { padded }
        | DateFormatPart::Hour { padded }
        | DateFormatPart::HalfDayHour { padded }
        | DateFormatPart::Minute { padded }
        | DateFormatPart::Second { padded } => (if *padded { 2 } else { 1 }, 2),
        DateFormatPart::Fraction(digits) => (usize::from(*digits), usize::from(*digits)),
        DateFormatPart::WeekYear | DateFormatPart::Week { .. } => return None,
    };
    let digits = text.chars().take(most).take_while(char::is_ascii_digit).count();
    (digits >= least).then_some(digits)
}

/// The length of the name that the text starts with, of those that the part shows of the first days or months.
fn name(text: &str, part: &DateFormatPart, date: fn(u32) -> Option<NaiveDate>) -> Option<usize> {
    (1..=12).find_map(|number| {
        let name = piece(date(number)?.and_hms_opt(0, 0, 0)?, part);
        text.get(..name.len())?.eq_ignore_ascii_case(&name).then_some(name.len())
    })
}

/// A piece without the zeros in front that a number may be read with.
fn bare(piece: &str) -> &str {
    piece.trim_start_matches('0')
}

type Said<'a> = [(&'a DateFormatPart, String)];

/// The time that the pieces mean, if they do not contradict each other.
fn meant(said: &Said<'_>) -> Option<NaiveDateTime> {
    let year = number(said, |part| *part == DateFormatPart::Year).or_else(|| {
        let short = number(said, |part| *part == DateFormatPart::ShortYear)?;
        Some(if short <= 68 { 2000 + short } else { 1900 + short })
    });
    let year = i32::try_from(year?).ok().filter(|year| *year >= 1)?;
    let date = match number(said, |part| matches!(part, DateFormatPart::DayOfYear { .. })) {
        Some(day) => NaiveDate::from_yo_opt(year, day)?,
        None => {
            let day = number(said, |part| matches!(part, DateFormatPart::Day { .. }));
            NaiveDate::from_ymd_opt(year, month(said), day.unwrap_or(1))?
        }
    };
    let minute = number(said, |part| matches!(part, DateFormatPart::Minute { .. })).unwrap_or(0);
    let second = number(said, |part| matches!(part, DateFormatPart::Second { .. })).unwrap_or(0);
    date.and_hms_micro_opt(hour(said), minute, second, micros(said)?)
}

fn month(said: &Said<'_>) -> u32 {
    let named = || {
        said.iter().find_map(|(part, found)| match part {
            DateFormatPart::MonthName | DateFormatPart::ShortMonthName => (1..=12).find(|month| {
                let first = NaiveDate::from_ymd_opt(2024, *month, 1).and_then(|first| first.and_hms_opt(0, 0, 0));
                first.is_some_and(|first| piece(first, part).eq_ignore_ascii_case(found))
            }),
            _ => None,
        })
    };
    let first_of_quarter = || {
        let quarter = number(said, |part| *part == DateFormatPart::Quarter)?;
        Some((3 * quarter).saturating_sub(2))
    };
    let month = number(said, |part| matches!(part, DateFormatPart::Month { .. }));
    month.or_else(named).or_else(first_of_quarter).unwrap_or(1)
}

fn hour(said: &Said<'_>) -> u32 {
    let by_half_day = || {
        let hour = number(said, |part| matches!(part, DateFormatPart::HalfDayHour { .. }))?;
        let after_noon =
            said.iter().any(|(part, found)| matches!(part, DateFormatPart::HalfDay { .. }) && found == "pm");
        Some(hour % 12 + if after_noon { 12 } else { 0 })
    };
    number(said, |part| matches!(part, DateFormatPart::Hour { .. })).or_else(by_half_day).unwrap_or(0)
}

/// The microseconds of the fraction with the most digits.
fn micros(said: &Said<'_>) -> Option<u32> {
    let fractions = said.iter().filter(|(part, _)| matches!(part, DateFormatPart::Fraction(_)));
    let longest = fractions.map(|(_, found)| found.as_str()).max_by_key(|digits| digits.len());
    format!("{:0<6}", longest.unwrap_or("0")).parse().ok()
}

/// The number that the first part of a kind says.
fn number(said: &Said<'_>, kind: fn(&DateFormatPart) -> bool) -> Option<u32> {
    said.iter().find(|(part, _)| kind(part)).and_then(|(_, found)| found.parse().ok())
}
