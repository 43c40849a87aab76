//! Arrays of texts and nulls in JSON, both ways.

use std::fmt::{self, Write};

use crate::error::{Error, Result};

/// Writes a text as JSON.
pub(crate) fn write_text(out: &mut impl Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.write_char('\\')?;
                out.write_char(c)?;
            }
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            c if u32::from(c) < 0x20 => write!(out, "\\u{:04x}", u32::from(c))?,
            c => out.write_char(c)?,
        }
    }
    out.write_char('"')
}

/// Reads a whole text as an array of texts and nulls.
pub(crate) fn read_array(text: &str) -> Result<Vec<Option<String>>> {
    let mut reader = Reader { text, at: 0 };
    let mut members = Vec::new();
    reader.expect("[", "`[`")?;
    if !reader.take("]") {
        loop {
            members.push(reader.member()?);
            if reader.take("]") {
                break;
            }
            reader.expect(",", "`,` or `]`")?;
        }
    }
    reader.skip_space();
    if reader.rest().is_empty() { Ok(members) } else { Err(reader.wrong("the end")) }
}

/// What is left of a text.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn wrong(&self, expected: &'static str) -> Error {
        Error::expected(expected, self.at)
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    /// Takes a token, if it comes next.
    fn take(&mut self, token: &str) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn expect(&mut self, token: &str, expected: &'static str) -> Result<()> {
        if self.take(token) { Ok(()) } else { Err(self.wrong(expected)) }
    }

    fn member(&mut self) -> Result<Option<String>> {
        if self.take("null") {
            return Ok(None);
        }
        self.expect("\"", "a text or null")?;
        let mut text = String::new();
        loop {
            let Some(c) = self.rest().chars().next() else { return Err(self.wrong("the end of a text")) };
            match c {
                '"' => {
                    self.at += 1;
                    return Ok(Some(text));
                }
                '\\' => text.push(self.escape()?),
                c if u32::from(c) < 0x20 => return Err(self.wrong("an escaped control character")),
                c => {
                    self.at += c.len_utf8();
                    text.push(c);
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char> {
        let wrong = self.wrong("an escape of JSON");
        let Some(kind) = self.rest().chars().nth(1) else { return Err(wrong) };
        let c = match kind {
            '"' | '\\' | '/' => kind,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.code_point().ok_or(wrong),
            _ => return Err(wrong),
        };
        self.at += 2;
        Ok(c)
    }

    /// A character as one `\uXXXX`, or as two that are a surrogate pair.
    fn code_point(&mut self) -> Option<char> {
        let first = self.unit()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        let second = self.unit().filter(|second| (0xdc00..0xe000).contains(second))?;
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))
    }

    fn unit(&mut self) -> Option<u32> {
        let digits = self.rest().strip_prefix("\\u")?.get(..4)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let unit = u32::from_str_radix(digits, 16).ok()?;
        self.at += 6;
        Some(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::read_array;

    #[track_caller]
    fn check(text: &str, members: &[Option<&str>]) {
        let members: Vec<Option<String>> = members.iter().map(|member| member.map(str::to_owned)).collect();
        assert_eq!(read_array(text), Ok(members), "{text}");
    }

    #[track_caller]
    fn check_wrong(text: &str, error: &str) {
        assert_eq!(read_array(text).map_err(|error| error.to_string()), Err(error.to_owned()), "{text}");
    }

    #[test]
    fn arrays_are_read() {
        check("[]", &[]);
        check(" [ ] ", &[]);
        check(r#"["EUROPE","FRANCE"]"#, &[Some("EUROPE"), Some("FRANCE")]);
        check("\n[ \"a\" ,\tnull\r]", &[Some("a"), None]);
        check(r#"["null", "", "a]b,\"c"]"#, &[Some("null"), Some(""), Some("a]b,\"c")]);
        check(r#"["\u00e9\ud83d\ude00é😀\/\b\f\n\r\t\\"]"#, &[Some("é😀é😀/\u{8}\u{c}\n\r\t\\")]);
        check(r#"["\u0000"]"#, &[Some("\0")]);
    }

    #[test]
    fn what_is_no_array_of_texts_is_refused_with_the_place() {
        check_wrong("", "expected `[` at byte 0");
        check_wrong("\"a\"", "expected `[` at byte 0");
        check_wrong("[", "expected a text or null at byte 1");
        check_wrong("[1]", "expected a text or null at byte 1");
        check_wrong("[\"a\" \"b\"]", "expected `,` or `]` at byte 5");
        check_wrong("[\"a\",]", "expected a text or null at byte 5");
        check_wrong("[nulls]", "expected `,` or `]` at byte 5");
        check_wrong("[\"a", "expected the end of a text at byte 3");
        check_wrong("[\"é\n\"]", "expected an escaped control character at byte 4");
        check_wrong("[] x", "expected the end at byte 3");
        for escape in [r"\", r"\x", r"\u12", r"\u12g4", r"\u+123", r"\ud800", r"\udc00", r"\ud800\u0041", r"\u12é4"] {
            check_wrong(&format!("[\"{escape}"), "expected an escape of JSON at byte 2");
        }
    }
}
