//! Refusals of derived columns and of what is done with the groups of an answer.

use expect_test::expect;

use super::check;

#[test]
fn derived_columns() {
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "derived": [{"expression": "{x}"}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"a derived column needs `as`","path":"/derived/0"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "derived": [{"as": "y"}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"a derived column needs `expression`","path":"/derived/0"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "derived": [{"as": "y", "expression": " "}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a formula must not be empty","path":"/derived/0/expression"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "derived": [{"as": "y", "expression": "1"}, {"as": "y", "expression": "2"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"this name is given to another derived column too","path":"/derived/1/as"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "derived": [{"as": "y", "formula": "{x}"}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"unknown field `formula`","path":"/derived/0/formula"}"#]],
    );
}

#[test]
fn comparisons() {
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "compare": {"column_id": "t"}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"a comparison needs a `shift`","path":"/compare"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "compare": {"shift": "previous_period"}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a `column_id`, a `formula`, an `expression` or a `name`","path":"/compare"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "compare": {"column_id": "*", "shift": "previous_period"}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`*` stands for all rows: it is no date","path":"/compare/column_id"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "compare": {"column_id": "t", "shift": "previous"}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown shift `previous`; did you mean `previous_period`?","path":"/compare/shift"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "compare": {"column_id": "t", "shift": 1}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a period or `previous_period`, found a number","path":"/compare/shift"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "compare": {"column_id": "t", "shift": {"quantity": 0, "unit": "year"}}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected 1 or more","path":"/compare/shift/quantity"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "compare": {"column_id": "t", "shift": {"unit": "year"}, "measures": ["n", "n"]}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"this name is listed twice","path":"/compare/measures/1"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "compare": {"column_id": "t", "shift": {"unit": "year"}, "measures": ["d"]}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`d` is a dimension, expected a measure","path":"/compare/measures/0"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x"}], "compare": {"column_id": "t", "shift": "previous_period"}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"a comparison needs a measure","path":"/compare"}"#]],
    );
}

#[test]
fn top() {
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "top": {"by": "n"}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`top` needs `n`, the number of members","path":"/top"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "top": {"n": 3}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`top` needs `by`, the name of a measure","path":"/top"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "top": {"n": 0, "by": "n"}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected 1 or more","path":"/top/n"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "top": {"n": 3, "by": "d"}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`d` is a dimension, expected a measure","path":"/top/by"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "top": {"n": 3, "by": "n", "of": "n"}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`n` is no dimension","path":"/top/of"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "top": {"n": 3, "by": "n", "of": "d", "per": ["d"]}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a dimension cannot be ranked within its own members","path":"/top/of"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "top": {"n": 3, "by": "n", "per": ["a", "a"]}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"this name is listed twice","path":"/top/per/1"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "top": {"n": 3, "by": "n", "direction": "asc"}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"unknown field `direction`","path":"/top/direction"}"#]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "as": "n"}], "top": {"n": 3, "by": "n"}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`top` needs a dimension","path":"/top"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "a"}, {"column_id": "b"}], "top": {"n": 3, "by": "n"}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"several dimensions are not in `per`; name the one whose members are ranked in `of`","path":"/top"}"#
        ]],
    );
}

#[test]
fn totals_and_pivots() {
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "totals": true}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected totals, found true or false","path":"/totals"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "totals": {"grand": 1}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected true or false, found a number","path":"/totals/grand"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "totals": {"levels": ["d"]}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected a list, found text","path":"/totals/levels/0"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "totals": {"levels": [["d"], ["d", "n"]]}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`n` is no dimension","path":"/totals/levels/1/1"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "totals": {"levels": [["d", "d"]]}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"this name is listed twice","path":"/totals/levels/0/1"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "totals": {"over": "all"}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown rows of totals `all`; did you mean `all_rows`?","path":"/totals/over"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "pivot": {"columns": []}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected the name of a dimension","path":"/pivot/columns"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "pivot": {"columns": ["n"]}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`n` is no dimension","path":"/pivot/columns/0"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "pivot": {"columns": ["d"], "max_columns": 0}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected 1 or more","path":"/pivot/max_columns"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x"}], "pivot": {"columns": ["x"]}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"a pivot needs a measure for its cells","path":"/pivot"}"#]],
    );
}

#[test]
fn orders() {
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "order": [{"by": "n", "at": {"d": 1}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"only the rows of a pivot can be ordered by one of its cells","path":"/order/0/at"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "order": [{"by": "n", "at": {"D": 1}}], "pivot": {"columns": ["d"]}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`D` is no dimension of the pivot's columns; did you mean `d`?","path":"/order/0/at/D"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "order": [{"by": "n", "at": {"d": 1}}], "pivot": {"columns": ["d", "e"]}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"the cell needs a member of `e`, a column of the pivot","path":"/order/0/at"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "order": [{"by": "n", "at": {"d": [1]}}], "pivot": {"columns": ["d"]}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"a list cannot stand in a list","path":"/order/0/at/d"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "order": [{"by": "n", "at": {}}], "pivot": {"columns": ["d"]}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a member of each column of the pivot","path":"/order/0/at"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "order": [{"column_id": "x", "aggregation": {"type": "percentile", "p": 0.5}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"an order takes nothing but the type; give the measure a name with `as`, and order `by` that","path":"/order/0/aggregation"}"#
        ]],
    );
}

#[test]
fn rows_have_no_groups() {
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "totals": {"grand": true}, "options": {"rollup_data": false}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`totals` adds up groups, and `rollup_data` false makes none","path":"/totals"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "compare": {"column_id": "t", "shift": "previous_period"}, "options": {"rollup_data": false}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`compare` compares groups, and `rollup_data` false makes none","path":"/compare"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "top": {"n": 3, "by": "n"}, "options": {"rollup_data": false}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`top` ranks groups, and `rollup_data` false makes none","path":"/top"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "window": [{"as": "r", "function": "row_number", "order_by": [{"by": "d"}]}], "options": {"rollup_data": false}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`window` computes over groups, and `rollup_data` false makes none","path":"/window"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "post": [{"expression": "? is null", "parameters": [{"name": "d"}]}], "options": {"rollup_data": false}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`post` filters groups, and `rollup_data` false makes none","path":"/post"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "pivot": {"columns": ["d"]}, "options": {"rollup_data": false}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`pivot` lays out groups, and `rollup_data` false makes none","path":"/pivot"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "order": [{"by": "d", "tiered": true}], "options": {"rollup_data": false}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`tiered` puts groups below their parents, and `rollup_data` false makes none","path":"/order/0/tiered"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "include_nonoccurring": true}], "options": {"rollup_data": false}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`include_nonoccurring` adds groups, and `rollup_data` false makes none","path":"/dimensions/0/include_nonoccurring"}"#
        ]],
    );
}
