//! Refusals of tests that are relative to now.

use expect_test::expect;

use super::filters::check_filter;

#[test]
fn tests_relative_to_now() {
    check_filter(
        r#"{"expression": "last_now", "parameters": [{"column_id": "x"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`last_now` takes two parameters","path":"/where/0/parameters"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "YTD", "parameters": [{"column_id": "x"}, {"unit": "year"}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`YTD` takes one parameter","path":"/where/0/parameters"}"#]],
    );
    check_filter(
        r#"{"expression": "last_now", "parameters": [{"column_id": "x"}, 7]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a period, found a number","path":"/where/0/parameters/1"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "last_now", "parameters": [{"column_id": "x"}, {"column_id": "y"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown field `column_id`","path":"/where/0/parameters/1/column_id"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "last_now", "parameters": [{"column_id": "x"}, {"quantity": 7}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected a `unit`","path":"/where/0/parameters/1"}"#]],
    );
    check_filter(
        r#"{"expression": "last_now", "parameters": [{"column_id": "x"}, {"quantity": 7, "unit": "days"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown unit `days`; did you mean `day`?","path":"/where/0/parameters/1/unit"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "last_now", "parameters": [{"column_id": "x"}, {"quantity": 7, "unit": "hour_in_day"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown unit `hour_in_day`; did you mean `hour`?","path":"/where/0/parameters/1/unit"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "last_now", "parameters": [{"column_id": "x"}, {"quantity": 7, "unit": 0}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a unit from 1 (year) to 9 (millisecond)","path":"/where/0/parameters/1/unit"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "ago", "parameters": [{"column_id": "x"}, {"quantity": 0, "unit": 5}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected 1 or more","path":"/where/0/parameters/1/quantity"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "ago", "parameters": [{"column_id": "x"}, {"quantity": 4294967296, "unit": 5}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected at most 4294967295","path":"/where/0/parameters/1/quantity"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "current", "parameters": [{"column_id": "x"}, {"quantity": 2, "unit": 5}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`current` takes a `unit` alone","path":"/where/0/parameters/1/quantity"}"#
        ]],
    );
    check_filter(
        r#"{"and": [{"expression": "last_available", "parameters": [{"column_id": "x"}, {"unit": 5}]}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`last_available` must stand at the top level of the query's `where`","path":"/where/0/and/0/expression"}"#
        ]],
    );
    check_filter(
        r#"{"not": {"expression": "last_available", "parameters": [{"column_id": "x"}, {"unit": 5}]}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`last_available` must stand at the top level of the query's `where`","path":"/where/0/not/expression"}"#
        ]],
    );
}
