//! Files with one JSON object per line.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::builder::{self, ColumnBuilder};
use super::conform::canonical_schema;
use super::contract::{BatchIter, ReadRequest, Source};
use super::guess::JsonGuess;
use super::json_object::each_member;
use super::moment::DateFormat;
use super::{BATCH_ROWS, files, metadata};
use crate::error::{Error, Result};
use crate::model::Column;

/// A file with one JSON object per line (NDJSON); empty lines are skipped.
///
/// The columns are the members of all objects, in the order in which they first occur; an object without one of them
/// has NULL there, and so has one with null. Booleans, numbers and texts are what they are in JSON; texts that all are
/// ISO 8601 dates or datetimes become those; arrays and objects are kept as the text of their JSON, and so is a column
/// that mixes types. Of two members with one name the last one holds. A column that no object has reads as NULL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JsonLinesSource {
    path: PathBuf,
}

impl JsonLinesSource {
    /// The file of that path.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Source for JsonLinesSource {
    fn describe(&self) -> String {
        format!("json lines {}", self.path.display())
    }

    fn is_typed(&self) -> bool {
        false
    }

    fn discover(&self) -> Result<Vec<Column>> {
        let mut lines = Lines::open(&self.path)?;
        let mut members: Vec<(String, JsonGuess)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        while lines.advance()? {
            lines.members(|name, value| {
                let place = *places.entry(name).or_insert_with_key(|name| {
                    members.push((name.clone(), JsonGuess::new()));
                    members.len() - 1
                });
                if let Some((_, guess)) = members.get_mut(place) {
                    guess.observe(&value);
                }
            })?;
        }
        let describe = |(name, guess): (String, JsonGuess)| metadata::described(name, guess.column_type());
        Ok(members.into_iter().map(describe).collect())
    }

    fn read(&self, request: &ReadRequest) -> Result<BatchIter> {
        Ok(Box::new(Batches::new(&self.path, request)?))
    }
}

/// The lines of a file that are not empty.
#[derive(Debug)]
struct Lines {
    path: PathBuf,
    input: BufReader<File>,
    line: Vec<u8>,
    number: u64,
}

impl Lines {
    fn open(path: &Path) -> Result<Self> {
        let input = BufReader::with_capacity(256 * 1024, files::open(path)?);
        Ok(Self { path: path.to_owned(), input, line: Vec::new(), number: 0 })
    }

    fn advance(&mut self) -> Result<bool> {
        loop {
            self.line.clear();
            let read = self.input.read_until(b'\n', &mut self.line);
            let read = read.map_err(|cause| files::unreadable(&self.path, "JSON lines", cause))?;
            if read == 0 {
                return Ok(false);
            }
            self.number += 1;
            if self.number == 1 && self.line.starts_with(b"\xEF\xBB\xBF") {
                self.line.drain(..3);
            }
            if !self.line.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }

    fn members(&self, take: impl FnMut(String, Value)) -> Result<()> {
        each_member(&self.line, take).map_err(|message| files::error_on_line(&self.path, self.number, message))
    }
}

/// The batches of one reading.
#[derive(Debug)]
struct Batches {
    lines: Lines,
    /// Where the value of a member is put.
    slots: HashMap<String, usize>,
    values: Vec<Value>,
    schema: SchemaRef,
    targets: Vec<Target>,
    left: u64,
}

/// A column to build: the slot of its member, and its name.
#[derive(Debug)]
struct Target {
    slot: usize,
    name: String,
    builder: ColumnBuilder,
}

impl Batches {
    fn new(path: &Path, request: &ReadRequest) -> Result<Self> {
        let mut slots = HashMap::new();
        let mut targets = Vec::with_capacity(request.columns.len());
        for column in &request.columns {
            let next = slots.len();
            let slot = *slots.entry(column.source_name.clone()).or_insert(next);
            let builder = ColumnBuilder::new(column, DateFormat::Iso)?;
            targets.push(Target { slot, name: column.source_name.clone(), builder });
        }
        Ok(Self {
            lines: Lines::open(path)?,
            values: vec![Value::Null; slots.len()],
            slots,
            schema: canonical_schema(&request.columns),
            targets,
            left: request.limit.unwrap_or(u64::MAX),
        })
    }

    fn batch(&mut self) -> Result<Option<RecordBatch>> {
        let Self { lines, slots, values, schema, targets, left } = self;
        let mut rows = 0;
        while rows < BATCH_ROWS && *left > 0 && lines.advance()? {
            values.fill(Value::Null);
            lines.members(|name, value| {
                if let Some(slot) = slots.get(&name).and_then(|slot| values.get_mut(*slot)) {
                    *slot = value;
                }
            })?;
            for Target { slot, name, builder } in targets.iter_mut() {
                let value = values.get(*slot).ok_or_else(|| Error::internal("a line lost a value"))?;
                builder.append_json(value).map_err(|mismatch| {
                    let message = format!("column `{name}`: the value {}", builder.reason(mismatch));
                    files::error_on_line(&lines.path, lines.number, message)
                })?;
            }
            rows += 1;
            *left -= 1;
        }
        if rows == 0 {
            return Ok(None);
        }
        let columns = targets.iter_mut().map(|target| target.builder.finish()).collect();
        builder::batch(schema, columns, rows).map(Some)
    }
}

impl Iterator for Batches {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.batch();
        if !matches!(batch, Ok(Some(_))) {
            // Nothing follows the end or an error.
            self.left = 0;
        }
        batch.transpose()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use arrow::array::{Array, AsArray};
    use arrow::datatypes::Int64Type;
    use tempfile::NamedTempFile;

    use super::JsonLinesSource;
    use crate::model::ColumnType;
    use crate::source::{ReadRequest, Source};

    fn fixture(text: &str) -> (NamedTempFile, JsonLinesSource) {
        let mut file = NamedTempFile::new().expect("a file");
        file.write_all(text.as_bytes()).expect("written");
        let source = JsonLinesSource::new(file.path());
        (file, source)
    }

    #[test]
    fn columns_are_the_union_of_all_lines() {
        let (_file, source) = fixture(concat!(
            "\u{feff}{\"b\": 1, \"a\": \"x\"}\r\n",
            "\n",
            "{\"a\": null, \"late\": 2.5}\n",
            "{\"b\": 3, \"nested\": {\"k\": [1]}}",
        ));
        let columns = source.discover().expect("columns");
        let found: Vec<_> = columns.iter().map(|column| (column.id.as_str(), column.column_type)).collect();
        let wanted = [
            ("b", ColumnType::Integer),
            ("a", ColumnType::Text),
            ("late", ColumnType::Float),
            ("nested", ColumnType::Text),
        ];
        assert_eq!(found, wanted);

        let batches: Vec<_> =
            source.read(&ReadRequest::new(columns)).expect("opens").collect::<Result<_, _>>().expect("reads");
        let [batch] = batches.as_slice() else { panic!("one batch") };
        assert_eq!(batch.num_rows(), 3);
        assert_eq!(batch.column(0).as_primitive::<Int64Type>().iter().collect::<Vec<_>>(), [Some(1), None, Some(3)]);
        assert_eq!(batch.column(2).null_count(), 2);
        let nested: Vec<_> = batch.column(3).as_string_view().iter().collect();
        assert_eq!(nested, [None, None, Some(r#"{"k":[1]}"#)]);
    }

    #[test]
    fn a_column_can_be_read_twice_limited_and_in_any_order() {
        let (_file, source) = fixture("{\"a\": 1, \"b\": 2}\n{\"a\": 3, \"b\": 4}\n");
        let mut columns = source.discover().expect("columns");
        columns.reverse();
        let mut text = columns[1].clone();
        text.column_type = ColumnType::Text;
        columns.push(text);
        let request = ReadRequest::new(columns).with_limit(1);
        let batches: Vec<_> = source.read(&request).expect("opens").collect::<Result<_, _>>().expect("reads");
        assert_eq!(batches.len(), 1);
        assert_eq!(batches[0].num_rows(), 1);
        assert_eq!(batches[0].column(0).as_primitive::<Int64Type>().value(0), 2);
        assert_eq!(batches[0].column(2).as_string_view().value(0), "1");
    }

    #[test]
    fn errors_name_the_line_and_no_value() {
        let (file, source) = fixture("{\"a\": 1}\n\n{\"a\": \"secret\"}\n");
        let mut columns = source.discover().expect("columns");
        columns[0].column_type = ColumnType::Integer;
        let mut batches = source.read(&ReadRequest::new(columns)).expect("opens");
        let error = batches.next().expect("an error").expect_err("not an integer");
        assert_eq!(error.message(), "column `a`: the value is not an integer of 64 bits");
        assert_eq!(error.path(), Some(format!("{}:3", file.path().display()).as_str()));
        assert!(batches.next().is_none(), "nothing follows an error");

        let (_file, source) = fixture("{\"a\": 1}\n[2]\n");
        let error = source.discover().expect_err("an array").to_string();
        assert!(error.starts_with("the line is not a JSON object (at ") && error.ends_with(":2)"), "{error}");
    }
}
