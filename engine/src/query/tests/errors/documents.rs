//! Refusals of whole documents, and of parts of the query language that are not answered yet.

use expect_test::expect;

use super::check;

#[test]
fn what_is_no_json() {
    check(
        "",
        &expect![[
            r#"{"kind":"invalid_query","message":"not valid JSON: EOF while parsing a value at line 1 column 0"}"#
        ]],
    );
    check(
        r#"{"dimensions": [}"#,
        &expect![[r#"{"kind":"invalid_query","message":"not valid JSON: expected value at line 1 column 17"}"#]],
    );
    check(
        "{} {}",
        &expect![[r#"{"kind":"invalid_query","message":"not valid JSON: trailing characters at line 1 column 4"}"#]],
    );
    check(
        "{\"as\": \"a\",\n \"as\": \"b\"}",
        &expect![[r#"{"kind":"invalid_query","message":"the field `as` is given twice at line 2 column 5"}"#]],
    );
    check(
        r#"{"a\rb": 1, "a\rb": 2}"#,
        &expect![[r#"{"kind":"invalid_query","message":"the field `a\\rb` is given twice at line 1 column 18"}"#]],
    );
    check(
        r#"{"limit": 1e999}"#,
        &expect![[r#"{"kind":"invalid_query","message":"not valid JSON: number out of range at line 1 column 15"}"#]],
    );
}

#[test]
fn documents() {
    check(
        "[]",
        &expect![[r#"{"kind":"invalid_query","message":"expected a query or a batch of queries, found a list"}"#]],
    );
    check(
        "null",
        &expect![[r#"{"kind":"invalid_query","message":"expected a query or a batch of queries, found null"}"#]],
    );
    check("{}", &expect![[r#"{"kind":"invalid_query","message":"a query needs a dimension or a measure"}"#]]);
    check(
        r#"{"queries": {}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected a list, found an object","path":"/queries"}"#]],
    );
    check(r#"{"queries": []}"#, &expect![[r#"{"kind":"invalid_query","message":"expected one query, found 0"}"#]]);
    check(
        r#"{"queries": [{}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a query needs a dimension or a measure","path":"/queries/0"}"#
        ]],
    );
    check(
        r#"{"queries": [7]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected a query, found a number","path":"/queries/0"}"#]],
    );
    check(
        r#"{"queries": [], "limit": {"by": 1}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"unknown field `limit`","path":"/limit"}"#]],
    );
    check(
        r#"{"quereis": []}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown field `quereis`; did you mean `queries`?","path":"/quereis"}"#
        ]],
    );
    check(
        r#"{"action": "create", "find": {}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected the action `get`","path":"/action"}"#]],
    );
    check(
        r#"{"action": "get", "find": {"queries": [{"foo": 1}]}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"unknown field `foo`","path":"/find/queries/0/foo"}"#]],
    );
    check(
        r#"{"find": {}, "tenant": "acme"}"#,
        &expect![[r#"{"kind":"invalid_query","message":"unknown field `tenant`","path":"/tenant"}"#]],
    );
    check(
        r#"{"a/b~c": 1}"#,
        &expect![[r#"{"kind":"invalid_query","message":"unknown field `a/b~c`","path":"/a~1b~0c"}"#]],
    );
    check(
        r#"{"x\n\u001b[1m": 1}"#,
        &expect![[r#"{"kind":"invalid_query","message":"unknown field `x\\n\\u{1b}[1m`","path":"/x\\n\\u{1b}[1m"}"#]],
    );
    check(
        r#"{"dimension": []}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown field `dimension`; did you mean `dimensions`?","path":"/dimension"}"#
        ]],
    );
    check(
        r#"{"dimensions": {}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected a list, found an object","path":"/dimensions"}"#]],
    );
    check(
        r#"{"dimensions": ["origin"]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected a dimension, found text","path":"/dimensions/0"}"#]],
    );
    check(
        r#"{"as": "", "dimensions": [{"column_id": "origin"}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"a name must not be empty","path":"/as"}"#]],
    );
    check(
        r#"{"as": 7, "dimensions": [{"column_id": "origin"}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected text, found a number","path":"/as"}"#]],
    );
}

#[test]
fn versions_and_times() {
    let at = |at: &str| format!(r#"{{"at": {at}, "dimensions": [{{"column_id": "origin"}}]}}"#);
    check(
        &at("3"),
        &expect![[r#"{"kind":"invalid_query","message":"expected a version or a time, found a number","path":"/at"}"#]],
    );
    check(
        &at("{}"),
        &expect![[r#"{"kind":"invalid_query","message":"expected a `version` or a `time`","path":"/at"}"#]],
    );
    check(
        &at(r#"{"version": 1, "time": "2026-11-01T00:00:00Z"}"#),
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a `version` or a `time`, and not both","path":"/at"}"#
        ]],
    );
    check(
        &at(r#"{"version": 0}"#),
        &expect![[r#"{"kind":"invalid_query","message":"the first version is 1","path":"/at/version"}"#]],
    );
    check(
        &at(r#"{"version": -1}"#),
        &expect![[r#"{"kind":"invalid_query","message":"expected a whole number from 0","path":"/at/version"}"#]],
    );
    check(
        &at(r#"{"time": "2026-11-01"}"#),
        &expect![[
            r#"{"kind":"invalid_query","message":"expected an instant such as 2026-03-18T10:30:00Z","path":"/at/time"}"#
        ]],
    );
    check(
        &at(r#"{"versoin": 3}"#),
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown field `versoin`; did you mean `version`?","path":"/at/versoin"}"#
        ]],
    );
}

#[test]
fn parts_that_are_not_supported_yet() {
    check(
        r#"{"dimensions": [{"column_id": "tags", "unnest": true}]}"#,
        &expect![[
            r#"{"kind":"not_supported","message":"unnesting is not supported yet","path":"/dimensions/0/unnest"}"#
        ]],
    );
    check(
        r#"{"unnest": []}"#,
        &expect![[r#"{"kind":"not_supported","message":"unnesting is not supported yet","path":"/unnest"}"#]],
    );
    check(
        r#"{"measures": [{"column_id": "t", "aggregation": {"type": "max", "level": 3}}]}"#,
        &expect![[
            r#"{"kind":"not_supported","message":"a level in an aggregation is not supported yet","path":"/measures/0/aggregation/level"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "window": [{"as": "ma", "formula_id": "smooth"}]}"#,
        &expect![[
            r#"{"kind":"not_supported","message":"stored window formulas are not supported yet","path":"/window/0/formula_id"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "options": {"freshness": {"mode": "force"}}}"#,
        &expect![[
            r#"{"kind":"not_supported","message":"freshness is not supported yet","path":"/options/freshness"}"#
        ]],
    );
}
