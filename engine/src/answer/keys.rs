//! Tuples of keys as numbers.

use std::collections::HashMap;

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use arrow::row::{OwnedRow, RowConverter, SortField};

use crate::error::{Error, Result};

/// The tuples of keys that were met, numbered as they appeared. NULL equals NULL. Without keys there is one tuple.
#[derive(Debug)]
pub(super) struct KeyTable {
    converter: Option<RowConverter>,
    rows: Vec<OwnedRow>,
    numbers: HashMap<OwnedRow, usize>,
}

impl KeyTable {
    pub(super) fn new(types: impl IntoIterator<Item = DataType>) -> Result<Self> {
        let fields: Vec<SortField> = types.into_iter().map(SortField::new).collect();
        let converter =
            if fields.is_empty() { None } else { Some(RowConverter::new(fields).map_err(|error| broken(&error))?) };
        Ok(Self { converter, rows: Vec::new(), numbers: HashMap::new() })
    }

    /// The numbers of the tuples that stand in the rows of some columns; new ones are added.
    pub(super) fn add(&mut self, columns: &[ArrayRef], rows: usize) -> Result<Vec<usize>> {
        let Some(converter) = &self.converter else { return Ok(vec![0; rows]) };
        let encoded = converter.convert_columns(columns).map_err(|error| broken(&error))?;
        let mut found = Vec::with_capacity(rows);
        for row in &encoded {
            let row = row.owned();
            let next = self.rows.len();
            let number = *self.numbers.entry(row.clone()).or_insert(next);
            if number == next {
                self.rows.push(row);
            }
            found.push(number);
        }
        Ok(found)
    }

    /// The numbers of the tuples that stand in the rows of some columns; none where they were not met.
    pub(super) fn find(&self, columns: &[ArrayRef], rows: usize) -> Result<Vec<Option<usize>>> {
        let Some(converter) = &self.converter else { return Ok(vec![Some(0); rows]) };
        let encoded = converter.convert_columns(columns).map_err(|error| broken(&error))?;
        Ok(encoded.iter().map(|row| self.numbers.get(&row.owned()).copied()).collect())
    }

    pub(super) fn len(&self) -> usize {
        if self.converter.is_none() { 1 } else { self.rows.len() }
    }

    /// The keys of all tuples, column by column.
    pub(super) fn columns(&self) -> Result<Vec<ArrayRef>> {
        let Some(converter) = &self.converter else { return Ok(Vec::new()) };
        converter.convert_rows(self.rows.iter().map(OwnedRow::row)).map_err(|error| broken(&error))
    }
}

fn broken(error: &ArrowError) -> Error {
    Error::internal("the keys of groups cannot be compared").caused_by(error.to_string())
}
