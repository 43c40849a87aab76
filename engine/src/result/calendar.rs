//! Dates and instants as text, over the whole range that Arrow can hold.
//!
//! Years from 0 to 9999 have four digits; others carry a sign and as many digits as they need, the expanded form of
//! ISO 8601: `+10000-01-01`, `-0001-12-31`.

use arrow::array::timezone::Tz;
use chrono::{DateTime, Datelike, NaiveDate, Offset, TimeZone};

use super::number::push_unsigned;

/// The Gregorian calendar repeats after 400 years of together so many days.
const CYCLE_YEARS: i64 = 400;
const CYCLE_DAYS: i64 = 146_097;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// Further out than this many microseconds from 1970 the zone rules are those of this instant: chrono's own calendar
/// ends a little later, Arrow's timestamps do not.
const FAR: i64 = 8_000_000_000_000_000_000;

/// Appends the date so many days after 1970-01-01.
pub(super) fn push_date(out: &mut Vec<u8>, days: i64) {
    // chrono knows fewer years than Arrow, so it is asked about the same day of the first cycle after 1970.
    let day = i32::try_from(days.rem_euclid(CYCLE_DAYS)).unwrap_or_default();
    let date = NaiveDate::from_epoch_days(day).unwrap_or_default();
    push_year(out, i64::from(date.year()) + days.div_euclid(CYCLE_DAYS) * CYCLE_YEARS);
    out.push(b'-');
    push_unsigned(out, date.month().into(), 2);
    out.push(b'-');
    push_unsigned(out, date.day().into(), 2);
}

/// Appends a wall clock time in microseconds, without an offset.
pub(super) fn push_local(out: &mut Vec<u8>, micros: i64) {
    push_date_and_time(out, micros.div_euclid(DAY), micros.rem_euclid(DAY));
}

/// Appends an instant as RFC 3339 at an offset from UTC of whole minutes; the offset zero is written `Z`.
pub(super) fn push_instant(out: &mut Vec<u8>, micros: i64, offset_seconds: i32) {
    // The offset goes to the time of day, where it cannot overflow.
    let time = micros.rem_euclid(DAY) + i64::from(offset_seconds) * SECOND;
    push_date_and_time(out, micros.div_euclid(DAY) + time.div_euclid(DAY), time.rem_euclid(DAY));
    if offset_seconds == 0 {
        out.push(b'Z');
        return;
    }
    out.push(if offset_seconds < 0 { b'-' } else { b'+' });
    let minutes = u64::from(offset_seconds.unsigned_abs() / 60);
    push_unsigned(out, minutes / 60, 2);
    out.push(b':');
    push_unsigned(out, minutes % 60, 2);
}

fn push_year(out: &mut Vec<u8>, year: i64) {
    if !(0..=9999).contains(&year) {
        out.push(if year < 0 { b'-' } else { b'+' });
    }
    push_unsigned(out, year.unsigned_abs(), 4);
}

fn push_date_and_time(out: &mut Vec<u8>, days: i64, micros_of_day: i64) {
    push_date(out, days);
    out.push(b'T');
    let micros = u64::try_from(micros_of_day).unwrap_or_default();
    let (seconds, fraction) = (micros / 1_000_000, micros % 1_000_000);
    push_unsigned(out, seconds / 3600, 2);
    out.push(b':');
    push_unsigned(out, seconds / 60 % 60, 2);
    out.push(b':');
    push_unsigned(out, seconds % 60, 2);
    if fraction > 0 {
        out.push(b'.');
        match fraction % 1000 {
            0 => push_unsigned(out, fraction / 1000, 3),
            _ => push_unsigned(out, fraction, 6),
        }
    }
}

/// The zone in which a column shows its instants.
#[derive(Debug, Clone, Copy)]
pub(super) struct Zone(Tz);

impl Zone {
    /// The zone of an IANA name or of a fixed offset such as `+02:00`.
    pub(super) fn parse(name: &str) -> Option<Self> {
        name.parse().ok().map(Self)
    }

    /// The offset from UTC in force at an instant, in seconds. RFC 3339 has no seconds in offsets, so the odd ones from
    /// before standard time are rounded to the minute: the text then still names exactly the same instant.
    pub(super) fn offset_seconds(self, micros: i64) -> i32 {
        let instant = DateTime::from_timestamp_micros(micros.clamp(-FAR, FAR)).unwrap_or_default();
        let seconds = self.0.offset_from_utc_datetime(&instant.naive_utc()).fix().local_minus_utc();
        (seconds + 30).div_euclid(60) * 60
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};
    use proptest::prelude::*;

    use super::{Zone, push_date, push_instant, push_local};

    fn text(push: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        push(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn dates_beyond_four_digits_of_year_are_expanded() {
        let check = |days: i32, expected: &str| assert_eq!(text(|out| push_date(out, days.into())), expected);
        check(0, "1970-01-01");
        check(-1, "1969-12-31");
        check(11_016, "2000-02-29");
        check(2_932_896, "9999-12-31");
        check(2_932_897, "+10000-01-01");
        check(-719_528, "0000-01-01");
        check(-719_529, "-0001-12-31");
        check(i32::MAX, "+5881580-07-11");
        check(i32::MIN, "-5877641-06-23");
    }

    #[test]
    fn wall_clock_times_show_fractions_only_where_there_are_any() {
        let check = |micros: i64, expected: &str| assert_eq!(text(|out| push_local(out, micros)), expected);
        check(1_357_016_400_000_000, "2013-01-01T05:00:00");
        check(1_357_016_400_500_000, "2013-01-01T05:00:00.500");
        check(1_357_016_400_123_456, "2013-01-01T05:00:00.123456");
        check(-1, "1969-12-31T23:59:59.999999");
        check(i64::MAX, "+294247-01-10T04:00:54.775807");
        check(i64::MIN, "-290308-12-21T19:59:05.224192");
    }

    #[test]
    fn instants_carry_the_offset_of_their_zone_at_that_instant() {
        let check = |zone: &str, micros: i64, expected: &str| {
            let zone = Zone::parse(zone).unwrap();
            assert_eq!(text(|out| push_instant(out, micros, zone.offset_seconds(micros))), expected);
        };
        let (winter, summer, long_ago) = (1_357_034_400_000_000, 1_372_672_800_000_000, -2_840_097_600_000_000);
        check("UTC", winter, "2013-01-01T10:00:00Z");
        check("America/New_York", winter, "2013-01-01T05:00:00-05:00");
        check("America/New_York", summer, "2013-07-01T06:00:00-04:00");
        check("Europe/London", winter, "2013-01-01T10:00:00Z");
        check("Europe/London", summer, "2013-07-01T11:00:00+01:00");
        check("Asia/Kolkata", winter, "2013-01-01T15:30:00+05:30");
        // Local mean time, 4:56:02 behind UTC.
        check("America/New_York", long_ago, "1880-01-01T07:04:00-04:56");
        check("+02:00", i64::MAX, "+294247-01-10T06:00:54.775807+02:00");
        check("-05:00", i64::MIN, "-290308-12-21T14:59:05.224192-05:00");
        assert!(Zone::parse("Mars/Olympus").is_none());
    }

    #[test]
    fn the_ends_of_the_range_have_an_offset_in_every_zone() {
        for zone in ["America/New_York", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Monrovia"] {
            let zone = Zone::parse(zone).unwrap();
            for micros in [i64::MIN, i64::MIN + 1, i64::MAX] {
                let text = text(|out| push_instant(out, micros, zone.offset_seconds(micros)));
                assert!(text.starts_with("+294247-01-") || text.starts_with("-290308-12-2"), "{text}");
            }
        }
    }

    proptest! {
        #[test]
        fn dates_are_those_of_chrono(days in -90_000_000_i32..90_000_000) {
            let date = NaiveDate::from_epoch_days(days).unwrap();
            prop_assert_eq!(text(|out| push_date(out, days.into())), date.to_string());
        }

        #[test]
        fn instants_read_back(micros in -62_000_000_000_000_000_i64..250_000_000_000_000_000) {
            let zone = Zone::parse("America/New_York").unwrap();
            let text = text(|out| push_instant(out, micros, zone.offset_seconds(micros)));
            prop_assert_eq!(DateTime::parse_from_rfc3339(&text).unwrap().timestamp_micros(), micros);
        }
    }
}
