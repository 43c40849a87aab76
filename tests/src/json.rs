//! A small JSON reader that keeps the digits of numbers, so that sums beyond a float can be compared.

/// A JSON value; objects keep the order of their fields.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number, as it is written.
    Number(String),
    /// Text.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a whole document.
    ///
    /// # Errors
    /// The byte at which it stops being JSON.
    pub fn parse(text: &str) -> Result<Self, usize> {
        let mut reader = Reader { bytes: text.as_bytes(), at: 0 };
        let value = reader.value().and_then(|value| reader.end().map(|()| value));
        value.ok_or(reader.at)
    }

    /// A field of an object.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(fields) => fields.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The items of an array, none for anything else.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn space(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn end(&mut self) -> Option<()> {
        self.space();
        (self.at == self.bytes.len()).then_some(())
    }

    fn next(&mut self, wanted: &str) -> bool {
        self.space();
        let found = self.bytes[self.at..].starts_with(wanted.as_bytes());
        if found {
            self.at += wanted.len();
        }
        found
    }

    fn value(&mut self) -> Option<Json> {
        self.space();
        match *self.bytes.get(self.at)? {
            b'"' => self.text().map(Json::Text),
            b'[' => self.list(),
            b'{' => self.object(),
            b't' => self.next("true").then_some(Json::Boolean(true)),
            b'f' => self.next("false").then_some(Json::Boolean(false)),
            b'n' => self.next("null").then_some(Json::Null),
            _ => self.number(),
        }
    }

    fn number(&mut self) -> Option<Json> {
        let start = self.at;
        while matches!(self.bytes.get(self.at), Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')) {
            self.at += 1;
        }
        let text = std::str::from_utf8(&self.bytes[start..self.at]).ok()?;
        text.parse::<f64>().ok()?;
        Some(Json::Number(text.to_owned()))
    }

    fn text(&mut self) -> Option<String> {
        let start = self.at;
        self.at += 1;
        while *self.bytes.get(self.at)? != b'"' {
            self.at += if self.bytes[self.at] == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        // Escapes are the one thing that is left to another reader.
        serde_json::from_slice(&self.bytes[start..self.at]).ok()
    }

    fn list(&mut self) -> Option<Json> {
        self.at += 1;
        let mut items = Vec::new();
        if self.next("]") {
            return Some(Json::List(items));
        }
        loop {
            items.push(self.value()?);
            if self.next("]") {
                return Some(Json::List(items));
            }
            self.next(",").then_some(())?;
        }
    }

    fn object(&mut self) -> Option<Json> {
        self.at += 1;
        let mut fields = Vec::new();
        if self.next("}") {
            return Some(Json::Object(fields));
        }
        loop {
            self.space();
            let name = self.text()?;
            self.next(":").then_some(())?;
            fields.push((name, self.value()?));
            if self.next("}") {
                return Some(Json::Object(fields));
            }
            self.next(",").then_some(())?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Json;

    #[test]
    fn numbers_keep_their_digits() {
        let json =
            Json::parse(r#" {"data": [[170141183460469231731687303715884105727, "a\"b\u00e9", null, true, -1.50]]} "#);
        let row = json.unwrap().get("data").unwrap().items()[0].clone();
        let expected = [
            Json::Number("170141183460469231731687303715884105727".into()),
            Json::Text("a\"bé".into()),
            Json::Null,
            Json::Boolean(true),
            Json::Number("-1.50".into()),
        ];
        assert_eq!(row.items(), expected);
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in ["", "[1,]", "[1 2]", "{\"a\" 1}", "\"a", "nul", "[1] 2", "-"] {
            assert!(Json::parse(text).is_err(), "{text}");
        }
    }
}
