//! Refusals of window calculations and of filters behind them.

use expect_test::expect;

use super::check;

#[test]
fn windows() {
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"function": "lag", "of": "n"}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected a name in `as`","path":"/window/0"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "of": "n"}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected a `function` or a `formula`","path":"/window/0"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "runing_total", "of": "n"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown function `runing_total`; did you mean `running_total`?","path":"/window/0/function"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "", "function": "lag", "of": "n"}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"a name must not be empty","path":"/window/0/as"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "n", "function": "lag", "of": "n"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"this name is given to another column of the answer too","path":"/window/0/as"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "lag"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`lag` needs `of`, the name of a column of the answer","path":"/window/0"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "rank", "of": "n", "order_by": [{"by": "d"}]}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`rank` takes no `of`","path":"/window/0/of"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "lag", "of": "w"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a window cannot be computed from itself","path":"/window/0/of"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "moving_average", "of": "n"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`moving_average` needs `size`, the number of rows","path":"/window/0"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "moving_average", "of": "n", "size": 0}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected 1 or more","path":"/window/0/size"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "moving_average", "of": "n", "n": 7}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`moving_average` takes no `n`","path":"/window/0/n"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "lag", "of": "n", "size": 7}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`lag` takes no `size`","path":"/window/0/size"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "ntile", "order_by": [{"by": "d"}]}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`ntile` needs `n`, the number of parts","path":"/window/0"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "ntile", "n": 0, "order_by": [{"by": "d"}]}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected 1 or more","path":"/window/0/n"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "ntile", "size": 4, "order_by": [{"by": "d"}]}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`ntile` takes no `size`","path":"/window/0/size"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "first_value", "of": "n", "offset": 1}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`first_value` takes no `offset`","path":"/window/0/offset"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "lag", "of": "n", "offset": 0}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected 1 or more","path":"/window/0/offset"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "difference", "of": "n", "default": 0}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`difference` takes no `default`","path":"/window/0/default"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "lag", "of": "n", "default": [0]}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"a list cannot stand in a list","path":"/window/0/default"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "row_number"}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`row_number` needs an `order_by`","path":"/window/0"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "rank", "order_by": [{"by": "d", "tiered": true}]}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"only the order of the whole answer takes this","path":"/window/0/order_by/0/tiered"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "rank", "order_by": [{"by": ""}]}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"a name must not be empty","path":"/window/0/order_by/0"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "lag", "of": "n", "partition_by": ["n"]}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`n` is no dimension","path":"/window/0/partition_by/0"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "lag", "of": "n", "partition_by": ["d", "d"]}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"this name is listed twice","path":"/window/0/partition_by/1"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "lag", "of": "n", "total": "sum"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown rule for totals `sum`; did you mean `sum_of_rows`?","path":"/window/0/total"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x"}], "measures": [{"column_id": "y", "as": "n"}], "compare": {"column_id": "t", "shift": "previous_period"}, "window": [{"as": "n_change", "function": "lag", "of": "n"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"this name is given to another column of the answer too","path":"/window/0/as"}"#
        ]],
    );
}

#[test]
fn window_formulas() {
    check(
        r#"{"measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "lag", "formula": "LAG({n})", "of": "n"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected either a `function` or a `formula`, found both","path":"/window/0"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "formula": " "}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"a formula must not be empty","path":"/window/0/formula"}"#]],
    );
    check(
        r#"{"measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "formula": "LAG({n})", "of": "n"}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"a `formula` takes no `of`","path":"/window/0/of"}"#]],
    );
    check(
        r#"{"measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "formula": "LAG({n})", "n": 3}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"a `formula` takes no `n`","path":"/window/0/n"}"#]],
    );
    check(
        r#"{"measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "formula": "LAG({n})", "default": 3}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"a `formula` takes no `default`","path":"/window/0/default"}"#]],
    );
    check(
        r#"{"measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "function": "lag", "of": "n", "dataset_id": "flights"}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`lag` takes no `dataset_id`","path":"/window/0/dataset_id"}"#]],
    );
    check(
        r#"{"measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "formula_id": "trend"}]}"#,
        &expect![[
            r#"{"kind":"not_supported","message":"stored window formulas are not supported yet","path":"/window/0/formula_id"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "window": [{"as": "w", "formula": "LAG({n})", "partition_by": ["n"]}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`n` is no dimension","path":"/window/0/partition_by/0"}"#]],
    );
}

#[test]
fn filters_behind_windows() {
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "post": [{"expression": "? > ?", "parameters": [{"column_id": "n"}, 1]}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`post` tests columns of the answer, each by its `name`","path":"/post/0/parameters/0/column_id"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "post": [{"not": {"expression": "? > ?", "parameters": [{"name": "n"}, {"formula": "{n}"}]}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`post` tests columns of the answer, each by its `name`","path":"/post/0/not/parameters/1/formula"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "as": "d"}], "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}], "post": [{"expression": "last_available", "parameters": [{"name": "d"}, {"unit": "day"}]}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`last_available` must stand at the top level of the query's `where`","path":"/post/0/expression"}"#
        ]],
    );
}
