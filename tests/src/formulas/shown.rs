//! Values as text.

use chrono::{DateTime, NaiveDate};
use drillcore_formulas::Value;

/// A value as the examples of the registry write it.
#[must_use]
pub fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Decimal(value) => value.to_string(),
        Value::Float(value) => float(*value),
        Value::Text(text) => text.clone(),
        Value::Date(days) => {
            let date = NaiveDate::from_epoch_days(*days);
            date.map_or_else(|| format!("{days} days"), |date| date.format("%Y-%m-%d").to_string())
        }
        Value::Datetime(micros) => format!("{}Z", wall(*micros)),
        Value::LocalDatetime(micros) => wall(*micros),
        other => format!("{other:?}"),
    }
}

/// A value with its type, for reports.
#[must_use]
pub fn described(value: &Value) -> String {
    let name = match value {
        Value::Null => return "NULL".to_owned(),
        Value::Float(float) => return format!("float {float:?} (bits {:016x})", float.to_bits()),
        Value::Text(text) => return format!("text {text:?}"),
        Value::Boolean(_) => "boolean",
        Value::Integer(_) => "integer",
        Value::Decimal(_) => "decimal",
        Value::Date(_) => "date",
        Value::Datetime(_) => "instant",
        Value::LocalDatetime(_) => "wall clock",
        _ => "value",
    };
    let number = match value {
        Value::Date(days) => format!(" ({days} days)"),
        Value::Datetime(micros) | Value::LocalDatetime(micros) => format!(" ({micros} us)"),
        _ => String::new(),
    };
    format!("{name} {}{number}", shown(value))
}

/// The shortest form that is told from an integer; with an exponent from 1e16 on and below 1e-5.
fn float(value: f64) -> String {
    if value == 0.0 || (1e-5..1e16).contains(&value.abs()) {
        let plain = value.to_string();
        return if plain.contains('.') { plain } else { format!("{plain}.0") };
    }
    let text = format!("{value:e}");
    if value.abs() > 1.0 { text.replace('e', "e+") } else { text }
}

fn wall(micros: i64) -> String {
    let Some(time) = DateTime::from_timestamp_micros(micros) else { return format!("{micros} microseconds") };
    let fraction = match micros.rem_euclid(1_000_000) {
        0 => String::new(),
        micros => format!(".{micros:06}").trim_end_matches('0').to_owned(),
    };
    format!("{}{fraction}", time.format("%Y-%m-%dT%H:%M:%S"))
}
