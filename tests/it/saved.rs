//! Saved queries, and the totals of metrics.

use std::collections::BTreeMap;

use drillcore::{
    Cell, DatasetFilter, ErrorKind, Level, Localized, Operator, ParameterType, PushMode, Query, Reference, Rows,
    SavedQuery, Scope, Shift, column, sum,
};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;
use serde_json::{Value, json};

fn fill(db: &Db) {
    let rows = json!([
        ["Ghent", 30, "2026-02-10", "acme"],
        ["Bruges", 40, "2026-03-01", "acme"],
        ["Ghent", 5, "2026-03-31", "zenith"],
        ["Ghent", 20, "2026-02-28", "zenith"],
    ]);
    let rows = serde_json::from_value(rows).expect("rows");
    let rows = Rows::new(["city", "amount", "day", "tenant"], rows);
    block_on(db.engine().push("sales", PushMode::Create, rows)).expect("a push");
}

fn db() -> Db {
    let db = Db::in_memory().expect("an engine");
    fill(&db);
    db
}

/// The sum of a city, from a day on.
fn document() -> String {
    json!({
        "parameters": {"city": {"type": "text"}, "from": {"type": "date", "default": "2026-03-01"}},
        "dataset_id": "sales",
        "measures": [{"column_id": "amount", "aggregation": "sum"}],
        "where": [
            {"expression": "? = ?", "parameters": [{"column_id": "city"}, {"parameter": "city"}]},
            {"expression": "? >= ?", "parameters": [{"column_id": "day"}, {"parameter": "from"}]},
        ],
    })
    .to_string()
}

fn values(values: &Value) -> BTreeMap<String, Value> {
    serde_json::from_value(values.clone()).expect("values")
}

fn run(db: &Db, name: &str, given: &Value, scope: &Scope) -> Result<String, drillcore::Error> {
    block_on(db.engine().run_saved(name, &values(given), scope)).map(|answer| answer.data_json())
}

#[test]
fn parameters_take_values_when_the_query_runs() {
    let db = db();
    let saved = SavedQuery::new("of city", document()).description(Localized::new("Sales of a city"));
    let id = block_on(db.engine().save_query(saved.clone())).expect("a saved query");
    assert_eq!(id, saved.id);
    let owner = Scope::unrestricted();
    assert_eq!(run(&db, "of city", &json!({"city": "Ghent"}), &owner).unwrap(), "[[5]]");
    let by_id = id.to_string();
    assert_eq!(run(&db, &by_id, &json!({"city": "Ghent", "from": "2026-02-01"}), &owner).unwrap(), "[[55]]");
    for given in [json!({}), json!({"city": 3}), json!({"city": "Ghent", "town": "Ghent"})] {
        let error = run(&db, "of city", &given, &owner).expect_err("a refusal");
        assert_eq!(error.kind(), ErrorKind::InvalidQuery, "{error}");
    }
    assert_eq!(run(&db, "of town", &json!({}), &owner).expect_err("none").kind(), ErrorKind::NotFound);
}

#[test]
fn a_scope_holds_for_saved_queries() {
    let db = db();
    block_on(db.engine().save_query(SavedQuery::new("of city", document()))).expect("a saved query");
    let by_tenant = DatasetFilter::parameter("tenant", Operator::Equal, "tenant_id", ParameterType::Hierarchy);
    block_on(db.engine().set_filters("sales", vec![by_tenant])).expect("a filter");
    let given = json!({"city": "Ghent", "from": "2026-01-01"});
    let zenith = Scope::new().parameter("tenant_id", "zenith");
    assert_eq!(run(&db, "of city", &given, &zenith).unwrap(), "[[25]]");
    // A parameter of the query decides nothing of the scope.
    let with_tenant = json!({"city": "Ghent", "tenant_id": "acme"});
    assert!(run(&db, "of city", &with_tenant, &zenith).is_err());
    assert_eq!(run(&db, "of city", &given, &Scope::new()).expect_err("no tenant").kind(), ErrorKind::AccessDenied);
}

#[test]
fn saved_queries_outlive_the_engine() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = dir.path().join("store");
    let saved = SavedQuery::new("of city", document()).description("Sales of a city");
    {
        let db = Db::open(&store).expect("a store");
        fill(&db);
        block_on(db.engine().save_query(saved.clone())).expect("a saved query");
        block_on(db.engine().save_query(SavedQuery::new("another", document()))).expect("another");
    }
    let db = Db::open(&store).expect("the store again");
    assert_eq!(block_on(db.engine().saved_query("of city")).expect("the query"), saved);
    let names = || block_on(db.engine().saved_queries()).expect("all").into_iter().map(|saved| saved.name);
    assert_eq!(names().collect::<Vec<_>>(), ["another", "of city"]);
    // Another engine on the same store sees what changes.
    let other = Db::open(&store).expect("the store twice");
    let mut renamed = saved.clone();
    "by city".clone_into(&mut renamed.name);
    block_on(other.engine().save_query(renamed)).expect("a new name");
    block_on(other.engine().delete_saved_query("another")).expect("one less");
    assert_eq!(names().collect::<Vec<_>>(), ["by city"]);
    assert_eq!(run(&db, "by city", &json!({"city": "Ghent"}), &Scope::unrestricted()).unwrap(), "[[5]]");
    // Datasets come and go without them.
    block_on(db.engine().drop_dataset("sales")).expect("no dataset");
    assert_eq!(names().collect::<Vec<_>>(), ["by city"]);
}

#[test]
fn wrong_documents_and_taken_names_are_refused() {
    let db = db();
    let save = |name: &str, document: &str| block_on(db.engine().save_query(SavedQuery::new(name, document)));
    save("one", &document()).expect("a saved query");
    assert_eq!(save("one", &document()).expect_err("taken").kind(), ErrorKind::InvalidInput);
    assert_eq!(save(" ", &document()).expect_err("no name").kind(), ErrorKind::InvalidInput);
    let wrong = document().replace("\"where\"", "\"when\"");
    assert_eq!(save("two", &wrong).expect_err("a wrong document").path(), Some("/when"));
    assert_eq!(save("two", "{").expect_err("no JSON").kind(), ErrorKind::InvalidQuery);
    assert_eq!(block_on(db.engine().saved_queries()).expect("all").len(), 1);
}

#[test]
fn a_metric_is_compared_with_the_period_before() {
    let db = db();
    let total = |shift: Shift, filter: &str| {
        let query = Query::on("sales")
            .dimension(column("city"))
            .measure(sum("amount").named("total"))
            .measure(sum("amount").named("Ghent").filter(column("city").equals("Ghent")))
            .filter(column("day").equals(filter))
            .limit(1);
        let over = Reference::column("day");
        block_on(db.engine().metric_total(&query, "Ghent", over, shift, &Scope::unrestricted()))
    };
    let march = total(Shift::PreviousPeriod, "2026-03").expect("a total");
    assert_eq!((&march.value, &march.previous, &march.change), (&int(5), &int(50), &int(-45)));
    assert_eq!(march.change_ratio, Cell::Float(-0.9));
    let shown = |period: &drillcore::MetricPeriod| format!("{} {}", period.start, period.end);
    assert_eq!(shown(&march.period), "2026-03-01 2026-04-01");
    assert_eq!(shown(&march.previous_period), "2026-02-01 2026-03-01");
    assert_eq!(march.comparison, "previous period");
    let year = total(Shift::By { quantity: 2, unit: Level::Year }, "2026").expect("a total");
    assert_eq!((&year.value, &year.previous, &year.change_ratio), (&int(55), &Cell::Null, &Cell::Null));
    assert_eq!(shown(&year.previous_period), "2024-01-01 2025-01-01");
    assert_eq!(year.comparison, "2 years earlier");
    let json = serde_json::to_value(&march).expect("JSON");
    assert_eq!((&json["value"], &json["period"]["start"]), (&json!(5), &json!("2026-03-01")));
}

fn int(number: i128) -> Cell {
    Cell::Integer(number)
}

#[test]
fn a_metric_without_a_range_or_a_measure_is_refused() {
    let db = db();
    let query = Query::on("sales").measure(sum("amount").named("total"));
    let ask = |measure: &str, shift| {
        let over = Reference::column("day");
        block_on(db.engine().metric_total(&query, measure, over, shift, &Scope::unrestricted()))
    };
    assert_eq!(ask("total", Shift::PreviousPeriod).expect_err("no range").kind(), ErrorKind::InvalidQuery);
    assert_eq!(ask("sum", Shift::PreviousPeriod).expect_err("no measure").kind(), ErrorKind::InvalidQuery);
    let all = ask("total", Shift::By { quantity: 1, unit: Level::Month }).expect("a total");
    assert_eq!((all.value, all.previous), (int(95), int(95)));
    assert!(all.period.start.is_null() && all.previous_period.end.is_null());
}
