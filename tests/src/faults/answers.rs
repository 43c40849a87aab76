//! Faults that show in the answer only.

use serde_json::Value;

use super::OfAnswers;
use crate::json::Json;

pub(super) const ALL: OfAnswers = &[
    ("NULL is merged with a member", null_merged),
    ("a total of averages is the average of averages", averaged_averages),
    ("the remainder is counted twice", doubled_remainder),
    ("the last row is cut off", |_, answer| rows(answer).is_some_and(|rows| rows.pop().is_some())),
    ("text is cut at its end", |_, answer| each_text(answer, &|text| text.pop().is_some())),
];

fn field<'j>(json: &'j mut Json, name: &str) -> Option<&'j mut Json> {
    match json {
        Json::Object(fields) => fields.iter_mut().find(|(key, _)| key == name).map(|(_, value)| value),
        _ => None,
    }
}

fn rows(answer: &mut Json) -> Option<&mut Vec<Json>> {
    match field(answer, "data") {
        Some(Json::List(rows)) => Some(rows),
        _ => None,
    }
}

fn cells(row: &mut Json) -> &mut [Json] {
    match row {
        Json::List(cells) => cells,
        _ => &mut [],
    }
}

fn number(json: &Json) -> Option<f64> {
    if let Json::Number(written) = json { written.parse().ok() } else { None }
}

/// The row whose first member is NULL adds its whole numbers to the row before it.
fn null_merged(query: &Value, answer: &mut Json) -> bool {
    let dimensions = query["dimensions"].as_array().map_or(0, Vec::len);
    let Some(rows) = rows(answer) else { return false };
    let Some(place) = rows.iter().position(|row| row.items().first() == Some(&Json::Null)) else { return false };
    if dimensions != 1 || place == 0 {
        return false;
    }
    let null = rows.remove(place);
    for (cell, more) in cells(&mut rows[place - 1]).iter_mut().zip(null.items()).skip(1) {
        let sum = match (&*cell, more) {
            (Json::Number(one), Json::Number(other)) => one.parse::<i64>().ok().zip(other.parse::<i64>().ok()),
            _ => None,
        };
        if let Some((one, other)) = sum {
            *cell = Json::Number((i128::from(one) + i128::from(other)).to_string());
        }
    }
    true
}

/// The grand total of an average is the mean of what is shown.
fn averaged_averages(query: &Value, answer: &mut Json) -> bool {
    let dimensions = query["dimensions"].as_array().map_or(0, Vec::len);
    let is_average = |measure: &Value| {
        let aggregation = &measure["aggregation"];
        aggregation == "average" || aggregation["type"] == "average"
    };
    let measures = query["measures"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    let Some(measure) = measures.iter().position(is_average) else { return false };
    let column = dimensions + measure;
    let Some(shown) = rows(answer) else { return false };
    let values: Vec<f64> = shown.iter().filter_map(|row| row.items().get(column).and_then(number)).collect();
    if values.len() < 2 || query.get("limit").is_some() {
        return false;
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let Some(Json::List(levels)) = field(answer, "totals") else { return false };
    let grand = levels.iter_mut().find(|level| level.get("keys") == Some(&Json::List(Vec::new())));
    let Some(Json::List(totals)) = grand.and_then(|level| field(level, "data")) else { return false };
    let cell = totals.first_mut().and_then(|row| cells(row).get_mut(column));
    cell.is_some_and(|cell| {
        *cell = Json::Number(mean.to_string());
        true
    })
}

/// Every count of the remainder is twice as great.
fn doubled_remainder(query: &Value, answer: &mut Json) -> bool {
    let dimensions = query["dimensions"].as_array().map_or(0, Vec::len);
    let is_count = |measure: &Value| measure["column_id"] == "*";
    let measures = query["measures"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    let Some(measure) = measures.iter().position(is_count) else { return false };
    let mut changed = false;
    for row in rows(answer).into_iter().flatten() {
        if !row.items().iter().any(|cell| cell.get("other").is_some()) {
            continue;
        }
        if let Some(Json::Number(count)) = cells(row).get_mut(dimensions + measure) {
            *count = (count.parse::<i64>().unwrap_or(0) * 2 + 1).to_string();
            changed = true;
        }
    }
    changed
}

/// Changes the first text that can be changed.
fn each_text(answer: &mut Json, change: &dyn Fn(&mut String) -> bool) -> bool {
    for row in rows(answer).into_iter().flatten() {
        for cell in cells(row) {
            if let Json::Text(text) = cell
                && change(text)
            {
                return true;
            }
        }
    }
    false
}
