//! What is hidden is left out of what is shown, and of nothing else.

use drillcore_tests::hierarchies::asking::{ask, by, check, data, rows, totals, with};
use drillcore_tests::hierarchies::cells::{at, category, member, unassigned};
use drillcore_tests::hierarchies::worlds::airports;
use serde_json::{Value, json};

fn west() -> Value {
    with(category(json!(["west"])), json!({"name": "West", "color": "#0080ff"}))
}

fn east() -> Value {
    category(json!(["east"]))
}

/// The airports by one of the two hierarchies, which differ in what they hide.
fn shown(hierarchy: &str, dimension: Value, more: Value) -> Value {
    let dimension = with(json!({"hierarchy_id": hierarchy, "as": "place"}), dimension);
    with(by("airports", json!([dimension])), more)
}

/// Whether a cell is of a member that is generated, or stands below one.
fn is_generated(cell: &Value) -> bool {
    let is_lost =
        ["AAA", "XYZ", "west"].iter().any(|lost| cell["path"] == json!([lost]) && cell.get("virtual").is_none());
    cell.get("own").is_some() || cell.get("unassigned").is_some() || is_lost
}

/// An answer without the rows of generated members.
fn without_generated(query: &Value) -> Vec<Vec<Value>> {
    rows(&airports(), query).into_iter().filter(|row| !row.iter().any(is_generated)).collect()
}

/// Checks that hiding takes rows out and leaves all else as it is: rows, windows, totals.
#[track_caller]
fn check_same(dimension: Value, more: Value) {
    let (visible, quiet) = (shown("coasts", dimension.clone(), more.clone()), shown("quiet", dimension, more));
    let db = airports();
    let expected = without_generated(&visible);
    assert!(expected.len() < rows(&db, &visible).len(), "nothing is hidden\n{visible}");
    assert_eq!(rows(&db, &quiet), expected, "{quiet}");
    assert_eq!(totals(&db, &quiet), totals(&db, &visible), "{quiet}");
}

#[test]
fn hidden_members_count_in_shares_ranks_and_totals() {
    let window = json!([
        {"as": "share", "function": "percent_of_total", "of": "total"},
        {"as": "rank", "function": "rank", "order_by": [{"by": "total", "order": "desc"}]},
        {"as": "run", "function": "running_total", "of": "n", "order_by": [{"by": "place"}]},
        {"as": "next", "function": "lead", "of": "n", "order_by": [{"by": "place"}]},
    ]);
    for level in [1, 2, 3, 9] {
        let more = json!({"window": window, "totals": {"grand": true}});
        check_same(json!({"level": level}), more);
        let descending =
            json!({"window": window, "order": [{"by": "total", "order": "desc"}], "totals": {"grand": true}});
        check_same(json!({"level": level}), descending);
    }
    let having = json!([{"expression": "? > ?", "parameters": [{"name": "n"}, 1]}]);
    check_same(json!({"level": 1}), json!({"having": having, "window": window, "totals": {"grand": true}}));
    check_same(json!({"under": "JFK"}), json!({"totals": {"grand": true}}));
}

#[test]
fn the_first_rank_may_not_be_seen() {
    let db = airports();
    let rank = json!([{"as": "rank", "function": "rank", "order_by": [{"by": "total", "order": "desc"}]}]);
    let query = shown("quiet", json!({"level": 3}), json!({"window": rank, "totals": {"grand": true}}));
    let lax = with(member(json!(["west", "LAX"])), json!({"name": "Los Angeles"}));
    // The rows of JFK itself have the first rank, a value without a place the fourth.
    let expected = json!([
        [lax, 2, 30, 2],
        [member(json!(["west", "SFO"])), 1, 5, 5],
        [member(json!(["east", "JFK", "T4"])), 1, 1, 8],
        [null, 1, 7, 3],
    ]);
    check(&db, &query, expected);
    assert_eq!(totals(&db, &query)[0]["data"], json!([[null, 10, 206, null]]));
}

#[test]
fn hidden_members_are_among_the_others() {
    let db = airports();
    let top = |dimension: Value, n: u64, other: bool| {
        shown("quiet", dimension, json!({"top": {"n": n, "by": "total", "other": other}, "totals": {"grand": true}}))
    };
    let query = top(json!({"level": 1}), 2, true);
    check(&db, &query, json!([[west(), 3, 35], [east(), 3, 151], [{"other": true}, 4, 20]]));
    assert_eq!(totals(&db, &query)[0]["data"], json!([[null, 10, 206]]));
    // A hidden member that is among the best takes its place there.
    let query = top(json!({"level": 3}), 1, true);
    check(&db, &query, json!([[{"other": true}, 8, 56]]));
    assert_eq!(totals(&db, &query)[0]["data"], json!([[null, 10, 206]]));
    check(&db, &top(json!({"level": 3}), 1, false), json!([]));
}

#[test]
fn the_limit_counts_what_is_shown() {
    let db = airports();
    let query = |limit: Value| {
        shown("quiet", json!({"level": 1}), json!({"order": [{"by": "place", "order": "desc"}], "limit": limit}))
    };
    check(&db, &query(json!({"by": 1})), json!([[null, 1, 7]]));
    check(&db, &query(json!({"by": 2, "offset": 1})), json!([[east(), 3, 151], [west(), 3, 35]]));
}

#[test]
fn a_filter_on_what_is_hidden_leaves_a_total() {
    let db = airports();
    let filter = json!([{"expression": "? = ?", "parameters": [{"hierarchy_id": "quiet"}, {"unassigned": true}]}]);
    let query = shown("quiet", json!({"level": 1}), json!({"where": filter, "totals": {"grand": true}}));
    check(&db, &query, json!([]));
    assert_eq!(totals(&db, &query)[0]["data"], json!([[null, 3, 13]]));
    // Another hierarchy over the same rows shows them.
    let query = shown("coasts", json!({"level": 1}), json!({"where": filter}));
    check(&db, &query, json!([[unassigned(), 3, 13]]));
}

#[test]
fn each_dimension_hides_its_own() {
    let db = airports();
    let dimensions = json!([{"hierarchy_id": "quiet", "level": 1, "as": "quiet"}, {"column_id": "kind", "as": "kind"}]);
    let query = with(by("airports", dimensions), json!({"totals": {"levels": [["kind"]]}}));
    let expected = json!([
        [west(), "a", 2, 15],
        [west(), "b", 1, 20],
        [east(), "a", 1, 100],
        [east(), "b", 2, 51],
        [null, "a", 1, 7],
    ]);
    check(&db, &query, expected);
    assert_eq!(totals(&db, &query)[0]["data"], json!([[null, "a", 5, 125], [null, "b", 5, 81]]));
    let two = json!([{"hierarchy_id": "coasts", "level": 1}, {"hierarchy_id": "quiet", "level": 1}]);
    let found = data(&db, &by("airports", two));
    assert_eq!(found.as_array().map(Vec::len), Some(3), "{found}");
}

#[test]
fn expanded_members_tell_how_many_children_are_hidden() {
    let db = airports();
    let hidden = |cell: Value| with(cell, json!({"hidden_children": 1}));
    let query = shown("quiet", json!({"expand": {"depth": 3}}), json!({}));
    let lax = with(member(json!(["west", "LAX"])), json!({"name": "Los Angeles"}));
    let expected = json!([
        [at(west(), 1, true), 3, 35],
        [at(lax, 2, false), 2, 30],
        [at(member(json!(["west", "SFO"])), 2, false), 1, 5],
        [at(east(), 1, true), 3, 151],
        [hidden(at(member(json!(["east", "JFK"])), 2, true)), 3, 151],
        [at(member(json!(["east", "JFK", "T4"])), 3, false), 1, 1],
        [null, 1, 7],
    ]);
    check(&db, &query, expected);
    // Where the member is not expanded, nothing of it is hidden.
    let found = rows(&db, &shown("quiet", json!({"expand": {"depth": 2}}), json!({})));
    assert!(found.iter().all(|row| row[0].get("hidden_children").is_none()), "{found:?}");
    let found = rows(&db, &shown("coasts", json!({"expand": {"depth": 9}}), json!({})));
    assert!(found.iter().all(|row| row[0].get("hidden_children").is_none()), "{found:?}");
    let answer = ask(&db, &query);
    assert!(!answer.to_csv().contains("(own)") && !answer.to_csv().contains("(unassigned)"));
}
