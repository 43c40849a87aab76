//! What a literal of a query stands for: an interval of time.

mod parse;
#[cfg(test)]
mod tests;

use super::calendar::Calendar;
use super::civil::DAY;
use crate::error::{Error, Result};
use crate::model::Level;
use parse::{Fault, Literal};

/// What a literal is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeKind {
    /// Calendar dates.
    Date,
    /// Instants.
    Datetime,
    /// Wall clock times without a zone.
    Local,
}

/// A half-open interval: of days for [`TimeKind::Date`], else of microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimeInterval {
    /// The first day or microsecond.
    pub(crate) start: i64,
    /// The day or microsecond behind the last.
    pub(crate) end: i64,
}

/// What a literal stands for beside a column of a kind.
///
/// - `2013`, `2013-Q1`, `2013-02`, `2013-W05` and `2013-02-01` stand for all their days, in the zone of the calendar.
///   Year and quarter are those of the fiscal year, which is called after the year in which it ends.
/// - `2013-02-01T10:30`, with a blank instead of the `T`, with seconds and up to nine places of fraction (what is finer
///   than a microsecond is cut off), stands for one microsecond. `Z` or an offset such as `+02:00` fixes the instant;
///   without one it is the earliest instant that the wall clock of the zone shows it.
/// - With a level, a literal that is finer stands for the whole bucket it lies in, and a coarser one for the buckets
///   that begin in it.
///
/// # Errors
/// `InvalidQuery` if the text is no such literal, names a day or time that does not exist, or does not go with the
/// kind: dates have no time of day and no level below day, wall clock times no offset.
pub(crate) fn parse_interval(
    text: &str,
    calendar: &Calendar,
    level: Option<Level>,
    kind: TimeKind,
) -> Result<TimeInterval> {
    if kind == TimeKind::Date
        && let Some(level) = level.filter(|level| !level.is_calendar())
    {
        return Err(Error::query(format!("a date has no level `{}`; day is the finest", level.name())));
    }
    match Literal::parse(text, calendar).map_err(|fault| refused(text, fault))? {
        Literal::Days { first, next, grain } => {
            let (first, next) = aligned(calendar, level, grain, first, next);
            Ok(match kind {
                TimeKind::Date => TimeInterval { start: first, end: next },
                TimeKind::Datetime => TimeInterval {
                    start: calendar.zone().to_instant(first.saturating_mul(DAY)),
                    end: calendar.zone().to_instant(next.saturating_mul(DAY)),
                },
                TimeKind::Local => TimeInterval { start: first.saturating_mul(DAY), end: next.saturating_mul(DAY) },
            })
        }
        Literal::Time { local, offset } => moment(text, calendar, level, kind, local, offset),
    }
}

/// The interval of a literal with a time of day.
fn moment(
    text: &str,
    calendar: &Calendar,
    level: Option<Level>,
    kind: TimeKind,
    local: i64,
    offset: Option<i64>,
) -> Result<TimeInterval> {
    let (micros, bucket) = match (kind, offset) {
        (TimeKind::Date, _) => {
            return Err(Error::query(format!("`{}` has a time of day, but the column holds dates", shown(text))));
        }
        (TimeKind::Local, Some(_)) => {
            return Err(Error::query(format!(
                "`{}` has an offset, but the column holds wall clock times without a zone",
                shown(text)
            )));
        }
        (TimeKind::Local, None) => (local, level.map(|level| calendar.local_bucket(level, local))),
        (TimeKind::Datetime, offset) => {
            let instant = offset.map_or_else(|| calendar.zone().to_instant(local), |offset| local - offset);
            (instant, level.map(|level| calendar.bucket(level, instant)))
        }
    };
    Ok(bucket.map_or(TimeInterval { start: micros, end: micros + 1 }, |bucket| TimeInterval {
        start: bucket.start_micros,
        end: bucket.end_micros,
    }))
}

/// The days of whole buckets of a level.
fn aligned(calendar: &Calendar, level: Option<Level>, grain: Level, first: i64, next: i64) -> (i64, i64) {
    let begins_from = |level, day| {
        let (start, behind) = calendar.days(level, day);
        if start == day { day } else { behind }
    };
    match level {
        None => (first, next),
        Some(level) if level <= grain => calendar.days(level, first),
        Some(level) => (begins_from(level, first), begins_from(level, next)),
    }
}

fn refused(text: &str, fault: Fault) -> Error {
    let text = shown(text);
    Error::query(match fault {
        Fault::Shape => format!(
            "`{text}` is not a date or time; write it as 2013, 2013-Q1, 2013-02, 2013-W05, 2013-02-01 or \
             2013-02-01T10:30:00, with Z or an offset if it is not in the zone of the query"
        ),
        Fault::NoSuchDate => format!("`{text}` is not in the calendar"),
        Fault::NoSuchTime => format!("`{text}` is not a time of day or offset that exists"),
    })
}

/// A literal as messages show it: on one line and not too long.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(40).flat_map(char::escape_debug).collect();
    if text.chars().nth(40).is_some() {
        shown.push('…');
    }
    shown
}
