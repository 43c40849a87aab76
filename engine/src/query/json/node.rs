//! A JSON document as a tree that keeps the digits of numbers and refuses fields given twice.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::object::shortened;
use crate::error::{Error, ErrorKind, Result};
use crate::query::QueryBatch;

/// A value of a document.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Null,
    Boolean(bool),
    /// A number as it is written.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Object(BTreeMap<String, Node>),
}

/// Reads a whole document.
pub(super) fn parse(text: &str) -> Result<Node> {
    if text.len() > QueryBatch::MAX_BYTES {
        let message = format!("the document has more than {} bytes", QueryBatch::MAX_BYTES);
        return Err(Error::new(ErrorKind::LimitExceeded, message));
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let reader = Reader { numbers: &mut Numbers { rest: text } };
    reader.deserialize(&mut json).and_then(|node| json.end().map(|()| node)).map_err(|error| {
        let message = if error.is_data() { error.to_string() } else { format!("not valid JSON: {error}") };
        Error::query(message)
    })
}

/// The numbers of a JSON text in the order they stand, as they are written. What reads the JSON hands out numbers that
/// are rounded already, to a float that need not even be the nearest one.
#[derive(Debug)]
struct Numbers<'t> {
    rest: &'t str,
}

impl<'t> Iterator for Numbers<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        loop {
            let start = self.rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit())?;
            let found = self.rest.get(start..)?;
            if let Some(text) = found.strip_prefix('"') {
                self.rest = behind_text(text);
                continue;
            }
            let (number, rest) = match found.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')) {
                Some(end) => found.split_at_checked(end)?,
                None => (found, ""),
            };
            self.rest = rest;
            return Some(number);
        }
    }
}

/// What follows a JSON text, whose opening quote is gone already.
fn behind_text(text: &str) -> &str {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '"' => break,
            _ => {}
        }
    }
    chars.as_str()
}

/// Builds the tree. Numbers are taken from the text, where there is one.
#[derive(Debug)]
struct Reader<'r, 't> {
    numbers: &'r mut Numbers<'t>,
}

impl Reader<'_, '_> {
    fn number(self, value: &dyn fmt::Display) -> Node {
        Node::Number(self.numbers.next().map_or_else(|| value.to_string(), str::to_owned))
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_, '_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_, '_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(self.number(&value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(self.number(&value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        // The debug form keeps the `.0` by which a whole float differs from an integer.
        Ok(self.number(&format_args!("{value:?}")))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(node) = seq.next_element_seed(Reader { numbers: &mut *self.numbers })? {
            list.push(node);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut fields = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            if fields.contains_key(&name) {
                return Err(de::Error::custom(format_args!("the field `{}` is given twice", shortened(&name))));
            }
            let value = map.next_value_seed(Reader { numbers: &mut *self.numbers })?;
            fields.insert(name, value);
        }
        Ok(Node::Object(fields))
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Reader { numbers: &mut Numbers { rest: "" } }.deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::{Node, Numbers, parse};

    #[test]
    fn numbers_are_found_between_texts_that_look_like_them() {
        let text = r#"{"1": [2, -3.5e+7, "4\"5", "\\", 6], "-": 1e-3}"#;
        assert_eq!(Numbers { rest: text }.collect::<Vec<_>>(), ["2", "-3.5e+7", "6", "1e-3"]);
    }

    #[test]
    fn every_digit_is_kept() {
        let written = "[0.10000000000000000001, 123456789012345678901234567890, -0, 7.2057594037927933e16]";
        let Node::List(list) = parse(written).unwrap() else { panic!("not a list") };
        let kept: Vec<String> = list
            .into_iter()
            .map(|node| match node {
                Node::Number(number) => number,
                other => panic!("not a number: {other:?}"),
            })
            .collect();
        assert_eq!(format!("[{}]", kept.join(", ")), written);
    }

    /// The tree as the values of another reader.
    fn value(node: Node) -> Value {
        match node {
            Node::Null => Value::Null,
            Node::Boolean(value) => value.into(),
            Node::Number(number) => serde_json::from_str(&number).unwrap(),
            Node::Text(text) => text.into(),
            Node::List(list) => list.into_iter().map(value).collect(),
            Node::Object(fields) => fields.into_iter().map(|(name, node)| (name, value(node))).collect(),
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1e9_f64..1e9).prop_map(|number| Value::from(number.round() / 8.0)),
            r#"[-0-9e."\\ a]{0,6}"#.prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map(r#"[-0-9"\\]{0,4}"#, inner, 0..5)
                    .prop_map(|fields| fields.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_tree_is_what_serde_json_reads(json in any_json()) {
            for text in [json.to_string(), format!("{json:#}")] {
                prop_assert_eq!(&value(parse(&text).unwrap()), &json);
            }
        }

        #[test]
        fn the_tree_reads_what_serde_json_reads(text in r#"[-0-9e.,:\[\]{}"\\ ]{0,12}"#) {
            let other = serde_json::from_str::<Value>(&text);
            match parse(&text) {
                Ok(node) => prop_assert_eq!(value(node), other.unwrap()),
                Err(error) => prop_assert!(other.is_err() || error.message().contains("given twice")),
            }
        }
    }
}
