//! Correlations and covariances in queries. The expected values are worked out by hand, as fractions.

use drillcore::{ErrorKind, PushMode, Rows};
use drillcore_tests::engine_side::Db;
use drillcore_tests::rng::Rng;
use futures::executor::block_on;
use serde_json::{Value, json};

fn push(db: &Db, dataset: &str, header: &[&str], rows: Value) {
    let rows = Rows::new(header.iter().copied(), serde_json::from_value(rows).expect("rows"));
    block_on(db.engine().push(dataset, PushMode::Create, rows)).expect("a push");
}

/// Points: of a, which rise; of b, which fall; one of c; of d, which stand above each other; of e, which lack a side.
fn db() -> Db {
    let db = Db::in_memory().expect("an engine");
    let points = json!([
        ["a", 1, 2.0],
        ["a", 2, 4.5],
        ["a", 3, 5.5],
        ["b", 1, 4.0],
        ["b", 3, 0.0],
        ["c", 5, 1.5],
        ["d", 7, 1.0],
        ["d", 7, 3.0],
        ["e", null, 1.0],
        ["e", 2, null],
    ]);
    push(&db, "points", &["g", "x", "y"], points);
    db
}

/// The correlation and both covariances of what stands in the brackets.
fn all_three(arguments: &str) -> Vec<Value> {
    [("r", "CORR"), ("sample", "COVARIANCE"), ("population", "COVARIANCE_POP")]
        .into_iter()
        .map(|(name, function)| json!({"formula": format!("{function}({arguments})"), "as": name}))
        .collect()
}

fn group() -> Value {
    json!({"column_id": "g", "as": "g"})
}

fn query(dataset: &str, dimensions: &[Value], measures: &[Value], more: Value) -> Value {
    let mut query = json!({"dataset_id": dataset, "dimensions": dimensions, "measures": measures});
    for (name, value) in more.as_object().expect("fields") {
        query[name] = value.clone();
    }
    query
}

/// A test of a column.
fn test(column: &str, expression: &str, value: Value) -> Value {
    json!({"expression": expression, "parameters": [{"column_id": column}, value]})
}

#[track_caller]
fn document(db: &Db, query: &Value) -> Value {
    let answer = db.ask(&query.to_string()).unwrap_or_else(|error| panic!("{error}\n{query}"));
    serde_json::from_str(&answer.to_json()).expect("JSON")
}

#[track_caller]
fn check(db: &Db, query: &Value, expected: Value) {
    assert_eq!(document(db, query)["data"], expected, "{query}");
}

#[track_caller]
fn check_total(db: &Db, query: &Value, expected: Value) {
    assert_eq!(document(db, query)["totals"][0]["data"], json!([expected]), "{query}");
}

#[test]
fn groups_and_totals_have_their_own() {
    let db = db();
    let groups = json!([
        ["a", 0.970_725_343_394_151, 1.75, 3.5 / 3.0],
        ["b", -1.0, -4.0, -2.0],
        ["c", null, null, 0.0],
        ["d", null, 0.0, 0.0],
        ["e", null, null, null],
    ]);
    let plain = query("points", &[group()], &all_three("{x}, {y}"), json!({}));
    check(&db, &plain, groups.clone());
    let with_total = query("points", &[group()], &all_three("{x}, {y}"), json!({"totals": {"grand": true}}));
    check(&db, &with_total, groups);
    // Over all rows, not over the groups.
    check_total(&db, &with_total, json!([null, -0.338_253_466_085_493_45, -1.5625, -1.367_187_5]));
    let alone = query("points", &[], &all_three("{x}, {y}"), json!({}));
    check(&db, &alone, json!([[-0.338_253_466_085_493_45, -1.5625, -1.367_187_5]]));
    let turned = query("points", &[], &all_three("{y}, {x}"), json!({}));
    check(&db, &turned, json!([[-0.338_253_466_085_493_45, -1.5625, -1.367_187_5]]));
    let by_other_names = [json!({"formula": "COVAR_SAMP({x}, {y}) - COVAR_POP({x}, {y})"})];
    check(&db, &query("points", &[], &by_other_names, json!({})), json!([[-0.195_312_5]]));
    let of_itself = query("points", &[], &all_three("{y}, {y}"), json!({"where": [test("g", "? = ?", json!("a"))]}));
    check(&db, &of_itself, json!([[1.0, 3.25, 6.5 / 3.0]]));
}

#[test]
fn filters_decide_which_rows_count() {
    let db = db();
    let below_6 = json!({"where": [test("x", "? < ?", json!(6))]});
    let expected = json!([[-0.300_629_399_012_077_7, -0.95, -28.5 / 36.0]]);
    check(&db, &query("points", &[], &all_three("{x}, {y}"), below_6), expected.clone());
    check(&db, &query("points", &[], &all_three("{x}, {y} WHERE {x} < 6"), json!({})), expected);
    // A filter of an aggregate removes no group, and that of a measure is one of its aggregates.
    let above_1 = json!([
        ["a", 0.970_725_343_394_151, 1.75, 3.5 / 3.0],
        ["b", null, null, 0.0],
        ["c", null, null, 0.0],
        ["d", null, null, 0.0],
        ["e", null, null, null],
    ]);
    let clause = all_three("{x}, {y} WHERE {y} > 1");
    let total = json!({"totals": {"grand": true}});
    let in_clause = query("points", &[group()], &clause, total.clone());
    check(&db, &in_clause, above_1.clone());
    check_total(&db, &in_clause, json!([null, -0.267_593_647_978_732_53, -29.5 / 30.0, -29.5 / 36.0]));
    let mut measures = all_three("{x}, {y}");
    measures.iter_mut().for_each(|measure| measure["where"] = json!([test("y", "? > ?", json!(1))]));
    check(&db, &query("points", &[group()], &measures, total), above_1);
    let having = json!({"having": [{"expression": "? > ?", "parameters": [{"name": "r"}, 0.5]}]});
    let risen = query("points", &[group()], &all_three("{x}, {y}"), having);
    check(&db, &risen, json!([["a", 0.970_725_343_394_151, 1.75, 3.5 / 3.0]]));
}

#[test]
fn values_may_be_computed() {
    let db = db();
    // Decimals.
    let halves = query("points", &[], &all_three("{x} * 0.5, {y}"), json!({}));
    check(&db, &halves, json!([[-0.338_253_466_085_493_45, -0.781_25, -0.683_593_75]]));
    // Of the sums of the groups, which are 6, 12; 4, 4; 5, 1.5; 14, 4; 2, 1.
    let of_groups = query("points", &[], &all_three("SUM({x} INCLUDE {g}), SUM({y} INCLUDE {g})"), json!({}));
    check(&db, &of_groups, json!([[0.172_140_400_162_676_6, 3.5, 2.8]]));
    let whole = [json!({"formula": "COVARIANCE({x}, {y} FULL)"})];
    let first_two = json!({"where": [test("g", "? in ?", json!(["a", "b"]))]});
    check(&db, &query("points", &[group()], &whole, first_two), json!([["a", -0.125], ["b", -0.125]]));
}

#[test]
fn other_values_than_numbers_are_refused() {
    let db = db();
    for arguments in ["{g}, {y}", "{x}, {g}", "{x}"] {
        for measure in all_three(arguments) {
            let query = query("points", &[], &[measure], json!({}));
            let error = db.ask(&query.to_string()).expect_err("a refusal");
            assert_eq!(error.kind(), ErrorKind::InvalidQuery, "{error}\n{query}");
        }
    }
}

#[test]
fn large_values_that_differ_little_keep_their_digits() {
    let db = Db::in_memory().expect("an engine");
    let rows: Value = (0_i64..10).map(|row| json!([1_000_000_000_000_000_i64 + row, 3 * row])).collect();
    push(&db, "far", &["x", "y"], rows);
    check(&db, &query("far", &[], &all_three("{x}, {y}"), json!({})), json!([[1.0, 27.5, 24.75]]));
    check(&db, &query("far", &[], &all_three("{x}, -{y}"), json!({})), json!([[-1.0, -27.5, -24.75]]));
}

#[test]
fn the_order_of_the_rows_does_not_matter() {
    let rng = &mut Rng::new(20_130_101);
    let mut rows: Vec<Value> = Vec::new();
    for _ in 0..20_000 {
        let size = 10_f64.powi(i32::try_from(rng.between(-12, 12)).expect("small"));
        let float = |value: i64| f64::from(i32::try_from(value).expect("small"));
        let (x, noise) = (float(rng.between(-1_000_000, 1_000_000)) * 0.1, float(rng.between(-99, 99)));
        rows.push(json!([rng.between(0, 30), x * size, 0.3 * x + noise * size]));
    }
    let db = Db::in_memory().expect("an engine");
    let header = ["g", "x", "y"];
    push(&db, "in_order", &header, json!(rows));
    rng.shuffle(&mut rows);
    push(&db, "shuffled", &header, json!(rows));
    for dimensions in [vec![], vec![group()]] {
        let answers = ["in_order", "shuffled"].map(|dataset| {
            let total = if dimensions.is_empty() { json!({}) } else { json!({"totals": {"grand": true}}) };
            let document = document(&db, &query(dataset, &dimensions, &all_three("{x}, {y}"), total));
            (document["data"].clone(), document["totals"].clone())
        });
        let [in_order, shuffled] = answers;
        assert!(!in_order.0.to_string().contains("null"), "{}", in_order.0);
        assert_eq!(in_order, shuffled);
    }
}
