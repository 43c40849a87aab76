//! What an answer is made of, step by step and row by row: groups, comparison, gaps, having, top, windows, post, totals,
//! order, limit, pivot.

mod compare;
mod evaluate;
mod gaps;
mod order;
mod pivot;
mod top;
mod totals;
mod windows;

use std::collections::HashMap;

use rusqlite::types::Value;
use rusqlite::{Connection, Result};

use super::facts::Facts;
use super::parts::{Plan, Rows, plan};
use super::rows::{Probes, Sql, Writer};
use super::value::{name, remainder};
use super::{ask, run};
use crate::ground::Ground;
use crate::shown::{self, Shown};
use crate::spec::{At, Bins, Having, Output, Spec};
use crate::world::World;

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The rows: dimensions, then cells.
    pub rows: Vec<Vec<Value>>,
    /// What the columns hold.
    pub shown: Vec<Shown>,
    /// The totals, level by level.
    pub totals: Vec<Level>,
    /// How many rows there are without the limit.
    pub total_rows: usize,
    /// How many groups there were before any condition on them.
    pub groups: usize,
}

/// Totals that keep some dimensions.
#[derive(Debug, Clone)]
pub struct Level {
    /// The dimensions kept.
    pub keys: Vec<usize>,
    /// The rows; dimensions not kept are NULL.
    pub rows: Vec<Vec<Value>>,
}

/// Which filters a row of the base passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// All.
    Present,
    /// Those of the base of the comparison.
    Base,
    /// All but the range of a cumulative date.
    Earlier,
}

/// A row of the base.
#[derive(Debug, Clone)]
struct Fact {
    side: Side,
    keys: Vec<Value>,
}

/// A finest group.
#[derive(Debug, Clone)]
struct Leaf {
    keys: Vec<Value>,
    /// Its rows, by number.
    present: Vec<usize>,
    /// Its rows in the base, by number.
    base: Vec<usize>,
    /// The dimensions whose day or bucket did not exist in the base.
    without_base: Vec<usize>,
}

/// A row of the answer.
#[derive(Debug, Clone)]
struct Row {
    keys: Vec<Value>,
    cells: Vec<Value>,
    /// Its finest groups, by number.
    leaves: Vec<usize>,
    /// Whether it is the remainder of a top.
    other: bool,
}

impl Row {
    fn value(&self, of: Output) -> &Value {
        match of {
            Output::Dimension(index) => &self.keys[index],
            Output::Cell(index) => &self.cells[index],
        }
    }
}

pub(super) struct Model<'a> {
    db: &'a Connection,
    world: &'a World,
    spec: &'a Spec,
    ground: Ground<'a>,
    probes: &'a Probes,
    dimensions: Vec<Shown>,
    cells: Vec<Shown>,
    plan: Plan<'a>,
    /// What the values of each aggregate hold.
    values: Vec<(Shown, Option<Shown>)>,
    facts: Vec<Fact>,
    leaves: Vec<Leaf>,
}

impl<'a> Model<'a> {
    pub(super) fn new(db: &'a Connection, world: &'a World, spec: &'a Spec, probes: &'a Probes) -> Self {
        let ground = Ground::new(world, spec);
        let (dimensions, cells) = shown::columns(world, spec);
        let plan = plan(ground, spec);
        Self {
            db,
            world,
            spec,
            ground,
            probes,
            dimensions,
            cells,
            plan,
            values: Vec::new(),
            facts: Vec::new(),
            leaves: Vec::new(),
        }
    }

    /// All in one transaction, so that the many small writes are quick.
    pub(super) fn answer(self) -> Result<Answer> {
        let db = self.db;
        db.execute_batch("BEGIN")?;
        let found = self.steps();
        db.execute_batch("COMMIT")?;
        found
    }

    fn steps(mut self) -> Result<Answer> {
        self.read()?;
        self.group();
        self.join_base();
        if let Some(groups) = self.fill_gaps()? {
            let shown = self.dimensions.iter().chain(&self.cells).copied().collect();
            return Ok(Answer { rows: Vec::new(), shown, totals: Vec::new(), total_rows: 0, groups });
        }
        self.mark_absent();
        let all = self.rows_of_leaves()?;
        let mut rows = self.kept(all.clone(), &self.spec.having)?;
        rows = self.best(rows)?;
        self.run_windows(&mut rows);
        rows = self.kept(rows, &self.spec.post)?;
        let totals = self.totals(&all, &rows)?;
        self.sort(&mut rows)?;
        if !self.spec.pivot.is_empty() {
            return Ok(self.pivoted(&rows, totals));
        }
        let total_rows = rows.len();
        let rows = limited(rows, self.spec.limit).iter().map(|row| self.shown_row(row)).collect();
        let shown = self.dimensions.iter().chain(&self.cells).copied().collect();
        Ok(Answer { rows, shown, totals, total_rows, groups: self.leaves.len() })
    }

    fn writer(&self) -> Writer<'a> {
        Writer::new(self.world, self.spec, self.probes)
    }

    /// Fills the table of rows: those of the query, of the base, and those that cumulative figures reach back to.
    fn read(&mut self) -> Result<()> {
        self.db.execute_batch("DROP TABLE IF EXISTS temp.r")?;
        let mut sides = vec![Side::Present];
        if self.spec.compare.is_some() {
            sides.push(Side::Base);
        }
        if self.cumulative_over().is_some() {
            sides.push(Side::Earlier);
        }
        for (place, side) in sides.into_iter().enumerate() {
            let mut writer = self.writer();
            let Facts { columns, values } = writer.facts(&self.plan);
            let filter = self.filter_of(side, &mut writer);
            let tables = writer.tables();
            let names: String = columns.iter().map(|(name, _)| format!(", {name}")).collect();
            let parts: String = columns.iter().map(|(_, sql)| format!(", {sql}")).collect();
            if place == 0 {
                self.db.execute_batch(&format!("CREATE TEMP TABLE r (side{names})"))?;
            }
            let text = format!("INSERT INTO temp.r SELECT {}{parts} FROM {tables} WHERE {filter}", side as i64);
            run(self.db, &writer.finish(text))?;
            self.values = values;
        }
        let keys: String = (0..self.dimensions.len()).map(|index| format!(", k{index}")).collect();
        let text = format!("SELECT side{keys} FROM temp.r ORDER BY rowid");
        let rows = ask(self.db, &Sql { text, parameters: Vec::new() }, 1 + self.dimensions.len())?;
        self.facts = rows
            .into_iter()
            .map(|mut row| {
                let side = match row.remove(0) {
                    Value::Integer(1) => Side::Base,
                    Value::Integer(2) => Side::Earlier,
                    _ => Side::Present,
                };
                Fact { side, keys: row }
            })
            .collect();
        Ok(())
    }

    /// The date along which figures are cumulative, if some are.
    fn cumulative_over(&self) -> Option<At> {
        self.plan.parts.iter().find_map(|part| match part.rows {
            Rows::Cumulative { over, .. } => Some(over),
            _ => None,
        })
    }

    fn filter_of(&self, side: Side, writer: &mut Writer<'a>) -> String {
        let spec = self.spec;
        match side {
            Side::Present => writer.all(&spec.filter),
            Side::Base => self.base_filter(writer),
            Side::Earlier => {
                let over = self.cumulative_over().expect("a cumulative date");
                writer.all(spec.filter.iter().filter(|filter| self.range_in(filter, over).is_none()))
            }
        }
    }

    /// Puts the rows of the query into groups. Without dimensions there is one group, also of no rows.
    fn group(&mut self) {
        let mut places: HashMap<String, usize> = HashMap::new();
        if self.spec.dimensions.is_empty() {
            self.leaf_of(&mut places, &[]);
        }
        for row in 0..self.facts.len() {
            if self.facts[row].side == Side::Present {
                let keys = self.facts[row].keys.clone();
                let leaf = self.leaf_of(&mut places, &keys);
                self.leaves[leaf].present.push(row);
            }
        }
    }

    /// The group of that name, made if there is none.
    fn leaf_of(&mut self, places: &mut HashMap<String, usize>, keys: &[Value]) -> usize {
        let leaves = &mut self.leaves;
        *places.entry(name(keys)).or_insert_with(|| {
            leaves.push(Leaf { keys: keys.to_vec(), present: Vec::new(), base: Vec::new(), without_base: Vec::new() });
            leaves.len() - 1
        })
    }

    /// The groups by name.
    fn places(&self) -> HashMap<String, usize> {
        self.leaves.iter().enumerate().map(|(index, leaf)| (name(&leaf.keys), index)).collect()
    }

    /// Every group as a row, without windows.
    fn rows_of_leaves(&self) -> Result<Vec<Row>> {
        let sets: Vec<Vec<usize>> = (0..self.leaves.len()).map(|leaf| vec![leaf]).collect();
        let cells = self.evaluate(&sets, &(0..self.dimensions.len()).collect::<Vec<_>>())?;
        let rows = self.leaves.iter().zip(sets).zip(cells);
        Ok(rows.map(|((leaf, leaves), cells)| Row { keys: leaf.keys.clone(), cells, leaves, other: false }).collect())
    }

    /// The rows that satisfy conditions.
    fn kept(&self, rows: Vec<Row>, conditions: &[Having]) -> Result<Vec<Row>> {
        if conditions.is_empty() || rows.is_empty() {
            return Ok(rows);
        }
        let width = rows[0].cells.len();
        self.table("c", width, rows.iter().map(|row| row.cells.as_slice()))?;
        let mut writer = self.writer();
        let tests: Vec<String> = conditions.iter().map(|condition| writer.having(condition, &self.cells)).collect();
        let text = format!("SELECT rowid FROM temp.c WHERE {}", tests.join(" AND "));
        let passed = ask(self.db, &writer.finish(text), 1)?;
        let mut kept = vec![false; rows.len()];
        for row in passed {
            if let Value::Integer(number) = row[0] {
                kept[number as usize - 1] = true;
            }
        }
        Ok(rows.into_iter().zip(kept).filter(|(_, kept)| *kept).map(|(row, _)| row).collect())
    }

    /// Fills a table of values, whose columns are called by its name and a number.
    fn table<'v>(&self, table: &str, width: usize, rows: impl Iterator<Item = &'v [Value]>) -> Result<()> {
        let names: Vec<String> = (0..width.max(1)).map(|index| format!("{table}{index}")).collect();
        self.db.execute_batch(&format!(
            "DROP TABLE IF EXISTS temp.{table}; CREATE TEMP TABLE {table} ({})",
            names.join(", ")
        ))?;
        let places = vec!["?"; names.len()].join(", ");
        let mut statement = self.db.prepare(&format!("INSERT INTO temp.{table} VALUES ({places})"))?;
        for row in rows {
            let empty = [Value::Null];
            let cells = if width == 0 { empty.as_slice() } else { row };
            statement.execute(rusqlite::params_from_iter(cells))?;
        }
        Ok(())
    }

    /// The dimension that a top ranks, if there is a remainder.
    fn other_of(&self) -> Option<usize> {
        self.spec.top.as_ref().filter(|top| top.other).map(|top| top.of)
    }

    /// A row as it stands in the answer.
    fn shown_row(&self, row: &Row) -> Vec<Value> {
        let keys = row.keys.iter().enumerate().map(|(index, key)| self.shown_key(row, index, key));
        keys.chain(row.cells.iter().cloned()).collect()
    }

    /// A member as it stands in the answer: a bin between edges by its ends.
    fn shown_key(&self, row: &Row, index: usize, key: &Value) -> Value {
        if row.other && self.other_of() == Some(index) {
            return remainder();
        }
        match (&self.spec.dimensions[index].bins, key) {
            (Some(Bins::Edges(edges)), Value::Integer(place)) => {
                let place = *place as usize;
                let end = |edge: Option<usize>| {
                    let edge = edge.and_then(|edge| edges.get(edge));
                    edge.map_or(String::new(), |edge| edge.float().to_string())
                };
                Value::Text(format!("{}|{}", end(place.checked_sub(1)), end(Some(place))))
            }
            _ => key.clone(),
        }
    }
}

/// What offset and limit leave.
fn limited<T>(rows: Vec<T>, limit: Option<(u64, u64)>) -> Vec<T> {
    let Some((most, skipped)) = limit else { return rows };
    rows.into_iter().skip(skipped as usize).take(most as usize).collect()
}
