//! Dates and times read in a format.

use drillcore_formulas::{DateFormat, DateFormatPart};

use super::show::{day_of_year, fraction_unit, month_name, weekday_name};
use crate::functions::arithmetic::{day_of_date, known_time, time_of_day};
use crate::time::{Civil, DAY, SECOND, day_number};

/// A Monday.
const MONDAY: i64 = 4;

/// The wall clock time that a text shows in a format, in microseconds.
pub(super) fn time(text: &str, format: &DateFormat) -> Option<i64> {
    if !format.can_be_read() {
        return None;
    }
    let (mut rest, mut fields) = (Rest(text.as_bytes()), Fields::default());
    for part in format.parts() {
        fields.read(&mut rest, part)?;
    }
    if rest.0.is_empty() { fields.time() } else { None }
}

/// The part of the text that was not read yet.
#[derive(Debug)]
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    /// Skips bytes that must be there.
    fn skip(&mut self, bytes: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(bytes)?;
        Some(())
    }

    /// A number of at least and at most so many digits.
    fn number(&mut self, least: usize, most: usize) -> Option<i64> {
        let count = self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at_checked(count).filter(|_| count >= least)?;
        self.0 = rest;
        Some(digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit.wrapping_sub(b'0'))))
    }

    /// The place, from 1 on, of the first name that the text goes on with in any case; of each only so many letters.
    fn name(&mut self, names: impl Iterator<Item = &'static str>, letters: usize) -> Option<i64> {
        for (name, place) in names.zip(1..) {
            let name = name.as_bytes();
            let name = name.get(..letters).unwrap_or(name);
            if let Some((head, rest)) = self.0.split_at_checked(name.len())
                && head.eq_ignore_ascii_case(name)
            {
                self.0 = rest;
                return Some(place);
            }
        }
        None
    }
}

/// What a text says of a time.
#[derive(Debug, Default)]
struct Fields {
    year: Option<i64>,
    short_year: Option<i64>,
    quarter: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    /// From Monday, which is 1.
    weekday: Option<i64>,
    hour: Option<i64>,
    half_day_hour: Option<i64>,
    /// 1 before noon, 2 after.
    half_day: Option<i64>,
    minute: Option<i64>,
    second: Option<i64>,
    /// Microseconds, and how many of them the last digit counts.
    fraction: Option<(i64, i64)>,
}

impl Fields {
    /// Reads one part; nothing if it is not there or contradicts an earlier one of its kind.
    fn read(&mut self, rest: &mut Rest<'_>, part: &DateFormatPart) -> Option<()> {
        const WHOLE: usize = usize::MAX;
        let months = || (1..=12).map(month_name);
        let weekdays = || (MONDAY..MONDAY + 7).map(weekday_name);
        let two = |padded: bool| if padded { 2 } else { 1 };
        let (field, value) = match part {
            DateFormatPart::Literal(text) => return rest.skip(text.as_bytes()),
            DateFormatPart::Fraction(digits) => {
                let unit = fraction_unit(*digits);
                let value = rest.number((*digits).into(), (*digits).into())?;
                return self.add_fraction(value * unit, unit);
            }
            DateFormatPart::Year => (&mut self.year, rest.number(4, 4)?),
            DateFormatPart::ShortYear => (&mut self.short_year, rest.number(2, 2)?),
            DateFormatPart::Quarter => (&mut self.quarter, rest.number(1, 1)?),
            DateFormatPart::Month { padded } => (&mut self.month, rest.number(two(*padded), 2)?),
            DateFormatPart::ShortMonthName => (&mut self.month, rest.name(months(), 3)?),
            DateFormatPart::MonthName => (&mut self.month, rest.name(months(), WHOLE)?),
            DateFormatPart::Day { padded } => (&mut self.day, rest.number(two(*padded), 2)?),
            DateFormatPart::DayOfYear { padded } => {
                (&mut self.day_of_year, rest.number(if *padded { 3 } else { 1 }, 3)?)
            }
            DateFormatPart::ShortWeekdayName => (&mut self.weekday, rest.name(weekdays(), 3)?),
            DateFormatPart::WeekdayName => (&mut self.weekday, rest.name(weekdays(), WHOLE)?),
            DateFormatPart::Hour { padded } => (&mut self.hour, rest.number(two(*padded), 2)?),
            DateFormatPart::HalfDayHour { padded } => (&mut self.half_day_hour, rest.number(two(*padded), 2)?),
            DateFormatPart::HalfDay { .. } => (&mut self.half_day, rest.name(["AM", "PM"].into_iter(), WHOLE)?),
            DateFormatPart::Minute { padded } => (&mut self.minute, rest.number(two(*padded), 2)?),
            DateFormatPart::Second { padded } => (&mut self.second, rest.number(two(*padded), 2)?),
            // Such a format is not read.
            DateFormatPart::WeekYear | DateFormatPart::Week { .. } => return None,
        };
        (*field.get_or_insert(value) == value).then_some(())
    }

    /// Keeps the finer of two fractions, the coarser of which must be its start.
    fn add_fraction(&mut self, micros: i64, unit: i64) -> Option<()> {
        let (before, before_unit) = *self.fraction.get_or_insert((micros, unit));
        if unit < before_unit {
            self.fraction = Some((micros, unit));
        }
        let coarser = unit.max(before_unit);
        (micros / coarser == before / coarser).then_some(())
    }

    /// The time of all fields, if they agree.
    fn time(&self) -> Option<i64> {
        let day = self.date()?;
        let hour = self.hour.or_else(|| Some(self.half_day_hour? % 12 + 12 * (self.half_day? - 1))).unwrap_or(0);
        let clock = time_of_day(hour, self.minute.unwrap_or(0), self.second.unwrap_or(0))?;
        let agrees = agree(self.half_day_hour, (hour + 11) % 12 + 1) && agree(self.half_day, hour / 12 + 1);
        let micros = self.fraction.map_or(0, |(micros, _)| micros);
        debug_assert!(micros < SECOND, "a fraction has at most six digits");
        known_time(day * DAY + clock + micros).filter(|_| agrees)
    }

    fn date(&self) -> Option<i64> {
        let of_century = |short: i64| short + if short <= 68 { 2000 } else { 1900 };
        let year = self.year.or_else(|| self.short_year.map(of_century))?;
        let day = if let Some(day) = self.day_of_year {
            let day = day_number(year, 1, 1) + day - 1;
            (Civil::from_day(day).year == year).then_some(day)?
        } else {
            let month = self.month.or_else(|| self.quarter.map(|quarter| 3 * quarter - 2));
            day_of_date(year, month.unwrap_or(1), self.day.unwrap_or(1))?
        };
        let date = Civil::from_day(day);
        let agrees = agree(self.short_year, year % 100)
            && agree(self.quarter, (date.month + 2) / 3)
            && agree(self.month, date.month)
            && agree(self.day, date.day)
            && agree(self.day_of_year, day_of_year(day, year))
            && agree(self.weekday, (day - MONDAY).rem_euclid(7) + 1);
        agrees.then_some(day)
    }
}

/// Whether a field says this or nothing.
fn agree(field: Option<i64>, value: i64) -> bool {
    field.is_none_or(|field| field == value)
}

#[cfg(test)]
mod tests {
    use drillcore_formulas::DateFormat;
    use proptest::prelude::*;

    use super::time;
    use crate::functions::arithmetic::known_time;
    use crate::functions::scalar::clock::show::push;

    const FRIDAY: i64 = 19_783 * super::DAY;

    fn read(text: &str, format: &str) -> Option<i64> {
        time(text, &DateFormat::parse(format).unwrap())
    }

    #[test]
    fn texts_in_the_form_are_read() {
        for (text, format) in [
            ("2024-03-01", "YYYY-MM-DD"),
            ("1/3/24", "D/M/YY"),
            ("fri, MARCH 01 2024", "EEE, MMMM D YYYY"),
            ("friday 1mar24", "EEEE DMMMYY"),
            ("2024061", "YYYYDDDD"),
            ("61|1|3|2024|24|1", "DDD|D|M|YYYY|YY|Q"),
            ("20240301 12:00 am 0", "YYYYMMDD h:mm A H"),
        ] {
            assert_eq!(read(text, format), Some(FRIDAY), "{text}");
        }
        assert_eq!(read("2024-03-01 5 512 51", "YYYY-MM-DD S SSS SS"), Some(FRIDAY + 512_000));
        assert_eq!(read("69", "YY"), Some(-365 * super::DAY));
        assert_eq!(read("Q1 2024", "'Q'Q YYYY"), Some(FRIDAY - 60 * super::DAY));
    }

    #[test]
    fn contradictions_and_other_forms_are_not_read() {
        for (text, format) in [
            ("", "YYYY"),
            ("2024-03-01 ", "YYYY-MM-DD"),
            ("2024-3-1", "YYYY-MM-DD"),
            ("2023-02-29", "YYYY-MM-DD"),
            ("0000-01-01", "YYYY-MM-DD"),
            ("2023 366", "YYYY DDD"),
            ("2024 000", "YYYY DDDD"),
            ("0001 000", "YYYY DDDD"),
            ("2024-04 Q1", "YYYY-MM 'Q'Q"),
            ("2024 0", "YYYY Q"),
            ("Thu 2024-03-01", "EEE YYYY-MM-DD"),
            ("2024 15 AM", "YYYY H A"),
            ("2024 0 AM", "YYYY h A"),
            ("2024 13 PM", "YYYY h A"),
            ("2024 24:00", "YYYY HH:mm"),
            ("2024 2023", "YYYY YYYY"),
            ("2024 5 612", "YYYY S SSS"),
            ("2024 612 5", "YYYY SSS S"),
            ("2024 Mär", "YYYY MMM"),
            ("2024-W09", "GGGG-'W'WW"),
            ("03-01", "MM-DD"),
        ] {
            assert_eq!(read(text, format), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read(at in -62_135_596_800_000_000_i64..253_402_300_800_000_000, which in 0_usize..5) {
            let format = DateFormat::parse([
                "YYYY-MM-DD'T'HH:mm:ss.SSSSSS",
                "EEEE D MMMM YYYY, h:mm:ss.SSSSSS A",
                "DDD YYYY H m s SSSSSS",
                "SSSSSS ss mm hh a DDDD Q MMM E YYYY YY",
                "YYYYMMDDHHmmssSSSSSS",
            ][which]).unwrap();
            let mut shown = Vec::new();
            push(&mut shown, &format, at);
            prop_assert_eq!(time(str::from_utf8(&shown).unwrap(), &format), Some(at));
        }

        #[test]
        fn any_text_is_read_or_not(text in "[0-9 ]{0,10}", format in "[YMDHmsSQ ]{1,6}") {
            if let Ok(format) = DateFormat::parse(&format)
                && let Some(micros) = time(&text, &format)
            {
                prop_assert!(known_time(micros).is_some());
            }
        }
    }
}
