//! Each function by example, and laws between them.

use proptest::prelude::*;

use crate::interpret::functions::evaluate;
use crate::interpret::{Decimal, Value};
use crate::{NumberFunction, ResultType, ScalarFunction, Type};

/// `null`, an integer, a decimal with a point, a float with an exponent; else a text.
fn value(text: &str) -> (Value, Type) {
    if let Ok(integer) = text.parse() {
        return (Value::Integer(integer), Type::Integer);
    }
    let digits: String = text.chars().filter(|character| character.is_ascii_digit()).collect();
    match (text, text.contains('e'), text.split_once('.'), digits.is_empty()) {
        ("null", ..) => (Value::Null, Type::Integer),
        (_, true, _, false) => (Value::Float(text.parse().unwrap()), Type::Float),
        (_, false, Some((_, fraction)), false) => {
            let scale = i8::try_from(fraction.len()).unwrap();
            let value_type = Type::Decimal { precision: u8::try_from(digits.len()).unwrap(), scale };
            (Value::Decimal(Decimal::from_unscaled(&text.replace('.', ""), scale).unwrap()), value_type)
        }
        _ => (Value::Text(text.to_owned()), Type::Text),
    }
}

fn call(function: NumberFunction, arguments: &[(Value, Type)]) -> Value {
    let (values, types): (Vec<Value>, Vec<Type>) = arguments.iter().cloned().unzip();
    let result = match function.entry().result {
        ResultType::Always(value_type) => value_type,
        ResultType::Of(place) => types[place],
        ResultType::From(result) => result(&types),
        // All have one type.
        _ => types[0],
    };
    let value = evaluate(ScalarFunction::Number(function), &values, result);
    let fits = match (&value, result) {
        (Value::Null, _)
        | (Value::Boolean(_), Type::Boolean)
        | (Value::Integer(_), Type::Integer)
        | (Value::Float(_), Type::Float)
        | (Value::Text(_), Type::Text) => true,
        (Value::Decimal(decimal), Type::Decimal { precision, scale }) => {
            decimal.scale() == i32::from(scale) && decimal.fitted(precision, scale).is_some()
        }
        _ => false,
    };
    assert!(fits, "{function:?} gives {value:?}, not {result}");
    value
}

fn show(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Decimal(value) => value.to_string(),
        Value::Float(value) => format!("{value:?}"),
        Value::Text(text) => text.clone(),
        other => format!("{other:?}"),
    }
}

#[track_caller]
fn check(function: NumberFunction, cases: &[(&str, &str)]) {
    for (arguments, expected) in cases {
        let values: Vec<_> = arguments.split_whitespace().map(value).collect();
        assert_eq!(show(&call(function, &values)), *expected, "{} of {arguments}", function.entry().name);
    }
}

#[test]
fn signs() {
    check(NumberFunction::Absolute, &[("-3", "3"), ("-2.50", "2.50"), ("-9223372036854775808", "null")]);
    check(NumberFunction::Sign, &[("-2.5", "-1"), ("0.00", "0"), ("3e0", "1"), ("-0e0", "0"), ("null", "null")]);
}

#[test]
fn rounding() {
    check(
        NumberFunction::Round,
        &[
            ("9.9", "10.0"),
            ("2.675e0 2", "2.68"),
            ("-2.5", "-3.0"),
            ("1250 -2", "1300"),
            ("99.5 -2", "100.0"),
            ("5.5 9", "5.5"),
        ],
    );
    check(
        NumberFunction::RoundEven,
        &[
            ("2.5", "2.0"),
            ("3.5", "4.0"),
            ("-0.5", "0.0"),
            ("0.125e0 2", "0.12"),
            ("0.1251e0 2", "0.13"),
            ("1350 -2", "1400"),
        ],
    );
    check(
        NumberFunction::RoundEven,
        &[
            ("9223372036854775807 -1", "null"),
            ("1e300", "1e300"),
            ("5e-324 38", "0.0"),
            ("25 -1", "20"),
            ("9.95 1", "10.00"),
        ],
    );
    check(
        NumberFunction::Floor,
        &[("-2.5", "-3"), ("2.5e0", "2.0"), ("-9.01", "-10"), ("7", "7"), ("0.05", "0"), ("-0.05", "-1")],
    );
    check(
        NumberFunction::Ceiling,
        &[("-2.5", "-2"), ("2.5e0", "3.0"), ("9.01", "10"), ("7", "7"), ("-0.5e0", "0.0"), ("9.00", "9")],
    );
    check(
        NumberFunction::Truncate,
        &[
            ("-2.7", "-2"),
            ("2.678 2", "2.670"),
            ("1299 -2", "1200"),
            ("0.29e0 2", "0.29"),
            ("-2.679e0 2", "-2.67"),
            ("0.05", "0"),
        ],
    );
}

#[test]
fn multiples() {
    check(
        NumberFunction::RoundTo,
        &[
            ("1.13e0 5e-2", "1.15"),
            ("1.125e0 5e-2", "1.15"),
            ("-1.125e0 -5e-2", "-1.15"),
            ("7e0 5e0", "5.0"),
            ("7e0 0e0", "null"),
            ("1e17 3e0", "1e17"),
            ("1e300 7e0", "1e300"),
            ("1e-300 7e0", "0.0"),
            ("1.7e308 1.1e308", "null"),
        ],
    );
}

#[test]
fn division() {
    check(
        NumberFunction::Quotient,
        &[
            ("7 2", "3"),
            ("-7 2", "-3"),
            ("7 0", "null"),
            ("-9223372036854775808 -1", "null"),
            ("7.5 0.5", "15"),
            ("99.99 0.01", "9999"),
        ],
    );
    check(
        NumberFunction::Quotient,
        &[("7 0.01", "700"), ("1e0 0.1", "10.0"), ("-7e0 2", "-3.0"), ("1 0e0", "null"), ("0.01 7", "0")],
    );
    check(
        NumberFunction::Remainder,
        &[
            ("7 3", "1"),
            ("-7 3", "-1"),
            ("7 -3", "1"),
            ("-9223372036854775808 -1", "0"),
            ("7 0", "null"),
            ("7.5 2", "1.5"),
        ],
    );
    check(
        NumberFunction::Remainder,
        &[("7 0.25", "0.00"), ("-1.23 0.5", "-0.23"), ("5.5e0 2", "1.5"), ("1 0e0", "null"), ("-4e0 2", "0.0")],
    );
    check(
        NumberFunction::PositiveRemainder,
        &[
            ("-7 3", "2"),
            ("7 -3", "-2"),
            ("-6 3", "0"),
            ("-1.23 0.5", "0.27"),
            ("-5.5e0 2", "0.5"),
            ("-1 99.5", "98.5"),
            ("3 0", "null"),
        ],
    );
    let nines = format!("{}.", "9".repeat(76));
    let [by_seven, by_itself] = [format!("{nines} 7"), format!("{nines} {nines}")];
    check(NumberFunction::Remainder, &[(by_seven.as_str(), "3"), (by_itself.as_str(), "0")]);
}

#[test]
fn buckets() {
    check(
        NumberFunction::WidthBucket,
        &[
            ("3.5 0 10 5", "2"),
            ("10 0 10 5", "6"),
            ("-1 0 10 5", "0"),
            ("0 0 10 5", "1"),
            ("0.29e0 0 1 100", "30"),
            ("5 5 5 3", "null"),
        ],
    );
    check(
        NumberFunction::WidthBucket,
        &[
            ("9 10 0 5", "1"),
            ("10 10 0 5", "1"),
            ("0 10 0 5", "6"),
            ("11 10 0 5", "0"),
            ("2 0 10 0", "null"),
            ("7 0 1 9223372036854775807", "null"),
        ],
    );
}

#[test]
fn powers_and_logarithms() {
    check(
        NumberFunction::Power,
        &[("10e0 2e0", "100.0"), ("-8e0 5e-1", "null"), ("0e0 -1e0", "null"), ("10e0 400e0", "null")],
    );
    check(NumberFunction::SquareRoot, &[("9e0", "3.0"), ("-1e0", "null"), ("0e0", "0.0")]);
    check(NumberFunction::CubeRoot, &[("27e0", "3.0"), ("-216e0", "-6.0"), ("0e0", "0.0")]);
    check(NumberFunction::Exponential, &[("0e0", "1.0"), ("1e3", "null"), ("-1e3", "0.0")]);
    check(NumberFunction::NaturalLogarithm, &[("1e0", "0.0"), ("0e0", "null"), ("-1e0", "null")]);
    check(NumberFunction::Logarithm10, &[("1e3", "3.0"), ("1e-3", "-3.0"), ("0e0", "null")]);
    check(NumberFunction::Logarithm2, &[("8e0", "3.0"), ("125e-3", "-3.0"), ("-8e0", "null")]);
    check(
        NumberFunction::Logarithm,
        &[
            ("1e3", "3.0"),
            ("125e0 5e0", "3.0"),
            ("8e0 1e0", "null"),
            ("1e0 1e0", "null"),
            ("8e0 0e0", "null"),
            ("-1e0 2e0", "null"),
        ],
    );
}

#[test]
fn angles_and_distances() {
    check(NumberFunction::ArcSine, &[("1e0", "1.5707963267948966"), ("2e0", "null")]);
    check(NumberFunction::ArcCosine, &[("1e0", "0.0"), ("-2e0", "null")]);
    check(NumberFunction::ArcTangent2, &[("1e0 -1e0", "2.356194490192345"), ("0e0 0e0", "0.0")]);
    check(NumberFunction::Radians, &[("180e0", "3.141592653589793")]);
    check(NumberFunction::Hypotenuse, &[("3e0 4e0", "5.0"), ("null 4e0", "null")]);
    check(NumberFunction::Haversine, &[("1e0 2e0 1e0 2e0", "0.0"), ("91e0 0e0 0e0 0e0", "null")]);
    let places = ["50.9014e0", "4.4844e0", "40.6413e0", "-73.7781e0"].map(value);
    let Value::Float(distance) = call(NumberFunction::Haversine, &places) else { panic!("no distance") };
    assert!((distance - 5_885.359_213).abs() < 1e-6, "{distance}");
}

#[test]
fn the_greatest_the_least_and_limits() {
    check(
        NumberFunction::Greatest,
        &[("3 null 5", "5"), ("null", "null"), ("b a", "b"), ("2.50 2.25", "2.50"), ("1e0 -1e0", "1.0")],
    );
    check(NumberFunction::Least, &[("3 null 5", "3"), ("null null", "null"), ("b a", "a")]);
    check(
        NumberFunction::Clamp,
        &[
            ("15 0 10", "10"),
            ("-5 0 10", "0"),
            ("5 0 10", "5"),
            ("5 10 0", "null"),
            ("5 null 9", "null"),
            ("m n z", "n"),
        ],
    );
    check(NumberFunction::ZeroIfNull, &[("null", "0"), ("2.50", "2.50")]);
    check(
        NumberFunction::NullIfZero,
        &[("0", "null"), ("0.00", "null"), ("-0e0", "null"), ("2.50", "2.50"), ("null", "null")],
    );
}

#[test]
fn integers() {
    check(
        NumberFunction::GreatestDivisor,
        &[("12 -18", "6"), ("0 0", "0"), ("0 7", "7"), ("-9223372036854775808 0", "null")],
    );
    check(
        NumberFunction::LeastMultiple,
        &[("4 6", "12"), ("0 5", "0"), ("0 0", "0"), ("9223372036854775807 2", "null"), ("-4 6", "12")],
    );
    check(NumberFunction::IsEven, &[("4", "true"), ("-3", "false"), ("0", "true"), ("null", "null")]);
    check(NumberFunction::IsOdd, &[("4", "false"), ("-3", "true")]);
    check(
        NumberFunction::BitAnd,
        &[("12 10", "8"), ("-1 255", "255"), ("-9223372036854775808 -1", "-9223372036854775808")],
    );
    check(NumberFunction::BitOr, &[("12 10", "14"), ("-2 1", "-1")]);
    check(NumberFunction::BitXor, &[("12 10", "6"), ("-1 -1", "0")]);
}

proptest! {
    #[test]
    fn quotient_and_remainder_make_up_the_dividend(a in -99_999_i128..100_000, b in -999_i128..1000, scale in 0_i8..4) {
        let decimal = |unscaled, scale| {
            (Value::Decimal(Decimal::new(unscaled, scale)), Type::Decimal { precision: 5, scale })
        };
        let arguments = [decimal(a, scale), decimal(b, 1)];
        let of = |function| match call(function, &arguments) {
            Value::Decimal(value) => Some(value),
            _ => None,
        };
        prop_assert_eq!(of(NumberFunction::Quotient).is_none(), b == 0);
        if let (Some(quotient), Some(rest)) = (of(NumberFunction::Quotient), of(NumberFunction::Remainder)) {
            let divisor = Decimal::new(b, 1);
            let whole = quotient.times(&divisor).plus(&rest);
            prop_assert!(whole.compare(&Decimal::new(a, scale)).is_eq());
            prop_assert!(rest.absolute().compare(&divisor.absolute()).is_lt());
        }
    }

    #[test]
    fn every_rounding_is_one_of_the_two_beside_the_number(value in -1e6_f64..1e6, digits in -3_i64..5) {
        let of = |function| match call(function, &[(Value::Float(value), Type::Float), (Value::Integer(digits), Type::Integer)]) {
            Value::Float(value) => value,
            other => panic!("{other:?}"),
        };
        let (even, away, cut) = (of(NumberFunction::RoundEven), of(NumberFunction::Round), of(NumberFunction::Truncate));
        let unit = 10_f64.powi(-i32::try_from(digits).unwrap());
        for rounded in [even, away, cut] {
            prop_assert!((rounded - value).abs() <= unit + 1e-9);
        }
        prop_assert!(cut.abs() <= value.abs());
        prop_assert!((even - away).abs() <= unit * 1.001);
    }
}
