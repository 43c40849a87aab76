//! Values that are computed from other rows of the answer.

use drillcore::ErrorKind;
use serde_json::{Value, json};

use super::{check, check_refused, check_totals, city, data, db, month, n, region, sales, test, total};

#[test]
fn windows_run_along_the_date_within_the_other_dimensions() {
    let db = db();
    let query = |window: Value| sales(&[month(), region()], &[total()], json!({"window": [window]}));
    let column = |window: Value| -> Value {
        let rows = data(&db, &query(window));
        rows.as_array().expect("rows").iter().map(|row| row[3].clone()).collect()
    };
    // Rows: January N 15, S 40; February N 20, S NULL; March S 1, NULL 7.
    let of = |function: &str| json!({"as": "w", "function": function, "of": "total"});
    assert_eq!(column(of("running_total")), json!([15, 40, 35, 40, 41, 7]));
    assert_eq!(column(of("lag")), json!([null, null, 15, 40, null, null]));
    assert_eq!(column(of("lead")), json!([20, null, null, 1, null, null]));
    assert_eq!(column(of("difference")), json!([null, null, 5, null, null, null]));
    assert_eq!(column(of("first_value")), json!([15, 15, 15, 15, 15, 15]));
    assert_eq!(column(of("last_value")), json!([7, 7, 7, 7, 7, 7]));
    let far = json!({"as": "w", "function": "lag", "of": "total", "offset": 2, "default": 9});
    assert_eq!(column(far), json!([9, 9, 9, 9, 40, 9]));
    let whole = json!({"as": "w", "function": "running_total", "of": "total", "partition_by": []});
    assert_eq!(column(whole), json!([15, 55, 75, 75, 76, 83]));
    let back = json!({
        "as": "w", "function": "running_total", "of": "total", "order_by": [{"by": "month", "order": "desc"}],
    });
    assert_eq!(column(back), json!([35, 41, 20, 1, 1, 7]));
    let in_order = json!({
        "as": "w", "function": "rank", "order_by": [{"by": "total", "order": "desc"}], "partition_by": ["month"],
    });
    assert_eq!(column(in_order), json!([2, 1, 1, 2, 2, 1]));
    let average = json!({"window": [{"as": "w", "function": "moving_average", "of": "n", "size": 2}]});
    let expected = json!([["2026-01-01", 3, 3.0], ["2026-02-01", 2, 2.5], ["2026-03-01", 2, 2.0]]);
    check(&db, &sales(&[month()], &[n()], average), expected);
    let south = json!({
        "where": [test("region", "? = ?", json!("S"))],
        "window": [
            {"as": "rows", "function": "percent_change", "of": "n"},
            {"as": "sums", "function": "percent_change", "of": "total"},
        ],
    });
    let expected =
        json!(
            [["2026-01-01", 1, 40, null, null], ["2026-02-01", 1, null, 0.0, null], ["2026-03-01", 1, 1, 0.0, null],]
        );
    check(&db, &sales(&[month()], &[n(), total()], south), expected);
    let undated = json!({"window": [{"as": "w", "function": "running_total", "of": "n"}]});
    check_refused(&db, &sales(&[region()], &[n()], undated), ErrorKind::InvalidQuery, Some("/window/0/order_by"));
}

#[test]
fn ranks_shares_and_their_totals() {
    let db = db();
    let by_n = json!([{"by": "n", "order": "desc"}]);
    let rank = |function: &str| json!({"as": function, "function": function, "order_by": by_n});
    let mut ntile = rank("ntile");
    ntile["n"] = json!(2);
    let windows = json!({"window": [rank("rank"), rank("dense_rank"), rank("row_number"), ntile]});
    let expected = json!([
        ["a", 2, 1, 1, 1, 1],
        ["b", 1, 3, 2, 3, 1],
        ["c", 2, 1, 1, 2, 1],
        ["d", 1, 3, 2, 4, 2],
        ["e", 1, 3, 2, 5, 2],
    ]);
    check(&db, &sales(&[city()], &[n()], windows), expected);
    let share = |total: &str, partition: Value| {
        json!({
            "where": [test("day", "? >= ?", json!("2026-02-01"))],
            "window": [{
                "as": "share", "function": "percent_of_total", "of": "n", "total": total, "partition_by": partition,
            }],
            "totals": {"grand": true, "levels": [["region"]]},
        })
    };
    let query = |total: &str, partition: Value| sales(&[region(), city()], &[n()], share(total, partition));
    let whole = json!([["N", "a", 1, 0.25], ["S", "c", 1, 0.25], ["S", "d", 1, 0.25], [null, "e", 1, 0.25]]);
    check(&db, &query("none", json!([])), whole);
    let parts = json!([["N", "a", 1, 1.0], ["S", "c", 1, 0.5], ["S", "d", 1, 0.5], [null, "e", 1, 1.0]]);
    check(&db, &query("none", json!(["region"])), parts);
    let totals = |grand: Value, regions: [Value; 3]| {
        let [north, south, none] = regions;
        json!([[null, null, 4, grand], ["N", null, 1, north], ["S", null, 2, south], [null, null, 1, none]])
    };
    let null = || [Value::Null, Value::Null, Value::Null];
    check_totals(&db, &query("none", json!([])), totals(json!(null), null()));
    let shares = || [json!(0.25), json!(0.5), json!(0.25)];
    check_totals(&db, &query("native", json!([])), totals(json!(1.0), shares()));
    check_totals(&db, &query("sum_of_rows", json!([])), totals(json!(1.0), shares()));
    let ones = [json!(1.0), json!(1.0), json!(1.0)];
    check_totals(&db, &query("native", json!(["region"])), totals(json!(1.0), ones));
    // A share is one of all groups, also of those that limit cuts off.
    let mut first = query("none", json!([]));
    first["limit"] = json!({"by": 1});
    check(&db, &first, json!([["N", "a", 1, 0.25]]));
    let text = json!({
        "as": "w", "function": "lag", "of": "city", "order_by": [{"by": "city"}], "total": "sum_of_rows",
    });
    let summed = sales(&[city()], &[n()], json!({"window": [text]}));
    check_refused(&db, &summed, ErrorKind::InvalidQuery, Some("/window/0/total"));
}
