//! Measures over any sets of groups: Rust tells which rows count, SQLite aggregates them.

use std::collections::HashMap;

use rusqlite::types::Value;
use rusqlite::{Result, params};

use super::{Model, Side};
use crate::oracle::ask;
use crate::oracle::calendar::{Calendar, Length, Range};
use crate::oracle::formula::{Typed, arithmetic};
use crate::oracle::parts::Rows;
use crate::oracle::rows::Sql;
use crate::oracle::value::{name, order};
use crate::spec::{At, Bucket, Filter, Level, Sign, Span};

/// The rows of each set.
type Members = Vec<Vec<usize>>;

impl Model<'_> {
    /// The measures and comparisons of each set of groups that share the members of some dimensions. Where one of these
    /// members is a day or bucket that did not exist in the base, there is no base at all.
    pub(super) fn evaluate(&self, sets: &[Vec<usize>], shared: &[usize]) -> Result<Vec<Vec<Value>>> {
        if sets.is_empty() {
            return Ok(Vec::new());
        }
        let now = self.measures(sets, Side::Present)?;
        let Some(compare) = &self.spec.compare else { return Ok(now) };
        let then = self.measures(sets, Side::Base)?;
        let mut cells = now.clone();
        for measure in &compare.measures {
            let shown = self.cells[*measure];
            let pairs: Vec<Vec<Value>> = (now.iter().zip(&then).zip(sets))
                .map(|((now, then), set)| {
                    let lacks = |leaf: &usize| self.leaves[*leaf].without_base.iter().any(|at| shared.contains(at));
                    let absent = set.first().is_some_and(lacks);
                    vec![now[*measure].clone(), if absent { Value::Null } else { then[*measure].clone() }]
                })
                .collect();
            let side = |column: &str| Typed::new(column, shown).exact();
            let change = arithmetic(Sign::Subtract, &side("b0"), &side("b1"));
            let ratio = format!("f_div({}, {})", change.float(), side("b1").float());
            let changes = self.computed("b", &pairs, &[change.sql, ratio])?;
            for ((row, pair), change) in cells.iter_mut().zip(pairs).zip(changes) {
                row.push(pair[1].clone());
                row.extend(change);
            }
        }
        Ok(cells)
    }

    /// Expressions over a table of values.
    fn computed(&self, table: &str, rows: &[Vec<Value>], expressions: &[String]) -> Result<Vec<Vec<Value>>> {
        self.table(table, rows.first().map_or(0, Vec::len), rows.iter().map(Vec::as_slice))?;
        let text = format!("SELECT {} FROM temp.{table} ORDER BY rowid", expressions.join(", "));
        ask(self.db, &Sql { text, parameters: Vec::new() }, expressions.len())
    }

    fn measures(&self, sets: &[Vec<usize>], side: Side) -> Result<Vec<Vec<Value>>> {
        if self.plan.measures.is_empty() {
            return Ok(vec![Vec::new(); sets.len()]);
        }
        let members: Members = sets
            .iter()
            .map(|set| {
                let leaves = set.iter().map(|leaf| &self.leaves[*leaf]);
                leaves.flat_map(|leaf| if side == Side::Base { &leaf.base } else { &leaf.present }).copied().collect()
            })
            .collect();
        let plain: Vec<usize> =
            (0..self.plan.parts.len()).filter(|part| matches!(self.plan.parts[*part].rows, Rows::All)).collect();
        let mut values = vec![vec![Value::Null; self.plan.parts.len()]; sets.len()];
        self.aggregate(&plain, &members, &mut values)?;
        for (number, part) in self.plan.parts.iter().enumerate() {
            let chosen = match part.rows {
                Rows::All => continue,
                Rows::Latest { entities, common, .. } => self.latest(number, entities.len(), common, &members)?,
                Rows::Cumulative { over, span } => self.cumulated(number, over, span, sets)?,
            };
            self.aggregate(&[number], &chosen, &mut values)?;
        }
        let expressions: Vec<String> = self.plan.measures.iter().map(|measure| measure.sql.clone()).collect();
        self.computed("p", &values, &expressions)
    }

    /// Puts aggregates over the members of each set at their places.
    fn aggregate(&self, parts: &[usize], members: &Members, values: &mut [Vec<Value>]) -> Result<()> {
        if parts.is_empty() {
            return Ok(());
        }
        let calls: Vec<String> = parts
            .iter()
            .map(|part| {
                let (value, second) = self.values[*part];
                self.plan.parts[*part].kind.sql(*part, value, second)
            })
            .collect();
        let calls = calls.join(", ");
        // What the aggregates are over no rows at all.
        let text = format!("SELECT {calls} FROM temp.r WHERE 0");
        let none = ask(self.db, &Sql { text, parameters: Vec::new() }, parts.len())?;
        for row in values.iter_mut() {
            for (part, value) in parts.iter().zip(&none[0]) {
                row[*part] = value.clone();
            }
        }
        self.db.execute_batch("DELETE FROM temp.s")?;
        let mut insert = self.db.prepare("INSERT INTO temp.s VALUES (?, ?)")?;
        for (group, rows) in members.iter().enumerate() {
            for row in rows {
                insert.execute(params![group as i64, *row as i64 + 1])?;
            }
        }
        let text = format!("SELECT s.g, {calls} FROM temp.s AS s JOIN temp.r AS r ON r.rowid = s.id GROUP BY s.g");
        for row in ask(self.db, &Sql { text, parameters: Vec::new() }, 1 + parts.len())? {
            let Value::Integer(group) = row[0] else { panic!("a group without a number") };
            for (part, value) in parts.iter().zip(&row[1..]) {
                values[group as usize][*part] = value.clone();
            }
        }
        Ok(())
    }

    /// Of each set the rows with the last date, for each entity or in all.
    fn latest(&self, part: usize, entities: usize, common: bool, members: &Members) -> Result<Members> {
        let more: String = (0..entities).map(|place| format!(", e{part}_{place}")).collect();
        let text = format!("SELECT d{part}{more} FROM temp.r ORDER BY rowid");
        let rows = ask(self.db, &Sql { text, parameters: Vec::new() }, 1 + entities)?;
        let entity = |row: &Vec<Value>| if common { String::new() } else { name(&row[1..]) };
        let owners: Vec<String> = rows.iter().map(entity).collect();
        let chosen = |set: &Vec<usize>| -> Vec<usize> {
            let dated = || set.iter().copied().filter(|row| rows[*row][0] != Value::Null);
            let mut last: HashMap<&str, &Value> = HashMap::new();
            for row in dated() {
                let date = &rows[row][0];
                let latest = last.entry(&owners[row]).or_insert(date);
                if order(date, latest).is_gt() {
                    *latest = date;
                }
            }
            dated().filter(|row| rows[*row][0] == *last[owners[*row].as_str()]).collect()
        };
        Ok(members.iter().map(chosen).collect())
    }

    /// The rows that count for the end of the bucket of each set, which is one group.
    fn cumulated(&self, part: usize, over: At, span: Span, sets: &[Vec<usize>]) -> Result<Members> {
        let calendar = Calendar::new(self.ground, over, &self.spec.options);
        let text = format!("SELECT d{part} FROM temp.r ORDER BY rowid");
        let dates = ask(self.db, &Sql { text, parameters: Vec::new() }, 1)?;
        let along = self.spec.dimensions.iter().position(|dimension| dimension.at == over);
        let range = self.range_on(over).expect("a range on the cumulative date");
        let last = range.end.expect("a cumulative range with an end");
        let members = sets.iter().map(|set| {
            let [leaf] = set.as_slice() else { panic!("cumulative figures are for single groups") };
            let keys = &self.leaves[*leaf].keys;
            let end = match along.map(|along| (&keys[along], self.spec.dimensions[along].bucket)) {
                None => last,
                Some((Value::Integer(label), Some(Bucket::Level { level, .. }))) => {
                    calendar.label_end(*label, level).min(last)
                }
                Some((Value::Integer(label), _)) => calendar.label_end(*label, Level(5)).min(last),
                Some(_) => return Vec::new(),
            };
            let start = match span {
                Span::All => i64::MIN,
                Span::ToDate(level) => calendar.label_start(calendar.label(end - 1, level), level),
                Span::Window { quantity, unit } => {
                    let back = Length::of(i64::from(quantity), unit);
                    let range = Range { start: Some(end), end: None };
                    calendar.base_range(range, back, None, false).start.expect("a start")
                }
            };
            let same = |row: &usize| {
                let fact = &self.facts[*row];
                let others = |index: &usize| Some(*index) != along;
                fact.side == Side::Earlier
                    && (0..keys.len()).filter(others).all(|index| fact.keys[index] == keys[index])
                    && matches!(dates[*row][0], Value::Integer(date) if (start..end).contains(&date))
            };
            (0..self.facts.len()).filter(same).collect()
        });
        Ok(members.collect())
    }

    /// The values of a date that a query asks for, as far as its ranges tell.
    pub(super) fn range_on(&self, at: At) -> Option<Range> {
        self.spec.filter.iter().filter_map(|filter| self.range_in(filter, at)).reduce(Range::and)
    }

    /// The range that a filter is, if it is one of a date.
    pub(super) fn range_in(&self, filter: &Filter, at: At) -> Option<Range> {
        let calendar = Calendar::new(self.ground, at, &self.spec.options);
        match filter {
            Filter::Leaf(leaf) | Filter::Context(leaf) if leaf.at == at => calendar.range_of(leaf),
            _ => None,
        }
    }
}
