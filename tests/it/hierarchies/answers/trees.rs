//! Trees over the values of a column: categories, values without a place, NULL, rows on members that have children.

use drillcore::{Color, Element, Hierarchy, HierarchyKind, LevelInfo, OwnRows};
use drillcore_tests::engine_side::Db;
use drillcore_tests::hierarchies::asking::{ask, by, check, refusal, rows, save, with};
use drillcore_tests::hierarchies::cells::{category, member, named, own, unassigned};
use drillcore_tests::hierarchies::worlds::{airports, coasts};
use serde_json::{Value, json};

fn shown(more: Value) -> Value {
    by("airports", json!([with(json!({"hierarchy_id": "coasts"}), more)]))
}

pub fn west() -> Value {
    with(category(json!(["west"])), json!({"name": "West", "color": "#0080ff"}))
}

pub fn east() -> Value {
    category(json!(["east"]))
}

pub fn lax() -> Value {
    named(json!(["west", "LAX"]), "Los Angeles")
}

/// The level of the coasts.
fn first() -> Value {
    json!([[west(), 3, 35], [east(), 3, 151], [null, 1, 7], [unassigned(), 3, 13]])
}

/// The level of the airports.
fn second() -> Value {
    json!([
        [lax(), 2, 30],
        [member(json!(["west", "SFO"])), 1, 5],
        [member(json!(["east", "JFK"])), 3, 151],
        [null, 1, 7],
        [member(json!(["AAA"])), 1, 4],
        [member(json!(["XYZ"])), 1, 3],
        [member(json!(["west"])), 1, 6],
    ])
}

/// What is below the airports; what ends before stands for itself.
fn third() -> Value {
    json!([
        [lax(), 2, 30],
        [member(json!(["west", "SFO"])), 1, 5],
        [own(json!(["east", "JFK"])), 2, 150],
        [member(json!(["east", "JFK", "T4"])), 1, 1],
        [null, 1, 7],
        [member(json!(["AAA"])), 1, 4],
        [member(json!(["XYZ"])), 1, 3],
        [member(json!(["west"])), 1, 6],
    ])
}

#[test]
fn each_level_holds_all_rows() {
    let db = airports();
    let check_all = |db: &Db| {
        check(db, &shown(json!({})), first());
        check(db, &shown(json!({"level": "coast"})), first());
        check(db, &shown(json!({"level": 2})), second());
        check(db, &shown(json!({"level": "airport"})), second());
        check(db, &shown(json!({"level": 3})), third());
        check(db, &shown(json!({"level": 60})), third());
    };
    check_all(&db);
    db.accelerate("airports", &[]).expect("a sync");
    check_all(&db);
}

#[test]
fn a_tree_that_is_edited_is_another_one() {
    let db = airports();
    check(&db, &shown(json!({})), first());
    save(&db, Hierarchy::tree("coasts", "airports", "code", [Element::value("JFK")]));
    let expected = json!([[member(json!(["JFK"])), 2, 150], [null, 1, 7], [unassigned(), 7, 49]]);
    check(&db, &shown(json!({})), expected);
    save(&db, coasts("coasts"));
    check(&db, &shown(json!({})), first());
}

#[test]
fn names_are_those_of_the_locale() {
    let db = airports();
    for (locale, name) in [("nl", "Westen"), ("nl-BE", "Westen"), ("en", "West"), ("fr", "West")] {
        let query = with(shown(json!({"level": 1})), json!({"options": {"locale_id": locale}}));
        assert_eq!(rows(&db, &query)[0][0]["name"], name, "{locale}");
    }
    let query = with(shown(json!({"level": 3})), json!({"options": {"locale_id": "nl"}}));
    check(&db, &query, third());
}

#[test]
fn a_member_without_a_colour_has_that_of_its_level() {
    let db = airports();
    let mut definition = coasts("colored");
    if let HierarchyKind::Tree { levels, .. } = &mut definition.kind {
        let gray = LevelInfo::new("airport").colored(Color::new(0x11, 0x22, 0x33));
        *levels = vec![LevelInfo::new("coast").colored(Color::new(0x44, 0x55, 0x66)), gray];
    }
    save(&db, definition);
    let colors = |level: usize| -> Vec<(Value, Value)> {
        let query = by("airports", json!([{"hierarchy_id": "colored", "level": level}]));
        let placed = |row: &&Vec<Value>| row[0]["path"][0] == "east" || row[0]["path"][1] != json!(null);
        rows(&db, &query).iter().filter(placed).map(|row| (row[0]["id"].clone(), row[0]["color"].clone())).collect()
    };
    assert_eq!(colors(1), [(json!("east"), json!("#445566"))]);
    let gray = json!("#112233");
    let of = |id: &str| (json!(id), gray.clone());
    assert_eq!(colors(2), [of("LAX"), of("SFO"), of("JFK")]);
    // Its own is before that of the level.
    let query = by("airports", json!([{"hierarchy_id": "colored", "level": 1}]));
    assert_eq!(rows(&db, &query)[0][0]["color"], "#0080ff");
}

#[test]
fn a_dimension_keeps_to_the_subtree_of_a_member() {
    let db = airports();
    let under = |member: Value| shown(json!({"under": member}));
    let second = second();
    check(&db, &under(json!(["west"])), json!([second[0], second[1]]));
    check(&db, &under(json!(["east"])), json!([second[2]]));
    check(&db, &under(json!("JFK")), json!([third()[2], third()[3]]));
    check(&db, &under(json!({"path": ["east", "JFK"], "own": true})), json!([third()[2]]));
    check(&db, &under(json!({"unassigned": true})), json!([second[4], second[5], second[6]]));
    check(&db, &under(json!([null])), json!([[null, 1, 7]]));
    check(&db, &under(json!(["east", "BOS"])), json!([]));
}

#[test]
fn placed_values_without_rows_stand_where_they_are_asked_for() {
    let db = airports();
    let all = |more: Value| shown(with(json!({"include_nonoccurring": true}), more));
    let bos = json!([member(json!(["east", "BOS"])), 0, null]);
    let mut airports = second();
    airports.as_array_mut().expect("rows").insert(2, bos.clone());
    check(&db, &all(json!({"level": 2})), airports);
    check(&db, &all(json!({"level": 1})), first());
    check(&db, &all(json!({"under": ["east"]})), json!([bos, second()[2]]));
    check(&db, &all(json!({"under": "BOS"})), json!([bos]));
    let coast = json!({"hierarchy_id": "coasts", "level": 1, "include_nonoccurring": true, "under": ["west"]});
    let crossed = by("airports", json!([{"column_id": "kind"}, coast]));
    check(&db, &crossed, json!([["a", west(), 2, 15], ["b", west(), 1, 20]]));
}

#[test]
fn own_rows_that_are_no_place_for_rows_are_refused_by_number() {
    let db = airports();
    save(&db, coasts("strict").own_rows(OwnRows::Error));
    let query = by("airports", json!([{"hierarchy_id": "strict", "level": 1}]));
    let refused = refusal(&db, &query);
    assert_eq!(refused.path(), Some("/dimensions/0/hierarchy_id"));
    assert!(refused.message().contains("`strict`") && refused.message().contains('1'), "{refused}");
    assert!(!format!("{refused:?}").contains("JFK"), "{refused:?}");
    // A tree whose inner members have no rows is none the worse.
    let elements = [Element::group("top"), Element::value("JFK").under("top"), Element::value("LAX").under("top")];
    save(&db, Hierarchy::tree("strict", "airports", "code", elements).own_rows(OwnRows::Error));
    assert_eq!(rows(&db, &query)[0], [category(json!(["top"])), json!(4), json!(180)]);
}

#[test]
fn tables_and_csv_show_ids_and_what_is_generated() {
    let db = airports();
    let csv = ask(&db, &shown(json!({"level": 1}))).to_csv();
    let members: Vec<&str> = csv.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert_eq!(members, ["west", "east", "", "(unassigned)"]);
    let csv = ask(&db, &shown(json!({"under": "JFK"}))).to_csv();
    let members: Vec<&str> = csv.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert_eq!(members, ["JFK (own)", "T4"]);
}
