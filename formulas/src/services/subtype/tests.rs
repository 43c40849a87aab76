use super::{Subtype, aggregate_subtype, infer_subtype, window_subtype};
use crate::{AggregateFunction, Names, Reference, Setting, Type, check_aggregate, check_row, check_window, parse};

/// `price` and `cost` are money, `wait` and `ride` lengths of time, `n` is a number, `at` an instant, `b` a
/// condition. Measures have the same names.
struct Trips;

#[derive(Clone)]
struct Name(String);

impl Names for Trips {
    type Column = Name;
    type Measure = Name;

    fn column(&mut self, reference: &Reference) -> Result<(Name, Type), String> {
        let value_type = match reference.name.as_str() {
            "price" | "cost" => Type::Decimal { precision: 10, scale: 2 },
            "at" => Type::Datetime,
            "b" => Type::Boolean,
            _ => Type::Integer,
        };
        Ok((Name(reference.name.clone()), value_type))
    }

    fn measure(&mut self, reference: &Reference) -> Result<(Name, Type), String> {
        self.column(reference)
    }

    fn aggregate_type(&self, _: AggregateFunction, argument: Option<Type>) -> Result<Type, String> {
        Ok(argument.unwrap_or(Type::Integer))
    }
}

fn of_name(Name(name): &Name) -> Option<Subtype> {
    match name.as_str() {
        "price" | "cost" => Some(Subtype::Currency),
        "wait" | "ride" => Some(Subtype::Duration),
        _ => None,
    }
}

#[track_caller]
fn row(source: &str, expected: Option<Subtype>) {
    let formula = check_row(&parse(source).unwrap(), &Setting::default(), &mut Trips).unwrap();
    assert_eq!(infer_subtype(&formula, &mut of_name), expected, "{source}");
}

#[track_caller]
fn group(source: &str, expected: Option<Subtype>) {
    let formula = check_aggregate(&parse(source).unwrap(), &Setting::default(), &mut Trips).unwrap();
    let found = infer_subtype(&formula, &mut |leaf| aggregate_subtype(leaf, &mut of_name, &mut of_name));
    assert_eq!(found, expected, "{source}");
}

const MONEY: Option<Subtype> = Some(Subtype::Currency);
const TIME: Option<Subtype> = Some(Subtype::Duration);

#[test]
fn sums_of_the_same_stay_the_same() {
    row("{price}", MONEY);
    row("{price} - {cost}", MONEY);
    row("{wait} + {ride}", TIME);
    row("{price} + {wait}", None);
    row("{price} + {n}", None);
    row("{price} + 1", None);
    row("{price} + 0", MONEY);
    row("{price} + NULL", MONEY);
    row("-{price}", MONEY);
    row("NOT {b}", None);
}

#[test]
fn plain_numbers_multiply_and_divide() {
    row("{price} * {n}", MONEY);
    row("1.21 * {price}", MONEY);
    row("{price} / 100", MONEY);
    row("DIV({price}, 3)", MONEY);
    row("{price} / {cost}", None);
    row("{price} * {cost}", None);
    row("100 / {price}", None);
    row("{price} / {wait}", None);
    row("{price} / {cost} * {cost}", MONEY);
}

#[test]
fn choices_agree_or_are_nothing() {
    row("IF({b}, {price}, {cost})", MONEY);
    row("IF({b}, {price})", MONEY);
    row("IF({b}, {price}, 0)", MONEY);
    row("IF({b}, {price}, 1)", None);
    row("COALESCE({wait}, {ride}, 0)", TIME);
    row("COALESCE({wait}, {price})", None);
    row("NULLIF({price}, 0)", MONEY);
    row("GREATEST({price}, {cost}, 0)", MONEY);
    row("CLAMP({price}, 0, 10)", None);
    row("IF({b}, 0, NULL)", None);
}

#[test]
fn functions_keep_what_they_do_not_change() {
    row("ROUND(ABS({price}), 1)", MONEY);
    row("ROUND_TO({price}, 0.05)", MONEY);
    row("ZERO_IF_NULL({wait})", TIME);
    row("CAST({price}, numeric)", MONEY);
    row("CAST(CAST({price}, text), numeric)", None);
    row("SQRT({price})", None);
    row("CAST({price}, text)", None);
    row("ELAPSED('second', {at}, {at})", TIME);
    row("ELAPSED('hour', {at}, {at})", None);
    row("DATE_DIFF('second', {at}, {at}) / 60", TIME);
    row("SECONDS_OF_DAY({at})", TIME);
}

#[test]
fn aggregates_are_of_what_they_are_over() {
    group("SUM({price})", MONEY);
    group("SUM({price} * {n}) / SUM({n})", MONEY);
    group("MAX({wait}) - MIN({wait} WHERE {b})", TIME);
    group("RATE({price}, {n})", MONEY);
    group("RATE({price}, {cost})", None);
    group("COUNT({price})", None);
    group("VARIANCE({price})", None);
    group("SUM({price}) / {price}", None);
    group("{price} / {n}", MONEY);
    group("WEIGHTED_AVG({price}, {n})", MONEY);
    group("AVG(SUM({price} INCLUDE {n}))", MONEY);
    group("AVG(COUNT({price} INCLUDE {n}))", None);
}

#[test]
fn windows_are_of_what_they_are_over() {
    for (source, expected) in [
        ("LAG({price})", MONEY),
        ("RUNNING_SUM(SUM({wait})) + {ride}", TIME),
        ("RANK(ORDER BY {price})", None),
        ("PERCENT_OF_TOTAL({price})", None),
        ("{price} - LAG({price})", MONEY),
    ] {
        let formula = check_window(&parse(source).unwrap(), &Setting::default(), &mut Trips).unwrap();
        let found = infer_subtype(&formula, &mut |leaf| window_subtype(leaf, &mut of_name, &mut of_name));
        assert_eq!(found, expected, "{source}");
    }
}
