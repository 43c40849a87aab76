use chrono::{NaiveDate, NaiveDateTime};
use proptest::prelude::*;

use super::literal;
use crate::Span;
use crate::tree::Literal;

#[track_caller]
fn check(token: &str, expected: Literal) {
    assert_eq!(literal(token, Span::new(0, token.len())), Ok(expected), "{token}");
}

/// A token is refused with this message, and this piece of it is meant.
#[track_caller]
fn refused(token: &str, meant: &str, message: &str) {
    let error = literal(token, Span::new(0, token.len())).unwrap_err();
    assert_eq!((error.message(), error.span().text(token)), (message, Some(meant)), "{token}");
}

fn micros(time: &str) -> i64 {
    time.parse::<NaiveDateTime>().unwrap().and_utc().timestamp_micros()
}

#[test]
fn dates_are_days() {
    check("@1970-01-01", Literal::Date(0));
    check("@2024-02-29", Literal::Date(19_782));
    check("@0001-01-01", Literal::Date(-719_162));
    check("@9999-12-31", Literal::Date(2_932_896));
    refused("@0000-01-01", "0000", "there is no year 0; the first is 0001");
    refused("@2024-13-01", "13", "there is no month 13");
    refused("@2024-00-01", "00", "there is no month 0");
    refused("@2024-03-32", "32", "there is no day 32 in 2024-03");
    refused("@2023-02-29", "29", "there is no day 29 in 2023-02");
    refused("@2024-03-00", "00", "there is no day 0 in 2024-03");
    refused("@24-03-01", "24", "a year has 4 digits");
    refused("@12024-03-01", "12024", "a year has 4 digits");
    refused("@2024-3-01", "3", "a month has 2 digits");
    refused("@2024-03-1", "1", "a day has 2 digits");
    refused("@2024-03", "", "a day is missing; dates are written as @2024-03-01");
    refused("@20240301T1030", "20240301", "a year has 4 digits");
    refused("@2024", "@2024", "this is no date and no duration; they are written as @2024-03-01 and @1d12h");
    refused("@2024-03-01x", "x", "a time stands behind a T: @2024-03-01T10:30");
    refused("@10:30", "10", "a year has 4 digits");
}

#[test]
fn times_without_an_offset_are_on_the_wall_clock() {
    check("@1970-01-01T00:00", Literal::LocalDatetime(0));
    check("@2024-03-01T10:30", Literal::LocalDatetime(micros("2024-03-01T10:30:00")));
    check("@2024-03-01t10:30:59", Literal::LocalDatetime(micros("2024-03-01T10:30:59")));
    check("@1969-12-31T23:59:59.999999", Literal::LocalDatetime(-1));
    check("@2024-03-01T10:30:00.5", Literal::LocalDatetime(micros("2024-03-01T10:30:00.5")));
    check("@0001-01-01T00:00", Literal::LocalDatetime(micros("0001-01-01T00:00:00")));
    check("@9999-12-31T23:59:59.999999", Literal::LocalDatetime(micros("9999-12-31T23:59:59.999999")));
    refused("@2024-03-01T24:00", "24", "there is no hour 24");
    refused("@2024-03-01T10:60", "60", "there is no minute 60");
    refused("@2024-03-01T10:30:60", "60", "there is no second 60");
    refused("@2024-03-01T1:30", "1", "an hour has 2 digits");
    refused("@2024-03-01T", "", "an hour has 2 digits");
    refused("@2024-03-01T10", "", "minutes are missing; times are written as @2024-03-01T10:30");
    refused("@2024-03-01T10:30:00.", "", "a second has 1 to 6 digits behind the point");
    refused("@2024-03-01T10:30:00.1234567", "1234567", "a second has 1 to 6 digits behind the point");
    refused("@2024-03-01T10:30.5", ".5", "an offset is written as Z or +02:00");
}

#[test]
fn times_with_an_offset_are_instants() {
    check("@1970-01-01T00:00Z", Literal::Datetime(0));
    check("@1970-01-01T00:00z", Literal::Datetime(0));
    check("@2024-03-01T10:30+02:00", Literal::Datetime(micros("2024-03-01T08:30:00")));
    check("@2024-03-01T00:00:00.25-05:45", Literal::Datetime(micros("2024-03-01T05:45:00.25")));
    check("@2024-03-01T00:00-00:00", Literal::Datetime(micros("2024-03-01T00:00:00")));
    check("@0001-01-01T00:00Z", Literal::Datetime(micros("0001-01-01T00:00:00")));
    check("@9999-12-31T23:59:59.999999Z", Literal::Datetime(micros("9999-12-31T23:59:59.999999")));
    let beyond = "the instant is not within the years 1 to 9999 of UTC";
    refused("@0001-01-01T00:00+00:01", "+00:01", beyond);
    refused("@9999-12-31T23:59-00:01", "-00:01", beyond);
    refused("@2024-03-01T10:30+0200", "0200", "an hour has 2 digits");
    refused("@2024-03-01T10:30+02", "", "an offset is written as Z or +02:00");
    refused("@2024-03-01T10:30+24:00", "24", "there is no hour 24");
    refused("@2024-03-01T10:30ZZ", "Z", "nothing can stand behind the offset of a time");
    refused("@2024-03-01T10:30UTC", "UTC", "an offset is written as Z or +02:00");
}

#[test]
fn durations_are_microseconds() {
    check("@0s", Literal::Duration(0));
    check("@1d12h", Literal::Duration(129_600_000_000));
    check("@90m", Literal::Duration(5_400_000_000));
    check("@2w", Literal::Duration(1_209_600_000_000));
    check("@500ms", Literal::Duration(500_000));
    check("@1w2d3h4m5s6ms7us", Literal::Duration(788_645_006_007));
    check("@007us", Literal::Duration(7));
    check("@9223372036854775807us", Literal::Duration(i64::MAX));
    let long = "the duration has more microseconds than 64 bits hold";
    refused("@9223372036854775808us", "9223372036854775808us", long);
    refused("@15250285w", "15250285w", long);
    refused("@15250284w5d", "15250284w5d", long);
    refused("@1.5h", "5h", "durations have whole numbers: @1h30m, not @1.5h");
    refused("@1d12", "", "a unit is missing here: w, d, h, m, s, ms or us");
    refused("@1dh", "dh", "there is no unit `dh`; there are w, d, h, m, s, ms and us");
    refused("@d", "d", "a number and its unit are missing here: w, d, h, m, s, ms or us");
    let order = "units stand once each and from long to short: w, d, h, m, s, ms, us";
    refused("@1h1d", "d", order);
    refused("@1h2h", "h", order);
    refused("@1us1us", "us", order);
    refused("@1D", "D", "there is no unit `D`; there are w, d, h, m, s, ms and us");
    refused("@3months", "months", "there is no unit `months`; there are w, d, h, m, s, ms and us");
    let long = format!("@1{}", "x".repeat(5000));
    let message = "there is no unit `xxxxxxxxxxxx`; there are w, d, h, m, s, ms and us";
    refused(&long, long.strip_prefix("@1").unwrap(), message);
}

#[test]
fn something_must_stand_behind_the_sign() {
    refused("@", "@", "a date or a duration is missing behind the `@`: @2024-03-01, @1d12h");
    refused("@-1d", "@-1d", "the sign of a duration stands before the `@`: -@1d");
    refused("@5", "@5", "this is no date and no duration; they are written as @2024-03-01 and @1d12h");
}

proptest! {
    #[test]
    fn dates_are_those_of_the_calendar(year in 1_u32..=9999, month in 0_u32..=13, day in 0_u32..=32) {
        let token = format!("@{year:04}-{month:02}-{day:02}");
        let expected = NaiveDate::from_ymd_opt(i32::try_from(year).unwrap(), month, day);
        let expected = expected.map(|date| Literal::Date(date.to_epoch_days()));
        prop_assert_eq!(literal(&token, Span::new(0, token.len())).ok(), expected);
    }

    #[test]
    fn places_are_within_the_token(rest in "[0-9a-zT:.+-]{0,24}", start in 0_usize..100) {
        let token = format!("@{rest}");
        if let Err(error) = literal(&token, Span::new(start, start + token.len())) {
            prop_assert!(error.span().start() >= start && error.span().end() <= start + token.len());
        }
    }
}
