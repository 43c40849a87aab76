//! Whether a cell of the engine's answer is the one the oracle expects.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use rusqlite::types::Value;

use crate::json::Json;
use crate::oracle::value::{from_pair, from_sortable, remainder};
use crate::oracle::wall;
use crate::shown::Shown;

/// How the cells of one answer are to be read.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// The zone of the query.
    pub zone: Tz,
    /// The week start of the query, in days after Monday.
    pub week_start: u32,
}

/// The first difference between two answers, in words; none if they agree.
#[must_use]
pub fn difference(expected: &[Vec<Value>], found: &[Json], shown: &[Shown], rules: Rules) -> Option<String> {
    for (index, row) in expected.iter().enumerate() {
        let Some(got) = found.get(index) else {
            return Some(format!(
                "{} rows instead of {}; row {index} is missing: {row:?}",
                found.len(),
                expected.len()
            ));
        };
        let got = got.items();
        if got.len() != shown.len() {
            return Some(format!("row {index} has {} cells instead of {}", got.len(), shown.len()));
        }
        let wrong = (0..shown.len()).find(|column| !agrees(shown[*column], &row[*column], &got[*column], rules));
        if let Some(column) = wrong {
            return Some(format!(
                "row {index}, column {column} ({:?}):\n  oracle {:?}\n  engine {:?}\n  oracle's row {row:?}\n  engine's row {got:?}",
                shown[column], row[column], got[column]
            ));
        }
    }
    (found.len() > expected.len()).then(|| {
        format!("{} rows instead of {}; too many from {:?}", found.len(), expected.len(), found[expected.len()])
    })
}

fn agrees(shown: Shown, expected: &Value, got: &Json, rules: Rules) -> bool {
    if *expected == remainder() {
        return got.get("other") == Some(&Json::Boolean(true));
    }
    match (shown, expected, got) {
        (_, Value::Null, Json::Null) => true,
        (Shown::Text, Value::Text(text), Json::Text(got)) => text == got,
        (Shown::Boolean, Value::Integer(value), Json::Boolean(got)) => (*value == 1) == *got,
        (Shown::Integer, Value::Integer(value), Json::Number(got)) => got.parse::<i64>() == Ok(*value),
        (Shown::Decimal(scale), Value::Integer(value), Json::Number(got)) => {
            units(got, scale) == Some(i128::from(*value))
        }
        (Shown::Sum(scale), Value::Blob(bytes), Json::Number(got)) => {
            from_sortable(bytes).is_some_and(|value| units(got, scale) == Some(value))
        }
        (Shown::Float | Shown::Median, Value::Real(value), Json::Number(got)) => {
            got.parse::<f64>().is_ok_and(|got| got.to_bits() == (value + 0.0).to_bits())
        }
        (Shown::Average, Value::Real(value), Json::Number(got)) => {
            got.parse::<f64>().is_ok_and(|got| got == *value || got == value.next_up() || got == value.next_down())
        }
        (Shown::Deviation, Value::Real(value), Json::Number(got)) => got
            .parse::<f64>()
            .is_ok_and(|got| (got - value).abs() <= 1e-9 * got.abs().max(value.abs()) || (got - value).abs() < 1e-12),
        (Shown::Near, Value::Real(value), Json::Number(got)) => {
            got.parse::<f64>().is_ok_and(|got| (got - value).abs() <= 1e-12 * got.abs().max(value.abs()))
        }
        (Shown::Change, Value::Real(value), Json::Number(got)) => {
            got.parse::<f64>().is_ok_and(|got| (got - value).abs() <= 1e-12 * got.abs().max(value.abs()).max(1.0))
        }
        (Shown::Between, Value::Blob(_), Json::Number(got)) => {
            let both = from_pair(expected).zip(got.parse::<f64>().ok());
            both.is_some_and(|((value, size), got)| (got - value).abs() <= 1e-12 * size)
        }
        (Shown::Bounds, Value::Blob(_), Json::Number(got)) => {
            let both = from_pair(expected).zip(got.parse::<f64>().ok());
            both.is_some_and(|((low, high), got)| low <= got && got <= high)
        }
        (Shown::About, Value::Integer(count), Json::Number(got)) => {
            got.parse::<i64>().is_ok_and(|got| (got - count).abs() as f64 <= (*count as f64 * 0.06).max(2.0))
        }
        (Shown::Edges, Value::Text(ends), Json::Text(got)) => same_ends(ends, got),
        (Shown::Histogram, Value::Text(lines), Json::List(got)) => same_bins(lines, got),
        (Shown::Day, Value::Integer(days), Json::Text(got)) => {
            NaiveDate::parse_from_str(got, "%Y-%m-%d").is_ok_and(|date| i64::from(wall::days(date)) == *days)
        }
        (Shown::Instant, Value::Integer(micros), Json::Text(got)) => {
            DateTime::parse_from_rfc3339(got).is_ok_and(|at| {
                let offset = wall::wall(*micros, rules.zone) - micros;
                at.timestamp_micros() == *micros && i64::from(at.offset().local_minus_utc()) * 1_000_000 == offset
            })
        }
        (Shown::Local, Value::Integer(micros), Json::Text(got)) => {
            NaiveDateTime::parse_from_str(got, "%Y-%m-%dT%H:%M:%S%.f")
                .is_ok_and(|at| at.and_utc().timestamp_micros() == *micros)
        }
        (Shown::Part(part), Value::Integer(number), Json::Text(got)) if part.is_name() => {
            wall::part_name(part, *number, rules.week_start) == got
        }
        (Shown::Part(part), Value::Integer(number), Json::Number(got)) if !part.is_name() => {
            got.parse::<i64>() == Ok(*number)
        }
        _ => false,
    }
}

/// Whether `< b`, `a - b` or `>= a` has the ends `a|b`, one of which may be missing.
fn same_ends(ends: &str, label: &str) -> bool {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let (low, high) = ends.split_once('|').unwrap_or((ends, ""));
    let (found_low, found_high) = match (label.strip_prefix("< "), label.strip_prefix(">= ")) {
        (Some(high), _) => ("", high),
        (_, Some(low)) => (low, ""),
        _ => label.split_once(" - ").unwrap_or((label, label)),
    };
    number(low) == number(found_low) && number(high) == number(found_high)
}

/// Whether bins are those of lines with lower end, upper end and count.
fn same_bins(lines: &str, bins: &[Json]) -> bool {
    let number = |json: &Json| if let Json::Number(written) = json { written.parse::<f64>().ok() } else { None };
    let expected: Vec<Vec<Option<f64>>> =
        lines.lines().map(|line| line.split(' ').map(|part| part.parse().ok()).collect()).collect();
    let found: Vec<Vec<Option<f64>>> = bins.iter().map(|bin| bin.items().iter().map(number).collect()).collect();
    expected == found
}

/// A number as it is written, counted in units of 10^-`scale`; none if it is no such number.
#[must_use]
pub fn units(written: &str, scale: u32) -> Option<i128> {
    let (whole, fraction) = written.split_once('.').unwrap_or((written, ""));
    let digits = fraction.trim_end_matches('0');
    if digits.len() > scale as usize {
        return None;
    }
    format!("{whole}{digits:0<width$}", width = scale as usize).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_compared_by_value() {
        assert_eq!(units("1.50", 2), Some(150));
        assert_eq!(units("1.5", 2), Some(150));
        assert_eq!(units("-0.05", 2), Some(-5));
        assert_eq!(units("3", 2), Some(300));
        assert_eq!(units("1.501", 2), None);
        assert_eq!(units("1e2", 0), None);
    }

    #[test]
    fn instants_need_the_offset_of_their_zone() {
        let rules = Rules { zone: Tz::Europe__Brussels, week_start: 0 };
        let at = DateTime::parse_from_rfc3339("2026-10-25T02:30:00+01:00").unwrap().timestamp_micros();
        let check = |text: &str| agrees(Shown::Instant, &Value::Integer(at), &Json::Text(text.into()), rules);
        assert!(check("2026-10-25T02:30:00+01:00"));
        assert!(!check("2026-10-25T01:30:00Z"));
        assert!(!check("2026-10-25T02:30:00+02:00"));
    }
}
