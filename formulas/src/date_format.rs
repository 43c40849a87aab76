//! Formats of dates and times: what stands between their letters, and what the letters mean.

use std::iter::Peekable;
use std::str::Chars;

/// The longest format, in characters. What is shown with it is at most twice as long or so.
const MAX_CHARS: usize = 200;

/// How dates and times are written.
///
/// | letters | shown | read |
/// |---|---|---|
/// | `YYYY` | the year in four digits | the same |
/// | `YY` | the last two digits of the year | 00 to 68 are 2000 to 2068, 69 to 99 are 1969 to 1999 |
/// | `Q` | the quarter, 1 to 4 | the same |
/// | `M` `MM` | the month; in two digits | one or two digits; two |
/// | `MMM` `MMMM` | `Mar`, `March` | the same in any case |
/// | `D` `DD` | the day of the month; in two digits | one or two digits; two |
/// | `DDD` `DDDD` | the day of the year; in three digits | one to three digits; three |
/// | `E` or `EEE`, `EEEE` | `Fri`, `Friday` | the same in any case |
/// | `GGGG`, `W` `WW` | year and week of ISO 8601; the week in two digits | not read |
/// | `H` `HH` | the hour, 0 to 23; in two digits | one or two digits; two |
/// | `h` `hh` | the hour, 1 to 12; in two digits | one or two digits; two |
/// | `A`, `a` | `AM` or `PM`; `am` or `pm` | the same in any case |
/// | `m` `mm` `s` `ss` | minute and second; in two digits | one or two digits; two |
/// | `S` to `SSSSSS` | so many digits of the fraction of the second, cut off | so many digits |
///
/// The same letter several times in a row is one of these; any other letter of the English alphabet is an error. Text
/// goes between single quotes; two of them are a quote. Whatever else there is stands for itself. Names are English.
///
/// What is read must be in that form from end to end. The year must be there; a month or day that is not is the first
/// (the first of the quarter if there is one), a time that is not is midnight. A part that contradicts another, such as
/// the wrong weekday, makes the whole wrong. Years are 1 to 9999.
///
/// ```
/// use drillcore_formulas::{DateFormat, DateFormatPart};
///
/// let format = DateFormat::parse("D MMM 'of' YYYY")?;
/// assert_eq!(
///     format.parts(),
///     [
///         DateFormatPart::Day { padded: false },
///         DateFormatPart::Literal(" ".to_owned()),
///         DateFormatPart::ShortMonthName,
///         DateFormatPart::Literal(" of ".to_owned()),
///         DateFormatPart::Year,
///     ]
/// );
/// assert!(DateFormat::parse("YYYY-MM-DDTHH:mm").unwrap_err().starts_with("`T` stands for nothing"));
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DateFormat {
    parts: Vec<DateFormatPart>,
}

/// One piece of a [`DateFormat`]. What is `padded` has zeros in front up to its greatest number of digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DateFormatPart {
    /// Text that stands for itself.
    Literal(String),
    /// `YYYY`.
    Year,
    /// `YY`.
    ShortYear,
    /// `Q`.
    Quarter,
    /// `M` and `MM`.
    Month {
        /// `MM`.
        padded: bool,
    },
    /// `MMM`: the first three letters.
    ShortMonthName,
    /// `MMMM`.
    MonthName,
    /// `D` and `DD`: the day of the month.
    Day {
        /// `DD`.
        padded: bool,
    },
    /// `DDD` and `DDDD`.
    DayOfYear {
        /// `DDDD`.
        padded: bool,
    },
    /// `E` and `EEE`: the first three letters.
    ShortWeekdayName,
    /// `EEEE`.
    WeekdayName,
    /// `GGGG`: the year to which the week of ISO 8601 belongs.
    WeekYear,
    /// `W` and `WW`: the week of ISO 8601.
    Week {
        /// `WW`.
        padded: bool,
    },
    /// `H` and `HH`: 0 to 23.
    Hour {
        /// `HH`.
        padded: bool,
    },
    /// `h` and `hh`: 1 to 12.
    HalfDayHour {
        /// `hh`.
        padded: bool,
    },
    /// `A` and `a`: before or after noon.
    HalfDay {
        /// `A`: in upper case.
        upper: bool,
    },
    /// `m` and `mm`.
    Minute {
        /// `mm`.
        padded: bool,
    },
    /// `s` and `ss`.
    Second {
        /// `ss`.
        padded: bool,
    },
    /// `S` to `SSSSSS`: so many digits of the fraction of the second.
    Fraction(u8),
}

static TOKENS: &[(&str, DateFormatPart)] = &[
    ("YYYY", DateFormatPart::Year),
    ("YY", DateFormatPart::ShortYear),
    ("Q", DateFormatPart::Quarter),
    ("MMMM", DateFormatPart::MonthName),
    ("MMM", DateFormatPart::ShortMonthName),
    ("MM", DateFormatPart::Month { padded: true }),
    ("M", DateFormatPart::Month { padded: false }),
    ("DDDD", DateFormatPart::DayOfYear { padded: true }),
    ("DDD", DateFormatPart::DayOfYear { padded: false }),
    ("DD", DateFormatPart::Day { padded: true }),
    ("D", DateFormatPart::Day { padded: false }),
    ("EEEE", DateFormatPart::WeekdayName),
    ("EEE", DateFormatPart::ShortWeekdayName),
    ("E", DateFormatPart::ShortWeekdayName),
    ("GGGG", DateFormatPart::WeekYear),
    ("WW", DateFormatPart::Week { padded: true }),
    ("W", DateFormatPart::Week { padded: false }),
    ("HH", DateFormatPart::Hour { padded: true }),
    ("H", DateFormatPart::Hour { padded: false }),
    ("hh", DateFormatPart::HalfDayHour { padded: true }),
    ("h", DateFormatPart::HalfDayHour { padded: false }),
    ("A", DateFormatPart::HalfDay { upper: true }),
    ("a", DateFormatPart::HalfDay { upper: false }),
    ("mm", DateFormatPart::Minute { padded: true }),
    ("m", DateFormatPart::Minute { padded: false }),
    ("ss", DateFormatPart::Second { padded: true }),
    ("s", DateFormatPart::Second { padded: false }),
    ("S", DateFormatPart::Fraction(1)),
    ("SS", DateFormatPart::Fraction(2)),
    ("SSS", DateFormatPart::Fraction(3)),
    ("SSSS", DateFormatPart::Fraction(4)),
    ("SSSSS", DateFormatPart::Fraction(5)),
    ("SSSSSS", DateFormatPart::Fraction(6)),
];

impl DateFormat {
    /// The format that a text describes.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in one line: letters that stand for nothing, a quote without an end, an offset (a wall
    /// clock has none), nothing at all, or more than 200 characters.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("a date format cannot be empty".to_owned());
        }
        if text.chars().nth(MAX_CHARS).is_some() {
            return Err(format!("a date format has at most {MAX_CHARS} characters"));
        }
        let mut format = Self { parts: Vec::new() };
        let mut chars = text.chars().peekable();
        while let Some(first) = chars.next() {
            if first == '\'' {
                format.push_literal(&quoted(&mut chars)?);
            } else if first.is_ascii_alphabetic() {
                let mut run = String::from(first);
                while chars.next_if_eq(&first).is_some() {
                    run.push(first);
                }
                format.parts.push(token(first, &run)?);
            } else {
                format.push_literal(first.encode_utf8(&mut [0; 4]));
            }
        }
        Ok(format)
    }

    /// Its pieces, in order. Literals do not follow each other.
    #[must_use]
    pub fn parts(&self) -> &[DateFormatPart] {
        &self.parts
    }

    /// Whether a date can be read in it; all formats can be shown.
    #[must_use]
    pub fn can_be_read(&self) -> bool {
        self.unreadable().is_none()
    }

    /// Why no date can be read in it, as the end of a sentence about the format.
    #[must_use]
    pub fn unreadable(&self) -> Option<&'static str> {
        let has = |wanted: fn(&DateFormatPart) -> bool| self.parts.iter().any(wanted);
        let half_day = has(|part| matches!(part, DateFormatPart::HalfDay { .. }));
        let half_day_hour = has(|part| matches!(part, DateFormatPart::HalfDayHour { .. }));
        let hour = half_day_hour || has(|part| matches!(part, DateFormatPart::Hour { .. }));
        if has(|part| matches!(part, DateFormatPart::WeekYear | DateFormatPart::Week { .. })) {
            Some("has a week, which is only shown and never read")
        } else if !has(|part| matches!(part, DateFormatPart::Year | DateFormatPart::ShortYear)) {
            Some("has no year")
        } else if half_day_hour && !half_day {
            Some("has `h` without `A`, which would say whether it is before noon")
        } else if half_day && !hour {
            Some("has `A` without an hour")
        } else {
            None
        }
    }

    fn push_literal(&mut self, text: &str) {
        match self.parts.last_mut() {
            _ if text.is_empty() => {}
            Some(DateFormatPart::Literal(before)) => before.push_str(text),
            _ => self.parts.push(DateFormatPart::Literal(text.to_owned())),
        }
    }
}

/// What stands between quotes; the first of them was read.
fn quoted(chars: &mut Peekable<Chars<'_>>) -> Result<String, String> {
    if chars.next_if_eq(&'\'').is_some() {
        return Ok("'".to_owned());
    }
    let mut text = String::new();
    while let Some(next) = chars.next() {
        if next == '\'' && chars.next_if_eq(&'\'').is_none() {
            return Ok(text);
        }
        text.push(next);
    }
    Err("a date format has a quote without an end".to_owned())
}

fn token(letter: char, run: &str) -> Result<DateFormatPart, String> {
    if let Some((_, part)) = TOKENS.iter().find(|(letters, _)| *letters == run) {
        return Ok(part.clone());
    }
    if letter == 'Z' {
        return Err(format!("`{run}` is an offset in a date format, but a wall clock has none"));
    }
    let alike = TOKENS.iter().filter(|(letters, _)| letters.starts_with(letter));
    let alike: Vec<String> = alike.map(|(letters, _)| format!("`{letters}`")).collect();
    Err(if alike.is_empty() {
        format!("`{letter}` stands for nothing in a date format; text goes between single quotes")
    } else {
        format!("`{run}` stands for nothing in a date format; there is {}", alike.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::{DateFormat, DateFormatPart, TOKENS};

    fn literal(text: &str) -> DateFormatPart {
        DateFormatPart::Literal(text.to_owned())
    }

    #[track_caller]
    fn check(text: &str, expected: &[DateFormatPart]) {
        assert_eq!(DateFormat::parse(text).unwrap().parts(), expected, "{text}");
    }

    #[track_caller]
    fn refused(text: &str, message: &str) {
        assert_eq!(DateFormat::parse(text).unwrap_err(), message, "{text}");
    }

    #[test]
    fn letters_in_a_row_are_one_part() {
        for (letters, part) in TOKENS {
            check(letters, std::slice::from_ref(part));
        }
        let (month, day) = (DateFormatPart::Month { padded: true }, DateFormatPart::Day { padded: true });
        check("YYYYMMDD", &[DateFormatPart::Year, month.clone(), day.clone()]);
        check("DD-MM-YYYY", &[day, literal("-"), month, literal("-"), DateFormatPart::Year]);
        let (minute, second) = (DateFormatPart::Minute { padded: true }, DateFormatPart::Second { padded: true });
        check("mm:ss.SSS", &[minute, literal(":"), second, literal("."), DateFormatPart::Fraction(3)]);
    }

    #[test]
    fn text_is_quoted_and_signs_stand_for_themselves() {
        check("'T'", &[literal("T")]);
        check("Q'. quarter'", &[DateFormatPart::Quarter, literal(". quarter")]);
        check("''Q", &[literal("'"), DateFormatPart::Quarter]);
        check("'it''s '12", &[literal("it's 12")]);
        check("'a''b'''", &[literal("a'b'")]);
        check("YYYY年", &[DateFormatPart::Year, literal("年")]);
    }

    #[test]
    fn what_means_nothing_is_refused() {
        refused("", "a date format cannot be empty");
        refused("YYYY-MM-DDTHH", "`T` stands for nothing in a date format; text goes between single quotes");
        refused("YYYYY", "`YYYYY` stands for nothing in a date format; there is `YYYY`, `YY`");
        refused("hhh", "`hhh` stands for nothing in a date format; there is `hh`, `h`");
        refused("HH:mm ZZ", "`ZZ` is an offset in a date format, but a wall clock has none");
        refused("YYYY 'and so on", "a date format has a quote without an end");
        refused("'", "a date format has a quote without an end");
        refused(&"-".repeat(201), "a date format has at most 200 characters");
        check(&"é".repeat(200), &[literal(&"é".repeat(200))]);
    }

    #[test]
    fn some_formats_are_only_shown() {
        let check = |text: &str, readable| {
            assert_eq!(DateFormat::parse(text).unwrap().can_be_read(), readable, "{text}");
        };
        check("YYYY", true);
        check("YY-MM", true);
        check("EEEE D MMMM YYYY, h:mm a", true);
        check("YYYY HH A", true);
        check("MM-DD", false);
        check("GGGG-'W'WW", false);
        check("YYYY W", false);
        check("YYYY hh:mm", false);
        check("YYYY A", false);
    }
}
