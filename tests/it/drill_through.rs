//! The rows behind cells: aggregating them gives the cell.

use drillcore::{
    DatasetFilter, Dimension, DrillCell, Error, ErrorKind, Limit, Link, Operator, ParameterType, PushMode, Query,
    QueryResult, Rows, Scope, column,
};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;
use serde_json::{Value, json};

/// Sales around a night in which the clock of Brussels showed 02:30 twice.
fn db() -> Db {
    let db = Db::in_memory().expect("an engine");
    let header = ["id", "city", "amount", "price", "cost", "day", "at", "active", "shop", "tenant"];
    let rows = json!([
        [1, "Ghent", 10, 0.1, 1.25, "2026-03-02", "2026-10-25T00:30:00Z", true, 1, "acme"],
        [2, "Ghent", 25, 0.3, 0.5, "2026-03-30", "2026-10-25T01:30:00Z", false, 1, "acme"],
        [3, "Bruges", -10, 0.3, 0.75, "2026-04-01", "2026-10-25T02:30:00.250Z", true, 2, "acme"],
        [4, "Bruges", 100, 0.7, 2.5, "2026-12-31", "2026-12-31T23:30:00Z", true, 2, "zenith"],
        [5, "", 7, -0.1, null, "2027-01-01", "2027-01-03T22:00:00Z", null, 9, "zenith"],
        [6, null, null, null, 1.0, null, null, null, null, "zenith"],
        [7, "Aalst", 16, 1e300, 0.0, "2026-03-02", "2026-10-25T00:59:59.999999Z", false, 2, "zenith"],
        [8, "Aalst", 15, 0.2, 1.25, "2026-03-01", "2026-03-29T01:00:00Z", false, 1, "acme"],
    ]);
    push(&db, "sales", &header, rows);
    push(&db, "shops", &["id", "owner"], json!([[1, "Ann"], [2, "Bob"]]));
    db.link(Link::new("shop").from("sales", ["shop"]).to("shops", ["id"])).expect("a link");
    db
}

fn push(db: &Db, dataset: &str, header: &[&str], rows: Value) {
    let rows = serde_json::from_value(rows).expect("rows");
    block_on(db.engine().push(dataset, PushMode::Create, Rows::new(header.iter().copied(), rows))).expect("a push");
}

fn query(parts: &Value) -> Query {
    let mut document = json!({
        "dataset_id": "sales",
        "measures": [
            {"column_id": "*", "aggregation": "count", "as": "n"},
            {"column_id": "amount", "aggregation": "sum", "as": "total"},
            {"column_id": "*", "aggregation": "count", "as": "big",
             "where": [{"expression": "? > ?", "parameters": [{"column_id": "amount"}, 15]}]},
            {"formula": "SUM({amount} WHERE {active}) - SUM({amount} WHERE {price} > 0.25)", "as": "spread"},
        ],
        "options": {"timezone_id": "Europe/Brussels"},
    });
    for (name, part) in parts.as_object().expect("parts of a query") {
        document[name] = part.clone();
    }
    Query::from_json(&document.to_string()).unwrap_or_else(|error| panic!("{error}"))
}

fn behind(db: &Db, query: &Query, cell: &DrillCell, scope: &Scope) -> Result<QueryResult, Error> {
    let columns: Vec<Dimension> = vec![column("id").into(), column("amount").into()];
    block_on(db.engine().drill_through(query, cell, Some(columns), Limit::default(), scope))
}

/// Ids and amounts of the rows behind a cell.
fn rows(db: &Db, query: &Query, cell: &DrillCell) -> Vec<(i64, Option<i64>)> {
    let answer = behind(db, query, cell, &Scope::unrestricted()).unwrap_or_else(|error| panic!("{cell:?}: {error}"));
    let data: Vec<(i64, Option<i64>)> = serde_json::from_str(&answer.data_json()).expect("rows");
    data
}

/// Checks the law for every cell of an answer.
#[track_caller]
fn check(db: &Db, parts: &Value) {
    let query = query(parts);
    let answer = block_on(db.engine().query(&query, &Scope::unrestricted())).unwrap_or_else(|e| panic!("{parts}: {e}"));
    let data: Vec<Vec<Value>> = serde_json::from_str(&answer.data_json()).expect("rows");
    let place = |name: &str| answer.columns().iter().position(|column| column.name == name).expect("a column");
    assert!(!data.is_empty(), "{parts}");
    let mut seen = Vec::new();
    for (row, cells) in data.iter().enumerate() {
        let group = DrillCell::of_row(&answer, row).expect("a row");
        let all = rows(db, &query, &group);
        assert_eq!(cells[place("n")], json!(all.len()), "{parts}: {group:?}");
        assert_eq!(rows(db, &query, &group.clone().measure("n")), all);
        let total = rows(db, &query, &group.clone().measure("total"));
        let amounts: Vec<i64> = total.iter().filter_map(|(_, amount)| *amount).collect();
        let sum = if amounts.is_empty() { Value::Null } else { json!(amounts.iter().sum::<i64>()) };
        assert_eq!(cells[place("total")], sum, "{parts}: {group:?}");
        let big = rows(db, &query, &group.clone().measure("big"));
        assert_eq!(cells[place("big")], json!(big.len()), "{parts}: {group:?}");
        assert!(big.iter().all(|(_, amount)| amount.is_some_and(|amount| amount > 15)));
        seen.extend(all.into_iter().map(|(id, _)| id));
    }
    // Each row lies behind one group.
    let mut everything: Vec<i64> = rows(db, &query, &DrillCell::new()).into_iter().map(|(id, _)| id).collect();
    seen.sort_unstable();
    everything.sort_unstable();
    assert_eq!(seen, everything, "{parts}");
}

fn dimension(parts: Value) -> Value {
    json!({"dimensions": [parts]})
}

#[test]
fn columns_of_every_type() {
    let db = db();
    for id in ["city", "amount", "price", "cost", "day", "at", "active", "tenant"] {
        check(&db, &dimension(json!({"column_id": id})));
    }
    check(&db, &dimension(json!({"dataset_id": "shop", "column_id": "owner"})));
    check(&db, &json!({"dimensions": [{"column_id": "city"}, {"column_id": "active"}]}));
    check(&db, &json!({"dimensions": []}));
}

#[test]
fn buckets_and_cyclic_parts() {
    let db = db();
    for id in ["year", "quarter", "month", "week", "day"] {
        check(&db, &dimension(json!({"column_id": "day", "level": id})));
    }
    for id in ["year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond"] {
        check(&db, &dimension(json!({"column_id": "at", "level": id})));
    }
    for id in ["month_name", "weekday_name", "week_number", "quarter_number", "day_in_year"] {
        check(&db, &dimension(json!({"column_id": "day", "level": id})));
    }
    for id in ["hour_in_day", "minute_in_hour", "weekday_number"] {
        check(&db, &dimension(json!({"column_id": "at", "level": id})));
    }
    let options = json!({"timezone_id": "America/New_York", "week_start": "sunday", "fiscal_year_start": 4});
    for id in ["year", "quarter", "week", "weekday_name"] {
        check(&db, &json!({"dimensions": [{"column_id": "at", "level": id}], "options": options}));
    }
}

#[test]
fn bins_and_groups() {
    let db = db();
    for how in [
        json!({"type": "linear", "size": 10}),
        json!({"type": "linear", "size": 7.5, "origin": 2}),
        json!({"type": "linear", "bins": 3}),
        json!({"type": "custom", "edges": [0, 15, 16.5]}),
    ] {
        check(&db, &dimension(json!({"column_id": "amount", "discretization": how})));
    }
    for how in [json!({"type": "linear", "size": 0.1}), json!({"type": "custom", "edges": [0.1, 0.3]})] {
        check(&db, &dimension(json!({"column_id": "price", "discretization": how})));
    }
    let groups = json!([{"name": "East", "in": ["Ghent", "Aalst"]}, {"name": "none", "in": []}]);
    for rest in [json!(null), json!("Other")] {
        let how = json!({"type": "groups", "groups": groups, "rest": rest});
        check(&db, &dimension(json!({"column_id": "city", "discretization": how})));
    }
}

#[test]
fn filters_and_derived_columns() {
    let db = db();
    check(
        &db,
        &json!({
            "derived": [{"as": "half", "expression": "{amount} / 2"}],
            "dimensions": [{"column_id": "half"}],
            "where": [{"expression": "? is not null", "parameters": [{"column_id": "city"}]}],
        }),
    );
    check(
        &db,
        &json!({
            "dimensions": [{"column_id": "city"}],
            "where": [{"expression": "last_now", "parameters": [{"column_id": "day"}, {"quantity": 1, "unit": "year"}]}],
            "options": {"as_of": "2026-12-31T12:00:00Z"},
        }),
    );
    check(
        &db,
        &json!({
            "dimensions": [{"column_id": "day", "level": "month"}],
            "where": [{"expression": "last_available", "parameters": [{"column_id": "day"}, {"quantity": 3, "unit": "month"}]}],
        }),
    );
    // What happens to the groups afterwards takes no rows from those that are left.
    check(
        &db,
        &json!({
            "dimensions": [{"column_id": "city", "include_nonoccurring": true}],
            "order": [{"by": "total", "order": "desc"}],
        }),
    );
}

#[test]
fn a_formula_is_made_of_the_rows_of_its_aggregates() {
    let db = db();
    let query = query(&json!({"dimensions": []}));
    let ids: Vec<i64> = rows(&db, &query, &DrillCell::new().measure("spread")).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, [1, 2, 3, 4, 7]);
}

#[test]
fn totals_are_cells_too() {
    let db = db();
    let both = json!({"dimensions": [{"column_id": "city"}, {"column_id": "active"}]});
    let ids = |cell: &DrillCell| rows(&db, &query(&both), cell).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    assert_eq!(ids(&DrillCell::new().member("city", "Ghent")), [1, 2]);
    assert_eq!(ids(&DrillCell::new().member("active", true)), [1, 3, 4]);
    assert_eq!(ids(&DrillCell::new().member("city", drillcore::Literal::Null)), [6]);
    let mut some = both.clone();
    some["having"] = json!([{"expression": "? > ?", "parameters": [{"name": "n"}, 1]}]);
    let left: Vec<i64> = rows(&db, &query(&some), &DrillCell::new()).into_iter().map(|(id, _)| id).collect();
    assert_eq!(left, [3, 4, 7, 8]);
    some["totals"] = json!({"grand": true, "over": "all_rows"});
    assert_eq!(rows(&db, &query(&some), &DrillCell::new()).len(), 8);
}

#[test]
fn rows_have_the_columns_and_the_page_that_are_asked_for() {
    let db = db();
    let query = query(&json!({"dimensions": [{"column_id": "city", "as": "id"}]})).total_rows();
    let cell = DrillCell::new().member("id", "Ghent");
    let everything = Scope::unrestricted();
    let ask = |columns, page| block_on(db.engine().drill_through(&query, &cell, columns, page, &everything));
    let all = ask(None, Limit::default()).expect("rows");
    let names: Vec<&str> = all.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["id", "city", "amount", "price", "cost", "day", "at", "active", "shop", "tenant"]);
    let mut page = Limit::default();
    (page.by, page.offset) = (Some(1), 1);
    let owner = vec![column("shop.owner").named("owner"), column("id").into()];
    let second = ask(Some(owner), page).expect("rows");
    assert_eq!((second.data_json().as_str(), second.total_rows()), (r#"[["Ann",2]]"#, Some(2)));
    assert!(second.provenance().filters.contains(&"id = 'Ghent'".to_owned()));
}

#[test]
fn wrong_cells_are_told_where() {
    let db = db();
    let query = query(&json!({"dimensions": [{"column_id": "city"}, {"column_id": "day", "level": "month"}]}));
    let check = |cell: DrillCell, kind: ErrorKind, path: &str| {
        let error = behind(&db, &query, &cell, &Scope::unrestricted()).expect_err("a refusal");
        assert_eq!((error.kind(), error.path()), (kind, Some(path)), "{error}");
    };
    check(DrillCell::new().member("town", "Ghent"), ErrorKind::InvalidQuery, "/members/town");
    check(DrillCell::new().member("city", 3), ErrorKind::InvalidQuery, "/members/city");
    check(DrillCell::new().member("day_month", "soon"), ErrorKind::InvalidQuery, "/members/day_month");
    check(DrillCell::new().measure("m"), ErrorKind::InvalidQuery, "/measure");
    check(DrillCell::new().other("city"), ErrorKind::InvalidQuery, "/other");
    // A group that there is not has no rows.
    assert!(rows(&db, &query, &DrillCell::new().member("city", "Ypres")).is_empty());
}

#[test]
fn a_scope_holds_for_rows_and_for_what_they_are_linked_with() {
    let db = db();
    let by_tenant = DatasetFilter::parameter("tenant", Operator::Equal, "tenant_id", ParameterType::Hierarchy);
    block_on(db.engine().set_filters("sales", vec![by_tenant])).expect("a filter");
    let query = query(&json!({"dimensions": [{"column_id": "city"}]}));
    let acme = Scope::new().parameter("tenant_id", "acme");
    let seen = behind(&db, &query, &DrillCell::new(), &acme).expect("rows");
    assert_eq!(seen.data_json(), "[[1,10],[2,25],[3,-10],[8,15]]");
    let hidden = behind(&db, &query, &DrillCell::new().member("city", ""), &acme).expect("rows");
    assert_eq!(hidden.num_rows(), 0);
    let refused = behind(&db, &query, &DrillCell::new(), &Scope::new()).expect_err("a refusal");
    assert_eq!(refused.kind(), ErrorKind::AccessDenied);
}
