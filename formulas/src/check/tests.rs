//! Types, levels, and what is refused.

use super::{Names, check_aggregate, check_row, check_window};
use crate::{
    AggregateFunction, AggregateLeaf, Comparison, Constant, Error, Finer, Groups, MAX_TYPED_NODES, Node, Reference,
    Setting, Type, Typed, Value, evaluate, parse,
};

/// Columns `i`, `d`, `f`, `t`, `b`, `day`, `at`, `wall`; measures `m` and `r`. `d:i` is the same as `i`.
struct Sales;

impl Names for Sales {
    type Column = String;
    type Measure = String;

    fn column(&mut self, reference: &Reference) -> Result<(String, Type), String> {
        let value_type = match reference.name.as_str() {
            "i" => Type::Integer,
            "d" => Type::Decimal { precision: 10, scale: 2 },
            "wide" => Type::Decimal { precision: 76, scale: 0 },
            "f" => Type::Float,
            "t" => Type::Text,
            "b" => Type::Boolean,
            "day" => Type::Date,
            "at" => Type::Datetime,
            "wall" => Type::LocalDatetime,
            other => return Err(format!("there is no column `{other}`")),
        };
        Ok((reference.name.clone(), value_type))
    }

    fn measure(&mut self, reference: &Reference) -> Result<(String, Type), String> {
        match reference.name.as_str() {
            "m" => Ok(("m".to_owned(), Type::Integer)),
            "r" => Ok(("r".to_owned(), Type::Float)),
            other => Err(format!("there is no measure `{other}` in this query")),
        }
    }

    fn aggregate_type(&self, function: AggregateFunction, argument: Option<Type>) -> Result<Type, String> {
        match (function, argument) {
            (AggregateFunction::CountRows | AggregateFunction::CountValues, _) => Ok(Type::Integer),
            (AggregateFunction::Sum, Some(number)) if number.is_number() => Ok(number),
            (AggregateFunction::First | AggregateFunction::Max, Some(any)) => Ok(any),
            (AggregateFunction::Average | AggregateFunction::Rate, Some(number)) if number.is_number() => {
                Ok(Type::Float)
            }
            (function, argument) => {
                let argument = argument.map_or_else(String::new, |argument| format!(" of {argument}"));
                Err(format!("there is no {}{argument}", function.name()))
            }
        }
    }
}

fn row(source: &str) -> Result<Typed<String>, Error> {
    check_row(&parse(source)?, &Setting::default(), &mut Sales)
}

fn group(source: &str) -> Result<Typed<AggregateLeaf<String, String>>, Error> {
    check_aggregate(&parse(source)?, &Setting::default(), &mut Sales)
}

#[track_caller]
fn check(source: &str, expected: &str) {
    match row(source) {
        Ok(formula) => assert_eq!(formula.value_type.to_string(), expected, "{source}"),
        Err(error) => panic!("{}", error.render(source)),
    }
}

#[track_caller]
fn check_group(source: &str, expected: &str) {
    match group(source) {
        Ok(formula) => assert_eq!(formula.value_type.to_string(), expected, "{source}"),
        Err(error) => panic!("{}", error.render(source)),
    }
}

/// What is told, and the piece of the text it is about.
#[track_caller]
fn refused(source: &str, message: &str, place: &str) {
    let error = row(source).unwrap_err();
    assert_eq!((error.message(), error.span().text(source)), (message, Some(place)), "{source}");
}

#[track_caller]
fn refused_group(source: &str, message: &str, place: &str) {
    let error = group(source).unwrap_err();
    assert_eq!((error.message(), error.span().text(source)), (message, Some(place)), "{source}");
}

#[test]
fn constants_have_the_type_of_their_writing() {
    check("1", "integer");
    check("-9223372036854775808", "integer");
    check("9223372036854775808", "decimal(19,0)");
    check("1.50", "decimal(3,2)");
    check("0.05", "decimal(2,2)");
    check("1e0", "float");
    check("'1'", "text");
    check("TRUE", "boolean");
    check("NULL", "text");
}

#[test]
fn arithmetic_has_the_types_of_the_table() {
    check("{i} + 1", "integer");
    check("{i} * {d}", "decimal(29,2)");
    check("{d} + {d}", "decimal(11,2)");
    check("{d} - {i}", "decimal(22,2)");
    check("{d} * 1.5", "decimal(12,3)");
    check("{d} + {f}", "float");
    check("{i} / {i}", "float");
    check("{d} / 2", "float");
    check("{wide} + {d}", "float");
    check("{i} + NULL", "integer");
    check("NULL * NULL", "integer");
    check("-{d}", "decimal(10,2)");
    check("ABS({i}) + ROUND({i})", "integer");
    check("ROUND({d}, 1)", "decimal(11,2)");
    check("ROUND(NULL)", "integer");
}

#[test]
fn chosen_values_have_one_type() {
    check("IF({b}, 1, 2)", "integer");
    check("IF({b}, 1)", "integer");
    check("IF({b}, 1, {d})", "decimal(21,2)");
    check("IF({b}, {d}, {f})", "float");
    check("IF({b}, NULL, {day})", "date");
    check("IF({b}, NULL, NULL)", "text");
    check("IF(NULL, 1, 2)", "integer");
    check("CASE WHEN {b} THEN NULL WHEN NOT {b} THEN 1.5 ELSE 2 END", "decimal(20,1)");
    check("COALESCE({t})", "text");
    check("COALESCE(NULL, {i}, {f})", "float");
    check("NULLIF({i}, 0.5)", "integer");
    check("NULLIF({t}, '')", "text");
    check("IF({b}, CAST(NULL, numeric), 1)", "float");
}

#[test]
fn conditions_and_texts() {
    check("{i} = {d} AND {t} < 'x' OR {b} = TRUE AND {day} < {day}", "boolean");
    check("{at} >= {at} OR {wall} <> {wall}", "boolean");
    check("{day} IS NULL AND NOT {t} IS NOT NULL", "boolean");
    check("{i} IN (1, 2.5, 1e0, NULL)", "boolean");
    check("{day} NOT BETWEEN NULL AND {day}", "boolean");
    check("NULL = NULL AND NULL", "boolean");
    check("{t} || {i} || {d} || {f} || {b} || NULL", "text");
    check("CAST({i}, hierarchy)", "text");
    check("CAST({t}, numeric)", "float");
    check("CAST({b}, integer) + CAST({d}, integer)", "integer");
}

#[test]
fn types_that_do_not_fit_are_told() {
    refused("1 + {t}", "`+` takes numbers, not text; `||` joins texts", "{t}");
    refused(
        "2 * ({t} || 'x')",
        "`*` takes numbers, not text; CAST(.., numeric) reads a number from a text",
        "({t} || 'x')",
    );
    refused("-{b}", "`-` takes numbers, not boolean", "{b}");
    refused("{i} = {t}", "integer cannot be compared with text", "{i} = {t}");
    refused("{i} IN (1, 'a')", "integer cannot be compared with text", "'a'");
    refused("{d} BETWEEN 1 AND {b}", "decimal(10,2) cannot be compared with boolean", "{b}");
    refused(
        "{day} >= '2024-01-01'",
        "date cannot be compared with text; dates are written `@2024-03-01`",
        "{day} >= '2024-01-01'",
    );
    refused(
        "{at} = {wall}",
        "datetime cannot be compared with local_datetime; AT_ZONE and FROM_ZONE bring one to the other",
        "{at} = {wall}",
    );
    refused("{i} AND {b}", "AND takes a condition, not integer", "{i}");
    refused("NOT {t}", "NOT takes a condition, not text", "{t}");
    refused("IF({i}, 1, 2)", "IF takes a condition, not integer", "{i}");
    refused("IF({b}, 1, 'a')", "IF needs values of one type, not integer and text", "'a'");
    refused("CASE WHEN {b} THEN 1 ELSE {b} END", "CASE needs values of one type, not integer and boolean", "{b}");
    refused("COALESCE({t}, {day})", "COALESCE needs values of one type, not text and date", "{day}");
    refused("NULLIF({i}, {t})", "integer cannot be compared with text", "{i}, {t}");
    refused(
        "CAST({at}, integer)",
        "datetime cannot be cast to integer; YEAR, TO_UNIX and their like make numbers of times",
        "{at}",
    );
    refused(
        "CAST({i}, date)",
        "integer cannot be cast to date; MAKE_DATE, FROM_UNIX and their like make times of numbers",
        "{i}",
    );
    refused("ABS('a')", "ABS takes numbers, not text; CAST(.., numeric) reads a number from a text", "'a'");
    refused("ROUND(1.5, {i})", "the digits of ROUND must be a whole number from -38 to 38", "{i}");
    refused("ROUND(1.5, 39)", "the digits of ROUND must be a whole number from -38 to 38", "39");
    refused("ABS(1, 2)", "ABS takes 1 argument, not 2", "ABS");
    refused("1 + {nope}", "there is no column `nope`", "{nope}");
}

#[test]
fn names_mean_what_the_level_says() {
    check_group("{m} / SUM({d:i})", "float");
    check_group("{m} + COUNTR()", "integer");
    check_group("COUNTR(WHERE {i} > 3) - COUNT({t} WHERE {b})", "integer");
    check_group("SUM({d} * 2)", "decimal(29,2)");
    check_group("RATE({i}, {f}) + {r}", "float");
    check_group("FIRST({t}, {day}) || 'x'", "text");
    check_group("IF(SUM({i}) > {m}, 1.5, 2)", "decimal(20,1)");
    check_group("1 + 2", "integer");

    refused("{i} + SUM({i})", "the aggregate SUM cannot stand in a formula of row level; SUM(.. FIXED {x}) can", "SUM");
    let inside = "the aggregate MAX cannot stand inside another aggregate; with INCLUDE or FIXED it can";
    refused_group("SUM(1 + MAX({i}))", inside, "MAX");
    refused_group("SUM(1 WHERE 1 = MAX({i}))", inside, "MAX");
    refused_group("{i} + SUM({i})", "there is no measure `i` in this query", "{i}");
    refused_group("SUM({m})", "there is no column `m`", "{m}");
    refused_group("SUM({t})", "SUM takes numbers, not text; CAST(.., numeric) reads a number from a text", "{t}");
    refused_group("SUM({i} WHERE {i})", "WHERE takes a condition, not integer", "{i}");
    refused_group(
        "RATE({i}, {t})",
        "RATE takes numbers, not text; CAST(.., numeric) reads a number from a text",
        "{t}",
    );
    refused_group("COUNTR({i})", "COUNTR takes no argument; COUNT counts the values of one", "COUNTR");
    refused_group("FIRST({i})", "FIRST takes 2 arguments, not 1", "FIRST");
}

#[test]
fn every_conversion_is_a_node() {
    let column = |name: &str, value_type| Typed { node: Node::Leaf(name.to_owned()), value_type };
    let convert = |inner, value_type| Typed { node: Node::Convert(Box::new(inner)), value_type };
    let one = Typed { node: Node::Constant(Constant::Integer(1)), value_type: Type::Integer };

    let compare = |how, left, right| Typed {
        node: Node::Compare(how, Box::new(left), Box::new(right)),
        value_type: Type::Boolean,
    };
    let float = convert(column("i", Type::Integer), Type::Float);
    assert_eq!(row("{i} < {f}"), Ok(compare(Comparison::Less, float, column("f", Type::Float))));

    let null = |value_type| Typed { node: Node::Constant(Constant::Null), value_type };
    let equal = |right| compare(Comparison::Equal, column("i", Type::Integer), right);
    let either = Node::Or(vec![equal(one.clone()), equal(null(Type::Integer))]);
    let neither = Node::Not(Box::new(Typed { node: either, value_type: Type::Boolean }));
    assert_eq!(row("{i} NOT IN (1, NULL)"), Ok(Typed { node: neither, value_type: Type::Boolean }));

    let branches = vec![(equal(one), null(Type::Integer))];
    let otherwise = Some(Box::new(column("i", Type::Integer)));
    let node = Node::Case { branches, otherwise };
    assert_eq!(row("NULLIF({i}, 1)"), Ok(Typed { node, value_type: Type::Integer }));
}

#[test]
fn aggregates_keep_their_parts() {
    let formula = group("RATE({i}, 2 WHERE {b})").unwrap();
    let Node::Leaf(AggregateLeaf::Aggregate(aggregate)) = formula.node else { panic!("no aggregate") };
    assert_eq!(aggregate.function, AggregateFunction::Rate);
    let leaf = |part: Option<Typed<String>>| part.map(|part| part.node);
    assert_eq!(leaf(aggregate.argument), Some(Node::Leaf("i".to_owned())));
    assert_eq!(leaf(aggregate.second), Some(Node::Constant(Constant::Integer(2))));
    assert_eq!(leaf(aggregate.filter), Some(Node::Leaf("b".to_owned())));
}

#[test]
fn what_is_repeated_cannot_grow_without_end() {
    let nested = |open: &str, close: &str, depth: usize| format!("{}{{b}}{}", open.repeat(depth), close.repeat(depth));
    let message = format!("the formula expands to more than {MAX_TYPED_NODES} parts");
    for (open, close) in [("(", " IN (TRUE, FALSE))"), ("(", " BETWEEN FALSE AND TRUE)"), ("NULLIF(", ", FALSE)")] {
        let small = row(&nested(open, close, 5)).unwrap();
        assert!(small.node_count() > 30, "{open}");
        assert_eq!(row(&nested(open, close, 100)).unwrap_err().message(), message, "{open}");
    }
    // The parts of an aggregate are repeated with it.
    let sum = format!("SUM({{i}}{})", " + 1".repeat(100));
    let list = vec!["1"; 1000].join(", ");
    assert_eq!(group(&format!("{sum} IN ({list})")).unwrap_err().message(), message);
    assert!(group(&format!("{{m}} IN ({list})")).is_ok());
}

#[test]
fn leaves_can_be_exchanged() {
    let formula = row("IF({i} IN (1, 2), COALESCE({d}, 1.5), ROUND(ABS(-{i}), 1))").unwrap();
    let mut names = Vec::new();
    formula.visit_leaves(&mut |name| names.push(name.clone()));
    assert_eq!(names, ["i", "i", "d", "i"]);
    let lengths = formula.clone().try_map(&mut |name| Ok::<_, ()>(name.len())).unwrap();
    assert_eq!(lengths.node_count(), formula.node_count());
    assert_eq!(
        formula.try_map(&mut |name: String| if name == "d" { Err(name) } else { Ok(name) }),
        Err("d".to_owned())
    );
}

#[test]
fn groups_are_what_the_words_say() {
    let aggregate = |source: &str| match group(source).unwrap().node {
        Node::Leaf(AggregateLeaf::Aggregate(aggregate)) => aggregate.groups,
        other => panic!("{source}: {other:?}"),
    };
    let names = |keys: Vec<Typed<String>>| -> Vec<Node<String>> { keys.into_iter().map(|key| key.node).collect() };
    assert_eq!(aggregate("SUM({i})"), Groups::Query);
    assert_eq!(aggregate("SUM({i} FULL)"), Groups::Full);
    assert_eq!(aggregate("COUNTR(WHERE {b} FIXED)"), Groups::Fixed(Vec::new()));
    let Groups::Fixed(keys) = aggregate("SUM({i} FIXED {t}, {day})") else { panic!("not fixed") };
    assert_eq!(names(keys), [Node::Leaf("t".to_owned()), Node::Leaf("day".to_owned())]);
    let Groups::Exclude(keys) = aggregate("SUM({i} EXCLUDE {month})") else { panic!("not excluded") };
    assert_eq!(keys[0].name, "month");

    let nested = |source: &str| match group(source).unwrap().node {
        Node::Leaf(AggregateLeaf::Nested(nested)) => *nested,
        other => panic!("{source}: {other:?}"),
    };
    let average = nested("AVG(SUM({i} INCLUDE {t}) / COUNTR(INCLUDE {t}) WHERE COUNTR(INCLUDE {t}) > 1)");
    assert_eq!(average.function, AggregateFunction::Average);
    assert!(average.filter.is_some());
    let Finer::Include(keys) = average.finer else { panic!("not included") };
    assert_eq!(names(keys), [Node::Leaf("t".to_owned())]);
    assert!(matches!(nested("SUM(MAX({i} FIXED {t}))").finer, Finer::Fixed(_)));

    refused_group(
        "SUM({i} INCLUDE {t})",
        "INCLUDE gives a value per finer group; it stands inside another aggregate, as in AVG(SUM({x} INCLUDE {y}))",
        "INCLUDE",
    );
    let same = "all aggregates inside one must be over the same finer groups";
    refused_group("AVG(SUM({i} INCLUDE {t}) / SUM({i} INCLUDE {b}))", same, "INCLUDE");
    refused_group("AVG(SUM({i} INCLUDE {t}) / SUM({i} FIXED {t}))", same, "FIXED");
    refused_group(
        "AVG(SUM({i} INCLUDE {t}) + {i})",
        "a name beside aggregates over finer groups must stand inside one of them",
        "{i}",
    );
    refused_group("SUM({i} FIXED {nope})", "there is no column `nope`", "{nope}");
    refused("{i} - AVG({i} FIXED {t})", "the aggregate AVG cannot stand in a formula of row level here", "AVG");
}

#[test]
fn windows_are_of_groups() {
    let window = |source: &str| check_window(&parse(source)?, &Setting::default(), &mut Sales);
    for (source, value_type) in [
        ("RUNNING_SUM({m})", "integer"),
        ("RUNNING_SUM(SUM({d:i}) PARTITION BY {t} ORDER BY {day} DESC)", "integer"),
        ("{m} / WINDOW_SUM({m}) - LAG({r}, 2)", "float"),
        ("RANK(ORDER BY {m})", "integer"),
        ("MOVING_AVG({m}, 7)", "float"),
        ("SUM({i})", "integer"),
    ] {
        let found = window(source).unwrap_or_else(|error| panic!("{}", error.render(source)));
        assert_eq!(found.value_type.to_string(), value_type, "{source}");
    }
    let told = |source: &str| window(source).unwrap_err().message().to_owned();
    assert_eq!(told("MOVING_AVG({m}, 0)"), "the rows of MOVING_AVG must be a whole number from 1 to 1000000");
    assert!(told("LAG(LAG({m}))").contains("over the rows of an answer"));
    assert!(told("SUM(LAG({i}))").contains("over the rows of an answer"));
    assert!(row("LAG({i})").unwrap_err().message().contains("over the rows of an answer"));
}

#[test]
fn zones_weeks_and_clocks_become_constants() {
    let setting = Setting {
        zone: chrono_tz::Europe::Brussels,
        week_start: 6,
        fiscal_year_start: 4,
        now: 1_711_846_800_000_000, // 2024-03-31T01:00Z, when the clock goes forward
    };
    let row = |source: &str| {
        let formula = check_row(&parse(source)?, &setting, &mut Sales)?;
        Ok::<_, Error>(evaluate(&formula, &mut |_: &String| Value::Datetime(1_711_843_200_000_000)))
    };
    for (source, expected) in [
        ("NOW()", Value::Datetime(1_711_846_800_000_000)),
        ("TODAY() = @2024-03-31", Value::Boolean(true)),
        ("HOUR({at})", Value::Integer(1)),
        ("{at} = @2024-03-31", Value::Boolean(true)),
        ("{at} < @2024-03-31T01:30", Value::Boolean(true)),
        ("CAST({at}, date) = @2024-03-31", Value::Boolean(true)),
        // 01:00 and an hour on the wall clock is in the gap: its end.
        ("DATE_ADD({at}, 1, 'day') = @2024-03-31T23:00Z", Value::Boolean(true)),
        ("TIME_TRUNC('hour', {at}) = {at}", Value::Boolean(true)),
        ("WEEKDAY({at})", Value::Integer(1)),
        ("FISCAL_YEAR({at})", Value::Integer(2024)),
    ] {
        assert_eq!(row(source), Ok(expected), "{source}");
    }
}
