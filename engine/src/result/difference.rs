//! What changed between two answers to one query.

use std::collections::{HashMap, VecDeque};

use serde::Serialize;

use super::cell::Cell;
use super::column::{ResultColumn, Role};
use super::exact::change;
use super::query_result::QueryResult;
use super::value::Value;
use crate::error::{Error, Result};

/// What changed between two answers to one query. Totals are not compared.
///
/// It displays as a table for a terminal, and [`Difference::to_markdown`] is one for a page. With serde it is a JSON
/// object whose cells are as [`Cell`] says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The columns of both answers, as the later one describes them.
    pub columns: Vec<ResultColumn>,
    /// Rows of the later answer whose dimensions the earlier one does not have.
    pub added: Vec<Vec<Cell>>,
    /// Rows of the earlier answer whose dimensions the later one does not have.
    pub removed: Vec<Vec<Cell>>,
    /// Rows with the same dimensions and other values, in the order of the later answer.
    pub changed: Vec<ChangedRow>,
    /// The number of rows that are the same in both.
    pub unchanged: usize,
}

/// A row that is in both answers, with other values.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ChangedRow {
    /// Its dimensions, in the order of the columns.
    pub keys: Vec<Cell>,
    /// The values that changed, in the order of the columns.
    pub cells: Vec<ChangedCell>,
}

/// A value that changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ChangedCell {
    /// The name of its column.
    pub column: String,
    /// What it was.
    pub before: Cell,
    /// What it is.
    pub after: Cell,
    /// `after` - `before` of two numbers: exact for integers and decimals, [`Cell::Null`] for anything else or where
    /// the result is beyond the type.
    pub change: Cell,
}

/// The rows of an answer by their dimensions.
type Places<'a> = HashMap<Vec<u8>, VecDeque<Vec<Value<'a>>>>;

impl QueryResult {
    /// What is different in an answer to the same query that was computed after this one.
    ///
    /// Rows belong together if their dimensions are the same; NULL is the same as NULL, and a member of a hierarchy is
    /// the same if its path and kind are, whatever it is called. Where several rows have the same dimensions, as in the
    /// rows mode of a query, they belong together one by one, and the order of the rows does not matter: rows without
    /// measures compare as multisets.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::InvalidInput`] if the two do not have the same columns: name, role and type.
    pub fn difference(&self, after: &Self) -> Result<Difference> {
        same_columns(self.columns(), after.columns())?;
        let columns = after.columns();
        let mut places: Places<'_> = HashMap::new();
        let mut order = Vec::with_capacity(self.num_rows());
        for (batch, row) in self.read_rows() {
            let values: Vec<Value<'_>> = batch.values(row).collect();
            let key = key(columns, &values);
            places.entry(key.clone()).or_default().push_back(values);
            order.push(key);
        }
        let mut difference = Difference {
            columns: columns.to_vec(),
            added: Vec::new(),
            removed: Vec::new(),
            changed: Vec::new(),
            unchanged: 0,
        };
        for (batch, row) in after.read_rows() {
            let values: Vec<Value<'_>> = batch.values(row).collect();
            match places.get_mut(&key(columns, &values)).and_then(VecDeque::pop_front) {
                None => difference.added.push(values.into_iter().map(Cell::from).collect()),
                Some(before) => {
                    let cells = changed_cells(columns, &before, &values);
                    if cells.is_empty() {
                        difference.unchanged += 1;
                    } else {
                        difference.changed.push(ChangedRow { keys: keys(columns, &values), cells });
                    }
                }
            }
        }
        // What is left of each key are its last rows; the first ones met their like.
        for key in order.iter().rev() {
            if let Some(values) = places.get_mut(key).and_then(VecDeque::pop_back) {
                difference.removed.push(values.into_iter().map(Cell::from).collect());
            }
        }
        difference.removed.reverse();
        Ok(difference)
    }
}

impl Difference {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

fn same_columns(before: &[ResultColumn], after: &[ResultColumn]) -> Result<()> {
    if before.len() != after.len() {
        let (before, after) = (before.len(), after.len());
        return Err(Error::input(format!("the earlier answer has {before} columns and the later one {after}")));
    }
    for (before, after) in before.iter().zip(after) {
        let (name, other) = (&before.name, &after.name);
        if name != other {
            return Err(Error::input(format!("column `{name}` of the earlier answer is `{other}` in the later one")));
        }
        if before.role != after.role {
            let (role, other) = (before.role.as_str(), after.role.as_str());
            return Err(Error::input(format!(
                "column `{name}` is a {role} in the earlier answer and a {other} in the later one"
            )));
        }
        if before.type_name() != after.type_name() {
            let (found, other) = (before.type_name(), after.type_name());
            return Err(Error::input(format!(
                "column `{name}` is {found} in the earlier answer and {other} in the later one"
            )));
        }
    }
    Ok(())
}

fn key(columns: &[ResultColumn], values: &[Value<'_>]) -> Vec<u8> {
    let mut key = Vec::new();
    for (column, value) in columns.iter().zip(values) {
        if column.role == Role::Dimension {
            value.push_key(&mut key);
        }
    }
    key
}

fn keys(columns: &[ResultColumn], values: &[Value<'_>]) -> Vec<Cell> {
    let dimensions = columns.iter().zip(values).filter(|(column, _)| column.role == Role::Dimension);
    dimensions.map(|(_, value)| Cell::from(*value)).collect()
}

fn changed_cells(columns: &[ResultColumn], before: &[Value<'_>], after: &[Value<'_>]) -> Vec<ChangedCell> {
    let mut cells = Vec::new();
    let (mut was, mut is) = (Vec::new(), Vec::new());
    for ((column, before), after) in columns.iter().zip(before).zip(after) {
        was.clear();
        is.clear();
        before.push_key(&mut was);
        after.push_key(&mut is);
        if was != is {
            let column = column.name.clone();
            let change = numeric_change(*before, *after);
            cells.push(ChangedCell { column, before: (*before).into(), after: (*after).into(), change });
        }
    }
    cells
}

fn numeric_change(before: Value<'_>, after: Value<'_>) -> Cell {
    use Value::{Decimal128, Decimal256, Float, Integer};
    match (before, after) {
        (Float(before), Float(after)) => {
            let change = after - before;
            if change.is_finite() { Cell::Float(change) } else { Cell::Null }
        }
        (Integer(_) | Decimal128(..) | Decimal256(..), Integer(_) | Decimal128(..) | Decimal256(..)) => {
            change(&before.to_text(), &after.to_text()).map_or(Cell::Null, |digits| match digits.parse() {
                Ok(integer) => Cell::Integer(integer),
                Err(_) => Cell::Decimal(digits),
            })
        }
        _ => Cell::Null,
    }
}
