//! Refusals of hierarchies in dimensions and the order, and where they have no place.

use expect_test::{Expect, expect};

use super::check;
use crate::model::Level;
use crate::query::{Dimension, Discretization, Field, Measure, Query, Reference, asc, count, hierarchy, level};

#[test]
fn dimensions() {
    check(
        r#"{"dimensions": [{"hierarchy_id": ""}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a name must not be empty","path":"/dimensions/0/hierarchy_id"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "column_id": "country"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected either `column_id` or `hierarchy_id`, found both","path":"/dimensions/0"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "level": 0}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"levels begin at 1","path":"/dimensions/0/level"}"#]],
    );
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "level": 1.5}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a level as a whole number from 1 to 65535","path":"/dimensions/0/level"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "level": 65536}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a level as a whole number from 1 to 65535","path":"/dimensions/0/level"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "level": ""}]}"#,
        &expect![[r#"{"kind":"invalid_query","message":"a name must not be empty","path":"/dimensions/0/level"}"#]],
    );
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "level": ["nation"]}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a level as a number or a name, found a list","path":"/dimensions/0/level"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "level": 1, "expand": {"depth": 1}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a dimension takes either a `level` or `expand`, not both","path":"/dimensions/0/expand"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "discretization": {"type": "linear", "bins": 3}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a dimension over a hierarchy takes no bins or groups","path":"/dimensions/0/discretization"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "geo", "under": ["EUROPE"]}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`under` goes with a `hierarchy_id`","path":"/dimensions/0/under"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "geo", "expand": {"depth": 1}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`expand` goes with a `hierarchy_id`","path":"/dimensions/0/expand"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "aggregation": "count"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a dimension takes no aggregation; make it a measure","path":"/dimensions/0/aggregation"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "expand": {"depth": 2}}], "options": {"rollup_data": false}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`expand` makes groups of several levels, and `rollup_data` false makes none","path":"/dimensions/0/expand"}"#
        ]],
    );
}

#[test]
fn what_is_expanded() {
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "expand": 2}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected what is expanded, found a number","path":"/dimensions/0/expand"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "expand": {"dept": 2}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown field `dept`; did you mean `depth`?","path":"/dimensions/0/expand/dept"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "expand": {"depth": -1}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a whole number from 0","path":"/dimensions/0/expand/depth"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "expand": {"depth": 65}}]}"#,
        &expect![[
            r#"{"kind":"limit_exceeded","message":"more than 64 levels expanded","path":"/dimensions/0/expand/depth"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "expand": {"open": "EUROPE"}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a list, found text","path":"/dimensions/0/expand/open"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "expand": {"open": ["EUROPE", [["EUROPE"]]]}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a text, a number or null, found a list","path":"/dimensions/0/expand/open/1/0"}"#
        ]],
    );
}

#[test]
fn members() {
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "under": {}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected the `path` of a member","path":"/dimensions/0/under"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "under": {"own": true}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected the `path` of a member","path":"/dimensions/0/under"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "under": {"pth": ["EUROPE"]}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown field `pth`; did you mean `path`?","path":"/dimensions/0/under/pth"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "under": {"path": "EUROPE"}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a list, found text","path":"/dimensions/0/under/path"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "under": {"path": ["EUROPE", {}]}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a text, a number or null, found an object","path":"/dimensions/0/under/path/1"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "under": {"path": ["EUROPE"], "own": "yes"}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected true or false, found text","path":"/dimensions/0/under/own"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"hierarchy_id": "geo", "under": {"path": ["EUROPE"], "unassigned": true}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`unassigned` takes nothing beside it","path":"/dimensions/0/under/path"}"#
        ]],
    );
}

#[test]
fn places_without_hierarchies() {
    check(
        r#"{"measures": [{"hierarchy_id": "geo", "level": "nation", "aggregation": "distinctcount"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a measure takes no hierarchy; dimensions, the order and filters on rows do","path":"/measures/0/hierarchy_id"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "rate", "hierarchy_id": "geo"}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"an aggregation takes no hierarchy; dimensions, the order and filters on rows do","path":"/measures/0/aggregation/hierarchy_id"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "first", "by": {"hierarchy_id": "geo"}}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`by` takes no hierarchy; dimensions, the order and filters on rows do","path":"/measures/0/aggregation/by/hierarchy_id"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "aggregation": {"type": "sum", "cumulative": {"over": {"hierarchy_id": "when"}, "all": true}}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`over` takes no hierarchy; dimensions, the order and filters on rows do","path":"/measures/0/aggregation/cumulative/over/hierarchy_id"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x"}], "compare": {"hierarchy_id": "when", "shift": {"unit": "year"}}}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a comparison takes no hierarchy; dimensions, the order and filters on rows do","path":"/compare/hierarchy_id"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x"}], "having": [{"expression": "? = ?", "parameters": [{"hierarchy_id": "geo"}, "EUROPE"]}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`having` takes no hierarchy; dimensions, the order and filters on rows do","path":"/having/0/parameters/0/hierarchy_id"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x"}], "post": [{"expression": "? = ?", "parameters": [{"hierarchy_id": "geo"}, "EUROPE"]}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`post` tests columns of the answer, each by its `name`","path":"/post/0/parameters/0/hierarchy_id"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x"}], "order": [{"hierarchy_id": "geo", "under": ["EUROPE"]}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a key of the order takes no `under`; it names a dimension by its hierarchy and level","path":"/order/0/under"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x"}], "order": [{"hierarchy_id": "geo", "aggregation": "count"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a hierarchy takes no aggregation","path":"/order/0/aggregation"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x"}], "order": [{"by": "geo", "hierarchy_id": "geo"}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"an order by name takes no reference","path":"/order/0/hierarchy_id"}"#
        ]],
    );
}

#[test]
fn queries_that_only_the_builder_can_make() {
    let refused = |query: Query, expected: &Expect| {
        expected.assert_eq(&query.check().unwrap_err().to_json().to_string());
    };
    let query = Query::on("airports").measure(count());
    refused(
        query.clone().dimension(level(Reference::hierarchy("when"), Level::Month)),
        &expect![[
            r#"{"kind":"invalid_query","message":"a hierarchy takes a level of its own, not one of datetimes","path":"/dimensions/0/level"}"#
        ]],
    );
    refused(
        query.clone().dimension(Dimension::from(hierarchy("geo")).discretized(Discretization::Count(3))),
        &expect![[
            r#"{"kind":"invalid_query","message":"a dimension over a hierarchy takes no bins or groups","path":"/dimensions/0/discretization"}"#
        ]],
    );
    refused(
        query.clone().dimension(hierarchy("geo").level(0)),
        &expect![[r#"{"kind":"invalid_query","message":"levels begin at 1","path":"/dimensions/0/level"}"#]],
    );
    refused(
        query.clone().measure(Measure::from(Field::new(Reference::hierarchy("geo")))),
        &expect![[
            r#"{"kind":"invalid_query","message":"a measure takes no hierarchy; dimensions, the order and filters on rows do","path":"/measures/1/hierarchy_id"}"#
        ]],
    );
    refused(
        query.clone().order_by(asc(hierarchy("geo").under("EUROPE"))),
        &expect![[
            r#"{"kind":"invalid_query","message":"a key of the order takes no `under`; it names a dimension by its hierarchy and level","path":"/order/0/under"}"#
        ]],
    );
    refused(
        query.order_by(asc(level(Reference::hierarchy("when"), Level::Month))),
        &expect![[
            r#"{"kind":"invalid_query","message":"a hierarchy takes a level of its own, not one of datetimes","path":"/order/0/level"}"#
        ]],
    );
}
