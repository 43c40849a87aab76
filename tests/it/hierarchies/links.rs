//! Hierarchies behind links, and what scopes hide.

use drillcore::{DatasetFilter, Element, ErrorKind, Hierarchy, Link, Operator, ParameterType, Scope};
use drillcore_tests::engine_side::Db;
use drillcore_tests::hierarchies::asking::{
    ask_as, by, check, ids, numbers, refusal, rows_of, save, table, test, texts, with,
};
use drillcore_tests::hierarchies::cells::{category, member, unassigned};
use futures::executor::block_on;
use serde_json::{Value, json};

/// A text that nobody may see who may not see its row.
const CANARY: &str = "canary-4711";

/// Six flights between airports in states of countries. One begins nowhere, one at an airport that is unknown, and one
/// at an airport whose state is unknown.
fn flights() -> Db {
    let db = Db::in_memory().expect("an engine");
    let flights = [
        (Some("LAX"), Some("JFK"), 1),
        (Some("SFO"), Some("LAX"), 2),
        (Some("JFK"), Some("LAX"), 4),
        (None, Some("SFO"), 8),
        (Some("ZZZ"), Some("JFK"), 16),
        (Some("YUL"), Some("YUL"), 32),
    ];
    let columns = vec![
        ("id", numbers((1..=6).map(Some))),
        ("origin", texts(flights.iter().map(|flight| flight.0))),
        ("dest", texts(flights.iter().map(|flight| flight.1))),
        ("amount", numbers(flights.iter().map(|flight| Some(flight.2)))),
    ];
    table(&db, "flights", columns);
    let airports = vec![
        ("faa", texts([Some("LAX"), Some("SFO"), Some("JFK"), Some("YUL"), Some("BOS")])),
        ("state", texts([Some("CA"), Some("CA"), Some("NY"), Some("QC"), Some("MA")])),
        ("seen_by", texts([Some("a"), Some("b"), Some("b"), Some("b"), Some("a")])),
    ];
    table(&db, "airports", airports);
    let states = vec![
        ("code", texts([Some("CA"), Some("NY"), Some("MA")])),
        ("country", texts([Some("US"), Some("US"), Some("US")])),
    ];
    table(&db, "states", states);
    let link = |name: &str, from: &str, column: &str, to: &str, key: &str| {
        db.link(Link::new(name).from(from, [column]).to(to, [key])).expect("a link");
    };
    link("origin", "flights", "origin", "airports", "faa");
    link("dest", "flights", "dest", "airports", "faa");
    link("home", "airports", "state", "states", "code");
    save(&db, Hierarchy::levels("geo", "airports", ["state", "faa"]));
    let elements =
        [Element::group("coasts"), Element::value("LAX").under("coasts"), Element::value("JFK").under("coasts")];
    save(&db, Hierarchy::tree("tree", "airports", "faa", elements));
    save(&db, Hierarchy::levels("nations", "states", ["country", "code"]));
    db
}

/// Runs a test over sources, and again over snapshots.
fn on_both_paths(test: impl Fn(&Db)) {
    let db = flights();
    test(&db);
    for dataset in ["flights", "airports", "states"] {
        db.accelerate(dataset, &[]).expect("a sync");
    }
    test(&db);
}

fn shown(link: &str, hierarchy: &str, more: Value) -> Value {
    by("flights", json!([with(json!({"dataset_id": link, "hierarchy_id": hierarchy}), more)]))
}

#[test]
fn rows_without_a_match_are_on_null() {
    on_both_paths(|db| {
        let states = json!([
            [member(json!(["CA"])), 2, 3],
            [member(json!(["NY"])), 1, 4],
            [member(json!(["QC"])), 1, 32],
            [null, 2, 24]
        ]);
        check(db, &shown("origin", "geo", json!({})), states);
        let airports = json!([
            [member(json!(["CA", "LAX"])), 1, 1],
            [member(json!(["CA", "SFO"])), 1, 2],
            [member(json!(["NY", "JFK"])), 1, 4],
            [member(json!(["QC", "YUL"])), 1, 32],
            [member(json!([null, null])), 2, 24],
        ]);
        check(db, &shown("origin", "geo", json!({"level": "faa"})), airports);
        let tree = json!([[category(json!(["coasts"])), 2, 5], [null, 2, 24], [unassigned(), 2, 34]]);
        check(db, &shown("origin", "tree", json!({})), tree);
        let below = json!([[member(json!(["coasts", "JFK"])), 2, 17], [member(json!(["coasts", "LAX"])), 2, 6]]);
        check(db, &shown("dest", "tree", json!({"under": ["coasts"]})), below);
    });
}

#[test]
fn one_hierarchy_stands_behind_two_links() {
    on_both_paths(|db| {
        let query = by(
            "flights",
            json!([{"dataset_id": "origin", "hierarchy_id": "geo"}, {"dataset_id": "dest", "hierarchy_id": "geo"}]),
        );
        let [ca, ny, qc] = ["CA", "NY", "QC"].map(|state| member(json!([state])));
        let expected = json!([
            [ca, ca, 1, 2],
            [ca, ny, 1, 1],
            [ny, ca, 1, 4],
            [qc, qc, 1, 32],
            [null, ca, 1, 8],
            [null, ny, 1, 16]
        ]);
        check(db, &query, expected);
    });
}

#[test]
fn two_levels_of_one_hierarchy_stand_behind_one_link() {
    on_both_paths(|db| {
        let geo = |more: Value| with(json!({"dataset_id": "origin", "hierarchy_id": "geo"}), more);
        let both = json!([geo(json!({"level": "state"})), geo(json!({"level": "faa"}))]);
        let [ca, ny, qc] = ["CA", "NY", "QC"].map(|state| member(json!([state])));
        let expected = json!([
            [ca, member(json!(["CA", "LAX"])), 1, 1],
            [ca, member(json!(["CA", "SFO"])), 1, 2],
            [ny, member(json!(["NY", "JFK"])), 1, 4],
            [qc, member(json!(["QC", "YUL"])), 1, 32],
            [null, member(json!([null, null])), 2, 24],
        ]);
        check(db, &by("flights", both), expected);
        // A filter looks at the member of the row, whatever a dimension shows for it.
        let lax = json!({"expression": "? = ?", "parameters": [geo(json!({})), ["CA", "LAX"]]});
        let one = with(by("flights", json!([geo(json!({"level": "state"}))])), json!({"where": [lax]}));
        check(db, &one, json!([[ca, 1, 1]]));
    });
}

#[test]
fn a_chain_leads_to_a_hierarchy() {
    on_both_paths(|db| {
        let query = shown("origin.home", "nations", json!({}));
        check(db, &query, json!([[member(json!(["US"])), 3, 7], [null, 3, 56]]));
        let below = shown("origin.home", "nations", json!({"under": "US"}));
        check(db, &below, json!([[member(json!(["US", "CA"])), 2, 3], [member(json!(["US", "NY"])), 1, 4]]));
        let airports = json!({
            "dataset_id": "airports",
            "dimensions": [{"dataset_id": "home", "hierarchy_id": "nations"}],
            "measures": [{"column_id": "*", "aggregation": "count"}],
        });
        check(db, &airports, json!([[member(json!(["US"])), 4], [null, 1]]));
        // Where one link leads there, the dataset may be named, or nothing at all.
        let mut unnamed = airports.clone();
        unnamed["dimensions"] = json!([{"hierarchy_id": "nations"}]);
        check(db, &unnamed, json!([[member(json!(["US"])), 4], [null, 1]]));
    });
}

#[test]
fn members_behind_links_are_filters() {
    on_both_paths(|db| {
        let of = |link: &str, hierarchy: &str, expression: &str, members: Value| {
            let left = json!({"dataset_id": link, "hierarchy_id": hierarchy});
            ids(db, "flights", json!([{"expression": expression, "parameters": [left, members]}]))
        };
        assert_eq!(of("origin", "geo", "? = ?", json!("CA")), [1, 2]);
        assert_eq!(of("dest", "geo", "? = ?", json!(["CA", "LAX"])), [2, 3]);
        assert_eq!(of("origin", "geo", "? != ?", json!("CA")), [3, 4, 5, 6]);
        assert_eq!(of("origin", "geo", "? not in ?", json!(["CA", null])), [3, 6]);
        assert_eq!(of("origin", "geo", "? = ?", json!(null)), [4, 5]);
        assert_eq!(of("origin", "tree", "? = ?", json!({"unassigned": true})), [2, 6]);
        assert_eq!(of("origin.home", "nations", "? = ?", json!("US")), [1, 2, 3]);
        assert_eq!(of("origin.home", "nations", "? != ?", json!("US")), [4, 5, 6]);
    });
}

#[test]
fn a_hierarchy_behind_several_links_needs_the_name_of_one() {
    let db = flights();
    let refused = refusal(&db, &by("flights", json!([{"hierarchy_id": "geo"}])));
    assert_eq!(refused.kind(), ErrorKind::InvalidQuery, "{refused}");
    assert!(refused.message().contains("`origin`") && refused.message().contains("`dest`"), "{refused}");
    let wrong = refusal(&db, &shown("origin", "nations", json!({})));
    assert_eq!(wrong.path(), Some("/dimensions/0/hierarchy_id"), "{wrong}");
    assert!(wrong.message().contains("`nations` belongs to dataset `states`"), "{wrong}");
}

#[test]
fn rows_that_a_scope_hides_have_no_members() {
    on_both_paths(|db| {
        let filter = DatasetFilter::parameter("seen_by", Operator::Equal, "who", ParameterType::Hierarchy);
        block_on(db.engine().set_filters("airports", vec![filter])).expect("filters");
        let data = |query: &Value, who: &str| rows_of(&ask_as(db, query, &Scope::new().parameter("who", who)));
        for _ in 0..2 {
            let query = json!({
                "dataset_id": "airports",
                "dimensions": [{"hierarchy_id": "geo", "level": 2}],
                "measures": [{"column_id": "*", "aggregation": "count"}],
            });
            let of_a = json!([[member(json!(["CA", "LAX"])), 1], [member(json!(["MA", "BOS"])), 1]]);
            assert_eq!(data(&query, "a"), of_a);
            let mut all = query.clone();
            all["dimensions"][0]["include_nonoccurring"] = json!(true);
            assert_eq!(data(&all, "a"), of_a);
            let expanded = json!([{"hierarchy_id": "geo", "expand": {"depth": 1, "open": ["CA", "NY"]}}]);
            let mut expanded = with(query, json!({"dimensions": expanded}));
            let shown: Vec<Value> =
                data(&expanded, "a").as_array().expect("rows").iter().map(|row| row[0]["id"].clone()).collect();
            assert_eq!(shown, ["CA", "LAX", "MA"]);
            // A member that is hidden is one that is not there, whatever it is called.
            for hidden in [json!(["CA", "SFO"]), json!("JFK"), json!("nowhere")] {
                expanded["where"] = json!([test("geo", "? = ?", hidden)]);
                assert_eq!(data(&expanded, "a"), json!([]));
            }
            // Flights whose airport is hidden are without one.
            let expected = json!([[member(json!(["CA"])), 1, 1], [null, 5, 62]]);
            assert_eq!(data(&shown_from_origin(), "a"), expected);
        }
        block_on(db.engine().set_filters("airports", Vec::new())).expect("no filters");
    });
}

fn shown_from_origin() -> Value {
    shown("origin", "geo", json!({}))
}

#[test]
fn the_name_of_a_hidden_row_is_not_told() {
    let db = Db::in_memory().expect("an engine");
    let columns = vec![
        ("id", texts([Some("1"), Some("2"), Some("3")])),
        ("boss", texts([None, Some("1"), Some("1")])),
        ("name", texts([Some(CANARY), Some("Bo"), Some("Cy")])),
        ("seen_by", texts([Some("b"), Some("a"), Some("b")])),
        ("amount", numbers([Some(1), Some(2), Some(4)])),
    ];
    table(&db, "staff", columns);
    save(&db, Hierarchy::parent_child("org", "staff", "id", "boss").name_column("name"));
    let filter = DatasetFilter::parameter("seen_by", Operator::Equal, "who", ParameterType::Hierarchy);
    block_on(db.engine().set_filters("staff", vec![filter])).expect("filters");
    let scope = Scope::new().parameter("who", "a");
    for more in [json!({"level": 1}), json!({"level": 2}), json!({"expand": {"depth": 2}}), json!({"under": "1"})] {
        let query = by("staff", json!([with(json!({"hierarchy_id": "org"}), more)]));
        let answer = ask_as(&db, &query, &scope);
        let told = format!("{} {}", answer.to_json(), answer.to_csv());
        assert!(!told.contains(CANARY), "{told}\nof {query}");
        assert!(!told.contains("Cy"), "{told}\nof {query}");
    }
}
