//! Types, levels, and what is refused.

use super::{Names, check_aggregate, check_row};
use crate::{
    AggregateFunction, AggregateLeaf, Comparison, Constant, Error, MAX_TYPED_NODES, Node, Reference, Type, Typed, parse,
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
    check_row(&parse(source)?, &mut Sales)
}

fn group(source: &str) -> Result<Typed<AggregateLeaf<String, String>>, Error> {
    check_aggregate(&parse(source)?, &mut Sales)
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
    check("ROUND({d}, 1)", "decimal(10,2)");
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
        "date cannot be compared with text; dates are written in filters, not in formulas",
        "{day} >= '2024-01-01'",
    );
    refused("{at} = {day}", "datetime cannot be compared with date", "{at} = {day}");
    refused("{i} AND {b}", "AND takes a condition, not integer", "{i}");
    refused("NOT {t}", "NOT takes a condition, not text", "{t}");
    refused("IF({i}, 1, 2)", "IF takes a condition, not integer", "{i}");
    refused("IF({b}, 1, 'a')", "IF needs values of one type, not integer and text", "'a'");
    refused("CASE WHEN {b} THEN 1 ELSE {b} END", "CASE needs values of one type, not integer and boolean", "{b}");
    refused("COALESCE({t}, {day})", "COALESCE needs values of one type, not text and date", "{day}");
    refused("NULLIF({i}, {t})", "integer cannot be compared with text", "{i}, {t}");
    refused("{day} || 'x'", "`||` takes texts, numbers and booleans, not date", "{day}");
    refused("CAST({at}, text)", "CAST of datetime to text is not supported yet", "{at}");
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

    refused("{i} + SUM({i})", "the aggregate SUM cannot stand in a formula of row level", "SUM");
    refused_group("SUM({i} + MAX({i}))", "the aggregate MAX cannot stand inside another aggregate", "MAX");
    refused_group("SUM({i} WHERE {i} = MAX({i}))", "the aggregate MAX cannot stand inside another aggregate", "MAX");
    refused_group("{i} + SUM({i})", "there is no measure `i` in this query", "{i}");
    refused_group("SUM({m})", "there is no column `m`", "{m}");
    refused_group("SUM({t})", "there is no SUM of text", "{t}");
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
