//! Time, minute by minute: days on which clocks change, in five zones, against chrono-tz; ranges and buckets that tile.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, NaiveDate, Offset, TimeZone, Timelike};
use chrono_tz::Tz;
use drillcore_tests::arrow_form::batches;
use drillcore_tests::cell::{Cell, Type};
use drillcore_tests::document::rows_of;
use drillcore_tests::engine_side::{Db, from_batches};
use drillcore_tests::generate::{base_column, query};
use drillcore_tests::json::Json;
use drillcore_tests::random_world::random_world;
use drillcore_tests::rng::Rng;
use drillcore_tests::spec::{Filter, Leaf, Level, Operator, Right, Spec};
use drillcore_tests::world::{Column, Table, World};
use serde_json::{Value, json};

use crate::run::setting;

/// A zone, and a day on which its clocks change. Apia went without 30 December 2011.
const DAYS: [(Tz, (i32, u32, u32)); 10] = [
    (Tz::Europe__Brussels, (2026, 3, 29)),
    (Tz::Europe__Brussels, (2026, 10, 25)),
    (Tz::America__New_York, (2013, 3, 10)),
    (Tz::America__New_York, (2013, 11, 3)),
    (Tz::America__Sao_Paulo, (2018, 11, 4)),
    (Tz::America__Sao_Paulo, (2018, 2, 18)),
    (Tz::Australia__Sydney, (2026, 10, 4)),
    (Tz::Australia__Sydney, (2026, 4, 5)),
    (Tz::Pacific__Apia, (2011, 12, 29)),
    (Tz::Pacific__Apia, (2011, 12, 31)),
];

fn answer(db: &Db, query: &Value) -> Vec<Json> {
    let answer = db.ask(&query.to_string()).unwrap_or_else(|error| panic!("{error:?}\n{query}"));
    Json::parse(&answer.data_json()).expect("JSON").items().to_vec()
}

/// Every minute of two days around each of the days.
fn minutes() -> Vec<i64> {
    let mut found = BTreeSet::new();
    for (zone, (year, month, day)) in DAYS {
        let noon = NaiveDate::from_ymd_opt(year, month, day).and_then(|date| date.and_hms_opt(12, 0, 0)).expect("noon");
        let noon = zone.from_local_datetime(&noon).earliest().expect("a noon that there is");
        found.extend((-30 * 60..30 * 60).map(|minute| (noon + Duration::minutes(minute)).timestamp_micros()));
    }
    found.into_iter().collect()
}

fn engine(minutes: &[i64]) -> Db {
    let table = Table {
        name: "minutes".to_owned(),
        columns: vec![Column::new("at", Type::Datetime)],
        rows: minutes.iter().map(|at| vec![Cell::Micros(*at)]).collect(),
        cluster_by: vec!["at".to_owned()],
    };
    let db = Db::in_memory().expect("an engine");
    db.create(from_batches(&table, batches(&table, &mut Rng::new(1)))).expect("a dataset");
    db
}

/// How many minutes fall into each bucket, as chrono-tz tells it.
fn counted(minutes: &[i64], name: impl Fn(i64) -> String) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for at in minutes {
        *counts.entry(name(*at)).or_default() += 1;
    }
    counts
}

fn grouped(db: &Db, zone: Tz, level: &str) -> BTreeMap<String, usize> {
    let rows = answer(
        db,
        &json!({
            "dataset_id": "minutes",
            "dimensions": [{"column_id": "at", "level": level}],
            "measures": [{"column_id": "*", "aggregation": "count"}],
            "options": {"timezone_id": zone.name()},
        }),
    );
    let mut counts = BTreeMap::new();
    for row in rows {
        let name = match &row.items()[0] {
            Json::Text(text) => text.clone(),
            Json::Number(written) => written.clone(),
            other => panic!("{other:?} is no bucket"),
        };
        let Json::Number(count) = &row.items()[1] else { panic!("no count in {row:?}") };
        assert_eq!(counts.insert(name, count.parse().expect("a count")), None, "a bucket twice: {row:?}");
    }
    counts
}

#[test]
fn days_of_changing_clocks_are_those_of_chrono_tz() {
    let minutes = minutes();
    let db = engine(&minutes);
    let zones: BTreeSet<&str> = DAYS.iter().map(|(zone, _)| zone.name()).collect();
    assert_eq!(zones.len(), 5);
    for zone in zones {
        let zone: Tz = zone.parse().expect("a zone");
        let local = |at: i64| DateTime::from_timestamp_micros(at).expect("a time").with_timezone(&zone);
        let hour = |at: i64| {
            let time = local(at);
            let seconds = time.offset().fix().local_minus_utc();
            let shown = time.naive_local().date().and_hms_opt(time.hour(), 0, 0).expect("an hour");
            let offset = match (seconds, seconds.abs() / 3600, seconds.abs() / 60 % 60) {
                (0, ..) => "Z".to_owned(),
                (below, hours, minutes) => format!("{}{hours:02}:{minutes:02}", if below < 0 { '-' } else { '+' }),
            };
            format!("{}{offset}", shown.format("%Y-%m-%dT%H:%M:%S"))
        };
        assert_eq!(grouped(&db, zone, "hour"), counted(&minutes, hour), "hours of {zone}");
        let day = |at: i64| local(at).date_naive().to_string();
        let days = counted(&minutes, day);
        assert_eq!(grouped(&db, zone, "day"), days, "days of {zone}");
        let part = |at: i64| local(at).hour().to_string();
        assert_eq!(grouped(&db, zone, "hour_in_day"), counted(&minutes, part), "hours in the day of {zone}");
        for (day, count) in days {
            let query = json!({
                "dataset_id": "minutes",
                "measures": [{"column_id": "*", "aggregation": "count"}],
                "where": [{"expression": "? = ?", "parameters": [{"column_id": "at"}, day]}],
                "options": {"timezone_id": zone.name()},
            });
            assert_eq!(answer(&db, &query)[0].items()[0], Json::Number(count.to_string()), "{day} in {zone}");
        }
    }
}

/// A random world, and options for its queries.
struct Case {
    world: World,
    db: Db,
    template: Spec,
}

impl Case {
    fn ids(&self, filters: &[Filter]) -> BTreeSet<String> {
        let text = rows_of(&self.world, filters, base_column(&self.world, "id"), &self.template);
        answer(&self.db, &text).iter().map(|row| format!("{:?}", row.items()[0])).collect()
    }

    fn relative(&self, column: &str, operator: Operator, quantity: u32, unit: Level) -> BTreeSet<String> {
        let at = base_column(&self.world, column);
        let plain = matches!(operator, Operator::Current | Operator::ToDate | Operator::ToDateEach);
        let quantity = if plain { None } else { Some(quantity) };
        let right = Right::Period { quantity, unit, named: true };
        let leaf = Leaf { at, bucket: None, operator, right, nulls: None, case_sensitive: None };
        self.ids(&[Filter::Leaf(leaf)])
    }
}

#[test]
fn relative_ranges_tile_without_gap_or_overlap() {
    let seed = setting("DRILLCORE_ORACLE_SEED", 20_130_101) ^ 0x71e5;
    for number in 0..12 {
        let rng = &mut Rng::new(seed.wrapping_add(number));
        let world = random_world(&format!("world of ranges {number}"), rng);
        let db = Db::in_memory().expect("an engine");
        for table in &world.tables {
            db.create(from_batches(table, batches(table, rng))).expect("a dataset");
        }
        db.link_world(&world).expect("links");
        for _ in 0..6 {
            let drawn = query(rng, &world);
            let template = Spec { options: drawn.options, ..Spec::default() };
            let case = Case { world: world.clone(), db: db.clone(), template };
            let (column, finest) = *rng.pick(&[("near", 5), ("when", 7), ("shift", 7), ("at", 6)]);
            let unit = Level(rng.between(1, finest) as u8);
            let count = rng.between(2, 5) as u32;
            let of = |operator, quantity| case.relative(column, operator, quantity, unit);
            let mut units = BTreeSet::new();
            for ago in 1..=count {
                let one = of(Operator::Ago, ago);
                assert!(units.is_disjoint(&one), "units overlap: {unit:?} of {column}");
                units.extend(one);
            }
            assert_eq!(of(Operator::LastCompleted, count), units, "{count} {unit:?} of {column}");
            let (before, ago) = (of(Operator::MoreThanAgo, count), of(Operator::Ago, count));
            assert!(before.is_disjoint(&ago), "{count} {unit:?} of {column}");
            assert_eq!(of(Operator::OrMoreAgo, count), &before | &ago, "{count} {unit:?} of {column}");
            let (current, so_far) = (of(Operator::Current, 1), of(Operator::ToDate, 1));
            assert!(so_far.is_subset(&current), "{unit:?} of {column}");
            if column == "near" {
                // A clock that is set back shows later times than now before now; dates have no clock.
                assert_eq!(&of(Operator::ToDateEach, 1) & &current, so_far, "{unit:?} of {column}");
            }
            assert!(current.is_disjoint(&of(Operator::NextFull, count)), "{unit:?} of {column}");
            let past: BTreeSet<String> = &of(Operator::OrMoreAgo, 1) | &current;
            assert!(past.is_disjoint(&of(Operator::NextFull, 1)), "{unit:?} of {column}");
        }
    }
}

#[test]
fn bins_hold_their_values_and_together_all_of_them() {
    let seed = setting("DRILLCORE_ORACLE_SEED", 20_130_101) ^ 0xb1a5;
    for number in 0..12 {
        let rng = &mut Rng::new(seed.wrapping_add(number));
        let world = random_world(&format!("world of bins {number}"), rng);
        let db = Db::in_memory().expect("an engine");
        for table in &world.tables {
            db.create(from_batches(table, batches(table, rng))).expect("a dataset");
        }
        for _ in 0..8 {
            let column = *rng.pick(&["small", "count", "number", "amount", "price"]);
            let size = *rng.pick(&[0.5, 1.0, 7.0, 12.5, 1000.0]);
            let origin = *rng.pick(&[0.0, 3.0, -2.5]);
            let bins = json!({"type": "linear", "size": size, "origin": origin});
            let rows = answer(
                &db,
                &json!({
                    "dataset_id": "t",
                    "dimensions": [
                        {"column_id": column, "as": "value"},
                        {"column_id": column, "discretization": bins, "as": "bin"},
                    ],
                    "options": {"rollup_data": false},
                }),
            );
            assert_eq!(rows.len(), world.tables[0].rows.len());
            let number = |json: &Json| match json {
                Json::Number(written) => Some(written.parse::<f64>().expect("a number")),
                _ => None,
            };
            for row in &rows {
                let (value, low) = (number(&row.items()[0]), number(&row.items()[1]));
                assert_eq!(value.is_some(), low.is_some(), "{row:?} in bins of {size} from {origin}");
                if let (Some(value), Some(low)) = (value, low) {
                    assert!(low <= value && value < low + size, "{value} in the bin from {low} of {size}");
                    let place = (low - origin) / size;
                    assert!(
                        (place - place.round()).abs() < 1e-9 * place.abs().max(1.0),
                        "{low} is no border of {size} from {origin}"
                    );
                }
            }
            let grouped = answer(
                &db,
                &json!({
                    "dataset_id": "t",
                    "dimensions": [{"column_id": column, "discretization": bins}],
                    "measures": [{"column_id": "*", "aggregation": "count"}],
                }),
            );
            let together: f64 = grouped.iter().filter_map(|row| number(&row.items()[1])).sum();
            assert_eq!(together as usize, rows.len());
        }
    }
}
