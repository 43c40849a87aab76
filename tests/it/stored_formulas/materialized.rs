//! Derived columns that a sync stores: no answer changes by that, and what is not current is not used.

use drillcore::{DerivedColumn, DerivedDescription, ErrorKind, Link, Path, PushMode, Query, Rows, Scope};
use drillcore_formulas::Setting;
use drillcore_tests::engine_side::Db;
use drillcore_tests::formulas::{Coverage, Generator, Table, World};
use drillcore_tests::rng::Rng;
use futures::executor::block_on;
use serde_json::{Value, json};

use super::{SALES, ask, check, counted_by, data_of, derive, filled, try_derive};
use crate::run::setting;

fn stored(name: &str, expression: &str) -> DerivedColumn {
    DerivedColumn::new(name, expression).materialize()
}

fn described(db: &Db, dataset: &str, name: &str) -> DerivedDescription {
    let found = block_on(db.engine().describe(dataset)).expect("a description").derived;
    found.into_iter().find(|derived| derived.definition.name == name).expect("a derived column")
}

/// Whether the plan of a query reads the column instead of computing it.
fn is_read(db: &Db, query: &Value, column: &str) -> bool {
    let query = Query::from_json(&query.to_string()).expect("a query");
    let explained = block_on(db.engine().explain(&query, &Scope::unrestricted())).expect("an explanation");
    assert!(explained.plan.contains("projection=["), "{}", explained.plan);
    explained.plan.lines().any(|line| line.contains("TableScan") && line.contains(column))
}

fn by_total() -> Value {
    json!({
        "dataset_id": "sales",
        "dimensions": [{"column_id": "gross_total"}],
        "measures": [{"column_id": "gross_total", "aggregation": "sum", "as": "sum"}],
        "where": [{"expression": "? > ?", "parameters": [{"column_id": "gross_total"}, 15]}],
    })
}

#[test]
fn a_stored_column_gives_the_answers_of_a_computed_one() {
    let (place, db) = filled();
    let doubled = json!([[16, 16], [60, 60], [80, 80], [2000, 2000]]);
    // From the source.
    try_derive(&db, "sales", stored("gross_total", "{amount} * 2")).expect("a column");
    check(&db, &by_total(), &doubled);
    assert!(!described(&db, "sales", "gross_total").stored);
    // From a snapshot that was made before.
    block_on(db.engine().remove_derived("sales", "gross_total")).expect("no column");
    db.accelerate("sales", &["day".to_owned()]).expect("a sync");
    try_derive(&db, "sales", stored("gross_total", "{amount} * 2")).expect("a column");
    check(&db, &by_total(), &doubled);
    assert!(!is_read(&db, &by_total(), "gross_total") && !described(&db, "sales", "gross_total").stored);
    // From one that holds it.
    db.sync("sales").expect("a sync");
    check(&db, &by_total(), &doubled);
    assert_eq!(ask(&db, &by_total()).provenance().path, Path::Snapshot);
    assert!(is_read(&db, &by_total(), "gross_total") && described(&db, "sales", "gross_total").stored);
    // After a restart.
    drop(db);
    let db = place.open();
    check(&db, &by_total(), &doubled);
    assert!(is_read(&db, &by_total(), "gross_total"));
    // Defined anew, before and after the next sync.
    try_derive(&db, "sales", stored("gross_total", "{amount} * 3")).expect("another formula");
    let tripled = json!([[24, 24], [90, 90], [120, 120], [3000, 3000]]);
    check(&db, &by_total(), &tripled);
    assert!(!is_read(&db, &by_total(), "gross_total") && !described(&db, "sales", "gross_total").stored);
    let again = place.open();
    check(&again, &by_total(), &tripled);
    db.sync("sales").expect("a sync");
    for one in [&db, &again] {
        check(one, &by_total(), &tripled);
        assert!(is_read(one, &by_total(), "gross_total"));
    }
    // Not to be stored any more, and gone.
    derive(&db, "sales", "gross_total", "{amount} * 3");
    assert!(!is_read(&db, &by_total(), "gross_total"));
    check(&db, &by_total(), &tripled);
    block_on(db.engine().remove_derived("sales", "gross_total")).expect("no column");
    assert!(db.ask(&by_total().to_string()).is_err());
    check(&db, &counted_by("tenant"), &json!([["acme", 3], ["zenith", 2]]));
    // A name that is given to something else does not bring the old values back.
    try_derive(&db, "sales", stored("gross_total", "{tenant}")).expect("another column");
    check(&db, &counted_by("gross_total"), &json!([["acme", 3], ["zenith", 2]]));
}

#[test]
fn a_change_of_what_a_stored_column_is_made_of_is_seen() {
    let (_place, db) = filled();
    derive(&db, "sales", "factor", "2");
    try_derive(&db, "sales", stored("gross_total", "{amount} * {factor}")).expect("a column");
    db.accelerate("sales", &[]).expect("a sync");
    assert!(is_read(&db, &by_total(), "gross_total"));
    derive(&db, "sales", "factor", "3");
    assert!(!is_read(&db, &by_total(), "gross_total"));
    let total = json!({"dataset_id": "sales", "measures": [{"column_id": "gross_total"}]});
    check(&db, &total, &json!([[3249]]));
    // The same text again means the same values again.
    derive(&db, "sales", "factor", "2");
    check(&db, &total, &json!([[2166]]));
    assert!(is_read(&db, &total, "gross_total"));
    block_on(db.engine().rename_derived("sales", "gross_total", "renamed")).expect("a new name");
    let renamed = json!({"dataset_id": "sales", "measures": [{"column_id": "renamed"}]});
    check(&db, &renamed, &json!([[2166]]));
    assert!(!is_read(&db, &renamed, "renamed"));
}

#[test]
fn a_replaced_source_has_no_stored_column_until_it_is_synced() {
    let (place, db) = filled();
    try_derive(&db, "sales", stored("gross_total", "{amount} * 2")).expect("a column");
    db.accelerate("sales", &[]).expect("a sync");
    let more = SALES.replace(",1000\n", ",1\n");
    block_on(db.engine().replace(place.sales(&more))).expect("other sales");
    let total = json!({"dataset_id": "sales", "measures": [{"column_id": "gross_total"}]});
    check(&db, &total, &json!([[168]]));
    db.sync("sales").expect("a sync");
    check(&db, &total, &json!([[168]]));
    assert!(is_read(&db, &total, "gross_total"));
}

#[test]
fn stored_columns_are_computed_behind_links() {
    let (_place, db) = filled();
    try_derive(&db, "shops", stored("label", "COALESCE({city}, 'nowhere') || '!'")).expect("a column");
    let query = json!({"dataset_id": "sales", "dimensions": [{"dataset_id": "shop", "column_id": "label"}],
        "measures": [{"column_id": "amount", "aggregation": "sum"}]});
    let expected = json!([["Bruges!", 40], ["Ghent!", 1030], [null, 13]]);
    check(&db, &query, &expected);
    for dataset in ["sales", "shops"] {
        db.accelerate(dataset, &[]).expect("a sync");
        check(&db, &query, &expected);
    }
    check(
        &db,
        &json!({"dataset_id": "shops", "dimensions": [{"column_id": "label"}]}),
        &json!([["Bruges!"], ["Ghent!"], ["Ypres!"]]),
    );
    // The keys of a target with a stored column are still those of its rows.
    let report = db.sync("shops").expect("a sync");
    assert!(report.duplicate_keys.is_empty(), "{report}");
}

#[test]
fn what_depends_on_more_than_its_row_is_not_stored() {
    let (_place, db) = filled();
    db.link(Link::new("sale").from("shops", ["id"]).to("sales", ["shop"])).expect("a link");
    derive(&db, "sales", "city", "{shop:city}");
    for (expression, reason) in [
        ("MONTH({at})", "it depends on the zone of the query"),
        ("CAST({at}, date)", "it depends on the zone of the query"),
        ("{at} > @2026-03-01T10:00", "it depends on the zone of the query"),
        ("WEEKDAY({day})", "it depends on the first day of the week"),
        ("DATE_TRUNC('week', {day})", "it depends on the first day of the week"),
        ("FISCAL_YEAR({day})", "it depends on the fiscal year"),
        ("{at} > NOW()", "it depends on the clock"),
        ("{day} = TODAY()", "it depends on the clock"),
        ("{shop:city}", "column `x` follows the link `shop`"),
        ("{city}", "column `city` follows the link `shop`"),
        ("{amount} / SUM({amount} FIXED {tenant})", "column `x` looks at other rows"),
    ] {
        let error = try_derive(&db, "sales", stored("x", expression)).expect_err("a refusal");
        assert_eq!(
            (error.kind(), error.path()),
            (ErrorKind::InvalidInput, Some("/materialize")),
            "{expression}: {error}"
        );
        let message = format!("column `x` of dataset `sales` cannot be stored by a sync: {reason}");
        assert_eq!(error.message(), message, "{expression}");
        derive(&db, "sales", "x", expression);
        block_on(db.engine().remove_derived("sales", "x")).expect("no column");
    }
    for expression in ["MONTH({day})", "{at} > @2026-03-01T10:00Z", "ISO_WEEK({day})", "{sales:amount} + 1", "1"] {
        try_derive(&db, "sales", stored("x", expression)).unwrap_or_else(|error| panic!("{expression}: {error}"));
    }
    // A column that a stored one is made of cannot begin to follow a link either.
    derive(&db, "sales", "part", "{amount}");
    try_derive(&db, "sales", stored("x", "{part} + 1")).expect("a column");
    let error = try_derive(&db, "sales", DerivedColumn::new("part", "{shop:floor}")).expect_err("a refusal");
    assert!(error.message().starts_with("this would break column `x` of dataset `sales`: "), "{error}");
    let rows = Rows::new(["a"], vec![vec![1.into()]]);
    block_on(db.engine().push("pushed", PushMode::Create, rows)).expect("a push");
    let error = try_derive(&db, "pushed", stored("x", "{a}")).expect_err("a refusal");
    assert!(error.message().contains("was pushed and is never synced"), "{error}");
    derive(&db, "pushed", "x", "{a} + 1");
    check(&db, &json!({"dataset_id": "pushed", "measures": [{"column_id": "x"}]}), &json!([[2]]));
}

/// Answers in which all columns occur: row by row, grouped, and tested.
fn answers(db: &Db, table: &Table, columns: &[String], derived: &[Value], at: &Setting) -> Vec<Value> {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let now = chrono::DateTime::from_timestamp_micros(at.now).expect("a clock that a calendar shows");
    let options = json!({
        "timezone_id": at.zone.name(),
        "week_start": days[usize::from(at.week_start)],
        "fiscal_year_start": at.fiscal_year_start,
        "as_of": now.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
    });
    let mut rows_options = options.clone();
    rows_options["rollup_data"] = json!(false);
    let shown: Vec<Value> =
        columns.iter().map(|column| json!({"column_id": column, "as": format!("c_{column}")})).collect();
    let count = json!({"column_id": "*", "aggregation": "count", "as": "n"});
    let rows = json!({"dataset_id": table.name, "derived": derived, "dimensions": shown, "options": rows_options});
    let mut found = vec![data_of(&ask(db, &rows))];
    for (column, shown) in columns.iter().zip(&shown) {
        let missing = json!([{"expression": "? is null", "parameters": [{"column_id": column}]}]);
        for filter in [json!([]), missing] {
            let query = json!({"dataset_id": table.name, "derived": derived, "dimensions": [shown], "measures": [count],
                "where": filter, "options": options});
            found.push(data_of(&ask(db, &query)));
        }
    }
    found
}

#[test]
fn random_columns_have_the_same_values_however_they_are_read() {
    const COLUMNS: usize = 12;
    let rng = &mut Rng::new(setting("DRILLCORE_FORMULA_SEED", 20_130_101) + 1);
    let mut kept = 0;
    for (round, size) in [0, 1, 7, 40, 64, 64].into_iter().enumerate() {
        let db = Db::in_memory().expect("an engine");
        let (table, at) = (Table::random(&format!("table {round}"), size, rng), World::setting(rng));
        db.create(table.dataset()).expect("a dataset");
        let mut coverage = Coverage::default();
        let mut generator = Generator::new(rng, &table, &at, &mut coverage);
        let texts: Vec<String> = (0..COLUMNS).map(|_| generator.formula().text).collect();
        let own: Vec<String> = (0..COLUMNS).map(|place| format!("own{place}")).collect();
        let names: Vec<String> = (0..COLUMNS).map(|place| format!("of the dataset {place}")).collect();
        let derived: Vec<Value> =
            own.iter().zip(&texts).map(|(name, text)| json!({"as": name, "expression": text})).collect();
        // Computed by the query.
        let expected = answers(&db, &table, &own, &derived, &at);
        // Computed by the dataset, from the source.
        for (name, text) in names.iter().zip(&texts) {
            derive(&db, &table.name, name, text);
        }
        assert_eq!(answers(&db, &table, &names, &[], &at), expected, "from the source\n{texts:#?}");
        // From a snapshot without the columns.
        let by = if round % 2 == 0 { vec!["number".to_owned()] } else { Vec::new() };
        db.accelerate(&table.name, &by).expect("a sync");
        assert_eq!(answers(&db, &table, &names, &[], &at), expected, "from a snapshot\n{texts:#?}");
        // From one that holds those that can be held.
        for (name, text) in names.iter().zip(&texts) {
            match try_derive(&db, &table.name, stored(name, text)) {
                Ok(()) => kept += 1,
                Err(error) => assert_eq!(error.path(), Some("/materialize"), "{text}: {error}"),
            }
        }
        assert_eq!(answers(&db, &table, &names, &[], &at), expected, "before the sync\n{texts:#?}");
        db.sync(&table.name).expect("a sync");
        assert_eq!(answers(&db, &table, &names, &[], &at), expected, "from stored columns\n{texts:#?}");
        let description = block_on(db.engine().describe(&table.name)).expect("a description");
        for derived in &description.derived {
            assert_eq!(derived.stored, derived.definition.materialize, "{}", derived.definition.expression);
        }
    }
    assert!(kept >= 20, "only {kept} columns could be stored");
}
