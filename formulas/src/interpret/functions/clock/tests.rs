//! Vectors beside the examples of the entries.

use proptest::prelude::*;

use super::evaluate;
use crate::interpret::convert::{convert, known_wall};
use crate::interpret::{Decimal, Value};
use crate::{ClockFunction, Type};

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn wall(written: &str) -> Value {
    convert(text(written), Type::LocalDatetime)
}

fn instant(written: &str) -> Value {
    convert(text(written), Type::Datetime)
}

#[track_caller]
fn check(function: ClockFunction, arguments: &[Value], expected: Option<&str>) {
    let found = evaluate(function, arguments).map(|value| convert(value, Type::Text));
    assert_eq!(found, expected.map(text), "{arguments:?}");
}

#[test]
fn the_clock_of_a_zone_is_read_both_ways() {
    let at = |zone: &str, utc: &str, local: &str| {
        check(ClockFunction::Wall, &[instant(utc), text(zone)], Some(local));
        check(ClockFunction::Instant, &[wall(local), text(zone)], Some(utc));
    };
    at("UTC", "2024-03-01T10:30:00.5Z", "2024-03-01T10:30:00.5");
    at("Asia/Kathmandu", "2024-12-31T18:15:00Z", "2025-01-01T00:00:00");
    at("America/New_York", "1880-01-01T12:00:00Z", "1880-01-01T07:03:58");
    at("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31T00:00:00");
    let from = |zone: &str, local: &str, utc| check(ClockFunction::Instant, &[wall(local), text(zone)], utc);
    from("Europe/Brussels", "2026-03-29T02:30", Some("2026-03-29T01:00:00Z"));
    from("Europe/Brussels", "2026-10-25T02:30", Some("2026-10-25T00:30:00Z"));
    from("Europe/Brussels", "2026-10-25T03:00", Some("2026-10-25T02:00:00Z"));
    from("America/Sao_Paulo", "2018-11-04T00:00", Some("2018-11-04T03:00:00Z"));
    from("Pacific/Apia", "2011-12-30T12:00", Some("2011-12-30T10:00:00Z"));
    from("Australia/Lord_Howe", "2025-10-05T02:15", Some("2025-10-04T15:30:00Z"));
    from("Asia/Manila", "1844-12-31T12:00", Some("1844-12-31T15:56:08Z"));
    from("Asia/Tokyo", "0001-01-01T00:00", None);
    from("No/Where", "2024-01-01T00:00", None);
    check(ClockFunction::Wall, &[instant("9999-12-31T23:30Z"), text("Asia/Tokyo")], None);
    check(ClockFunction::Wall, &[Value::Datetime(i64::MAX), text("UTC")], None);
    check(ClockFunction::ZoneOffset, &[instant("2024-07-01T00:00Z"), text("Australia/Lord_Howe")], Some("37800"));
    check(ClockFunction::ZoneOffset, &[instant("1880-01-01T00:00Z"), text("America/New_York")], Some("-17762"));
}

#[test]
fn dates_are_made_of_their_parts() {
    let date = |parts: [i64; 3], expected| check(ClockFunction::MakeDate, &parts.map(Value::Integer), expected);
    date([9999, 12, 31], Some("9999-12-31"));
    date([2000, 2, 29], Some("2000-02-29"));
    date([1900, 2, 29], None);
    date([0, 1, 1], None);
    date([10_000, 1, 1], None);
    date([2024, 0, 1], None);
    date([2024, 1, 0], None);
    date([i64::MAX, i64::MIN, 1], None);
    let time = |parts: [i64; 6], expected| check(ClockFunction::MakeDatetime, &parts.map(Value::Integer), expected);
    time([2024, 3, 1, 23, 59, 59], Some("2024-03-01T23:59:59"));
    time([2024, 3, 1, 23, 59, 60], None);
    time([2024, 3, 1, 23, 60, 0], None);
    time([2024, 3, 1, -1, 0, 0], None);
}

#[test]
fn times_show_in_their_format() {
    let show = |time: &str, format: &str, shown| {
        check(ClockFunction::FormatDate, &[wall(time), text(format)], Some(shown));
    };
    let afternoon = "2024-03-01T15:04:05.678912";
    show(afternoon, "YYYY-MM-DD HH:mm:ss.SSS", "2024-03-01 15:04:05.678");
    show(afternoon, "YY M D H h m s S SS SSSS SSSSS SSSSSS", "24 3 1 15 3 4 5 6 67 6789 67891 678912");
    show(afternoon, "MMM MMMM E EEE EEEE", "Mar March Fri Fri Friday");
    show(afternoon, "hhA hha Q DDD DDDD", "03PM 03pm 1 61 061");
    show(afternoon, "'at' H 'o''clock'", "at 15 o'clock");
    show("2024-12-30T00:00", "GGGG W WW h A", "2025 1 01 12 AM");
    show("2021-01-03T12:00", "GGGG-WW, h a", "2020-53, 12 pm");
    show("0001-01-01T00:00", "YYYY YY GGGG WW", "0001 01 0001 01");
    check(ClockFunction::FormatDate, &[Value::Date(19_783), text("D.M.YYYY HH:mm")], Some("1.3.2024 00:00"));
    check(ClockFunction::FormatDate, &[Value::Date(i32::MAX), text("YYYY")], None);
}

#[test]
fn times_are_read_in_their_format() {
    let read = |written: &str, format: &str, expected| {
        check(ClockFunction::ParseDatetime, &[text(written), text(format)], expected);
    };
    let midnight = Some("2024-03-01T00:00:00");
    read("2024-03-01 10:30:15.250", "YYYY-MM-DD HH:mm:ss.SSS", Some("2024-03-01T10:30:15.25"));
    read("01-03-2024", "DD-MM-YYYY", midnight);
    read("1/3/24", "D/M/YY", midnight);
    read("01/03/24", "D/M/YY", midnight);
    read("1 MARCH 2024", "D MMMM YYYY", midnight);
    read("fri, mar 1 2024", "EEE, MMM D YYYY", midnight);
    read("20240301", "YYYYMMDD", midnight);
    read("2024 061", "YYYY DDDD", midnight);
    read("2024 61 1.3.", "YYYY DDD D.M.", midnight);
    read("Q1 '24", "'Q'Q ''YY", Some("2024-01-01T00:00:00"));
    read("2024", "YYYY", Some("2024-01-01T00:00:00"));
    read("2024-12 12:05 am", "YYYY-MM hh:mm A", Some("2024-12-01T00:05:00"));
    read("2024 12 PM", "YYYY h A", Some("2024-01-01T12:00:00"));
    read("2024 15 3 pm", "YYYY H h a", Some("2024-01-01T15:00:00"));
    read("69 68", "YY M", None);
    read("69", "YY", Some("1969-01-01T00:00:00"));
    read("68", "YY", Some("2068-01-01T00:00:00"));
    read("2024 5 512", "YYYY S SSS", Some("2024-01-01T00:00:00.512"));
    for (written, format) in [
        ("", "YYYY"),
        ("2024-3-01", "YYYY-MM-DD"),
        ("2024-03-01 ", "YYYY-MM-DD"),
        ("24-03-01", "YYYY-MM-DD"),
        ("2024/03/01", "YYYY-MM-DD"),
        ("2023-02-29", "YYYY-MM-DD"),
        ("2024-13-01", "YYYY-MM-DD"),
        ("2024-00-01", "YYYY-MM-DD"),
        ("0000-01-01", "YYYY-MM-DD"),
        ("２０２４", "YYYY"),
        ("2024 24", "YYYY HH"),
        ("2024 0 AM", "YYYY h A"),
        ("2024 13 PM", "YYYY h A"),
        ("2024 15 AM", "YYYY H A"),
        ("2024 3 xm", "YYYY h A"),
        ("2024 Foo", "YYYY MMM"),
        ("2024 Mär", "YYYY MMM"),
        ("2024 Marc", "YYYY MMMM"),
        ("2024-04 Q1", "YYYY-MM 'Q'Q"),
        ("2024 Q5", "YYYY 'Q'Q"),
        ("Mon 2024-03-01", "E YYYY-MM-DD"),
        ("2024 61 2.3.", "YYYY DDD D.M."),
        ("2023 366", "YYYY DDDD"),
        ("2024 23", "YYYY YY"),
        ("2024 2023", "YYYY YYYY"),
        ("2024 5 612", "YYYY S SSS"),
        ("2025-W01", "GGGG-'W'WW"),
        ("10:30", "HH:mm"),
        ("2024", "YYYY'"),
    ] {
        read(written, format, None);
    }
    check(ClockFunction::ParseDate, &[text("2024-03-01 10:30"), text("YYYY-MM-DD HH:mm")], Some("2024-03-01"));
    check(ClockFunction::ParseDate, &[text("2024-03-01 25:30"), text("YYYY-MM-DD HH:mm")], None);
}

#[test]
fn seconds_are_cut_to_the_microsecond_before() {
    let from = |seconds, expected| check(ClockFunction::FromUnix, &[seconds], expected);
    from(Value::Integer(-62_135_596_800), Some("0001-01-01T00:00:00Z"));
    from(Value::Integer(-62_135_596_801), None);
    from(Value::Integer(253_402_300_799), Some("9999-12-31T23:59:59Z"));
    from(Value::Integer(253_402_300_800), None);
    from(Value::Integer(i64::MAX), None);
    from(Value::Decimal(Decimal::new(15, 1)), Some("1970-01-01T00:00:01.5Z"));
    from(Value::Decimal(Decimal::new(15, -1)), Some("1970-01-01T00:02:30Z"));
    from(Value::Decimal(Decimal::new(1, 7)), Some("1970-01-01T00:00:00Z"));
    from(Value::Decimal(Decimal::new(-1, 7)), Some("1969-12-31T23:59:59.999999Z"));
    from(Value::Float(-5e-324), Some("1969-12-31T23:59:59.999999Z"));
    from(Value::Float(1_709_289_000.123_456_7), Some("2024-03-01T10:30:00.123456Z"));
    from(Value::Float(f64::MAX), None);
    let millis = |value, expected| check(ClockFunction::FromUnixMillis, &[Value::Integer(value)], expected);
    millis(-1, Some("1969-12-31T23:59:59.999Z"));
    millis(i64::MIN, None);
    check(ClockFunction::ToUnix, &[Value::Datetime(i64::MIN)], Some("-9223372036854.775808"));
    check(ClockFunction::ToUnixMillis, &[Value::Datetime(-1)], Some("-1"));
}

#[test]
fn durations_have_hours_minutes_and_seconds() {
    let show = |seconds, expected| check(ClockFunction::DurationText, &[seconds], expected);
    show(Value::Integer(0), Some("0:00:00"));
    show(Value::Integer(-1), Some("-0:00:01"));
    show(Value::Integer(360_000), Some("100:00:00"));
    show(Value::Integer(i64::MIN), Some("-2562047788015215:30:08"));
    show(Value::Float(-0.4), Some("0:00:00"));
    show(Value::Decimal(Decimal::new(-1_005, 1)), Some("-0:01:41"));
    show(Value::Float(1e19), None);
}

proptest! {
    #[test]
    fn what_is_shown_is_read_again(time in -62_135_596_800_000_000_i64..253_402_300_800_000_000, which in 0_usize..5) {
        let format = [
            "YYYY-MM-DD'T'HH:mm:ss.SSSSSS",
            "EEEE D MMMM YYYY, h:mm:ss.SSSSSS A",
            "DDD YYYY H m s SSSSSS",
            "SSSSSS ss mm hh a DDDD Q MMM E YYYY YY",
            "YYYYMMDDHHmmssSSSSSS",
        ][which];
        let shown = evaluate(ClockFunction::FormatDate, &[Value::LocalDatetime(time), text(format)]).unwrap();
        let read = evaluate(ClockFunction::ParseDatetime, &[shown, text(format)]);
        prop_assert_eq!(read, Some(Value::LocalDatetime(time)));
    }

    #[test]
    fn any_text_is_read_or_not(written in "[0-9 ]{0,10}", format in "[YMDHmsSQ ]{1,6}") {
        let read = evaluate(ClockFunction::ParseDatetime, &[text(&written), text(&format)]);
        if let Some(Value::LocalDatetime(micros)) = read {
            prop_assert!(known_wall(micros).is_some());
        }
    }
}
