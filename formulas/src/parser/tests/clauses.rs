use super::{check, refused};
use crate::{ExprKind, Function, GrainKind, parse};

#[test]
fn aggregates_take_a_condition_and_groups() {
    check("countr() + countr(where {y} > 3)", "COUNTR() + COUNTR(WHERE {y} > 3)");
    check("SUM({x} WHERE {y} > 3 AND {z}) / rate({a}, {b})", "SUM({x} WHERE {y} > 3 AND {z}) / RATE({a}, {b})");
    check("countr(full)", "COUNTR(FULL)");
    check("COUNTR(WHERE {b} FIXED {a})", "COUNTR(WHERE {b} FIXED {a})");
    check("sum({x} Fixed {d:a} , {b})", "SUM({x} FIXED {d:a}, {b})");
    check("SUM({x} FIXED)", "SUM({x} FIXED)");
    check("COUNTR(FIXED)", "COUNTR(FIXED)");
    check("AVG(SUM({x} include {a}))", "AVG(SUM({x} INCLUDE {a}))");
    check("SUM({x} WHERE {y} LIKE 'a%' EXCLUDE {a}, {b})", "SUM({x} WHERE LIKE({y}, 'a%') EXCLUDE {a}, {b})");
    check("FIRST({a}, {b} WHERE {c} FULL)", "FIRST({a}, {b} WHERE {c} FULL)");
    let formula = parse("SUM({x}/*..*/FIXED {a})").unwrap();
    let ExprKind::Call(call) = &formula.kind else { panic!("no call") };
    let grain = call.grain.as_ref().unwrap();
    assert_eq!((grain.kind, grain.span.start(), grain.span.end()), (GrainKind::Fixed, 13, 18));
}

#[test]
fn window_functions_take_a_partition_and_an_order() {
    check("lag({a} partition by {b}, {c})", "LAG({a} PARTITION BY {b}, {c})");
    check("lag({a} partition by ( ))", "LAG({a} PARTITION BY ())");
    check("LAG({a}, 2 ORDER BY {b})", "LAG({a}, 2 ORDER BY {b})");
    check("RANK(ORDER BY {a} desc)", "RANK(ORDER BY {a} DESC)");
    check(
        "rank(partition by () order by {a} asc nulls last, {b} desc nulls first, {c} nulls first)",
        "RANK(PARTITION BY () ORDER BY {a}, {b} DESC NULLS FIRST, {c} NULLS FIRST)",
    );
    check("RUNNING_SUM(SUM({a} FULL) ORDER BY {b})", "RUNNING_SUM(SUM({a} FULL) ORDER BY {b})");
    for name in ["LAG", "RANK", "RUNNING_SUM"] {
        assert!(matches!(Function::from_name(name), Some(Function::Window(_))), "{name}");
    }
}

#[test]
fn words_of_clauses_are_no_keywords_elsewhere() {
    check("{full} + {order} + first({nulls}, {by})", "{full} + {order} + FIRST({nulls}, {by})");
    refused("full + 1", "full", "`full` has no meaning here; names of columns are written in braces: {full}");
    refused("1 + (order)", "order", "`order` has no meaning here; names of columns are written in braces: {order}");
}

#[test]
fn only_who_takes_a_clause_may_have_it() {
    refused(
        "ROUND({a} WHERE {b})",
        "WHERE",
        "only aggregates take WHERE, not ROUND; IF(condition, value) leaves values out",
    );
    refused("IF({a}, 1 FULL)", "FULL", "only aggregates take FULL, not IF; it can stand in an aggregate inside");
    refused("LAG({a} WHERE {b})", "WHERE", "only aggregates take WHERE, not LAG; it can stand in an aggregate inside");
    refused(
        "LAG({a} FIXED {b})",
        "FIXED",
        "only aggregates take FIXED, not LAG; PARTITION BY says which rows belong together",
    );
    refused(
        "SUM({a} PARTITION BY {b})",
        "PARTITION BY",
        "only window functions take PARTITION BY, not SUM; FIXED groups by other columns",
    );
    refused(
        "SUM({a} order by {b})",
        "order by",
        "only window functions take ORDER BY, not SUM; FIRST(a, by) and LAST(a, by) take an order",
    );
    refused("ABS({a} ORDER BY {b})", "ORDER BY", "only window functions take ORDER BY, not ABS");
}

#[test]
fn clauses_have_an_order() {
    refused("SUM({a} FIXED {b} WHERE {c})", "WHERE", "WHERE stands before FIXED");
    refused("LAG({a} ORDER BY {b} PARTITION BY {c})", "PARTITION BY", "PARTITION BY stands before ORDER BY");
    let once = "FULL cannot stand behind FIXED; there is one such clause in a call";
    refused("SUM({a} FIXED FULL)", "FULL", once);
    let once = "WHERE cannot stand behind WHERE; there is one such clause in a call";
    refused("SUM({a} WHERE {b} WHERE {c})", "WHERE", once);
    refused("SUM({a}, FULL)", "FULL", "expected a value, found `FULL`");
}

#[test]
fn names_stand_in_clauses_and_nothing_else() {
    refused("SUM({a} WHERE)", ")", "expected a value, found `)`");
    refused("SUM({a} WHERE {b} {c})", "{c}", "expected an operator or `)`, found a reference");
    refused("SUM({a} FULL {b})", "{b}", "expected `)`, found a reference");
    refused("SUM({a} FIXED carrier)", "carrier", "names of columns are written in braces: {carrier}");
    refused("SUM({a} FIXED {b}, carrier)", "carrier", "names of columns are written in braces: {carrier}");
    refused("SUM({a} FIXED 1)", "1", "expected a name in braces or `)`, found `1`");
    refused("SUM({a} FIXED {b} + 1)", "+", "expected `,` or `)`, found `+`");
    refused("SUM({a} FIXED {b},)", ")", "expected a name in braces, found `)`");
    refused("SUM({a} INCLUDE)", ")", "expected a name in braces, found `)`");
    refused("SUM({a} EXCLUDE 'b')", "'b'", "expected a name in braces, found a text");
    refused("LAG({a} PARTITION {b})", "{b}", "expected BY behind PARTITION, found a reference");
    refused("RANK(ORDER {b})", "{b}", "expected BY behind ORDER, found a reference");
    refused("LAG({a} PARTITION BY ({b}))", "{b}", "expected `)`, as names stand without brackets, found a reference");
    refused("LAG({a} PARTITION BY)", ")", "expected a name in braces, found `)`");
    refused("LAG({a} PARTITION BY () {b})", "{b}", "expected ORDER BY or `)`, found a reference");
    refused("LAG({a} ORDER BY {b} + 1)", "+", "expected `,` or `)`, found `+`");
    refused("LAG({a} ORDER BY {b} NULLS)", ")", "expected FIRST or LAST behind NULLS, found `)`");
    refused("LAG({a} ORDER BY {b} DESC ASC)", "ASC", "expected `,` or `)`, found `ASC`");
}
