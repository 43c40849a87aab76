//! Dates, instants and wall clock times seen as days.

use super::calendar::Calendar;
use super::civil::DAY;
use super::literal::TimeKind;
use crate::error::{Error, Result};
use crate::model::Level;

impl Calendar {
    /// The current instant as a value of a kind: the day in the zone, the instant itself, or what the wall clock of the
    /// zone shows.
    pub(crate) fn now(&self, now_micros: i64, kind: TimeKind) -> i64 {
        match kind {
            TimeKind::Date => self.day_of(now_micros, TimeKind::Datetime),
            TimeKind::Datetime => now_micros,
            TimeKind::Local => self.zone().segment_at(now_micros).local(now_micros),
        }
    }

    /// The day that holds a value.
    pub(crate) fn day_of(&self, value: i64, kind: TimeKind) -> i64 {
        match kind {
            TimeKind::Date => value,
            TimeKind::Datetime => i64::from(self.dated_bucket(&self.zone().segment_at(value), Level::Day, value).0),
            TimeKind::Local => value.div_euclid(DAY),
        }
    }

    /// The first value of a day.
    pub(crate) fn start_of_day(&self, day: i64, kind: TimeKind) -> i64 {
        match kind {
            TimeKind::Date => day,
            TimeKind::Datetime => self.zone().to_instant(day.saturating_mul(DAY)),
            TimeKind::Local => day.saturating_mul(DAY),
        }
    }

    /// The day that begins with a value.
    pub(super) fn day_from(&self, value: i64, kind: TimeKind) -> Option<i64> {
        let day = self.day_of(value, kind);
        (self.start_of_day(day, kind) == value).then_some(day)
    }
}

/// Dates have no time of day, so nothing can be counted on them that is shorter than a day.
///
/// # Errors
/// `InvalidQuery` for a unit below day on dates.
pub(super) fn check_unit(unit: Level, kind: TimeKind) -> Result<()> {
    if kind == TimeKind::Date && !unit.is_calendar() {
        return Err(Error::query(format!("a date has no unit `{}`; day is the finest", unit.name())));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use crate::model::WeekStart;
    use crate::time::{Calendar, TimeKind, Zone};

    fn at(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros()
    }

    fn day(text: &str) -> i64 {
        at(&format!("{text}T00:00:00Z")) / 86_400_000_000
    }

    fn calendar(zone: &str) -> Calendar {
        Calendar::new(Zone::named(zone).unwrap(), WeekStart::Monday, 1).unwrap()
    }

    #[test]
    fn now_is_a_day_an_instant_or_a_local_time() {
        let kathmandu = calendar("Asia/Kathmandu");
        let now = at("2026-03-18T18:30:00Z");
        assert_eq!(kathmandu.now(now, TimeKind::Date), day("2026-03-19"));
        assert_eq!(kathmandu.now(now, TimeKind::Datetime), now);
        assert_eq!(kathmandu.now(now, TimeKind::Local), at("2026-03-19T00:15:00Z"));
    }

    #[test]
    fn a_day_begins_once() {
        let check = |zone, instant, expected: Option<&str>| {
            assert_eq!(calendar(zone).day_from(at(instant), TimeKind::Datetime), expected.map(day), "{zone} {instant}");
        };
        check("Europe/Brussels", "2026-03-28T23:00:00Z", Some("2026-03-29"));
        check("Europe/Brussels", "2026-03-29T22:00:00Z", Some("2026-03-30"));
        check("Europe/Brussels", "2026-03-29T23:00:00Z", None);
        // The day began at 01:00.
        check("America/Sao_Paulo", "2018-11-04T03:00:00Z", Some("2018-11-04"));
        // Midnight came twice; the day began with the first.
        check("America/St_Johns", "2010-11-07T02:30:00Z", Some("2010-11-07"));
        check("America/St_Johns", "2010-11-07T03:30:00Z", None);
    }
}
