//! What is refused, at its place in the document.

use drillcore::{DrillCell, ErrorKind, Hierarchy, Limit, Query, Scope};
use drillcore_tests::hierarchies::asking::{by, refusal, save, table, test, texts, with};
use futures::executor::block_on;
use serde_json::{Value, json};

use super::levels::shops;

/// Checks the place of a refusal and a part of its message.
#[track_caller]
fn check(query: Value, path: &str, message: &str) {
    let db = shops();
    table(&db, "other", vec![("code", texts([Some("x")]))]);
    save(&db, Hierarchy::tree("codes", "other", "code", []));
    let refused = refusal(&db, &query);
    assert_eq!((refused.kind(), refused.path()), (ErrorKind::InvalidQuery, Some(path)), "{refused}\n{query}");
    assert!(refused.message().contains(message), "{refused}\n{query}");
}

fn shown(dimension: Value) -> Value {
    by("shops", json!([with(json!({"hierarchy_id": "geo"}), dimension)]))
}

fn filtered(filter: Value) -> Value {
    with(by("shops", json!([])), json!({"where": [filter]}))
}

#[test]
fn hierarchies_that_are_not_there() {
    check(by("shops", json!([{"hierarchy_id": "places"}])), "/dimensions/0/hierarchy_id", "there is no hierarchy");
    check(by("shops", json!([{"hierarchy_id": "geo2"}])), "/dimensions/0/hierarchy_id", "did you mean `geo`?");
    check(filtered(test("geo2", "? = ?", json!("BE"))), "/where/0/parameters/0/hierarchy_id", "`geo2`");
    // That of a dataset to which no link leads.
    let far = with(by("shops", json!([])), json!({"dimensions": [{"hierarchy_id": "codes"}]}));
    let db = shops();
    table(&db, "other", vec![("code", texts([Some("x")]))]);
    save(&db, Hierarchy::tree("codes", "other", "code", []));
    let refused = refusal(&db, &far);
    assert_eq!(refused.kind(), ErrorKind::InvalidQuery, "{refused}");
    assert!(refused.message().contains("`other`"), "{refused}");
    let mine = by("shops", json!([{"dataset_id": "shops", "hierarchy_id": "codes"}]));
    check(mine, "/dimensions/0/hierarchy_id", "hierarchy `codes` belongs to dataset `other`");
}

#[test]
fn levels_that_are_not_there() {
    check(shown(json!({"level": 0})), "/dimensions/0/level", "levels begin at 1");
    check(shown(json!({"level": 4})), "/dimensions/0/level", "hierarchy `geo` has 3 levels");
    check(shown(json!({"level": "nations"})), "/dimensions/0/level", "has no level `nations`; did you mean `nation`?");
    check(shown(json!({"level": "country"})), "/dimensions/0/level", "hierarchy `geo` has no level `country`");
    check(shown(json!({"level": 1, "expand": {}})), "/dimensions/0/expand", "not both");
}

#[test]
fn members_that_could_be_several() {
    let message = "several members of the hierarchy have this id; give the path of one";
    check(shown(json!({"under": "Paris"})), "/dimensions/0/under", message);
    check(shown(json!({"expand": {"open": ["BE", "Paris"]}})), "/dimensions/0/expand/open/1", message);
    check(filtered(test("geo", "? = ?", json!("Paris"))), "/where/0/parameters/1", message);
    check(filtered(test("geo", "? in ?", json!(["Ghent", "Paris"]))), "/where/0/parameters/1/1", message);
    let nested = json!({"or": [test("geo", "? = ?", json!("BE")), {"not": test("geo", "? != ?", json!("Paris"))}]});
    check(filtered(nested), "/where/0/or/1/not/parameters/1", message);
}

#[test]
fn tests_that_members_do_not_take() {
    for expression in ["? > ?", "? like ?", "? starts with ?", "? matches ?"] {
        check(filtered(test("geo", expression, json!("BE"))), "/where/0/expression", "a hierarchy takes =, !=, in");
    }
    check(filtered(test("geo", "? in ?", json!("BE"))), "/where/0/parameters/1", "expected a list of members");
    let level = json!({"expression": "? = ?", "parameters": [{"hierarchy_id": "geo", "level": 1}, "BE"]});
    check(filtered(level), "/where/0/parameters/0/level", "takes no `level`");
    let column = json!({"expression": "? = ?", "parameters": [{"column_id": "country"}, {"path": ["BE"]}]});
    check(filtered(column), "/where/0/parameters/1/path", "needs a `hierarchy_id`");
}

#[test]
fn places_without_hierarchies() {
    let mut query = by("shops", json!([]));
    query["measures"] = json!([{"hierarchy_id": "geo", "aggregation": "distinctcount"}]);
    check(query, "/measures/0/hierarchy_id", "a measure takes no hierarchy");
    let having = json!({"having": [test("geo", "? = ?", json!("BE"))]});
    check(with(shown(json!({})), having), "/having/0/parameters/0/hierarchy_id", "takes no hierarchy");
    let bins = json!({"discretization": {"type": "linear", "bins": 3}});
    check(shown(bins), "/dimensions/0/discretization", "takes no bins or groups");
}

#[test]
fn orders_that_name_no_one_dimension() {
    let order = json!({"order": [{"hierarchy_id": "geo"}]});
    let column = by("shops", json!([{"column_id": "city"}]));
    check(with(column, order.clone()), "/order/0", "no dimension over hierarchy `geo`");
    let two = by("shops", json!([{"hierarchy_id": "geo", "level": 1}, {"hierarchy_id": "geo", "level": 2}]));
    check(with(two, order), "/order/0", "several dimensions are over hierarchy `geo`; give the name of one");
}

#[test]
fn members_are_no_values() {
    let place = json!([{"hierarchy_id": "geo", "as": "place"}]);
    let asked = |more: Value| with(by("shops", place.clone()), more);
    for function in ["lag", "first_value", "running_total"] {
        let window = json!({"as": "w", "function": function, "of": "place", "order_by": [{"by": "n"}]});
        check(asked(json!({"window": [window]})), "/window/0/of", "a member of a hierarchy is none");
    }
    let formula = json!({"as": "w", "formula": "LAG({place})", "order_by": [{"by": "n"}]});
    check(asked(json!({"window": [formula]})), "/window/0/formula", "`place` is a member of a hierarchy");
    let compared = json!({"expression": "? > ?", "parameters": [{"name": "n"}, {"name": "place"}]});
    check(
        asked(json!({"having": [compared]})),
        "/having/0/parameters/1",
        "members of a hierarchy are tested in `where`",
    );
}

#[test]
fn cells_of_members_are_named_by_members() {
    let db = shops();
    let query = by("shops", json!([{"hierarchy_id": "geo", "as": "place"}]));
    let query = Query::from_json(&query.to_string()).expect("a query");
    let behind = |cell: DrillCell| {
        let all = Scope::unrestricted();
        block_on(db.engine().drill_through(&query, &cell, None, Limit::default(), &all)).map(|rows| rows.num_rows())
    };
    let whole = behind(DrillCell::new().node("place", "BE")).expect("rows");
    assert!(whole > 0);
    assert_eq!(behind(DrillCell::new().member("place", "BE")).expect("rows"), whole);
    assert_eq!(behind(DrillCell::new().member("place", "XX")).expect("no rows"), 0);
    // The number of a node is nothing that anybody knows.
    let refused = behind(DrillCell::new().member("place", 1)).expect_err("a refusal");
    assert_eq!((refused.kind(), refused.path()), (ErrorKind::InvalidQuery, Some("/members/place")), "{refused}");
}
