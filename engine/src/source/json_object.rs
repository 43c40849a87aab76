//! The members of a JSON object, in the order in which they are written.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;

/// Gives the members of the one JSON object in a text to `take`, one after the other; or says what is wrong with it.
pub(super) fn each_member(text: &[u8], take: impl FnMut(String, Value)) -> Result<(), String> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let read = Members(take).deserialize(&mut deserializer).and_then(|()| deserializer.end());
    read.map_err(|error| match error.classify() {
        Category::Data => "the line is not a JSON object".into(),
        Category::Eof => "the line ends inside its JSON object".into(),
        Category::Syntax | Category::Io => format!("the line is not valid JSON at its byte {}", error.column()),
    })
}

struct Members<F>(F);

impl<'de, F: FnMut(String, Value)> DeserializeSeed<'de> for Members<F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, F: FnMut(String, Value)> Visitor<'de> for Members<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        while let Some((name, value)) = members.next_entry::<String, Value>()? {
            (self.0)(name, value);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::each_member;

    #[test]
    fn members_come_in_their_order() {
        let mut names = Vec::new();
        each_member(br#" {"b": 1, "a": {"z": 1}, "c": null} "#, |name, _| names.push(name)).expect("an object");
        assert_eq!(names, ["b", "a", "c"]);
    }

    #[test]
    fn what_is_wrong_is_said_without_a_value() {
        let check = |text: &str, wanted: &str| {
            assert_eq!(each_member(text.as_bytes(), |_, _| {}).expect_err(text), wanted);
        };
        check("[1]", "the line is not a JSON object");
        check(r#""secret""#, "the line is not a JSON object");
        check(r#"{"a": "sec"#, "the line ends inside its JSON object");
        check(r#"{"a": secret}"#, "the line is not valid JSON at its byte 7");
        check(r#"{"a": 1} {"#, "the line is not valid JSON at its byte 10");
    }
}
