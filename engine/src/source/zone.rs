//! Wall clocks of a zone, for values that do not say their own.

use std::ops::Range;

use chrono::{DateTime, MappedLocalTime, Offset, TimeZone};
use chrono_tz::{GapInfo, TZ_VARIANTS, Tz};

use crate::error::{Error, Result};
use crate::model::Column;
use crate::suggest;

const MICROS: i64 = 1_000_000;
const HOUR: i64 = 3600;

/// The zone in which a column's values without an offset are read.
#[derive(Debug, Clone)]
pub(super) struct LocalZone {
    /// None is UTC, where wall clock and instant are the same.
    zone: Option<Tz>,
    /// An hour of the wall clock (seconds) that has one offset throughout, and that offset: most values fall into the
    /// hour of the one before.
    known: Range<i64>,
    offset: i64,
}

impl LocalZone {
    /// The source zone of a column; UTC where it has none.
    pub(super) fn of(column: &Column) -> Result<Self> {
        let zone = match column.source_timezone.as_deref() {
            None => None,
            Some(name) => Some(name.parse::<Tz>().map_err(|_| {
                let hint = suggest::hint(name, TZ_VARIANTS.iter().map(|zone| zone.name()));
                Error::input(format!("column `{}` has the unknown time zone `{name}`{hint}", column.id))
            })?),
        };
        Ok(Self { zone: zone.filter(|zone| *zone != Tz::UTC), known: 0..0, offset: 0 })
    }

    /// Whether wall clock and instant are the same.
    pub(super) fn is_utc(&self) -> bool {
        self.zone.is_none()
    }

    /// The instant at which the clocks of the zone show this, both in microseconds. Of two instants the earlier one;
    /// for a time that the clocks skip, the instant at which they skip it.
    pub(super) fn instant(&mut self, wall: i64) -> Option<i64> {
        let Some(zone) = self.zone else { return Some(wall) };
        let second = wall.div_euclid(MICROS);
        if !self.known.contains(&second) {
            let hour = second.div_euclid(HOUR) * HOUR;
            match (offsets(zone, hour)?, offsets(zone, hour.checked_add(HOUR)?)?) {
                (MappedLocalTime::Single(before), MappedLocalTime::Single(after)) if before == after => {
                    self.known = hour..hour + HOUR;
                    self.offset = before;
                }
                _ => return unsteady(zone, wall),
            }
        }
        wall.checked_sub(self.offset * MICROS)
    }

    /// What the clocks of the zone show at an instant, both in microseconds.
    pub(super) fn wall(&self, instant: i64) -> Option<i64> {
        let Some(zone) = self.zone else { return Some(instant) };
        let moment = DateTime::from_timestamp(instant.div_euclid(MICROS), 0)?;
        let offset = zone.offset_from_utc_datetime(&moment.naive_utc()).fix().local_minus_utc();
        instant.checked_add(i64::from(offset) * MICROS)
    }
}

/// The seconds ahead of UTC at a second of the wall clock.
fn offsets(zone: Tz, second: i64) -> Option<MappedLocalTime<i64>> {
    let local = DateTime::from_timestamp(second, 0)?.naive_utc();
    Some(zone.offset_from_local_datetime(&local).map(|offset| i64::from(offset.fix().local_minus_utc())))
}

/// The instant of a wall clock near a change of the clocks.
fn unsteady(zone: Tz, wall: i64) -> Option<i64> {
    let second = wall.div_euclid(MICROS);
    match offsets(zone, second)? {
        MappedLocalTime::Single(offset) => wall.checked_sub(offset * MICROS),
        MappedLocalTime::Ambiguous(one, other) => wall.checked_sub(one.max(other) * MICROS),
        MappedLocalTime::None => {
            let local = DateTime::from_timestamp(second, 0)?.naive_utc();
            let (start, offset) = GapInfo::new(&local, &zone)?.begin?;
            let change = start.and_utc().timestamp() - i64::from(offset.fix().local_minus_utc());
            change.checked_mul(MICROS)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::LocalZone;
    use crate::model::{Column, ColumnType};
    use crate::source::moment::parse_datetime;

    fn zone(name: &str) -> LocalZone {
        let mut column = Column::new("at", ColumnType::Datetime);
        column.source_timezone = Some(name.into());
        LocalZone::of(&column).expect("known zone")
    }

    fn micros(text: &str) -> i64 {
        parse_datetime(text.as_bytes()).expect("date and time").wall
    }

    #[test]
    fn gaps_and_overlaps_take_the_earliest_instant() {
        let check = |name: &str, wall: &str, instant: &str| {
            assert_eq!(zone(name).instant(micros(wall)), Some(micros(instant)), "{wall} in {name}");
        };
        check("UTC", "2026-03-29T02:30", "2026-03-29T02:30");
        check("Europe/Brussels", "2026-01-15T12:00:00.25", "2026-01-15T11:00:00.25");
        // 02:00 to 03:00 does not exist: the clocks skip it at 01:00 UTC.
        check("Europe/Brussels", "2026-03-29T01:59:59", "2026-03-29T00:59:59");
        check("Europe/Brussels", "2026-03-29T02:00", "2026-03-29T01:00");
        check("Europe/Brussels", "2026-03-29T02:30:15.5", "2026-03-29T01:00");
        check("Europe/Brussels", "2026-03-29T03:00", "2026-03-29T01:00");
        // 02:00 to 03:00 comes twice.
        check("Europe/Brussels", "2026-10-25T02:30", "2026-10-25T00:30");
        check("Europe/Brussels", "2026-10-25T03:00", "2026-10-25T02:00");
        check("America/New_York", "2013-03-10T02:15", "2013-03-10T07:00");
        check("America/New_York", "2013-11-03T01:30", "2013-11-03T05:30");
        check("Australia/Lord_Howe", "2026-10-04T02:10", "2026-10-03T15:30");
        check("Asia/Kathmandu", "2026-01-01T00:00", "2025-12-31T18:15");
        // A whole day was skipped.
        check("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00");
    }

    #[test]
    fn the_hour_that_is_kept_does_not_outlive_its_offset() {
        let mut brussels = zone("Europe/Brussels");
        for (wall, instant) in [
            ("2026-03-29T00:30", "2026-03-28T23:30"),
            ("2026-03-29T01:30", "2026-03-29T00:30"),
            ("2026-03-29T02:30", "2026-03-29T01:00"),
            ("2026-03-29T03:30", "2026-03-29T01:30"),
            ("2026-03-29T00:30", "2026-03-28T23:30"),
        ] {
            assert_eq!(brussels.instant(micros(wall)), Some(micros(instant)), "{wall}");
        }
    }

    #[test]
    fn an_unknown_zone_is_named() {
        let mut column = Column::new("at", ColumnType::Datetime);
        column.source_timezone = Some("Europe/Brussel".into());
        let error = LocalZone::of(&column).expect_err("unknown").to_string();
        assert_eq!(error, "column `at` has the unknown time zone `Europe/Brussel`; did you mean `Europe/Brussels`?");
    }

    proptest! {
        #[test]
        fn an_instant_shows_on_the_clock_and_reads_back_no_later(
            second in -2_000_000_000_i64..2_000_000_000,
            name in prop::sample::select(vec!["Europe/Brussels", "America/New_York", "Australia/Lord_Howe"]),
        ) {
            let mut zone = zone(name);
            let instant = second * 1_000_000 + 7;
            let wall = zone.wall(instant).expect("in range");
            let back = zone.instant(wall).expect("in range");
            // The same instant, or the first of two that show the same.
            prop_assert!(back <= instant);
            prop_assert_eq!(zone.wall(back), Some(wall));
        }
    }
}
