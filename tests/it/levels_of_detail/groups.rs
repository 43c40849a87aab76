//! Formulas of aggregate level.

use drillcore::{DrillCell, ErrorKind, Limit, Link, Query, Scope};
use futures::executor::block_on;
use serde_json::{Value, json};

use super::{
    ask, check, check_refused, check_totals, city, context, db, formula, month, named, push, region, sales, test,
};

fn total() -> Value {
    named("total", "SUM({amount})")
}

fn other() -> Value {
    json!({"other": true})
}

#[test]
fn full_and_exclude_are_of_coarser_groups() {
    let db = db();
    let measures = [
        total(),
        formula("ROUND(SUM({amount}) / SUM({amount} FULL), 3)"),
        formula("SUM({amount} EXCLUDE {month})"),
        formula("SUM({amount} EXCLUDE {region})"),
        formula("SUM({amount} EXCLUDE {day}, {region})"),
    ];
    let query = |more: Value| sales(&[region(), month()], &measures, more);
    let rows = json!([
        ["N", "2026-01-01", 8, 0.129, 12, 48, 62],
        ["N", "2026-02-01", 4, 0.065, 12, 4, 62],
        ["S", "2026-01-01", 40, 0.645, 42, 48, 62],
        ["S", "2026-02-01", null, null, 42, 4, 62],
        ["S", "2026-03-01", 2, 0.032, 42, 10, 62],
        [null, "2026-03-01", 8, 0.129, 8, 10, 62],
    ]);
    check(&db, &query(json!({})), rows);

    // A total has its own dimensions; what having drops still counts for what is over other groups.
    let levels = json!({"totals": {"levels": [["region"], ["month"]], "grand": true}});
    let expected = json!([
        [null, null, 62, 1.0, 62, 62, 62],
        ["N", null, 12, 0.194, 12, 62, 62],
        ["S", null, 42, 0.677, 42, 62, 62],
        [null, null, 8, 0.129, 8, 62, 62],
        [null, "2026-01-01", 48, 0.774, 62, 48, 62],
        [null, "2026-02-01", 4, 0.065, 62, 4, 62],
        [null, "2026-03-01", 10, 0.161, 62, 10, 62],
    ]);
    check_totals(&db, &query(levels), expected);
    let having = json!([{"expression": "? > ?", "parameters": [{"name": "total"}, 5]}]);
    let cut = json!({"having": having, "totals": {"grand": true}});
    let rows = json!([
        ["N", "2026-01-01", 8, 0.129, 12, 48, 62],
        ["S", "2026-01-01", 40, 0.645, 42, 48, 62],
        [null, "2026-03-01", 8, 0.129, 8, 10, 62],
    ]);
    check(&db, &query(cut.clone()), rows);
    check_totals(&db, &query(cut), json!([[null, null, 56, 0.903, 62, 62, 62]]));
}

#[test]
fn what_is_left_out_is_a_dimension() {
    let db = db();
    let query = |text: &str| sales(&[region()], &[formula(text)], json!({}));
    check_refused(&db, &query("SUM({amount} EXCLUDE {regoin})"), "/measures/0/formula", "did you mean `region`");
    check_refused(&db, &query("SUM({amount} EXCLUDE {city})"), "/measures/0/formula", "city");
    let error = db.ask(&query("1 + SUM({amount} EXCLUDE {city})").to_string()).expect_err("a refusal");
    assert_eq!(error.span(), Some((25, 31)));
    // Every dimension on the column is meant.
    let day = json!({"column_id": "day", "level": "year", "as": "year"});
    let measures = [formula("SUM({amount} EXCLUDE {day})"), formula("SUM({amount} EXCLUDE {year})")];
    let rows = json!([
        ["2026-01-01", "2026-01-01", 62, 48],
        ["2026-01-01", "2026-02-01", 62, 4],
        ["2026-01-01", "2026-03-01", 62, 10]
    ]);
    check(&db, &sales(&[day, month()], &measures, json!({})), rows);
}

#[test]
fn include_gives_one_value_per_finer_group() {
    let db = db();
    let measures = [
        formula("AVG(SUM({amount} INCLUDE {customer}))"),
        formula("AVG({amount})"),
        formula("COUNT(COUNTR(INCLUDE {customer}))"),
        formula("AVG(SUM({amount} INCLUDE {customer}, {city}))"),
    ];
    let query = sales(&[region()], &measures, json!({"totals": {"grand": true}}));
    check(&db, &query, json!([["N", 6.0, 3.0, 2, 6.0], ["S", 21.0, 21.0, 3, 21.0], [null, 8.0, 8.0, 1, 8.0]]));
    // By customer 14, 46, 2 and NULL; by customer and city 6, 6, 40, 2, NULL and 8.
    check_totals(&db, &query, json!([[null, 62.0 / 3.0, 62.0 / 7.0, 4, 12.4]]));
    // A finer group by what the rows are grouped by already is the row itself, but not in a total.
    let own = sales(&[region()], &[formula("AVG(SUM({amount} INCLUDE {region}))")], json!({"totals": {"grand": true}}));
    check(&db, &own, json!([["N", 12.0], ["S", 42.0], [null, 8.0]]));
    check_totals(&db, &own, json!([[null, 62.0 / 3.0]]));
}

#[test]
fn any_aggregate_can_be_over_finer_groups() {
    let db = db();
    let check = |text: &str, expected: Value| {
        let rows: Vec<Value> = [json!("N"), json!("S"), json!(null)]
            .into_iter()
            .zip(expected.as_array().expect("values"))
            .map(|(region, value)| json!([region, value]))
            .collect();
        check(&db, &sales(&[region()], &[formula(text)], json!({})), Value::from(rows));
    };
    check("SUM(SUM({amount} INCLUDE {customer}))", json!([12, 42, 8]));
    check("MAX(SUM({amount} INCLUDE {customer}))", json!([6, 40, 8]));
    check("COUNTD(SUM({amount} INCLUDE {customer}))", json!([1, 2, 1]));
    check("MEDIAN(SUM({amount} INCLUDE {city}))", json!([6.0, 42.0, 8.0]));
    check("PERCENTILE(SUM({amount} INCLUDE {customer}), 0.5)", json!([6.0, 21.0, 8.0]));
    check("STRING_LIST(MAX({city} INCLUDE {customer}), '|')", json!(["a|b", "c|d", "e"]));
    check("FIRST(SUM({amount} INCLUDE {customer}), MIN({day} INCLUDE {customer}))", json!([6, 40, 8]));
    check("RATE(SUM({amount} INCLUDE {customer}), COUNTR(INCLUDE {customer}))", json!([3.0, 14.0, 8.0]));
    check("WEIGHTED_AVG(SUM({amount} INCLUDE {customer}), COUNTR(INCLUDE {customer}))", json!([6.0, 21.0, 8.0]));
    // The formula inside is evaluated for each finer group.
    check("MAX(SUM({amount} INCLUDE {customer}) / COUNTR(INCLUDE {customer}))", json!([6.0, 40.0, 8.0]));
    // Conditions of finer groups, and of their rows.
    let condition = "COUNT(COUNTR(INCLUDE {customer}) WHERE SUM({amount} INCLUDE {customer}) > 5)";
    check(condition, json!([2, 1, 1]));
    check("AVG(SUM({amount} WHERE {amount} > 1 INCLUDE {customer}))", json!([5.0, 21.0, 8.0]));
    check("SUM(COUNTR(WHERE {amount} > 1 INCLUDE {customer}))", json!([2, 2, 1]));
    check("AVG(SUM({amount} INCLUDE {customer})) - AVG({amount})", json!([3.0, 0.0, 0.0]));
}

#[test]
fn fixed_is_over_the_rows_of_the_context() {
    let db = db();
    let measures = [
        total(),
        formula("SUM({amount} FULL)"),
        formula("SUM({amount} FIXED {region})"),
        formula("SUM({amount} FIXED)"),
        formula("AVG(SUM({amount} FIXED {customer}))"),
    ];
    let levels = json!({"levels": [["region"]], "grand": true});
    let query = |filters: Value| sales(&[region(), city()], &measures, json!({"where": filters, "totals": levels}));
    let without = query(json!([test("city", "? != ?", json!("b"))]));
    let rows = json!([
        ["N", "a", 6, 56, 12, 62, 14.0],
        ["S", "c", 42, 56, 42, 62, 24.0],
        ["S", "d", null, 56, 42, 62, null],
        [null, "e", 8, 56, 8, 62, 14.0],
    ]);
    check(&db, &without, rows);
    // Where a total has several regions, none of their values is its own.
    let totals = json!([
        [null, null, 56, 56, null, 62, 62.0 / 3.0],
        ["N", null, 6, 56, 12, 62, 14.0],
        ["S", null, 42, 56, 42, 62, 24.0],
        [null, null, 8, 56, 8, 62, 14.0],
    ]);
    check_totals(&db, &without, totals);
    let within = query(json!([context("city", "? != ?", json!("b")), test("amount", "? > ?", json!(1))]));
    let rows =
        json!([["N", "a", 4, 54, 6, 56, 14.0], ["S", "c", 42, 54, 42, 56, 21.0], [null, "e", 8, 54, 8, 56, 14.0]]);
    check(&db, &within, rows);

    let elsewhere = sales(&[region()], &[formula("SUM({amount} FIXED {city})")], json!({}));
    check_refused(&db, &elsewhere, "/measures/0/formula", "`{city}` is no dimension of the query");
    // A level of a date is named as the query calls it.
    let by_month = formula("SUM({amount} FIXED {month})");
    let query = sales(&[month()], &[by_month], json!({"where": [test("region", "? = ?", json!("S"))]}));
    check(&db, &query, json!([["2026-01-01", 48], ["2026-02-01", 4], ["2026-03-01", 10]]));
}

#[test]
fn the_filter_of_a_measure_is_one_of_all_its_aggregates() {
    let db = db();
    let filtered = |text: &str| json!({"formula": text, "where": [{"expression": "? >= ?", "parameters": [{"column_id": "amount"}, 2]}]});
    let measures = [
        filtered("SUM({amount} FULL)"),
        filtered("SUM({amount} FIXED {region})"),
        filtered("AVG(SUM({amount} INCLUDE {customer}))"),
        filtered("COUNT(COUNTR(INCLUDE {customer}))"),
        filtered("AVG(SUM({amount} FIXED {customer}))"),
    ];
    let rows = json!([["N", 60, 10, 5.0, 2, 29.0], ["S", 60, 42, 21.0, 3, 24.0], [null, 60, 8, 8.0, 1, 12.0]]);
    check(&db, &sales(&[region()], &measures, json!({})), rows);
}

#[test]
fn having_order_windows_and_post_can_use_them() {
    let db = db();
    let share = named("share", "ROUND(SUM({amount}) / SUM({amount} FULL), 3)");
    let average = json!({"formula": "AVG(SUM({amount} INCLUDE {customer}))"});
    let more = json!({
        "having": [{"expression": "? > ?", "parameters": [average, 6]}],
        "order": [{"formula": "COUNT(COUNTR(INCLUDE {customer}))", "order": "asc"}],
        "window": [{"as": "so_far", "function": "running_total", "of": "share",
                    "order_by": [{"by": "share"}], "partition_by": []}],
    });
    let query = sales(&[region()], std::slice::from_ref(&share), more);
    check(&db, &query, json!([[null, 0.129, 0.129], ["S", 0.677, 0.806]]));
    let post = json!({"post": [{"expression": "? < ?", "parameters": [{"name": "share"}, 0.15]}]});
    check(&db, &sales(&[region()], &[share], post), json!([[null, 0.129]]));
}

#[test]
fn a_remainder_keeps_what_it_has_in_common() {
    let db = db();
    let measures = [
        total(),
        formula("SUM({amount} FULL)"),
        formula("SUM({amount} EXCLUDE {city})"),
        formula("SUM({amount} EXCLUDE {region})"),
        formula("AVG(SUM({amount} INCLUDE {customer}))"),
        formula("SUM({amount} FIXED {region})"),
        formula("SUM({amount} FIXED {city})"),
    ];
    let top = json!({"top": {"of": "city", "n": 1, "by": "total", "other": true}});
    let rows = json!([
        ["N", other(), 12, 62, 12, 62, 6.0, 12, null],
        ["S", "c", 42, 62, 42, 42, 21.0, 42, 42],
        ["S", other(), null, 62, 42, 62, null, 42, null],
        [null, other(), 8, 62, 8, 62, 8.0, 8, null],
    ]);
    check(&db, &sales(&[region(), city()], &measures, top.clone()), rows);
    // In a total over regions the remainder is of no one city either.
    let mut query = sales(&[region(), city()], &measures, top);
    query["totals"] = json!({"levels": [["city"]]});
    let totals =
        json!([[null, "c", 42, 62, 62, 42, 21.0, null, 42], [null, other(), 20, 62, 62, 62, 10.0, null, null]]);
    check_totals(&db, &query, totals);
    // The ranking is by the native value of each member.
    let average = named("average", "AVG(SUM({amount} INCLUDE {customer}))");
    let top = json!({"top": {"n": 1, "by": "average", "order": "asc"}});
    check(&db, &sales(&[region()], &[average], top), json!([["N", 6.0]]));
}

#[test]
fn a_comparison_has_the_groups_of_its_base() {
    let db = db();
    let compare = |filter: Value, names: &[&str]| {
        let mut compare = json!({"column_id": "day", "shift": {"quantity": 1, "unit": "month"}});
        if !names.is_empty() {
            compare["measures"] = json!(names);
        }
        json!({"where": [filter], "compare": compare})
    };
    let february = || test("day", "? = ?", json!("2026-02"));
    let measures = [total(), named("all", "SUM({amount} FULL)")];
    let change = -44.0 / 48.0;
    let rows = json!([
        ["a", 4, 4, 48, -44, change],
        ["b", null, 4, 48, -44, change],
        ["c", null, 4, 48, -44, change],
        ["d", null, 4, 48, -44, change],
    ]);
    check(&db, &sales(&[city()], &measures, compare(february(), &["all"])), rows);
    let average = [named("average", "AVG(SUM({amount} INCLUDE {customer}))")];
    check(&db, &sales(&[], &average, compare(february(), &[])), json!([[4.0, 24.0, -20.0, -20.0 / 24.0]]));
    // A bucket of the date meets the values of its counterpart.
    let fixed = [named("fixed", "SUM({amount} FIXED {month})"), named("whole", "SUM({amount} FIXED)")];
    let row = json!([["2026-02-01", 4, 62, 48, -44, change, 62, 0, 0.0]]);
    check(&db, &sales(&[month()], &fixed, compare(february(), &[])), row);
    // A range of the context moves with the date.
    let february = context("day", "? = ?", json!("2026-02"));
    let inner = named("inner", "AVG(SUM({amount} FIXED {customer}))");
    let row = json!([["2026-02-01", 4, 4, 4.0, 48, -44, change, 24.0, -20.0, -20.0 / 24.0]]);
    let measures = [fixed[0].clone(), fixed[1].clone(), inner];
    check(&db, &sales(&[month()], &measures, compare(february, &["whole", "inner"])), row);
}

#[test]
fn members_without_rows_have_the_values_of_their_coarser_group() {
    let db = db();
    let mut month = month();
    month["include_nonoccurring"] = json!(true);
    let measures = [
        total(),
        formula("SUM({amount} EXCLUDE {month})"),
        formula("SUM({amount} FULL)"),
        formula("COUNT(COUNTR(INCLUDE {customer}))"),
        formula("SUM({amount} FIXED {month})"),
        formula("COUNTR(FIXED {month}, {region})"),
    ];
    let range = test("day", "? between ?", json!(["2026-02-01", "2026-04-30"]));
    let north = test("region", "? = ?", json!("N"));
    let query = sales(&[region(), month], &measures, json!({"where": [range, north]}));
    let rows = json!([
        ["N", "2026-02-01", 4, 4, 4, 1, 4, 1],
        ["N", "2026-03-01", null, 4, 4, 0, 10, 0],
        ["N", "2026-04-01", null, 4, 4, 0, null, 0],
    ]);
    check(&db, &query, rows);
}

#[test]
fn no_rows_have_values_too() {
    let db = db();
    let measures = [
        formula("SUM({amount} FULL)"),
        formula("COUNTR(FULL)"),
        formula("AVG(SUM({amount} INCLUDE {customer}))"),
        formula("COUNT(COUNTR(INCLUDE {customer}))"),
        formula("SUM({amount} FIXED)"),
        formula("COUNT(COUNTR(FIXED))"),
        formula("COUNT(COUNTR(FIXED {customer}))"),
    ];
    let nowhere = json!("nowhere");
    let query = |filter: Value| sales(&[], &measures, json!({"where": [filter], "totals": {"grand": true}}));
    check(&db, &sales(&[], &measures, json!({})), json!([[62, 8, 62.0 / 3.0, 4, 62, 1, 4]]));
    let none = query(test("region", "? = ?", nowhere.clone()));
    check(&db, &none, json!([[null, 0, null, 0, 62, 0, 0]]));
    check_totals(&db, &none, json!([[null, 0, null, 0, 62, 0, 0]]));
    check(&db, &query(context("region", "? = ?", nowhere.clone())), json!([[null, 0, null, 0, null, 0, 0]]));
    let grouped = sales(&[region()], &measures, json!({"where": [test("region", "? = ?", nowhere)]}));
    check(&db, &grouped, json!([]));
}

#[test]
fn links_lead_to_keys() {
    let db = db();
    push(&db, "customers", &["id", "segment"], json!([["x", "p"], ["y", "q"], ["z", "p"]]));
    db.link(Link::new("buyer").from("sales", ["customer"]).to("customers", ["id"])).expect("a link");
    let segment = || json!({"dataset_id": "buyer", "column_id": "segment", "as": "segment"});
    let measures = [
        formula("SUM({amount} FIXED {buyer:segment})"),
        formula("SUM({amount} EXCLUDE {buyer:segment})"),
        formula("COUNT(COUNTR(INCLUDE {region}))"),
    ];
    let filter = json!({"where": [test("city", "? != ?", json!("c"))]});
    // Without the city c: p has 6 and 8, q 6.
    let rows = json!([["p", 16, 20, 2], ["q", 46, 20, 1], [null, null, 20, 1]]);
    check(&db, &sales(&[segment()], &measures, filter), rows);
    let included =
        [formula("AVG(SUM({amount} INCLUDE {buyer:segment}))"), formula("AVG(SUM({amount} FIXED {buyer:segment}))")];
    let rows = json!([["N", 6.0, 31.0], ["S", 21.0, 31.0], [null, 8.0, 16.0]]);
    check(&db, &sales(&[region()], &included, json!({})), rows);
}

#[test]
fn every_reading_is_told_and_equal_ones_are_one() {
    let db = db();
    let scanned = |measures: &[Value]| ask(&db, &sales(&[region()], measures, json!({}))).provenance().rows_scanned;
    assert_eq!(scanned(&[total()]), Some(8));
    assert_eq!(scanned(&[total(), formula("SUM({amount} FULL)")]), Some(8));
    let included = || formula("AVG(SUM({amount} INCLUDE {customer}))");
    let more = formula("MAX(COUNTR(INCLUDE {customer})) + MAX(SUM({amount} INCLUDE {customer}))");
    assert_eq!(scanned(&[included()]), Some(16));
    assert_eq!(scanned(&[included(), more]), Some(16));
    assert_eq!(scanned(&[included(), formula("SUM({amount} FIXED {region})")]), Some(24));
}

#[test]
fn rows_are_found_behind_what_is_within_a_group() {
    let db = db();
    let measures = [
        named("inside", "AVG(SUM({amount} WHERE {amount} > 1 INCLUDE {customer}))"),
        named("beyond", "SUM({amount} FULL)"),
    ];
    let query = Query::from_json(&sales(&[region()], &measures, json!({})).to_string()).expect("a query");
    let behind = |measure: &str| {
        let cell = DrillCell::new().member("region", "N").measure(measure);
        block_on(db.engine().drill_through(&query, &cell, None, Limit::default(), &Scope::unrestricted()))
    };
    assert_eq!(behind("inside").expect("rows").num_rows(), 2);
    assert_eq!(behind("beyond").expect_err("a refusal").kind(), ErrorKind::NotSupported);
}
