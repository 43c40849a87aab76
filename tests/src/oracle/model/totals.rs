//! Totals: each measure over the rows below, as if the keys kept were the only dimensions.

use rusqlite::Result;
use rusqlite::types::Value;

use super::order::compare;
use super::top::{leaves, together};
use super::windows::total;
use super::{Level, Model, Row};
use crate::oracle::value::name;
use crate::spec::WindowTotal;

impl Model<'_> {
    /// The totals over the rows of the answer, or over all groups.
    pub(super) fn totals(&self, all: &[Row], rows: &[Row]) -> Result<Vec<Level>> {
        let Some(totals) = &self.spec.totals else { return Ok(Vec::new()) };
        let grand = totals.grand.then(Vec::new);
        let over = if totals.all_rows { all } else { rows };
        grand.iter().chain(&totals.levels).map(|keys| self.level(keys, over, rows)).collect()
    }

    fn level(&self, keys: &[usize], over: &[Row], rows: &[Row]) -> Result<Level> {
        let of = self.other_of().filter(|of| keys.contains(of));
        let members = |row: &Row| -> String {
            let kept: Vec<Value> = keys.iter().map(|key| row.keys[*key].clone()).collect();
            format!("{} {}", row.other && of.is_some(), name(&kept))
        };
        let mut groups = together(over, members);
        if keys.is_empty() && groups.is_empty() {
            groups.push((String::new(), Vec::new()));
        }
        let sets: Vec<Vec<usize>> = groups.iter().map(|(_, some)| leaves(over, some)).collect();
        let cells = self.evaluate(&sets, keys)?;
        // The remainder has no member of its own in the dimension of the top.
        let without: Vec<usize> = keys.iter().copied().filter(|key| Some(*key) != of).collect();
        let remainders = if of.is_some() { self.evaluate(&sets, &without)? } else { cells.clone() };
        let mut found = Vec::new();
        for (((_, some), set), (cells, remainder)) in groups.iter().zip(sets).zip(cells.into_iter().zip(remainders)) {
            let member = |index: usize| match some.first() {
                Some(first) if keys.contains(&index) => over[*first].keys[index].clone(),
                _ => Value::Null,
            };
            let other = of.is_some() && some.first().is_some_and(|first| over[*first].other);
            let cells = if other { remainder } else { cells };
            let keys = (0..self.dimensions.len()).map(member).collect();
            found.push(Row { keys, cells, leaves: set, other });
        }
        self.window_totals(keys, &mut found, &groups, rows);
        let mut order: Vec<usize> = (0..found.len()).collect();
        order.sort_by(|left, right| {
            let (left, right) = (&found[*left], &found[*right]);
            keys.iter().fold(std::cmp::Ordering::Equal, |before, key| {
                let other = |row: &Row| row.other && of == Some(*key);
                before
                    .then_with(|| other(left).cmp(&other(right)))
                    .then_with(|| compare(&left.keys[*key], &right.keys[*key], false, false))
            })
        });
        let rows = order.into_iter().map(|place| self.shown_row(&found[place])).collect();
        Ok(Level { keys: keys.to_vec(), rows })
    }

    /// Window columns: NULL, the function over the totals, or the sum of the rows below, which are those of the answer.
    fn window_totals(&self, keys: &[usize], found: &mut [Row], groups: &[(String, Vec<usize>)], rows: &[Row]) {
        for (number, window) in self.spec.windows.iter().enumerate() {
            let cell = self.spec.first_window() + number;
            let values: Vec<Value> = match window.total {
                WindowTotal::None => vec![Value::Null; found.len()],
                WindowTotal::SumOfRows => {
                    let below = |(_, some): &(String, Vec<usize>)| {
                        total(self.cells[cell], some.iter().map(|row| rows[*row].cells[cell].clone()))
                    };
                    groups.iter().map(below).collect()
                }
                WindowTotal::Native => self.window(window, found, Some(keys)),
            };
            found.iter_mut().zip(values).for_each(|(row, value)| row.cells.push(value));
        }
    }
}
