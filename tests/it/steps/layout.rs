//! Pivots, tiers, limits.

use drillcore::{ErrorKind, Query, Scope};
use futures::executor::block_on;
use serde_json::{Value, json};

use super::{ask, check, check_refused, check_totals, city, db, document, month, n, other, region, sales, test, total};

#[test]
fn pivots_lay_members_out_as_columns() {
    let db = db();
    let both = json!([test("region", "? in ?", json!(["N", "S"]))]);
    let query = |dimensions: &[Value], more: Value| {
        let mut query = sales(dimensions, &[n()], json!({"where": both, "pivot": {"columns": ["month"]}}));
        for (name, value) in more.as_object().expect("fields") {
            query[name] = value.clone();
        }
        query
    };
    let names = |query: &Value| -> Value {
        let columns = document(&db, query)["columns"].clone();
        columns.as_array().expect("columns").iter().map(|column| column["name"].clone()).collect()
    };
    let by_region = |more: Value| query(&[region(), month()], more);
    check(&db, &by_region(json!({})), json!([["N", 2, 1, null], ["S", 1, 1, 1]]));
    assert_eq!(names(&by_region(json!({}))), json!(["region", "n|2026-01-01", "n|2026-02-01", "n|2026-03-01"]));
    let totals = by_region(json!({"totals": {"grand": true, "levels": [["region"], ["month"]]}}));
    check(&db, &totals, json!([["N", 2, 1, null, 3], ["S", 1, 1, 1, 3]]));
    assert_eq!(names(&totals)[4], json!("n|(total)"));
    let document = document(&db, &totals);
    assert_eq!(document["totals"], json!([{"keys": [], "grouping_id": 1, "data": [[null, 3, 2, 1, 6]]}]));
    check(&db, &by_region(json!({"limit": {"by": 1}})), json!([["N", 2, 1, null]]));
    check(&db, &by_region(json!({"limit": {"by": 5, "offset": 1}})), json!([["S", 1, 1, 1]]));
    check(&db, &by_region(json!({"limit": {"by": 0}})), json!([]));
    let few = json!({"pivot": {"columns": ["month"], "max_columns": 2}});
    check_refused(&db, &by_region(few), ErrorKind::LimitExceeded, None);
    // NULL is a member above a column as well.
    let above = query(&[month(), region()], json!({"where": [], "pivot": {"columns": ["region"]}}));
    let expected = json!([["2026-01-01", 2, 1, null], ["2026-02-01", 1, 1, null], ["2026-03-01", null, 1, 1]]);
    check(&db, &above, expected);
    let top = json!({"of": "city", "n": 1, "by": "n", "order": "desc", "other": true});
    let with_other = query(&[region(), city()], json!({"pivot": {"columns": ["city"]}, "top": top}));
    check(&db, &with_other, json!([["N", 2, 1], ["S", null, 3]]));
    assert_eq!(names(&with_other), json!(["region", "n|a", "n|(other)"]));
    let january = |order: &str| json!({"by": "n", "order": order, "at": {"month": "2026-01-01"}});
    let ordered = by_region(json!({"order": [january("asc")]}));
    check(&db, &ordered, json!([["S", 1, 1, 1], ["N", 2, 1, null]]));
    let behind = by_region(json!({"order": [{"by": "region"}, january("asc")]}));
    check(&db, &behind, json!([["N", 2, 1, null], ["S", 1, 1, 1]]));
    let cities = json!({"where": [], "top": top, "order": [january("desc")]});
    check(&db, &query(&[city(), month()], cities), json!([["a", 1, 1, null], [other(), 2, 1, 2]]));
    let counted = by_region(json!({"limit": {"by": 1}, "options": {"total_rows": true}}));
    assert_eq!(ask(&db, &counted).total_rows(), Some(2));
    let no_cell = json!({"order": [{"by": "region", "at": {"month": "2026-01-01"}}]});
    check_refused(&db, &by_region(no_cell), ErrorKind::InvalidQuery, Some("/order/0/at"));
}

#[test]
fn children_stand_below_their_parents() {
    let db = db();
    let query = |key: Value| sales(&[region(), city()], &[total()], json!({"order": [key]}));
    let descending = json!([["S", "c", 41], ["S", "d", null], ["N", "a", 30], ["N", "b", 5], [null, "e", 7]]);
    check(&db, &query(json!({"by": "total", "order": "desc", "tiered": true})), descending.clone());
    check(&db, &query(json!({"formula": "SUM({amount})", "order": "desc", "tiered": true})), descending);
    let ascending = json!([[null, "e", 7], ["N", "b", 5], ["N", "a", 30], ["S", "c", 41], ["S", "d", null]]);
    check(&db, &query(json!({"by": "total", "tiered": true})), ascending);
    let flat = json!([["S", "c", 41], ["N", "a", 30], [null, "e", 7], ["N", "b", 5], ["S", "d", null]]);
    check(&db, &query(json!({"by": "total", "order": "desc"})), flat);
    let mut two = sales(&[region(), city()], &[total(), n()], json!({}));
    two["order"] = json!([{"by": "n", "order": "desc", "tiered": true}, {"by": "city", "order": "desc"}]);
    let expected =
        json!([["N", "a", 30, 2], ["N", "b", 5, 1], ["S", "c", 41, 2], ["S", "d", null, 1], [null, "e", 7, 1],]);
    check(&db, &two, expected);
    let by_city = |order: Value| sales(&[city()], &[total()], json!({"order": [order]}));
    let nulls_first = json!({"by": "total", "order": "desc", "nulls": "first"});
    check(&db, &by_city(nulls_first), json!([["d", null], ["c", 41], ["a", 30], ["e", 7], ["b", 5]]));
}

#[test]
fn limits_cut_and_rows_are_counted() {
    let db = db();
    let query = |limit: Value| sales(&[city()], &[n()], json!({"limit": limit, "options": {"total_rows": true}}));
    for (limit, rows) in [
        (json!({"by": 0}), json!([])),
        (json!({"by": 2, "offset": 9}), json!([])),
        (json!({"by": 2, "offset": 4}), json!([["e", 1]])),
        (json!({"offset": 3}), json!([["d", 1], ["e", 1]])),
    ] {
        check(&db, &query(limit.clone()), rows.clone());
        assert_eq!(ask(&db, &query(limit.clone())).total_rows(), Some(5));
        // The same without further steps.
        let mut plain = query(limit);
        plain["options"] = json!({});
        check(&db, &plain, rows);
    }
    let most = |rows: u64| sales(&[city()], &[n()], json!({"options": {"max_rows": rows, "total_rows": true}}));
    assert_eq!(ask(&db, &most(5)).num_rows(), 5);
    check_refused(&db, &most(4), ErrorKind::LimitExceeded, None);
    let derived = json!({
        "derived": [{"as": "twice", "expression": "{amount} * 2"}],
        "totals": {"grand": true},
    });
    let twice = json!({"column_id": "twice", "aggregation": "sum", "as": "twice"});
    let query = sales(&[region()], &[twice], derived);
    check(&db, &query, json!([["N", 70], ["S", 82], [null, 14]]));
    check_totals(&db, &query, json!([[null, 166]]));
    let query = Query::from_json(&query.to_string()).expect("a query");
    let explained = block_on(db.engine().explain(&query, &Scope::unrestricted())).expect("an explanation");
    assert!(explained.plan.contains("key0"), "{}", explained.plan);
}
