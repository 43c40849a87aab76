//! Formulas as Luzmo's documentation writes them: names are ids of a dataset and a column in braces.

use drillcore::{DerivedColumn, Formula, PushMode, Rows};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;
use serde_json::{Value, json};

const DATASET: &str = "c9c5a1e2-7d43-4d0c-9e6a-1f0b2c3d4e5f";
const CITY: &str = "28721f6e-0b1c-4b5e-8c0d-a1b2c3d4e5f6";
const COUNTRY: &str = "3f0e1d2c-9a8b-4c7d-b6e5-0f1e2d3c4b5a";
const AMOUNT: &str = "0d9c8b7a-6f5e-4d3c-a2b1-112233445566";
const WEIGHT: &str = "5a4b3c2d-1e0f-4a9b-88c7-665544332211";
const DAY: &str = "77aa66bb-55cc-44dd-93ee-22ff11aa00bb";

fn db() -> Db {
    let rows = json!([
        ["Ghent", "BE", 30, 2, "2026-03-02"],
        ["Ghent", "BE", 5, 4, "2026-03-30"],
        ["Bruges", "BE", 40, 1, "2026-04-01"],
        ["Lille", "FR", null, 3, "2026-04-02"],
        [null, "FR", 7, null, null],
    ]);
    let rows = Rows::new([CITY, COUNTRY, AMOUNT, WEIGHT, DAY], serde_json::from_value(rows).expect("rows"));
    let db = Db::in_memory().expect("an engine");
    block_on(db.engine().push(DATASET, PushMode::Create, rows)).expect("a push");
    db
}

/// A formula with `{ds:..}` for the ids.
fn written(formula: &str) -> String {
    [("city", CITY), ("country", COUNTRY), ("amount", AMOUNT), ("weight", WEIGHT), ("day", DAY)]
        .iter()
        .fold(formula.to_owned(), |text, (name, id)| {
            text.replace(&format!("{{ds:{name}}}"), &format!("{{{DATASET}:{id}}}"))
        })
}

fn asked(db: &Db, query: &Value) -> String {
    let text = query.to_string();
    db.ask(&text).unwrap_or_else(|error| panic!("{error}\n{text}")).data_json()
}

/// The value of a formula over all rows.
#[track_caller]
fn check(db: &Db, formula: &str, expected: &str) {
    let query = json!({"measures": [{"dataset_id": DATASET, "formula": written(formula)}]});
    assert_eq!(asked(db, &query), format!("[[{expected}]]"), "{formula}");
}

#[test]
fn aggregates_of_a_column() {
    let db = db();
    for (formula, expected) in [
        ("AVG({ds:amount})", "20.5"),
        ("COUNT({ds:amount})", "4"),
        ("COUNT({ds:city})", "4"),
        ("COUNTD({ds:city})", "3"),
        ("COUNTD({ds:day})", "4"),
        ("COUNTR()", "5"),
        ("MAX({ds:amount})", "40"),
        ("MIN({ds:amount})", "5"),
        ("SUM({ds:amount})", "82"),
        // Formulas give texts and dates, too.
        ("MAX({ds:city})", r#""Lille""#),
        ("MIN({ds:day})", r#""2026-03-02""#),
    ] {
        check(&db, formula, expected);
    }
}

#[test]
fn aggregates_of_an_expression() {
    let db = db();
    check(&db, "SUM({ds:amount} * {ds:weight})", "120");
    check(&db, "SUM({ds:amount} * {ds:weight}) / COUNTR()", "24.0");
    check(&db, "MAX({ds:city} || {ds:country})", r#""LilleFR""#);
    check(&db, "COUNTD(CAST({ds:amount}, hierarchy))", "4");
}

#[test]
fn expressions_stand_for_columns() {
    let db = db();
    let count = json!({"column_id": "*", "aggregation": "count", "dataset_id": DATASET});
    let joined = json!({"dataset_id": DATASET, "expression": written("{ds:city} || {ds:country}")});
    let found = asked(&db, &json!({"dimensions": [joined], "measures": [count]}));
    assert_eq!(found, r#"[["BrugesBE",1],["GhentBE",2],["LilleFR",1],[null,1]]"#);

    let cast = json!({"dataset_id": DATASET, "expression": written("CAST({ds:amount},hierarchy)")});
    let found = asked(&db, &json!({"dimensions": [cast], "measures": [count]}));
    assert_eq!(found, r#"[["30",1],["40",1],["5",1],["7",1],[null,1]]"#);

    let like = json!({"expression": "? like ?", "parameters": [cast, "0"]});
    assert_eq!(asked(&db, &json!({"measures": [count], "where": [like]})), "[[2]]");
}

#[test]
fn formulas_stand_in_having_and_in_the_order() {
    let db = db();
    let sum = json!({"dataset_id": DATASET, "formula": written("SUM({ds:amount})")});
    let ordered = |order: &str| {
        let mut key = sum.clone();
        key["order"] = json!(order);
        let query = json!({
            "dimensions": [{"dataset_id": DATASET, "column_id": CITY}],
            "measures": [sum],
            "having": [{"or": [{"expression": "? > ?", "parameters": [sum, 20]}]}],
            "order": [key]
        });
        asked(&db, &query)
    };
    assert_eq!(ordered("asc"), r#"[["Ghent",35],["Bruges",40]]"#);
    assert_eq!(ordered("desc"), r#"[["Bruges",40],["Ghent",35]]"#);
}

#[test]
fn derived_columns_and_formulas_are_kept() {
    let db = db();
    let joined = "9b8a7c6d-5e4f-4a3b-8c2d-0a1b2c3d4e5f";
    let column = DerivedColumn::new(joined, written("{ds:city} || {ds:country}"));
    block_on(db.engine().derive(DATASET, column)).expect("a derived column");
    let formula = Formula::new("mean amount", DATASET, written("AVG({ds:amount})"));
    let id = block_on(db.engine().save_formula(formula)).expect("a stored formula");
    let mean = json!({"dataset_id": DATASET, "formula_id": id.to_string()});
    let query = json!({
        "dimensions": [{"dataset_id": DATASET, "column_id": joined}],
        "measures": [mean],
        "where": [{"expression": "? ends with ?", "parameters": [{"dataset_id": DATASET, "column_id": joined}, "BE"]}]
    });
    assert_eq!(asked(&db, &query), r#"[["BrugesBE",40.0],["GhentBE",17.5]]"#);
    // The aggregate of a derived column.
    check(&db, &format!("COUNTD({{{DATASET}:{joined}}})"), "3");
}

#[test]
fn names_with_braces_colons_and_quotes_are_quoted() {
    let (dataset, column) = ("sales: {all}", r#"net "total""#);
    let rows = Rows::new([column], vec![vec![json!(30)], vec![json!(12)]]);
    let db = Db::in_memory().expect("an engine");
    block_on(db.engine().push(dataset, PushMode::Create, rows)).expect("a push");
    let formulas = [r#"SUM({"sales: {all}":"net ""total"""})"#, r#"MAX({"net ""total"""})"#];
    let measures = formulas.map(|formula| json!({"dataset_id": dataset, "formula": formula}));
    assert_eq!(asked(&db, &json!({"measures": measures})), "[[42,30]]");
}
