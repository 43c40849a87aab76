//! Refusals of dimensions, measures, the order, the limit and the options.

use expect_test::expect;

use super::check;

#[test]
fn dimensions_and_measures() {
    check(
        r#"{"dimensions": [{}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a `column_id`, a `formula`, an `expression` or a `name`","path":"/dimensions/0"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"columnId": "origin"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown field `columnId`; did you mean `column_id`?","path":"/dimensions/0/columnId"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": 3}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected text, found a number","path":"/dimensions/0/column_id"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": ""}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"a name must not be empty","path":"/dimensions/0/column_id"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "a", "name": "b"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected either `column_id` or `name`, found both","path":"/dimensions/0"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"name": "month"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a dimension takes a `column_id`, not a `name`","path":"/dimensions/0/name"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "*"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`*` stands for all rows: only a count takes it","path":"/dimensions/0/column_id"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "a", "aggregation": "sum"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a dimension takes no aggregation; make it a measure","path":"/dimensions/0/aggregation"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "t", "level": 10}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a level from 1 (year) to 9 (millisecond)","path":"/dimensions/0/level"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "t", "level": 1.5}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a level from 1 (year) to 9 (millisecond)","path":"/dimensions/0/level"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "t", "level": "months"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown level `months`; did you mean `month`?","path":"/dimensions/0/level"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "t", "level": true}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a level as a number or a name, found true or false","path":"/dimensions/0/level"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "a", "as": "x"}, {"column_id": "b", "as": "x"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"this name is given to another dimension or measure too","path":"/dimensions/1/as"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "a", "as": "x"}], "measures": [{"column_id": "b", "as": "x"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"this name is given to another dimension or measure too","path":"/measures/0/as"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "a", "aggregation": "SUM"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown aggregation `SUM`; did you mean `sum`?","path":"/measures/0/aggregation"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "a", "aggregation": {"type": "countd"}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown aggregation `countd`; did you mean `count`?","path":"/measures/0/aggregation/type"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "a", "aggregation": {"tpye": "sum"}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown field `tpye`; did you mean `type`?","path":"/measures/0/aggregation/tpye"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "a", "aggregation": {}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected an aggregation in a field `type`","path":"/measures/0/aggregation"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "a", "aggregation": 1}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected an aggregation as a name or an object, found a number","path":"/measures/0/aggregation"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "*", "aggregation": "sum"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`*` stands for all rows: only a count takes it","path":"/measures/0/column_id"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "*"}], "options": {"rollup_data": false}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`*` stands for all rows: it is no column of a row","path":"/measures/0/column_id"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "a", "where": {}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a list, found an object","path":"/measures/0/where"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "a", "where": [{"expression": "? is null", "parameters": [{"column_id": "b"}]}]}], "options": {"rollup_data": false}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a measure takes no filter where `rollup_data` is false","path":"/measures/0/where"}"#
        ]],
    );
}

#[test]
fn stored_formulas_are_measures() {
    check(
        r#"{"dimensions": [{"formula_id": "on_time_rate"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a dimension takes no stored formula, which is of groups; make a derived column of it","path":"/dimensions/0/formula_id"}"#
        ]],
    );
    check(
        r#"{"measures": [{"formula_id": ""}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"a name must not be empty","path":"/measures/0/formula_id"}"#]],
    );
    check(
        r#"{"measures": [{"formula_id": "a", "formula": "1"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected either `formula` or `formula_id`, found both","path":"/measures/0"}"#
        ]],
    );
    check(
        r#"{"measures": [{"formula_id": "a", "aggregation": "sum"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a stored formula says itself how it aggregates","path":"/measures/0/aggregation"}"#
        ]],
    );
    check(
        r#"{"measures": [{"formula_id": "a", "level": "month"}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"a stored formula has no level","path":"/measures/0/level"}"#]],
    );
    check(
        r#"{"measures": [{"formula_id": "a"}], "options": {"rollup_data": false}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a stored formula computes groups, and `rollup_data` false makes none","path":"/measures/0/formula_id"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "a", "aggregation": {"type": "rate", "formula_id": "b"}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown field `formula_id`; did you mean `formula`?","path":"/measures/0/aggregation/formula_id"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "a"}], "order": [{"formula_id": "b", "level": "month"}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"a stored formula has no level","path":"/order/0/level"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "a"}], "order": [{"by": "a", "formula_id": "b"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"an order by name takes no reference","path":"/order/0/formula_id"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "a"}], "post": [{"expression": "? > ?", "parameters": [{"formula_id": "b"}, 1]}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`post` tests columns of the answer, each by its `name`","path":"/post/0/parameters/0/formula_id"}"#
        ]],
    );
}

#[test]
fn having_order_limit_and_options() {
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "having": [{"expression": "? > ?", "parameters": [{"name": "n"}, 100], "context": true}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a context filter must stand at the top level of the query's `where`","path":"/having/0/context"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "having": [{"expression": "? > ?", "parameters": [{"name": "n"}, 100]}], "options": {"rollup_data": false}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`having` filters groups, and `rollup_data` false makes none","path":"/having"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "order": [{"order": "desc"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a `column_id`, a `formula`, an `expression` or a `name`","path":"/order/0"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "order": [{"by": "n", "order": "DESC"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown direction `DESC`; did you mean `desc`?","path":"/order/0/order"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "order": [{"by": "n", "nulls": "middle"}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"unknown place of nulls `middle`","path":"/order/0/nulls"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "order": [{"by": "n", "name": "n"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected either `by` or `name`, found both","path":"/order/0"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "order": [{"by": "n", "column_id": "n"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"an order by name takes no reference","path":"/order/0/column_id"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "order": ["n"]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected a key of the order, found text","path":"/order/0"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "limit": 10}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected a limit, found a number","path":"/limit"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "limit": {"by": -1}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected a whole number from 0","path":"/limit/by"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "limit": {"by": "10"}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected a whole number, found text","path":"/limit/by"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "limit": {"rows": 10}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"unknown field `rows`","path":"/limit/rows"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "limit": {"by": 1}, "options": {"paging": {"by": 1}}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`paging` means `limit`, which is given too","path":"/options/paging"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "options": []}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected options, found a list","path":"/options"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "options": {"timezone": "UTC"}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown field `timezone`; did you mean `timezone_id`?","path":"/options/timezone"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "options": {"week_start": "mon"}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown day `mon`; did you mean `monday`?","path":"/options/week_start"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "options": {"fiscal_year_start": 13}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a month from 1 to 12","path":"/options/fiscal_year_start"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "options": {"fiscal_year_start": 300}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a month from 1 to 12","path":"/options/fiscal_year_start"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "options": {"max_rows": 0}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected 1 or more","path":"/options/max_rows"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "options": {"timeout_ms": 0}}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected 1 or more","path":"/options/timeout_ms"}"#]],
    );
    check(
        r#"{"dimensions": [{"column_id": "origin"}], "options": {"rollup_data": "no"}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected true or false, found text","path":"/options/rollup_data"}"#
        ]],
    );
}
