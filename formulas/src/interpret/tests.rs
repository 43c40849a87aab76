//! The meaning of formulas, by example and by law.

use proptest::prelude::*;

use super::{Decimal, Value, evaluate};
use crate::{AggregateFunction, Names, Reference, Setting, Type, check_row, parse};

/// A row: a value of every type, and NULLs.
#[derive(Clone)]
struct Row(Vec<(&'static str, Type, Value)>);

impl Row {
    fn new() -> Self {
        let decimal = Type::Decimal { precision: 6, scale: 2 };
        Self(vec![
            ("i", Type::Integer, Value::Integer(7)),
            ("max", Type::Integer, Value::Integer(i64::MAX)),
            ("min", Type::Integer, Value::Integer(i64::MIN)),
            ("no_i", Type::Integer, Value::Null),
            ("d", decimal, Value::Decimal(Decimal::new(1250, 2))),
            ("no_d", decimal, Value::Null),
            (
                "wide",
                Type::Decimal { precision: 76, scale: 0 },
                Value::Decimal(Decimal::from_unscaled(&"9".repeat(76), 0).unwrap()),
            ),
            ("f", Type::Float, Value::Float(2.5)),
            ("huge", Type::Float, Value::Float(1e308)),
            ("tiny", Type::Float, Value::Float(5e-324)),
            ("no_f", Type::Float, Value::Null),
            ("t", Type::Text, Value::Text("abc".to_owned())),
            ("no_t", Type::Text, Value::Null),
            ("yes", Type::Boolean, Value::Boolean(true)),
            ("no", Type::Boolean, Value::Boolean(false)),
            ("no_b", Type::Boolean, Value::Null),
            ("day", Type::Date, Value::Date(19_000)),
            ("at", Type::Datetime, Value::Datetime(5)),
        ])
    }

    fn with(value_type: Type, left: Value, right: Value) -> Self {
        Self(vec![("a", value_type, left), ("b", value_type, right)])
    }

    fn evaluate(&mut self, source: &str) -> Value {
        let formula = parse(source).and_then(|formula| check_row(&formula, &Setting::default(), self));
        let formula = formula.unwrap_or_else(|error| panic!("{}", error.render(source)));
        evaluate(&formula, &mut |value| value.clone())
    }
}

impl Names for Row {
    type Column = Value;
    type Measure = ();

    fn column(&mut self, reference: &Reference) -> Result<(Value, Type), String> {
        let found = self.0.iter().find(|(name, ..)| *name == reference.name);
        found
            .map(|(_, value_type, value)| (value.clone(), *value_type))
            .ok_or_else(|| "there is no such column".to_owned())
    }

    fn measure(&mut self, _: &Reference) -> Result<((), Type), String> {
        Err("there are no measures".to_owned())
    }

    fn aggregate_type(&self, _: AggregateFunction, _: Option<Type>) -> Result<Type, String> {
        Err("there are no aggregates".to_owned())
    }
}

fn show(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Decimal(value) => value.to_string(),
        Value::Float(value) => format!("{value:?}"),
        Value::Text(text) => format!("'{text}'"),
        Value::Date(days) => format!("day {days}"),
        Value::Datetime(time) | Value::LocalDatetime(time) => format!("time {time}"),
    }
}

#[track_caller]
fn check(source: &str, expected: &str) {
    assert_eq!(show(&Row::new().evaluate(source)), expected, "{source}");
}

#[test]
fn integers_are_checked() {
    check("{i} + 1", "8");
    check("2 - {i} * 3", "-19");
    check("{max} + 1", "NULL");
    check("{min} - 1", "NULL");
    check("{max} * 2", "NULL");
    check("-{min}", "NULL");
    check("ABS({min})", "NULL");
    check("-{max} - 1", "-9223372036854775808");
    check("{i} + {no_i}", "NULL");
    check("{i} + NULL", "NULL");
}

#[test]
fn decimals_are_exact_up_to_their_digits() {
    check("{d} + 0.005", "12.505");
    check("{d} * 3", "37.50");
    check("{d} * {d}", "156.2500");
    check("0.1 + 0.2 = 0.3", "true");
    check("{d} - 12.50", "0.00");
    check("-{d}", "-12.50");
    check("ABS(-{d})", "12.50");
    check("9223372036854775807 + 1.0", "9223372036854775808.0");
    check("{wide} + {wide}", "NULL");
    check("{wide} - {wide}", "0");
    check("{wide} + 0.5", "1e76");
    check("{d} + {no_d}", "NULL");
}

#[test]
fn floats_are_finite_and_zero_has_no_sign() {
    check("{i} / 2", "3.5");
    check("{i} / 0", "NULL");
    check("0 / 0", "NULL");
    check("0 / -5", "0.0");
    check("-(0 * {f})", "0.0");
    check("{huge} * 10", "NULL");
    check("{tiny} / 2", "0.0");
    check("{tiny} / -2", "0.0");
    check("{d} / 2", "6.25");
    check("{f} * {d}", "31.25");
    check("1e0 / 3", "0.3333333333333333");
}

#[test]
fn rounding_is_half_away_from_zero_on_what_is_shown() {
    check("ROUND(2.5e0)", "3.0");
    check("ROUND(-2.5e0)", "-3.0");
    check("ROUND(2.675e0, 2)", "2.68");
    check("ROUND(1.005e0, 2)", "1.01");
    check("ROUND(0.285e0, 2)", "0.29");
    check("ROUND(-0.4e0)", "0.0");
    check("ROUND(1e22, -2)", "1e22");
    check("ROUND(1e300, 38)", "1e300");
    check("ROUND({huge}, -38)", "1e308");
    check("ROUND({tiny}, 38)", "0.0");
    check("ROUND(150, -2)", "200");
    check("ROUND(149, -2)", "100");
    check("ROUND(-150, -2)", "-200");
    check("ROUND(5, 3)", "5");
    check("ROUND(5, -2)", "0");
    check("ROUND({max}, -1)", "NULL");
    check("ROUND({max}, -38)", "0");
    check("ROUND(2.675, 2)", "2.680");
    check("ROUND(9.95, 1)", "10.00");
    check("ROUND({d}, -1)", "10.00");
    check("ROUND({d})", "13.00");
    check("ROUND({no_f}, 1)", "NULL");
}

#[test]
fn comparisons_take_one_type() {
    check("{i} = 7.0", "true");
    check("{i} < 7e0", "false");
    check("{d} > 12", "true");
    check("{d} = 12.5e0", "true");
    check("9007199254740993 = 9007199254740992e0", "true");
    check("9007199254740993 = 9007199254740992.0", "false");
    check("'Z' < 'a' AND 'a' < 'ä' AND '\u{ffff}' < '😀'", "true");
    check("{no} < {yes}", "true");
    check("{day} <= {day}", "true");
    check("{at} <> {at}", "false");
    check("{t} = {no_t}", "NULL");
    check("NULL = NULL", "NULL");
    check("{i} BETWEEN 7 AND 8.5", "true");
    check("{i} NOT BETWEEN 7 AND 8.5", "false");
    check("{i} BETWEEN 8 AND NULL", "false");
    check("{i} BETWEEN 7 AND NULL", "NULL");
}

#[test]
fn logic_has_three_values() {
    for (left, right, and, or) in [
        ("yes", "yes", "true", "true"),
        ("yes", "no", "false", "true"),
        ("no", "no", "false", "false"),
        ("yes", "no_b", "NULL", "true"),
        ("no", "no_b", "false", "NULL"),
        ("no_b", "no_b", "NULL", "NULL"),
    ] {
        for (left, right) in [(left, right), (right, left)] {
            check(&format!("{{{left}}} AND {{{right}}}"), and);
            check(&format!("{{{left}}} OR {{{right}}}"), or);
        }
    }
    check("NOT {yes}", "false");
    check("NOT {no_b}", "NULL");
    check("{no_b} IS NULL", "true");
    check("{no} IS NULL", "false");
    check("{no_b} IS NOT NULL", "false");
}

#[test]
fn lists_with_null_do_not_rule_out() {
    check("{i} IN (1, 7)", "true");
    check("{i} IN (1, 7, NULL)", "true");
    check("{i} IN (1, NULL)", "NULL");
    check("{i} NOT IN (1, NULL)", "NULL");
    check("{i} NOT IN (1, 2)", "true");
    check("{no_i} IN (1)", "NULL");
}

#[test]
fn choices_take_the_first_that_holds() {
    check("IF({no_b}, 1, 2)", "2");
    check("IF({no}, 1)", "NULL");
    check("IF({yes}, 1, 2.5)", "1.0");
    check("IF({yes}, {no_i}, 2.5)", "NULL");
    check("CASE WHEN {no} THEN 'a' WHEN {yes} THEN 'b' WHEN {yes} THEN 'c' END", "'b'");
    check("COALESCE({no_i}, NULL, {i}, 1)", "7");
    check("COALESCE({no_i}, 1.5)", "1.5");
    check("COALESCE({no_t}, NULL)", "NULL");
    check("COALESCE(NULL, {day})", "day 19000");
    check("NULLIF({i}, 7.00)", "NULL");
    check("NULLIF({i}, 8)", "7");
    check("NULLIF({i}, NULL)", "7");
    check("NULLIF({no_i}, 8)", "NULL");
}

#[test]
fn texts_are_joined() {
    check("{t} || {i} || {d} || {f} || {yes}", "'abc712.502.5true'");
    check("{t} || {no_t}", "NULL");
    check("1e0 || ' ' || 1e20 || ' ' || 1e21", "'1.0 1e+20 1e+21'");
    check("0.1e0 || ' ' || 1e-7 || ' ' || -1.5e-8 || ' ' || 0e0", "'0.1 1e-7 -1.5e-8 0.0'");
    check("-0.05 || ''", "'-0.05'");
}

#[test]
fn casts_never_fail() {
    check("CAST('12.5', numeric)", "12.5");
    check("CAST('-.5e1', numeric)", "-5.0");
    check("CAST('-0', numeric)", "0.0");
    for text in ["", " 1", "1,5", "abc", "inf", "NaN", "1e999", "0x1F", "e5", "."] {
        check(&format!("CAST('{text}', numeric)"), "NULL");
    }
    check("CAST('-12', integer) + CAST('+5', integer)", "-7");
    for text in ["", "1.0", "1e3", "9223372036854775808", " 1"] {
        check(&format!("CAST('{text}', integer)"), "NULL");
    }
    check("CAST(2.9e0, integer)", "2");
    check("CAST(-2.9e0, integer)", "-2");
    check("CAST(-2.99, integer)", "-2");
    check("CAST(0.99, integer)", "0");
    check("CAST(-9223372036854775808e0, integer)", "-9223372036854775808");
    check("CAST(9223372036854775807e0, integer)", "NULL");
    check("CAST({wide}, integer)", "NULL");
    check("CAST({huge}, integer)", "NULL");
    check("CAST({max}, numeric)", "9.223372036854776e18");
    check("CAST({yes}, integer) + CAST({no}, numeric)", "1.0");
    check("CAST({yes}, hierarchy) || CAST({i}, hierarchy)", "'true7'");
    check("CAST(NULL, numeric)", "NULL");
}

#[test]
fn a_leaf_that_is_no_number_is_null() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut row = Row::with(Type::Float, Value::Float(value), Value::Float(-0.0));
        assert_eq!(row.evaluate("{a}"), Value::Null);
        assert_eq!(show(&row.evaluate("{b}")), "0.0");
    }
}

#[test]
fn the_deepest_formulas_need_a_small_stack() {
    let work = || {
        for (open, levels, inner, close, expected) in [
            ("NOT (", 127, "{yes}", ")", "false"),
            ("(", 127, "{yes}", " IS NULL)", "false"),
            ("CAST(CAST(", 63, "{f}", ", text), numeric)", "2.5"),
            ("COALESCE(NULL, CASE WHEN {no} THEN FALSE ELSE ", 63, "{yes}", " END)", "true"),
            ("0.5 + (", 60, "0.5", ")", "30.5"),
        ] {
            check(&format!("{}{inner}{}", open.repeat(levels), close.repeat(levels)), expected);
        }
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap();
}

proptest! {
    #[test]
    fn decimals_are_integers_with_a_point(left in -999_999_i128..1_000_000, right in -999_999_i128..1_000_000) {
        let value_type = Type::Decimal { precision: 6, scale: 3 };
        let value = |unscaled| Value::Decimal(Decimal::new(unscaled, 3));
        let mut row = Row::with(value_type, value(left), value(right));
        prop_assert_eq!(row.evaluate("{a} + {b}"), value(left + right));
        prop_assert_eq!(row.evaluate("{a} - {b}"), value(left - right));
        prop_assert_eq!(row.evaluate("{a} * {b}"), Value::Decimal(Decimal::new(left * right, 6)));
        prop_assert_eq!(row.evaluate("{a} < {b}"), Value::Boolean(left < right));
        let whole = i64::try_from(left / 1000).unwrap();
        prop_assert_eq!(row.evaluate("CAST({a}, integer)"), Value::Integer(whole));
    }

    #[test]
    fn integers_match_the_machine(left in any::<i64>(), right in any::<i64>(), shift in 0_u32..64) {
        let right = right >> shift;
        let mut row = Row::with(Type::Integer, Value::Integer(left), Value::Integer(right));
        let expected = |value: Option<i64>| value.map_or(Value::Null, Value::Integer);
        prop_assert_eq!(row.evaluate("{a} + {b}"), expected(left.checked_add(right)));
        prop_assert_eq!(row.evaluate("{a} - {b}"), expected(left.checked_sub(right)));
        prop_assert_eq!(row.evaluate("{a} * {b}"), expected(left.checked_mul(right)));
        prop_assert_eq!(row.evaluate("{a} = {b}"), Value::Boolean(left == right));
        prop_assert_eq!(row.evaluate("CAST(CAST({a}, text), integer)"), Value::Integer(left));
    }

    #[test]
    fn a_float_survives_its_text(value in any::<f64>()) {
        let mut row = Row::with(Type::Float, Value::Float(value), Value::Null);
        let same = row.evaluate("{a}");
        prop_assert_eq!(row.evaluate("CAST(CAST({a}, text), numeric)"), same);
    }

    #[test]
    fn rounding_is_idempotent_and_near(value in -1e6_f64..1e6, digits in 0_i32..6) {
        let mut row = Row::with(Type::Float, Value::Float(value), Value::Null);
        let once = row.evaluate(&format!("ROUND({{a}}, {digits})"));
        prop_assert_eq!(row.evaluate(&format!("ROUND(ROUND({{a}}, {digits}), {digits})")), once.clone());
        let Value::Float(rounded) = once else { panic!("no float") };
        prop_assert!((rounded - value).abs() <= 0.5 * 10_f64.powi(-digits) + 1e-9);
    }

    #[test]
    fn exactly_one_of_a_condition_its_opposite_and_null_holds(a in 0_usize..3, b in 0_usize..3) {
        let values = [Value::Boolean(false), Value::Boolean(true), Value::Null];
        let mut row = Row::with(Type::Boolean, values[a].clone(), values[b].clone());
        for condition in ["{a} AND {b}", "{a} OR {b}", "{a} = {b}", "{a} IN ({b}, TRUE)", "{a} BETWEEN {b} AND TRUE"] {
            let parts = [condition.to_owned(), format!("NOT ({condition})"), format!("({condition}) IS NULL")];
            let holding = parts.iter().filter(|part| row.clone().evaluate(part) == Value::Boolean(true)).count();
            prop_assert_eq!(holding, 1, "{}", condition);
            // De Morgan.
            let left = row.evaluate("NOT ({a} AND {b})");
            prop_assert_eq!(left, row.evaluate("NOT {a} OR NOT {b}"));
        }
    }
}
