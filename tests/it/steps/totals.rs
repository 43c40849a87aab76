//! Totals of an answer.

use serde_json::{Value, json};

use super::{check, check_totals, city, db, document, month, n, named, region, sales, test, total};

#[test]
fn totals_are_over_the_rows_that_are_left() {
    let db = db();
    let query = |more: Value| {
        let mut query = sales(&[region()], &[n(), total()], more);
        if query.get("totals").is_none() {
            query["totals"] = json!({"grand": true});
        }
        query
    };
    check(&db, &query(json!({})), json!([["N", 3, 35], ["S", 3, 41], [null, 1, 7]]));
    check_totals(&db, &query(json!({})), json!([[null, 7, 83]]));
    let level = document(&db, &query(json!({"totals": {"levels": [["region"]]}})))["totals"][0].clone();
    let same = json!([["N", 3, 35], ["S", 3, 41], [null, 1, 7]]);
    assert_eq!(level, json!({"keys": ["region"], "grouping_id": 0, "data": same}));
    let having = json!([named("total", "? > ?", json!(35))]);
    check_totals(&db, &query(json!({"having": having})), json!([[null, 3, 41]]));
    let all_rows = json!({"having": having, "totals": {"grand": true, "over": "all_rows"}});
    check_totals(&db, &query(all_rows), json!([[null, 7, 83]]));
    check_totals(&db, &query(json!({"limit": {"by": 1}})), json!([[null, 7, 83]]));
    check_totals(&db, &query(json!({"limit": {"by": 1, "offset": 9}})), json!([[null, 7, 83]]));
    check_totals(&db, &query(json!({"top": {"n": 1, "by": "total"}})), json!([[null, 3, 41]]));
    check_totals(&db, &query(json!({"top": {"n": 1, "by": "total", "other": true}})), json!([[null, 7, 83]]));
    let post = json!({
        "window": [{"as": "rank", "function": "rank", "order_by": [{"by": "total", "order": "desc"}]}],
        "post": [named("rank", "? <= ?", json!(1))],
    });
    check(&db, &query(post.clone()), json!([["S", 3, 41, 1]]));
    check_totals(&db, &query(post), json!([[null, 3, 41, null]]));

    let query = sales(&[region(), city()], &[n(), total()], json!({"totals": {"levels": [["region"], ["city"]]}}));
    let document = document(&db, &query);
    let regions = json!([["N", null, 3, 35], ["S", null, 3, 41], [null, null, 1, 7]]);
    assert_eq!(document["totals"][0], json!({"keys": ["region"], "grouping_id": 2, "data": regions}));
    let cities =
        json!([[null, "a", 2, 30], [null, "b", 1, 5], [null, "c", 2, 41], [null, "d", 1, null], [null, "e", 1, 7],]);
    assert_eq!(document["totals"][1], json!({"keys": ["city"], "grouping_id": 1, "data": cities}));
}

#[test]
fn a_total_is_no_mean_of_means() {
    let db = db();
    let average = json!({"column_id": "amount", "aggregation": "average", "as": "mean"});
    let formula = json!({"formula": "{total} / {n}", "as": "formula"});
    let filter = json!([test("city", "? in ?", json!(["a", "c", "e"]))]);
    let more = json!({"where": filter, "totals": {"grand": true}});
    let query = sales(&[region()], &[average, formula, total(), n()], more);
    check(&db, &query, json!([["N", 15.0, 15.0, 30, 2], ["S", 20.5, 20.5, 41, 2], [null, 7.0, 7.0, 7, 1]]));
    check_totals(&db, &query, json!([[null, 15.6, 15.6, 78, 5]]));
    let distinct = json!({"column_id": "region", "aggregation": "distinctcount", "as": "regions"});
    let query = sales(&[month()], &[distinct], json!({"totals": {"grand": true}}));
    check(&db, &query, json!([["2026-01-01", 2], ["2026-02-01", 2], ["2026-03-01", 1]]));
    check_totals(&db, &query, json!([[null, 2]]));
}

#[test]
fn no_rows_have_totals_too() {
    let db = db();
    let none = json!([test("region", "? = ?", json!("nowhere"))]);
    let median = json!({"column_id": "amount", "aggregation": "median", "as": "median"});
    let last = json!({"column_id": "amount", "aggregation": {"type": "sum", "last_by": "day"}, "as": "last"});
    let measures = [n(), total(), median, last];
    let grand = json!({"where": none, "totals": {"grand": true}});
    check(&db, &sales(&[], &measures, json!({"where": none})), json!([[0, null, null, null]]));
    check(&db, &sales(&[], &measures, grand.clone()), json!([[0, null, null, null]]));
    check(&db, &sales(&[region()], &measures, grand.clone()), json!([]));
    check_totals(&db, &sales(&[region()], &measures, grand), json!([[null, 0, null, null, null]]));
    let levels = json!({"where": none, "totals": {"levels": [["region"]]}, "top": {"n": 2, "by": "n", "other": true}});
    check_totals(&db, &sales(&[region()], &measures, levels), json!([]));
    let windows = json!({
        "where": none,
        "window": [{"as": "run", "function": "running_total", "of": "n"}],
        "pivot": {"columns": ["month"]},
    });
    check(&db, &sales(&[region(), month()], &measures, windows), json!([]));
}
