//! What names mean in windows by formulas, what the columns are made of, and what is refused.

use drillcore::{DrillCell, ErrorKind, Limit, Query, Scope};
use futures::executor::block_on;
use serde_json::{Value, json};

use crate::window_formulas::{check, db, formula, last, sales};

#[test]
fn names_are_columns_of_the_answer() {
    let db = db();
    let region = |text: &str| sales(&["region"], &[formula(text)], json!({}));
    // Aggregates that are no measure of the query.
    check(&db, &region("RUNNING_SUM(SUM({amount}) PARTITION BY () ORDER BY {region})"), json!([35, 76, 83]));
    let share = "SUM({amount} WHERE {city} = 'a') / WINDOW_SUM(SUM({amount}))";
    check(&db, &region(share), json!([30.0 / 83.0, null, null]));
    check(&db, &region("RUNNING_MIN({total} / COUNTR() ORDER BY {region} DESC)"), json!([35.0 / 3.0, 41.0 / 3.0, 7.0]));
    // Dimensions, outside of calls and in them.
    check(&db, &region("{region} || ' ' || RANK(ORDER BY {total} DESC)"), json!(["N 2", "S 1", null]));
    // In the order of the totals: NULL 7, N 35, S 41.
    check(&db, &region("LEAD({region} PARTITION BY () ORDER BY {total})"), json!(["S", null, "N"]));
    check(&db, &region("IF(RANK(ORDER BY {total} DESC) = 1, 'best', 'other')"), json!(["other", "best", "other"]));
    // What is looked at twice is one call.
    check(&db, &region("RANK(ORDER BY {total} DESC) IN (1, 3)"), json!([false, true, true]));
    let months = |windows: &[Value], more: Value| sales(&["month"], windows, more);
    check(&db, &months(&[formula("LAG({month})")], json!({})), json!([null, "2026-01-01", "2026-02-01"]));
    // A formula without a window function is one of its own row.
    check(&db, &months(&[formula("{total} / {n} - SUM({amount}) / COUNTR()")], json!({})), json!([0.0, 0.0, 0.0]));
    // A cumulative sum is the running one.
    let running = json!({"column_id": "amount", "aggregation": "cumulativesum", "as": "run"});
    let steps = months(&[formula("{run} - LAG({run})")], json!({"measures": [running]}));
    check(&db, &steps, json!([null, 20, 8]));
    // Windows before it, by formula or by function.
    let chain = [
        json!({"as": "u", "formula": "RUNNING_SUM({total})"}),
        json!({"as": "v", "function": "lag", "of": "u"}),
        formula("{u} - COALESCE({v}, 0) - {total}"),
    ];
    check(&db, &months(&chain, json!({})), json!([0, 0, 0]));
}

#[test]
fn columns_of_a_comparison_are_columns() {
    let db = db();
    let february = json!([{"expression": "? = ?", "parameters": [{"column_id": "day"}, "2026-02"]}]);
    let shift = json!({"quantity": 1, "unit": "month"});
    let more = json!({
        "where": february,
        "compare": {"column_id": "day", "shift": shift, "measures": ["n"]},
    });
    let windows = [
        json!({"as": "u", "formula": "RUNNING_SUM({n_previous} PARTITION BY () ORDER BY {region})"}),
        formula("{u} / {n} + {n_change_ratio} + SUM({amount} WHERE {amount} > 1000)"),
        json!({"as": "z", "formula": "{u} / {n} + {n_change_ratio}"}),
    ];
    // January: N 2, S 1; February: N 1, S 1.
    let expected = json!([[2, null, 1.5], [3, null, 3.0]]);
    assert_eq!(last(&db, &sales(&["region"], &windows, more), 3), expected);
}

#[test]
fn the_rows_behind_a_window_are_those_it_is_computed_from() {
    let db = db();
    let big = json!({
        "column_id": "*", "aggregation": "count", "as": "big",
        "where": [{"expression": "? > ?", "parameters": [{"column_id": "amount"}, 15]}],
    });
    let n = json!({"column_id": "*", "aggregation": "count", "as": "n"});
    let windows = [
        json!({"as": "one column", "formula": "RUNNING_SUM({big} PARTITION BY () ORDER BY {region})"}),
        json!({"as": "behind it", "formula": "LAG({one column} PARTITION BY () ORDER BY {region}) + 1"}),
        json!({"as": "two columns", "formula": "{big} / {n}"}),
        json!({"as": "aggregates", "formula": "WINDOW_SUM(SUM({amount}))"}),
        json!({"as": "a rank", "formula": "RANK(ORDER BY {big})"}),
    ];
    let query = sales(&["region"], &windows, json!({"measures": [big, n]}));
    let query = Query::from_json(&query.to_string()).expect("a query");
    for (name, rows) in [("one column", 1), ("behind it", 1), ("two columns", 3), ("aggregates", 3), ("a rank", 3)] {
        let cell = DrillCell::new().member("region", "N").measure(name);
        let scope = Scope::unrestricted();
        let answer = block_on(db.engine().drill_through(&query, &cell, None, Limit::default(), &scope));
        assert_eq!(answer.expect("rows").num_rows(), rows, "{name}");
    }
}

#[test]
fn what_cannot_be_meant_is_refused_with_its_place() {
    let db = db();
    let refused = |windows: &[Value], path: &str, span: Option<(usize, usize)>, message: &str| {
        let query = sales(&["region", "city"], windows, json!({}));
        let error = db.ask(&query.to_string()).expect_err("a refusal");
        assert_eq!((error.kind(), error.path()), (ErrorKind::InvalidQuery, Some(path)), "{error}\n{query}");
        if span.is_some() {
            assert_eq!(error.span(), span, "{error}\n{query}");
        }
        assert!(error.message().contains(message), "{error}\n{query}");
    };
    let text = "/window/0/formula";
    let one = |formula: &str, span: (usize, usize), message: &str| {
        refused(&[self::formula(formula)], text, Some(span), message);
    };
    one("RUNNING_SUM({total})", (0, 11), "no date among its dimensions, so RUNNING_SUM needs an order");
    one("1 + RANK()", (4, 8), "RANK needs an order: ORDER BY in its brackets");
    one("{w} + 1", (0, 3), "a window cannot be computed from itself");
    one("{zzz} + 1", (0, 5), "the query calls nothing `zzz`; columns of a dataset stand inside an aggregate");
    one("{totals} + 1", (0, 8), "did you mean `total`?");
    one("LAG({total} PARTITION BY {total} ORDER BY {region})", (25, 32), "`total` is no dimension");
    one("LAG({total} PARTITION BY {zzz} ORDER BY {region})", (25, 30), "the query calls nothing `zzz`");
    one("RANK(ORDER BY {zzz})", (14, 19), "the query calls nothing `zzz`");
    one("LAG({sales:total} ORDER BY {region})", (4, 17), "has no dataset");
    one("RUNNING_SUM(SUM({zzz}))", (16, 21), "zzz");
    refused(&[formula("RUNNING_SUM({region} ORDER BY {region})")], text, None, "RUNNING_SUM takes numbers");
    refused(&[formula("RUNNING_SUM(RANK(ORDER BY {total}))")], text, None, "RANK");
    refused(&[formula("SUM(RANK(ORDER BY {total}))")], text, None, "RANK");
    refused(&[formula("RUNNING_SUM({total}")], text, None, "");
    refused(&[formula("MOVING_SUM({total}, 0 ORDER BY {region})")], text, None, "from 1 to");
    let later = json!({"as": "later", "formula": "{total}"});
    refused(&[formula("LAG({later} ORDER BY {region})"), later], text, Some((4, 11)), "`later` stands further down");
    let texts = json!({"as": "w", "formula": "LAG({region} ORDER BY {region})", "total": "sum_of_rows"});
    refused(&[texts], "/window/0/total", None, "only a column of numbers can be summed");
    let unordered = json!({"as": "w", "formula": "RANK()", "order_by": [{"by": "zzz"}]});
    refused(&[unordered], "/window/0/order_by/0/by", None, "zzz");
}
