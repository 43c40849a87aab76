//! Members of several levels in one column: parents have native values, and stand before what is below them.

use drillcore::ErrorKind;
use drillcore_tests::hierarchies::asking::{by, check, refusal, rows, test, totals, with};
use drillcore_tests::hierarchies::cells::{asked_for, at, category, member, named, own, unassigned};
use drillcore_tests::hierarchies::planted::{Planted, Sort};
use drillcore_tests::hierarchies::worlds::airports;
use drillcore_tests::rng::Rng;
use serde_json::{Value, json};

use crate::run::setting;

fn shown(dimension: Value) -> Value {
    by("airports", json!([with(json!({"hierarchy_id": "coasts", "as": "place"}), dimension)]))
}

fn expanded(expand: Value) -> Value {
    shown(json!({"expand": expand}))
}

fn west(is_open: bool) -> Value {
    at(with(category(json!(["west"])), json!({"name": "West", "color": "#0080ff"})), 1, is_open)
}

fn east(is_open: bool) -> Value {
    at(category(json!(["east"])), 1, is_open)
}

fn lost(is_open: bool) -> Value {
    at(unassigned(), 1, is_open)
}

fn leaf(path: Value) -> Value {
    let depth = path.as_array().map_or(0, Vec::len);
    at(member(path), depth, false)
}

fn lax() -> Value {
    at(named(json!(["west", "LAX"]), "Los Angeles"), 2, false)
}

/// A value without a place, which stands below a member that is on no path.
fn lost_value(id: &str) -> Value {
    at(member(json!([id])), 2, false)
}

/// The rows of two levels, those below the coasts where these are open.
fn two_levels() -> Value {
    json!([
        [west(true), 3, 35],
        [lax(), 2, 30],
        [leaf(json!(["west", "SFO"])), 1, 5],
        [east(true), 3, 151],
        [leaf(json!(["east", "JFK"])), 3, 151],
        [null, 1, 7],
        [lost(true), 3, 13],
        [lost_value("AAA"), 1, 4],
        [lost_value("XYZ"), 1, 3],
        [lost_value("west"), 1, 6],
    ])
}

#[test]
fn members_above_a_depth_are_expanded() {
    let db = airports();
    let one = json!([[west(false), 3, 35], [east(false), 3, 151], [null, 1, 7], [lost(false), 3, 13]]);
    for _ in 0..2 {
        check(&db, &expanded(json!({"depth": 1})), one.clone());
        check(&db, &expanded(json!({})), one.clone());
        check(&db, &expanded(json!({"depth": 2})), two_levels());
        db.accelerate("airports", &[]).expect("a sync");
    }
    let found = rows(&db, &expanded(json!({"depth": 3})));
    let jfk = at(member(json!(["east", "JFK"])), 2, true);
    assert_eq!(found[4], [jfk, json!(3), json!(151)]);
    assert_eq!(found[5], [at(own(json!(["east", "JFK"])), 3, false), json!(2), json!(150)]);
    assert_eq!(found[6], [leaf(json!(["east", "JFK", "T4"])), json!(1), json!(1)]);
    assert_eq!(found.len(), 12);
    // There is nothing below that.
    assert_eq!(rows(&db, &expanded(json!({"depth": 64}))), found);
}

#[test]
fn single_members_are_expanded() {
    let db = airports();
    let ids = |expand: Value| -> Vec<Value> {
        rows(&db, &expanded(expand)).iter().map(|row| json!([row[0]["id"], row[0]["expanded"]])).collect()
    };
    let all = |ids: &[(&str, bool)]| -> Vec<Value> { ids.iter().map(|(id, is_open)| json!([id, is_open])).collect() };
    let null = json!([null, null]);
    let mut expected = all(&[("west", false), ("east", true), ("JFK", false)]);
    expected.extend([null.clone(), json!(["", false])]);
    assert_eq!(ids(json!({"depth": 1, "open": [["east"]]})), expected);
    assert_eq!(ids(json!({"open": ["east"]})), expected);
    // What is below a member that is not expanded is not seen, open or not; leaves and strangers have nothing below.
    assert_eq!(ids(json!({"open": [["east"], ["west", "LAX"], "nowhere", null]})), expected);
    let closed = ids(json!({"open": [["east", "JFK"]]}));
    assert_eq!(closed, ids(json!({"depth": 1})));
    let mut expected = all(&[("west", false), ("east", true), ("JFK", true), ("JFK", false), ("T4", false)]);
    expected.extend([null.clone(), json!(["", false])]);
    assert_eq!(ids(json!({"open": ["JFK", "east"]})), expected);
    let mut expected = all(&[("west", false), ("east", false)]);
    expected.extend([null, json!(["", true])]);
    expected.extend(all(&[("AAA", false), ("XYZ", false), ("west", false)]));
    assert_eq!(ids(json!({"open": [{"unassigned": true}]})), expected);
}

#[test]
fn depth_counts_from_the_member_that_all_is_below() {
    let db = airports();
    let under = |member: Value, expand: Value| shown(json!({"under": member, "expand": expand}));
    let airports = json!([[east(true), 3, 151], [leaf(json!(["east", "JFK"])), 3, 151]]);
    check(&db, &under(json!(["east"]), json!({"depth": 1})), airports);
    let jfk = json!([at(member(json!(["east", "JFK"])), 2, true), 3, 151]);
    let itself = json!([at(own(json!(["east", "JFK"])), 3, false), 2, 150]);
    let t4 = json!([leaf(json!(["east", "JFK", "T4"])), 1, 1]);
    let all = json!([[east(true), 3, 151], jfk, itself, t4]);
    check(&db, &under(json!(["east"]), json!({"depth": 2})), all.clone());
    check(&db, &under(json!(["east"]), json!({"open": ["JFK"]})), all.clone());
    check(&db, &under(json!("JFK"), json!({"depth": 1})), all);
    check(&db, &under(json!("BOS"), json!({"depth": 1})), json!([]));
}

#[test]
fn rows_are_ordered_flat_or_as_a_tree() {
    let db = airports();
    let ids = |order: Value, more: Value| -> Vec<Value> {
        let query = with(with(expanded(json!({"depth": 2})), json!({"order": order})), more);
        rows(&db, &query).iter().map(|row| row[0]["id"].clone()).collect()
    };
    let tiered = json!([{"by": "total", "order": "desc", "tiered": true}]);
    let best_first =
        json!(["east", "JFK", "west", "LAX", "SFO", "", "west", "AAA", "XYZ", null]).as_array().expect("ids").clone();
    assert_eq!(ids(tiered.clone(), json!({})), best_first);
    assert_eq!(ids(tiered, json!({"limit": {"by": 3, "offset": 1}})), best_first[1..4]);
    let flat = json!(["east", "JFK", "west", "LAX", "", null, "west", "SFO", "AAA", "XYZ"]);
    assert_eq!(json!(ids(json!([{"by": "total", "order": "desc"}]), json!({}))), flat);
    let by_number = json!([{"by": "n", "tiered": true}, {"by": "total", "order": "desc", "tiered": true}]);
    let fewest_first = json!([null, "east", "JFK", "west", "SFO", "LAX", "", "west", "AAA", "XYZ"]);
    assert_eq!(json!(ids(by_number, json!({}))), fewest_first);
    assert_eq!(json!(ids(json!([]), json!({"limit": {"by": 2}}))), json!(["west", "LAX"]));
}

#[test]
fn parents_stand_in_each_combination_with_the_other_dimensions() {
    let db = airports();
    let place = json!({"hierarchy_id": "coasts", "expand": {"depth": 1, "open": [["west"]]}, "as": "place"});
    let query = by("airports", json!([{"column_id": "kind", "as": "kind"}, place]));
    let query = with(query, json!({"totals": {"grand": true, "levels": [["kind"]]}}));
    let expected = json!([
        ["a", west(true), 2, 15],
        ["a", lax(), 1, 10],
        ["a", leaf(json!(["west", "SFO"])), 1, 5],
        ["a", east(false), 1, 100],
        ["a", null, 1, 7],
        ["a", lost(false), 1, 3],
        ["b", west(true), 1, 20],
        ["b", lax(), 1, 20],
        ["b", east(false), 2, 51],
        ["b", lost(false), 2, 10],
    ]);
    check(&db, &query, expected);
    // Parents are no rows that count again.
    let totals = totals(&db, &query);
    assert_eq!(totals[0]["data"], json!([[null, null, 10, 206]]));
    assert_eq!(totals[1]["data"], json!([["a", null, 5, 125], ["b", null, 5, 81]]));
}

#[test]
fn windows_run_over_the_members_that_are_not_expanded() {
    let db = airports();
    let share = |total: &str| {
        let window = json!([{"as": "share", "function": "percent_of_total", "of": "n", "total": total}]);
        let query = with(expanded(json!({"depth": 1, "open": [["west"]]})), json!({"window": window}));
        rows(&db, &query).iter().map(|row| row[3].clone()).collect::<Vec<Value>>()
    };
    assert_eq!(json!(share("none")), json!([null, 0.2, 0.1, 0.3, 0.1, 0.3]));
    let sums = share("sum_of_rows");
    let west = sums[0].as_f64().expect("a share");
    assert!((west - 0.3).abs() < 1e-12, "{west}");
    assert_eq!(json!(sums[1..]), json!([0.2, 0.1, 0.3, 0.1, 0.3]));
}

#[test]
fn one_dimension_is_expanded_and_none_of_a_pivot() {
    let db = airports();
    let place = |name: &str| json!({"hierarchy_id": "coasts", "expand": {"depth": 2}, "as": name});
    let check_refused = |query: &Value, path: &str| {
        let refused = refusal(&db, query);
        assert_eq!((refused.kind(), refused.path()), (ErrorKind::InvalidQuery, Some(path)), "{refused}\n{query}");
    };
    let kind = json!({"column_id": "kind", "as": "kind"});
    check_refused(&by("airports", json!([place("one"), kind, place("two")])), "/dimensions/2/expand");
    for columns in ["kind", "place"] {
        let query = by("airports", json!([kind, place("place")]));
        check_refused(&with(query, json!({"pivot": {"columns": [columns]}})), "/dimensions/1/expand");
    }
    let rows = json!({"dataset_id": "airports", "dimensions": [place("p")], "options": {"rollup_data": false}});
    check_refused(&rows, "/dimensions/0/expand");
}

#[test]
fn every_row_is_what_a_query_of_its_member_alone_gives() {
    let seed = setting("DRILLCORE_ORACLE_SEED", 20_130_101) ^ 0x00e4_0000;
    let mut parents = 0;
    for (kind, sort) in (0..).zip(Sort::EACH) {
        for number in 0..2 {
            let rng = &mut Rng::new(seed.wrapping_add(1_000 * kind + number));
            let planted = Planted::new(rng, sort);
            parents += check_native(&planted, rng);
            planted.db.accelerate("t", &[]).expect("a sync");
            parents += check_native(&planted, rng);
        }
    }
    assert!(parents > 30, "{parents} parents");
}

/// Checks rows of an expanded answer, and that each member stands before those below it. The number of parents.
fn check_native(planted: &Planted, rng: &mut Rng) -> usize {
    let measures = json!([
        {"column_id": "*", "aggregation": "count", "as": "n"},
        {"column_id": "amount", "aggregation": "sum", "as": "total"},
        {"column_id": "kind", "aggregation": "distinctcount", "as": "kinds"},
        {"column_id": "amount", "aggregation": "median", "as": "median"},
        {"formula": "{total} / {n}", "as": "mean"},
    ]);
    let expand = json!({"depth": rng.between(2, 5)});
    let query = json!({
        "dataset_id": "t",
        "dimensions": [{"hierarchy_id": "h", "expand": expand}],
        "measures": measures,
        "totals": {"grand": true},
    });
    let found = rows(&planted.db, &query);
    let is_open: Vec<bool> = (0..found.len()).map(|place| is_open(&found, place)).collect();
    let mut open: Vec<&Vec<Value>> =
        found.iter().zip(&is_open).filter(|(_, open)| **open).map(|(row, _)| row).collect();
    let parents = open.len();
    rng.shuffle(&mut open);
    open.truncate(4);
    let others = (0..2).map(|_| rng.pick(&found)).collect::<Vec<_>>();
    for row in open.iter().copied().chain(others) {
        let filter = json!([test("h", "? = ?", asked_for(&row[0]))]);
        let alone = json!({"dataset_id": "t", "measures": measures, "where": filter});
        assert_eq!(row[1..], rows(&planted.db, &alone)[0], "{row:?}\n{}", planted.shown());
    }
    // On the way through the rows, each is one step below the last one that is higher up.
    let mut way: Vec<usize> = Vec::new();
    let mut leaves = 0;
    for (place, row) in found.iter().enumerate() {
        // The member NULL is a child of the root.
        let depth = row[0]["depth"].as_u64().unwrap_or(1) as usize;
        assert!((1..=way.len() + 1).contains(&depth), "{row:?}\n{}", planted.shown());
        way.truncate(depth - 1);
        let is_below = way.last().is_none_or(|above| is_open[*above]);
        assert!(is_below, "{row:?} stands below {:?}\n{}", way.last().map(|above| &found[*above]), planted.shown());
        way.push(place);
        if !is_open[place] {
            leaves += row[1].as_u64().expect("a number of rows");
        }
    }
    assert_eq!(leaves, planted.rows.len() as u64, "{}", planted.shown());
    assert_eq!(totals(&planted.db, &query)[0]["data"][0][1], json!(leaves), "{}", planted.shown());
    parents
}

/// Whether the member of a row has those below it beside it. NULL, which says nothing of itself, has if these follow.
fn is_open(rows: &[Vec<Value>], place: usize) -> bool {
    let below_null = |row: &Vec<Value>| {
        let path = row[0].get("path").and_then(Value::as_array);
        path.and_then(|path| path.first()).is_some_and(Value::is_null)
    };
    match &rows[place][0] {
        Value::Null => rows.get(place + 1).is_some_and(below_null),
        cell => cell["expanded"] == json!(true),
    }
}
