//! Aggregates over the rows before, and those of the last date.

use drillcore::ErrorKind;
use drillcore_tests::engine_side::Db;
use serde_json::{Value, json};

use super::{check, check_refused, check_totals, db, month, named, push, region, sales, test};

#[test]
fn the_last_date_is_that_of_each_entity() {
    let db = Db::in_memory().expect("an engine");
    let balances = json!([
        ["2026-04-10", "ACME", 500],
        ["2026-04-10", "Globex", 300],
        ["2026-04-11", "ACME", 550],
        ["2026-04-11", "Globex", 280],
    ]);
    push(&db, "balances", &["day", "account", "balance"], balances);
    let measure = |settings: Value| {
        let mut aggregation = json!({"type": "sum", "last_by": "day"});
        for (name, value) in settings.as_object().expect("settings") {
            aggregation[name] = value.clone();
        }
        json!({"column_id": "balance", "aggregation": aggregation})
    };
    let query = |dimensions: Value, settings: Value, filter: Value| {
        json!({
            "dataset_id": "balances", "dimensions": dimensions, "measures": [measure(settings)], "where": filter,
            "totals": {"grand": true},
        })
    };
    let entity = json!({"entity": ["account"]});
    let common = json!({"entity": ["account"], "pick": "last_common_date"});
    check(&db, &query(json!([]), entity.clone(), json!([])), json!([[830]]));
    check(&db, &query(json!([]), common.clone(), json!([])), json!([[830]]));
    let by_account = query(json!([{"column_id": "account"}]), entity.clone(), json!([]));
    check(&db, &by_account, json!([["ACME", 550], ["Globex", 280]]));
    check_totals(&db, &by_account, json!([[null, 830]]));
    let by_day = query(json!([{"column_id": "day"}]), entity.clone(), json!([]));
    check(&db, &by_day, json!([["2026-04-10", 800], ["2026-04-11", 830]]));
    check_totals(&db, &by_day, json!([[null, 830]]));
    let late = json!({"and": [test("account", "? = ?", json!("Globex")), test("day", "? = ?", json!("2026-04-11"))]});
    let early = json!([{"not": late}]);
    check(&db, &query(json!([]), entity, early.clone()), json!([[850]]));
    check(&db, &query(json!([]), common, early.clone()), json!([[550]]));
    check(&db, &query(json!([]), json!({}), early), json!([[550]]));
}

#[test]
fn cumulative_sums_are_plain_where_groups_are_tested() {
    let db = db();
    let run = json!({"column_id": "amount", "aggregation": "cumulativesum", "as": "run"});
    let double = json!({"formula": "{run} * 2", "as": "double"});
    let query = |more: Value| sales(&[month()], &[run.clone(), double.clone()], more);
    let all = json!([["2026-01-01", 55, 110], ["2026-02-01", 75, 40], ["2026-03-01", 83, 16]]);
    check(&db, &query(json!({})), all);
    let having = json!({"having": [named("run", "? > ?", json!(10))], "totals": {"grand": true}});
    check(&db, &query(having.clone()), json!([["2026-01-01", 55, 110], ["2026-02-01", 75, 40]]));
    check_totals(&db, &query(having), json!([[null, 75, 150]]));
    let post = json!({"post": [named("run", "? > ?", json!(60))], "order": [{"by": "run", "order": "desc"}]});
    check(&db, &query(post), json!([["2026-03-01", 83, 16], ["2026-02-01", 75, 40]]));
}

#[test]
fn cumulative_aggregates_see_the_rows_before() {
    let db = db();
    let measure = |span: Value| {
        let mut cumulative = json!({"over": "day"});
        for (name, value) in span.as_object().expect("a span") {
            cumulative[name] = value.clone();
        }
        json!({"column_id": "amount", "aggregation": {"type": "sum", "cumulative": cumulative}, "as": "run"})
    };
    let late = json!([test("day", "? >= ?", json!("2026-02-01"))]);
    let query = |dimensions: &[Value], span: Value| {
        sales(dimensions, &[measure(span)], json!({"where": late, "totals": {"grand": true}}))
    };
    let all = json!({"all": true});
    check(&db, &query(&[month()], all.clone()), json!([["2026-02-01", 75], ["2026-03-01", 83]]));
    check_totals(&db, &query(&[month()], all.clone()), json!([[null, 83]]));
    let to_date = json!({"to_date": "month"});
    check(&db, &query(&[month()], to_date), json!([["2026-02-01", 20], ["2026-03-01", 8]]));
    let days = json!({"window": {"quantity": 40, "unit": "day"}});
    check(&db, &query(&[month()], days), json!([["2026-02-01", 25], ["2026-03-01", 8]]));
    let expected =
        json!([["N", "2026-02-01", 35], ["S", "2026-02-01", 40], ["S", "2026-03-01", 41], [null, "2026-03-01", 7],]);
    check(&db, &query(&[region(), month()], all.clone()), expected);
    // N has no row in March, and its earlier ones count in the total of March all the same.
    let mut months = query(&[region(), month()], all.clone());
    months["totals"] = json!({"levels": [["month"]]});
    check_totals(&db, &months, json!([[null, "2026-02-01", 75], [null, "2026-03-01", 83]]));
    // What having takes out does not.
    months["having"] = json!([{"not": {"expression": "? = ?", "parameters": [{"name": "run"}, 41]}}]);
    check_totals(&db, &months, json!([[null, "2026-02-01", 75], [null, "2026-03-01", 42]]));
    // Of several levels of the date the finest counts.
    let year = json!({"column_id": "day", "level": "year", "as": "year"});
    let mut levels = query(&[year, month()], all.clone());
    levels["totals"] = json!({"levels": [["year"]]});
    check(&db, &levels, json!([["2026-01-01", "2026-02-01", 75], ["2026-01-01", "2026-03-01", 83]]));
    check_totals(&db, &levels, json!([["2026-01-01", null, 83]]));
    // Nothing else is aggregated, and there is no group.
    let february = json!([test("day", "? = ?", json!("2026-02"))]);
    check(&db, &sales(&[], &[measure(all.clone())], json!({"where": february})), json!([[75]]));
    let either = json!([{"or": [test("day", "? = ?", json!("2026-01")), test("day", "? = ?", json!("2026-03"))]}]);
    check_refused(&db, &sales(&[month()], &[measure(all)], json!({"where": either})), ErrorKind::InvalidQuery, None);
}
