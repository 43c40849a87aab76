//! Refusals of aggregations and their settings.

use expect_test::expect;

use super::check;

#[test]
fn settings_that_do_not_belong_to_the_aggregation() {
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "sum", "p": 0.5}}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`sum` takes no `p`","path":"/measures/0/aggregation/p"}"#]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "approx_percentile", "p": 0.5, "kind": "discrete"}}], "options": {"exact": false}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`approx_percentile` takes no `kind`","path":"/measures/0/aggregation/kind"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "average", "column_id": "w"}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`average` takes no `column_id`","path":"/measures/0/aggregation/column_id"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "max", "by": "t"}}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"`max` takes no `by`","path":"/measures/0/aggregation/by"}"#]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "count", "order": "asc"}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`count` takes no `order`","path":"/measures/0/aggregation/order"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "median", "bins": 3}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`median` takes no `bins`","path":"/measures/0/aggregation/bins"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "stddev", "last_by": "t"}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`stddev` takes no `last_by`","path":"/measures/0/aggregation/last_by"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "cumulativesum", "cumulative": {"over": "t", "all": true}}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`cumulativesum` takes no `cumulative`","path":"/measures/0/aggregation/cumulative"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "sum", "unit": 3}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown field `unit`","path":"/measures/0/aggregation/unit"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "funnel", "steps": []}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown aggregation `funnel`","path":"/measures/0/aggregation/type"}"#
        ]],
    );
}

#[test]
fn settings_that_are_missing_or_wrong() {
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": "percentile"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`percentile` needs `p`, a share from 0 to 1","path":"/measures/0/aggregation"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "percentile", "p": 90}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a number from 0 to 1","path":"/measures/0/aggregation/p"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "percentile", "p": -0.1}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a number from 0 to 1","path":"/measures/0/aggregation/p"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "percentile", "p": "0.9"}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a number, found text","path":"/measures/0/aggregation/p"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "percentile", "p": 0.5, "kind": "linear"}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown kind of percentile `linear`","path":"/measures/0/aggregation/kind"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": "rate"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`rate` needs a second `column_id`, the divisor","path":"/measures/0/aggregation"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "rate", "column_id": "*"}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`*` stands for all rows: only a count takes it","path":"/measures/0/aggregation/column_id"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "rate", "dataset_id": "flights"}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a `column_id`, a `formula`, an `expression` or a `name`","path":"/measures/0/aggregation"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": "weightedaverage"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`weightedaverage` needs a second `column_id`, the weight","path":"/measures/0/aggregation"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": "first"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`first` needs `by`, the column that orders the rows","path":"/measures/0/aggregation"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "last", "by": {"name": "month"}}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`by` takes a `column_id`, not a `name`","path":"/measures/0/aggregation/by/name"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "last", "by": 3}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a column as a text or a reference, found a number","path":"/measures/0/aggregation/by"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "string_list", "max": 0}}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected 1 or more","path":"/measures/0/aggregation/max"}"#]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": "histogram"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`histogram` needs `bins` or `size`","path":"/measures/0/aggregation"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "histogram", "bins": 3, "size": 1}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected either `bins` or `size`, found both","path":"/measures/0/aggregation"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "histogram", "bins": 0}}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"expected 1 or more","path":"/measures/0/aggregation/bins"}"#]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "histogram", "bins": 10001}}]}"#,
        &expect![[
            r#"{"kind":"limit_exceeded","message":"more than 10000 bins","path":"/measures/0/aggregation/bins"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "histogram", "size": 0}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a number above 0","path":"/measures/0/aggregation/size"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": "approx_distinctcount"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`approx_distinctcount` needs the option `exact` to be false","path":"/measures/0/aggregation"}"#
        ]],
    );
}

#[test]
fn semi_additive_and_cumulative_aggregations() {
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "sum", "entity": ["account"]}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`entity` needs `last_by`","path":"/measures/0/aggregation/entity"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "sum", "pick": "last_common_date"}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`pick` needs `last_by`","path":"/measures/0/aggregation/pick"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "sum", "last_by": "t", "pick": "last"}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown pick `last`; did you mean `last_per_entity`?","path":"/measures/0/aggregation/pick"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "sum", "last_by": "t", "entity": ["a", {"column_id": "a"}]}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"this column is listed twice","path":"/measures/0/aggregation/entity/1"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "sum", "last_by": "t", "cumulative": {"over": "t", "all": true}}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"an aggregation takes either `last_by` or `cumulative`","path":"/measures/0/aggregation/cumulative"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "sum", "cumulative": {"all": true}}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected the date it runs along in `over`","path":"/measures/0/aggregation/cumulative"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "sum", "cumulative": {"over": "t"}}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected exactly one of `window`, `to_date` and `\"all\": true`","path":"/measures/0/aggregation/cumulative"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "sum", "cumulative": {"over": "t", "all": true, "to_date": "month"}}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected exactly one of `window`, `to_date` and `\"all\": true`","path":"/measures/0/aggregation/cumulative"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "sum", "cumulative": {"over": "t", "window": {"quantity": 0, "unit": "day"}}}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected 1 or more","path":"/measures/0/aggregation/cumulative/window/quantity"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "sum", "cumulative": {"over": "", "all": true}}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a name must not be empty","path":"/measures/0/aggregation/cumulative/over/column_id"}"#
        ]],
    );
}

#[test]
fn formulas() {
    check(
        r#"{"measures": [{"formula": ""}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"a formula must not be empty","path":"/measures/0/formula"}"#]],
    );
    check(
        r#"{"measures": [{"formula": "SUM({x})", "aggregation": "sum"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a `formula` says itself how it aggregates; what is aggregated is an `expression`","path":"/measures/0/aggregation"}"#
        ]],
    );
    check(
        r#"{"measures": [{"formula": "SUM({x})", "expression": "{x}"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected either `formula` or `expression`, found both","path":"/measures/0"}"#
        ]],
    );
    check(
        r#"{"measures": [{"formula": "SUM({x})"}], "options": {"rollup_data": false}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a `formula` computes groups (an `expression` computes rows), and `rollup_data` false makes none","path":"/measures/0/formula"}"#
        ]],
    );
}
