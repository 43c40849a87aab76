//! The CSV of an answer.

use std::borrow::Cow;
use std::convert::Infallible;
use std::io;

use super::dialect::{CsvDialect, LineEnd, Quoting};
use super::number::push_unsigned;
use super::output::{PIECE, finish, hand_on, into_text};
use super::query_result::QueryResult;
use super::value::{OTHER, Value};
use crate::error::{Error, Result};

impl CsvDialect {
    fn check(&self) -> Result<()> {
        let delimiter = self.delimiter;
        if !delimiter.is_ascii() || delimiter.is_ascii_alphanumeric() || matches!(delimiter, b'"' | b'\n' | b'\r') {
            return Err(Error::input(
                "the delimiter of a CSV is one ASCII character, neither letter, digit, quote nor line end",
            ));
        }
        if !matches!(self.decimal_mark, b'.' | b',') {
            return Err(Error::input("the decimal mark of a CSV is `.` or `,`"));
        }
        if !self.null_text.is_empty() && self.must_quote(&self.null_text, "") {
            return Err(Error::input("the NULL text of a CSV has no delimiter, quote or line end"));
        }
        Ok(())
    }

    /// Whether a field must stand in quotes, where `null` stands for NULL.
    fn must_quote(&self, field: &str, null: &str) -> bool {
        field.is_empty()
            || field == null
            // Readers take a mark at the start of a file away.
            || field.starts_with('\u{feff}')
            || field.bytes().any(|byte| byte == self.delimiter || matches!(byte, b'"' | b'\n' | b'\r'))
    }

    fn push_line_end(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(match self.line_end {
            LineEnd::Lf => "\n".as_bytes(),
            LineEnd::CrLf => "\r\n".as_bytes(),
        });
    }

    fn push_text(&self, out: &mut Vec<u8>, text: &str) {
        let text = if self.guard_formulas && reads_as_formula(text) {
            Cow::Owned(format!("'{text}"))
        } else {
            Cow::Borrowed(text)
        };
        if self.quoting != Quoting::Minimal || *text == *OTHER || self.must_quote(&text, &self.null_text) {
            push_quoted(out, &text);
        } else {
            out.extend_from_slice(text.as_bytes());
        }
    }

    fn push_row<'a>(&self, out: &mut Vec<u8>, values: impl Iterator<Item = Value<'a>>, grouping_id: u64) {
        for (index, value) in values.enumerate() {
            if index > 0 {
                out.push(self.delimiter);
            }
            self.push_cell(out, value);
        }
        if self.totals {
            out.push(self.delimiter);
            let start = out.len();
            push_unsigned(out, grouping_id, 1);
            self.quote_from(out, start, self.quoting == Quoting::All);
        }
        self.push_line_end(out);
    }

    fn push_cell(&self, out: &mut Vec<u8>, value: Value<'_>) {
        match value {
            Value::Null => out.extend_from_slice(self.null_text.as_bytes()),
            Value::Text(text) => self.push_text(out, text),
            Value::Member(member) => match member.text() {
                Some(text) => self.push_text(out, &text),
                None => out.extend_from_slice(self.null_text.as_bytes()),
            },
            Value::Other => {
                let start = out.len();
                value.push(out);
                self.quote_from(out, start, false);
            }
            Value::Bins(_) => push_quoted(out, &value.to_text()),
            Value::Float(_) | Value::Decimal128(..) | Value::Decimal256(..) if self.decimal_mark != b'.' => {
                let start = out.len();
                value.push(out);
                if let Some(point) = out.iter_mut().skip(start).find(|byte| **byte == b'.') {
                    *point = self.decimal_mark;
                }
                self.quote_from(out, start, self.quoting == Quoting::All);
            }
            _ => {
                let start = out.len();
                value.push(out);
                self.quote_from(out, start, self.quoting == Quoting::All);
            }
        }
    }

    /// Puts the number, date or boolean that starts there into quotes, if asked or if this dialect makes that necessary.
    fn quote_from(&self, out: &mut Vec<u8>, start: usize, asked: bool) {
        let common = matches!(self.delimiter, b',' | b';' | b'\t' | b'|') && self.delimiter != self.decimal_mark;
        if !asked && common && self.null_text.is_empty() {
            return;
        }
        let field = String::from_utf8_lossy(out.get(start..).unwrap_or_default());
        if asked || self.must_quote(&field, &self.null_text) {
            let field = field.into_owned();
            out.truncate(start);
            push_quoted(out, &field);
        }
    }
}

impl QueryResult {
    /// The answer as CSV in the default dialect: a header of column names, commas, `\n`, cells as in JSON, NULL as an
    /// empty field, empty text as `""`, the remainder of a top as `(other)`. A member of a hierarchy is its id; the
    /// generated ones are `(unassigned)`, `EUROPE (own)` and the name of the root. Totals are left out.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut out = Vec::new();
        let Ok(()) = self.push_csv(&mut out, &CsvDialect::default(), |_| Ok::<(), Infallible>(()));
        into_text(out)
    }

    /// Writes the answer as CSV piece by piece, and flushes.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::InvalidInput`] if the dialect contradicts itself, or if `sink` does not take the bytes; what
    /// is wrong there is the source of the error.
    pub fn write_csv(&self, mut sink: impl io::Write, dialect: &CsvDialect) -> Result<()> {
        dialect.check()?;
        let mut out = Vec::with_capacity(2 * PIECE);
        self.push_csv(&mut out, dialect, |out| hand_on(out, &mut sink))?;
        finish(&out, &mut sink)
    }

    fn push_csv<E>(
        &self,
        out: &mut Vec<u8>,
        dialect: &CsvDialect,
        mut after_row: impl FnMut(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        if dialect.bom {
            out.extend_from_slice("\u{feff}".as_bytes());
        }
        if dialect.header {
            for (index, column) in self.columns().iter().enumerate() {
                if index > 0 {
                    out.push(dialect.delimiter);
                }
                dialect.push_text(out, &column.name);
            }
            if dialect.totals {
                out.push(dialect.delimiter);
                dialect.push_text(out, &self.free_name("grouping_id"));
            }
            dialect.push_line_end(out);
        }
        for (batch, row) in self.read_rows() {
            dialect.push_row(out, batch.values(row), 0);
            after_row(out)?;
        }
        for total in self.totals().iter().filter(|_| dialect.totals) {
            for row in 0..total.num_rows() {
                dialect.push_row(out, total.reader().values(row), total.grouping_id());
                after_row(out)?;
            }
        }
        Ok(())
    }
}

fn push_quoted(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for (index, part) in text.split('"').enumerate() {
        if index > 0 {
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(part.as_bytes());
    }
    out.push(b'"');
}

/// Whether a spreadsheet would compute the text: it starts like a formula, in the full-width forms of East Asian
/// keyboards too, or with a character that spreadsheets skip before they look.
fn reads_as_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}
