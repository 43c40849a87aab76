//! Vectors beside the examples of the entries.

use proptest::prelude::*;

use super::evaluate;
use crate::interpret::convert::convert;
use crate::interpret::{Decimal, Value};
use crate::{ConversionFunction, Type};

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// The value of a function as text.
fn shown(function: ConversionFunction, arguments: &[Value]) -> Option<Value> {
    evaluate(function, arguments, Type::Text).map(|value| convert(value, Type::Text))
}

#[track_caller]
fn check(function: ConversionFunction, arguments: &[Value], expected: Option<&str>) {
    assert_eq!(shown(function, arguments), expected.map(text), "{arguments:?}");
}

#[test]
fn numbers_are_read_with_goodwill() {
    let read = |written: &str, float, integer| {
        check(ConversionFunction::ToNumber, &[text(written)], float);
        check(ConversionFunction::ToInteger, &[text(written)], integer);
    };
    read("12", Some("12.0"), Some("12"));
    read("\t+12.5\u{a0}\n", Some("12.5"), Some("13"));
    read("-12.5", Some("-12.5"), Some("-13"));
    read("-0.4", Some("-0.4"), Some("0"));
    read("1,234,567.89", Some("1234567.89"), Some("1234568"));
    read("9223372036854775807", Some("9.223372036854776e+18"), Some("9223372036854775807"));
    read("9223372036854775807.5", Some("9.223372036854776e+18"), None);
    read("1e3", Some("1000.0"), Some("1000"));
    read("1e400", None, None);
    read("1e-400", Some("0.0"), Some("0"));
    read(".5", Some("0.5"), Some("1"));
    for other in ["", " ", ".", "-", "1 234", "1,23", "12%", "$1", "1_000", "NaN", "infinity", "0x10", "- 1", "١"] {
        read(other, None, None);
    }
    let integer = |number, expected| check(ConversionFunction::ToInteger, &[number], expected);
    integer(Value::Boolean(true), Some("1"));
    integer(Value::Integer(i64::MIN), Some("-9223372036854775808"));
    integer(Value::Decimal(Decimal::new(-25, 1)), Some("-3"));
    integer(Value::Float(0.499_999_999_999_999_94), Some("0"));
    integer(Value::Float(1_234_567_890_123_456_768.0), Some("1234567890123456768"));
    integer(Value::Float(9_223_372_036_854_775_808.0), None);
    integer(Value::Date(0), None);
    let whole = |number, expected| check(ConversionFunction::StrictInteger, &[number], expected);
    whole(Value::Float(-9_223_372_036_854_775_808.0), Some("-9223372036854775808"));
    whole(Value::Float(1e-300), None);
    whole(Value::Decimal(Decimal::new(1_000, 3)), Some("1"));
    whole(Value::Decimal(Decimal::new(1_001, 3)), None);
    whole(Value::Integer(7), Some("7"));
}

#[test]
fn texts_are_asked_what_they_are() {
    let numeric = |written: &str, number, integer| {
        check(ConversionFunction::IsNumeric, &[text(written)], Some(number));
        check(ConversionFunction::IsInteger, &[text(written)], Some(integer));
    };
    numeric(" 12 ", "true", "true");
    numeric("1.5e1", "true", "true");
    numeric("1.55e1", "true", "false");
    numeric("9223372036854775808", "true", "false");
    numeric("1e400", "false", "false");
    numeric("0e400", "true", "true");
    numeric("12a", "false", "false");
    let truth = |written: &str, expected| check(ConversionFunction::ToBoolean, &[text(written)], expected);
    for yes in ["true", "T", "YES", "y", "On", " 1\n"] {
        truth(yes, Some("true"));
    }
    for no in ["false", "F", "NO", "n", "oFF", "0"] {
        truth(no, Some("false"));
    }
    for other in ["", "2", "01", "truee", "ja"] {
        truth(other, None);
    }
    check(ConversionFunction::IsDate, &[text("2024-02-30")], Some("false"));
    check(ConversionFunction::IsDate, &[text("9999-12-31")], Some("true"));
}

#[test]
fn separators_are_what_they_are_said_to_be() {
    let parse = |written: &str, decimal: &str, group: &str, expected| {
        check(ConversionFunction::ParseNumber, &[text(written), text(decimal), text(group)], expected);
    };
    parse("1 234 567,5", ",", " ", Some("1234567.5"));
    parse("1\u{202f}234,5", ",", "\u{202f}", Some("1234.5"));
    parse("1'234.5", ".", "'", Some("1234.5"));
    parse("1234,5", ",", "", Some("1234.5"));
    parse("1.234", ",", ".", Some("1234.0"));
    parse("1.234", ".", "", Some("1.234"));
    parse("1.234", ".", ".", None);
    parse("1.5", ",", ".", None);
    parse("1,5", ".", "", None);
    check(ConversionFunction::ParseNumber, &[text("-1,5e1"), text(",")], Some("-15.0"));
    let format = |number, digits, separators: &[&str], expected| {
        let mut arguments = vec![number, Value::Integer(digits)];
        arguments.extend(separators.iter().map(|separator| text(separator)));
        check(ConversionFunction::FormatNumber, &arguments, expected);
    };
    let decimal = |unscaled, scale| Value::Decimal(Decimal::new(unscaled, scale));
    format(Value::Integer(-1_234_567), 0, &[".", ","], Some("-1,234,567"));
    format(Value::Integer(i64::MIN), 1, &[",", " "], Some("-9 223 372 036 854 775 808,0"));
    format(Value::Integer(999), 0, &[".", ","], Some("999"));
    format(decimal(9_995, 3), 2, &[], Some("10.00"));
    format(decimal(-4, 3), 2, &[], Some("0.00"));
    format(decimal(-5, 3), 2, &[], Some("-0.01"));
    format(decimal(5, -2), 3, &[","], Some("500,000"));
    format(Value::Float(0.285), 2, &[], Some("0.29"));
    format(Value::Float(1e21), 2, &[".", "_"], Some("1_000_000_000_000_000_000_000.00"));
    format(Value::Float(123_456_789.125), 20, &[], Some("123456789.12500000000000000000"));
    format(Value::Float(5e-324), 20, &[], Some("0.00000000000000000000"));
    format(Value::Integer(1), 0, &[",", ","], None);
    let huge = format!("17976931348623157{}.0", "0".repeat(292));
    format(Value::Float(f64::MAX), 1, &[], Some(&huge));
}

#[test]
fn integers_have_digits_of_other_bases() {
    let to = |value, base, expected| {
        check(ConversionFunction::ToBase, &[Value::Integer(value), Value::Integer(base)], Some(expected));
    };
    to(0, 2, "0");
    to(i64::MAX, 36, "1y2p0ij32e8e7");
    to(i64::MIN, 16, "-8000000000000000");
    check(ConversionFunction::ToHex, &[Value::Integer(i64::MIN)], Some("-8000000000000000"));
    let from = |written: &str, expected| check(ConversionFunction::FromHex, &[text(written)], expected);
    from("+0XfF", Some("255"));
    from("-8000000000000000", Some("-9223372036854775808"));
    from("8000000000000000", None);
    for other in ["", "-", "0x", "0x-1", "x1", "--1", "1 ", "0x0x1"] {
        from(other, None);
    }
    let from = |written: &str, base, expected| {
        check(ConversionFunction::FromBase, &[text(written), Value::Integer(base)], expected);
    };
    from("+101", 2, Some("5"));
    from("102", 2, None);
    from("", 10, None);
    from("0x1", 16, None);
}

proptest! {
    #[test]
    fn integers_come_back_from_every_base(value: i64, base in 2_i64..=36) {
        let written = evaluate(ConversionFunction::ToBase, &[Value::Integer(value), Value::Integer(base)], Type::Text);
        let read = evaluate(ConversionFunction::FromBase, &[written.unwrap(), Value::Integer(base)], Type::Integer);
        prop_assert_eq!(read, Some(Value::Integer(value)));
    }

    #[test]
    fn formatted_numbers_are_read_again(unscaled in -99_999_999_999_999_i64..99_999_999_999_999, which in 0_usize..3) {
        let (decimal, group) = [(".", ","), (",", "."), (",", "\u{202f}")][which];
        let separators = [text(decimal), text(group)];
        let number = Value::Decimal(Decimal::new(unscaled.into(), 2));
        let mut arguments = vec![number.clone(), Value::Integer(2)];
        arguments.extend(separators.clone());
        let written = evaluate(ConversionFunction::FormatNumber, &arguments, Type::Text).unwrap();
        let mut arguments = vec![written];
        arguments.extend(separators);
        let read = evaluate(ConversionFunction::ParseNumber, &arguments, Type::Float);
        prop_assert_eq!(read, Some(convert(number, Type::Float)));
    }
}
