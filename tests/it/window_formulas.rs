//! Windows by formulas. The expected rows are worked out by hand.

use drillcore::{PushMode, Rows};
use drillcore_formulas::WindowFunction;
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;
use serde_json::{Value, json};

/// Two series, and sales: by region N 35, S 41, NULL 7; by city a 30, b 5, c 41, d NULL, e 7; by month 55, 20, 8.
pub fn db() -> Db {
    let db = Db::in_memory().expect("an engine");
    let push = |dataset: &str, header: &[&str], rows: Value| {
        let rows = Rows::new(header.iter().copied(), serde_json::from_value(rows).expect("rows"));
        block_on(db.engine().push(dataset, PushMode::Create, rows)).expect("a push");
    };
    let series = json!([
        ["a", "2026-01-01", 3],
        ["a", "2026-01-02", null],
        ["a", "2026-01-03", 5],
        ["a", "2026-01-04", 1],
        ["b", "2026-01-01", 2],
        ["b", "2026-01-02", 2],
        ["b", "2026-01-03", -4],
    ]);
    push("series", &["s", "day", "x"], series);
    let sales = json!([
        ["N", "a", "2026-01-05", 10],
        ["N", "a", "2026-02-03", 20],
        ["N", "b", "2026-01-20", 5],
        ["S", "c", "2026-01-07", 40],
        ["S", "c", "2026-03-01", 1],
        ["S", "d", "2026-02-11", null],
        [null, "e", "2026-03-09", 7],
    ]);
    push("sales", &["region", "city", "day", "amount"], sales);
    db
}

pub fn formula(text: &str) -> Value {
    json!({"as": "w", "formula": text})
}

/// A query on the series.
fn series(windows: &[Value]) -> Value {
    json!({
        "dataset_id": "series",
        "dimensions": [{"column_id": "s", "as": "s"}, {"column_id": "day", "as": "day"}],
        "measures": [{"column_id": "x", "aggregation": "max", "as": "x"}],
        "window": windows,
    })
}

/// A query on the sales with the number and the sum of them.
pub fn sales(dimensions: &[&str], windows: &[Value], more: Value) -> Value {
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
        "window": windows,
    });
    for (name, value) in more.as_object().expect("fields") {
        query[name] = value.clone();
    }
    query
}

#[track_caller]
pub fn data(db: &Db, query: &Value) -> Vec<Vec<Value>> {
    let answer = db.ask(&query.to_string()).unwrap_or_else(|error| panic!("{error}\n{query}"));
    serde_json::from_str(&answer.data_json()).expect("rows")
}

/// The last columns of an answer.
#[track_caller]
pub fn last(db: &Db, query: &Value, columns: usize) -> Value {
    data(db, query).into_iter().map(|row| Value::from(row[row.len() - columns..].to_vec())).collect()
}

/// Checks the last column.
#[track_caller]
pub fn check(db: &Db, query: &Value, expected: Value) {
    let found: Value = data(db, query).into_iter().map(|mut row| row.pop().expect("a column")).collect();
    assert_eq!(found, expected, "{query}");
}

/// The rows of all levels of totals, one after the other.
fn totals(db: &Db, query: &Value) -> Value {
    let answer = db.ask(&query.to_string()).unwrap_or_else(|error| panic!("{error}\n{query}"));
    let document: Value = serde_json::from_str(&answer.to_json()).expect("JSON");
    let levels = document["totals"].as_array().expect("totals").clone();
    levels.iter().flat_map(|level| level["data"].as_array().expect("rows").clone()).collect()
}

#[test]
fn every_function_has_its_values() {
    let db = db();
    let ninths = |units: [f64; 6]| json!([units[0], null, units[1], units[2], units[3], units[4], units[5]]);
    // In the order of the answer: four days of `a`, three of `b`.
    let vectors = [
        ("RUNNING_SUM({x})", json!([3, 3, 8, 9, 2, 4, 0])),
        ("RUNNING_AVG({x})", json!([3.0, 3.0, 4.0, 3.0, 2.0, 2.0, 0.0])),
        ("RUNNING_MIN({x})", json!([3, 3, 3, 1, 2, 2, -4])),
        ("RUNNING_MAX({x})", json!([3, 3, 5, 5, 2, 2, 2])),
        ("RUNNING_COUNT({x})", json!([1, 1, 2, 3, 1, 2, 3])),
        ("RUNNING_COUNT({x} ORDER BY {day} DESC)", json!([3, 2, 2, 1, 3, 2, 1])),
        ("MOVING_SUM({x}, 2)", json!([3, 3, 5, 6, 2, 4, -2])),
        ("MOVING_AVG({x}, 2)", json!([3.0, 3.0, 5.0, 3.0, 2.0, 2.0, -1.0])),
        ("MOVING_AVG({x}, 1000000)", json!([3.0, 3.0, 4.0, 3.0, 2.0, 2.0, 0.0])),
        ("MOVING_MIN({x}, 2)", json!([3, 3, 5, 1, 2, 2, -4])),
        ("MOVING_MAX({x}, 2)", json!([3, 3, 5, 5, 2, 2, 2])),
        ("MOVING_MAX({x}, 1)", json!([3, null, 5, 1, 2, 2, -4])),
        ("RANK(ORDER BY {x} DESC)", json!([2, 7, 1, 5, 3, 3, 6])),
        ("RANK(ORDER BY {x} DESC NULLS FIRST)", json!([3, 1, 2, 6, 4, 4, 7])),
        ("RANK(PARTITION BY {s} ORDER BY {x})", json!([2, 4, 3, 1, 2, 2, 1])),
        ("DENSE_RANK(ORDER BY {x} DESC)", json!([2, 6, 1, 4, 3, 3, 5])),
        ("PERCENT_RANK(ORDER BY {x} DESC)", json!([1.0 / 6.0, 1.0, 0.0, 4.0 / 6.0, 2.0 / 6.0, 2.0 / 6.0, 5.0 / 6.0])),
        (
            "CUME_DIST(ORDER BY {x} DESC)",
            json!([2.0 / 7.0, 1.0, 1.0 / 7.0, 5.0 / 7.0, 4.0 / 7.0, 4.0 / 7.0, 6.0 / 7.0]),
        ),
        ("ROW_NUMBER(ORDER BY {x} DESC)", json!([2, 7, 1, 5, 3, 4, 6])),
        ("NTILE(3 ORDER BY {x} DESC)", json!([1, 3, 1, 2, 1, 2, 3])),
        ("LAG({x})", json!([null, 3, null, 5, null, 2, 2])),
        ("LAG({x}, 2)", json!([null, null, 3, null, null, null, 2])),
        ("LAG({x}, 0)", json!([3, null, 5, 1, 2, 2, -4])),
        ("LEAD({x})", json!([null, 5, 1, null, 2, -4, null])),
        ("FIRST_VALUE({x})", json!([3, 3, 3, 3, 3, 3, 3])),
        ("FIRST_VALUE({x} PARTITION BY {s})", json!([3, 3, 3, 3, 2, 2, 2])),
        ("LAST_VALUE({x})", json!([1, 1, 1, 1, 1, 1, 1])),
        ("LAST_VALUE({x} PARTITION BY {s} ORDER BY {x})", json!([null, null, null, null, 2, 2, 2])),
        ("DIFFERENCE({x})", json!([null, null, null, -4, null, 0, -6])),
        ("DIFFERENCE({x}, 2)", json!([null, null, 2, null, null, null, -6])),
        ("PERCENT_CHANGE({x})", json!([null, null, null, 1.0 / 5.0 - 1.0, null, 0.0, -3.0])),
        ("PERCENT_OF_TOTAL({x})", ninths([3.0 / 9.0, 5.0 / 9.0, 1.0 / 9.0, 2.0 / 9.0, 2.0 / 9.0, -4.0 / 9.0])),
        ("PERCENT_OF_TOTAL({x} PARTITION BY {s})", json!([3.0 / 9.0, null, 5.0 / 9.0, 1.0 / 9.0, null, null, null])),
        ("WINDOW_SUM({x})", json!([9, 9, 9, 9, 9, 9, 9])),
        ("WINDOW_SUM({x} PARTITION BY {s})", json!([9, 9, 9, 9, 0, 0, 0])),
        ("WINDOW_AVG({x})", json!([1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5])),
        ("WINDOW_MIN({x} PARTITION BY {s})", json!([1, 1, 1, 1, -4, -4, -4])),
        ("WINDOW_MAX({x} PARTITION BY ())", json!([5, 5, 5, 5, 5, 5, 5])),
        ("WINDOW_COUNT()", json!([7, 7, 7, 7, 7, 7, 7])),
        ("WINDOW_COUNT(PARTITION BY {day})", json!([2, 2, 2, 1, 2, 2, 2])),
    ];
    for function in WindowFunction::ALL {
        let call = format!("{}(", function.entry().name);
        assert!(vectors.iter().any(|(text, _)| text.starts_with(&call)), "{call}..) has no vector");
    }
    for (text, expected) in vectors {
        check(&db, &series(&[formula(text)]), expected);
    }
}

#[test]
fn order_and_partition_may_stand_beside_the_text() {
    let db = db();
    let with = |text: &str, more: Value| {
        let mut window = formula(text);
        for (name, value) in more.as_object().expect("fields") {
            window[name] = value.clone();
        }
        series(&[window])
    };
    let by_x = json!({"order_by": [{"by": "x", "order": "desc"}]});
    check(&db, &with("RANK()", by_x.clone()), json!([2, 7, 1, 5, 3, 3, 6]));
    // A call that says an order or a partition of its own keeps it.
    check(&db, &with("RANK(ORDER BY {day})", by_x), json!([1, 3, 5, 7, 1, 3, 5]));
    let apart = json!({"partition_by": ["s"], "order_by": [{"by": "x", "nulls": "first"}]});
    check(&db, &with("RANK() * 10 + WINDOW_COUNT()", apart.clone()), json!([34, 14, 44, 24, 23, 23, 13]));
    check(&db, &with("RANK() * 10 + WINDOW_COUNT(PARTITION BY ())", apart), json!([37, 17, 47, 27, 27, 27, 17]));
    check(&db, &with("WINDOW_SUM({x})", json!({"partition_by": ["s"]})), json!([9, 9, 9, 9, 0, 0, 0]));
}

#[test]
fn named_functions_and_formulas_are_the_same() {
    let db = db();
    let by_x = json!([{"by": "x", "order": "desc"}]);
    let pairs = [
        ("RUNNING_SUM({x})", json!({"function": "running_total", "of": "x"})),
        ("MOVING_AVG({x}, 2)", json!({"function": "moving_average", "of": "x", "size": 2})),
        ("PERCENT_OF_TOTAL({x})", json!({"function": "percent_of_total", "of": "x"})),
        ("PERCENT_CHANGE({x})", json!({"function": "percent_change", "of": "x"})),
        ("DIFFERENCE({x}, 2)", json!({"function": "difference", "of": "x", "offset": 2})),
        ("LAG({x}, 2)", json!({"function": "lag", "of": "x", "offset": 2})),
        ("LEAD({x})", json!({"function": "lead", "of": "x"})),
        ("FIRST_VALUE({x})", json!({"function": "first_value", "of": "x"})),
        ("LAST_VALUE({x} PARTITION BY {s})", json!({"function": "last_value", "of": "x", "partition_by": ["s"]})),
        ("RANK(ORDER BY {x} DESC)", json!({"function": "rank", "order_by": by_x})),
        ("DENSE_RANK(ORDER BY {x} DESC)", json!({"function": "dense_rank", "order_by": by_x})),
        ("ROW_NUMBER(ORDER BY {x} DESC)", json!({"function": "row_number", "order_by": by_x})),
        ("NTILE(2 ORDER BY {x} DESC)", json!({"function": "ntile", "n": 2, "order_by": by_x})),
    ];
    for (text, mut named) in pairs {
        named["as"] = json!("v");
        let query = series(&[formula(text), named]);
        for row in data(&db, &query) {
            assert_eq!(row[row.len() - 1], row[row.len() - 2], "{query}");
        }
    }
}

#[test]
fn totals_have_what_the_rule_says() {
    let db = db();
    let run = |name: &str, text: &str, rule: &str| json!({"as": name, "formula": text, "total": rule});
    let windows = [
        run("a", "RUNNING_SUM({total})", "none"),
        run("b", "RUNNING_SUM({total})", "native"),
        run("c", "RUNNING_SUM({total})", "sum_of_rows"),
        run("d", "{total} / WINDOW_SUM({total})", "native"),
    ];
    let query = sales(&["region", "month"], &windows, json!({"totals": {"grand": true, "levels": [["month"]]}}));
    // By region and month N 15, 20; S 40, NULL, 1; NULL 7.
    let shares = [15.0, 20.0, 40.0, 1.0, 7.0].map(|units| units / 83.0);
    let expected = json!([
        [15, 15, 15, shares[0]],
        [35, 35, 35, shares[1]],
        [40, 40, 40, shares[2]],
        [40, 40, 40, null],
        [41, 41, 41, shares[3]],
        [7, 7, 7, shares[4]],
    ]);
    assert_eq!(last(&db, &query, 4), expected);
    let expected = json!([
        [null, null, 7, 83, null, 83, 178, 1.0],
        [null, "2026-01-01", 3, 55, null, 55, 55, 55.0 / 83.0],
        [null, "2026-02-01", 2, 20, null, 75, 75, 20.0 / 83.0],
        [null, "2026-03-01", 2, 8, null, 83, 48, 8.0 / 83.0],
    ]);
    assert_eq!(totals(&db, &query), expected);
}

#[test]
fn the_remainder_is_a_row_and_has_no_rank() {
    let db = db();
    let top = |text: &str| {
        let more = json!({"top": {"n": 2, "by": "total", "other": true}});
        sales(&["city"], &[formula(text)], more)
    };
    // a 30, c 41, the remainder 12.
    check(&db, &top("RANK(ORDER BY {total} DESC)"), json!([2, 1, null]));
    check(&db, &top("PERCENT_RANK(ORDER BY {total} DESC)"), json!([1.0, 0.0, null]));
    check(&db, &top("CUME_DIST(ORDER BY {total} DESC)"), json!([1.0, 0.5, null]));
    check(&db, &top("WINDOW_COUNT()"), json!([3, 3, 3]));
    check(&db, &top("WINDOW_MIN({total})"), json!([12, 12, 12]));
    check(&db, &top("PERCENT_OF_TOTAL({total})"), json!([30.0 / 83.0, 41.0 / 83.0, 12.0 / 83.0]));
    check(&db, &top("RUNNING_SUM({total} PARTITION BY () ORDER BY {total} DESC)"), json!([71, 41, 83]));
    check(&db, &top("WINDOW_SUM({n} PARTITION BY {city})"), json!([2, 2, 3]));
    check(&db, &top("COALESCE(RANK(ORDER BY {total}), 0) + SUM({amount})"), json!([31, 43, 12]));
}

#[test]
fn members_without_rows_count() {
    let db = db();
    let quarter = json!([
        {"expression": "? = ?", "parameters": [{"column_id": "day"}, "2026-Q1"]},
        {"expression": "? = ?", "parameters": [{"column_id": "region"}, "N"]},
    ]);
    let month = json!({"column_id": "day", "level": "month", "as": "month", "include_nonoccurring": true});
    let gaps = |text: &str| sales(&[], &[formula(text)], json!({"dimensions": [month], "where": quarter}));
    check(&db, &gaps("MOVING_SUM({n}, 2)"), json!([2, 3, 1]));
    check(&db, &gaps("MOVING_AVG({total}, 2)"), json!([15.0, 17.5, 20.0]));
    check(&db, &gaps("WINDOW_COUNT()"), json!([3, 3, 3]));
    check(&db, &gaps("RUNNING_COUNT({total})"), json!([1, 2, 2]));
    check(&db, &gaps("LEAD({n})"), json!([1, 0, null]));
}

#[test]
fn a_formula_is_filtered_ordered_cut_and_laid_out_as_a_column() {
    let db = db();
    let best = json!([{"expression": "? <= ?", "parameters": [{"name": "w"}, 2]}]);
    let more = json!({"post": best, "order": [{"by": "w", "order": "desc"}]});
    let place = formula("ROW_NUMBER(ORDER BY {total} DESC)");
    assert_eq!(
        data(&db, &sales(&["city"], std::slice::from_ref(&place), more)),
        [[json!("a"), json!(2), json!(30), json!(2)], [json!("c"), json!(2), json!(41), json!(1)],]
    );
    // It sees what the limit cuts off.
    check(&db, &sales(&["city"], &[place], json!({"limit": {"by": 2, "offset": 1}})), json!([4, 1]));
    let share = formula("{total} / WINDOW_SUM({total} PARTITION BY {month})");
    let both = json!([{"expression": "? is not null", "parameters": [{"column_id": "region"}]}]);
    let total = json!([{"column_id": "amount", "aggregation": "sum", "as": "total"}]);
    let more = json!({"measures": total, "where": both, "pivot": {"columns": ["month"]}});
    let expected = json!([["N", 15, 15.0 / 55.0, 20, 1.0, null, null], ["S", 40, 40.0 / 55.0, null, null, 1, 1.0],]);
    assert_eq!(json!(data(&db, &sales(&["region", "month"], &[share], more))), expected);
}

#[test]
fn shares_add_up_to_one() {
    let db = db();
    for dimensions in [&["city"][..], &["region", "month"], &["region"], &[]] {
        let rows = data(&db, &sales(dimensions, &[formula("PERCENT_OF_TOTAL({n})")], json!({})));
        let sum: f64 = rows.iter().map(|row| row[row.len() - 1].as_f64().expect("a share")).sum();
        assert!((sum - 1.0).abs() < 1e-12, "{dimensions:?} {sum}");
    }
}
