//! What the columns of an answer hold.

use std::cmp::Ordering;
use std::collections::HashSet;

use serde::Serialize;

use super::cell::Cell;
use super::column::ResultColumn;
use super::query_result::QueryResult;
use super::value::Value;

/// What a column of an answer holds. Only its rows count, not its totals.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ColumnStatistics {
    /// The name of the column.
    pub name: String,
    /// The type of its cells, as [`ResultColumn::type_name`].
    #[serde(rename = "type")]
    pub type_name: String,
    /// Rows where it is not NULL. The remainder of a top counts as a value.
    pub values: usize,
    /// Rows where it is NULL.
    pub nulls: usize,
    /// Different values; NULL is none. Members of hierarchies are different if their paths or kinds are.
    pub distinct: usize,
    /// The least value, text by code point; [`Cell::Null`] without any. The remainder of a top, histograms and members
    /// of hierarchies have no order.
    pub min: Cell,
    /// The greatest value, as `min`.
    pub max: Cell,
    /// Whether each row has a value of its own; so it is in an answer without rows.
    pub is_key: bool,
}

impl QueryResult {
    /// Counts and bounds of each column, over the rows of the answer.
    #[must_use]
    pub fn statistics(&self) -> Vec<ColumnStatistics> {
        self.columns().iter().enumerate().map(|(index, column)| self.column_statistics(index, column)).collect()
    }

    fn column_statistics(&self, index: usize, column: &ResultColumn) -> ColumnStatistics {
        let readers = self.readers().iter().filter_map(|batch| Some((batch.num_rows(), batch.columns().get(index)?)));
        let cells = readers.flat_map(|(rows, reader)| (0..rows).map(move |row| reader.value(row)));
        let (mut values, mut nulls, mut key) = (0, 0, Vec::new());
        let mut seen: HashSet<Vec<u8>> = HashSet::new();
        let (mut min, mut max) = (Value::Null, Value::Null);
        for value in cells {
            if matches!(value, Value::Null) {
                nulls += 1;
                continue;
            }
            values += 1;
            key.clear();
            value.push_key(&mut key);
            if seen.contains(key.as_slice()) {
                continue;
            }
            seen.insert(key.clone());
            // A value is in order with itself, if it has an order at all.
            if value.order(value).is_some() {
                if matches!(value.order(min), None | Some(Ordering::Less)) {
                    min = value;
                }
                if matches!(value.order(max), None | Some(Ordering::Greater)) {
                    max = value;
                }
            }
        }
        ColumnStatistics {
            name: column.name.clone(),
            type_name: column.type_name().into_owned(),
            values,
            nulls,
            distinct: seen.len(),
            min: min.into(),
            max: max.into(),
            is_key: nulls == 0 && seen.len() == values,
        }
    }
}
