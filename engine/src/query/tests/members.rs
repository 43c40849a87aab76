//! Hierarchies as dimensions, in the order and in filters, as documents and as the builder have them.

use std::collections::BTreeMap;

use drillcore_hierarchies::MemberPath;
use serde_json::json;

use crate::query::{
    Dimension, Filter, Leaf, Member, MemberLevel, NullRule, Operand, Operator, Query, Reference, Target, asc, count,
    desc, hierarchy, not,
};

#[track_caller]
fn check(document: &str, expected: &Query) {
    assert_eq!(&Query::from_json(document).unwrap(), expected);
    assert_eq!(&Query::from_json(&expected.to_json().to_string()).unwrap(), expected);
}

#[test]
fn dimensions_and_the_order() {
    check(
        r#"{"dataset_id": "airports",
            "dimensions": [
                {"hierarchy_id": "geo"},
                {"hierarchy_id": "geo", "level": 2, "as": "nation"},
                {"dataset_id": "dest_airport", "hierarchy_id": "geo", "level": "region", "under": ["EUROPE", null]},
                {"hierarchy_id": "geo", "under": "FRANCE", "include_nonoccurring": true, "expand": null},
                {"hierarchy_id": "geo", "under": {"path": ["EUROPE"], "own": true}, "level": 1, "unnest": false},
                {"hierarchy_id": "geo", "under": [], "discretization": {"type": "none"}},
                {"hierarchy_id": "geo", "expand": {}},
                {"hierarchy_id": "geo", "expand": {"open": [["EUROPE"], "ASIA", {"unassigned": true}, null]}},
                {"hierarchy_id": "geo", "expand": {"depth": 3}, "under": ["EUROPE"]}
            ],
            "order": [
                {"hierarchy_id": "geo", "order": "desc"},
                {"dataset_id": "dest_airport", "hierarchy_id": "geo", "level": "region", "nulls": "first"}
            ]}"#,
        &Query::on("airports")
            .dimension(Reference::hierarchy("geo"))
            .dimension(hierarchy("geo").level(2).named("nation"))
            .dimension(hierarchy("geo").in_dataset("dest_airport").level("region").under([Some("EUROPE"), None]))
            .dimension(Dimension::from(hierarchy("geo").under("FRANCE")).include_nonoccurring())
            .dimension(hierarchy("geo").under(Member::own(["EUROPE"])).level(1))
            .dimension(hierarchy("geo").under(MemberPath::root()))
            .dimension(hierarchy("geo").expanded(1))
            .dimension(hierarchy("geo").open(["EUROPE"]).open("ASIA").open(Member::unassigned()).open(Member::null()))
            .dimension(hierarchy("geo").expanded(3).under(["EUROPE"]))
            .order_by(desc(hierarchy("geo")))
            .order_by(asc(hierarchy("geo").in_dataset("dest_airport").level("region")).nulls_first()),
    );
}

#[test]
fn the_rows_of_a_dataset_show_their_members() {
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "level": 1, "aggregation": "sum"}], "options": {"rollup_data": false}}"#,
        &Query::default().rows().dimension({
            let mut geo = Dimension::from(hierarchy("geo").level(1));
            geo.aggregation = Some(crate::model::Aggregation::Sum);
            geo
        }),
    );
}

/// A filter on the hierarchy `geo`.
#[track_caller]
fn check_filter(expression: &str, right: &str, expected: Filter) {
    let document = format!(
        r#"{{"measures": [{{"column_id": "*", "aggregation": "count"}}],
            "where": [{{"expression": "{expression}", "parameters": [{{"hierarchy_id": "geo"}}{right}]}}]}}"#
    );
    check(&document, &Query::default().measure(count()).filter(expected));
}

#[test]
fn tests_of_members() {
    let geo = hierarchy("geo");
    check_filter("? = ?", r#", "FRANCE""#, geo.is("FRANCE"));
    check_filter("? = ?", r#", ["EUROPE", "FRANCE"]"#, geo.is(["EUROPE", "FRANCE"]));
    check_filter("? = ?", ", []", geo.is(MemberPath::root()));
    check_filter("? = ?", ", null", geo.is(Member::null()));
    check_filter("? != ?", ", [null]", geo.is_not(Member::null()));
    check_filter("? != ?", r#", [null, "null", ""]"#, geo.is_not([None, Some("null"), Some("")]));
    check_filter("? = ?", r#", {"path": ["EUROPE"], "own": true}"#, geo.is(Member::own(["EUROPE"])));
    check_filter("? = ?", r#", {"path": ["EUROPE"], "own": false, "unassigned": false}"#, geo.is(["EUROPE"]));
    check_filter("? != ?", r#", {"unassigned": true, "path": null}"#, geo.is_not(Member::unassigned()));
    check_filter("? in ?", ", []", geo.is_in(Vec::<Member>::new()));
    check_filter("? in ?", r#", ["FRANCE", "SPAIN"]"#, geo.is_in(["FRANCE", "SPAIN"]));
    check_filter("? in ?", r#", [["EUROPE", "FRANCE"]]"#, geo.is_in([["EUROPE", "FRANCE"]]));
    check_filter(
        "? not in ?",
        r#", ["ASIA", ["EUROPE", null], null, [], {"unassigned": true}, {"path": ["AMERICA"]}]"#,
        geo.is_not_in([
            Member::from("ASIA"),
            Member::from([Some("EUROPE"), None]),
            Member::null(),
            Member::from(MemberPath::root()),
            Member::unassigned(),
            Member::from(["AMERICA"]),
        ]),
    );
    check_filter("? is null", "", geo.is_null());
    check_filter("? is not null", "", geo.is_not_null());
}

#[test]
fn numbers_and_booleans_are_their_texts() {
    let geo = hierarchy("geo");
    check_filter("? = ?", ", 7", geo.is("7"));
    check_filter("? = ?", ", -1.50", geo.is("-1.50"));
    check_filter("? = ?", ", 12345678901234567890123", geo.is("12345678901234567890123"));
    check_filter("? = ?", ", true", geo.is("true"));
    check_filter("? = ?", r#", [2013, false, "a\"\n\u0001é"]"#, geo.is(["2013", "false", "a\"\n\u{1}é"]));
    check_filter("? in ?", ", [7, [2013, 1], false]", {
        geo.is_in([Member::from("7"), Member::from(["2013", "1"]), Member::from("false")])
    });
}

#[test]
fn filters_stand_with_others() {
    check(
        r#"{"measures": [{"column_id": "*", "aggregation": "count", "where": [
                {"not": {"expression": "? in ?", "parameters": [{"hierarchy_id": "org"}, [["anna"]]]}}]}],
            "where": [{"expression": "? = ?", "context": true, "nulls": "include",
                       "parameters": [{"dataset_id": "airports", "hierarchy_id": "geo"}, "ASIA"]}]}"#,
        &Query::default()
            .measure(count().filter(not(hierarchy("org").is_in([["anna"]]))))
            .filter(hierarchy("geo").in_dataset("airports").is("ASIA").nulls(NullRule::Include).in_context()),
    );
}

#[test]
fn parameters_stand_for_members() {
    let document = r#"{
        "parameters": {
            "member": {"type": "text", "value": "FRANCE"},
            "path": {"type": "array[text]", "value": ["EUROPE", "FRANCE"]},
            "number": {"type": "number", "value": 7},
            "depth": {"type": "text", "value": "nation"}
        },
        "dimensions": [
            {"hierarchy_id": "geo", "level": {"parameter": "depth"}, "under": {"parameter": "path"}},
            {"hierarchy_id": "geo", "expand": {"open": [{"parameter": "member"}, [{"parameter": "member"}]]}}
        ],
        "where": [
            {"expression": "? = ?", "parameters": [{"hierarchy_id": "geo"}, {"parameter": "path"}]},
            {"expression": "? in ?", "parameters": [{"hierarchy_id": "geo"}, {"parameter": "path"}]},
            {"expression": "? in ?", "parameters": [{"hierarchy_id": "geo"}, [{"parameter": "number"}, [{"parameter": "member"}]]]},
            {"expression": "? = ?", "parameters": [{"hierarchy_id": "geo"}, {"path": {"parameter": "path"}, "own": true}]}
        ]
    }"#;
    let geo = hierarchy("geo");
    let expected = Query::default()
        .dimension(geo.clone().level("nation").under(["EUROPE", "FRANCE"]))
        .dimension(geo.clone().open("FRANCE").open(["FRANCE"]))
        .filter(geo.is(["EUROPE", "FRANCE"]))
        .filter(geo.is_in(["EUROPE", "FRANCE"]))
        .filter(geo.is_in([Member::from("7"), Member::from(["FRANCE"])]))
        .filter(geo.is(Member::own(["EUROPE", "FRANCE"])));
    assert_eq!(Query::from_json(document).unwrap(), expected);

    let asia = BTreeMap::from([("path".to_owned(), json!(["ASIA"]))]);
    let under = |query: &Query| query.dimensions[0].reference.members().unwrap().under.clone();
    assert_eq!(under(&Query::from_json_with(document, &asia).unwrap()), Some(Member::from(["ASIA"])));
}

#[test]
fn what_is_written_is_the_plain_form() {
    let query = Query::on("airports")
        .dimension(hierarchy("geo").level(2).under(["EUROPE"]).named("nation"))
        .dimension(hierarchy("geo").expanded(1))
        .filter(hierarchy("geo").is_in([Member::from("ASIA"), Member::null(), Member::own(["EUROPE"])]))
        .filter(hierarchy("geo").is_not(Member::unassigned()))
        .order_by(hierarchy("geo").level("nation"));
    let expected = json!({
        "dataset_id": "airports",
        "dimensions": [
            {"hierarchy_id": "geo", "level": 2, "under": ["EUROPE"], "as": "nation"},
            {"hierarchy_id": "geo", "expand": {"depth": 1}},
        ],
        "where": [
            {"expression": "? in ?",
             "parameters": [{"hierarchy_id": "geo"}, ["ASIA", [null], {"path": ["EUROPE"], "own": true}]]},
            {"expression": "? != ?", "parameters": [{"hierarchy_id": "geo"}, {"unassigned": true}]},
        ],
        "order": [{"hierarchy_id": "geo", "level": "nation", "order": "asc"}],
    });
    assert_eq!(query.to_json(), expected);
}

#[test]
fn what_the_builder_makes() {
    let reference = Reference::from(hierarchy("geo").in_dataset("airports").level(3).under("EUROPE").open(["EUROPE"]));
    assert_eq!(reference.dataset.as_deref(), Some("airports"));
    let Target::Hierarchy(members) = reference.target else { panic!("no hierarchy") };
    assert_eq!(members.hierarchy, "geo");
    assert_eq!(members.level, Some(MemberLevel::Number(3)));
    assert_eq!(members.under, Some(Member::Id("EUROPE".to_owned())));
    let expand = members.expand.unwrap();
    assert_eq!((expand.depth, expand.open), (1, vec![Member::from(["EUROPE"])]));
    assert_eq!(Member::from(&"a".to_owned()), Member::from("a".to_owned()));
    assert_eq!(Member::from(vec!["a".to_owned()]), Member::from(["a"]));
    assert_eq!(MemberLevel::from("a".to_owned()), MemberLevel::from("a"));
    let leaf = Leaf::new(Operator::Equal, Reference::hierarchy("geo"), Some(Operand::Members(vec!["a".into()])));
    assert_eq!(Filter::from(leaf), hierarchy("geo").is("a"));
}
