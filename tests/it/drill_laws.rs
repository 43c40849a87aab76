//! The law of drill-through: the rows behind a cell aggregate to it, for cells of random answers, their totals and
//! remainders, and every column.

use std::collections::BTreeSet;

use drillcore::{DrillCell, Literal, Query, Scope};
use drillcore_tests::engine_side::Db;
use drillcore_tests::rng::Rng;
use futures::executor::block_on;
use serde_json::{Value, json};

use crate::drill_cells::{Found, by, named, push, read, rows, test};

const WORLDS: u64 = 8;
const PER_WORLD: usize = 6;
/// Rows of an answer that are looked at.
const ROWS: usize = 4;

/// Rows with few regions and cities in the first months of 2026.
fn random_sales(rng: &mut Rng) -> Db {
    let count = rng.between(30, 80);
    let data: Vec<Value> = (0..count)
        .map(|id| {
            let region = *rng.pick(&[Some("N"), Some("S"), Some("W"), None]);
            let city = *rng.pick(&[Some("a"), Some("b"), Some("c"), Some("d"), Some("e"), None]);
            let day = (!rng.chance(6)).then(|| format!("2026-{:02}-{:02}", rng.between(1, 4), rng.between(1, 28)));
            let amount = (!rng.chance(10)).then(|| rng.between(-4, 9));
            json!([id, region, city, day, amount])
        })
        .collect();
    let db = Db::in_memory().expect("an engine");
    push(&db, "sales", &["id", "region", "city", "day", "amount"], json!(data));
    db
}

fn random_query(rng: &mut Rng) -> Value {
    let mut dimensions = vec!["region", "city", "month"];
    rng.shuffle(&mut dimensions);
    dimensions.truncate(rng.between(1, 3) as usize);
    let mut query = by(&dimensions, json!({"options": {"as_of": "2026-02-17T10:00:00Z"}}));
    let spans = [json!({"all": true}), json!({"to_date": "month"}), json!({"window": {"quantity": 20, "unit": "day"}})];
    let mut cumulative = rng.pick(&spans).clone();
    cumulative["over"] = json!("day");
    let measures = query["measures"].as_array_mut().expect("measures");
    measures.push(json!({"column_id": "*", "aggregation": {"type": "count", "cumulative": cumulative}, "as": "run"}));
    let big = json!([test("amount", "? > ?", json!(3))]);
    measures.push(json!({"column_id": "*", "aggregation": "count", "as": "big", "where": big}));
    if dimensions.contains(&"month") {
        measures.push(json!({"column_id": "amount", "aggregation": "cumulativesum", "as": "acc"}));
    }
    let closed = rng.chance(60);
    let mut filters = Vec::new();
    if closed {
        let first = rng.between(1, 3);
        let ends = json!([format!("2026-{first:02}-01"), format!("2026-{:02}-28", rng.between(first, 4))]);
        filters.push(test("day", "? between ?", ends));
    }
    if rng.chance(30) {
        filters.push(test("day", "? != ?", json!(format!("2026-02-{:02}", rng.between(1, 28)))));
    }
    query["where"] = json!(filters);
    if rng.chance(50) {
        let shift = match rng.below(5) {
            0 if closed => json!("previous_period"),
            0 | 1 => json!({"quantity": 28, "unit": "day"}),
            2 => json!({"quantity": 2, "unit": "month"}),
            _ => json!({"quantity": 1, "unit": "month"}),
        };
        let measures = ["n", "total", "run"];
        let trim = rng.chance(25);
        query["compare"] = json!({"column_id": "day", "shift": shift, "measures": measures, "trim_running": trim});
    }
    if rng.chance(40) {
        query["having"] = json!([named("n", "? >= ?", json!(rng.between(1, 4)))]);
    }
    if rng.chance(60) {
        let of = *rng.pick(&dimensions);
        let per: Vec<&str> = dimensions.iter().copied().filter(|name| *name != of && rng.chance(50)).collect();
        let other = rng.chance(75);
        query["top"] = json!({"of": of, "n": rng.between(1, 3), "by": "n", "per": per, "other": other});
    }
    if rng.chance(30) {
        query["post"] = json!([named("n", "? <= ?", json!(rng.between(3, 12)))]);
    }
    query["window"] = json!([{"as": "before", "function": "lag", "of": "n", "order_by": [{"by": "n"}]}]);
    let levels: Vec<Vec<&str>> = dimensions.iter().map(|name| vec![*name]).collect();
    query["totals"] = json!({"grand": true, "levels": levels, "over": rng.pick(&["visible", "visible", "all_rows"])});
    query
}

/// What a column is over some rows.
fn aggregated(name: &str, rows: &[(i64, Option<i64>)]) -> Value {
    if !matches!(name, "total" | "total_previous" | "acc") {
        return json!(rows.len());
    }
    let amounts: Vec<i64> = rows.iter().filter_map(|(_, amount)| *amount).collect();
    if amounts.is_empty() { Value::Null } else { json!(amounts.iter().sum::<i64>()) }
}

/// Checks the law for the cells of a row. `names` are those of all columns of the answer.
fn check_row(db: &Db, query: &Query, cell: &DrillCell, names: &[String], cells: &[Value], is_total: bool) {
    let behind = |name: &str| rows(db, query, &cell.clone().measure(name));
    let shown = |name: &str| format!("`{name}` in {cell:?} of {}\n{cells:?}", query.to_json());
    for (name, value) in names.iter().zip(cells) {
        match name.as_str() {
            // The remainder in a total of cumulative figures is not defined by its groups alone.
            "run" | "run_previous" if is_total && cell.other.is_some() => {}
            "n" | "big" | "run" | "total" | "acc" | "n_previous" | "run_previous" | "total_previous" => {
                let found = behind(name);
                // A bucket without a counterpart has no figure at all.
                if value.is_null() && found.is_empty() {
                    continue;
                }
                assert_eq!(*value, aggregated(name, &found), "{}", shown(name));
            }
            "n_change" => {
                let ids = |found: Found| found.into_iter().map(|(id, _)| id).collect::<BTreeSet<i64>>();
                let both: BTreeSet<i64> = ids(behind("n")).union(&ids(behind("n_previous"))).copied().collect();
                assert_eq!(ids(behind(name)), both, "{}", shown(name));
            }
            "before" => assert_eq!(behind(name), behind("n"), "{}", shown(name)),
            _ => {}
        }
    }
}

/// The cell of a member as it stands in JSON.
fn with_member(cell: DrillCell, name: &str, member: &Value) -> DrillCell {
    match member {
        Value::Null => cell.member(name, Literal::Null),
        Value::String(text) => cell.member(name, text.as_str()),
        _ => cell.other(name),
    }
}

#[test]
fn rows_behind_random_cells_aggregate_to_them() {
    let (mut remainders, mut totals, mut bases) = (0, 0, 0);
    for number in 0..WORLDS {
        let rng = &mut Rng::new(0xd111_0000 + number);
        let db = random_sales(rng);
        for _ in 0..PER_WORLD {
            let document = random_query(rng);
            let query = read(&document);
            let answer = block_on(db.engine().query(&query, &Scope::unrestricted()));
            let answer = answer.unwrap_or_else(|error| panic!("{error}\n{document}"));
            let names: Vec<String> = answer.columns().iter().map(|column| column.name.clone()).collect();
            let told: Value = serde_json::from_str(&answer.to_json()).expect("JSON");
            let data = told["data"].as_array().expect("rows");
            for _ in 0..ROWS.min(data.len()) {
                let row = rng.below(data.len());
                let cell = DrillCell::of_row(&answer, row).expect("a row");
                remainders += usize::from(cell.other.is_some());
                bases += usize::from(document.get("compare").is_some());
                check_row(&db, &query, &cell, &names, data[row].as_array().expect("cells"), false);
            }
            // Without any group a total is over no rows, whatever lies before the range.
            let levels = told["totals"].as_array().expect("totals").iter().filter(|_| !data.is_empty());
            for level in levels {
                let keys = level["keys"].as_array().expect("keys");
                let of_level = level["data"].as_array().expect("rows");
                // What keeps all dimensions is no total.
                if of_level.is_empty() || keys.len() == document["dimensions"].as_array().expect("dimensions").len() {
                    continue;
                }
                let cells = of_level[rng.below(of_level.len())].as_array().expect("cells");
                let cell = keys.iter().filter_map(Value::as_str).fold(DrillCell::new(), |cell, key| {
                    let place = names.iter().position(|name| name == key).expect("a column");
                    with_member(cell, key, &cells[place])
                });
                totals += 1;
                check_row(&db, &query, &cell, &names, cells, true);
            }
        }
    }
    assert!(remainders > 3 && totals > 40 && bases > 30, "{remainders} {totals} {bases}");
}
