//! Hierarchies of levels: a member is its path.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array};
use drillcore::{ColumnLevel, HideIf, Hierarchy};
use drillcore_tests::engine_side::Db;
use drillcore_tests::hierarchies::asking::{ask, by, check, ids, numbers, rows, save, table, test, texts, with};
use drillcore_tests::hierarchies::cells::{member, own};
use serde_json::{Value, json};

/// Country, region, city, and an amount.
type City = (Option<&'static str>, Option<&'static str>, Option<&'static str>, i64);

/// Nine shops: two cities called Paris, a city without a region, one whose region is blank, and one that is its region.
pub fn shops() -> Db {
    let db = Db::in_memory().expect("an engine");
    let rows: [City; 9] = [
        (Some("BE"), Some("Flanders"), Some("Ghent"), 10),
        (Some("BE"), Some("Flanders"), Some("Bruges"), 20),
        (Some("BE"), None, Some("Brussels"), 5),
        (Some("FR"), Some("North"), Some("Lille"), 7),
        (Some("FR"), Some("Paris"), Some("Paris"), 8),
        (Some("US"), Some("Texas"), Some("Paris"), 100),
        (Some("US"), Some(""), Some("Guam"), 1),
        (None, None, None, 2),
        (Some("FR"), None, None, 3),
    ];
    let columns = vec![
        ("id", numbers((1..=9).map(Some))),
        ("country", texts(rows.iter().map(|row| row.0))),
        ("region", texts(rows.iter().map(|row| row.1))),
        ("city", texts(rows.iter().map(|row| row.2))),
        ("amount", numbers(rows.iter().map(|row| Some(row.3)))),
    ];
    table(&db, "shops", columns);
    let levels = || [ColumnLevel::new("country").named("nation"), ColumnLevel::new("region"), ColumnLevel::new("city")];
    save(&db, Hierarchy::levels("geo", "shops", levels()).named("Geography"));
    save(&db, Hierarchy::levels("blank", "shops", levels()).hide_if(HideIf::Blank));
    save(&db, Hierarchy::levels("equal", "shops", levels()).hide_if(HideIf::EqualsParent));
    db
}

fn shown(hierarchy: &str, more: Value) -> Value {
    by("shops", json!([with(json!({"hierarchy_id": hierarchy}), more)]))
}

#[test]
fn a_level_is_given_by_number_or_name_and_is_the_first_by_default() {
    let db = shops();
    let nations = json!([
        [member(json!(["BE"])), 3, 35],
        [member(json!(["FR"])), 3, 18],
        [member(json!(["US"])), 2, 101],
        [null, 1, 2]
    ]);
    for level in [json!({}), json!({"level": 1}), json!({"level": "nation"})] {
        check(&db, &shown("geo", level), nations.clone());
    }
    let regions = json!([
        [member(json!(["BE", "Flanders"])), 2, 30],
        [member(json!(["BE", null])), 1, 5],
        [member(json!(["FR", "North"])), 1, 7],
        [member(json!(["FR", "Paris"])), 1, 8],
        [member(json!(["FR", null])), 1, 3],
        [member(json!(["US", ""])), 1, 1],
        [member(json!(["US", "Texas"])), 1, 100],
        [member(json!([null, null])), 1, 2],
    ]);
    for level in [json!(2), json!("region")] {
        check(&db, &shown("geo", json!({"level": level})), regions.clone());
    }
    db.accelerate("shops", &[]).expect("a sync");
    check(&db, &shown("geo", json!({})), nations);
    check(&db, &shown("geo", json!({"level": 2})), regions);
}

#[test]
fn two_cities_of_one_name_are_two_members() {
    let db = shops();
    let cities = json!([
        [member(json!(["BE", "Flanders", "Bruges"])), 1, 20],
        [member(json!(["BE", "Flanders", "Ghent"])), 1, 10],
        [member(json!(["BE", null, "Brussels"])), 1, 5],
        [member(json!(["FR", "North", "Lille"])), 1, 7],
        [member(json!(["FR", "Paris", "Paris"])), 1, 8],
        [member(json!(["FR", null, null])), 1, 3],
        [member(json!(["US", "", "Guam"])), 1, 1],
        [member(json!(["US", "Texas", "Paris"])), 1, 100],
        [member(json!([null, null, null])), 1, 2],
    ]);
    check(&db, &shown("geo", json!({"level": "city"})), cities);
}

#[test]
fn blank_levels_promote_their_children() {
    let db = shops();
    let first = json!([
        [own(json!([])), 1, 2],
        [member(json!(["BE"])), 3, 35],
        [member(json!(["FR"])), 3, 18],
        [member(json!(["US"])), 2, 101],
    ]);
    check(&db, &shown("blank", json!({"level": 1})), first);
    let second = json!([
        [own(json!([])), 1, 2],
        [member(json!(["BE", "Brussels"])), 1, 5],
        [member(json!(["BE", "Flanders"])), 2, 30],
        [own(json!(["FR"])), 1, 3],
        [member(json!(["FR", "North"])), 1, 7],
        [member(json!(["FR", "Paris"])), 1, 8],
        [member(json!(["US", "Guam"])), 1, 1],
        [member(json!(["US", "Texas"])), 1, 100],
    ]);
    check(&db, &shown("blank", json!({"level": 2})), second);
    let of = |members: Value| ids(&db, "shops", json!([test("blank", "? = ?", members)]));
    assert_eq!(of(json!({"path": ["FR"], "own": true})), [9]);
    assert_eq!(of(json!({"path": [], "own": true})), [8]);
    assert_eq!(of(json!({"path": ["BE"], "own": true})), [0_i64; 0]);
    assert_eq!(of(json!(["BE", "Brussels"])), [3]);
    assert_eq!(of(json!(["BE", null])), [0_i64; 0]);
    assert_eq!(of(json!(null)), [0_i64; 0]);
}

#[test]
fn levels_that_equal_their_parents_promote_their_children() {
    let db = shops();
    let deepest = json!([
        [member(json!(["BE", "Flanders", "Bruges"])), 1, 20],
        [member(json!(["BE", "Flanders", "Ghent"])), 1, 10],
        [member(json!(["BE", null, "Brussels"])), 1, 5],
        [member(json!(["FR", "North", "Lille"])), 1, 7],
        [member(json!(["FR", "Paris"])), 1, 8],
        [member(json!(["FR", null])), 1, 3],
        [member(json!(["US", "", "Guam"])), 1, 1],
        [member(json!(["US", "Texas", "Paris"])), 1, 100],
        [null, 1, 2],
    ]);
    check(&db, &shown("equal", json!({"level": 3})), deepest);
}

#[test]
fn a_dimension_keeps_to_the_subtree_of_a_member() {
    let db = shops();
    let under = |more: Value| shown("geo", more);
    let regions = json!([[member(json!(["BE", "Flanders"])), 2, 30], [member(json!(["BE", null])), 1, 5]]);
    // Without a level it is the one below the member.
    for belgium in [json!("BE"), json!(["BE"]), json!({"path": ["BE"]})] {
        check(&db, &under(json!({"under": belgium})), regions.clone());
    }
    let cities = json!([
        [member(json!(["BE", "Flanders", "Bruges"])), 1, 20],
        [member(json!(["BE", "Flanders", "Ghent"])), 1, 10]
    ]);
    check(&db, &under(json!({"under": ["BE", "Flanders"]})), cities.clone());
    check(&db, &under(json!({"under": "Flanders", "level": 3})), cities);
    check(&db, &under(json!({"under": ["BE", "Flanders"], "level": 1})), json!([[member(json!(["BE"])), 2, 30]]));
    check(&db, &under(json!({"under": [null]})), json!([[member(json!([null, null])), 1, 2]]));
    check(&db, &under(json!({"under": []})), rows(&db, &under(json!({}))).into());
    check(&db, &under(json!({"under": "Atlantis"})), json!([]));
    check(&db, &under(json!({"under": {"path": ["BE"], "own": true}})), json!([]));
}

#[test]
fn columns_are_named_after_the_hierarchy_and_the_level() {
    let db = shops();
    let named = |more: Value| {
        let answer = ask(&db, &shown("geo", more));
        let column = &answer.columns()[0];
        (column.name.clone(), column.level.clone(), column.label.clone())
    };
    let of = |name: &str, level: &str, label: &str| (name.to_owned(), Some(level.to_owned()), label.to_owned());
    assert_eq!(named(json!({})), of("geo", "nation", "Geography"));
    assert_eq!(named(json!({"level": 2})), of("geo_region", "region", "Geography"));
    assert_eq!(named(json!({"under": ["BE", "Flanders"]})), of("geo_city", "city", "Geography"));
    assert_eq!(named(json!({"level": 2, "as": "where"})), of("where", "region", "where"));
}

#[test]
fn rows_that_are_not_grouped_have_their_members_too() {
    let db = shops();
    let query = json!({
        "dataset_id": "shops",
        "dimensions": [{"column_id": "id"}, {"hierarchy_id": "equal", "level": 2, "as": "place"}],
        "where": [test("geo", "? in ?", json!([["FR"], null]))],
        "order": [{"by": "place"}],
        "options": {"rollup_data": false},
    });
    let expected = json!([
        [4, member(json!(["FR", "North"]))],
        [5, member(json!(["FR", "Paris"]))],
        [9, member(json!(["FR", null]))],
        [8, null],
    ]);
    check(&db, &query, expected);
}

#[test]
fn values_that_are_no_text_have_the_ids_that_csv_shows() {
    let db = Db::in_memory().expect("an engine");
    let flags: ArrayRef = Arc::new(BooleanArray::from(vec![Some(true), Some(false), Some(true), None]));
    let days: ArrayRef = Arc::new(Date32Array::from(vec![Some(20_494), Some(20_494), Some(20_495), None]));
    let columns = vec![
        ("id", numbers((1..=4).map(Some))),
        ("year", numbers([Some(2026), Some(2026), Some(-7), None])),
        ("flag", flags),
        ("day", days),
        ("amount", numbers([Some(1), Some(2), Some(4), Some(8)])),
    ];
    table(&db, "t", columns);
    save(&db, Hierarchy::levels("h", "t", ["year", "flag", "day"]));
    let expected = json!([
        [member(json!(["-7", "true", "2026-02-11"])), 1, 4],
        [member(json!(["2026", "false", "2026-02-10"])), 1, 2],
        [member(json!(["2026", "true", "2026-02-10"])), 1, 1],
        [member(json!([null, null, null])), 1, 8],
    ]);
    check(&db, &by("t", json!([{"hierarchy_id": "h", "level": 3}])), expected);
    let of = |member: Value| ids(&db, "t", json!([test("h", "? = ?", member)]));
    assert_eq!(of(json!(2026)), [1, 2]);
    assert_eq!(of(json!([2026, true])), [1]);
    assert_eq!(of(json!(["2026", "true", "2026-02-10"])), [1]);
    assert_eq!(of(json!("2026-02-11")), [3]);
    assert_eq!(of(json!(7)), [0_i64; 0]);
}
