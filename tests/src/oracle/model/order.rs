//! The order of rows.

use std::cmp::Ordering;

use rusqlite::Result;
use rusqlite::types::Value;

use super::top::{leaves, together};
use super::{Model, Row};
use crate::oracle::value::{name, order};
use crate::spec::{Key, Output};

/// A key with its value for each row.
struct SortKey {
    values: Vec<Value>,
    descending: bool,
    nulls_first: bool,
    /// The dimension whose members the values are.
    dimension: Option<usize>,
}

/// The order of two values, NULL first or last in both directions.
pub(super) fn compare(left: &Value, right: &Value, descending: bool, nulls_first: bool) -> Ordering {
    let null = |value: &Value| *value == Value::Null;
    match (null(left), null(right)) {
        (true, true) => Ordering::Equal,
        (true, false) => {
            if nulls_first {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
        (false, true) => {
            if nulls_first {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
        (false, false) => {
            if descending {
                order(right, left)
            } else {
                order(left, right)
            }
        }
    }
}

impl Model<'_> {
    /// Puts the rows in the order of the query. The remainder of a top stands behind the members it was ranked with.
    pub(super) fn sort(&self, rows: &mut Vec<Row>) -> Result<()> {
        let mut keys = Vec::new();
        for key in &self.spec.order {
            match key.of {
                Output::Cell(cell) if key.tiered => self.tiers(key, cell, rows, &mut keys)?,
                Output::Dimension(index) => keys.push(plain(rows, key, Some(index))),
                Output::Cell(_) => keys.push(plain(rows, key, None)),
            }
        }
        for index in 0..self.dimensions.len() {
            if !self.spec.order.iter().any(|key| key.of == Output::Dimension(index)) {
                keys.push(plain(rows, &ascending(index), Some(index)));
            }
        }
        let of = self.other_of();
        let leading = keys.iter().take_while(|key| key.dimension.is_some() && key.dimension != of).count();
        let mut places: Vec<usize> = (0..rows.len()).collect();
        places.sort_by(|left, right| {
            let mut found = Ordering::Equal;
            for (place, key) in keys.iter().enumerate() {
                if place == leading && of.is_some() {
                    found = found.then(rows[*left].other.cmp(&rows[*right].other));
                }
                let (left, right) = (&key.values[*left], &key.values[*right]);
                found = found.then_with(|| compare(left, right, key.descending, key.nulls_first));
            }
            found
        });
        *rows = places.into_iter().map(|place| rows[place].clone()).collect();
        Ok(())
    }

    /// Parents by their totals, children inside.
    fn tiers(&self, key: &Key, cell: usize, rows: &[Row], keys: &mut Vec<SortKey>) -> Result<()> {
        for depth in 1..self.dimensions.len() {
            let groups = together(rows, |row| name(&row.keys[..depth]));
            let sets: Vec<Vec<usize>> = groups.iter().map(|(_, some)| leaves(rows, some)).collect();
            let totals = self.evaluate(&sets, &(0..depth).collect::<Vec<_>>())?;
            let mut values = vec![Value::Null; rows.len()];
            for ((_, some), cells) in groups.iter().zip(totals) {
                some.iter().for_each(|row| values[*row] = cells[cell].clone());
            }
            keys.push(SortKey { values, descending: key.descending, nulls_first: key.nulls_first, dimension: None });
            keys.push(plain(rows, &ascending(depth - 1), Some(depth - 1)));
        }
        keys.push(plain(rows, key, None));
        Ok(())
    }
}

/// A dimension, ascending.
pub(super) fn ascending(dimension: usize) -> Key {
    Key { of: Output::Dimension(dimension), descending: false, nulls_first: false, tiered: false }
}

fn plain(rows: &[Row], key: &Key, dimension: Option<usize>) -> SortKey {
    SortKey {
        values: rows.iter().map(|row| row.value(key.of).clone()).collect(),
        descending: key.descending,
        nulls_first: key.nulls_first,
        dimension,
    }
}
