//! The best members and the remainder.

use drillcore::ErrorKind;
use serde_json::{Value, json};

use super::{check, check_refused, check_totals, city, data, db, month, n, named, other, region, sales, test, total};

#[test]
fn top_keeps_the_best_and_adds_up_the_rest() {
    let db = db();
    let query = |top: Value, more: Value| {
        let mut query = sales(&[city()], &[n(), total()], more);
        query["top"] = top;
        query
    };
    check(&db, &query(json!({"n": 1, "by": "total"}), json!({})), json!([["c", 2, 41]]));
    let two = json!({"n": 2, "by": "total", "other": true});
    check(&db, &query(two, json!({})), json!([["a", 2, 30], ["c", 2, 41], [other(), 3, 12]]));
    // NULL is ranked last in both directions.
    let four = json!({"n": 4, "by": "total", "order": "asc", "other": true});
    let expected = json!([["a", 2, 30], ["b", 1, 5], ["c", 2, 41], ["e", 1, 7], [other(), 1, null]]);
    check(&db, &query(four, json!({})), expected);
    check(&db, &query(json!({"n": 3, "by": "n"}), json!({})), json!([["a", 2, 30], ["b", 1, 5], ["c", 2, 41]]));
    let all = data(&db, &query(json!({"n": 9, "by": "n", "other": true}), json!({})));
    assert_eq!(all.as_array().expect("rows").len(), 5);
    let having = json!({"having": [named("n", "? < ?", json!(2))], "totals": {"grand": true}});
    let one = json!({"n": 1, "by": "total", "other": true});
    check(&db, &query(one.clone(), having.clone()), json!([["e", 1, 7], [other(), 2, 5]]));
    check_totals(&db, &query(one.clone(), having), json!([[null, 3, 12]]));
    // The remainder is greater, and last all the same.
    let order = json!({"order": [{"by": "total", "order": "desc"}]});
    check(&db, &query(one.clone(), order), json!([["c", 2, 41], [other(), 5, 42]]));
    let windows = json!({
        "where": [test("city", "? in ?", json!(["a", "b", "d"]))],
        "window": [
            {"as": "rank", "function": "rank", "order_by": [{"by": "n", "order": "desc"}]},
            {"as": "share", "function": "percent_of_total", "of": "n"},
        ],
    });
    check(&db, &query(one, windows), json!([["a", 2, 30, 1, 0.5], [other(), 2, 5, null, 0.5]]));
}

#[test]
fn the_remainder_stands_in_each_combination_of_the_others() {
    let db = db();
    let top = |per: Value| json!({"top": {"of": "city", "n": 1, "by": "total", "per": per, "other": true}});
    let per_region = sales(&[region(), city()], &[n(), total()], top(json!(["region"])));
    let expected =
        json!(
            [["N", "a", 2, 30], ["N", other(), 1, 5], ["S", "c", 2, 41], ["S", other(), 1, null], [null, "e", 1, 7],]
        );
    check(&db, &per_region, expected);
    let by_month = sales(&[month(), city()], &[n(), total()], top(json!([])));
    let expected = json!([
        ["2026-01-01", "c", 1, 40],
        ["2026-01-01", other(), 2, 15],
        ["2026-02-01", other(), 2, 20],
        ["2026-03-01", "c", 1, 1],
        ["2026-03-01", other(), 1, 7],
    ]);
    check(&db, &by_month, expected);
    let mut levels = by_month;
    levels["totals"] = json!({"levels": [["city"]]});
    check_totals(&db, &levels, json!([[null, "c", 2, 41], [null, other(), 5, 42]]));
    let of_none = sales(&[month(), city()], &[n()], json!({"top": {"n": 1, "by": "n"}}));
    check_refused(&db, &of_none, ErrorKind::InvalidQuery, None);
}
