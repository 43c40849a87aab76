//! What definitions depend on, what they are called, and how long they live.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use drillcore::{
    Dataset, DatasetFilter, Definition, DerivedColumn, Error, ErrorKind, Formula, Link, Operator, PushMode, Rows,
};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;
use serde_json::json;

use super::{Place, SALES, check, counted_by, derive, filled, save};

/// Some definitions that use each other.
fn define(db: &Db) {
    derive(db, "shops", "large", "{floor} > 100");
    derive(db, "sales", "double", "{amount} * 2");
    derive(db, "sales", "city", "IF({shop:large}, {shop:city})");
    save(db, "total", "SUM({double} WHERE {city} = 'Ghent')");
    save(db, "mean", "{total} / COUNTR()");
}

fn refused(result: Result<(), Error>) -> String {
    let error = result.expect_err("a refusal");
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    error.message().to_owned()
}

#[test]
fn it_is_known_what_definitions_are_made_of() {
    let (_place, db) = filled();
    define(&db);
    let all = block_on(db.engine().formula_dependencies()).expect("all");
    let shown: Vec<(String, Vec<String>)> =
        all.iter().map(|one| (one.of.to_string(), one.uses.iter().map(Definition::to_string).collect())).collect();
    let column = |dataset: &str, name: &str| format!("column `{name}` of dataset `{dataset}`");
    let expected = vec![
        (column("sales", "city"), vec![column("shops", "city"), column("shops", "large")]),
        (column("sales", "double"), vec![column("sales", "amount")]),
        (column("shops", "large"), vec![column("shops", "floor")]),
        ("stored formula `mean`".to_owned(), vec!["stored formula `total`".to_owned()]),
        ("stored formula `total`".to_owned(), vec![column("sales", "city"), column("sales", "double")]),
    ];
    assert_eq!(shown, expected);
    let json = serde_json::to_value(&all[3]).expect("JSON");
    let of = json!({"kind": "formula", "name": "mean"});
    assert_eq!(json, json!({"of": of, "uses": [{"kind": "formula", "name": "total"}]}));
}

#[test]
fn what_is_in_use_stays() {
    let (place, db) = filled();
    define(&db);
    let engine = db.engine();
    let used = refused(block_on(engine.remove_formula("total")));
    assert_eq!(used, "stored formula `total` is used by stored formula `mean`");
    let used = refused(block_on(engine.remove_derived("sales", "double")));
    assert_eq!(used, "column `double` of dataset `sales` is used by stored formula `total`");
    let used = refused(block_on(engine.remove_derived("shops", "large")));
    assert_eq!(used, "column `large` of dataset `shops` is used by column `city` of dataset `sales`");
    let of_formula = refused(block_on(engine.drop_dataset("sales")));
    assert_eq!(of_formula, "dataset `sales` is that of the stored formula `mean`; remove the formula first");
    let broken = refused(block_on(engine.unlink("sales", "shop")));
    assert!(broken.starts_with("this would break column `city` of dataset `sales`, stored formula `mean`"), "{broken}");
    let without = Dataset::csv("shops", place.csv("others", "id,city\n1,Ghent\n"));
    let broken = refused(block_on(engine.replace(without)));
    assert!(broken.starts_with("this would break ") && broken.contains("`large`"), "{broken}");
    let other_type = place.csv("texts", "id,city,floor\n1,Ghent,many\n");
    let broken = refused(block_on(engine.replace(Dataset::csv("shops", other_type))));
    assert!(broken.contains("column `large` of dataset `shops`"), "{broken}");
    let as_text = DerivedColumn::new("double", "CAST({amount}, text)");
    let broken = refused(block_on(engine.derive("sales", as_text)));
    assert!(broken.starts_with("this would break stored formula `mean`, stored formula `total`: "), "{broken}");
    // A second way to the shops leaves no doubt where the link is named, so nothing breaks.
    db.link(Link::new("again").from("sales", ["shop"]).to("shops", ["id"])).expect("a link");
    check(&db, &json!({"measures": [{"formula_id": "mean"}]}), &json!([[412.0]]));
    // The other way round everything can go.
    for formula in ["mean", "total"] {
        block_on(engine.remove_formula(formula)).expect("a formula that nothing uses");
    }
    for (dataset, column) in [("sales", "city"), ("sales", "double"), ("shops", "large")] {
        block_on(engine.remove_derived(dataset, column)).expect("a column that nothing uses");
    }
    for missing in [block_on(engine.remove_formula("mean")), block_on(engine.remove_derived("sales", "city"))] {
        assert_eq!(missing.expect_err("gone").kind(), ErrorKind::NotFound);
    }
    block_on(engine.drop_dataset("sales")).expect("a dataset that nothing needs");
}

#[test]
fn a_name_that_becomes_ambiguous_is_refused() {
    let (_place, db) = filled();
    derive(&db, "sales", "city", "{shops:city}");
    let second = Link::new("again").from("sales", ["shop"]).to("shops", ["id"]);
    let broken = refused(block_on(db.engine().link(second)));
    let expected = "this would break column `city` of dataset `sales`: \
                    several links lead from `sales` to `shops`; name one of `shop`, `again`";
    assert_eq!(broken, expected);
}

#[test]
fn a_replaced_dataset_keeps_its_derived_columns() {
    let (place, db) = filled();
    define(&db);
    let more = format!("{SALES}2026-04-03,2026-04-03T10:00:00Z,1,acme,70\n");
    block_on(db.engine().replace(place.sales(&more))).expect("more sales");
    check(&db, &json!({"measures": [{"formula_id": "total"}]}), &json!([[2200]]));
    let clash = more.replace("tenant", "double");
    let message = refused(block_on(db.engine().replace(place.sales(&clash))));
    assert_eq!(message, "dataset `sales` has a column `double` already");
}

#[test]
fn new_names_are_put_into_everything() {
    let (_place, db) = filled();
    define(&db);
    derive(&db, "sales", "large", "{shop:large} -- {large}");
    let filter = DatasetFilter::fixed("double", Operator::Greater, Some(20.into()));
    block_on(db.engine().set_filters("sales", vec![filter])).expect("a filter");
    let before = block_on(db.engine().formula("total")).expect("a formula").id;
    let engine = db.engine();
    block_on(engine.rename_derived("shops", "large", "is large")).expect("a new name");
    block_on(engine.rename_derived("sales", "double", "twice")).expect("a new name");
    block_on(engine.rename_formula("total", "in Ghent")).expect("a new name");
    let sales = block_on(engine.describe("sales")).expect("a description");
    let texts: Vec<(&str, &str)> = sales
        .derived
        .iter()
        .map(|derived| (derived.definition.name.as_str(), derived.definition.expression.as_str()))
        .collect();
    let expected = [
        ("twice", "{amount} * 2"),
        ("city", "IF({shop:is large}, {shop:city})"),
        ("large", "{shop:is large} -- {large}"),
    ];
    assert_eq!(texts, expected);
    assert_eq!(sales.filters[0].column_id, "twice");
    let formulas: Vec<(String, String)> = block_on(engine.formulas())
        .expect("all")
        .into_iter()
        .map(|formula| (formula.name, formula.expression))
        .collect();
    let formula = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    assert_eq!(
        formulas,
        [formula("in Ghent", "SUM({twice} WHERE {city} = 'Ghent')"), formula("mean", "{in Ghent} / COUNTR()"),]
    );
    assert_eq!(block_on(engine.formula("in Ghent")).expect("a formula").id, before);
    check(&db, &json!({"measures": [{"formula_id": "mean"}]}), &json!([[2060.0 / 3.0]]));
    check(&db, &counted_by("large"), &json!([[false, 1], [true, 2]]));
    for taken in [
        block_on(engine.rename_derived("sales", "twice", "amount")),
        block_on(engine.rename_derived("sales", "twice", "city")),
        block_on(engine.rename_derived("sales", "twice", " ")),
        block_on(engine.rename_formula("mean", "in Ghent")),
        block_on(engine.rename_formula("mean", "")),
    ] {
        refused(taken);
    }
    for missing in [block_on(engine.rename_derived("sales", "amount", "x")), block_on(engine.rename_formula("x", "y"))]
    {
        assert_eq!(missing.expect_err("none").kind(), ErrorKind::NotFound);
    }
}

#[test]
fn a_formula_may_have_the_name_of_a_column() {
    let (_place, db) = filled();
    derive(&db, "sales", "x", "{amount}");
    save(&db, "x", "SUM({x})");
    save(&db, "y", "{x} + SUM({x})");
    block_on(db.engine().rename_derived("sales", "x", "of_rows")).expect("a new name");
    let text = |name: &str| block_on(db.engine().formula(name)).expect("a formula").expression;
    assert_eq!((text("x"), text("y")), ("SUM({of_rows})".to_owned(), "{x} + SUM({of_rows})".to_owned()));
    block_on(db.engine().rename_formula("x", "of_groups")).expect("a new name");
    assert_eq!(text("y"), "{of_groups} + SUM({of_rows})");
    check(&db, &json!({"measures": [{"formula_id": "y"}]}), &json!([[2166]]));
}

#[test]
fn definitions_outlive_the_engine() {
    let place = Place::new();
    {
        let db = place.open();
        place.fill(&db);
        define(&db);
    }
    let db = place.open();
    check(&db, &json!({"measures": [{"formula_id": "mean"}]}), &json!([[412.0]]));
    // Another engine on the same store sees what changes, and its changes are seen.
    let other = place.open();
    block_on(other.engine().rename_formula("mean", "average")).expect("a new name");
    check(&db, &json!({"measures": [{"formula_id": "average"}]}), &json!([[412.0]]));
    derive(&db, "sales", "half", "{amount} / 2");
    check(&other, &json!({"dataset_id": "sales", "measures": [{"column_id": "half"}]}), &json!([[541.5]]));
    let described = block_on(other.engine().describe("sales")).expect("a description");
    assert_eq!(
        described.formulas.iter().map(|formula| formula.name.as_str()).collect::<Vec<_>>(),
        ["average", "total"]
    );
    let shown = described.to_string();
    assert!(shown.contains("half"), "{shown}");
    assert!(shown.contains("  formula average = {total} / COUNTR()\n"), "{shown}");
}

#[test]
fn definitions_over_what_ends_with_the_process_end_too() {
    let place = Place::new();
    {
        let db = place.open();
        db.create(place.sales(SALES)).expect("sales");
        let stored = place.open();
        let ids: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
        let cities: ArrayRef = Arc::new(StringArray::from(vec!["Ghent", "Bruges"]));
        let batch = RecordBatch::try_from_iter([("id", ids), ("city", cities)]).expect("a batch");
        db.create(Dataset::batches("fleeting", vec![batch])).expect("a dataset of this process");
        db.link(Link::new("shop").from("sales", ["shop"]).to("fleeting", ["id"])).expect("a link");
        derive(&db, "sales", "city", "{shop:city}");
        derive(&db, "sales", "double", "{amount} * 2");
        block_on(db.engine().save_formula(Formula::new("cities", "fleeting", "COUNTD({city})"))).expect("a formula");
        check(&db, &json!({"measures": [{"formula_id": "cities"}]}), &json!([[2]]));
        // The formula lives here, whatever the store says in the meantime.
        let rows = Rows::new(["a"], vec![vec![1.into()]]);
        block_on(stored.engine().push("more", PushMode::Create, rows)).expect("a push");
        check(&db, &json!({"measures": [{"formula_id": "cities"}]}), &json!([[2]]));
    }
    let db = place.open();
    assert!(block_on(db.engine().formulas()).expect("all").is_empty());
    let sales = block_on(db.engine().describe("sales")).expect("a description");
    assert_eq!(sales.derived[0].problem.as_deref(), Some("no link leads from dataset `sales` to `shop`"));
    assert_eq!(sales.derived[0].column_type, None);
    assert!(sales.to_string().contains("(broken: no link leads"), "{sales}");
    let error = db.ask(&counted_by("city").to_string()).expect_err("no such link");
    assert_eq!(error.message(), "column `city` of dataset `sales`: no link leads from dataset `sales` to `shop`");
    // What is broken already is in nobody's way.
    check(&db, &json!({"dataset_id": "sales", "measures": [{"column_id": "double"}]}), &json!([[2166]]));
    derive(&db, "sales", "triple", "{amount} * 3");
    block_on(db.engine().remove_derived("sales", "city")).expect("a column less");
}
