//! A JSON text, read in pieces.

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Deserializer;

use crate::error::{Error, Result};

/// What is left of a text. The caller takes the brackets of what may be nested deep, so that nothing here recurses into
/// it; all else is read as whole values.
#[derive(Debug)]
pub(super) struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Goes on to what is no blank.
    fn ahead(&mut self) -> &'t str {
        let rest = self.rest();
        let next = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.at += rest.len() - next.len();
        next
    }

    /// Whether this token comes next.
    pub(super) fn is_next(&mut self, token: char) -> bool {
        self.ahead().starts_with(token)
    }

    /// Takes a token, if it comes next.
    pub(super) fn take(&mut self, token: char) -> bool {
        let found = self.is_next(token);
        if found {
            self.at += token.len_utf8();
        }
        found
    }

    pub(super) fn expect(&mut self, token: char, expected: &'static str) -> Result<()> {
        if self.take(token) { Ok(()) } else { Err(Error::expected(expected, self.at)) }
    }

    /// Reads a value. One whose arrays and objects are nested deeper than 127 is refused, but by [`skip`](Self::skip).
    pub(super) fn value<T: DeserializeOwned>(&mut self, expected: &'static str) -> Result<T> {
        let mut values = Deserializer::from_str(self.ahead()).into_iter::<T>();
        match values.next() {
            Some(Ok(value)) => {
                self.at += values.byte_offset();
                Ok(value)
            }
            _ => Err(Error::expected(expected, self.at)),
        }
    }

    /// Skips a value.
    pub(super) fn skip(&mut self) -> Result<()> {
        self.value::<IgnoredAny>("a value").map(|_| ())
    }

    /// Says whether the text ends here, but for blanks.
    pub(super) fn end(&mut self) -> Result<()> {
        if self.ahead().is_empty() { Ok(()) } else { Err(Error::expected("the end", self.at)) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Reader;

    #[test]
    fn tokens_and_values_follow_each_other() {
        let mut reader = Reader::new(" { \"a\\u00e9\" :\n-1.5e2,\"b\":null , \"c\":[1,{\"d\":\"}\"}],\"e\":true} ");
        assert!(reader.is_next('{') && reader.take('{') && !reader.take('{'));
        assert_eq!(reader.value::<String>("a text"), Ok("aé".to_owned()));
        assert_eq!(reader.expect(':', "`:`"), Ok(()));
        assert_eq!(reader.value::<Value>("a value"), Ok(json!(-150.0)));
        assert!(reader.take(','));
        assert_eq!(reader.skip(), Ok(()));
        assert_eq!(reader.expect(':', "`:`"), Ok(()));
        assert_eq!(reader.value::<Value>("a value"), Ok(Value::Null));
        assert!(reader.take(','));
        assert_eq!(reader.value::<String>("a text"), Ok("c".to_owned()));
        assert!(reader.take(':'));
        assert_eq!(reader.value::<Value>("a value"), Ok(json!([1, {"d": "}"}])));
        assert!(reader.take(','));
        assert_eq!(reader.skip(), Ok(()));
        assert!(reader.take(':'));
        assert_eq!(reader.end().unwrap_err().to_string(), "expected the end at byte 55");
        assert_eq!(reader.value::<bool>("a truth"), Ok(true));
        assert_eq!(reader.expect('}', "`}`"), Ok(()));
        assert_eq!(reader.end(), Ok(()));
    }

    #[test]
    fn what_is_no_value_is_refused_where_it_begins() {
        for text in ["", "]", "nul", "1x", "\"a", "[1", "{\"a\"}", "1e999"] {
            let error = Reader::new(&format!("  {text}")).value::<Value>("a value").unwrap_err();
            assert_eq!(error.to_string(), "expected a value at byte 2", "{text}");
        }
        let deep = "[".repeat(200_000) + &"]".repeat(200_000);
        assert_eq!(Reader::new(&deep).skip(), Ok(()));
        assert!(Reader::new(&deep).value::<Value>("a value").is_err());
    }
}
