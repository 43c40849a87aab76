//! Members without rows, the period before, bins.

use drillcore::ErrorKind;
use drillcore_tests::engine_side::Db;
use serde_json::{Value, json};

use super::{
    check, check_refused, check_totals, city, data, db, month, n, named, other, push, region, sales, test, total,
};

#[test]
fn members_without_rows_have_the_aggregates_of_none() {
    let db = db();
    let flagged = |mut dimension: Value| {
        dimension["include_nonoccurring"] = json!(true);
        dimension
    };
    let months = json!([test("day", "? between ?", json!(["2026-01-01", "2026-04-30"]))]);
    let query = |more: Value| sales(&[flagged(month())], &[n(), total()], more);
    let expected =
        json!([["2026-01-01", 3, 55], ["2026-02-01", 2, 20], ["2026-03-01", 2, 8], ["2026-04-01", 0, null],]);
    check(&db, &query(json!({"where": months})), expected);
    let empty = json!({"where": months, "having": [named("n", "? = ?", json!(0))]});
    check(&db, &query(empty), json!([["2026-04-01", 0, null]]));
    let north = json!([test("region", "? = ?", json!("N"))]);
    check(&db, &query(json!({"where": north})), json!([["2026-01-01", 2, 15], ["2026-02-01", 1, 20]]));
    let cities = |more: Value| sales(&[flagged(city())], &[n(), total()], more);
    let expected = json!([["a", 2, 30], ["b", 1, 5], ["c", 0, null], ["d", 0, null], ["e", 0, null]]);
    check(&db, &cities(json!({"where": north})), expected);
    let few = json!([north[0], test("city", "? in ?", json!(["a", "c"]))]);
    check(&db, &cities(json!({"where": few})), json!([["a", 2, 30], ["c", 0, null]]));
    let mut context = north.clone();
    context[0]["context"] = json!(true);
    check(&db, &cities(json!({"where": context})), json!([["a", 2, 30], ["b", 1, 5]]));
    let top = json!({"where": north, "top": {"n": 3, "by": "n", "order": "asc", "other": true}});
    check(&db, &cities(top), json!([["c", 0, null], ["d", 0, null], ["e", 0, null], [other(), 3, 35]]));
    let most = json!({"where": north, "options": {"max_rows": 3}});
    check_refused(&db, &cities(most), ErrorKind::LimitExceeded, None);
    let bounded = json!([test("region", "? in ?", json!(["N", "S"]))]);
    let crossed = data(&db, &sales(&[flagged(region()), flagged(city())], &[n()], json!({"where": bounded})));
    assert_eq!(crossed.as_array().expect("rows").len(), 10);
    let quarter = json!([bounded[0], test("day", "? = ?", json!("2026-Q1"))]);
    let windows = json!({"where": quarter, "window": [{"as": "run", "function": "running_total", "of": "n"}]});
    let expected = json!([
        ["N", "2026-01-01", 2, 2],
        ["N", "2026-02-01", 1, 3],
        ["N", "2026-03-01", 0, 3],
        ["S", "2026-01-01", 1, 1],
        ["S", "2026-02-01", 1, 2],
        ["S", "2026-03-01", 1, 3],
    ]);
    check(&db, &sales(&[region(), flagged(month())], &[n()], windows), expected);
    let cyclic = flagged(json!({"column_id": "day", "level": "quarter_number", "as": "quarter"}));
    check(&db, &sales(&[cyclic], &[n()], json!({})), json!([[1, 7], [2, 0], [3, 0], [4, 0]]));
    let bins = flagged(json!({"column_id": "amount", "discretization": {"type": "linear", "size": 10}}));
    check(&db, &sales(&[bins], &[n()], json!({})), json!([[0, 3], [10, 1], [20, 1], [30, 0], [40, 1], [null, 1]]));
}

#[test]
fn groups_stand_beside_those_of_the_period_before() {
    let db = db();
    let compare = |period: &str, more: Value| {
        let mut all = json!({
            "where": [test("day", "? = ?", json!(period))],
            "compare": {"column_id": "day", "shift": {"quantity": 1, "unit": "month"}, "measures": ["n"]},
        });
        for (name, value) in more.as_object().expect("fields") {
            all[name] = value.clone();
        }
        all
    };
    let february = sales(&[region()], &[n()], compare("2026-02", json!({})));
    check(&db, &february, json!([["N", 1, 2, -1, -0.5], ["S", 1, 1, 0, 0.0]]));
    // Only the base has the north, only the present has NULL.
    let march = |more: Value| sales(&[region()], &[n()], compare("2026-03", more));
    let grand = json!({"totals": {"grand": true}});
    check(&db, &march(grand.clone()), json!([["N", 0, 1, -1, -1.0], ["S", 1, 1, 0, 0.0], [null, 1, 0, 1, null]]));
    check_totals(&db, &march(grand), json!([[null, 2, 2, 0, 0.0]]));
    let having = json!({"totals": {"grand": true}, "having": [named("n", "? > ?", json!(0))]});
    check(&db, &march(having.clone()), json!([["S", 1, 1, 0, 0.0], [null, 1, 0, 1, null]]));
    check_totals(&db, &march(having), json!([[null, 2, 1, 1, 1.0]]));
    let grew = json!({"having": [named("n_change", "? > ?", json!(0))]});
    check(&db, &march(grew), json!([[null, 1, 0, 1, null]]));
    let months = |filters: Value| {
        let compare = json!({"name": "month", "shift": "previous_period", "measures": ["n"]});
        sales(&[month()], &[n(), total()], json!({"where": filters, "compare": compare}))
    };
    let north = test("region", "? = ?", json!("N"));
    let of_north = months(json!([test("day", "? = ?", json!("2026-02")), north]));
    check(&db, &of_north, json!([["2026-02-01", 1, 20, 2, -1, -0.5]]));
    let newest = json!({"expression": "last_available", "parameters": [{"column_id": "day"}, {"unit": "month"}]});
    check(&db, &months(json!([newest])), json!([["2026-03-01", 2, 8, 2, 0, 0.0]]));
    check(&db, &months(json!([newest, test("region", "? = ?", json!("nowhere"))])), json!([]));
    let open = months(json!([test("day", "? >= ?", json!("2026-02-01"))]));
    check_refused(&db, &open, ErrorKind::InvalidQuery, Some("/compare/shift"));
    let either = json!([{"or": [test("day", "? = ?", json!("2026-01")), test("day", "? = ?", json!("2026-03"))]}]);
    check_refused(&db, &months(either), ErrorKind::InvalidQuery, Some("/compare"));
    let running = |trim: bool| {
        let current = json!({"expression": "current", "parameters": [{"column_id": "day"}, {"unit": "month"}]});
        let compare = json!({"column_id": "day", "shift": {"unit": "month"}, "trim_running": trim});
        let options = json!({"as_of": "2026-02-07T12:00:00Z"});
        sales(&[], &[n()], json!({"where": [current], "compare": compare, "options": options}))
    };
    check(&db, &running(true), json!([[2, 2, 0, 0.0]]));
    assert_eq!(data(&db, &running(false))[0][1], json!(3));
}

#[test]
fn a_day_that_did_not_exist_has_no_base() {
    let db = Db::in_memory().expect("an engine");
    let days = json!([["2026-02-10"], ["2026-02-28"], ["2026-03-28"], ["2026-03-29"]]);
    push(&db, "days", &["day"], days);
    let query = json!({
        "dataset_id": "days",
        "dimensions": [{"column_id": "day"}],
        "measures": [n(), {"formula": "COUNTR() + 1", "as": "more"}],
        "where": [test("day", "? = ?", json!("2026-03"))],
        "compare": {"column_id": "day", "shift": {"quantity": 1, "unit": "month"}, "measures": ["n"]},
        "totals": {"grand": true},
    });
    let expected = json!([
        ["2026-03-10", 0, 1, 1, -1, -1.0],
        ["2026-03-28", 1, 2, 1, 0, 0.0],
        ["2026-03-29", 1, 2, null, null, null],
    ]);
    check(&db, &query, expected);
    check_totals(&db, &query, json!([[null, 2, 3, 2, 0, 0.0]]));
}

#[test]
fn numbers_lie_in_bins() {
    let db = db();
    let query = |column: &str, how: Value, more: Value| {
        sales(&[json!({"column_id": column, "discretization": how})], &[n()], more)
    };
    let linear = json!({"type": "linear", "size": 10, "origin": 5});
    check(&db, &query("amount", linear, json!({})), json!([[-5, 1], [5, 3], [15, 1], [35, 1], [null, 1]]));
    let count = |bins: u64| json!({"type": "linear", "bins": bins});
    check(&db, &query("amount", count(3), json!({})), json!([[1, 4], [14, 1], [27, 1], [null, 1]]));
    let seven = json!({"where": [test("amount", "? = ?", json!(7))]});
    check(&db, &query("amount", count(4), seven), json!([[7, 1]]));
    let none = json!({"where": [test("city", "? = ?", json!("nowhere"))]});
    check(&db, &query("amount", count(4), none), json!([]));
    let edges = data(&db, &query("amount", json!({"type": "custom", "edges": [5, 20]}), json!({})));
    let counts: Value = edges.as_array().expect("rows").iter().map(|row| row[1].clone()).collect();
    assert_eq!(counts, json!([1, 3, 2, 1]));
    assert_eq!(edges[3][0], Value::Null);
    let groups = |name: &str, members: Value| json!({"type": "groups", "groups": [{"name": name, "in": members}], "rest": "Other"});
    check(&db, &query("city", groups("first", json!(["a", "b"])), json!({})), json!([["Other", 4], ["first", 3]]));
    let north = json!([["Other", 3], ["north", 3], [null, 1]]);
    check(&db, &query("region", groups("north", json!(["N"])), json!({})), north);
    push(&db, "floats", &["x"], json!([[-0.5], [0.0], [0.49], [-1.0]]));
    let mut halves = query("x", json!({"type": "linear", "size": 0.5}), json!({}));
    halves["dataset_id"] = json!("floats");
    check(&db, &halves, json!([[-1.0, 1], [-0.5, 1], [0.0, 2]]));
}
