//! Dataset filters and the scopes that decide them: nothing is seen without a decision, and nothing of what is hidden.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use drillcore::{Dataset, DatasetFilter, Error, ErrorKind, Link, Literal, Operator, ParameterType, QueryResult, Scope};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;
use serde_json::{Value, json};

/// A text that no message and no provenance may hold.
const CANARY: &str = "canary-4711";

/// Sales of three tenants; a shop's first row belongs to another tenant than its second.
fn db() -> Db {
    let db = Db::in_memory().expect("an engine");
    let sales = batch(
        &["tenant", "item"],
        &[
            [Some(CANARY), Some("a")],
            [Some(CANARY), Some("b")],
            [Some("other"), Some("c")],
            [Some("third"), Some("d")],
            [None, Some("e")],
        ],
        "shop",
        &[Some(1), Some(2), Some(1), Some(9), Some(1)],
    );
    let shops = batch(
        &["owner", "city"],
        &[[Some("other"), Some("Ghent")], [Some(CANARY), Some("Bruges")], [Some("other"), Some("Ypres")]],
        "id",
        &[Some(1), Some(1), Some(2)],
    );
    db.create(Dataset::batches("sales", vec![sales])).expect("sales");
    db.create(Dataset::batches("shops", vec![shops])).expect("shops");
    db.link(Link::new("shop").from("sales", ["shop"]).to("shops", ["id"])).expect("a link");
    db
}

fn batch(names: &[&str; 2], texts: &[[Option<&str>; 2]], number: &str, numbers: &[Option<i64>]) -> RecordBatch {
    let text = |place: usize| -> ArrayRef { Arc::new(StringArray::from_iter(texts.iter().map(|row| row[place]))) };
    let fields = names.iter().map(|name| Field::new(*name, DataType::Utf8, true));
    let fields = fields.chain([Field::new(number, DataType::Int64, true)]).collect::<Vec<_>>();
    let numbers: ArrayRef = Arc::new(Int64Array::from(numbers.to_vec()));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), vec![text(0), text(1), numbers]).expect("a batch")
}

fn by_tenant() -> DatasetFilter {
    DatasetFilter::parameter("tenant", Operator::Equal, "tenant_id", ParameterType::Hierarchy)
}

fn by_owner() -> DatasetFilter {
    DatasetFilter::parameter("owner", Operator::In, "owners", ParameterType::Hierarchy.list())
}

fn set(db: &Db, dataset: &str, filters: Vec<DatasetFilter>) {
    block_on(db.engine().set_filters(dataset, filters)).expect("filters");
}

/// Each item with the city of its shop.
fn items() -> Value {
    json!({
        "dataset_id": "sales",
        "dimensions": [{"column_id": "item"}, {"dataset_id": "shop", "column_id": "city"}],
        "order": [{"column_id": "item"}],
    })
}

/// The number of rows, without any link.
fn counted() -> Value {
    json!({"dataset_id": "sales", "measures": [{"column_id": "*", "aggregation": "count"}]})
}

fn ask(db: &Db, query: &Value, scope: &Scope) -> Result<QueryResult, Error> {
    db.ask_as(&query.to_string(), scope)
}

fn data(db: &Db, query: &Value, scope: &Scope) -> Value {
    let answer = ask(db, query, scope).unwrap_or_else(|error| panic!("{error}"));
    serde_json::from_str(&answer.data_json()).expect("JSON")
}

#[track_caller]
fn check_denied(db: &Db, query: &Value, scope: &Scope, named: &str) {
    let error = ask(db, query, scope).expect_err("a refusal");
    assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error}");
    let text = format!("{error} {error:?} {}", error.to_json());
    assert!(text.contains(named), "{text} does not name {named}");
    assert!(!text.contains(CANARY), "{text}");
}

/// Runs a test over sources, and again over snapshots.
fn on_both_paths(check: impl Fn(&Db)) {
    let db = db();
    check(&db);
    for dataset in ["sales", "shops"] {
        db.accelerate(dataset, &[]).expect("a sync");
    }
    check(&db);
}

#[test]
fn a_query_without_a_decision_is_refused() {
    on_both_paths(|db| {
        set(db, "sales", vec![by_tenant()]);
        for query in [items(), counted()] {
            check_denied(db, &query, &Scope::new(), "tenant_id");
            check_denied(db, &query, &Scope::new().parameter("tenant", CANARY), "tenant_id");
            check_denied(db, &query, &Scope::new().with_defaults(), "tenant_id");
        }
    });
}

#[test]
fn only_the_rows_of_the_scope_are_seen() {
    on_both_paths(|db| {
        set(db, "sales", vec![by_tenant()]);
        // Twice around, so that an answer kept for one scope would show up in another.
        for _ in 0..2 {
            let mine = Scope::new().parameter("tenant_id", CANARY);
            assert_eq!(data(db, &items(), &mine), json!([["a", "Ghent"], ["b", "Ypres"]]));
            assert_eq!(data(db, &counted(), &mine), json!([[2]]));
            assert_eq!(data(db, &counted(), &Scope::new().parameter("tenant_id", "nobody")), json!([[0]]));
            assert_eq!(data(db, &counted(), &Scope::new().parameter("tenant_id", "third")), json!([[1]]));
            assert_eq!(data(db, &counted(), &Scope::unrestricted()), json!([[5]]));
            assert_eq!(data(db, &counted(), &Scope::new().clear("tenant_id")), json!([[5]]));
        }
    });
}

#[test]
fn a_query_cannot_reach_around_the_filter() {
    on_both_paths(|db| {
        set(db, "sales", vec![by_tenant()]);
        let mine = Scope::new().parameter("tenant_id", "third");
        let tenant = json!({"column_id": "tenant"});
        let anything = json!({"or": [
            {"expression": "? is null", "parameters": [tenant]},
            {"expression": "? is not null", "parameters": [tenant]},
        ]});
        for filter in [anything.clone(), json!({"not": {"not": anything}}), json!({"not": {"or": []}})] {
            let mut query = items();
            query["where"] = json!([filter]);
            assert_eq!(data(db, &query, &mine), json!([["d", null]]));
        }
        let elsewhere = json!([{"expression": "? = ?", "parameters": [tenant, "other"]}]);
        let mut query = counted();
        query["where"] = elsewhere.clone();
        assert_eq!(data(db, &query, &mine), json!([[0]]));
        let mut query = counted();
        query["measures"][0]["where"] = elsewhere;
        assert_eq!(data(db, &query, &mine), json!([[0]]));
    });
}

#[test]
fn hidden_rows_of_a_linked_dataset_count_as_absent() {
    on_both_paths(|db| {
        set(db, "sales", Vec::new());
        set(db, "shops", vec![by_owner()]);
        check_denied(db, &items(), &Scope::new(), "owners");
        // What the query does not look into needs no decision.
        assert_eq!(data(db, &counted(), &Scope::new()), json!([[5]]));
        let owners = |owners: Vec<&str>| data(db, &items(), &Scope::new().parameter("owners", owners));
        let all = json!([["a", "Ghent"], ["b", "Ypres"], ["c", "Ghent"], ["d", null], ["e", "Ghent"]]);
        assert_eq!(owners(vec!["other", CANARY]), all);
        // The first row that may be seen is found, and rows of the base stay.
        let second = json!([["a", "Bruges"], ["b", null], ["c", "Bruges"], ["d", null], ["e", "Bruges"]]);
        assert_eq!(owners(vec![CANARY]), second);
        let none = json!([["a", null], ["b", null], ["c", null], ["d", null], ["e", null]]);
        assert_eq!(owners(Vec::new()), none);
        assert_eq!(owners(vec![CANARY]), second);
        assert_eq!(data(db, &items(), &Scope::unrestricted()), all);
    });
}

#[test]
fn filters_of_both_ends_of_a_link_apply_each_to_its_own() {
    on_both_paths(|db| {
        set(db, "sales", vec![by_tenant()]);
        set(db, "shops", vec![by_owner()]);
        let scope = |tenant: &str, owner: &str| {
            Scope::new().parameter("tenant_id", tenant).parameter("owners", vec![owner.to_owned()])
        };
        assert_eq!(data(db, &items(), &scope(CANARY, CANARY)), json!([["a", "Bruges"], ["b", null]]));
        assert_eq!(data(db, &items(), &scope("other", "other")), json!([["c", "Ghent"]]));
        check_denied(db, &items(), &Scope::new().parameter("tenant_id", CANARY), "owners");
    });
}

#[test]
fn a_value_of_another_type_is_refused_without_being_repeated() {
    on_both_paths(|db| {
        let city = DatasetFilter::parameter("shop", Operator::GreaterOrEqual, "least", ParameterType::Numeric);
        set(db, "sales", vec![by_tenant(), city]);
        set(db, "shops", vec![by_owner()]);
        let good =
            || Scope::new().parameter("tenant_id", CANARY).parameter("least", 0).parameter("owners", vec![CANARY]);
        assert_eq!(data(db, &items(), &good()), json!([["a", "Bruges"], ["b", null]]));
        let wrong: [(&str, Literal); 7] = [
            ("tenant_id", 4711.into()),
            ("tenant_id", vec![CANARY].into()),
            ("tenant_id", Literal::Null),
            ("least", CANARY.into()),
            ("least", Literal::Null),
            ("owners", CANARY.into()),
            ("owners", vec![4711].into()),
        ];
        for (name, value) in wrong {
            check_denied(db, &items(), &good().parameter(name, value), name);
        }
    });
}

#[test]
fn fixed_filters_hold_under_every_scope() {
    on_both_paths(|db| {
        let fixed = DatasetFilter::fixed("tenant", Operator::NotEqual, Some("other".into()));
        let known = DatasetFilter::fixed("tenant", Operator::IsNotNull, None);
        set(db, "sales", vec![fixed, known]);
        set(db, "shops", Vec::new());
        for scope in [Scope::new(), Scope::unrestricted(), Scope::new().clear("tenant")] {
            assert_eq!(data(db, &counted(), &scope), json!([[3]]));
        }
    });
}

#[test]
fn defaults_count_only_for_scopes_that_take_them() {
    on_both_paths(|db| {
        set(db, "sales", vec![by_tenant().with_default("other")]);
        check_denied(db, &counted(), &Scope::new(), "tenant_id");
        assert_eq!(data(db, &counted(), &Scope::new().with_defaults()), json!([[1]]));
        assert_eq!(data(db, &counted(), &Scope::new().with_defaults().parameter("tenant_id", CANARY)), json!([[2]]));
    });
}

#[test]
fn an_answer_does_not_tell_the_values_of_its_scope() {
    on_both_paths(|db| {
        set(db, "sales", vec![by_tenant()]);
        set(db, "shops", vec![by_owner()]);
        let scope = Scope::new().parameter("tenant_id", CANARY).parameter("owners", vec![CANARY]);
        let answer = ask(db, &items(), &scope).expect("an answer");
        let document = answer.to_json();
        assert!(!document.contains(CANARY), "{document}");
        assert!(
            document.contains("tenant_id"),
            "the filter of the scope is told by the name of its parameter: {document}"
        );
    });
}
