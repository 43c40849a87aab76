//! Faults as an engine could have them, planted between the query and the engine or between the engine and the answer.
//! The oracle must find every one of them.

mod answers;
mod documents;
mod leaves;
mod steps;

use serde_json::Value;

use crate::json::Json;

/// A fault.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// What goes wrong.
    pub name: &'static str,
    /// How.
    pub change: Change,
}

/// Where a fault acts. Each gives whether it had anything to act on.
#[derive(Debug, Clone, Copy)]
pub enum Change {
    /// On the query, before the engine sees it.
    Query(fn(&mut Value) -> bool),
    /// On the answer to a query.
    Answer(fn(&Value, &mut Json) -> bool),
}

/// Every fault.
#[must_use]
pub fn all() -> Vec<Fault> {
    let queries = documents::ALL.iter().chain(steps::ALL).chain(leaves::ALL);
    let queries = queries.map(|(name, change)| Fault { name, change: Change::Query(*change) });
    let answers = answers::ALL.iter().map(|(name, change)| Fault { name, change: Change::Answer(*change) });
    queries.chain(answers).collect()
}

/// Faults of queries by name.
type OfQueries = &'static [(&'static str, fn(&mut Value) -> bool)];

/// Faults of answers by name.
type OfAnswers = &'static [(&'static str, fn(&Value, &mut Json) -> bool)];

/// The items of a list in an object; none if there is no such list.
fn items<'v>(value: &'v mut Value, name: &str) -> &'v mut [Value] {
    match value.get_mut(name).and_then(Value::as_array_mut) {
        Some(list) => list.as_mut_slice(),
        None => &mut [],
    }
}

/// Takes a field out of an object; whether it was there.
fn without(value: &mut Value, name: &str) -> bool {
    value.as_object_mut().is_some_and(|object| object.remove(name).is_some())
}

/// Sets a field of an object.
fn set(value: &mut Value, name: &str, to: Value) {
    if let Some(object) = value.as_object_mut() {
        object.insert(name.to_owned(), to);
    }
}

/// Adds to a whole number; whether it was there.
fn add(value: &mut Value, name: &str, more: i64) -> bool {
    let Some(number) = value.get(name).and_then(Value::as_i64) else { return false };
    set(value, name, (number + more).into());
    true
}

/// Whether a field is a text.
fn is(value: &Value, name: &str, text: &str) -> bool {
    value.get(name).and_then(Value::as_str) == Some(text)
}
