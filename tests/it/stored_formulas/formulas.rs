//! Stored formulas in queries, and what they may say.

use drillcore::{ErrorKind, Formula, Localized, Subtype};
use futures::executor::block_on;
use serde_json::{Value, json};

use super::{ask, check, derive, filled, save, try_save};

fn by_tenant(measures: &Value) -> Value {
    json!({"dataset_id": "sales", "dimensions": [{"column_id": "tenant"}], "measures": measures})
}

#[test]
fn a_stored_formula_is_a_measure() {
    let (_place, db) = filled();
    let mean = Formula::new("mean", "sales", "SUM({amount}) / COUNTR()");
    let mean = mean.description(Localized::new("Per sale")).subtype(Subtype::Currency).format(".2f");
    let id = block_on(db.engine().save_formula(mean.clone())).expect("a formula");
    assert_eq!(id, mean.id);
    let expected = json!([["acme", 25.0], ["zenith", 504.0]]);
    for name in ["mean".to_owned(), id.to_string()] {
        let answer = ask(&db, &by_tenant(&json!([{"formula_id": name}])));
        assert_eq!(super::data_of(&answer), expected);
        let column = &answer.columns()[1];
        assert_eq!((column.name.as_str(), column.subtype), ("mean", Some(Subtype::Currency)));
        assert_eq!(column.format.as_deref(), Some(".2f"));
    }
    // The dataset follows from the formula.
    check(&db, &json!({"measures": [{"formula_id": "mean"}]}), &json!([[216.6]]));
    check(&db, &json!({"measures": [{"formula": "{mean} * 10"}]}), &json!([[2166.0]]));
    let totals = json!({"measures": [{"formula_id": "mean", "as": "m"}], "totals": {"grand": true}});
    assert_eq!(ask(&db, &totals).totals().len(), 1);
}

#[test]
fn a_stored_formula_stands_in_having_the_order_and_other_formulas() {
    let (_place, db) = filled();
    save(&db, "total", "SUM({amount})");
    save(&db, "share", "{total} / COUNTR() / 100");
    let mut query = by_tenant(&json!([{"formula": "{share} + {n}", "as": "x"}, {"formula_id": "total"},
        {"column_id": "*", "aggregation": "count", "as": "n"}]));
    query["order"] = json!([{"formula_id": "total", "order": "desc"}]);
    check(&db, &query, &json!([["zenith", 7.04, 1008, 2], ["acme", 3.25, 75, 3]]));
    query["having"] = json!([{"expression": "? < ?", "parameters": [{"formula_id": "share"}, 1]}]);
    check(&db, &query, &json!([["acme", 3.25, 75, 3]]));
    query["having"] =
        json!([{"expression": "? < ?", "parameters": [{"formula_id": "total"}, {"formula_id": "share"}]}]);
    check(&db, &query, &json!([]));
}

#[test]
fn measures_of_the_query_come_first_but_not_inside_stored_texts() {
    let (_place, db) = filled();
    save(&db, "n", "COUNTR()");
    save(&db, "twice", "{n} * 2");
    let greatest = json!({"formula": "MAX({amount})", "as": "n"});
    check(&db, &json!({"measures": [{"formula": "{n}"}]}), &json!([[5]]));
    check(
        &db,
        &json!({"dataset_id": "sales", "measures": [{"formula": "{n} + 0", "as": "m"}, greatest]}),
        &json!([[1000, 1000]]),
    );
    let query = json!({"dataset_id": "sales", "measures": [{"formula_id": "twice"}, {"formula": "{n} + {twice}"},
        {"formula": "1", "as": "n"}]});
    check(&db, &query, &json!([[10, 11, 1]]));
    // A measure may have the name of the formula it is.
    check(&db, &json!({"measures": [{"formula_id": "n", "as": "n"}, {"formula": "{n} * 3"}]}), &json!([[5, 15]]));
    // Inside an aggregate a name is a column, whatever is stored.
    save(&db, "amount", "COUNTR()");
    check(&db, &json!({"measures": [{"formula": "SUM({amount}) + {amount}"}]}), &json!([[1088]]));
}

#[test]
fn a_filter_beside_a_stored_formula_holds_in_all_of_its_text() {
    let (_place, db) = filled();
    save(&db, "total", "SUM({amount})");
    save(&db, "mean", "{total} / COUNTR()");
    let of_acme = json!([{"expression": "? = ?", "parameters": [{"column_id": "tenant"}, "acme"]}]);
    let measures = json!([
        {"formula_id": "mean", "where": of_acme},
        {"formula": "{mean}", "where": of_acme},
        {"formula_id": "mean"},
        {"formula": "{all} + {total}", "where": of_acme},
        {"column_id": "amount", "aggregation": "sum", "as": "all"},
    ]);
    check(&db, &json!({"dataset_id": "sales", "measures": measures}), &json!([[25.0, 25.0, 216.6, 1158, 1083]]));
}

#[test]
fn derived_columns_stand_in_stored_formulas() {
    let (_place, db) = filled();
    derive(&db, "sales", "small", "{amount} < 10");
    derive(&db, "shops", "large", "{floor} > 100");
    save(&db, "small_share", "COUNTR(WHERE {small}) / COUNTR()");
    save(&db, "large_total", "SUM({amount} WHERE {shop:large})");
    let measures = json!([{"formula_id": "small_share"}, {"formula_id": "large_total"}]);
    check(&db, &json!({"measures": measures}), &json!([[0.4, 1030]]));
}

#[test]
fn grains_take_the_dimensions_of_the_query() {
    let (_place, db) = filled();
    save(&db, "of_all", "SUM({amount}) / SUM({amount} FULL)");
    save(&db, "over_tenants", "SUM({amount} EXCLUDE {tenant})");
    save(&db, "best_day", "MAX(SUM({amount} INCLUDE {day}))");
    let query = by_tenant(&json!([{"formula_id": "over_tenants"}, {"formula_id": "best_day"}]));
    check(&db, &query, &json!([["acme", 1083, 40], ["zenith", 1083, 1000]]));
    let answer = ask(&db, &by_tenant(&json!([{"formula": "ROUND({of_all}, 3)"}])));
    assert_eq!(super::data_of(&answer), json!([["acme", 0.069], ["zenith", 0.931]]));
    let refused = json!({"dataset_id": "sales", "measures": [{"formula_id": "over_tenants"}]});
    let error = db.ask(&refused.to_string()).expect_err("no dimension");
    assert_eq!(error.path(), Some("/measures/0/formula_id"));
    assert!(
        error.message().starts_with("stored formula `over_tenants`: the query has no dimension `tenant`"),
        "{error}"
    );
}

#[test]
fn texts_are_checked_when_they_are_stored() {
    let (_place, db) = filled();
    let told = |expression: &str| {
        let error = try_save(&db, "wrong", expression).expect_err("a refusal");
        assert_eq!(
            (error.kind(), error.path()),
            (ErrorKind::InvalidInput, Some("/expression")),
            "{expression}: {error}"
        );
        (error.message().to_owned(), error.span())
    };
    let amount = "dataset `sales` has no column `amuont`; did you mean `amount`?".to_owned();
    assert_eq!(told("SUM({amuont})"), (amount, Some((4, 12))));
    let outside = "there is no stored formula `amount`; columns stand inside an aggregate".to_owned();
    assert_eq!(told("1 + {amount}"), (outside, Some((4, 12))));
    let link = "no link leads from dataset `sales` to `nowhere`".to_owned();
    assert_eq!(told("SUM({nowhere:x})"), (link, Some((4, 15))));
    for expression in ["SUM({tenant})", "SUM({amount}", "SUM(SUM({amount}))", "LAG(COUNTR())", "", "{amount"] {
        assert!(told(expression).1.is_some(), "{expression}");
    }
    assert!(block_on(db.engine().formulas()).expect("all").is_empty());
    let elsewhere = block_on(db.engine().save_formula(Formula::new("x", "sale", "1"))).expect_err("no dataset");
    assert_eq!(elsewhere.kind(), ErrorKind::NotFound);
    let taken = save_two(&db);
    assert_eq!(taken.message(), "there is already a stored formula `a`");
}

fn save_two(db: &drillcore_tests::engine_side::Db) -> drillcore::Error {
    save(db, "a", "COUNTR()");
    block_on(db.engine().save_formula(Formula::new("a", "sales", "1"))).expect_err("a name that is taken")
}

#[test]
fn circles_are_refused_with_their_way() {
    let (_place, db) = filled();
    save(&db, "b", "COUNTR()");
    save(&db, "a", "{b} + 1");
    save(&db, "c", "{a} + {b}");
    for (name, expression, way) in [("b", "{b}", "b → b"), ("b", "{a}", "b → a → b"), ("b", "{c}", "b → c → a → b")]
    {
        let error = try_save(&db, name, expression).expect_err("a circle");
        assert_eq!(error.message(), format!("stored formulas are made of each other: {way}"));
        assert_eq!(error.span(), Some((0, 3)));
    }
    check(&db, &json!({"measures": [{"formula_id": "c"}]}), &json!([[11]]));
}

#[test]
fn queries_tell_what_is_wrong_with_a_stored_formula() {
    let (_place, db) = filled();
    save(&db, "mean", "AVG({amount})");
    let refused = |query: &Value| {
        let error = db.ask(&query.to_string()).expect_err("a refusal");
        (error.path().unwrap_or_default().to_owned(), error.message().to_owned())
    };
    let place = |path: &str, message: &str| (path.to_owned(), message.to_owned());
    assert_eq!(
        refused(&json!({"dataset_id": "sales", "measures": [{"formula_id": "maen"}]})),
        place("/measures/0/formula_id", "there is no stored formula `maen`; did you mean `mean`?")
    );
    assert_eq!(
        refused(&json!({"dataset_id": "shops", "measures": [{"formula_id": "mean"}]})),
        place(
            "/measures/0/formula_id",
            "stored formula `mean` is over the rows of `sales`, and these are those of `shops`"
        )
    );
    assert_eq!(
        refused(&json!({"dataset_id": "sales", "measures": [{"formula_id": "mean", "dataset_id": "shop"}]})),
        place("/measures/0/dataset_id", "a stored formula is over the rows of the query, which are those of `sales`")
    );
    assert_eq!(
        refused(&json!({"dataset_id": "sales", "measures": [{"formula": "{maen}"}]})),
        place(
            "/measures/0/formula",
            "the query calls no measure `maen`; did you mean `mean`?; columns stand inside an aggregate"
        )
    );
    check(&db, &json!({"measures": [{"formula_id": "mean", "dataset_id": "sales"}]}), &json!([[216.6]]));
}

#[test]
fn long_lines_of_measures_are_refused() {
    let (_place, db) = filled();
    let mut measures: Vec<Value> =
        (1..80).map(|n| json!({"formula": format!("{{m{n}}} + 1"), "as": format!("m{}", n - 1)})).collect();
    measures.push(json!({"formula": "COUNTR()", "as": "m79"}));
    let error = db.ask(&json!({"dataset_id": "sales", "measures": measures}).to_string()).expect_err("too long a line");
    assert!(error.message().contains("64"), "{error}");
    // In the other order each is known when it is named.
    measures.reverse();
    check(&db, &json!({"dataset_id": "sales", "measures": measures[..3]}), &json!([[5, 6, 7]]));
}
