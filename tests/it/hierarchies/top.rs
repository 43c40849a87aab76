//! The best children of each parent, and levels of columns.

use drillcore::{Element, Hierarchy};
use drillcore_tests::engine_side::Db;
use drillcore_tests::hierarchies::asking::{check, data, numbers, rows, save, table, texts};
use serde_json::{Value, json};

/// Two groups of three and two values, a value without a place, and what each has.
fn world() -> Db {
    let db = Db::in_memory().expect("an engine");
    let columns = vec![
        ("place", texts(["a", "b", "c", "d", "e", "x"].map(Some))),
        ("amount", numbers([5, 9, 7, 2, 3, 1].map(Some))),
    ];
    table(&db, "t", columns);
    let values = [("a", "g"), ("b", "g"), ("c", "g"), ("d", "h"), ("e", "h")];
    let groups = ["g", "h"].map(Element::group).into_iter();
    let elements = groups.chain(values.map(|(id, group)| Element::value(id).under(group)));
    save(&db, Hierarchy::tree("tree", "t", "place", elements));
    db
}

fn query(place: &Value, more: &Value) -> Value {
    let mut query = json!({
        "dataset_id": "t",
        "dimensions": [place],
        "measures": [{"column_id": "amount", "aggregation": "sum", "as": "total"}],
    });
    for (field, value) in more.as_object().expect("fields") {
        query[field] = value.clone();
    }
    query
}

#[test]
fn so_many_children_of_each_parent_are_kept() {
    let best = json!({"top": {"of": "place", "n": 1, "by": "total", "per": ["place"]}});
    let children = json!([
        [{"id": "b", "path": ["g", "b"]}, 9],
        [{"id": "e", "path": ["h", "e"]}, 3],
        [{"id": "x", "path": ["x"]}, 1],
    ]);
    let place = json!({"hierarchy_id": "tree", "level": 2, "as": "place"});
    check(&world(), &query(&place, &best), children);
    // The members above are over what is left.
    let place = json!({"hierarchy_id": "tree", "expand": {"depth": 2}, "as": "place"});
    let rows = rows(&world(), &query(&place, &best));
    let shown: Vec<(String, i64)> = rows
        .iter()
        .map(|row| {
            let id = row[0]["id"].as_str().filter(|id| !id.is_empty()).unwrap_or("unassigned");
            (id.to_owned(), row[1].as_i64().expect("a sum"))
        })
        .collect();
    let expected = [("g", 9), ("b", 9), ("h", 3), ("e", 3), ("unassigned", 1), ("x", 1)];
    assert_eq!(shown, expected.map(|(id, total)| (id.to_owned(), total)));
}

#[test]
fn ranking_within_parents_has_no_remainder_and_needs_parents() {
    let db = world();
    let refused = |place: &Value, top: &Value| {
        let error = db.ask(&query(place, &json!({"top": top})).to_string()).expect_err("a refusal");
        (error.path().map(str::to_owned), error.message().to_owned())
    };
    let place = json!({"hierarchy_id": "tree", "level": 2, "as": "place"});
    let top = json!({"of": "place", "n": 1, "by": "total", "per": ["place"], "other": true});
    let (path, message) = refused(&place, &top);
    assert_eq!(path.as_deref(), Some("/top/other"));
    assert!(message.contains("no remainder"), "{message}");
    let (path, message) = refused(&json!({"column_id": "place", "as": "place"}), &top);
    assert_eq!(path.as_deref(), Some("/top/of"));
    assert!(message.contains("within its own members"), "{message}");
}

#[test]
fn a_column_has_the_levels_of_the_one_hierarchy_on_it() {
    let db = world();
    let level = json!({"column_id": "place", "level": 1, "as": "place"});
    let same = json!({"hierarchy_id": "tree", "level": 1, "as": "place"});
    let ask = |place: &Value| data(&db, &query(place, &json!({})));
    assert_eq!(ask(&level), ask(&same));
    save(&db, Hierarchy::levels("flat", "t", ["place"]));
    let error = db.ask(&query(&level, &json!({})).to_string()).expect_err("a refusal");
    assert_eq!(error.path(), Some("/dimensions/0/level"));
    assert!(error.message().contains("several hierarchies are on column `place`"), "{error}");
}
