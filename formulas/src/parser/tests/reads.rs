use super::check;
use crate::{CastTarget, ExprKind, Literal, parse};

/// Every operator shows its operands.
#[track_caller]
fn grouped(source: &str, bracketed: &str) {
    let (read, expected) = (parse(source).unwrap(), parse(bracketed).unwrap());
    assert_eq!(read.without_spans(), expected.without_spans(), "{source} {bracketed}");
}

#[test]
fn names_and_constants() {
    check("{a}", "{a}");
    check("{ d : a }", "{d:a}");
    check("{origin_airport.country:name}", "{origin_airport.country:name}");
    check("{\"a:b\":\"c\"}", "{\"a:b\":c}");
    check("{a}}b}", "{\"a}b\"}");
    check("'it''s' || \"a\"\"b\" || \"it's\"", "'it''s' || 'a\"b' || 'it''s'");
    check("'\\d+\\' || '\\n'", "'\\d+\\' || '\\n'");
    check("1 + 1.50 + 1.50e0 + 007 + 0.050", "1 + 1.50 + 1.5e0 + 7 + 0.050");
    check("-9223372036854775808 - 9223372036854775808", "-9223372036854775808 - 9223372036854775808");
    check("true OR False or NULL", "TRUE OR FALSE OR NULL");
    check("- -1 - - {a}", "-(-1) - -{a}");
    check("1 -- one\n + /* two */ 2", "1 + 2");
    check("((((1))))", "1");
}

#[test]
fn dates_times_and_durations() {
    check("@2024-03-01", "@2024-03-01");
    check("@0001-01-01", "@0001-01-01");
    check("@2024-03-01T10:30", "@2024-03-01T10:30");
    check("@2024-03-01t10:30:00", "@2024-03-01T10:30");
    check("@2024-03-01T10:30:05.250", "@2024-03-01T10:30:05.25");
    check("@2024-03-01T00:00:00.000001z", "@2024-03-01T00:00:00.000001Z");
    check("@2024-03-01T01:30+02:00", "@2024-02-29T23:30Z");
    check("@1d12h", "@1d12h");
    check("@90m", "@1h30m");
    check("@14d", "@2w");
    check("@500ms", "@500ms");
    check("@0w", "@0s");
    check("-@1d", "-@1d");
    check("{a}-@1d+@2024-03-01-@2h", "{a} - @1d + @2024-03-01 - @2h");
    check("{a} >= @2024-03-01 AND {a}<@2024-04-01", "{a} >= @2024-03-01 AND {a} < @2024-04-01");
    let formula = parse("@2024-03-01T10:30Z").unwrap();
    assert_eq!(formula.kind, ExprKind::Literal(Literal::Datetime(1_709_289_000_000_000)));
}

#[test]
fn operators_and_comparisons() {
    check("{a}!={b}", "{a} <> {b}");
    check("not {a} is not null", "NOT {a} IS NOT NULL");
    check("{a} in (1,2) and {a} NOT in ('x')", "{a} IN (1, 2) AND {a} NOT IN ('x')");
    check("{a} between 1 and 2 and {a} not between 3 and 4+1", "{a} BETWEEN 1 AND 2 AND {a} NOT BETWEEN 3 AND 4 + 1");
    check("{a} like 'x%'", "LIKE({a}, 'x%')");
    check("{a} || 'b' NOT Like 'x' || '%' or {b}", "NOT LIKE({a} || 'b', 'x' || '%') OR {b}");
    check("like({a}, 'x') and not like({a}, 'y')", "LIKE({a}, 'x') AND NOT LIKE({a}, 'y')");
}

#[test]
fn choices_and_conversions() {
    check("case when {a} then 1 when {b} then 2 else 3 end", "CASE WHEN {a} THEN 1 WHEN {b} THEN 2 ELSE 3 END");
    check("CASE WHEN {a} THEN 1 END", "CASE WHEN {a} THEN 1 END");
    check("case {a} when 1 then 'x' when 2 then 'y' end", "CASE {a} WHEN 1 THEN 'x' WHEN 2 THEN 'y' END");
    check("CASE case {a} when 1 then 2 end WHEN 2 THEN 3 END", "CASE CASE {a} WHEN 1 THEN 2 END WHEN 2 THEN 3 END");
    check("CASE WHEN IF({a}) THEN 1 END", "CASE WHEN IF({a}) THEN 1 END");
    check("cast({a}, Hierarchy) || CAST(1, TEXT)", "CAST({a}, text) || CAST(1, text)");
    check("CAST('1', numeric) + CAST(1, float)", "CAST('1', numeric) + CAST(1, numeric)");
    for target in ["integer", "boolean", "date", "datetime", "local_datetime", "decimal(10, 2)", "decimal(76, 76)"] {
        let source = format!("CAST({{a}}, {target})");
        check(&source.to_uppercase().replace("{A}", "{a}"), &source);
    }
    check("CAST({a}, Decimal(007))", "CAST({a}, decimal(7, 0))");
    let formula = parse("CAST({a}, decimal(10,2))").unwrap();
    let ExprKind::Cast { target, .. } = formula.kind else { panic!("no cast") };
    assert_eq!(target, CastTarget::Decimal { precision: 10, scale: 2 });
}

#[test]
fn calls() {
    check(
        "if({a}, 1, 2) + coalesce({b}, 0) + nullif(1, 2) + abs(-1) + round(1.5)",
        "IF({a}, 1, 2) + COALESCE({b}, 0) + NULLIF(1, 2) + ABS(-1) + ROUND(1.5)",
    );
    check("average({a}) - Mean({b})", "AVG({a}) - AVG({b})");
    check("first({a}, {b}) - last({a}, {b})", "FIRST({a}, {b}) - LAST({a}, {b})");
    // How many arguments there are is the checker's business.
    check("round() + round(1, 2, 3)", "ROUND() + ROUND(1, 2, 3)");
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
    grouped("NOT {a} || 'b' LIKE 'x' AND {c}", "(NOT (({a} || 'b') LIKE 'x')) AND {c}");
    grouped("{a} NOT LIKE 'x' AND {c}", "(NOT ({a} LIKE 'x')) AND {c}");
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
    let source = "{a} NOT LIKE 'x'";
    let formula = parse(source).unwrap();
    assert_eq!(formula.span.text(source), Some(source));
    let ExprKind::Not(call) = &formula.kind else { panic!("no negation") };
    let ExprKind::Call(call) = &call.kind else { panic!("no call") };
    assert_eq!(call.name_span.text(source), Some("LIKE"));
}
