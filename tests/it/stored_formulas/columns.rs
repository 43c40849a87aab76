//! Derived columns of datasets, wherever a column may stand.

use drillcore::{DerivedColumn, DistinctValues, DrillCell, ErrorKind, Limit, Link, Query, Scope, Subtype, column, sum};
use futures::executor::block_on;
use serde_json::{Value, json};

use super::{ask, check, counted_by, data_of, derive, filled, try_derive};

#[test]
fn a_derived_column_stands_wherever_a_column_does() {
    let (_place, db) = filled();
    derive(&db, "sales", "size", "IF({amount} < 10, 'small', 'large')");
    derive(&db, "sales", "double", "{amount} * 2");
    check(&db, &counted_by("size"), &json!([["large", 3], ["small", 2]]));
    let tested = json!([{"expression": "? > ?", "parameters": [{"column_id": "double"}, 60]}]);
    let mut query = counted_by("size");
    query["where"] = tested.clone();
    check(&db, &query, &json!([["large", 2]]));
    let mut query = counted_by("size");
    query["measures"] = json!([
        {"column_id": "double", "aggregation": "sum", "as": "all"},
        {"column_id": "double", "aggregation": "max", "where": tested},
        {"column_id": "double"},
        {"column_id": "size", "aggregation": "distinctcount"},
        {"formula": "SUM({double} WHERE {size} = 'large') / 10"},
    ]);
    query["having"] = json!([{"expression": "? > ?", "parameters": [{"name": "all"}, 30]}]);
    query["order"] = json!([{"column_id": "size", "order": "desc"}]);
    check(&db, &query, &json!([["large", 2140, 2000, 2140, 1, 214.0]]));
    let rows = json!({
        "dataset_id": "sales",
        "dimensions": [{"column_id": "double"}, {"expression": "{double} + {amount}"}],
        "where": [{"expression": "? = ?", "parameters": [{"column_id": "size"}, "large"]}],
        "order": [{"column_id": "double", "order": "desc"}],
        "options": {"rollup_data": false},
    });
    check(&db, &rows, &json!([[2000, 3000], [80, 120], [60, 90]]));
    let built = Query::on("sales").dimension(column("size")).measure(sum("double").named("all"));
    let answer = block_on(db.engine().query(&built, &Scope::unrestricted())).expect("an answer");
    assert_eq!(answer.data_json(), r#"[["large",2140],["small",26]]"#);
    let names: Vec<&str> = answer.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["size", "all"]);
}

#[test]
fn what_is_known_of_a_derived_column_reaches_the_answer() {
    let (_place, db) = filled();
    let price = DerivedColumn::new("price", "{amount} * 1.5");
    try_derive(&db, "sales", price.label("Price").subtype(Subtype::Currency).format(".2f")).expect("a column");
    let query = json!({"dataset_id": "sales", "measures": [{"column_id": "price"}]});
    let answer = ask(&db, &query);
    let column = &answer.columns()[0];
    assert_eq!((column.name.as_str(), column.label.as_str()), ("sum_price", "Price (sum)"));
    assert_eq!((column.subtype, column.format.as_deref()), (Some(Subtype::Currency), Some(".2f")));
    assert_eq!(data_of(&answer), json!([[1624.5]]));
}

#[test]
fn derived_columns_name_each_other_in_any_order() {
    let (_place, db) = filled();
    derive(&db, "sales", "c", "{amount}");
    derive(&db, "sales", "b", "{c} + 1");
    derive(&db, "sales", "a", "{b} + {c}");
    derive(&db, "sales", "d", "{amount} * 10");
    derive(&db, "sales", "c", "{d} / 10");
    let query = json!({"dataset_id": "sales", "measures": [{"column_id": "a", "aggregation": "sum"}],
        "derived": [{"as": "e", "expression": "{a} - {sales:b}"}],
        "where": [{"expression": "? >= ?", "parameters": [{"column_id": "e"}, 40]}]});
    check(&db, &query, &json!([[2082.0]]));
    // A column of the query does not hide one of the dataset.
    let mut taken = query;
    taken["derived"][0]["as"] = json!("d");
    let error = db.ask(&taken.to_string()).expect_err("a name that is taken");
    assert_eq!(error.path(), Some("/derived/0/as"));
}

#[test]
fn derived_columns_are_reached_through_links() {
    let (_place, db) = filled();
    derive(&db, "shops", "label", "COALESCE({city}, 'nowhere') || '!'");
    derive(&db, "shops", "large", "{floor} > 100");
    derive(&db, "shops", "one", "1");
    derive(&db, "sales", "where", "COALESCE({shop:label}, 'elsewhere')");
    let query = json!({
        "dataset_id": "sales",
        "dimensions": [{"dataset_id": "shop", "column_id": "label"}],
        "measures": [
            {"column_id": "amount", "aggregation": "sum"},
            {"dataset_id": "shop", "column_id": "one", "aggregation": "sum"},
            {"formula": "COUNTR(WHERE {shop:large})"},
        ],
    });
    // Where no row is found there is no value, whatever the formula makes of NULL.
    let expected = json!([["Bruges!", 40, 1, 0], ["Ghent!", 1030, 2, 2], [null, 13, null, 0]]);
    let answer = ask(&db, &query);
    assert_eq!(data_of(&answer), expected);
    assert_eq!((answer.columns()[0].name.as_str(), answer.columns()[0].label.as_str()), ("shop.label", "label"));
    assert_eq!(answer.columns()[2].name, "sum_shop.one");
    check(&db, &counted_by("where"), &json!([["Bruges!", 1], ["Ghent!", 2], ["elsewhere", 2]]));
    let tested = |expression: &str| {
        json!({"dataset_id": "sales", "measures": [{"column_id": "*", "aggregation": "count"}],
            "where": [{"expression": expression, "parameters": [{"dataset_id": "shop", "column_id": "one"}]}]})
    };
    check(&db, &tested("? is null"), &json!([[2]]));
    check(&db, &tested("? is not null"), &json!([[3]]));
    let path = Query::on("sales").dimension(column("shop.large")).measure(sum("amount"));
    let answer = block_on(db.engine().query(&path, &Scope::unrestricted())).expect("an answer");
    assert_eq!(answer.data_json(), "[[false,40],[true,1030],[null,13]]");
    // Members without rows are those of the target.
    let mut all = query;
    all["dimensions"][0]["include_nonoccurring"] = json!(true);
    all["measures"] = json!([{"column_id": "*", "aggregation": "count"}]);
    check(&db, &all, &json!([["Bruges!", 1], ["Ghent!", 2], ["Ypres!", 0], [null, 2]]));
    // The same answers from snapshots.
    for dataset in ["sales", "shops"] {
        db.accelerate(dataset, &[]).expect("a sync");
    }
    check(&db, &counted_by("where"), &json!([["Bruges!", 1], ["Ghent!", 2], ["elsewhere", 2]]));
    check(&db, &tested("? is null"), &json!([[2]]));
    check(&db, &all, &json!([["Bruges!", 1], ["Ghent!", 2], ["Ypres!", 0], [null, 2]]));
}

#[test]
fn names_in_a_derived_column_are_those_of_its_own_dataset() {
    let (_place, db) = filled();
    db.link(Link::new("next").from("shops", ["floor"]).to("shops", ["floor"])).expect("a link");
    derive(&db, "shops", "amount", "{floor} + {next:floor} + {shops:floor}");
    derive(&db, "sales", "both", "{amount} + {shop:amount}");
    let query = json!({"dataset_id": "sales", "measures": [{"column_id": "both", "aggregation": "sum"},
        {"dataset_id": "shop", "column_id": "amount", "aggregation": "sum"}]});
    // 360 for Ghent twice and 240 for Bruges, and the sales there.
    check(&db, &query, &json!([[2030, 960]]));
}

#[test]
fn zone_and_clock_are_those_of_the_query() {
    let (_place, db) = filled();
    derive(&db, "sales", "month", "MONTH({at})");
    derive(&db, "sales", "age", "DATE_DIFF('day', CAST({at}, date), TODAY())");
    check(&db, &counted_by("month"), &json!([[3, 3], [4, 2]]));
    let mut query = counted_by("month");
    query["options"] = json!({"timezone_id": "Europe/Brussels"});
    check(&db, &query, &json!([[3, 2], [4, 3]]));
    let mut oldest = json!({"dataset_id": "sales", "measures": [{"column_id": "age", "aggregation": "max"}]});
    for (now, days) in [("2026-04-01T00:00:00Z", 31), ("2027-03-01T00:00:00Z", 365)] {
        oldest["options"] = json!({"as_of": now});
        check(&db, &oldest, &json!([[days]]));
    }
}

#[test]
fn pickers_and_rows_behind_cells_know_derived_columns() {
    let (_place, db) = filled();
    derive(&db, "sales", "size", "IF({amount} < 10, 'small', 'large')");
    derive(&db, "sales", "city", "{shop:city}");
    let list = DistinctValues::new("sales", column("size")).with_counts();
    let list = block_on(db.engine().distinct_values(&list, &Scope::unrestricted())).expect("a list");
    let found: Vec<(&str, Option<u64>)> = list.options.iter().map(|one| (one.label.as_str(), one.count)).collect();
    assert_eq!(found, [("large", Some(3)), ("small", Some(2))]);
    let query = Query::from_json(&counted_by("size").to_string()).expect("a query");
    let cell = DrillCell::new().member("size", "small");
    let behind = |columns| {
        let engine = db.engine();
        let rows = block_on(engine.drill_through(&query, &cell, columns, Limit::default(), &Scope::unrestricted()));
        data_of(&rows.expect("rows"))
    };
    let days = ["2026-03-31", "2026-04-02"];
    let times = ["2026-03-31T22:30:00Z", "2026-04-02T10:00:00Z"];
    // Without a choice those that follow no link.
    let expected = json!([[days[0], times[0], 9, "acme", 5, "small"], [days[1], times[1], null, "zenith", 8, "small"]]);
    assert_eq!(behind(None), expected);
    let chosen = vec![column("size").named("size"), column("city").named("city"), column("amount").named("amount")];
    assert_eq!(behind(Some(chosen)), json!([["small", null, 5], ["small", null, 8]]));
}

#[test]
fn fixed_values_may_stand_in_derived_columns_of_the_base() {
    let (_place, db) = filled();
    derive(&db, "sales", "share", "{amount} / SUM({amount} FIXED {tenant})");
    let query = json!({"dataset_id": "sales", "dimensions": [{"column_id": "tenant"}],
        "measures": [{"column_id": "share", "aggregation": "max"}]});
    let found = data_of(&ask(&db, &query));
    let expected = [("acme", 40.0 / 75.0), ("zenith", 1000.0 / 1008.0)];
    for (row, (tenant, share)) in found.as_array().expect("rows").iter().zip(expected) {
        assert_eq!(row[0], json!(tenant));
        assert!((row[1].as_f64().expect("a number") - share).abs() < 1e-12, "{row}");
    }
    db.link(Link::new("sale").from("shops", ["id"]).to("sales", ["shop"])).expect("a link");
    let behind = json!({"dataset_id": "shops", "measures": [{"dataset_id": "sale", "column_id": "share", "aggregation": "max"}]});
    let error = db.ask(&behind.to_string()).expect_err("no such value");
    assert!(error.message().contains("a column behind a link has none"), "{error}");
}

#[test]
fn texts_and_names_are_checked() {
    let (_place, db) = filled();
    let told = |name: &str, expression: &str| {
        let error = try_derive(&db, "sales", DerivedColumn::new(name, expression)).expect_err("a refusal");
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{name} = {expression}: {error}");
        (error.message().to_owned(), error.path().map(str::to_owned), error.span())
    };
    let at = |message: &str, span| (message.to_owned(), Some("/expression".to_owned()), Some(span));
    assert_eq!(
        told("a", "1 + {amuont}"),
        at("dataset `sales` has no column `amuont`; did you mean `amount`?", (4, 12))
    );
    assert_eq!(told("a", "{shop:citty}"), at("dataset `shops` has no column `citty`; did you mean `city`?", (0, 12)));
    assert!(told("a", "SUM({amount})").0.starts_with("the aggregate SUM cannot stand in a formula of row level"));
    assert!(told("a", "{amount} + ").2.is_some());
    assert!(told("a", "{tenant} + 1").2.is_some());
    let taken = "dataset `sales` has a column `amount` already".to_owned();
    assert_eq!(told("amount", "1"), (taken, None, None));
    assert_eq!(told("*", "1").1, None);
    let missing = try_derive(&db, "sale", DerivedColumn::new("a", "1")).expect_err("no dataset");
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    let described = block_on(db.engine().describe("sales")).expect("a description");
    assert!(described.derived.is_empty());
}

#[test]
fn circles_are_refused_with_their_way() {
    let (_place, db) = filled();
    let circle = |dataset: &str, name: &str, expression: &str| {
        let error = try_derive(&db, dataset, DerivedColumn::new(name, expression)).expect_err("a circle");
        assert_eq!(error.path(), Some("/expression"), "{error}");
        error.message().to_owned()
    };
    derive(&db, "sales", "x", "{amount}");
    derive(&db, "sales", "y", "{x} + 1");
    assert_eq!(circle("sales", "z", "{z}"), "columns are made of each other: z → z");
    assert_eq!(circle("sales", "x", "{y} * 2"), "columns are made of each other: x → y → x");
    derive(&db, "shops", "m", "{floor}");
    derive(&db, "sales", "a", "{shop:m}");
    db.link(Link::new("first").from("shops", ["id"]).to("sales", ["shop"])).expect("a link");
    assert_eq!(circle("shops", "m", "{first:a}"), "columns are made of each other: shops:m → sales:a → shops:m");
    // A row of the same dataset is another row, and yet there would be no end.
    db.link(Link::new("parent").from("shops", ["floor"]).to("shops", ["id"])).expect("a link");
    assert_eq!(circle("shops", "depth", "1 + {parent:depth}"), "columns are made of each other: depth → depth");
}

#[test]
fn what_grows_without_bound_is_refused() {
    let (_place, db) = filled();
    derive(&db, "sales", "d0", "{amount}");
    let mut refused = None;
    for n in 1..40 {
        let column = DerivedColumn::new(format!("d{n}"), format!("{{d{}}} + {{d{}}}", n - 1, n - 1));
        if let Err(error) = try_derive(&db, "sales", column) {
            refused = Some((n, error));
            break;
        }
    }
    let (n, error) = refused.expect("a bound");
    assert!((10..=20).contains(&n), "{n}");
    assert_eq!(error.kind(), ErrorKind::LimitExceeded, "{error}");
    // The same by columns of a query alone.
    let derived: Vec<Value> = (1..40)
        .map(|n| json!({"as": format!("q{n}"), "expression": format!("{{q{}}} + {{q{}}}", n - 1, n - 1)}))
        .chain([json!({"as": "q0", "expression": "{amount}"})])
        .collect();
    let query = json!({"dataset_id": "sales", "derived": derived, "dimensions": [{"column_id": "tenant"}]});
    let error = db.ask(&query.to_string()).expect_err("a bound");
    assert!(error.message().contains("steps"), "{error}");
}
