//! Refusals of bins and groups.

use expect_test::expect;

use super::check;

#[test]
fn bins_and_groups() {
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"size": 500}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a `type`: `linear`, `custom`, `groups` or `none`","path":"/dimensions/0/discretization"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"type": "lineer", "size": 500}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"unknown type of discretization `lineer`; did you mean `linear`?","path":"/dimensions/0/discretization/type"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"type": "linear"}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a `size` or a number of `bins`","path":"/dimensions/0/discretization"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"type": "linear", "size": 5, "bins": 5}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected either `size` or `bins`, found both","path":"/dimensions/0/discretization"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"type": "linear", "bins": 5, "origin": 1}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"`origin` goes with `size`, not with `bins`","path":"/dimensions/0/discretization/origin"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"type": "linear", "edges": [1]}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a discretization of the type `linear` takes no `edges`","path":"/dimensions/0/discretization/edges"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"type": "linear", "size": -1}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a number above 0","path":"/dimensions/0/discretization/size"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"type": "linear", "size": "wide"}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a number, found text","path":"/dimensions/0/discretization/size"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"type": "linear", "size": 1, "origin": true}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a number, found true or false","path":"/dimensions/0/discretization/origin"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"type": "linear", "bins": 0}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected 1 or more","path":"/dimensions/0/discretization/bins"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"type": "linear", "bins": 10001}}]}"#,
        &expect![[
            r#"{"kind":"limit_exceeded","message":"more than 10000 bins","path":"/dimensions/0/discretization/bins"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"type": "custom"}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected at least one edge","path":"/dimensions/0/discretization/edges"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"type": "custom", "edges": [1, 2.5, 2.50]}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"the edges must rise","path":"/dimensions/0/discretization/edges/2"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"type": "custom", "edges": [1, null]}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a number, found null","path":"/dimensions/0/discretization/edges/1"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"type": "groups", "groups": []}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected at least one group","path":"/dimensions/0/discretization/groups"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"type": "groups", "groups": [{"name": "", "in": []}]}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a name must not be empty","path":"/dimensions/0/discretization/groups/0/name"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"type": "groups", "groups": [{"name": "NY"}]}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected the members of the group in `in`","path":"/dimensions/0/discretization/groups/0"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"type": "groups", "groups": [{"in": ["a"]}]}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"expected a `name`","path":"/dimensions/0/discretization/groups/0"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"type": "groups", "groups": [{"name": "a", "in": []}, {"name": "a", "in": []}]}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"this name is given to another group too","path":"/dimensions/0/discretization/groups/1/name"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"type": "groups", "groups": [{"name": "a", "in": []}], "rest": "a"}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"this name is given to another group too","path":"/dimensions/0/discretization/rest"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"type": "groups", "groups": [{"name": "a", "in": ["x", null]}]}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"null is in no group; it stays a member of its own","path":"/dimensions/0/discretization/groups/0/in/1"}"#
        ]],
    );
    check(
        r#"{"dimensions": [{"column_id": "x", "discretization": {"type": "linear", "size": 5}, "level": 3}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"a dimension takes either a `level` or a `discretization`, not both","path":"/dimensions/0/discretization"}"#
        ]],
    );
    check(
        r#"{"measures": [{"column_id": "x", "discretization": {"type": "linear", "size": 5}}]}"#,
        &expect![[
            r#"{"kind":"invalid_query","message":"only a dimension has bins or groups; elsewhere it is meant by its name","path":"/measures/0/discretization"}"#
        ]],
    );
}
