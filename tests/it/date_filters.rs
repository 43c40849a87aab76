//! Filters on a date that is compared, accumulated or shown with gaps: which of them are its range, and what the others
//! do. The expected rows are worked out by hand.

use drillcore::{ErrorKind, PushMode, Rows};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;
use serde_json::{Value, json};

fn push(db: &Db, dataset: &str, header: &[&str], rows: Value) {
    let rows = Rows::new(header.iter().copied(), serde_json::from_value(rows).expect("rows"));
    block_on(db.engine().push(dataset, PushMode::Create, rows)).expect("a push");
}

/// Orders: three in January, two in February, two in March 2026, one without a day.
fn db() -> Db {
    let db = Db::in_memory().expect("an engine");
    let orders = json!([
        ["a", "2026-01-05", "2026-01-06"],
        ["a", "2026-02-03", "2026-02-02"],
        ["b", "2026-01-20", "2026-01-21"],
        ["c", "2026-01-07", "2026-01-06"],
        ["c", "2026-03-01", "2026-03-02"],
        ["d", "2026-02-11", "2026-02-12"],
        ["e", "2026-03-09", "2026-03-08"],
        ["f", null, null],
    ]);
    push(&db, "orders", &["city", "day", "due"], orders);
    db
}

fn test(expression: &str, value: Value) -> Value {
    json!({"expression": expression, "parameters": [{"column_id": "day"}, value]})
}

fn at_level(level: &str, expression: &str, value: Value) -> Value {
    json!({"expression": expression, "parameters": [{"column_id": "day", "level": level}, value]})
}

fn february() -> Value {
    test("? = ?", json!("2026-02"))
}

fn is_null() -> Value {
    json!({"expression": "? is null", "parameters": [{"column_id": "day"}]})
}

fn n() -> Value {
    json!({"column_id": "*", "aggregation": "count", "as": "n"})
}

fn data(db: &Db, query: &Value) -> Value {
    let answer = db.ask(&query.to_string()).unwrap_or_else(|error| panic!("{error}\n{query}"));
    serde_json::from_str(&answer.data_json()).expect("JSON")
}

#[track_caller]
fn check(db: &Db, query: &Value, expected: Value) {
    assert_eq!(data(db, query), expected, "{query}");
}

#[track_caller]
fn check_refused(db: &Db, query: &Value, path: &str) {
    let error = db.ask(&query.to_string()).expect_err("a refusal");
    assert_eq!((error.kind(), error.path()), (ErrorKind::InvalidQuery, Some(path)), "{error}\n{query}");
}

/// A count beside that of the month before.
fn compared(filters: Value) -> Value {
    json!({
        "dataset_id": "orders",
        "measures": [n()],
        "where": filters,
        "compare": {"column_id": "day", "shift": {"unit": "month"}},
        "options": {"as_of": "2026-02-07T12:00:00Z"},
    })
}

#[test]
fn other_filters_on_a_compared_date_stay() {
    let db = db();
    let check = |filter: Value, now: u64, then: u64| {
        let query = compared(json!([february(), filter]));
        let row = data(&db, &query)[0].clone();
        assert_eq!((&row[0], &row[1]), (&json!(now), &json!(then)), "{query}");
    };
    check(json!({"and": []}), 2, 3);
    check(at_level("weekday_name", "? in ?", json!(["Tuesday"])), 1, 1);
    check(at_level("weekday_name", "? = ?", json!("Monday")), 0, 1);
    check(at_level("weekday_name", "? != ?", json!("Monday")), 2, 2);
    check(at_level("day_in_month", "? between ?", json!([5, 10])), 0, 2);
    let weekdays = ["Tuesday", "Wednesday"].map(|day| at_level("weekday_name", "? = ?", json!(day)));
    check(json!({"or": weekdays}), 2, 2);
    check(json!({"not": at_level("weekday_name", "? = ?", json!("Monday"))}), 2, 2);
    check(test("? != ?", json!("2026-01-07")), 2, 2);
    check(test("? != ?", json!("2026-02-03")), 1, 3);
    check(test("? not between ?", json!(["2026-01-06", "2026-01-31"])), 2, 1);
    check(test("? not in ?", json!(["2026-01-05", "2026-01-07"])), 2, 1);
    check(test("? != ?", json!(null)), 2, 3);
    check(json!({"not": is_null()}), 2, 3);
    check(json!({"expression": "? is not null", "parameters": [{"column_id": "day"}]}), 2, 3);
    check(test("? < ?", json!({"column_id": "due"})), 1, 2);
    check(json!({"expression": "to_date_each", "parameters": [{"column_id": "day"}, {"unit": "month"}]}), 1, 2);
}

#[test]
fn several_ranges_of_a_compared_date_are_one() {
    let db = db();
    let check = |filters: Value, now: u64, then: u64| {
        let query = compared(filters);
        let row = data(&db, &query)[0].clone();
        assert_eq!((&row[0], &row[1]), (&json!(now), &json!(then)), "{query}");
    };
    let (from, to) = (test("? >= ?", json!("2026-02-01")), test("? < ?", json!("2026-02-10")));
    check(json!([from, to]), 1, 2);
    check(json!([{"and": [from, {"and": [to]}]}]), 1, 2);
    check(json!([february(), test("? in ?", json!(["2026-02-03"]))]), 1, 0);
    check(json!([february(), at_level("week", "? = ?", json!("2026-W06"))]), 1, 2);
    // A group that comes to a range is one.
    check(json!([{"or": [february()]}, {"not": test("? != ?", json!("2026-02"))}]), 2, 3);
    // Rows without a date stay where every range lets them pass.
    let mut with_null = february();
    with_null["nulls"] = json!("include");
    check(json!([with_null]), 3, 4);
    check(json!([test("? in ?", json!(["2026-02", null]))]), 3, 4);
    check(json!([with_null, from]), 2, 3);
    check(json!([is_null()]), 1, 1);
}

#[test]
fn the_previous_period_is_that_of_the_range() {
    let mut query = compared(json!([february(), test("? != ?", json!("2026-02-03"))]));
    query["compare"]["shift"] = json!("previous_period");
    query["dimensions"] = json!([{"column_id": "day", "level": "month"}]);
    check(&db(), &query, json!([["2026-02-01", 1, 3, -2, -0.666_666_666_666_666_6]]));
}

#[test]
fn ranges_inside_others_are_refused() {
    let db = db();
    let january = || test("? = ?", json!("2026-01"));
    let city = json!({"expression": "? = ?", "parameters": [{"column_id": "city"}, "a"]});
    for filter in [
        json!({"or": [january(), february()]}),
        json!({"or": [january(), city]}),
        json!({"not": january()}),
        json!({"not": test("? >= ?", json!("2026-02-01"))}),
        json!({"or": [january(), is_null()]}),
        json!({"or": [test("? != ?", json!("2026-01-07")), city]}),
        test("? in ?", json!(["2026-01-05", "2026-01-07"])),
    ] {
        check_refused(&db, &compared(json!([filter])), "/compare");
        check_refused(&db, &compared(json!([february(), {"and": [filter]}])), "/compare");
        let cumulative = json!({"type": "count", "cumulative": {"over": "day", "all": true}});
        let measure = json!({"column_id": "*", "aggregation": cumulative});
        let query = json!({"dataset_id": "orders", "measures": [measure], "where": [filter]});
        check_refused(&db, &query, "/measures/0/aggregation/cumulative/over");
    }
}

#[test]
fn other_filters_hold_for_earlier_rows_too() {
    let db = db();
    let query = |filter: Value| {
        let cumulative = json!({"type": "count", "cumulative": {"over": "day", "all": true}});
        json!({
            "dataset_id": "orders",
            "dimensions": [{"column_id": "day", "level": "month"}],
            "measures": [{"column_id": "*", "aggregation": cumulative, "as": "run"}],
            "where": [test("? >= ?", json!("2026-02-01")), filter],
        })
    };
    let weekdays = at_level("weekday_name", "? in ?", json!(["Tuesday", "Wednesday"]));
    check(&db, &query(weekdays), json!([["2026-02-01", 4]]));
    check(&db, &query(test("? != ?", json!("2026-01-07"))), json!([["2026-02-01", 4], ["2026-03-01", 6]]));
    check(&db, &query(json!({"not": is_null()})), json!([["2026-02-01", 5], ["2026-03-01", 7]]));
}

#[test]
fn cumulative_figures_have_a_base_of_their_own() {
    let db = db();
    let query = |dimensions: Value, filter: Value, compare: Value, span: Value| {
        let mut cumulative = json!({"over": "day"});
        for (name, value) in span.as_object().expect("a span") {
            cumulative[name] = value.clone();
        }
        json!({
            "dataset_id": "orders",
            "dimensions": dimensions,
            "measures": [
                {"column_id": "*", "aggregation": {"type": "count", "cumulative": cumulative}, "as": "run"},
            ],
            "where": [filter],
            "compare": compare,
            "options": {"as_of": "2026-02-07T12:00:00Z"},
            "totals": {"grand": true},
        })
    };
    // Another date is compared: the base has what is due in January, whenever it was ordered.
    let due = json!({"expression": "? = ?", "parameters": [{"column_id": "due"}, "2026-02"]});
    let by_due = json!({"column_id": "due", "shift": {"unit": "month"}});
    let all = json!({"all": true});
    let row = data(&db, &query(json!([]), due.clone(), by_due.clone(), all.clone()))[0].clone();
    assert_eq!((&row[0], &row[1]), (&json!(2), &json!(3)));
    let months = json!([{"column_id": "due", "level": "month"}]);
    let row = data(&db, &query(months, due, by_due, all))[0].clone();
    assert_eq!((&row[0], &row[1], &row[2]), (&json!("2026-02-01"), &json!(2), &json!(3)));
    // Of a running month as much counts in the month before.
    let current = json!({"expression": "current", "parameters": [{"column_id": "day"}, {"unit": "month"}]});
    let compare = |trim: bool| json!({"column_id": "day", "shift": {"unit": "month"}, "trim_running": trim});
    let to_date = json!({"to_date": "month"});
    let row = |trim: bool| data(&db, &query(json!([]), current.clone(), compare(trim), to_date.clone()))[0].clone();
    assert_eq!((&row(false)[0], &row(false)[1]), (&json!(2), &json!(3)));
    assert_eq!((&row(true)[0], &row(true)[1]), (&json!(2), &json!(2)));
}

#[test]
fn a_date_without_a_level_has_gaps_too() {
    let db = db();
    let query = |column: &str, filters: Value| {
        json!({
            "dataset_id": "orders",
            "dimensions": [{"column_id": column, "include_nonoccurring": true}],
            "measures": [n()],
            "where": filters,
        })
    };
    let days = test("? between ?", json!(["2026-02-02", "2026-02-05"]));
    let expected = json!([["2026-02-02", 0], ["2026-02-03", 1], ["2026-02-04", 0], ["2026-02-05", 0]]);
    check(&db, &query("day", json!([days])), expected.clone());
    let by_level = json!([{"column_id": "day", "level": "day", "include_nonoccurring": true}]);
    let mut same = query("day", json!([days]));
    same["dimensions"] = by_level;
    check(&db, &same, expected);
    // What tests nothing but the day takes days away, but for those with rows of no day.
    let few = json!([days, test("? != ?", json!("2026-02-04")), at_level("day_in_month", "? < ?", json!(5))]);
    check(&db, &query("day", few), json!([["2026-02-02", 0], ["2026-02-03", 1]]));
    // Datetimes have the members that occur.
    push(&db, "ticks", &["kind", "at"], json!([["x", "2026-03-01T10:00:00Z"], ["y", "2026-03-01T11:30:00Z"]]));
    let mut ticks = query("at", json!([{"expression": "? = ?", "parameters": [{"column_id": "kind"}, "y"]}]));
    ticks["dataset_id"] = json!("ticks");
    check(&db, &ticks, json!([["2026-03-01T10:00:00Z", 0], ["2026-03-01T11:30:00Z", 1]]));
}
