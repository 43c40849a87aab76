//! What is read, what is refused, and how much of it.

use proptest::prelude::*;

use crate::{ExprKind, MAX_DEPTH, MAX_NODES, MAX_SOURCE_BYTES, parse};

/// A formula is read as what is printed.
#[track_caller]
fn check(source: &str, printed: &str) {
    match parse(source) {
        Ok(formula) => assert_eq!(formula.to_string(), printed, "{source}"),
        Err(error) => panic!("{}", error.render(source)),
    }
}

/// A text is no formula, and this is shown for it, without the final line break.
#[track_caller]
fn refused(source: &str, rendered: &str) {
    let error = parse(source).unwrap_err();
    assert_eq!(error.render(source).trim_end(), rendered, "{source}");
    assert_eq!(error.to_string().lines().count(), 1, "{source}");
}

/// Every operator shows its operands.
#[track_caller]
fn grouped(source: &str, bracketed: &str) {
    let (read, expected) = (parse(source).unwrap(), parse(bracketed).unwrap());
    assert_eq!(read.without_spans(), expected.without_spans(), "{source} {bracketed}");
}

#[test]
fn everything_in_the_language_is_read() {
    check("{a}", "{a}");
    check("{ d : a }", "{d:a}");
    check("{origin_airport.country:name}", "{origin_airport.country:name}");
    check("{\"a:b\":\"c\"}", "{\"a:b\":c}");
    check("{a}}b}", "{\"a}b\"}");
    check("'it''s' || \"a\"\"b\" || \"it's\"", "'it''s' || 'a\"b' || 'it''s'");
    check("1 + 1.50 + 1.50e0 + 007 + 0.050", "1 + 1.50 + 1.5e0 + 7 + 0.050");
    check("-9223372036854775808 - 9223372036854775808", "-9223372036854775808 - 9223372036854775808");
    check("true OR False or NULL", "TRUE OR FALSE OR NULL");
    check("{a}!={b}", "{a} <> {b}");
    check("not {a} is not null", "NOT {a} IS NOT NULL");
    check("{a} in (1,2) and {a} NOT in ('x')", "{a} IN (1, 2) AND {a} NOT IN ('x')");
    check("{a} between 1 and 2 and {a} not between 3 and 4+1", "{a} BETWEEN 1 AND 2 AND {a} NOT BETWEEN 3 AND 4 + 1");
    check("case when {a} then 1 when {b} then 2 else 3 end", "CASE WHEN {a} THEN 1 WHEN {b} THEN 2 ELSE 3 END");
    check("CASE WHEN {a} THEN 1 END", "CASE WHEN {a} THEN 1 END");
    check("cast({a}, Hierarchy) || CAST(1, TEXT)", "CAST({a}, text) || CAST(1, text)");
    check(
        "CAST('1', numeric) + CAST(1, float) + CAST(1, integer)",
        "CAST('1', numeric) + CAST(1, numeric) + CAST(1, integer)",
    );
    check(
        "if({a}, 1, 2) + coalesce({b}, 0) + nullif(1, 2) + abs(-1) + round(1.5)",
        "IF({a}, 1, 2) + COALESCE({b}, 0) + NULLIF(1, 2) + ABS(-1) + ROUND(1.5)",
    );
    check("countr() + countr(where {y} > 3)", "COUNTR() + COUNTR(WHERE {y} > 3)");
    check("SUM({x} WHERE {y} > 3 AND {z}) / rate({a}, {b})", "SUM({x} WHERE {y} > 3 AND {z}) / RATE({a}, {b})");
    check("1 -- one\n + /* two */ 2", "1 + 2");
    check("- -1 - - {a}", "-(-1) - -{a}");
    check("((((1))))", "1");
}

#[test]
fn operators_bind_as_tightly_as_they_should() {
    grouped("1 + 2 * 3 - 4 / 5", "(1 + (2 * 3)) - (4 / 5)");
    grouped("1 - 2 - 3", "(1 - 2) - 3");
    grouped("-{a} * {b}", "(-{a}) * {b}");
    grouped("- {a} + 1", "(-{a}) + 1");
    grouped("'a' || 1 + 2 = 'b' || 'c'", "('a' || (1 + 2)) = ('b' || 'c')");
    grouped("{a} || {b} || {c}", "({a} || {b}) || {c}");
    grouped("{a} OR {b} AND NOT {c} = 1 OR {d}", "{a} OR ({b} AND (NOT ({c} = 1))) OR {d}");
    grouped("NOT NOT {a} AND {b}", "(NOT (NOT {a})) AND {b}");
    grouped("{a} + 1 BETWEEN 2 AND 3 OR {b}", "(({a} + 1) BETWEEN 2 AND 3) OR {b}");
    grouped("{a} + 1 IS NULL", "({a} + 1) IS NULL");
    grouped("NOT {a} IN (1) AND {b}", "(NOT ({a} IN (1))) AND {b}");
}

#[test]
fn brackets_keep_what_is_flat_apart() {
    let flat = parse("{a} AND {b} AND {c}").unwrap();
    assert!(matches!(&flat.kind, ExprKind::And(parts) if parts.len() == 3));
    let nested = parse("({a} AND {b}) AND {c}").unwrap();
    assert!(matches!(&nested.kind, ExprKind::And(parts) if parts.len() == 2));
    check("({a} AND {b}) AND {c}", "({a} AND {b}) AND {c}");
}

#[test]
fn places_hold_the_brackets_around_them() {
    let source = " ( 1 + {a} ) * ROUND(2) ";
    let formula = parse(source).unwrap();
    assert_eq!(formula.span.text(source), Some("( 1 + {a} ) * ROUND(2)"));
    let ExprKind::Arithmetic(_, left, right) = &formula.kind else { panic!("no product") };
    assert_eq!(left.span.text(source), Some("( 1 + {a} )"));
    let ExprKind::Call(call) = &right.kind else { panic!("no call") };
    assert_eq!(call.name_span.text(source), Some("ROUND"));
}

#[test]
fn faults_are_told_with_their_place() {
    refused("", "line 1, column 1: expected a value, found the end\n1 | \n  | ^");
    refused("1 +", "line 1, column 4: expected a value, found the end\n1 | 1 +\n  |    ^");
    refused("1 2", "line 1, column 3: expected an operator or the end, found `2`\n1 | 1 2\n  |   ^");
    refused("(1", "line 1, column 3: expected an operator or `)`, found the end\n1 | (1\n  |   ^");
    refused("1)", "line 1, column 2: expected an operator or the end, found `)`\n1 | 1)\n  |  ^");
    refused("1 + * 2", "line 1, column 5: expected a value, found `*`\n1 | 1 + * 2\n  |     ^");
    refused("SUM({a},)", "line 1, column 9: expected a value, found `)`\n1 | SUM({a},)\n  |         ^");
    refused(
        "SUM({a} {b})",
        "line 1, column 9: expected an operator, `,` or `)`, found a reference\n1 | SUM({a} {b})\n  |         ^^^",
    );
    refused("SUM({a} WHERE)", "line 1, column 14: expected a value, found `)`\n1 | SUM({a} WHERE)\n  |              ^");
    refused("1 = 2 = 3", "line 1, column 7: put brackets around the comparison before `=`\n1 | 1 = 2 = 3\n  |       ^");
    refused(
        "{a} IS NULL + 1",
        "line 1, column 13: put brackets around the comparison before `+`\n1 | {a} IS NULL + 1\n  |             ^",
    );
    refused(
        "1 = NOT {a}",
        "line 1, column 5: put brackets around NOT and what it applies to\n1 | 1 = NOT {a}\n  |     ^^^",
    );
    refused(
        "{a} NOT 1",
        "line 1, column 9: expected IN or BETWEEN behind NOT, found `1`\n1 | {a} NOT 1\n  |         ^",
    );
    refused("{a} IN ()", "line 1, column 9: expected a value, found `)`\n1 | {a} IN ()\n  |         ^");
    refused("{a} IN 1", "line 1, column 8: expected `(` and a list behind IN, found `1`\n1 | {a} IN 1\n  |        ^");
    refused("{a} IS 1", "line 1, column 8: expected NULL, found `1`\n1 | {a} IS 1\n  |        ^");
    refused(
        "{a} BETWEEN 1 OR 2",
        "line 1, column 15: expected AND, found OR\n1 | {a} BETWEEN 1 OR 2\n  |               ^^",
    );
    refused(
        "CASE {a} WHEN 1",
        "line 1, column 6: expected WHEN and a condition, found a reference\n1 | CASE {a} WHEN 1\n  |      ^^^",
    );
    refused(
        "CASE WHEN {a} THEN 1",
        "line 1, column 21: expected END, found the end\n1 | CASE WHEN {a} THEN 1\n  |                     ^",
    );
    refused("1\n+ 'ab", "line 2, column 3: the text is not closed: `'` is missing\n2 | + 'ab\n  |   ^");
    refused("1e999", "line 1, column 1: the number is too large for a float\n1 | 1e999\n  | ^^^^^");
}

#[test]
fn names_that_do_not_exist_are_told_with_what_was_meant() {
    refused("SUMM({a})", "line 1, column 1: there is no function `SUMM`; did you mean `SUM`?\n1 | SUMM({a})\n  | ^^^^");
    refused(
        "ifnull({a}, 1)",
        "line 1, column 1: there is no function `ifnull`; did you mean `COALESCE`?\n1 | ifnull({a}, 1)\n  | ^^^^^^",
    );
    refused("frobnicate(1)", "line 1, column 1: there is no function `frobnicate`\n1 | frobnicate(1)\n  | ^^^^^^^^^^");
    refused(
        "distance + 1",
        "line 1, column 1: `distance` has no meaning here; names of columns are written in braces: {distance}\n1 | distance + 1\n  | ^^^^^^^^",
    );
    refused(
        "1 / countr",
        "line 1, column 5: `COUNTR` is a function; `(` is missing behind it\n1 | 1 / countr\n  |     ^^^^^^",
    );
    refused(
        "CAST({a}, hierarhcy)",
        "line 1, column 11: there is no type `hierarhcy`; did you mean `hierarchy`?\n1 | CAST({a}, hierarhcy)\n  |           ^^^^^^^^^",
    );
    refused(
        "CAST({a}, DateTime)",
        "line 1, column 11: CAST to datetime is not supported yet\n1 | CAST({a}, DateTime)\n  |           ^^^^^^^^",
    );
    refused(
        "CAST({a}, 'text')",
        "line 1, column 11: expected a type: hierarchy, numeric or integer, found a text\n1 | CAST({a}, 'text')\n  |           ^^^^^^",
    );
    refused(
        "ROUND(1 WHERE TRUE)",
        "line 1, column 9: only aggregates take a condition, not ROUND\n1 | ROUND(1 WHERE TRUE)\n  |         ^^^^^",
    );
}

#[test]
fn a_message_holds_no_more_than_a_name() {
    let long = "x".repeat(5000);
    for source in [
        format!("{long}(1)"),
        long.clone(),
        format!("1 {long}"),
        format!("CAST(1, {long})"),
        format!("1 {}", "9".repeat(5000)),
    ] {
        let error = parse(&source).unwrap_err();
        assert!(error.message().len() < 160, "{}", error.message());
    }
}

#[test]
fn depth_is_limited() {
    let too_deep = "the formula is nested too deeply; the most are 128 levels";
    let sources = |depth: usize| {
        [
            format!("1{}", " + 1".repeat(depth - 1)),
            format!("{}{{a}}", "- ".repeat(depth - 1)),
            format!("{}TRUE", "NOT ".repeat(depth - 1)),
            format!("{}1{}", "ABS(".repeat(depth - 1), ")".repeat(depth - 1)),
            format!("{}1{}", "1 - (".repeat(depth - 1), ")".repeat(depth - 1)),
            format!("{}1{}", "CASE WHEN TRUE THEN ".repeat(depth - 1), " END".repeat(depth - 1)),
            format!("{}1{}", "(".repeat(depth - 1), " IS NULL)".repeat(depth - 1)),
        ]
    };
    for source in sources(MAX_DEPTH) {
        let formula = parse(&source).unwrap();
        assert_eq!(parse(&formula.to_string()).unwrap().without_spans(), formula.without_spans(), "{source}");
    }
    for source in sources(MAX_DEPTH + 1) {
        assert_eq!(parse(&source).unwrap_err().message(), too_deep, "{source}");
    }
    assert!(parse(&format!("{}1{}", "(".repeat(200), ")".repeat(200))).is_ok());
    for opening in ["(", "-(", "NOT (", "ABS(", "CASE WHEN ", "1 + ", "1 IN (", "CAST("] {
        let source = opening.repeat(MAX_SOURCE_BYTES / opening.len());
        assert_eq!(parse(&source).unwrap_err().message(), too_deep, "{opening}");
    }
}

#[test]
fn nodes_and_bytes_are_limited() {
    // The list, what is looked for, and the whole.
    let flat = |nodes: usize| format!("1 IN ({})", vec!["1"; nodes - 2].join(","));
    assert!(parse(&flat(MAX_NODES)).is_ok());
    assert_eq!(parse(&flat(MAX_NODES + 1)).unwrap_err().message(), "the formula has more than 10000 parts");
    let blank = " ".repeat(MAX_SOURCE_BYTES - 1);
    assert!(parse(&format!("1{blank}")).is_ok());
    let error = parse(&format!("1 {blank}")).unwrap_err();
    assert_eq!(error.message(), "the formula has 65537 bytes; the most are 65536");
    assert!(parse(&"(".repeat(1 << 20)).is_err());
}

#[test]
fn the_deepest_formulas_need_a_small_stack() {
    let work = || {
        for (open, close) in [("ABS(", ")"), ("CASE WHEN TRUE THEN ", " END"), ("1 IN (", ")"), ("1 + (", ")")] {
            let source = format!("{}1{}", open.repeat(MAX_DEPTH - 1), close.repeat(MAX_DEPTH - 1));
            let formula = parse(&source).unwrap();
            assert_eq!(formula.clone().without_spans(), parse(&formula.to_string()).unwrap().without_spans());
        }
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap();
}

/// Pieces of formulas in any order.
fn soup() -> impl Strategy<Value = String> {
    let pieces = [
        "{a}",
        "{a:b}",
        "{\"a\":\"b\"}",
        "{",
        "}",
        "}}",
        "'a'",
        "'",
        "\"",
        "1",
        "1.5",
        "1e9",
        "99999999999999999999",
        ".",
        "(",
        ")",
        "(",
        ")",
        ",",
        "+",
        "-",
        "*",
        "/",
        "||",
        "|",
        "=",
        "<>",
        "<",
        ">=",
        "!",
        "AND",
        "OR",
        "NOT",
        "IS",
        "NULL",
        "IN",
        "BETWEEN",
        "CASE",
        "WHEN",
        "THEN",
        "ELSE",
        "END",
        "CAST(",
        "text",
        "WHERE",
        "SUM(",
        "IF(",
        "ROUND(",
        "COUNTR(",
        "x",
        "--",
        "/*",
        "*/",
        "\n",
        "é",
        "\u{0}",
    ];
    proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..40).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(source in any::<String>()) {
        if let Err(error) = parse(&source) {
            prop_assert!(error.render(&source).contains('^'));
        }
    }

    #[test]
    fn no_soup_makes_it_panic(source in soup()) {
        match parse(&source) {
            Ok(formula) => {
                let again = parse(&formula.to_string()).map(crate::Expr::without_spans);
                prop_assert_eq!(again, Ok(formula.without_spans()));
            }
            Err(error) => prop_assert!(error.span().text(&source).is_some()),
        }
    }
}
