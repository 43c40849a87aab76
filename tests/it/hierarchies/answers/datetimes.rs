//! Levels of a datetime, in the zone of the query.

use std::sync::Arc;

use arrow::array::{ArrayRef, TimestampMicrosecondArray};
use chrono::DateTime;
use drillcore::Hierarchy;
use drillcore_tests::engine_side::Db;
use drillcore_tests::hierarchies::asking::{by, check, ids, numbers, save, table, test, with};
use drillcore_tests::hierarchies::cells::member;
use serde_json::{Value, json};

/// Five events, one of them half an hour before the year in UTC, and one without a time.
fn events() -> Db {
    let times = ["2025-12-31T23:30:00Z", "2026-01-15T10:00:00Z", "2026-02-01T00:30:00Z", "2026-04-10T12:00:00Z"];
    let micros = |time: &str| DateTime::parse_from_rfc3339(time).expect("a time").timestamp_micros();
    let times: Vec<Option<i64>> = times.iter().map(|time| Some(micros(time))).chain([None]).collect();
    let times: ArrayRef = Arc::new(TimestampMicrosecondArray::from(times).with_timezone("UTC"));
    let db = Db::in_memory().expect("an engine");
    let columns = vec![
        ("id", numbers((1..=5).map(Some))),
        ("time", times),
        ("amount", numbers([Some(1), Some(2), Some(4), Some(8), Some(16)])),
    ];
    table(&db, "events", columns);
    save(&db, Hierarchy::datetime("when", "events", "time", ["year", "quarter", "month", "day"]));
    save(&db, Hierarchy::datetime("hours", "events", "time", ["day", "hour"]));
    db
}

fn shown(hierarchy: &str, more: Value) -> Value {
    by("events", json!([with(json!({"hierarchy_id": hierarchy}), more)]))
}

fn is_not_null() -> Value {
    json!({"expression": "? is not null", "parameters": [{"hierarchy_id": "when"}]})
}

/// A query of the events that have a time, in a zone.
fn in_zone(query: Value, zone: &str) -> Value {
    with(query, json!({"where": [is_not_null()], "options": {"timezone_id": zone}}))
}

#[test]
fn buckets_stand_below_coarser_ones() {
    let db = events();
    let years = json!([[member(json!(["2025-01-01"])), 1, 1], [member(json!(["2026-01-01"])), 3, 14], [null, 1, 16]]);
    check(&db, &shown("when", json!({})), years.clone());
    check(&db, &shown("when", json!({"level": "year"})), years);
    let quarters = json!([
        [member(json!(["2025-01-01", "2025-10-01"])), 1, 1],
        [member(json!(["2026-01-01", "2026-01-01"])), 2, 6],
        [member(json!(["2026-01-01", "2026-04-01"])), 1, 8],
    ]);
    check(&db, &in_zone(shown("when", json!({"level": "quarter"})), "UTC"), quarters.clone());
    db.accelerate("events", &[]).expect("a sync");
    check(&db, &in_zone(shown("when", json!({"level": 2})), "UTC"), quarters);
    let days = json!([
        [member(json!(["2026-01-01", "2026-01-01", "2026-01-01", "2026-01-15"])), 1, 2],
        [member(json!(["2026-01-01", "2026-01-01", "2026-02-01", "2026-02-01"])), 1, 4],
    ]);
    check(&db, &shown("when", json!({"level": "day", "under": ["2026-01-01", "2026-01-01"]})), days);
}

#[test]
fn days_are_those_of_the_zone() {
    let db = events();
    for _ in 0..2 {
        let brussels = json!([[member(json!(["2026-01-01"])), 4, 15]]);
        check(&db, &in_zone(shown("when", json!({})), "Europe/Brussels"), brussels);
        let utc = json!([[member(json!(["2025-01-01"])), 1, 1], [member(json!(["2026-01-01"])), 3, 14]]);
        check(&db, &in_zone(shown("when", json!({})), "UTC"), utc);
        db.accelerate("events", &[]).expect("a sync");
    }
    let months = json!([
        [member(json!(["2026-01-01", "2026-01-01", "2026-01-01"])), 2, 3],
        [member(json!(["2026-01-01", "2026-01-01", "2026-02-01"])), 1, 4],
        [member(json!(["2026-01-01", "2026-04-01", "2026-04-01"])), 1, 8],
    ]);
    check(&db, &in_zone(shown("when", json!({"level": "month"})), "Europe/Brussels"), months);
    let new_year = in_zone(shown("hours", json!({"level": "hour", "under": ["2026-01-01"]})), "Europe/Brussels");
    check(&db, &new_year, json!([[member(json!(["2026-01-01", "2026-01-01T00:00:00+01:00"])), 1, 1]]));
}

#[test]
fn a_bucket_is_a_member() {
    let db = events();
    let of = |expression: &str, members: Value| ids(&db, "events", json!([test("when", expression, members)]));
    assert_eq!(of("? = ?", json!(["2026-01-01"])), [2, 3, 4]);
    assert_eq!(of("? = ?", json!(["2026-01-01", "2026-01-01"])), [2, 3]);
    assert_eq!(of("? = ?", json!("2026-01-15")), [2]);
    assert_eq!(of("? not in ?", json!([["2026-01-01", "2026-01-01"]])), [1, 4, 5]);
    assert_eq!(of("? != ?", json!(["2030-01-01"])), [1, 2, 3, 4, 5]);
    assert_eq!(of("? = ?", json!(null)), [5]);
    assert_eq!(ids(&db, "events", json!([is_not_null()])), [1, 2, 3, 4]);
}
