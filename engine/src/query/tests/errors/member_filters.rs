//! Refusals of filters on hierarchies.

use expect_test::{Expect, expect};

use super::filters::check_filter;
use crate::query::{Field, Leaf, Operand, Operator, Query, Reference, column, count, hierarchy};

#[test]
fn tests_of_members() {
    check_filter(
        r#"{"expression": "? like ?", "parameters": [{"hierarchy_id": "geo"}, "EU"]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a hierarchy takes =, !=, in, not in, is null and is not null, not `? like ?`","path":"/where/0/expression"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? is empty", "parameters": [{"hierarchy_id": "geo"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a hierarchy takes =, !=, in, not in, is null and is not null, not `? is empty`","path":"/where/0/expression"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "last_now", "parameters": [{"hierarchy_id": "when"}, {"unit": "day"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a hierarchy takes =, !=, in, not in, is null and is not null, not `last_now`","path":"/where/0/expression"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? = ?", "parameters": [{"hierarchy_id": "geo"}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`? = ?` takes two parameters","path":"/where/0/parameters"}"#]],
    );
    check_filter(
        r#"{"expression": "? is null", "parameters": [{"hierarchy_id": "geo"}, 1]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`? is null` takes one parameter","path":"/where/0/parameters"}"#
        ]],
    );
    for (part, value) in [("level", "1"), ("under", "[]"), ("expand", "{}")] {
        let filter = format!(
            r#"{{"expression": "? = ?", "parameters": [{{"hierarchy_id": "geo", "{part}": {value}}}, "EUROPE"]}}"#
        );
        let document = format!(r#"{{"dimensions": [{{"column_id": "origin"}}], "where": [{filter}]}}"#);
        let error = Query::from_json(&document).unwrap_err();
        assert_eq!(error.path(), Some(format!("/where/0/parameters/0/{part}").as_str()));
        let message = format!("a filter on a hierarchy takes no `{part}`; a member stands for all that is under it");
        assert_eq!(error.message(), message);
    }
    check_filter(
        r#"{"expression": "? = ?", "parameters": [{"hierarchy_id": "geo", "aggregation": "count"}, "EUROPE"]}"#,
        &expect![[
            r#"{"kind":"not_supported","message":"an aggregation in a filter is not supported yet","path":"/where/0/parameters/0/aggregation"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? in ?", "parameters": [{"hierarchy_id": "geo"}, "EUROPE"]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a list of members, found text","path":"/where/0/parameters/1"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? = ?", "parameters": [{"hierarchy_id": "geo"}, [["EUROPE"]]]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a text, a number or null, found a list","path":"/where/0/parameters/1/0"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? in ?", "parameters": [{"hierarchy_id": "geo"}, [["EUROPE"], {"own": true}]]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected the `path` of a member","path":"/where/0/parameters/1/1"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? = ?", "parameters": [{"hierarchy_id": "geo"}, {"decimal": "1"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown field `decimal`","path":"/where/0/parameters/1/decimal"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? = ?", "parameters": [{"hierarchy_id": "geo"}, {"column_id": "country"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a hierarchy is compared with its members, not with a reference","path":"/where/0/parameters/1"}"#
        ]],
    );
}

#[test]
fn columns_are_not_compared_with_members() {
    for (operator, right, place) in [
        ("? = ?", r#"{"path": ["EUROPE"], "own": true}"#, "/path"),
        ("? = ?", r#"{"unassigned": true}"#, "/unassigned"),
        ("? in ?", r#"["a", {"path": ["EUROPE"]}]"#, "/1/path"),
        ("? not in ?", r#"[{"own": true}]"#, "/0/own"),
    ] {
        let filter = format!(r#"{{"expression": "{operator}", "parameters": [{{"column_id": "x"}}, {right}]}}"#);
        let document = format!(r#"{{"dimensions": [{{"column_id": "origin"}}], "where": [{filter}]}}"#);
        let error = Query::from_json(&document).unwrap_err();
        assert_eq!(error.path(), Some(format!("/where/0/parameters/1{place}").as_str()));
        assert_eq!(error.message(), "a member of a hierarchy needs a `hierarchy_id` on the left of a filter");
    }
    check_filter(
        r#"{"expression": "? = ?", "parameters": [{"column_id": "x"}, {"hierarchy_id": "geo"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a hierarchy stands on the left of a filter","path":"/where/0/parameters/1/hierarchy_id"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? in ?", "parameters": [{"column_id": "x"}, {"hierarchy_id": "geo"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a hierarchy stands on the left of a filter","path":"/where/0/parameters/1/hierarchy_id"}"#
        ]],
    );
}

#[test]
fn queries_that_only_the_builder_can_make() {
    let refused = |query: Query, expected: &Expect| {
        expected.assert_eq(&query.check().unwrap_err().to_json().to_string());
    };
    let query = Query::on("airports").measure(count());
    let two = Operand::Members(vec!["EUROPE".into(), "ASIA".into()]);
    refused(
        query.clone().filter(hierarchy("geo").level(1).is("EUROPE")),
        &expect![[
            r#"{"kind":"invalid_query","message":"a filter on a hierarchy takes no `level`; a member stands for all that is under it","path":"/where/0/parameters/0/level"}"#
        ]],
    );
    refused(
        query.clone().filter(hierarchy("geo").under("EUROPE").is_null()),
        &expect![[
            r#"{"kind":"invalid_query","message":"a filter on a hierarchy takes no `under`; a member stands for all that is under it","path":"/where/0/parameters/0/under"}"#
        ]],
    );
    refused(
        query.clone().filter(Field::new(Reference::hierarchy("geo")).equals("EUROPE")),
        &expect![[
            r#"{"kind":"invalid_query","message":"a hierarchy is compared with its members","path":"/where/0/parameters/1"}"#
        ]],
    );
    refused(
        query.clone().filter(Field::new(Reference::hierarchy("geo")).starts_with("EU")),
        &expect![[
            r#"{"kind":"invalid_query","message":"a hierarchy takes =, !=, in, not in, is null and is not null, not `? starts with ?`","path":"/where/0/expression"}"#
        ]],
    );
    refused(
        query.clone().filter(Leaf::new(Operator::Equal, Reference::hierarchy("geo"), Some(two.clone()))),
        &expect![[
            r#"{"kind":"invalid_query","message":"`? = ?` takes one member on the right","path":"/where/0/parameters/1"}"#
        ]],
    );
    refused(
        query.filter(Leaf::new(Operator::In, column("country"), Some(two))),
        &expect![[
            r#"{"kind":"invalid_query","message":"members are compared with a hierarchy, which the left side is not","path":"/where/0/parameters/1"}"#
        ]],
    );
}
