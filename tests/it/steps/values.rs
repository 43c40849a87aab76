//! Ties, NULL, relative dates, parameters.

use chrono::{Days, NaiveDate};
use drillcore::ErrorKind;
use drillcore_tests::engine_side::Db;
use serde_json::{Value, json};

use super::{check, check_refused, city, data, db, n, named, push, region, sales, test, total};

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
