//! The best members of a dimension, and the remainder.

use rusqlite::Result;
use rusqlite::types::Value;

use super::order::compare;
use super::{Model, Row};
use crate::oracle::value::name;

/// Rows put together by a name, in the order in which the names come up.
pub(super) fn together(rows: &[Row], of: impl Fn(&Row) -> String) -> Vec<(String, Vec<usize>)> {
    let mut found: Vec<(String, Vec<usize>)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        let name = of(row);
        let place = *places.entry(name.clone()).or_insert_with(|| {
            found.push((name, Vec::new()));
            found.len() - 1
        });
        found[place].1.push(index);
    }
    found
}

/// All groups of some rows.
pub(super) fn leaves(rows: &[Row], some: &[usize]) -> Vec<usize> {
    some.iter().flat_map(|row| rows[*row].leaves.iter().copied()).collect()
}

impl Model<'_> {
    /// The rows of the best members, and the remainder if it is asked for.
    pub(super) fn best(&self, rows: Vec<Row>) -> Result<Vec<Row>> {
        let Some(top) = &self.spec.top else { return Ok(rows) };
        let within = |row: &Row| -> Vec<Value> { top.per.iter().map(|per| row.keys[*per].clone()).collect() };
        let members = together(&rows, |row| name(&[within(row), vec![row.keys[top.of].clone()]].concat()));
        let sets: Vec<Vec<usize>> = members.iter().map(|(_, some)| leaves(&rows, some)).collect();
        let values: Vec<Value> = self
            .evaluate(&sets, &[top.per.as_slice(), &[top.of]].concat())?
            .into_iter()
            .map(|cells| cells[top.by].clone())
            .collect();
        let mut ranked: Vec<usize> = (0..members.len()).collect();
        let member = |place: usize| &rows[members[place].1[0]].keys[top.of];
        ranked.sort_by(|left, right| {
            compare(&values[*left], &values[*right], !top.ascending, false)
                .then_with(|| compare(member(*left), member(*right), false, false))
        });
        let mut taken: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
        let mut kept = vec![false; rows.len()];
        for place in ranked {
            let taken = taken.entry(name(&within(&rows[members[place].1[0]]))).or_default();
            *taken += 1;
            if *taken <= top.n {
                members[place].1.iter().for_each(|row| kept[*row] = true);
            }
        }
        let (best, rest): (Vec<_>, Vec<_>) = rows.into_iter().zip(kept).partition(|(_, kept)| *kept);
        let mut best: Vec<Row> = best.into_iter().map(|(row, _)| row).collect();
        if !top.other {
            return Ok(best);
        }
        let rest: Vec<Row> = rest.into_iter().map(|(row, _)| row).collect();
        let without = |row: &Row| -> Vec<Value> {
            let mut keys = row.keys.clone();
            keys[top.of] = Value::Null;
            keys
        };
        let others: Vec<usize> = (0..self.dimensions.len()).filter(|at| *at != top.of).collect();
        let combined = together(&rest, |row| name(&without(row)));
        let sets: Vec<Vec<usize>> = combined.iter().map(|(_, some)| leaves(&rest, some)).collect();
        for (((_, some), leaves), cells) in combined.iter().zip(&sets).zip(self.evaluate(&sets, &others)?) {
            best.push(Row { keys: without(&rest[some[0]]), cells, leaves: leaves.clone(), other: true });
        }
        Ok(best)
    }
}
