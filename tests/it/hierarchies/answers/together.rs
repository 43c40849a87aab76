//! Hierarchies beside other dimensions and in the steps of an answer: totals, order, top, several at once.

use drillcore::Hierarchy;
use drillcore_tests::hierarchies::asking::{by, check, save, totals, with};
use drillcore_tests::hierarchies::cells::{member, unassigned};
use drillcore_tests::hierarchies::worlds::airports;
use serde_json::{Value, json};

use super::trees::{east, lax, west};

fn coast() -> Value {
    json!({"hierarchy_id": "coasts", "level": 1, "as": "coast"})
}

#[test]
fn totals_have_grouping_ids() {
    let db = airports();
    let query = by("airports", json!([coast(), {"column_id": "kind", "as": "kind"}]));
    let query = with(query, json!({"totals": {"grand": true, "levels": [["coast"], ["kind"]]}}));
    let expected = json!([
        [west(), "a", 2, 15],
        [west(), "b", 1, 20],
        [east(), "a", 1, 100],
        [east(), "b", 2, 51],
        [null, "a", 1, 7],
        [unassigned(), "a", 1, 3],
        [unassigned(), "b", 2, 10],
    ]);
    check(&db, &query, expected);
    // NULL that is a member and NULL that is rolled up are told apart by the level alone.
    let coasts =
        json!([[west(), null, 3, 35], [east(), null, 3, 151], [null, null, 1, 7], [unassigned(), null, 3, 13]]);
    let expected = json!([
        {"keys": [], "grouping_id": 3, "data": [[null, null, 10, 206]]},
        {"keys": ["coast"], "grouping_id": 2, "data": coasts},
        {"keys": ["kind"], "grouping_id": 1, "data": [[null, "a", 5, 125], [null, "b", 5, 81]]},
    ]);
    assert_eq!(totals(&db, &query), expected);
}

#[test]
fn one_hierarchy_stands_at_two_levels() {
    let db = airports();
    let query = by("airports", json!([coast(), {"hierarchy_id": "coasts", "level": 2, "as": "airport"}]));
    let expected = json!([
        [west(), lax(), 2, 30],
        [west(), member(json!(["west", "SFO"])), 1, 5],
        [east(), member(json!(["east", "JFK"])), 3, 151],
        [null, null, 1, 7],
        [unassigned(), member(json!(["AAA"])), 1, 4],
        [unassigned(), member(json!(["XYZ"])), 1, 3],
        [unassigned(), member(json!(["west"])), 1, 6],
    ]);
    check(&db, &query, expected);
    // Without names they are told apart by their levels.
    let query = by("airports", json!([{"hierarchy_id": "coasts", "level": 1}, {"hierarchy_id": "coasts", "level": 2}]));
    let query = with(query, json!({"order": [{"by": "coasts_airport", "order": "desc"}], "limit": {"by": 1}}));
    check(&db, &query, json!([[unassigned(), member(json!(["west"])), 1, 6]]));
}

#[test]
fn two_hierarchies_stand_in_one_query() {
    let db = airports();
    save(&db, Hierarchy::levels("kinds", "airports", ["kind", "code"]));
    let query = by("airports", json!([{"hierarchy_id": "kinds"}, coast()]));
    let (a, b) = (member(json!(["a"])), member(json!(["b"])));
    let expected = json!([
        [a, west(), 2, 15],
        [a, east(), 1, 100],
        [a, null, 1, 7],
        [a, unassigned(), 1, 3],
        [b, west(), 1, 20],
        [b, east(), 2, 51],
        [b, unassigned(), 2, 10],
    ]);
    check(&db, &query, expected);
    let filter = json!({"expression": "? = ?", "parameters": [{"hierarchy_id": "kinds"}, ["b", "JFK"]]});
    check(&db, &with(query, json!({"where": [filter]})), json!([[b, east(), 1, 50]]));
}

#[test]
fn the_order_of_a_dimension_is_that_of_the_tree() {
    let db = airports();
    let ordered = |order: Value| with(by("airports", json!([coast()])), json!({"order": order}));
    let rows = [json!([west(), 3, 35]), json!([east(), 3, 151]), json!([null, 1, 7]), json!([unassigned(), 3, 13])];
    let [west, east, blank, lost] = &rows;
    check(&db, &ordered(json!([{"hierarchy_id": "coasts", "order": "asc"}])), json!([west, east, blank, lost]));
    check(&db, &ordered(json!([{"hierarchy_id": "coasts", "order": "desc"}])), json!([lost, blank, east, west]));
    check(&db, &ordered(json!([{"by": "coast", "order": "desc"}])), json!([lost, blank, east, west]));
    check(&db, &ordered(json!([{"by": "total", "order": "desc"}])), json!([east, west, lost, blank]));
    // Members that are equal in what is asked for are in tree order.
    check(&db, &ordered(json!([{"by": "n", "order": "desc"}])), json!([west, east, lost, blank]));
    let limit = json!({"order": [{"by": "n", "order": "desc"}], "limit": {"by": 2, "offset": 1}});
    check(&db, &with(by("airports", json!([coast()])), limit), json!([east, lost]));
}

#[test]
fn the_best_members_and_the_rest() {
    let db = airports();
    let top = |top: Value| with(by("airports", json!([coast()])), json!({"top": top, "totals": {"grand": true}}));
    let one = top(json!({"n": 1, "by": "total", "other": true}));
    check(&db, &one, json!([[east(), 3, 151], [{"other": true}, 7, 55]]));
    assert_eq!(totals(&db, &one)[0]["data"], json!([[null, 10, 206]]));
    // Equal ones are taken in tree order.
    check(&db, &top(json!({"n": 2, "by": "n"})), json!([[west(), 3, 35], [east(), 3, 151]]));
    let having = json!([{"expression": "? > ?", "parameters": [{"name": "total"}, 10]}]);
    let query = with(by("airports", json!([coast()])), json!({"having": having}));
    check(&db, &query, json!([[west(), 3, 35], [east(), 3, 151], [unassigned(), 3, 13]]));
}

#[test]
fn members_are_compared_and_ranked() {
    let db = airports();
    let window = json!([
        {"as": "rank", "function": "rank", "order_by": [{"by": "total", "order": "desc"}]},
        {"as": "share", "function": "percent_of_total", "of": "n"},
        {"as": "run", "function": "running_total", "of": "n", "order_by": [{"by": "coast"}]},
    ]);
    let query = with(by("airports", json!([coast()])), json!({"window": window}));
    let expected = json!([
        [west(), 3, 35, 2, 0.3, 3],
        [east(), 3, 151, 1, 0.3, 6],
        [null, 1, 7, 4, 0.1, 7],
        [unassigned(), 3, 13, 3, 0.3, 10],
    ]);
    check(&db, &query, expected);
}
