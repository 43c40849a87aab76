//! Reads the rows of a file of text into typed columns.

use std::fs::File;
use std::io::BufReader;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use super::infer;
use super::record::Records;
use super::source::CsvSource;
use crate::error::{Error, Result};
use crate::model::ColumnType;
use crate::source::builder::{self, ColumnBuilder};
use crate::source::conform::canonical_schema;
use crate::source::contract::ReadRequest;
use crate::source::moment::DateFormat;
use crate::source::{BATCH_ROWS, names};

/// The batches of one reading.
#[derive(Debug)]
pub(super) struct Batches {
    source: CsvSource,
    records: Records<BufReader<File>>,
    schema: SchemaRef,
    targets: Vec<Target>,
    left: u64,
}

/// A column to build: its place in the file, its name there.
#[derive(Debug)]
struct Target {
    index: usize,
    name: String,
    builder: ColumnBuilder,
}

impl Batches {
    pub(super) fn new(source: &CsvSource, request: &ReadRequest) -> Result<Self> {
        let (names, records) = source.open()?;
        let places = names::positions(&names, &request.columns)
            .map_err(|error| error.at(source.path().display().to_string()))?;
        let dates: Vec<(usize, &str)> = places
            .iter()
            .zip(&request.columns)
            .filter(|(_, column)| column.column_type == ColumnType::Date)
            .map(|(index, column)| (*index, column.source_name.as_str()))
            .collect();
        let formats = if dates.is_empty() { Vec::new() } else { infer::date_formats(source, &dates)? };
        let mut targets = Vec::with_capacity(places.len());
        for (index, column) in places.into_iter().zip(&request.columns) {
            let known = dates.iter().zip(&formats).find(|((date, _), _)| *date == index);
            let format = known.map_or(DateFormat::Iso, |(_, format)| *format);
            let builder = ColumnBuilder::new(column, format)?;
            targets.push(Target { index, name: column.source_name.clone(), builder });
        }
        Ok(Self {
            source: source.clone(),
            records,
            schema: canonical_schema(&request.columns),
            targets,
            left: request.limit.unwrap_or(u64::MAX),
        })
    }

    fn batch(&mut self) -> Result<Option<RecordBatch>> {
        let Self { source, records, schema, targets, left } = self;
        let mut rows = 0;
        while rows < BATCH_ROWS && *left > 0 && records.advance().map_err(|fault| source.fault(fault))? {
            for Target { index, name, builder } in targets.iter_mut() {
                let field = records.field(*index).ok_or_else(|| Error::internal("a record lost a field"))?;
                if source.is_null(field) || (field.bytes.is_empty() && !builder.is_text()) {
                    builder.append_null();
                } else {
                    builder
                        .append_text(field.bytes)
                        .map_err(|mismatch| source.value_error(records.line(), name, &builder.reason(mismatch)))?;
                }
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
