//! Reading the text of a date literal.

use crate::model::Level;
use crate::time::calendar::Calendar;
use crate::time::civil::{DAY, HOUR, MINUTE, SECOND, day_number, month_start};

/// Why a text is no literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is not written like one.
    Shape,
    /// It names a day, week, month or quarter that does not exist.
    NoSuchDate,
    /// It names a time of day or an offset that does not exist.
    NoSuchTime,
}

/// A literal that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Literal {
    /// All days from `first` to before `next`, written as one unit.
    Days { first: i64, next: i64, grain: Level },
    /// A wall clock time, with the microseconds by which its clock is before UTC if it says so.
    Time { local: i64, offset: Option<i64> },
}

impl Literal {
    /// Reads a literal; the calendar says when fiscal years and weeks begin.
    pub(super) fn parse(text: &str, calendar: &Calendar) -> Result<Self, Fault> {
        let mut rest = Rest(text.as_bytes());
        let year = rest.number(4)?;
        if rest.is_empty() {
            let first = fiscal_year(calendar, year);
            return Ok(days(month_start(first), month_start(first + 12), Level::Year));
        }
        rest.expect(b"-")?;
        if rest.skip(b"qQ").is_some() {
            let quarter = rest.last_number(1)?;
            in_range(quarter, 1, 4, Fault::NoSuchDate)?;
            let first = fiscal_year(calendar, year) + 3 * (quarter - 1);
            return Ok(days(month_start(first), month_start(first + 3), Level::Quarter));
        }
        if rest.skip(b"wW").is_some() {
            let week = rest.last_number(2)?;
            let first = calendar.first_week(year) + 7 * (week - 1);
            if week < 1 || first >= calendar.first_week(year + 1) {
                return Err(Fault::NoSuchDate);
            }
            return Ok(days(first, first + 7, Level::Week));
        }
        let month = rest.number(2)?;
        in_range(month, 1, 12, Fault::NoSuchDate)?;
        let month_index = year * 12 + month - 1;
        if rest.is_empty() {
            return Ok(days(month_start(month_index), month_start(month_index + 1), Level::Month));
        }
        rest.expect(b"-")?;
        let day = day_number(year, month, rest.number(2)?);
        if day < month_start(month_index) || day >= month_start(month_index + 1) {
            return Err(Fault::NoSuchDate);
        }
        if rest.is_empty() {
            return Ok(days(day, day + 1, Level::Day));
        }
        rest.expect(b"Tt ")?;
        let time = rest.time_of_day()?;
        let offset = rest.offset()?;
        if rest.is_empty() { Ok(Self::Time { local: day * DAY + time, offset }) } else { Err(Fault::Shape) }
    }
}

fn days(first: i64, next: i64, grain: Level) -> Literal {
    Literal::Days { first, next, grain }
}

/// The first month of the fiscal year that ends in a year.
fn fiscal_year(calendar: &Calendar, year: i64) -> i64 {
    match calendar.fiscal_phase() {
        0 => year * 12,
        phase => (year - 1) * 12 + phase,
    }
}

fn in_range(number: i64, least: i64, greatest: i64, fault: Fault) -> Result<(), Fault> {
    if (least..=greatest).contains(&number) { Ok(()) } else { Err(fault) }
}

/// The part of the text that was not read yet.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Skips one byte if it is one of these.
    fn skip(&mut self, one_of: &[u8]) -> Option<u8> {
        let (byte, rest) = self.0.split_first().filter(|(byte, _)| one_of.contains(*byte))?;
        self.0 = rest;
        Some(*byte)
    }

    fn expect(&mut self, one_of: &[u8]) -> Result<u8, Fault> {
        self.skip(one_of).ok_or(Fault::Shape)
    }

    /// Exactly so many digits.
    fn number(&mut self, digits: usize) -> Result<i64, Fault> {
        let (head, rest) = self.0.split_at_checked(digits).ok_or(Fault::Shape)?;
        self.0 = rest;
        if head.iter().all(u8::is_ascii_digit) {
            Ok(head.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
        } else {
            Err(Fault::Shape)
        }
    }

    /// Exactly so many digits, and nothing behind them.
    fn last_number(&mut self, digits: usize) -> Result<i64, Fault> {
        let number = self.number(digits)?;
        if self.is_empty() { Ok(number) } else { Err(Fault::Shape) }
    }

    /// `HH:MM`, `HH:MM:SS` or `HH:MM:SS.f` in microseconds.
    fn time_of_day(&mut self) -> Result<i64, Fault> {
        let hour = self.number(2)?;
        self.expect(b":")?;
        let minute = self.number(2)?;
        let second = if self.skip(b":").is_some() { Some(self.number(2)?) } else { None };
        let fraction = if second.is_some() && self.skip(b".").is_some() { self.fraction()? } else { 0 };
        in_range(hour, 0, 23, Fault::NoSuchTime)?;
        in_range(minute, 0, 59, Fault::NoSuchTime)?;
        in_range(second.unwrap_or(0), 0, 59, Fault::NoSuchTime)?;
        Ok(hour * HOUR + minute * MINUTE + second.unwrap_or(0) * SECOND + fraction)
    }

    /// One to nine digits of a second, in microseconds.
    fn fraction(&mut self) -> Result<i64, Fault> {
        let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=9).contains(&digits) {
            return Err(Fault::Shape);
        }
        let nanos = (digits..9).fold(self.number(digits)?, |number, _| number * 10);
        Ok(nanos / 1_000)
    }

    /// `Z`, `+HH`, `+HHMM`, `+HH:MM` or nothing.
    fn offset(&mut self) -> Result<Option<i64>, Fault> {
        if self.is_empty() {
            return Ok(None);
        }
        if self.skip(b"zZ").is_some() {
            return Ok(Some(0));
        }
        let sign = if self.expect(b"+-")? == b'-' { -1 } else { 1 };
        let hour = self.number(2)?;
        let minute = if self.is_empty() {
            0
        } else {
            self.skip(b":");
            self.number(2)?
        };
        in_range(hour, 0, 23, Fault::NoSuchTime)?;
        in_range(minute, 0, 59, Fault::NoSuchTime)?;
        Ok(Some(sign * (hour * HOUR + minute * MINUTE)))
    }
}
