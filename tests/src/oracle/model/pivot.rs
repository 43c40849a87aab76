//! Dimensions as columns.

use std::collections::HashMap;

use rusqlite::types::Value;

use super::order::compare;
use super::top::together;
use super::{Answer, Level, Model, Row, limited};
use crate::oracle::value::name;

impl Model<'_> {
    /// Lays out the rows, which are in order: one row for each tuple of the dimensions that stay, one column for each
    /// combination of the others and each cell.
    pub(super) fn pivoted(&self, rows: &[Row], totals: Vec<Level>) -> Answer {
        let (above, beside): (Vec<usize>, Vec<usize>) =
            (0..self.dimensions.len()).partition(|index| self.spec.pivot.contains(index));
        let members = |row: &Row, of: &[usize]| -> String {
            let keys: Vec<Value> = of.iter().map(|index| row.keys[*index].clone()).collect();
            let other = row.other && self.other_of().is_some_and(|top| of.contains(&top));
            format!("{other} {}", name(&keys))
        };
        let lines = together(rows, |row| members(row, &beside));
        let cell_of: HashMap<(String, String), usize> = (rows.iter().enumerate())
            .map(|(index, row)| ((members(row, &beside), members(row, &above)), index))
            .collect();
        let mut columns = together(rows, |row| members(row, &above));
        columns.sort_by(|(_, left), (_, right)| {
            let (left, right) = (&rows[left[0]], &rows[right[0]]);
            above.iter().fold(std::cmp::Ordering::Equal, |before, index| {
                let other = |row: &Row| row.other && self.other_of() == Some(*index);
                before
                    .then_with(|| other(left).cmp(&other(right)))
                    .then_with(|| compare(&left.keys[*index], &right.keys[*index], false, false))
            })
        });
        let mut shown: Vec<_> = beside.iter().map(|index| self.dimensions[*index]).collect();
        columns.iter().for_each(|_| shown.extend(&self.cells));
        let total_rows = lines.len();
        let laid_out = limited(lines, self.spec.limit).into_iter().map(|(line, own)| {
            let first = self.shown_row(&rows[own[0]]);
            let mut cells: Vec<Value> = beside.iter().map(|index| first[*index].clone()).collect();
            for (column, _) in &columns {
                match cell_of.get(&(line.clone(), column.clone())) {
                    Some(row) => cells.extend(rows[*row].cells.iter().cloned()),
                    None => cells.extend(vec![Value::Null; self.cells.len()]),
                }
            }
            cells
        });
        Answer { rows: laid_out.collect(), shown, totals, total_rows, groups: self.leaves.len() }
    }
}
