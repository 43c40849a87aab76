//! Scopes and derived columns: what is hidden stays hidden.

use drillcore::{
    DatasetFilter, DerivedColumn, DistinctValues, DrillCell, ErrorKind, Limit, Operator, ParameterType, Query, Scope,
    column,
};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;
use serde_json::json;

use super::{counted_by, data_as, data_of, derive, filled, save, try_derive};

fn by_size() -> DatasetFilter {
    DatasetFilter::parameter("size", Operator::Equal, "size", ParameterType::Hierarchy)
}

fn set(db: &Db, dataset: &str, filters: Vec<DatasetFilter>) {
    block_on(db.engine().set_filters(dataset, filters)).expect("filters");
}

/// Runs a test over sources, over snapshots without the column, and over snapshots with it.
fn on_all_paths(check: impl Fn(&Db)) {
    let (_place, db) = filled();
    let size = || DerivedColumn::new("size", "IF({amount} < 10, 'small', 'large')");
    try_derive(&db, "sales", size()).expect("a column");
    derive(&db, "shops", "large", "{floor} > 100");
    derive(&db, "sales", "city", "{shop:city}");
    check(&db);
    for dataset in ["sales", "shops"] {
        db.accelerate(dataset, &[]).expect("a sync");
    }
    check(&db);
    try_derive(&db, "sales", size().materialize()).expect("a column to be stored");
    check(&db);
    db.sync("sales").expect("a sync");
    check(&db);
}

#[test]
fn a_scope_holds_by_a_derived_column() {
    on_all_paths(|db| {
        set(db, "sales", vec![by_size()]);
        save(db, "total", "SUM({amount})");
        let of = |size: &str| Scope::new().parameter("size", size);
        let total = json!({"dataset_id": "sales", "measures": [{"formula_id": "total"}]});
        assert_eq!(data_as(db, &total, &of("small")).unwrap(), json!([[13]]));
        assert_eq!(data_as(db, &total, &of("large")).unwrap(), json!([[1070]]));
        assert_eq!(data_as(db, &total, &of("huge")).unwrap(), json!([[null]]));
        assert_eq!(data_as(db, &total, &Scope::unrestricted()).unwrap(), json!([[1083]]));
        let denied = data_as(db, &total, &Scope::new()).expect_err("no decision");
        assert_eq!(denied.kind(), ErrorKind::AccessDenied);
        let wrong = data_as(db, &total, &Scope::new().parameter("size", 3)).expect_err("another type");
        assert_eq!(wrong.kind(), ErrorKind::AccessDenied);
        // No way around it.
        let anything = json!([{"or": [
            {"expression": "? is null", "parameters": [{"column_id": "size"}]},
            {"expression": "? is not null", "parameters": [{"column_id": "size"}]},
        ]}]);
        let mut query = counted_by("size");
        query["where"] = anything;
        query["dimensions"][0]["include_nonoccurring"] = json!(true);
        assert_eq!(data_as(db, &query, &of("small")).unwrap(), json!([["small", 2]]));
        let list = DistinctValues::new("sales", column("size")).with_counts().chosen(["large"]);
        let list = block_on(db.engine().distinct_values(&list, &of("small"))).expect("a list");
        assert_eq!(list.options.iter().map(|one| one.label.as_str()).collect::<Vec<_>>(), ["small"]);
        assert!(!list.chosen[0].exists);
        let all = Query::from_json(&counted_by("tenant").to_string()).expect("a query");
        let columns = Some(vec![column("amount").named("amount")]);
        let (cell, scope) = (DrillCell::new(), of("small"));
        let behind = db.engine().drill_through(&all, &cell, columns, Limit::default(), &scope);
        assert_eq!(data_of(&block_on(behind).expect("rows")), json!([[5], [8]]));
        set(db, "sales", Vec::new());
    });
}

#[test]
fn hidden_rows_of_a_target_give_no_derived_values() {
    on_all_paths(|db| {
        let large = DatasetFilter::fixed("large", Operator::Equal, Some(true.into()));
        set(db, "shops", vec![large]);
        let expected = json!([["Ghent", 2], [null, 3]]);
        assert_eq!(data_as(db, &counted_by("city"), &Scope::new()).unwrap(), expected);
        let by_city = DatasetFilter::parameter("city", Operator::In, "cities", ParameterType::Hierarchy.list());
        set(db, "shops", vec![by_city]);
        // What follows the link needs the decision, and only that.
        let denied = data_as(db, &counted_by("city"), &Scope::new()).expect_err("no decision");
        assert_eq!(denied.kind(), ErrorKind::AccessDenied, "{denied}");
        let in_formula = json!({"dataset_id": "sales", "measures": [{"formula": "COUNTD({city})"}]});
        let denied = data_as(db, &in_formula, &Scope::new()).expect_err("no decision");
        assert_eq!(denied.kind(), ErrorKind::AccessDenied, "{denied}");
        assert_eq!(data_as(db, &counted_by("size"), &Scope::new()).unwrap(), json!([["large", 3], ["small", 2]]));
        let of = |city: &str| Scope::new().parameter("cities", vec![city.to_owned()]);
        assert_eq!(data_as(db, &counted_by("city"), &of("Bruges")).unwrap(), json!([["Bruges", 1], [null, 4]]));
        assert_eq!(data_as(db, &counted_by("city"), &of("Ghent")).unwrap(), json!([["Ghent", 2], [null, 3]]));
        assert_eq!(data_as(db, &in_formula, &of("Ghent")).unwrap(), json!([[1]]));
        set(db, "shops", Vec::new());
    });
}

#[test]
fn filters_test_what_stands_in_the_row() {
    let (_place, db) = filled();
    derive(&db, "sales", "size", "IF({amount} < 10, 'small', 'large')");
    derive(&db, "sales", "city", "{shop:city}");
    let by_city = DatasetFilter::fixed("city", Operator::Equal, Some("Ghent".into()));
    let refused = block_on(db.engine().set_filters("sales", vec![by_city])).expect_err("a link");
    let expected =
        "column `city` of dataset `sales` must be made of its row alone: column `city` follows the link `shop`";
    assert_eq!((refused.kind(), refused.message()), (ErrorKind::InvalidInput, expected));
    let wrong_type = DatasetFilter::fixed("size", Operator::Equal, Some(3.into()));
    let refused = block_on(db.engine().set_filters("sales", vec![wrong_type])).expect_err("another type");
    assert_eq!(refused.kind(), ErrorKind::InvalidInput, "{refused}");
    set(&db, "sales", vec![by_size()]);
    // What a filter tests stays, and stays what it can test.
    for broken in [
        block_on(db.engine().remove_derived("sales", "size")),
        try_derive(&db, "sales", DerivedColumn::new("size", "{shop:city}")),
    ] {
        let message = broken.expect_err("a refusal").message().to_owned();
        assert!(message.starts_with("this would break the filters of dataset `sales`: "), "{message}");
    }
    // The clock and the zone in a filter are those of the query.
    derive(&db, "sales", "is_today", "CAST({at}, date) = TODAY()");
    set(&db, "sales", vec![DatasetFilter::fixed("is_today", Operator::Equal, Some(true.into()))]);
    let mut query = counted_by("amount");
    query["options"] = json!({"as_of": "2026-03-31T23:00:00Z"});
    assert_eq!(data_as(&db, &query, &Scope::new()).unwrap(), json!([[5, 1]]));
    query["options"] = json!({"as_of": "2026-04-01T11:00:00Z"});
    assert_eq!(data_as(&db, &query, &Scope::new()).unwrap(), json!([[1000, 1]]));
    query["options"] = json!({"as_of": "2026-04-01T11:00:00Z", "timezone_id": "Europe/Brussels"});
    assert_eq!(data_as(&db, &query, &Scope::new()).unwrap(), json!([[5, 1], [1000, 1]]));
}

#[test]
fn sql_knows_the_derived_columns_of_a_row() {
    on_all_paths(|db| {
        set(db, "sales", vec![by_size()]);
        let ask = |text: &str, scope: &Scope| {
            block_on(db.engine().sql(text, scope)).map(|answer| answer.data_json()).map_err(|error| error.kind())
        };
        let small = Scope::new().parameter("size", "small");
        let text = "SELECT size, count(*) AS n, sum(amount) AS total FROM sales GROUP BY size";
        assert_eq!(ask(text, &small).as_deref(), Ok(r#"[["small",2,13]]"#));
        assert_eq!(ask(text, &Scope::new()), Err(ErrorKind::AccessDenied));
        let text = "SELECT size, amount FROM sales WHERE amount > 30 ORDER BY amount";
        assert_eq!(ask(text, &Scope::unrestricted()).as_deref(), Ok(r#"[["large",40],["large",1000]]"#));
        assert!(ask("SELECT city FROM sales", &Scope::unrestricted()).is_err());
        let all = block_on(db.engine().sql("SELECT * FROM sales", &Scope::unrestricted())).expect("rows");
        let names: Vec<&str> = all.columns().iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["day", "at", "shop", "tenant", "amount", "size"]);
        assert_eq!(all.num_rows(), 5);
        set(db, "sales", Vec::new());
    });
}
