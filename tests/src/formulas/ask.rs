//! The engine's side: formulas as derived columns of one query of rows.

use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, SecondsFormat};
use drillcore::ColumnType;
use drillcore_formulas::{Setting, Value};
use serde_json::{Value as Json, json};

use super::formula::told;
use super::table::{ROW, Table};
use super::values::values;
use crate::engine_side::Db;

/// Names of `week_start`, from that of 0 on.
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A column of the engine's answer.
#[derive(Debug, Clone)]
pub struct Answered {
    /// Its type.
    pub column_type: ColumnType,
    /// Its values, in the order of the rows.
    pub values: Vec<Value>,
}

/// What the engine gives for some formulas, at most 64, over all rows of a table.
///
/// # Errors
/// What the engine says, or what is wrong with the shape of its answer.
///
/// # Panics
/// If the clock of the setting stands where no calendar goes.
pub fn ask(db: &Db, table: &Table, setting: &Setting, formulas: &[&str]) -> Result<Vec<Answered>, String> {
    let document = document(table, setting, formulas);
    let answer = match catch_unwind(AssertUnwindSafe(|| db.ask(&document))) {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return Err(format!("the engine refuses: {error:?}")),
        Err(panic) => return Err(format!("the engine panics: {}", told(panic.as_ref()))),
    };
    if answer.columns().len() != formulas.len() + 1 {
        return Err(format!("the answer has {} columns instead of {}", answer.columns().len(), formulas.len() + 1));
    }
    let mut rows = Vec::new();
    let mut found: Vec<Vec<Value>> = formulas.iter().map(|_| Vec::new()).collect();
    for batch in answer.batches() {
        rows.extend(values(batch.column(0))?);
        for (place, column) in found.iter_mut().enumerate() {
            column.extend(values(batch.column(place + 1))?);
        }
    }
    if rows != (0..table.rows.len() as i64).map(Value::Integer).collect::<Vec<_>>() {
        return Err(format!("the answer does not have the {} rows of the table in their order", table.rows.len()));
    }
    let types = answer.columns().iter().skip(1).map(|column| column.column_type);
    Ok(types.zip(found).map(|(column_type, values)| Answered { column_type, values }).collect())
}

fn document(table: &Table, setting: &Setting, formulas: &[&str]) -> String {
    let named = |place: usize| format!("f{place}");
    let mut derived: Vec<Json> = Vec::new();
    let mut shown = vec![json!({"column_id": ROW})];
    for (place, text) in formulas.iter().enumerate() {
        derived.push(json!({"as": named(place), "expression": text}));
        shown.push(json!({"column_id": named(place)}));
    }
    let now = DateTime::from_timestamp_micros(setting.now).expect("a clock that a calendar shows");
    let document = json!({
        "dataset_id": table.name,
        "derived": derived,
        "dimensions": shown,
        "order": [{"by": ROW}],
        "options": {
            "rollup_data": false,
            "timezone_id": setting.zone.name(),
            "week_start": DAYS[usize::from(setting.week_start)],
            "fiscal_year_start": setting.fiscal_year_start,
            "as_of": now.to_rfc3339_opts(SecondsFormat::Micros, true),
        },
    });
    document.to_string()
}
