//! The CSV of an answer.

use std::borrow::Cow;
use std::convert::Infallible;
use std::io;

use super::output::{PIECE, finish, hand_on, into_text};
use super::query_result::QueryResult;
use super::value::Value;
use crate::error::{Error, Result};

/// How the lines of a CSV end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum LineEnd {
    /// `\n`.
    #[default]
    Lf,
    /// `\r\n`, which RFC 4180 asks for.
    CrLf,
}

/// How a CSV is written. The default: commas, a header line, `\n`, NULL as an empty field, nothing for spreadsheets.
///
/// Fields stand in quotes only where they must: text with a delimiter, quote or line end in it, empty text (`""`), and
/// whatever would otherwise read as NULL. So a reader that looks at quotes can tell NULL from text. In an answer of one
/// column, NULL with its default text is an empty line, which many readers skip: give such an answer a `null_text`.
///
/// ```
/// use drillcore::{CsvDialect, LineEnd};
///
/// let for_spreadsheets = CsvDialect::default()
///     .delimiter(b';')
///     .decimal_mark(b',')
///     .line_end(LineEnd::CrLf)
///     .bom(true)
///     .guard_formulas(true);
/// assert_eq!(for_spreadsheets.delimiter, b';');
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CsvDialect {
    /// Between fields: an ASCII character, neither letter, digit, quote nor line end. Default `,`.
    pub delimiter: u8,
    /// Before the decimals of decimals and floats: `.` or `,`. Default `.`.
    pub decimal_mark: u8,
    /// Whether the names of the columns are the first line. Default true.
    pub header: bool,
    /// What stands for NULL, without delimiter, quote or line end. Default empty.
    pub null_text: String,
    /// How lines end, the last one too. Default `\n`.
    pub line_end: LineEnd,
    /// Whether text that a spreadsheet would take for a formula gets a `'` in front (default false). It applies to text
    /// and the header, not to numbers and dates. Such text no longer reads back as it was.
    pub guard_formulas: bool,
    /// Whether the file starts with a byte order mark, by which spreadsheets recognise UTF-8. Default false.
    pub bom: bool,
}

impl Default for CsvDialect {
    fn default() -> Self {
        Self {
            delimiter: b',',
            decimal_mark: b'.',
            header: true,
            null_text: String::new(),
            line_end: LineEnd::Lf,
            guard_formulas: false,
            bom: false,
        }
    }
}

impl CsvDialect {
    /// Sets what stands between fields.
    #[must_use]
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// Sets what stands before decimals.
    #[must_use]
    pub fn decimal_mark(mut self, mark: u8) -> Self {
        self.decimal_mark = mark;
        self
    }

    /// Sets whether the names of the columns are the first line.
    #[must_use]
    pub fn header(mut self, header: bool) -> Self {
        self.header = header;
        self
    }

    /// Sets what stands for NULL.
    #[must_use]
    pub fn null_text(mut self, text: impl Into<String>) -> Self {
        self.null_text = text.into();
        self
    }

    /// Sets how lines end.
    #[must_use]
    pub fn line_end(mut self, line_end: LineEnd) -> Self {
        self.line_end = line_end;
        self
    }

    /// Sets whether text that reads as a formula gets a `'` in front.
    #[must_use]
    pub fn guard_formulas(mut self, guard: bool) -> Self {
        self.guard_formulas = guard;
        self
    }

    /// Sets whether the file starts with a byte order mark.
    #[must_use]
    pub fn bom(mut self, bom: bool) -> Self {
        self.bom = bom;
        self
    }

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
        if self.must_quote(&text, &self.null_text) {
            push_quoted(out, &text);
        } else {
            out.extend_from_slice(text.as_bytes());
        }
    }

    fn push_cell(&self, out: &mut Vec<u8>, value: Value<'_>) {
        match value {
            Value::Null => out.extend_from_slice(self.null_text.as_bytes()),
            Value::Text(text) => self.push_text(out, text),
            Value::Float(_) | Value::Decimal128(..) | Value::Decimal256(..) if self.decimal_mark != b'.' => {
                let start = out.len();
                value.push(out);
                if let Some(point) = out.iter_mut().skip(start).find(|byte| **byte == b'.') {
                    *point = self.decimal_mark;
                }
                self.quote_from(out, start);
            }
            _ => {
                let start = out.len();
                value.push(out);
                self.quote_from(out, start);
            }
        }
    }

    /// Puts the number, date or boolean that starts there into quotes, if this dialect makes that necessary.
    fn quote_from(&self, out: &mut Vec<u8>, start: usize) {
        let common = matches!(self.delimiter, b',' | b';' | b'\t' | b'|') && self.delimiter != self.decimal_mark;
        if common && self.null_text.is_empty() {
            return;
        }
        let field = String::from_utf8_lossy(out.get(start..).unwrap_or_default());
        if self.must_quote(&field, &self.null_text) {
            let field = field.into_owned();
            out.truncate(start);
            push_quoted(out, &field);
        }
    }
}

impl QueryResult {
    /// The answer as CSV in the default dialect: a header of column names, commas, `\n`, cells as in JSON, NULL as an
    /// empty field, empty text as `""`.
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
            dialect.push_line_end(out);
        }
        for (batch, row) in self.read_rows() {
            for (index, value) in batch.values(row).enumerate() {
                if index > 0 {
                    out.push(dialect.delimiter);
                }
                dialect.push_cell(out, value);
            }
            dialect.push_line_end(out);
            after_row(out)?;
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
