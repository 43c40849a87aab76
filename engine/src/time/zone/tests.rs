//! The tables against the zone database itself, and the laws of local time.

use chrono::offset::MappedLocalTime;
use chrono::{DateTime, NaiveDate, Offset, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};
use proptest::prelude::*;

use super::Zone;
use crate::time::civil::{DAY, HOUR, MINUTE, SECOND};

static ZONES: [&str; 14] = [
    "UTC",
    "Europe/Brussels",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "America/St_Johns",
    "Pacific/Apia",
    "Pacific/Kwajalein",
    "Asia/Manila",
    "America/Juneau",
    "Africa/Monrovia",
    "Europe/Dublin",
];

/// The wall clock time of an instant.
fn local(zone: &Zone, instant: i64) -> i64 {
    zone.segment_at(instant).local(instant)
}

/// Microseconds of a time in UTC, or of a wall clock time.
fn at(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> i64 {
    NaiveDate::from_ymd_opt(year, month, day)
        .unwrap()
        .and_hms_opt(hour, minute, 0)
        .unwrap()
        .and_utc()
        .timestamp_micros()
}

fn offset_of_database(zone: Tz, instant: i64) -> i64 {
    let utc = DateTime::from_timestamp_micros(instant).unwrap().naive_utc();
    i64::from(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()) * SECOND
}

#[test]
fn every_zone_agrees_with_the_database_at_all_times() {
    // A linear congruence is random enough here and the same on every run.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for zone in TZ_VARIANTS {
        let table = Zone::named(zone.name()).unwrap();
        for round in 0..60 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let share = i64::try_from(state >> 24).unwrap() % 1_000_000;
            // Two thirds within the years that have changes, the others far outside.
            let (from, years) = if round % 3 == 0 { (at(1600, 1, 1, 0, 0), 800) } else { (at(1880, 1, 1, 0, 0), 225) };
            let instant = from + years * 365 * DAY / 1_000_000 * share;
            let expected = offset_of_database(zone, instant);
            let segment = table.segment_at(instant);
            assert_eq!(segment.offset_micros, expected, "{} at {instant}", zone.name());
            assert!(segment.contains(instant));
        }
    }
}

#[test]
fn segments_change_to_the_second() {
    let brussels = Zone::named("Europe/Brussels").unwrap();
    let summer = brussels.segment_at(at(2026, 7, 1, 0, 0));
    assert_eq!((summer.start, summer.end), (at(2026, 3, 29, 1, 0), at(2026, 10, 25, 1, 0)));
    assert_eq!(summer.offset_micros, 2 * HOUR);
    let lord_howe = Zone::named("Australia/Lord_Howe").unwrap();
    assert_eq!(lord_howe.segment_at(at(2026, 7, 1, 0, 0)).offset_micros, 10 * HOUR + 30 * MINUTE);
    let utc = Zone::utc().segment_at(0);
    assert_eq!((utc.start, utc.end, utc.offset_micros), (i64::MIN, i64::MAX, 0));
}

#[test]
fn gaps_and_overlaps_give_the_earliest_instant() {
    #[track_caller]
    fn check(zone: &str, local: i64, instant: i64) {
        assert_eq!(Zone::named(zone).unwrap().to_instant(local), instant, "{zone}");
    }
    // A gap: 02:30 did not exist, the clock went on at 03:00.
    check("Europe/Brussels", at(2026, 3, 29, 2, 30), at(2026, 3, 29, 1, 0));
    check("Europe/Brussels", at(2026, 3, 29, 1, 59), at(2026, 3, 29, 0, 59));
    check("Europe/Brussels", at(2026, 3, 29, 3, 0), at(2026, 3, 29, 1, 0));
    // An overlap: 02:30 came twice.
    check("Europe/Brussels", at(2026, 10, 25, 2, 30), at(2026, 10, 25, 0, 30));
    check("Europe/Brussels", at(2026, 10, 25, 3, 0), at(2026, 10, 25, 2, 0));
    // Midnight in a gap.
    check("America/Sao_Paulo", at(2018, 11, 4, 0, 0), at(2018, 11, 4, 3, 0));
    // A whole day in a gap.
    check("Pacific/Apia", at(2011, 12, 30, 12, 0), at(2011, 12, 30, 10, 0));
    check("Asia/Kathmandu", at(2026, 1, 1, 0, 0), at(2025, 12, 31, 18, 15));
}

#[test]
fn zones_are_equal_by_name_and_unknown_ones_are_refused() {
    let brussels = Zone::named("Europe/Brussels").unwrap();
    assert_eq!(brussels, Zone::named("Europe/Brussels").unwrap());
    assert_ne!(brussels, Zone::named("Europe/Paris").unwrap());
    assert_eq!(brussels.name(), "Europe/Brussels");
    let error = Zone::named("europe/brusels").unwrap_err();
    assert_eq!(error.kind(), crate::error::ErrorKind::InvalidQuery);
    assert_eq!(error.message(), "there is no time zone `europe/brusels`; did you mean `Europe/Brussels`?");
}

#[test]
fn the_ends_of_time_do_not_panic() {
    for name in ZONES {
        let zone = Zone::named(name).unwrap();
        for extreme in [i64::MIN, i64::MIN + 1, i64::MAX - 1, i64::MAX] {
            local(&zone, zone.to_instant(extreme));
            zone.to_instant(local(&zone, extreme));
        }
    }
}

proptest! {
    #[test]
    fn local_times_come_back(
        zone in prop::sample::select(&ZONES[..]),
        instant in at(1840, 1, 1, 0, 0)..at(2110, 1, 1, 0, 0),
    ) {
        let zone = Zone::named(zone).unwrap();
        let wall = local(&zone, instant);
        let earliest = zone.to_instant(wall);
        prop_assert!(earliest <= instant);
        prop_assert_eq!(local(&zone, earliest), wall);
    }

    #[test]
    fn earliest_instants_agree_with_the_database(
        zone in prop::sample::select(&ZONES[..]),
        minute in at(1910, 1, 1, 0, 0) / MINUTE..at(2110, 1, 1, 0, 0) / MINUTE,
    ) {
        let local = minute * MINUTE;
        let database: Tz = zone.parse().unwrap();
        let wall_clock = DateTime::from_timestamp_micros(local).unwrap().naive_utc();
        let expected = match database.from_local_datetime(&wall_clock) {
            MappedLocalTime::Single(instant) | MappedLocalTime::Ambiguous(instant, _) => instant.timestamp_micros(),
            MappedLocalTime::None => return Ok(()),
        };
        prop_assert_eq!(Zone::named(zone).unwrap().to_instant(local), expected);
    }

    #[test]
    fn later_local_times_are_not_reached_earlier(
        zone in prop::sample::select(&ZONES[..]),
        local in at(1840, 1, 1, 0, 0)..at(2110, 1, 1, 0, 0),
        more in 0_i64..3 * DAY,
    ) {
        let zone = Zone::named(zone).unwrap();
        prop_assert!(zone.to_instant(local) <= zone.to_instant(local + more));
    }
}
