//! Parameters: what they stand for, where they stand, and how wrong ones are refused.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::error::ErrorKind;
use crate::model::Level;
use crate::query::{Literal, Query, QueryBatch, Top, column, count, level, median, not};

fn with(values: &Value) -> BTreeMap<String, Value> {
    values.as_object().unwrap().clone().into_iter().collect()
}

/// A query with a parameter `p` and a filter that uses it.
fn query(declaration: &str, filter: &str) -> String {
    format!(
        r#"{{"parameters": {{"p": {declaration}}}, "dimensions": [{{"column_id": "x"}}],
            "where": [{{"expression": "{filter}", "parameters": [{{"column_id": "x"}}, {{"parameter": "p"}}]}}]}}"#
    )
}

#[test]
fn every_type_stands_for_its_value() {
    let x = column("x");
    for (declaration, filter, expected) in [
        (r#"{"type": "text", "value": "JFK"}"#, "? = ?", x.equals("JFK")),
        (r#"{"type": "number", "value": 0.12345678901234567890}"#, "? = ?", {
            x.equals(Literal::decimal("0.1234567890123456789").unwrap())
        }),
        (r#"{"type": "boolean", "value": true, "default": false}"#, "? = ?", x.equals(true)),
        (r#"{"type": "date", "default": "2013-02-01"}"#, "? >= ?", x.at_least("2013-02-01")),
        (r#"{"type": "datetime", "value": "2013-02-01T10:30"}"#, "? < ?", x.less_than("2013-02-01T10:30")),
        (r#"{"type": "datetime", "value": "2013-02-01T10:30:00+01:00"}"#, "? < ?", {
            x.less_than("2013-02-01T10:30:00+01:00")
        }),
        (r#"{"type": "array[text]", "value": ["a", "b"]}"#, "? in ?", x.is_in(["a", "b"])),
        (r#"{"type": "array[number]", "value": []}"#, "? not in ?", x.not_in(Vec::<i64>::new())),
        (r#"{"type": "timerange", "value": "2013-01-01 ~ 2013-01-31"}"#, "? between ?", {
            x.between("2013-01-01", "2013-01-31")
        }),
    ] {
        let read = Query::from_json(&query(declaration, filter)).unwrap();
        assert_eq!(read, Query::default().dimension("x").filter(expected), "{declaration}");
    }
}

#[test]
fn the_places_of_parameters() {
    let document = r#"{
        "parameters": {
            "how": {"type": "aggregation", "value": "median"},
            "zone": {"type": "tz", "value": "Europe/Brussels"},
            "month": {"type": "text", "value": "month"},
            "a": {"type": "text", "value": "JFK"},
            "best": {"type": "number", "value": 3},
            "unused": {"type": "date"}
        },
        "dimensions": [{"column_id": "t", "level": {"parameter": "month"}, "as": "m"}],
        "measures": [{"column_id": "x", "aggregation": {"parameter": "how"}, "as": "y",
            "where": [{"not": {"expression": "? in ?", "parameters": [{"column_id": "o"}, [{"parameter": "a"}, "LGA"]]}}]}],
        "top": {"n": {"parameter": "best"}, "by": "y"},
        "options": {"timezone_id": {"parameter": "zone"}}
    }"#;
    let expected = Query::default()
        .dimension(level("t", Level::Month).named("m"))
        .measure(median("x").named("y").filter(not(column("o").is_in(["JFK", "LGA"]))))
        .top(Top::new(3, "y"))
        .timezone("Europe/Brussels");
    assert_eq!(Query::from_json(document).unwrap(), expected);
}

#[test]
fn a_batch_shares_its_parameters_and_a_query_may_have_its_own() {
    let document = r#"{"action": "get", "find": {
        "parameters": {"p": {"type": "number", "value": 1}, "q": {"type": "number"}},
        "queries": [
            {"measures": [{"column_id": "*"}],
             "where": [{"expression": "? = ?", "parameters": [{"column_id": "x"}, {"parameter": "p"}]}]},
            {"parameters": {"p": {"type": "text", "value": "b"}}, "measures": [{"column_id": "*"}],
             "where": [{"expression": "? = ?", "parameters": [{"column_id": "x"}, {"parameter": "p"}]},
                       {"expression": "? = ?", "parameters": [{"column_id": "y"}, {"parameter": "q"}]}]}
        ]}}"#;
    let rows = || {
        let mut rows = count();
        rows.aggregation = None;
        Query::default().measure(rows)
    };
    let read = QueryBatch::from_json_with(document, &with(&json!({"q": 2.5}))).unwrap();
    let expected = QueryBatch::new([
        rows().filter(column("x").equals(1)),
        rows().filter(column("x").equals("b")).filter(column("y").equals(2.5)),
    ]);
    assert_eq!(read, expected);
}

#[test]
fn values_from_outside_go_first_and_null_counts_as_none() {
    let document = query(r#"{"type": "number", "value": 1, "default": 2}"#, "? = ?");
    for (values, expected) in [(json!({}), 1), (json!({"p": 7}), 7), (json!({"p": null}), 1)] {
        let read = Query::from_json_with(&document, &with(&values)).unwrap();
        assert_eq!(read, Query::default().dimension("x").filter(column("x").equals(expected)), "{values}");
    }
}

#[test]
fn a_pivot_may_have_a_dimension_called_parameter() {
    let document = r#"{"dimensions": [{"column_id": "x", "as": "parameter"}], "measures": [{"column_id": "y", "as": "n"}],
        "parameters": {"p": {"type": "number", "value": 1}},
        "pivot": {"columns": ["parameter"]}, "order": [{"by": "n", "at": {"parameter": {"parameter": "p"}}}]}"#;
    assert_eq!(Query::from_json(document).unwrap().order[0].at, [("parameter".to_owned(), Literal::from(1))]);
}

#[track_caller]
fn refused(document: &str, values: &Value, expected: &Expect) {
    let error = Query::from_json_with(document, &with(values)).unwrap_err();
    expected.assert_eq(&error.to_json().to_string());
}

#[test]
fn wrong_parameters() {
    let refused_type =
        |declaration: &str, expected: &Expect| refused(&query(declaration, "? = ?"), &json!({}), expected);
    refused_type(
        r#"{"type": "numbr"}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown type of parameter `numbr`; did you mean `number`?","path":"/parameters/p/type"}"#
        ]],
    );
    refused_type(
        r#"{"value": 1}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected the `type` of the parameter","path":"/parameters/p"}"#
        ]],
    );
    refused_type(
        r#"{"type": "number", "values": [1]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown field `values`; did you mean `value`?","path":"/parameters/p/values"}"#
        ]],
    );
    refused_type(
        r#"{"type": "number", "value": "1"}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a number, found text","path":"/parameters/p/value"}"#
        ]],
    );
    refused_type(
        r#"{"type": "text", "default": 1}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected text, found a number","path":"/parameters/p/default"}"#
        ]],
    );
    refused_type(
        r#"{"type": "date", "value": "2013-02-30"}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a date such as 2013-01-31","path":"/parameters/p/value"}"#
        ]],
    );
    refused_type(
        r#"{"type": "datetime", "value": "noon"}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a time such as 2013-01-31T05:00:00","path":"/parameters/p/value"}"#
        ]],
    );
    for range in ["2013-01-01", "~2013-01-31", "2013-01-01~ ", "a~b~c"] {
        refused_type(
            &format!(r#"{{"type": "timerange", "value": "{range}"}}"#),
            &expect![[
                r#"{"kind":"invalid_query","message":"expected a range such as 2013-01-01~2013-01-31","path":"/parameters/p/value"}"#
            ]],
        );
    }
    refused_type(
        r#"{"type": "aggregation", "value": "summ"}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown aggregation `summ`; did you mean `sum`?","path":"/parameters/p/value"}"#
        ]],
    );
    refused_type(
        r#"{"type": "array[text]", "value": ["a", 1]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected text, found a number","path":"/parameters/p/value/1"}"#
        ]],
    );
    refused_type(
        r#"{"type": "number"}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"the parameter `p` has no value","path":"/where/0/parameters/1"}"#
        ]],
    );
    refused_type(
        r#"{"type": "array[text]", "value": ["a"]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`? = ?` takes one value on the right, not a list","path":"/where/0/parameters/1"}"#
        ]],
    );
    refused(
        &query(r#"{"type": "number", "value": 1}"#, "? = ?"),
        &json!({"p": "1"}),
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a number, found text","path":"/parameters/p/value"}"#
        ]],
    );
    refused(
        &query(r#"{"type": "number", "value": 1}"#, "? = ?"),
        &json!({"q": 1}),
        &expect![[r#"{"kind":"invalid_query","message":"unknown parameter `q`","path":"/parameters/q"}"#]],
    );
}

#[test]
fn wrong_uses_of_parameters() {
    let document = |body: &str| {
        format!(
            r#"{{"parameters": {{"airport": {{"type": "text", "value": "JFK"}}}}, "dimensions": [{{"column_id": "x"}}], {body}}}"#
        )
    };
    let refused_use = |body: &str, expected: &Expect| refused(&document(body), &json!({}), expected);
    refused_use(
        r#""where": [{"or": [{"expression": "? = ?", "parameters": [{"column_id": "x"}, {"parameter": "airprot"}]}]}]"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown parameter `airprot`; did you mean `airport`?","path":"/where/0/or/0/parameters/1/parameter"}"#
        ]],
    );
    refused_use(
        r#""where": [{"expression": "? = ?", "parameters": [{"column_id": "x"}, {"parameter": "airport", "value": 1}]}]"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`parameter` takes nothing beside it","path":"/where/0/parameters/1/value"}"#
        ]],
    );
    refused_use(
        r#""where": [{"expression": "? = ?", "parameters": [{"column_id": "x"}, {"parameter": 7}]}]"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected text, found a number","path":"/where/0/parameters/1/parameter"}"#
        ]],
    );
    refused_use(
        r#""where": [{"expression": "? = ?", "parameters": [{"column_id": {"parameter": "airport"}}, 1]}]"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a parameter cannot stand here, only for a value, an aggregation or a time zone","path":"/where/0/parameters/0/column_id"}"#
        ]],
    );
    refused_use(
        r#""measures": [{"column_id": "y", "aggregation": {"parameter": "airport"}}]"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown aggregation `JFK`","path":"/measures/0/aggregation"}"#
        ]],
    );
    refused_use(
        r#""options": {"parameter": "airport", "exact": true}"#,
        &expect![[r#"{"kind":"invalid_query","message":"unknown field `parameter`","path":"/options/parameter"}"#]],
    );
}

#[test]
fn a_value_in_many_places_does_not_make_a_huge_document() {
    let document = |uses: usize| {
        let test = r#"{"expression": "? = ?", "parameters": [{"column_id": "x"}, {"parameter": "p"}]}"#;
        let (value, tests) = ("x".repeat(1 << 20), vec![test; uses].join(","));
        format!(
            r#"{{"parameters": {{"p": {{"type": "text", "value": "{value}"}}}}, "measures": [{{"column_id": "*"}}], "where": [{tests}]}}"#
        )
    };
    assert_eq!(Query::from_json(&document(3)).unwrap().filters.len(), 3);
    let error = Query::from_json(&document(4)).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::LimitExceeded, Some("/where/3/parameters/1")));
}
