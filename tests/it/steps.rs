//! What happens to the groups of an answer: totals, remainders, windows, members without rows, comparisons, pivots. The
//! expected rows are worked out by hand.

use chrono::{Days, NaiveDate};
use drillcore::{ErrorKind, PushMode, Query, QueryResult, Rows, Scope};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;
use serde_json::{Value, json};

fn push(db: &Db, dataset: &str, header: &[&str], rows: Value) {
    let rows = Rows::new(header.iter().copied(), serde_json::from_value(rows).expect("rows"));
    block_on(db.engine().push(dataset, PushMode::Create, rows)).expect("a push");
}

/// Sales: by region N 35, S 41, NULL 7; by city a 30, b 5, c 41, d NULL, e 7; by month 55, 20, 8.
fn db() -> Db {
    let db = Db::in_memory().expect("an engine");
    let sales = json!([
        ["N", "a", "2026-01-05", 10],
        ["N", "a", "2026-02-03", 20],
        ["N", "b", "2026-01-20", 5],
        ["S", "c", "2026-01-07", 40],
        ["S", "c", "2026-03-01", 1],
        ["S", "d", "2026-02-11", null],
        [null, "e", "2026-03-09", 7],
    ]);
    push(&db, "sales", &["region", "city", "day", "amount"], sales);
    db
}

fn n() -> Value {
    json!({"column_id": "*", "aggregation": "count", "as": "n"})
}

fn total() -> Value {
    json!({"column_id": "amount", "aggregation": "sum", "as": "total"})
}

fn month() -> Value {
    json!({"column_id": "day", "level": "month", "as": "month"})
}

fn region() -> Value {
    json!({"column_id": "region", "as": "region"})
}

fn city() -> Value {
    json!({"column_id": "city", "as": "city"})
}

/// A test of a column.
fn test(column: &str, expression: &str, value: Value) -> Value {
    json!({"expression": expression, "parameters": [{"column_id": column}, value]})
}

/// A test of a name of the query.
fn named(name: &str, expression: &str, value: Value) -> Value {
    json!({"expression": expression, "parameters": [{"name": name}, value]})
}

/// A query on the sales.
fn sales(dimensions: &[Value], measures: &[Value], more: Value) -> Value {
    let mut query = json!({"dataset_id": "sales", "dimensions": dimensions, "measures": measures});
    for (name, value) in more.as_object().expect("fields") {
        query[name] = value.clone();
    }
    query
}

#[track_caller]
fn ask(db: &Db, query: &Value) -> QueryResult {
    db.ask(&query.to_string()).unwrap_or_else(|error| panic!("{error}\n{query}"))
}

#[track_caller]
fn data(db: &Db, query: &Value) -> Value {
    serde_json::from_str(&ask(db, query).data_json()).expect("JSON")
}

#[track_caller]
fn check(db: &Db, query: &Value, expected: Value) {
    assert_eq!(data(db, query), expected, "{query}");
}

fn document(db: &Db, query: &Value) -> Value {
    serde_json::from_str(&ask(db, query).to_json()).expect("JSON")
}

/// The rows of all levels of totals, one after the other.
#[track_caller]
fn check_totals(db: &Db, query: &Value, expected: Value) {
    let document = document(db, query);
    let levels = document["totals"].as_array().expect("totals");
    let rows: Vec<Value> = levels.iter().flat_map(|level| level["data"].as_array().expect("rows").clone()).collect();
    assert_eq!(Value::from(rows), expected, "{query}");
}

#[track_caller]
fn check_refused(db: &Db, query: &Value, kind: ErrorKind, path: Option<&str>) {
    let error = db.ask(&query.to_string()).expect_err("a refusal");
    assert_eq!(error.kind(), kind, "{error}\n{query}");
    if path.is_some() {
        assert_eq!(error.path(), path, "{error}\n{query}");
    }
}

fn other() -> Value {
    json!({"other": true})
}

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

#[test]
fn the_last_date_is_that_of_each_entity() {
    let db = Db::in_memory().expect("an engine");
    let balances = json!([
        ["2026-04-10", "ACME", 500],
        ["2026-04-10", "Globex", 300],
        ["2026-04-11", "ACME", 550],
        ["2026-04-11", "Globex", 280],
    ]);
    push(&db, "balances", &["day", "account", "balance"], balances);
    let measure = |settings: Value| {
        let mut aggregation = json!({"type": "sum", "last_by": "day"});
        for (name, value) in settings.as_object().expect("settings") {
            aggregation[name] = value.clone();
        }
        json!({"column_id": "balance", "aggregation": aggregation})
    };
    let query = |dimensions: Value, settings: Value, filter: Value| {
        json!({
            "dataset_id": "balances", "dimensions": dimensions, "measures": [measure(settings)], "where": filter,
            "totals": {"grand": true},
        })
    };
    let entity = json!({"entity": ["account"]});
    let common = json!({"entity": ["account"], "pick": "last_common_date"});
    check(&db, &query(json!([]), entity.clone(), json!([])), json!([[830]]));
    check(&db, &query(json!([]), common.clone(), json!([])), json!([[830]]));
    let by_account = query(json!([{"column_id": "account"}]), entity.clone(), json!([]));
    check(&db, &by_account, json!([["ACME", 550], ["Globex", 280]]));
    check_totals(&db, &by_account, json!([[null, 830]]));
    let by_day = query(json!([{"column_id": "day"}]), entity.clone(), json!([]));
    check(&db, &by_day, json!([["2026-04-10", 800], ["2026-04-11", 830]]));
    check_totals(&db, &by_day, json!([[null, 830]]));
    let late = json!({"and": [test("account", "? = ?", json!("Globex")), test("day", "? = ?", json!("2026-04-11"))]});
    let early = json!([{"not": late}]);
    check(&db, &query(json!([]), entity, early.clone()), json!([[850]]));
    check(&db, &query(json!([]), common, early.clone()), json!([[550]]));
    check(&db, &query(json!([]), json!({}), early), json!([[550]]));
}

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

#[test]
fn cumulative_sums_are_plain_where_groups_are_tested() {
    let db = db();
    let run = json!({"column_id": "amount", "aggregation": "cumulativesum", "as": "run"});
    let double = json!({"formula": "{run} * 2", "as": "double"});
    let query = |more: Value| sales(&[month()], &[run.clone(), double.clone()], more);
    let all = json!([["2026-01-01", 55, 110], ["2026-02-01", 75, 40], ["2026-03-01", 83, 16]]);
    check(&db, &query(json!({})), all);
    let having = json!({"having": [named("run", "? > ?", json!(10))], "totals": {"grand": true}});
    check(&db, &query(having.clone()), json!([["2026-01-01", 55, 110], ["2026-02-01", 75, 40]]));
    check_totals(&db, &query(having), json!([[null, 75, 150]]));
    let post = json!({"post": [named("run", "? > ?", json!(60))], "order": [{"by": "run", "order": "desc"}]});
    check(&db, &query(post), json!([["2026-03-01", 83, 16], ["2026-02-01", 75, 40]]));
}

#[test]
fn cumulative_aggregates_see_the_rows_before() {
    let db = db();
    let measure = |span: Value| {
        let mut cumulative = json!({"over": "day"});
        for (name, value) in span.as_object().expect("a span") {
            cumulative[name] = value.clone();
        }
        json!({"column_id": "amount", "aggregation": {"type": "sum", "cumulative": cumulative}, "as": "run"})
    };
    let late = json!([test("day", "? >= ?", json!("2026-02-01"))]);
    let query = |dimensions: &[Value], span: Value| {
        sales(dimensions, &[measure(span)], json!({"where": late, "totals": {"grand": true}}))
    };
    let all = json!({"all": true});
    check(&db, &query(&[month()], all.clone()), json!([["2026-02-01", 75], ["2026-03-01", 83]]));
    check_totals(&db, &query(&[month()], all.clone()), json!([[null, 83]]));
    let to_date = json!({"to_date": "month"});
    check(&db, &query(&[month()], to_date), json!([["2026-02-01", 20], ["2026-03-01", 8]]));
    let days = json!({"window": {"quantity": 40, "unit": "day"}});
    check(&db, &query(&[month()], days), json!([["2026-02-01", 25], ["2026-03-01", 8]]));
    let expected =
        json!([["N", "2026-02-01", 35], ["S", "2026-02-01", 40], ["S", "2026-03-01", 41], [null, "2026-03-01", 7],]);
    check(&db, &query(&[region(), month()], all.clone()), expected);
    // N has no row in March, and its earlier ones count in the total of March all the same.
    let mut months = query(&[region(), month()], all.clone());
    months["totals"] = json!({"levels": [["month"]]});
    check_totals(&db, &months, json!([[null, "2026-02-01", 75], [null, "2026-03-01", 83]]));
    // What having takes out does not.
    months["having"] = json!([{"not": {"expression": "? = ?", "parameters": [{"name": "run"}, 41]}}]);
    check_totals(&db, &months, json!([[null, "2026-02-01", 75], [null, "2026-03-01", 42]]));
    // Of several levels of the date the finest counts.
    let year = json!({"column_id": "day", "level": "year", "as": "year"});
    let mut levels = query(&[year, month()], all.clone());
    levels["totals"] = json!({"levels": [["year"]]});
    check(&db, &levels, json!([["2026-01-01", "2026-02-01", 75], ["2026-01-01", "2026-03-01", 83]]));
    check_totals(&db, &levels, json!([["2026-01-01", null, 83]]));
    // Nothing else is aggregated, and there is no group.
    let february = json!([test("day", "? = ?", json!("2026-02"))]);
    check(&db, &sales(&[], &[measure(all.clone())], json!({"where": february})), json!([[75]]));
    let either = json!([{"or": [test("day", "? = ?", json!("2026-01")), test("day", "? = ?", json!("2026-03"))]}]);
    check_refused(&db, &sales(&[month()], &[measure(all)], json!({"where": either})), ErrorKind::InvalidQuery, None);
}

#[test]
fn members_without_rows_have_the_aggregates_of_none() {
    let db = db();
    let flagged = |mut dimension: Value| {
        dimension["include_nonoccurring"] = json!(true);
        dimension
    };
    let months = json!([test("day", "? between ?", json!(["2026-01-01", "2026-04-30"]))]);
    let query = |more: Value| sales(&[flagged(month())], &[n(), total()], more);
    let expected =
        json!([["2026-01-01", 3, 55], ["2026-02-01", 2, 20], ["2026-03-01", 2, 8], ["2026-04-01", 0, null],]);
    check(&db, &query(json!({"where": months})), expected);
    let empty = json!({"where": months, "having": [named("n", "? = ?", json!(0))]});
    check(&db, &query(empty), json!([["2026-04-01", 0, null]]));
    let north = json!([test("region", "? = ?", json!("N"))]);
    check(&db, &query(json!({"where": north})), json!([["2026-01-01", 2, 15], ["2026-02-01", 1, 20]]));
    let cities = |more: Value| sales(&[flagged(city())], &[n(), total()], more);
    let expected = json!([["a", 2, 30], ["b", 1, 5], ["c", 0, null], ["d", 0, null], ["e", 0, null]]);
    check(&db, &cities(json!({"where": north})), expected);
    let few = json!([north[0], test("city", "? in ?", json!(["a", "c"]))]);
    check(&db, &cities(json!({"where": few})), json!([["a", 2, 30], ["c", 0, null]]));
    let mut context = north.clone();
    context[0]["context"] = json!(true);
    check(&db, &cities(json!({"where": context})), json!([["a", 2, 30], ["b", 1, 5]]));
    let top = json!({"where": north, "top": {"n": 3, "by": "n", "order": "asc", "other": true}});
    check(&db, &cities(top), json!([["c", 0, null], ["d", 0, null], ["e", 0, null], [other(), 3, 35]]));
    let most = json!({"where": north, "options": {"max_rows": 3}});
    check_refused(&db, &cities(most), ErrorKind::LimitExceeded, None);
    let bounded = json!([test("region", "? in ?", json!(["N", "S"]))]);
    let crossed = data(&db, &sales(&[flagged(region()), flagged(city())], &[n()], json!({"where": bounded})));
    assert_eq!(crossed.as_array().expect("rows").len(), 10);
    let quarter = json!([bounded[0], test("day", "? = ?", json!("2026-Q1"))]);
    let windows = json!({"where": quarter, "window": [{"as": "run", "function": "running_total", "of": "n"}]});
    let expected = json!([
        ["N", "2026-01-01", 2, 2],
        ["N", "2026-02-01", 1, 3],
        ["N", "2026-03-01", 0, 3],
        ["S", "2026-01-01", 1, 1],
        ["S", "2026-02-01", 1, 2],
        ["S", "2026-03-01", 1, 3],
    ]);
    check(&db, &sales(&[region(), flagged(month())], &[n()], windows), expected);
    let cyclic = flagged(json!({"column_id": "day", "level": "quarter_number", "as": "quarter"}));
    check(&db, &sales(&[cyclic], &[n()], json!({})), json!([[1, 7], [2, 0], [3, 0], [4, 0]]));
    let bins = flagged(json!({"column_id": "amount", "discretization": {"type": "linear", "size": 10}}));
    check(&db, &sales(&[bins], &[n()], json!({})), json!([[0, 3], [10, 1], [20, 1], [30, 0], [40, 1], [null, 1]]));
}

#[test]
fn groups_stand_beside_those_of_the_period_before() {
    let db = db();
    let compare = |period: &str, more: Value| {
        let mut all = json!({
            "where": [test("day", "? = ?", json!(period))],
            "compare": {"column_id": "day", "shift": {"quantity": 1, "unit": "month"}, "measures": ["n"]},
        });
        for (name, value) in more.as_object().expect("fields") {
            all[name] = value.clone();
        }
        all
    };
    let february = sales(&[region()], &[n()], compare("2026-02", json!({})));
    check(&db, &february, json!([["N", 1, 2, -1, -0.5], ["S", 1, 1, 0, 0.0]]));
    // Only the base has the north, only the present has NULL.
    let march = |more: Value| sales(&[region()], &[n()], compare("2026-03", more));
    let grand = json!({"totals": {"grand": true}});
    check(&db, &march(grand.clone()), json!([["N", 0, 1, -1, -1.0], ["S", 1, 1, 0, 0.0], [null, 1, 0, 1, null]]));
    check_totals(&db, &march(grand), json!([[null, 2, 2, 0, 0.0]]));
    let having = json!({"totals": {"grand": true}, "having": [named("n", "? > ?", json!(0))]});
    check(&db, &march(having.clone()), json!([["S", 1, 1, 0, 0.0], [null, 1, 0, 1, null]]));
    check_totals(&db, &march(having), json!([[null, 2, 1, 1, 1.0]]));
    let grew = json!({"having": [named("n_change", "? > ?", json!(0))]});
    check(&db, &march(grew), json!([[null, 1, 0, 1, null]]));
    let months = |filters: Value| {
        let compare = json!({"name": "month", "shift": "previous_period", "measures": ["n"]});
        sales(&[month()], &[n(), total()], json!({"where": filters, "compare": compare}))
    };
    let north = test("region", "? = ?", json!("N"));
    let of_north = months(json!([test("day", "? = ?", json!("2026-02")), north]));
    check(&db, &of_north, json!([["2026-02-01", 1, 20, 2, -1, -0.5]]));
    let newest = json!({"expression": "last_available", "parameters": [{"column_id": "day"}, {"unit": "month"}]});
    check(&db, &months(json!([newest])), json!([["2026-03-01", 2, 8, 2, 0, 0.0]]));
    check(&db, &months(json!([newest, test("region", "? = ?", json!("nowhere"))])), json!([]));
    let open = months(json!([test("day", "? >= ?", json!("2026-02-01"))]));
    check_refused(&db, &open, ErrorKind::InvalidQuery, Some("/compare/shift"));
    let either = json!([{"or": [test("day", "? = ?", json!("2026-01")), test("day", "? = ?", json!("2026-03"))]}]);
    check_refused(&db, &months(either), ErrorKind::InvalidQuery, Some("/compare"));
    let running = |trim: bool| {
        let current = json!({"expression": "current", "parameters": [{"column_id": "day"}, {"unit": "month"}]});
        let compare = json!({"column_id": "day", "shift": {"unit": "month"}, "trim_running": trim});
        let options = json!({"as_of": "2026-02-07T12:00:00Z"});
        sales(&[], &[n()], json!({"where": [current], "compare": compare, "options": options}))
    };
    check(&db, &running(true), json!([[2, 2, 0, 0.0]]));
    assert_eq!(data(&db, &running(false))[0][1], json!(3));
}

#[test]
fn a_day_that_did_not_exist_has_no_base() {
    let db = Db::in_memory().expect("an engine");
    let days = json!([["2026-02-10"], ["2026-02-28"], ["2026-03-28"], ["2026-03-29"]]);
    push(&db, "days", &["day"], days);
    let query = json!({
        "dataset_id": "days",
        "dimensions": [{"column_id": "day"}],
        "measures": [n(), {"formula": "COUNTR() + 1", "as": "more"}],
        "where": [test("day", "? = ?", json!("2026-03"))],
        "compare": {"column_id": "day", "shift": {"quantity": 1, "unit": "month"}, "measures": ["n"]},
        "totals": {"grand": true},
    });
    let expected = json!([
        ["2026-03-10", 0, 1, 1, -1, -1.0],
        ["2026-03-28", 1, 2, 1, 0, 0.0],
        ["2026-03-29", 1, 2, null, null, null],
    ]);
    check(&db, &query, expected);
    check_totals(&db, &query, json!([[null, 2, 3, 2, 0, 0.0]]));
}

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
fn numbers_lie_in_bins() {
    let db = db();
    let query = |column: &str, how: Value, more: Value| {
        sales(&[json!({"column_id": column, "discretization": how})], &[n()], more)
    };
    let linear = json!({"type": "linear", "size": 10, "origin": 5});
    check(&db, &query("amount", linear, json!({})), json!([[-5, 1], [5, 3], [15, 1], [35, 1], [null, 1]]));
    let count = |bins: u64| json!({"type": "linear", "bins": bins});
    check(&db, &query("amount", count(3), json!({})), json!([[1, 4], [14, 1], [27, 1], [null, 1]]));
    let seven = json!({"where": [test("amount", "? = ?", json!(7))]});
    check(&db, &query("amount", count(4), seven), json!([[7, 1]]));
    let none = json!({"where": [test("city", "? = ?", json!("nowhere"))]});
    check(&db, &query("amount", count(4), none), json!([]));
    let edges = data(&db, &query("amount", json!({"type": "custom", "edges": [5, 20]}), json!({})));
    let counts: Value = edges.as_array().expect("rows").iter().map(|row| row[1].clone()).collect();
    assert_eq!(counts, json!([1, 3, 2, 1]));
    assert_eq!(edges[3][0], Value::Null);
    let groups = |name: &str, members: Value| json!({"type": "groups", "groups": [{"name": name, "in": members}], "rest": "Other"});
    check(&db, &query("city", groups("first", json!(["a", "b"])), json!({})), json!([["Other", 4], ["first", 3]]));
    let north = json!([["Other", 3], ["north", 3], [null, 1]]);
    check(&db, &query("region", groups("north", json!(["N"])), json!({})), north);
    push(&db, "floats", &["x"], json!([[-0.5], [0.0], [0.49], [-1.0]]));
    let mut halves = query("x", json!({"type": "linear", "size": 0.5}), json!({}));
    halves["dataset_id"] = json!("floats");
    check(&db, &halves, json!([[-1.0, 1], [-0.5, 1], [0.0, 2]]));
}

#[test]
fn aggregations_say_what_they_do_with_ties_and_null() {
    let db = db();
    let measures = |measures: Value| json!({"dataset_id": "sales", "measures": measures, "totals": {"grand": true}});
    let of = |column: &str, aggregation: Value| json!({"column_id": column, "aggregation": aggregation});
    let percentile = |p: f64, kind: &str| of("amount", json!({"type": "percentile", "p": p, "kind": kind}));
    // 1, 5, 7, 10, 20, 40
    let continuous = [0.0, 0.5, 0.9, 1.0].map(|p| percentile(p, "continuous"));
    check(&db, &measures(json!(continuous)), json!([[1.0, 8.5, 30.0, 40.0]]));
    let discrete = [0.0, 0.5, 0.9, 1.0].map(|p| percentile(p, "discrete"));
    check(&db, &measures(json!(discrete)), json!([[1, 7, 40, 40]]));
    check(&db, &measures(json!([of("amount", json!("median"))])), json!([[8.5]]));
    let list = |settings: Value| {
        let mut aggregation = json!({"type": "string_list"});
        for (name, value) in settings.as_object().expect("settings") {
            aggregation[name] = value.clone();
        }
        measures(json!([of("city", aggregation)]))
    };
    check(&db, &list(json!({})), json!([["a, a, b, c, c, d, e"]]));
    check(&db, &list(json!({"distinct": true})), json!([["a, b, c, d, e"]]));
    check(&db, &list(json!({"distinct": true, "separator": "-", "order": "desc"})), json!([["e-d-c-b-a"]]));
    check(&db, &list(json!({"distinct": true, "max": 2})), json!([["a, b, …"]]));
    push(&db, "pairs", &["x", "y"], json!([[1, 2], [3, null], [null, 4], [2, 2]]));
    let pairs = |measures: Value, more: Value| json!({"dataset_id": "pairs", "measures": measures, "where": more, "totals": {"grand": true}});
    let with = |aggregation: &str| of("x", json!({"type": aggregation, "column_id": "y"}));
    check(&db, &pairs(json!([with("rate"), with("weightedaverage")]), json!([])), json!([[0.75, 1.5]]));
    let no_weight = json!([{"expression": "? is null", "parameters": [{"column_id": "y"}]}]);
    check(&db, &pairs(json!([with("rate"), with("weightedaverage")]), no_weight.clone()), json!([[null, null]]));
    let by = |aggregation: &str| of("x", json!({"type": aggregation, "by": "y"}));
    let plain = ["count", "count_values", "distinctcount", "mode", "min", "max", "stddev"];
    let plain = plain.map(|name| of("x", json!(name)));
    check(&db, &pairs(json!(plain), json!([])), json!([[4, 3, 3, 1, 1, 3, 1.0]]));
    check(&db, &pairs(json!([by("first"), by("last")]), json!([])), json!([[1, 2]]));
    check(&db, &pairs(json!([by("last"), of("x", json!("stddev"))]), no_weight), json!([[null, null]]));
    // A filter of a measure removes no group.
    let above = json!({"column_id": "*", "aggregation": "count", "where": [test("amount", "? > ?", json!(5))]});
    let current = json!({
        "column_id": "*", "aggregation": "count",
        "where": [{"expression": "current", "parameters": [{"column_id": "day"}, {"unit": "month"}]}],
    });
    let filtered = sales(&[region()], &[above, current], json!({"options": {"as_of": "2026-02-15T00:00:00Z"}}));
    check(&db, &filtered, json!([["N", 2, 1], ["S", 1, 1], [null, 1, 0]]));
    let february = test("day", "? >= ?", json!("2026-02-01"));
    let late = json!({"formula": "SUM({amount}) + {n}", "as": "late", "where": [february]});
    // The filter is that of the sum; the count that the formula names has none.
    check(&db, &sales(&[region()], &[late, n()], json!({})), json!([["N", 23, 3], ["S", 4, 3], [null, 8, 1]]));
}

#[test]
fn null_is_tested_as_everywhere() {
    let db = db();
    let leaf = |expression: &str, value: Value| named("total", expression, value);
    let vectors = [
        (leaf("? != ?", json!(41)), json!(["a", "b", "d", "e"])),
        (leaf("? > ?", json!(5)), json!(["a", "c", "e"])),
        (json!({"not": leaf("? > ?", json!(5))}), json!(["b", "d"])),
        (leaf("? = ?", json!(null)), json!(["d"])),
        (leaf("? != ?", json!(null)), json!(["a", "b", "c", "e"])),
        (leaf("? in ?", json!([5, null])), json!(["b", "d"])),
        (leaf("? not in ?", json!([5])), json!(["a", "c", "d", "e"])),
        (leaf("? not in ?", json!([5, null])), json!(["a", "c", "e"])),
        (leaf("? in ?", json!([])), json!([])),
        (leaf("? not between ?", json!([6, 50])), json!(["b", "d"])),
        (json!({"or": []}), json!([])),
        (json!({"and": []}), json!(["a", "b", "c", "d", "e"])),
        (
            json!({"expression": "? > ?", "parameters": [{"name": "total"}, 20], "nulls": "include"}),
            json!(["a", "c", "d"]),
        ),
        (leaf("? > ?", json!({"name": "n"})), json!(["a", "b", "c", "e"])),
        (json!({"expression": "? > ?", "parameters": [{"formula": "SUM({amount})"}, 7]}), json!(["a", "c"])),
    ];
    for (filter, expected) in vectors {
        for place in ["having", "post"] {
            let mut query = sales(&[city()], &[n(), total()], json!({"totals": {"grand": true}}));
            if place == "post" && filter.to_string().contains("formula") {
                continue;
            }
            query[place] = json!([filter]);
            let rows = data(&db, &query);
            let cities: Value = rows.as_array().expect("rows").iter().map(|row| row[0].clone()).collect();
            assert_eq!(cities, expected, "{place} {filter}");
            // Without further steps the plan filters.
            query["totals"] = json!(null);
            assert_eq!(data(&db, &query), rows, "{place} {filter}");
        }
    }
}

/// Every day from 25 November 2025 to 5 May 2026, and every half hour of March 2026.
fn clocks() -> Db {
    let db = Db::in_memory().expect("an engine");
    let first = NaiveDate::from_ymd_opt(2025, 11, 25).expect("a day");
    let days: Vec<Value> = (0..162).map(|days| json!([(first + Days::new(days)).to_string()])).collect();
    push(&db, "days", &["day"], json!(days));
    let half_hours = (1..=31).flat_map(|day| (0..48).map(move |half| (day, half / 2, half % 2 * 30)));
    let ticks: Vec<Value> =
        half_hours.map(|(day, hour, minute)| json!([format!("2026-03-{day:02}T{hour:02}:{minute:02}:00Z")])).collect();
    push(&db, "ticks", &["at"], json!(ticks));
    db
}

#[test]
fn relative_dates_are_those_of_the_table() {
    let db = clocks();
    let ends = |dataset: &str, column: &str, filters: Value, week_start: &str| {
        let end = |aggregation: &str| json!({"column_id": column, "aggregation": aggregation});
        json!({
            "dataset_id": dataset, "measures": [end("min"), end("max")], "where": filters,
            "options": {"as_of": "2026-03-18T10:30:00Z", "week_start": week_start},
        })
    };
    let relative = |column: &str, expression: &str, period: Value| json!({"expression": expression, "parameters": [{"column_id": column}, period]});
    let on_days = [
        ("last_now", json!({"quantity": 7, "unit": "day"}), "monday", "2026-03-12", "2026-03-18"),
        ("last_completed", json!({"quantity": 7, "unit": 5}), "monday", "2026-03-11", "2026-03-17"),
        ("last_completed", json!({"quantity": 1, "unit": "week"}), "monday", "2026-03-09", "2026-03-15"),
        ("current", json!({"unit": "week"}), "monday", "2026-03-16", "2026-03-22"),
        ("current", json!({"unit": "week"}), "sunday", "2026-03-15", "2026-03-21"),
        ("last_completed", json!({"quantity": 3, "unit": "month"}), "monday", "2025-12-01", "2026-02-28"),
        ("to_date", json!({"unit": "quarter"}), "monday", "2026-01-01", "2026-03-18"),
        ("next_full", json!({"quantity": 1, "unit": "month"}), "monday", "2026-04-01", "2026-04-30"),
        ("next_now", json!({"quantity": 7, "unit": "day"}), "monday", "2026-03-18", "2026-03-24"),
        ("ago", json!({"unit": "month"}), "monday", "2026-02-01", "2026-02-28"),
        ("more_than_ago", json!({"quantity": 2, "unit": "month"}), "monday", "2025-11-25", "2025-12-31"),
        ("or_more_ago", json!({"quantity": 2, "unit": "month"}), "monday", "2025-11-25", "2026-01-31"),
        ("last_available", json!({"unit": "month"}), "monday", "2026-05-01", "2026-05-05"),
    ];
    for (expression, period, week_start, first, last) in on_days {
        let query = ends("days", "day", json!([relative("day", expression, period)]), week_start);
        check(&db, &query, json!([[first, last]]));
    }
    let on_ticks = [
        ("last_now", json!({"quantity": 7, "unit": "day"}), "2026-03-12T00:00:00Z", "2026-03-18T23:30:00Z"),
        ("last_completed", json!({"quantity": 7, "unit": "day"}), "2026-03-11T00:00:00Z", "2026-03-17T23:30:00Z"),
        ("last_now", json!({"quantity": 24, "unit": "hour"}), "2026-03-17T10:30:00Z", "2026-03-18T10:00:00Z"),
        ("last_completed", json!({"quantity": 1, "unit": "week"}), "2026-03-09T00:00:00Z", "2026-03-15T23:30:00Z"),
        ("current", json!({"unit": "week"}), "2026-03-16T00:00:00Z", "2026-03-22T23:30:00Z"),
        ("to_date", json!({"unit": "month"}), "2026-03-01T00:00:00Z", "2026-03-18T10:00:00Z"),
        ("next_now", json!({"quantity": 7, "unit": "day"}), "2026-03-18T10:30:00Z", "2026-03-24T23:30:00Z"),
        ("last_available", json!({"quantity": 2, "unit": "hour"}), "2026-03-31T22:00:00Z", "2026-03-31T23:30:00Z"),
    ];
    for (expression, period, first, last) in on_ticks {
        let query = ends("ticks", "at", json!([relative("at", expression, period)]), "monday");
        check(&db, &query, json!([[first, last]]));
    }
    let quarter = json!([{"expression": "QTD", "parameters": [{"column_id": "day"}]}]);
    check(&db, &ends("days", "day", quarter, "monday"), json!([["2026-01-01", "2026-03-18"]]));
    // The newest of the rows that the other filters leave.
    let newest = relative("day", "last_available", json!({"unit": "week"}));
    let before = json!([test("day", "? <= ?", json!("2026-04-02")), newest]);
    check(&db, &ends("days", "day", before, "monday"), json!([["2026-03-30", "2026-04-02"]]));
    let hours = json!([relative("day", "last_now", json!({"quantity": 3, "unit": "hour"}))]);
    check_refused(&db, &ends("days", "day", hours, "monday"), ErrorKind::InvalidQuery, None);
    let inside = json!([{"or": [relative("day", "last_available", json!({"unit": "week"}))]}]);
    check_refused(&db, &ends("days", "day", inside, "monday"), ErrorKind::InvalidQuery, None);
    let having = json!({
        "dataset_id": "days",
        "dimensions": [{"column_id": "day", "as": "day"}],
        "measures": [n()],
        "having": [{"expression": "last_now", "parameters": [{"name": "day"}, {"quantity": 2, "unit": "day"}]}],
        "options": {"as_of": "2026-03-18T10:30:00Z"},
    });
    check(&db, &having, json!([["2026-03-17", 1], ["2026-03-18", 1]]));
}

#[test]
fn parameters_stand_for_their_values() {
    let db = db();
    let query = |parameters: Value, filter: Value, aggregation: Value| {
        let measure = json!({"column_id": "amount", "aggregation": aggregation, "as": "figure"});
        sales(&[], &[n(), measure], json!({"parameters": parameters, "where": [filter]}))
    };
    let parameter = |name: &str| json!({"parameter": name});
    let least = json!({"least": {"type": "number", "value": 5}});
    let filter = test("amount", "? >= ?", parameter("least"));
    check(&db, &query(least, filter.clone(), json!("max")), json!([[5, 40]]));
    let period = json!({"period": {"type": "timerange", "value": "2026-02-01~2026-02-28"}});
    check(&db, &query(period, test("day", "? between ?", parameter("period")), json!("sum")), json!([[2, 20]]));
    let how = json!({
        "how": {"type": "aggregation", "default": "min"},
        "cities": {"type": "array[text]", "value": ["a", "c"]},
    });
    check(&db, &query(how, test("city", "? in ?", parameter("cities")), parameter("how")), json!([[4, 1]]));
    let of_other_type = json!({"least": {"type": "number", "value": "five"}});
    for wrong in [of_other_type, json!({"least": {"type": "number"}}), json!({})] {
        check_refused(&db, &query(wrong, filter.clone(), json!("max")), ErrorKind::InvalidQuery, None);
    }
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
