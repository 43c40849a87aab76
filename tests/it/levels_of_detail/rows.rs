//! `FIXED` as a value of a row.

use drillcore::{DatasetFilter, DrillCell, Limit, Link, Operator, ParameterType, Query, QueryBatch, Scope};
use futures::executor::block_on;
use serde_json::{Value, json};

use super::{ask, check, check_refused, check_totals, context, db, formula, push, region, sales, test};

fn n() -> Value {
    json!({"column_id": "*", "aggregation": "count", "as": "n"})
}

/// A test of a formula of row level.
fn where_formula(text: &str, expression: &str, value: Value) -> Value {
    json!({"expression": expression, "parameters": [{"expression": text}, value]})
}

fn derived(columns: &[(&str, &str)]) -> Value {
    columns.iter().map(|(name, text)| json!({"as": name, "expression": text})).collect()
}

/// A query of rows, with the amount and other formulas.
fn listed(formulas: &[&str], more: Value) -> Value {
    let formulas = formulas.iter().map(|text| json!({"expression": text}));
    let columns: Vec<Value> = std::iter::once(json!({"column_id": "amount"})).chain(formulas).collect();
    let mut query = sales(&columns, &[], more);
    query["options"] = json!({"rollup_data": false});
    query
}

#[test]
fn rows_have_the_value_of_their_keys() {
    let db = db();
    let texts = [
        "SUM({amount} FIXED {region})",
        "COUNTR(FIXED {customer}, {region})",
        "MAX({amount} FIXED)",
        "ROUND({amount} / SUM({amount} FIXED {customer}), 2)",
    ];
    let rows = json!([
        [1, 12, 3, 40, 0.07],
        [1, 12, 3, 40, 0.07],
        [4, 12, 3, 40, 0.29],
        [6, 12, 1, 40, 0.13],
        [40, 42, 1, 40, 0.87],
        [2, 42, 1, 40, 1.0],
        [null, 42, 1, 40, null],
        [8, 8, 1, 40, 0.57],
    ]);
    check(&db, &listed(&texts, json!({})), rows);
    // The filters of the query leave the values as they are; those of the context do not.
    let rest = test("amount", "? > ?", json!(4));
    let rows = json!([[6, 12, 1, 40, 0.13], [40, 42, 1, 40, 0.87], [8, 8, 1, 40, 0.57]]);
    check(&db, &listed(&texts, json!({"where": [rest.clone()]})), rows);
    let small = context("amount", "? < ?", json!(10));
    let rows = json!([[6, 12, 1, 8, 1.0], [8, 8, 1, 8, 0.57]]);
    check(&db, &listed(&texts, json!({"where": [rest, small]})), rows);
    // The order can use one too.
    let by = json!([{"expression": "SUM({amount} FIXED {region})", "order": "desc"}]);
    check(&db, &listed(&[], json!({"order": by, "limit": {"by": 4}})), json!([[40], [2], [null], [1]]));
}

#[test]
fn dimensions_filters_and_measures_can_use_them() {
    let db = db();
    let first = derived(&[("first", "MIN({day} FIXED {customer})")]);
    let cohort = json!({"column_id": "first", "level": "month", "as": "cohort"});
    let query = sales(&[cohort], &[n()], json!({"derived": first, "totals": {"grand": true}}));
    check(&db, &query, json!([["2026-01-01", 6], ["2026-02-01", 1], ["2026-03-01", 1]]));
    check_totals(&db, &query, json!([[null, 8]]));

    let big = where_formula("SUM({amount} FIXED {customer})", "? > ?", json!(10));
    let measures = [n(), formula("SUM({amount}) / SUM({amount} FULL)")];
    let query = sales(&[region()], &measures, json!({"where": [big.clone()]}));
    check(&db, &query, json!([["N", 4, 0.2], ["S", 1, 40.0 / 60.0], [null, 1, 8.0 / 60.0]]));
    let query = sales(&[], &[n()], json!({"where": [big.clone(), test("amount", "? >= ?", json!(6))]}));
    check(&db, &query, json!([[3]]));
    let query = sales(&[], &[n()], json!({"where": [big, context("amount", "? >= ?", json!(6))]}));
    check(&db, &query, json!([[2]]));

    // Inside an aggregate it stands as a derived column.
    let share = derived(&[("share", "{amount} / SUM({amount} FIXED {region})")]);
    let sums =
        [formula("SUM({share})"), formula("SUM(MAX({share} INCLUDE {city}))"), formula("SUM({share} FIXED {region})")];
    let query = sales(&[region()], &sums, json!({"derived": share}));
    check(&db, &query, json!([["N", 1.0, 4.0 / 12.0 + 0.5, 1.0], ["S", 1.0, 40.0 / 42.0, 1.0], [null, 1.0, 1.0, 1.0]]));
    let named = json!({"expression": "IF(SUM({amount} FIXED {customer}) > 10, 'big', 'small')", "as": "size"});
    let query = sales(&[named], &[n()], json!({"having": [{"expression": "? > ?", "parameters": [{"name": "n"}, 1]}]}));
    check(&db, &query, json!([["big", 6], ["small", 2]]));
}

#[test]
fn what_depends_on_itself_is_refused() {
    let db = db();
    let tested = |filter: Value| sales(&[], &[n()], json!({"where": [filter]}));
    let mut of_context = where_formula("SUM({amount} FIXED {region})", "? > ?", json!(10));
    of_context["context"] = json!(true);
    check_refused(&db, &tested(of_context), "/where/0/parameters/0/expression", "context");
    let through_derived = json!({
        "derived": derived(&[("whole", "SUM({amount} FIXED)")]),
        "where": [context("whole", "? > ?", json!(10))],
    });
    check_refused(&db, &sales(&[], &[n()], through_derived), "/derived/0/expression", "context");
    let newest = json!({"expression": "last_available", "parameters": [{"column_id": "day"}, {"unit": "month"}]});
    let with_newest = |is_context: bool| {
        let mut newest = newest.clone();
        newest["context"] = json!(is_context);
        sales(&[], &[n()], json!({"where": [newest, where_formula("COUNTR(FIXED {region})", "? > ?", json!(3))]}))
    };
    check_refused(&db, &with_newest(true), "/where/1/parameters/0/expression", "last_available");
    // Only N has more than three rows; its newest is of February.
    check(&db, &with_newest(false), json!([[1]]));
    let nested =
        json!({"derived": derived(&[("a", "SUM({amount} FIXED {customer})"), ("b", "MAX({a} FIXED {region})")])});
    check_refused(&db, &sales(&[], &[n()], nested), "/derived/1/expression", "another FIXED value");
    let missing = sales(&[], &[n()], json!({"where": [where_formula("SUM({amount})", "? > ?", json!(1))]}));
    check_refused(&db, &missing, "/where/0/parameters/0/expression", "FIXED");
}

#[test]
fn the_base_of_a_comparison_has_the_same_values() {
    let db = db();
    let more = json!({
        "derived": derived(&[("first", "MIN({day} FIXED {customer})")]),
        "where": [test("day", "? = ?", json!("2026-03"))],
        "compare": {"column_id": "day", "shift": {"quantity": 2, "unit": "month"}},
    });
    let cohort = json!({"column_id": "first", "as": "first"});
    // In March x bought again and z for the first time; in January x and y bought twice each.
    let rows = json!([["2026-01-05", 1, 2, -1, -0.5], ["2026-01-07", 0, 2, -2, -1.0], ["2026-03-01", 1, 0, 1, null],]);
    check(&db, &sales(&[cohort], &[n()], more), rows);
}

#[test]
fn keys_and_values_may_come_through_links() {
    let db = db();
    push(&db, "customers", &["id", "segment", "weight"], json!([["x", "p", 2], ["y", "q", 3], ["z", "p", 5]]));
    db.link(Link::new("buyer").from("sales", ["customer"]).to("customers", ["id"])).expect("a link");
    let texts = ["SUM({amount} FIXED {buyer:segment})", "MAX({buyer:weight} FIXED {region})"];
    let rows =
        json!([[1, 16, 3], [1, 16, 3], [4, 16, 3], [6, 46, 3], [40, 46, 5], [2, 16, 5], [null, null, 5], [8, 16, 2],]);
    check(&db, &listed(&texts, json!({})), rows);
    let segment = json!({"dataset_id": "buyer", "column_id": "segment", "as": "segment"});
    let filter = where_formula("SUM({amount} FIXED {buyer:segment})", "? < ?", json!(20));
    check(&db, &sales(&[segment], &[n()], json!({"where": [filter]})), json!([["p", 5]]));
}

#[test]
fn a_scope_sees_its_own_rows_only() {
    let db = db();
    let by_region = DatasetFilter::parameter("region", Operator::Equal, "region", ParameterType::Hierarchy);
    block_on(db.engine().set_filters("sales", vec![by_region])).expect("filters");
    let share = where_formula("SUM({amount} FIXED {customer})", "? >= ?", json!(6));
    let measures = [n(), formula("SUM({amount} FIXED)"), formula("AVG(SUM({amount} FIXED {customer}))")];
    let query = sales(&[], &measures, json!({"where": [share]}));
    let data = |scope: &Scope| -> Value {
        let answer = db.ask_as(&query.to_string(), scope).unwrap_or_else(|error| panic!("{error}"));
        serde_json::from_str(&answer.data_json()).expect("JSON")
    };
    // Twice around, so that values kept for one scope would show up in another.
    for _ in 0..2 {
        assert_eq!(data(&Scope::new().parameter("region", "N")), json!([[4, 12, 6.0]]));
        assert_eq!(data(&Scope::new().parameter("region", "S")), json!([[1, 42, 40.0]]));
        assert_eq!(data(&Scope::new().parameter("region", "W")), json!([[0, null, null]]));
        assert_eq!(data(&Scope::unrestricted()), json!([[6, 62, 30.0]]));
    }
    assert!(db.ask(&query.to_string()).is_ok());
    assert!(db.ask_as(&query.to_string(), &Scope::new()).is_err());
}

#[test]
fn batches_drills_bins_and_plans_know_them() {
    let db = db();
    let size = derived(&[("size", "SUM({amount} FIXED {customer})")]);
    let binned = json!({"column_id": "size", "discretization": {"type": "linear", "bins": 2}, "as": "size"});
    let by_size = sales(&[binned], &[n()], json!({"derived": size}));
    check(&db, &by_size, json!([[2, 5], [24, 2], [null, 1]]));
    let by_region = sales(&[region()], &[formula("SUM({amount} FIXED {region})"), n()], json!({}));
    let plain = sales(&[region()], &[n()], json!({"where": [test("amount", "? > ?", json!(3))]}));
    let documents = [by_size, by_region.clone(), plain, by_region];
    let alone: Vec<String> = documents.iter().map(|document| ask(&db, document).data_json()).collect();
    let queries = documents.iter().map(|document| Query::from_json(&document.to_string()).expect("a query"));
    let batch = QueryBatch::new(queries.collect::<Vec<_>>());
    let together = block_on(db.engine().query_batch(&batch, &Scope::unrestricted()));
    let together: Vec<String> = together.iter().map(|answer| answer.as_ref().expect("an answer").data_json()).collect();
    assert_eq!(together, alone);

    let filter = json!({"where": [where_formula("SUM({amount} FIXED {customer})", "? > ?", json!(10))]});
    let query = Query::from_json(&sales(&[region()], &[n()], filter).to_string()).expect("a query");
    let cell = DrillCell::new().member("region", "N").measure("n");
    let behind = block_on(db.engine().drill_through(&query, &cell, None, Limit::default(), &Scope::unrestricted()));
    assert_eq!(behind.expect("rows").num_rows(), 4);
    let explained = block_on(db.engine().explain(&query, &Scope::unrestricted())).expect("a plan");
    assert!(explained.plan.contains("fixed_value"), "{}", explained.plan);
    // The values are read first, then the rows.
    let answer = block_on(db.engine().query(&query, &Scope::unrestricted())).expect("an answer");
    assert_eq!(answer.provenance().rows_scanned, Some(16));
}
