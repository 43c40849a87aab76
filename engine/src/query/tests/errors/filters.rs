//! Refusals of filters.

use expect_test::{Expect, expect};

use super::check;
use crate::model::Level;
use crate::query::{Leaf, Operand, Operator, Query, column, count, name};

/// A filter of a query on one column.
#[track_caller]
pub(super) fn check_filter(filter: &str, expected: &Expect) {
    check(&format!(r#"{{"dimensions": [{{"column_id": "origin"}}], "where": [{filter}]}}"#), expected);
}

#[test]
fn filters() {
    check_filter(
        "7",
        &expect![[r#"{"kind":"invalid_query","message":"expected a filter, found a number","path":"/where/0"}"#]],
    );
    check_filter(
        "{}",
        &expect![[
            r#"{"kind":"invalid_query","message":"expected an `expression`, `and`, `or` or `not`","path":"/where/0"}"#
        ]],
    );
    check_filter(
        r#"{"condition": "and", "filters": []}"#,
        &expect![[r#"{"kind":"invalid_query","message":"unknown field `condition`","path":"/where/0/condition"}"#]],
    );
    check_filter(
        r#"{"expresion": "? is null", "parameters": [{"column_id": "x"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown field `expresion`; did you mean `expression`?","path":"/where/0/expresion"}"#
        ]],
    );
    check_filter(
        r#"{"parameters": [{"column_id": "x"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected an `expression`, `and`, `or` or `not`","path":"/where/0"}"#
        ]],
    );
    check_filter(
        r#"{"and": [], "or": []}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`and` takes nothing beside it","path":"/where/0/or"}"#]],
    );
    check_filter(
        r#"{"or": [{"and": [], "nulls": "only"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`and` takes nothing beside it","path":"/where/0/or/0/nulls"}"#
        ]],
    );
    check_filter(
        r#"{"and": {}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected a list, found an object","path":"/where/0/and"}"#]],
    );
    check_filter(
        r#"{"not": []}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected a filter, found a list","path":"/where/0/not"}"#]],
    );
    check_filter(
        r#"{"expression": 7, "parameters": []}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected text, found a number","path":"/where/0/expression"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? = ?"}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`? = ?` takes two parameters","path":"/where/0"}"#]],
    );
    check_filter(
        r#"{"expression": "? == ?", "parameters": [{"column_id": "x"}, 1]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown filter expression `? == ?`; did you mean `? = ?`?","path":"/where/0/expression"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "origin = 'JFK'", "parameters": []}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown filter expression `origin = 'JFK'`","path":"/where/0/expression"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "last_noww", "parameters": [{"column_id": "x"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown filter expression `last_noww`; did you mean `last_now`?","path":"/where/0/expression"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? = ?", "parameters": [{"column_id": "x"}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`? = ?` takes two parameters","path":"/where/0/parameters"}"#]],
    );
    check_filter(
        r#"{"expression": "? = ?", "parameters": []}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`? = ?` takes two parameters","path":"/where/0/parameters"}"#]],
    );
    check_filter(
        r#"{"expression": "? = ?", "parameters": [{"column_id": "x"}, 1, 2]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`? = ?` takes two parameters","path":"/where/0/parameters"}"#]],
    );
    check_filter(
        r#"{"expression": "? is null", "parameters": [{"column_id": "x"}, 1]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`? is null` takes one parameter","path":"/where/0/parameters"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? = ?", "parameters": ["x", 1]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a reference, found text","path":"/where/0/parameters/0"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? = ?", "parameters": [{"column_id": "*"}, 1]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`*` stands for all rows: it has no value to test","path":"/where/0/parameters/0/column_id"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? = ?", "parameters": [{"column_id": "x", "aggregation": "sum"}, 1]}"#,
        &expect![[
            r#"{"kind":"not_supported","message":"an aggregation in a filter is not supported yet","path":"/where/0/parameters/0/aggregation"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? = ?", "parameters": [{"column_id": "x"}, ["a"]]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`? = ?` takes one value on the right, not a list","path":"/where/0/parameters/1"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? < ?", "parameters": [{"column_id": "x"}, null]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`? < ?` cannot compare with null; ask for it with `? is null` or \"nulls\"","path":"/where/0/parameters/1"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? between ?", "parameters": [{"column_id": "x"}, 5]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`? between ?` takes a list of two values on the right, not a number","path":"/where/0/parameters/1"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? between ?", "parameters": [{"column_id": "x"}, [1, 2, 3]]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`? between ?` takes a list of two values on the right","path":"/where/0/parameters/1"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? between ?", "parameters": [{"column_id": "x"}, [1, null]]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`? between ?` cannot compare with null; ask for it with `? is null` or \"nulls\"","path":"/where/0/parameters/1/1"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? in ?", "parameters": [{"column_id": "x"}, "a"]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`? in ?` takes a list on the right, not text","path":"/where/0/parameters/1"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? in ?", "parameters": [{"column_id": "x"}, [["EUROPE", "FRANCE"]]]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a list cannot stand in a list","path":"/where/0/parameters/1/0"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? in ?", "parameters": [{"column_id": "x"}, [{"id": "JFK"}]]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"unknown field `id`","path":"/where/0/parameters/1/0/id"}"#]],
    );
    check_filter(
        r#"{"expression": "? like ?", "parameters": [{"column_id": "x"}, 5]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`? like ?` takes a text on the right, not a number","path":"/where/0/parameters/1"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? matches ?", "parameters": [{"column_id": "x"}, null]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`? matches ?` cannot compare with null; ask for it with `? is null` or \"nulls\"","path":"/where/0/parameters/1"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? = ?", "parameters": [{"formula_id": "x"}, 1]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a filter on rows takes no stored formula, which is of groups; make a derived column of it","path":"/where/0/parameters/0/formula_id"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? = ?", "parameters": [{"expression": " "}, 1]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a formula must not be empty","path":"/where/0/parameters/0/expression"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? = ?", "parameters": [{"column_id": "x", "discretization": {"type": "linear", "bins": 3}}, 1]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"only a dimension has bins or groups; elsewhere it is meant by its name","path":"/where/0/parameters/0/discretization"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? matches ?", "parameters": [{"column_id": "x"}, {"column_id": "y"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`? matches ?` takes a text on the right, not a reference","path":"/where/0/parameters/1"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? in ?", "parameters": [{"column_id": "x"}, {"formula": "{y}"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`? in ?` takes a list on the right, not a reference","path":"/where/0/parameters/1"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? = ?", "parameters": [{"column_id": "x"}, {"parameter": "period"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown parameter `period`","path":"/where/0/parameters/1/parameter"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? = ?", "parameters": [{"column_id": "x"}, {"quantity": 7}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown field `quantity`","path":"/where/0/parameters/1/quantity"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? = ?", "parameters": [{"column_id": "x"}, {}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a `column_id`, a `formula`, an `expression` or a `name`","path":"/where/0/parameters/1"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? = ?", "parameters": [{"column_id": "x"}, 1e-400]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a number of at most 76 digits","path":"/where/0/parameters/1"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? = ?", "parameters": [{"column_id": "x"}, {"decimal": "ten"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a number of at most 76 digits","path":"/where/0/parameters/1/decimal"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? = ?", "parameters": [{"column_id": "x"}, 1], "nulls": "exclud"}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown rule for nulls `exclud`; did you mean `exclude`?","path":"/where/0/nulls"}"#
        ]],
    );
    check_filter(
        r#"{"expression": "? = ?", "parameters": [{"column_id": "x"}, 1], "case_sensitive": 1}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected true or false, found a number","path":"/where/0/case_sensitive"}"#
        ]],
    );
    check_filter(
        r#"{"or": [{"expression": "? = ?", "parameters": [{"column_id": "x"}, 1], "context": true}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a context filter must stand at the top level of the query's `where`","path":"/where/0/or/0/context"}"#
        ]],
    );
    check_filter(
        r#"{"and": [{"not": {"or": [{"expression": "? is nul", "parameters": [{"column_id": "x"}]}]}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown filter expression `? is nul`; did you mean `? is null`?","path":"/where/0/and/0/not/or/0/expression"}"#
        ]],
    );
}

#[test]
fn queries_that_only_the_builder_can_make() {
    let refused = |query: Query, expected: &Expect| {
        expected.assert_eq(&query.check().unwrap_err().to_json().to_string());
    };
    let query = Query::on("flights").measure(count());
    refused(
        query.clone().filter(column("distance").less_than(f64::NAN)),
        &expect![[
            r#"{"kind":"invalid_query","message":"not a finite number in plain digits","path":"/where/0/parameters/1"}"#
        ]],
    );
    refused(
        query.clone().filter(column("distance").is_in([1.0, f64::INFINITY])),
        &expect![[
            r#"{"kind":"invalid_query","message":"not a finite number in plain digits","path":"/where/0/parameters/1/1"}"#
        ]],
    );
    refused(
        query.clone().filter(column("origin").equals("JFK").in_context()).having(name("n").equals(1).in_context()),
        &expect![[
            r#"{"kind":"invalid_query","message":"a context filter must stand at the top level of the query's `where`","path":"/having/0/context"}"#
        ]],
    );
    refused(
        query.clone().filter(column("origin").equals(Operand::Period { quantity: 1, unit: Level::Day })),
        &expect![[
            r#"{"kind":"invalid_query","message":"`? = ?` takes one value on the right, not a period","path":"/where/0/parameters/1"}"#
        ]],
    );
    refused(
        query.clone().filter(Leaf::new(Operator::LastNow, "time_hour", Some(Operand::from(7_i64)))),
        &expect![[
            r#"{"kind":"invalid_query","message":"`last_now` takes a period on the right, not a number","path":"/where/0/parameters/1"}"#
        ]],
    );
    refused(
        query.dimension("airline."),
        &expect![[r#"{"kind":"invalid_query","message":"a name must not be empty","path":"/dimensions/0/column_id"}"#]],
    );
    refused(
        Query::on("").measure(count()),
        &expect![[r#"{"kind":"invalid_query","message":"a name must not be empty","path":"/dataset_id"}"#]],
    );
}
