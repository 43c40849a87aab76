//! Constants as text.

use chrono::{DateTime, NaiveDate};
use drillcore_formulas::Value;

use super::class::Class;
use super::{texts, times};
use crate::rng::Rng;

const DECIMALS: [&str; 12] =
    ["0.5", "12.50", "-3.75", "0.005", "2.675", "1234567.891", "0.0", "-0.01", "100.00", "99.995", "1.1", "7.25"];
const FLOATS: [&str; 14] = [
    "1.5e0",
    "2.5e-1",
    "1e3",
    "-7.25e2",
    "1e-7",
    "1e21",
    "0e0",
    "3.141592653589793e0",
    "2e0",
    "-1e0",
    "1e0",
    "1.25e1",
    "9.5e0",
    "1e-3",
];
const WHOLE_DURATIONS: [&str; 6] = ["@1d", "@1d12h", "@90m", "@2h30m", "@45s", "@1w"];
const DURATIONS: [&str; 4] = ["@500ms", "@1s250ms", "@7us", "@1h1us"];

/// A text between quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A constant of a class.
pub(super) fn literal(class: Class, rng: &mut Rng) -> String {
    match class {
        Class::Boolean => (*rng.pick(&["TRUE", "FALSE"])).to_owned(),
        Class::Integer => match rng.below(40) {
            0 => (*rng.pick(&["9223372036854775807", "-9223372036854775808", "1000000", "2147483648"])).to_owned(),
            1 => (*rng.pick(&WHOLE_DURATIONS)).to_owned(),
            2..=8 => rng.between(-1_000, 3_000).to_string(),
            _ => rng.between(-3, 12).to_string(),
        },
        Class::Decimal => match rng.below(20) {
            0 => (*rng.pick(&DURATIONS)).to_owned(),
            1..=9 => (*rng.pick(&DECIMALS)).to_owned(),
            _ => format!("{}.{:02}", rng.between(-99, 999), rng.between(0, 99)),
        },
        Class::Float => {
            if rng.chance(60) {
                (*rng.pick(&FLOATS)).to_owned()
            } else {
                format!("{:e}", rng.between(-400, 400) as f64 / 8.0)
            }
        }
        Class::Text => {
            let text = texts::constant_text(rng);
            if rng.chance(10) { format!("\"{}\"", text.replace('"', "\"\"")) } else { quoted(&text) }
        }
        Class::Date => date(times::day(rng)).expect("a moderate date"),
        Class::Datetime if rng.chance(20) => {
            let (offset, seconds) = *rng.pick(&[("+02:00", 7_200), ("-05:45", -20_700), ("+00:00", 0)]);
            let wall = times::instant(rng) + seconds * 1_000_000;
            format!("{}{offset}", time(wall).expect("a moderate time"))
        }
        Class::Datetime => format!("{}Z", time(times::instant(rng)).expect("a moderate time")),
        Class::LocalDatetime => time(times::wall(rng)).expect("a moderate time"),
    }
}

/// A plain constant of a class.
pub(super) fn plain(class: Class) -> &'static str {
    match class {
        Class::Boolean => "TRUE",
        Class::Integer => "1",
        Class::Decimal => "1.5",
        Class::Float => "1.5e0",
        Class::Text => "'a'",
        Class::Date => "@2024-03-01",
        Class::Datetime => "@2024-03-01T10:30Z",
        Class::LocalDatetime => "@2024-03-01T10:30",
    }
}

/// A constant that is this value, where one can be written.
pub(super) fn of_value(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("NULL".to_owned()),
        Value::Boolean(true) => Some("TRUE".to_owned()),
        Value::Boolean(false) => Some("FALSE".to_owned()),
        Value::Integer(value) => Some(value.to_string()),
        Value::Decimal(value) => Some(value.to_string()),
        Value::Float(value) => Some(format!("{value:e}")),
        Value::Text(text) => Some(quoted(text)),
        Value::Date(days) => date(*days),
        Value::Datetime(micros) => time(*micros).map(|time| format!("{time}Z")),
        Value::LocalDatetime(micros) => time(*micros),
        _ => None,
    }
}

fn date(days: i32) -> Option<String> {
    NaiveDate::from_epoch_days(days).map(|date| date.format("@%Y-%m-%d").to_string())
}

fn time(micros: i64) -> Option<String> {
    let time = DateTime::from_timestamp_micros(micros)?;
    let fraction = match micros.rem_euclid(1_000_000) {
        0 => String::new(),
        micros => format!(".{micros:06}"),
    };
    Some(format!("{}{fraction}", time.format("@%Y-%m-%dT%H:%M:%S")))
}
