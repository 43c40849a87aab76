//! Groups: the measures and comparisons of rows that share some members.

use super::chain::clause;
use super::columns::Writer;
use super::formulas::{Typed, arithmetic, express};
use super::parts::{Part, Reach};
use crate::shown;
use crate::spec::{Aggregation, Expr, Sign};

impl Writer<'_> {
    /// The cells over the rows of a table, for each tuple of some columns.
    pub(super) fn evaluated(&self, parts: &[Part<'_>], table: &str, keys: &[String]) -> String {
        let (mut columns, mut cells) = (keys.to_vec(), keys.to_vec());
        for (index, cell) in self.measured(parts, "").iter().enumerate() {
            columns.push(format!("{} AS m{index}", cell.sql));
            cells.push(format!("m{index} AS c{index}"));
        }
        if let Some(compare) = &self.spec.compare {
            let base = self.measured(parts, "b");
            let absent = self.without_base(keys);
            for measure in &compare.measures {
                columns.push(format!("{} AS b{measure}", base[*measure].sql));
                let previous = match &absent {
                    Some(absent) => format!("CASE WHEN {absent} THEN NULL ELSE b{measure} END"),
                    None => format!("b{measure}"),
                };
                let shown = self.cells[*measure];
                let now = Typed::new(format!("m{measure}"), shown).exact();
                let then = Typed::new(format!("({previous})"), shown).exact();
                let change = arithmetic(Sign::Subtract, &now, &then);
                let ratio = format!("finite({} / {})", change.float(), then.float());
                for cell in [previous, change.sql, ratio] {
                    cells.push(format!("{cell} AS c{}", cells.len() - keys.len()));
                }
            }
        }
        if cells.is_empty() {
            return "SELECT 1 AS one".to_owned();
        }
        let (table, group) = (self.with_latest(parts, table, keys), clause("GROUP BY", keys));
        format!("SELECT {} FROM (SELECT {} FROM {table}{group})", cells.join(", "), columns.join(", "))
    }

    /// The rows with the last dates that some parts look for among those with the same members.
    fn with_latest(&self, parts: &[Part<'_>], table: &str, keys: &[String]) -> String {
        let sides: &[&str] = if self.spec.compare.is_some() { &["", "b"] } else { &[""] };
        let mut columns = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            let Reach::Latest { entities, .. } = part.reach else { continue };
            let mut same = keys.to_vec();
            same.extend((0..entities.len()).map(|place| format!("e{number}_{place}")));
            let partition = clause("PARTITION BY", &same);
            for side in sides {
                columns.push(format!("max({side}d{number}) OVER ({partition}) AS {side}l{number}"));
            }
        }
        if columns.is_empty() { table.to_owned() } else { format!("(SELECT *, {} FROM {table})", columns.join(", ")) }
    }

    /// All measures over the columns of one side.
    fn measured(&self, parts: &[Part<'_>], side: &str) -> Vec<Typed> {
        let mut next = 0;
        (0..self.spec.measures.len()).map(|index| self.cell(parts, index, side, &mut next)).collect()
    }

    /// A measure over the columns of one side; `next` is the part that it takes next.
    fn cell(&self, parts: &[Part<'_>], index: usize, side: &str, next: &mut usize) -> Typed {
        let measure = &self.spec.measures[index];
        if let Aggregation::Formula(formula) = &measure.aggregation {
            return express(formula, &mut |leaf| match leaf {
                Expr::Measure(index) => self.cell(parts, *index, side, next),
                Expr::Aggregate(call) => Typed::new(self.next(parts, side, next), shown::call(self.ground, call)),
                other => panic!("{other:?} is no leaf of a group"),
            });
        }
        Typed::new(self.next(parts, side, next), shown::measure(self.ground, self.spec, measure))
    }

    fn next(&self, parts: &[Part<'_>], side: &str, next: &mut usize) -> String {
        let number = *next;
        *next += 1;
        self.aggregated(&parts[number], number, side)
    }
}
