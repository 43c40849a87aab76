//! The rows behind cells that depend on other groups or on another period: remainders, totals over what is left,
//! cumulative figures, comparisons, windows. Aggregating them gives the cell.

use drillcore::{Dimension, DrillCell, ErrorKind, Limit, Literal, PushMode, Query, Rows, Scope, column};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;
use serde_json::{Value, json};

/// Ids and amounts of rows.
pub type Found = Vec<(i64, Option<i64>)>;

pub fn push(db: &Db, dataset: &str, header: &[&str], rows: Value) {
    let rows = Rows::new(header.iter().copied(), serde_json::from_value(rows).expect("rows"));
    block_on(db.engine().push(dataset, PushMode::Create, rows)).expect("a push");
}

/// Sales: by region N 35, S 41, NULL 7; by city a 30, b 5, c 41, d NULL, e 7; by month 55, 20, 8.
fn sales() -> Db {
    let db = Db::in_memory().expect("an engine");
    let rows = json!([
        [1, "N", "a", "2026-01-05", 10],
        [2, "N", "a", "2026-02-03", 20],
        [3, "N", "b", "2026-01-20", 5],
        [4, "S", "c", "2026-01-07", 40],
        [5, "S", "c", "2026-03-01", 1],
        [6, "S", "d", "2026-02-11", null],
        [7, null, "e", "2026-03-09", 7],
    ]);
    push(&db, "sales", &["id", "region", "city", "day", "amount"], rows);
    db
}

pub fn read(document: &Value) -> Query {
    Query::from_json(&document.to_string()).unwrap_or_else(|error| panic!("{error}\n{document}"))
}

/// Ids and amounts of the rows behind a cell.
pub fn rows(db: &Db, query: &Query, cell: &DrillCell) -> Found {
    let columns: Vec<Dimension> = vec![column("id").into(), column("amount").into()];
    let everything = Scope::unrestricted();
    let answer = block_on(db.engine().drill_through(query, cell, Some(columns), Limit::default(), &everything));
    let answer = answer.unwrap_or_else(|error| panic!("{error}\n{cell:?}\n{}", query.to_json()));
    serde_json::from_str(&answer.data_json()).expect("rows")
}

#[track_caller]
fn check(db: &Db, document: &Value, cell: &DrillCell, expected: &[i64]) {
    let found: Vec<i64> = rows(db, &read(document), cell).into_iter().map(|(id, _)| id).collect();
    assert_eq!(found, expected, "{cell:?} of {document}");
}

/// A query on the sales by some of region, city and month.
pub fn by(dimensions: &[&str], more: Value) -> Value {
    let dimension = |name: &&str| match *name {
        "month" => json!({"column_id": "day", "level": "month", "as": "month"}),
        name => json!({"column_id": name, "as": name}),
    };
    let mut query = json!({
        "dataset_id": "sales",
        "dimensions": dimensions.iter().map(dimension).collect::<Vec<_>>(),
        "measures": [
            {"column_id": "*", "aggregation": "count", "as": "n"},
            {"column_id": "amount", "aggregation": "sum", "as": "total"},
        ],
    });
    for (name, value) in more.as_object().expect("fields") {
        query[name] = value.clone();
    }
    query
}

pub fn test(column: &str, expression: &str, value: Value) -> Value {
    json!({"expression": expression, "parameters": [{"column_id": column}, value]})
}

pub fn named(name: &str, expression: &str, value: Value) -> Value {
    json!({"expression": expression, "parameters": [{"name": name}, value]})
}

fn cell() -> DrillCell {
    DrillCell::new()
}

#[test]
fn a_remainder_has_the_rows_that_were_left_out() {
    let db = sales();
    let top = |per: Value| json!({"top": {"of": "city", "n": 1, "by": "total", "per": per, "other": true}});
    let cities = by(&["city"], top(json!([])));
    check(&db, &cities, &cell().other("city"), &[1, 2, 3, 6, 7]);
    check(&db, &cities, &cell().member("city", "c"), &[4, 5]);
    check(&db, &cities, &cell(), &[1, 2, 3, 4, 5, 6, 7]);
    let regions = by(&["region", "city"], top(json!(["region"])));
    check(&db, &regions, &cell().member("region", "N").other("city"), &[3]);
    check(&db, &regions, &cell().member("region", "S").other("city"), &[6]);
    check(&db, &regions, &cell().member("region", Literal::Null).other("city"), &[]);
    // A total of the remainders, and one of a member that is kept.
    check(&db, &regions, &cell().other("city"), &[3, 6]);
    check(&db, &regions, &cell().member("city", "a"), &[1, 2]);
    let mut having = cities.clone();
    having["having"] = json!([named("n", "? < ?", json!(2))]);
    check(&db, &having, &cell().other("city"), &[3, 6]);
    check(&db, &having, &cell(), &[3, 6, 7]);
    let mut big = cities.clone();
    big["measures"] = json!([
        {"column_id": "amount", "aggregation": "sum", "as": "total"},
        {"column_id": "*", "aggregation": "count", "as": "big", "where": [test("amount", "? > ?", json!(6))]},
    ]);
    check(&db, &big, &cell().other("city").measure("big"), &[1, 2, 7]);
    // Where nothing is left out there is no remainder.
    let mut all = cities;
    all["top"]["n"] = json!(9);
    check(&db, &all, &cell().other("city"), &[]);
}

#[test]
fn a_remainder_that_a_query_cannot_have_is_refused() {
    let db = sales();
    let top = json!({"top": {"of": "city", "n": 1, "by": "total", "other": true}});
    let with = by(&["region", "city"], top);
    let mut without = with.clone();
    without["top"]["other"] = json!(false);
    for (document, cell) in [
        (&without, cell().other("city")),
        (&with, cell().other("region")),
        (&with, cell().other("town")),
        (&with, cell().member("city", "a").other("city")),
    ] {
        let (query, everything) = (read(document), Scope::unrestricted());
        let refused = block_on(db.engine().drill_through(&query, &cell, None, Limit::default(), &everything));
        let refused = refused.expect_err("a refusal");
        assert_eq!((refused.kind(), refused.path()), (ErrorKind::InvalidQuery, Some("/other")), "{refused}");
    }
}

#[test]
fn a_total_has_the_rows_of_the_groups_that_are_left() {
    let db = sales();
    let having = json!({"having": [named("n", "? >= ?", json!(2))]});
    check(&db, &by(&["city"], having.clone()), &cell(), &[1, 2, 4, 5]);
    check(&db, &by(&["region", "city"], having.clone()), &cell().member("region", "S"), &[4, 5]);
    let mut all_rows = by(&["city"], having);
    all_rows["totals"] = json!({"grand": true, "over": "all_rows"});
    check(&db, &all_rows, &cell(), &[1, 2, 3, 4, 5, 6, 7]);
    let ranked = json!({
        "window": [{"as": "rank", "function": "row_number", "order_by": [{"by": "total", "order": "desc"}]}],
        "post": [named("rank", "? <= ?", json!(2))],
    });
    check(&db, &by(&["city"], ranked.clone()), &cell(), &[1, 2, 4, 5]);
    check(&db, &by(&["city", "month"], ranked), &cell().member("month", "2026-01-01"), &[4]);
    // Nothing is left, not even rows without a city.
    check(&db, &by(&["city"], json!({"having": [named("n", "? > ?", json!(9))]})), &cell(), &[]);
}

#[test]
fn a_cumulative_cell_has_the_rows_of_its_window() {
    let db = sales();
    let query = |dimensions: &[&str], span: Value, more: Value| {
        let mut cumulative = json!({"over": "day"});
        for (name, value) in span.as_object().expect("a span") {
            cumulative[name] = value.clone();
        }
        let run = json!({"column_id": "amount", "aggregation": {"type": "sum", "cumulative": cumulative}, "as": "run"});
        let mut query = by(dimensions, json!({"where": [test("day", "? >= ?", json!("2026-02-01"))]}));
        query["measures"].as_array_mut().expect("measures").push(run);
        for (name, value) in more.as_object().expect("fields") {
            query[name] = value.clone();
        }
        query
    };
    let run = || cell().measure("run");
    let all = query(&["month"], json!({"all": true}), json!({}));
    check(&db, &all, &run().member("month", "2026-02-01"), &[1, 2, 3, 4, 6]);
    check(&db, &all, &run(), &[1, 2, 3, 4, 5, 6, 7]);
    check(&db, &all, &cell().member("month", "2026-02-01").measure("n"), &[2, 6]);
    let days = query(&["month"], json!({"window": {"quantity": 40, "unit": "day"}}), json!({}));
    check(&db, &days, &run().member("month", "2026-02-01"), &[2, 3, 6]);
    let to_date = query(&["month"], json!({"to_date": "month"}), json!({}));
    check(&db, &to_date, &run().member("month", "2026-03-01"), &[5, 7]);
    let regions = query(&["region", "month"], json!({"all": true}), json!({}));
    check(&db, &regions, &run().member("region", "S").member("month", "2026-03-01"), &[4, 5, 6]);
    check(&db, &regions, &run().member("month", "2026-03-01"), &[1, 2, 3, 4, 5, 6, 7]);
    check(&db, &regions, &run().member("month", Literal::Null).member("region", "S"), &[]);
    // What having takes out of March does not count there.
    let having = json!({"having": [{"not": named("run", "? = ?", json!(41))}]});
    let having = query(&["region", "month"], json!({"all": true}), having);
    check(&db, &having, &run().member("month", "2026-03-01"), &[1, 2, 3, 7]);
}

#[test]
fn a_running_sum_has_the_rows_of_all_groups_up_to_its_own() {
    let db = sales();
    let query = |dimensions: &[&str], more: Value| {
        let mut query = by(dimensions, more);
        let run = json!({"column_id": "amount", "aggregation": "cumulativesum", "as": "run"});
        query["measures"].as_array_mut().expect("measures").push(run);
        query
    };
    let run = || cell().measure("run");
    let months = query(&["month"], json!({}));
    check(&db, &months, &run().member("month", "2026-02-01"), &[1, 2, 3, 4, 6]);
    check(&db, &months, &run(), &[1, 2, 3, 4, 5, 6, 7]);
    check(&db, &months, &cell().member("month", "2026-02-01").measure("total"), &[2, 6]);
    let regions = query(&["region", "month"], json!({}));
    check(&db, &regions, &run().member("region", "N").member("month", "2026-02-01"), &[1, 2, 3]);
    // What having takes out is not added up.
    let having = query(&["month"], json!({"having": [named("n", "? < ?", json!(3))]}));
    check(&db, &having, &run().member("month", "2026-03-01"), &[2, 5, 6, 7]);
    check(&db, &having, &run().member("month", "2026-01-01"), &[]);
    // A window over a running sum has its rows.
    let lag = json!({"window": [{"as": "before", "function": "lag", "of": "run"}]});
    check(&db, &query(&["month"], lag), &cell().member("month", "2026-02-01").measure("before"), &[1, 2, 3, 4, 6]);
}

#[test]
fn a_comparison_has_the_rows_of_the_same_group_in_the_base() {
    let db = sales();
    let query = |dimensions: &[&str], period: &str| {
        let compare = json!({"column_id": "day", "shift": {"quantity": 1, "unit": "month"}, "measures": ["n"]});
        by(dimensions, json!({"where": [test("day", "? = ?", json!(period))], "compare": compare}))
    };
    let then = || cell().measure("n_previous");
    check(&db, &query(&[], "2026-02"), &then(), &[1, 3, 4]);
    check(&db, &query(&[], "2026-02"), &cell().measure("n_change"), &[1, 2, 3, 4, 6]);
    check(&db, &query(&[], "2026-02"), &cell().measure("n_change_ratio"), &[1, 2, 3, 4, 6]);
    let march = query(&["region"], "2026-03");
    check(&db, &march, &then().member("region", "N"), &[2]);
    check(&db, &march, &then().member("region", Literal::Null), &[]);
    check(&db, &march, &cell().member("region", "N"), &[]);
    let months = query(&["month", "region"], "2026-02");
    check(&db, &months, &then().member("month", "2026-02-01").member("region", "N"), &[1, 3]);
    check(&db, &months, &then().member("region", "N"), &[1, 3]);
    let mut having = query(&["region"], "2026-03");
    having["having"] = json!([named("n", "? > ?", json!(0))]);
    check(&db, &having, &then(), &[6]);
    let mut top = query(&["region"], "2026-02");
    top["top"] = json!({"of": "region", "n": 1, "by": "n_previous", "other": true});
    check(&db, &top, &then().other("region"), &[4]);
}

#[test]
fn days_that_have_no_counterpart_stand_in_no_cell() {
    let db = Db::in_memory().expect("an engine");
    let days = json!([[1, "2026-01-10", 1], [2, "2026-01-30", 1], [3, "2026-02-10", 1], [4, "2026-03-30", 1]]);
    push(&db, "sales", &["id", "day", "amount"], days);
    let query = |dimensions: &[&str], period: &str| {
        let compare = json!({"column_id": "day", "shift": {"quantity": 1, "unit": "month"}});
        by(dimensions, json!({"where": [test("day", "? = ?", json!(period))], "compare": compare}))
    };
    let then = || cell().measure("n_previous");
    // The total of days leaves 30 January out, that of months does not.
    check(&db, &query(&["day"], "2026-02"), &then(), &[1]);
    check(&db, &query(&["month"], "2026-02"), &then(), &[1, 2]);
    check(&db, &query(&["day"], "2026-03"), &then().member("day", "2026-03-30"), &[]);
    check(&db, &query(&["day"], "2026-03"), &then().member("day", "2026-03-10"), &[3]);
}

#[test]
fn a_window_has_the_rows_of_what_it_is_computed_from() {
    let db = sales();
    let windows = json!({
        "compare": {"column_id": "day", "shift": {"quantity": 1, "unit": "month"}, "measures": ["n"]},
        "where": [test("day", "? = ?", json!("2026-02"))],
        "window": [
            {"as": "share", "function": "percent_of_total", "of": "n"},
            {"as": "share_before", "function": "percent_of_total", "of": "n_previous"},
            {"as": "again", "function": "lag", "of": "share_before", "order_by": [{"by": "region"}]},
            {"as": "first", "function": "first_value", "of": "region", "order_by": [{"by": "region"}]},
            {"as": "rank", "function": "rank", "order_by": [{"by": "n"}]},
        ],
    });
    let query = by(&["region"], windows);
    let of_n = |name: &str, expected: &[i64]| check(&db, &query, &cell().member("region", "N").measure(name), expected);
    of_n("share", &[2]);
    of_n("share_before", &[1, 3]);
    of_n("again", &[1, 3]);
    of_n("first", &[2]);
    of_n("rank", &[2]);
}
