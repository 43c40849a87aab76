//! Conversions beside those that formulas are tested with.

use proptest::prelude::*;

use super::{Written, convert, known_wall, wall_of};
use crate::Type;
use crate::interpret::{Decimal, Value};

fn decimal(precision: u8, scale: i8) -> Type {
    Type::Decimal { precision, scale }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// The text of what a text becomes.
#[track_caller]
fn check(from: &str, to: Type, expected: Option<&str>) {
    let found = convert(convert(text(from), to), Type::Text);
    assert_eq!(found, expected.map(text).into(), "{from}");
}

#[test]
fn dates_are_read_strictly() {
    for date in ["2024-02-29", "0001-01-01", "9999-12-31", "1969-12-31"] {
        check(date, Type::Date, Some(date));
    }
    for other in [
        "",
        "2023-02-29",
        "2024-13-01",
        "2024-00-10",
        "2024-01-00",
        "0000-01-01",
        "2024-1-01",
        " 2024-01-01",
        "2024-01-01 ",
        "2024-01-01T00:00",
        "+2024-01-01",
        "20240101",
        "٢٠٢٤-01-01",
    ] {
        check(other, Type::Date, None);
    }
}

#[test]
fn times_are_read_strictly() {
    let local = |from: &str, expected: Option<&str>| check(from, Type::LocalDatetime, expected);
    local("2024-03-01T10:30", Some("2024-03-01T10:30:00"));
    local("2024-03-01 10:30:05", Some("2024-03-01T10:30:05"));
    local("2024-03-01T10:30:05.250", Some("2024-03-01T10:30:05.25"));
    local("2024-03-01T10:30:05.123456789", Some("2024-03-01T10:30:05.123456"));
    local("1969-12-31T23:59:59.999999", Some("1969-12-31T23:59:59.999999"));
    for other in [
        "2024-03-01",
        "2024-03-01T10",
        "2024-03-01T1:30",
        "2024-03-01T24:00",
        "2024-03-01T10:60",
        "2024-03-01T10:30:60",
        "2024-03-01T10:30.5",
        "2024-03-01T10:30:05.",
        "2024-03-01T10:30:05.1234567890",
        "2024-03-01T10:30Z",
        "2024-03-01t10:30",
        "2024-03-01T10:30\n",
    ] {
        local(other, None);
    }
    let instant = |from: &str, expected: Option<&str>| check(from, Type::Datetime, expected);
    instant("2024-03-01T10:30Z", Some("2024-03-01T10:30:00Z"));
    instant("2024-03-01T10:30:05.5+05:45", Some("2024-03-01T04:45:05.5Z"));
    instant("2024-03-01 00:30-00:30", Some("2024-03-01T01:00:00Z"));
    instant("9999-12-31T23:30-01:00", None);
    instant("0001-01-01T00:30+01:00", None);
    for other in ["2024-03-01T10:30", "2024-03-01T10:30z", "2024-03-01T10:30+1", "2024-03-01T10:30+01", "2024-03-01Z"] {
        instant(other, None);
    }
    instant("2024-03-01T10:30+24:00", None);
    instant("2024-03-01T10:30+22:60", None);
}

#[test]
fn only_two_texts_are_conditions() {
    check("true", Type::Boolean, Some("true"));
    check("false", Type::Boolean, Some("false"));
    for other in ["", "TRUE", "t", "1", " true"] {
        check(other, Type::Boolean, None);
    }
}

#[test]
fn decimals_keep_their_digits() {
    let money = |from: &str, expected: Option<&str>| check(from, decimal(6, 2), expected);
    money("1.005", Some("1.01"));
    money("-1.005", Some("-1.01"));
    money(".5", Some("0.50"));
    money("5.", Some("5.00"));
    money("12e-1", Some("1.20"));
    money("9999.994", Some("9999.99"));
    money("9999.995", None);
    money("0e99999999999999999999", Some("0.00"));
    money("1e-99999999999999999999", Some("0.00"));
    money("1e99999999999999999999", None);
    money(&format!("{}.005", "0".repeat(500)), Some("0.01"));
    money(&format!("0.00{}1", "4".repeat(500)), Some("0.00"));
    money(&format!("1{}e-500", "0".repeat(500)), Some("1.00"));
    for other in ["", " 1", "1,5", "1_0", "e5", "1e", "1e+", "1e1e1", "--1", "+-1", "inf", "NaN", "0x1"] {
        money(other, None);
    }
    check("12345", decimal(3, -2), Some("12300"));
    check("1e201", decimal(76, -127), Some(&format!("1{}", "0".repeat(201))));
    check("1e204", decimal(76, -127), None);
}

#[test]
fn other_types_go_together_where_that_means_something() {
    let check = |from: Value, to: Type, expected: Value| assert_eq!(convert(from.clone(), to), expected, "{from:?}");
    let number = |unscaled, scale| Value::Decimal(Decimal::new(unscaled, scale));
    check(Value::Boolean(true), decimal(3, 2), number(100, 2));
    check(Value::Boolean(true), decimal(2, 2), Value::Null);
    check(Value::Float(2.675), decimal(5, 2), number(268, 2));
    check(Value::Float(1e300), decimal(76, 0), Value::Null);
    check(Value::Integer(0), Type::Boolean, Value::Boolean(false));
    check(Value::Integer(-2), Type::Boolean, Value::Boolean(true));
    check(number(0, 2), Type::Boolean, Value::Boolean(false));
    check(Value::Float(5e-324), Type::Boolean, Value::Boolean(true));
    check(Value::Date(-1), Type::LocalDatetime, Value::LocalDatetime(-86_400_000_000));
    check(Value::Date(i32::MAX), Type::LocalDatetime, Value::Null);
    check(Value::LocalDatetime(-1), Type::Date, Value::Date(-1));
    check(Value::Date(3_000_000), Type::Text, Value::Null);
    check(Value::LocalDatetime(i64::MAX), Type::Text, Value::Null);
    check(Value::Datetime(0), Type::Text, text("1970-01-01T00:00:00Z"));
    for value in [Value::Date(0), Value::Datetime(0), Value::LocalDatetime(0)] {
        for to in [Type::Boolean, Type::Integer, Type::Float, decimal(5, 2)] {
            check(value.clone(), to, Value::Null);
        }
    }
    check(Value::Datetime(0), Type::Date, Value::Null);
    check(Value::Datetime(0), Type::LocalDatetime, Value::Null);
    check(Value::LocalDatetime(0), Type::Datetime, Value::Null);
    check(Value::Boolean(true), Type::Date, Value::Null);
    check(Value::Null, Type::Date, Value::Null);
}

#[test]
fn groups_have_three_digits() {
    let read = |text| Written::read(text, '.', Some(',')).and_then(|number| number.to_float());
    assert_eq!(read("1,234,567.5"), Some(1_234_567.5));
    assert_eq!(read("-12,345"), Some(-12_345.0));
    assert_eq!(read("1234.5e-1"), Some(123.45));
    for other in [",123", "1,23", "1234,567", "1,234,", "1,234,5", "1,,234", "1.234,567", "1,234e", "12,-34"] {
        assert_eq!(read(other), None, "{other}");
    }
}

#[test]
fn whole_numbers_have_only_zeros_behind_the_point() {
    let whole = |text| Written::read(text, '.', None).unwrap().is_whole();
    for text in ["0", "12.0", "12.", "1.5e1", "100e-2", "0.00", "1e99999999999999999999", "0e-99999999999999999999"] {
        assert!(whole(text), "{text}");
    }
    for text in ["0.5", "12.01", "1.55e1", "100e-3", "1e-99999999999999999999"] {
        assert!(!whole(text), "{text}");
    }
}

proptest! {
    #[test]
    fn times_survive_their_text(micros in -62_135_596_800_000_000_i64..253_402_300_800_000_000) {
        for (value, to) in [
            (Value::LocalDatetime(micros), Type::LocalDatetime),
            (Value::Datetime(micros), Type::Datetime),
            (convert(Value::LocalDatetime(micros), Type::Date), Type::Date),
        ] {
            prop_assert_eq!(convert(convert(value.clone(), Type::Text), to), value);
        }
        prop_assert!(known_wall(micros).is_some());
    }

    #[test]
    fn decimals_survive_their_text(unscaled: i128, scale in -20_i8..=38) {
        let value = Value::Decimal(Decimal::new(unscaled, scale));
        prop_assert_eq!(convert(convert(value.clone(), Type::Text), decimal(76, scale)), value);
    }

    #[test]
    fn dates_exist_or_not(year in -1_i64..10_001, month in -1_i64..15, day in -1_i64..34) {
        let written = format!("{year:04}-{month:02}-{day:02}");
        let read = convert(text(&written), Type::Date);
        let made = wall_of([year, month, day], [0; 3]);
        prop_assert_eq!(read, made.map(|wall| Value::Date(wall.date().to_epoch_days())).into());
    }
}
