//! How a file of delimited text is to be read.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::record::{Fault, Field, Records};
use super::{infer, read};
use crate::error::{Error, Result};
use crate::model::Column;
use crate::source::contract::{BatchIter, ReadRequest, Source};
use crate::source::moment::DateFormat;
use crate::source::{files, names};

const READ_BUFFER: usize = 256 * 1024;

/// A file of text with one record per line and a delimiter between fields, quoted as RFC 4180 says: a field in double
/// quotes may hold the delimiter, line ends and, doubled, quotes. Lines end in LF or CRLF; a byte order mark is
/// skipped; the text is UTF-8. Every record has as many fields as the first line. Empty lines are skipped, except in
/// files of one column, where they are NULL.
///
/// **NULL** is an empty field without quotes, and every text given to [`CsvSource::null_text`], quoted or not. An empty
/// field in quotes is an empty text in a column of text and NULL in all others.
///
/// **Types** are found from all rows ([`CsvSource::sample_rows`] limits that): boolean, integer, decimal for integers
/// beyond 64 bits, float, date, datetime, else text. Numbers with zeros in front are text, and so are dates that could
/// be read with the day or with the month first; [`CsvSource::date_format`] decides. Datetimes are ISO 8601; those
/// without an offset are read in the `source_timezone` of the column, UTC by default. When a column is declared to have
/// another type than the one found, it is read from the raw text of the file.
///
/// ```
/// use drillcore::{CsvSource, Source};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("shops.csv");
/// std::fs::write(&path, "name,zip,opened,staff\nNorth,01234,2013-05-01,12\nSouth,04321,NA,7\n")?;
///
/// let columns = CsvSource::new(path).null_text("NA").discover()?;
/// let types: Vec<String> = columns.iter().map(|column| column.column_type.name()).collect();
/// assert_eq!(types, ["text", "text", "date", "integer"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CsvSource {
    path: PathBuf,
    #[serde(
        default = "comma",
        skip_serializing_if = "is_comma",
        serialize_with = "write_delimiter",
        deserialize_with = "read_delimiter"
    )]
    delimiter: u8,
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    header: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    null_texts: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sample_rows: Option<u64>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    date_formats: BTreeMap<String, DateFormat>,
}

impl CsvSource {
    /// The file of that path: commas, a header line, no other NULL than the empty field.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            delimiter: b',',
            header: true,
            null_texts: Vec::new(),
            sample_rows: None,
            date_formats: BTreeMap::new(),
        }
    }

    /// The ASCII character between fields.
    #[must_use]
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// Whether the first line holds the names of the columns. Without, they are called `column_1`, `column_2`, ..
    #[must_use]
    pub fn header(mut self, header: bool) -> Self {
        self.header = header;
        self
    }

    /// A text that stands for NULL, in quotes or not, besides the empty field. May be given several times; the empty
    /// text makes quoted empty fields NULL too.
    #[must_use]
    pub fn null_text(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        if !self.null_texts.contains(&text) {
            self.null_texts.push(text);
        }
        self
    }

    /// Finds types from so many rows only. A later row that does not fit is then an error when the file is read.
    #[must_use]
    pub fn sample_rows(mut self, rows: u64) -> Self {
        self.sample_rows = Some(rows);
        self
    }

    /// Declares how the dates of a column are written, and that it holds dates.
    #[must_use]
    pub fn date_format(mut self, column: impl Into<String>, format: DateFormat) -> Self {
        self.date_formats.insert(column.into(), format);
        self
    }

    /// The path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the file before its first row, and gives the names of its columns.
    pub(super) fn open(&self) -> Result<(Vec<String>, Records<BufReader<File>>)> {
        if !self.delimiter.is_ascii() || matches!(self.delimiter, b'"' | b'\r' | b'\n') {
            return Err(Error::input("the delimiter must be an ASCII character other than a quote or a line end"));
        }
        let file = files::open(&self.path)?;
        let mut records = Records::new(BufReader::with_capacity(READ_BUFFER, file), self.delimiter);
        if !records.advance().map_err(|fault| self.fault(fault))? {
            let missing = if self.header { "the file is empty: it has no header" } else { "the file is empty" };
            return Err(files::error(&self.path, missing));
        }
        let raw: Vec<String> = if self.header {
            let name = |field: Field<'_>| {
                std::str::from_utf8(field.bytes)
                    .map(str::to_owned)
                    .map_err(|_| files::error_on_line(&self.path, records.line(), "the header is not valid UTF-8"))
            };
            records.fields().map(name).collect::<Result<_>>()?
        } else {
            vec![String::new(); records.width()]
        };
        if !self.header {
            records.hold();
        }
        let names = names::complete(raw).map_err(|message| files::error(&self.path, message))?;
        if let Some(unknown) = self.date_formats.keys().find(|column| !names.contains(column)) {
            let hint = crate::suggest::hint(unknown, names.iter().map(String::as_str));
            let message = format!("a date format is given for the column `{unknown}`, which the file does not have");
            return Err(Error::input(format!("{message}{hint}")).at(self.path.display().to_string()));
        }
        Ok((names, records))
    }

    /// Whether a field stands for NULL in every type.
    pub(super) fn is_null(&self, field: Field<'_>) -> bool {
        (field.bytes.is_empty() && !field.quoted) || self.null_texts.iter().any(|text| text.as_bytes() == field.bytes)
    }

    pub(super) fn sample(&self) -> u64 {
        self.sample_rows.unwrap_or(u64::MAX)
    }

    pub(super) fn declared_date_format(&self, column: &str) -> Option<DateFormat> {
        self.date_formats.get(column).copied()
    }

    pub(super) fn fault(&self, fault: Fault) -> Error {
        let message = fault.to_string();
        let error = files::error_on_line(&self.path, fault.line(), message);
        match fault.into_cause() {
            Some(cause) => error.with_source(cause),
            None => error,
        }
    }

    /// An error about a value.
    pub(super) fn value_error(&self, line: u64, column: &str, reason: &str) -> Error {
        files::error_on_line(&self.path, line, format!("column `{column}`: the value {reason}"))
    }
}

impl Source for CsvSource {
    fn describe(&self) -> String {
        format!("csv {}", self.path.display())
    }

    fn is_typed(&self) -> bool {
        false
    }

    fn discover(&self) -> Result<Vec<Column>> {
        infer::columns(self)
    }

    fn read(&self, request: &ReadRequest) -> Result<BatchIter> {
        Ok(Box::new(read::Batches::new(self, request)?))
    }
}

fn comma() -> u8 {
    b','
}

fn is_comma(delimiter: &u8) -> bool {
    *delimiter == b','
}

fn yes() -> bool {
    true
}

fn is_yes(flag: &bool) -> bool {
    *flag
}

fn write_delimiter<S: Serializer>(delimiter: &u8, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_char(char::from(*delimiter))
}

fn read_delimiter<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<u8, D::Error> {
    let delimiter =
        char::deserialize(deserializer).map_err(|_| D::Error::custom("the delimiter must be one ASCII character"))?;
    u8::try_from(delimiter)
        .ok()
        .filter(u8::is_ascii)
        .ok_or_else(|| D::Error::custom("the delimiter must be one ASCII character"))
}
