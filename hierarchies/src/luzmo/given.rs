//! The fields of one member.

use serde_json::{Map, Value};

use super::is_root;
use super::problems::{Problems, pointer_part};
use crate::{Color, Localized};

/// What a text says of a member; `None` where it says nothing.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) id: String,
    pub(super) name: Option<Localized>,
    /// Inside: null, or a colour.
    pub(super) color: Option<Option<Color>>,
    /// Inside: null, or a number.
    pub(super) order: Option<Option<f64>>,
    pub(super) is_virtual: Option<bool>,
    /// The trace without the root: the ids from the child of the root to the member itself. Empty for the root alone.
    pub(super) way: Option<Vec<String>>,
    pub(super) level: Option<usize>,
}

/// A value that is not what it should be: where below its field, and what was expected.
#[derive(Debug)]
struct Wrong {
    below: String,
    expected: &'static str,
}

impl Given {
    /// Reads the fields of a member, which stands at `at`. What is wrong is noted, and then there is nothing if there is
    /// no id.
    pub(super) fn read(fields: Map<String, Value>, at: impl Fn() -> String, problems: &mut Problems) -> Option<Self> {
        let mut given = Self::default();
        let no_id = !fields.contains_key("id");
        let mut id = None;
        let (mut order, mut tree_order) = (None, None);
        for (field, value) in fields {
            let read = match field.as_str() {
                "id" => text(value).map(|text| id = Some(text)),
                "name" => name(value).map(|name| given.name = Some(name)),
                "color" => color(&value).map(|color| given.color = Some(color)),
                "virtual" => flag(&value).map(|flag| given.is_virtual = Some(flag)),
                "order_index" => number(&value).map(|number| order = Some(number)),
                "tree_order_index" => number(&value).map(|number| tree_order = Some(number)),
                "trace" => way(value).map(|way| given.way = Some(way)),
                "level" => level(&value).map(|level| given.level = Some(level)),
                _ => Ok(()),
            };
            if let Err(Wrong { below, expected }) = read {
                problems.add(|| format!("{}/{field}{below}", at()), expected);
            }
        }
        if order.is_some() || tree_order.is_some() {
            given.order = Some(order.flatten().or_else(|| tree_order.flatten()));
        }
        if no_id {
            problems.add(|| format!("{}/id", at()), "expected an id");
        }
        let id = id?;
        let last = given.way.as_ref().map(|way| way.last());
        if !is_root(&id) && last.is_some_and(|last| last != Some(&id)) {
            problems.add(|| format!("{}/trace", at()), "expected the id of the member as the last");
        }
        given.id = id;
        Some(given)
    }
}

fn wrong(expected: &'static str) -> Wrong {
    Wrong { below: String::new(), expected }
}

fn text(value: Value) -> Result<String, Wrong> {
    if let Value::String(text) = value { Ok(text) } else { Err(wrong("expected a text")) }
}

fn flag(value: &Value) -> Result<bool, Wrong> {
    value.as_bool().ok_or_else(|| wrong("expected true or false"))
}

fn level(value: &Value) -> Result<usize, Wrong> {
    let level = value.as_u64().and_then(|level| usize::try_from(level).ok());
    level.ok_or_else(|| wrong("expected a whole number from 0"))
}

fn number(value: &Value) -> Result<Option<f64>, Wrong> {
    if value.is_null() {
        return Ok(None);
    }
    value.as_f64().map(Some).ok_or_else(|| wrong("expected a number or null"))
}

fn color(value: &Value) -> Result<Option<Color>, Wrong> {
    if value.is_null() {
        return Ok(None);
    }
    let color = value.as_str().and_then(|text| text.parse().ok());
    color.map(Some).ok_or_else(|| wrong("expected a colour such as `#1f77b4`, or null"))
}

fn name(value: Value) -> Result<Localized, Wrong> {
    match value {
        Value::String(text) => Ok(Localized::new(text)),
        Value::Object(texts) => texts.into_iter().try_fold(Localized::default(), |name, (locale, text)| {
            if let Value::String(text) = text {
                Ok(name.with(locale, text))
            } else {
                Err(Wrong { below: format!("/{}", pointer_part(&locale)), expected: "expected a text" })
            }
        }),
        _ => Err(wrong("expected a text, or an object of texts by locale")),
    }
}

/// Reads a trace, and leaves its root out.
fn way(value: Value) -> Result<Vec<String>, Wrong> {
    let Value::Array(ids) = value else { return Err(wrong("expected an array of ids")) };
    let mut way = Vec::with_capacity(ids.len());
    for (index, id) in ids.into_iter().enumerate() {
        let expected = match id {
            Value::String(id) if is_root(&id) == (index == 0) => {
                way.push(id);
                continue;
            }
            Value::String(_) if index == 0 => "expected the root, an empty text or `_$root`, as the first",
            Value::String(_) => "expected the root only as the first",
            _ => "expected an id",
        };
        return Err(Wrong { below: format!("/{index}"), expected });
    }
    if way.is_empty() {
        return Err(wrong("expected the ids from the root to the member"));
    }
    way.remove(0);
    Ok(way)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Given;
    use crate::Localized;
    use crate::luzmo::problems::Problems;

    fn read(fields: Value) -> (Option<Given>, Problems) {
        let Value::Object(fields) = fields else { panic!("no object") };
        let mut problems = Problems::default();
        let given = Given::read(fields, || "/7".to_owned(), &mut problems);
        (given, problems)
    }

    #[track_caller]
    fn check(fields: Value) -> Given {
        let (given, problems) = read(fields);
        assert_eq!(problems.finish(), Ok(()));
        given.unwrap()
    }

    #[track_caller]
    fn check_wrong(fields: Value, at: &str, message: &str) {
        let text = fields.to_string();
        let error = read(fields).1.finish().unwrap_err();
        assert_eq!(error.at(), Some(at), "{text}");
        assert!(error.to_string().contains(message), "{text}: {error}");
    }

    #[test]
    fn what_is_left_out_is_not_given() {
        let given = check(json!({"id": "a"}));
        assert_eq!(given.id, "a");
        assert!(given.name.is_none() && given.color.is_none() && given.order.is_none());
        assert!(given.is_virtual.is_none() && given.way.is_none() && given.level.is_none());
    }

    #[test]
    fn names_are_texts_or_objects() {
        assert_eq!(check(json!({"id": "a", "name": "A"})).name, Some(Localized::new("A")));
        assert_eq!(check(json!({"id": "a", "name": {}})).name, Some(Localized::default()));
        let name = Localized::new("A").with("pt-BR", "Á");
        assert_eq!(check(json!({"id": "a", "name": {"pt-BR": "Á", "en": "A"}})).name, Some(name));
    }

    #[test]
    fn the_order_is_the_first_index_with_a_number() {
        let order = |fields: Value| check(fields).order;
        assert_eq!(order(json!({"id": "a", "order_index": 2, "tree_order_index": 0.5})), Some(Some(2.0)));
        assert_eq!(order(json!({"id": "a", "order_index": null, "tree_order_index": 0.5})), Some(Some(0.5)));
        assert_eq!(order(json!({"id": "a", "tree_order_index": -1})), Some(Some(-1.0)));
        assert_eq!(order(json!({"id": "a", "tree_order_index": null})), Some(None));
    }

    #[test]
    fn null_is_no_colour_which_is_not_the_same_as_nothing() {
        assert_eq!(check(json!({"id": "a", "color": null})).color, Some(None));
        let color = check(json!({"id": "a", "color": "#CCC"})).color.flatten();
        assert_eq!(color.map(|color| color.to_string()), Some("#cccccc".to_owned()));
    }

    #[test]
    fn the_way_is_the_trace_below_the_root() {
        let way = |fields: Value| check(fields).way;
        let ids = Some(vec!["b".to_owned(), "a".to_owned()]);
        assert_eq!(way(json!({"id": "a", "trace": ["_$root", "b", "a"]})), ids);
        assert_eq!(way(json!({"id": "a", "trace": ["", "b", "a"]})), ids);
        assert_eq!(way(json!({"id": "", "trace": [""]})), Some(Vec::new()));
    }

    #[test]
    fn other_values_are_refused_with_their_places() {
        check_wrong(json!({}), "/7/id", "expected an id");
        check_wrong(json!({"id": null}), "/7/id", "expected a text");
        check_wrong(json!({"id": "a", "name": null}), "/7/name", "expected a text, or an object of texts by locale");
        check_wrong(json!({"id": "a", "name": {"n/l": 1}}), "/7/name/n~1l", "expected a text");
        check_wrong(json!({"id": "a", "color": "red"}), "/7/color", "expected a colour such as `#1f77b4`, or null");
        check_wrong(json!({"id": "a", "color": 1}), "/7/color", "expected a colour");
        check_wrong(json!({"id": "a", "virtual": null}), "/7/virtual", "expected true or false");
        check_wrong(json!({"id": "a", "order_index": "1"}), "/7/order_index", "expected a number or null");
        check_wrong(json!({"id": "a", "tree_order_index": []}), "/7/tree_order_index", "expected a number or null");
        check_wrong(json!({"id": "a", "level": -1}), "/7/level", "expected a whole number from 0");
        check_wrong(json!({"id": "a", "level": 1.5}), "/7/level", "expected a whole number from 0");
        check_wrong(json!({"id": "a", "level": null}), "/7/level", "expected a whole number from 0");
    }

    #[test]
    fn a_trace_goes_from_the_root_to_the_member() {
        let check_wrong = |trace: Value, at: &str, message: &str| {
            check_wrong(json!({"id": "a", "trace": trace}), at, message);
        };
        check_wrong(json!("a"), "/7/trace", "expected an array of ids");
        check_wrong(json!([]), "/7/trace", "expected the ids from the root to the member");
        check_wrong(json!(["a"]), "/7/trace/0", "expected the root");
        check_wrong(json!([null, "a"]), "/7/trace/0", "expected an id");
        check_wrong(json!(["", "", "a"]), "/7/trace/1", "expected the root only as the first");
        check_wrong(json!(["", "b"]), "/7/trace", "expected the id of the member as the last");
        check_wrong(json!([""]), "/7/trace", "expected the id of the member as the last");
    }

    #[test]
    fn every_problem_is_listed() {
        let (_, problems) = read(json!({"name": 1, "virtual": 2}));
        let message = problems.finish().unwrap_err().to_string();
        for part in ["/7/name", "/7/virtual", "/7/id"] {
            assert!(message.contains(part), "{message}");
        }
    }
}
