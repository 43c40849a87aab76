//! Filters on members: each takes its subtree, and complements are exact.

use drillcore::ErrorKind;
use drillcore_tests::hierarchies::asking::{by, check, ids, refusal, rows, test};
use drillcore_tests::hierarchies::worlds::airports;
use serde_json::{Value, json};

use super::levels::shops;

#[test]
fn a_member_is_an_id_or_a_path() {
    let db = shops();
    let of = |member: Value| ids(&db, "shops", json!([test("geo", "? = ?", member)]));
    let nobody: [i64; 0] = [];
    assert_eq!(of(json!("BE")), [1, 2, 3]);
    assert_eq!(of(json!(["BE"])), [1, 2, 3]);
    assert_eq!(of(json!({"path": ["BE"]})), [1, 2, 3]);
    assert_eq!(of(json!({"path": ["BE"], "own": false})), [1, 2, 3]);
    assert_eq!(of(json!(["BE", "Flanders"])), [1, 2]);
    assert_eq!(of(json!(["US", "Texas", "Paris"])), [6]);
    assert_eq!(of(json!("Ghent")), [1]);
    assert_eq!(of(json!("")), [7]);
    assert_eq!(of(json!(["FR", null])), [9]);
    assert_eq!(of(json!(null)), [8]);
    assert_eq!(of(json!([null, null, null])), [8]);
    assert_eq!(of(json!([])), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for absent in
        [json!("Atlantis"), json!(["Texas"]), json!(["US", "Texas", "Paris", "Lamar"]), json!({"unassigned": true})]
    {
        assert_eq!(of(absent), nobody);
    }
    // The text of a path is no path, and NULL is not its name.
    assert_eq!(of(json!("[\"BE\"]")), nobody);
    assert_eq!(of(json!("null")), nobody);
}

#[test]
fn complements_are_exact() {
    let db = shops();
    let of = |expression: &str, members: Value| ids(&db, "shops", json!([test("geo", expression, members)]));
    let nobody: [i64; 0] = [];
    assert_eq!(of("? != ?", json!("BE")), [4, 5, 6, 7, 8, 9]);
    assert_eq!(of("? != ?", json!("Atlantis")), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(of("? in ?", json!([["BE", "Flanders"], "Lille", {"path": ["US"]}])), [1, 2, 4, 6, 7]);
    assert_eq!(of("? not in ?", json!([["BE", "Flanders"], "Lille", {"path": ["US"]}])), [3, 5, 8, 9]);
    // One within the other, and the same one twice.
    assert_eq!(of("? in ?", json!(["BE", ["BE", "Flanders"], "BE"])), [1, 2, 3]);
    assert_eq!(of("? in ?", json!(["BE", null])), [1, 2, 3, 8]);
    assert_eq!(of("? not in ?", json!(["BE", null])), [4, 5, 6, 7, 9]);
    assert_eq!(of("? in ?", json!([])), nobody);
    assert_eq!(of("? not in ?", json!([])), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let all = |filters: Value| ids(&db, "shops", filters);
    let is_null = json!({"expression": "? is null", "parameters": [{"hierarchy_id": "geo"}]});
    let is_not_null = json!({"expression": "? is not null", "parameters": [{"hierarchy_id": "geo"}]});
    assert_eq!(all(json!([is_null])), [8]);
    assert_eq!(all(json!([is_not_null])), [1, 2, 3, 4, 5, 6, 7, 9]);
    let (france, paris) = (test("geo", "? = ?", json!("FR")), test("geo", "? = ?", json!(["FR", "Paris"])));
    assert_eq!(all(json!([{"not": france}])), [1, 2, 3, 6, 7, 8]);
    assert_eq!(all(json!([france, {"not": paris}])), [4, 9]);
    assert_eq!(all(json!([{"or": [paris, is_null]}])), [5, 8]);
}

#[test]
fn a_rule_for_null_overrides_the_test() {
    let db = shops();
    let of = |expression: &str, nulls: &str| {
        let mut filter = test("geo", expression, json!("BE"));
        filter["nulls"] = json!(nulls);
        ids(&db, "shops", json!([filter]))
    };
    assert_eq!(of("? = ?", "include"), [1, 2, 3, 8]);
    assert_eq!(of("? != ?", "exclude"), [4, 5, 6, 7, 9]);
    assert_eq!(of("? = ?", "only"), [8]);
}

#[test]
fn members_of_trees_take_their_subtrees() {
    let db = airports();
    let of = |expression: &str, members: Value| ids(&db, "airports", json!([test("coasts", expression, members)]));
    assert_eq!(of("? = ?", json!("JFK")), [4, 5, 6]);
    assert_eq!(of("? = ?", json!({"path": ["east", "JFK"], "own": true})), [4, 6]);
    assert_eq!(of("? != ?", json!({"path": ["east", "JFK"], "own": true})), [1, 2, 3, 5, 7, 8, 9, 10]);
    assert_eq!(of("? = ?", json!(["east"])), [4, 5, 6]);
    assert_eq!(of("? = ?", json!("BOS")), [0_i64; 0]);
    assert_eq!(of("? = ?", json!({"unassigned": true})), [8, 9, 10]);
    assert_eq!(of("? = ?", json!("XYZ")), [8]);
    assert_eq!(of("? = ?", json!(["XYZ"])), [8]);
    assert_eq!(of("? = ?", json!(null)), [7]);
    assert_eq!(of("? in ?", json!([{"unassigned": true}, ["west", "SFO"], null])), [3, 7, 8, 9, 10]);
    assert_eq!(of("? not in ?", json!([{"unassigned": true}, ["west", "SFO"], null])), [1, 2, 4, 5, 6]);
    // The path that is the id of a category means it, not the value.
    assert_eq!(of("? = ?", json!(["west"])), [1, 2, 3]);
    let refused = refusal(&db, &by("airports", json!([{"hierarchy_id": "coasts", "under": "west"}])));
    assert_eq!((refused.kind(), refused.path()), (ErrorKind::InvalidQuery, Some("/dimensions/0/under")));
}

#[test]
fn a_column_alone_is_its_raw_value() {
    let db = airports();
    let of = |value: &str| {
        ids(&db, "airports", json!([{"expression": "? = ?", "parameters": [{"column_id": "code"}, value]}]))
    };
    assert_eq!(of("JFK"), [4, 6]);
    assert_eq!(of("west"), [10]);
    assert_eq!(of("east"), [0_i64; 0]);
}

#[test]
fn filters_of_measures_take_members() {
    let db = airports();
    let where_it_is = json!([test("coasts", "? in ?", json!([["west"], "T4"]))]);
    let some = json!({"column_id": "*", "aggregation": "count", "as": "a", "where": where_it_is});
    let query = json!({
        "dataset_id": "airports",
        "dimensions": [{"column_id": "kind"}],
        "measures": [some, {"column_id": "*", "aggregation": "count", "as": "n"}],
    });
    check(&db, &query, json!([["a", 2, 5], ["b", 2, 5]]));
}

#[test]
fn filters_bound_the_members_that_are_shown_without_rows() {
    let db = airports();
    let query = |filter: Value| {
        let mut query = by("airports", json!([{"hierarchy_id": "coasts", "level": 1, "include_nonoccurring": true}]));
        query["where"] = json!([filter]);
        query
    };
    let none = json!({"expression": "? > ?", "parameters": [{"column_id": "amount"}, 1000]});
    let found = |filter: Value| -> Vec<Value> {
        rows(&db, &query(filter)).iter().map(|row| json!([row[0]["id"], row[1], row[2]])).collect()
    };
    assert_eq!(found(none), [json!(["west", 0, null]), json!(["east", 0, null])]);
    let in_the_west = test("coasts", "? = ?", json!(["west"]));
    assert_eq!(found(in_the_west), [json!(["west", 3, 35])]);
}
