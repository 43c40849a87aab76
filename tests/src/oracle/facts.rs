//! What aggregates need of each row, as columns of one table.

use super::formula::{Typed, arithmetic};
use super::parts::{Kind, Part, Plan, Rows, Source};
use super::rows::Writer;
use crate::shown::{self, Shown};
use crate::spec::Sign;

/// Columns of the table of rows: their names, how they are computed, and what the values of each aggregate hold.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) columns: Vec<(String, String)>,
    pub(super) values: Vec<(Shown, Option<Shown>)>,
}

impl Writer<'_> {
    /// The columns of the table of rows.
    pub(super) fn facts(&mut self, plan: &Plan<'_>) -> Facts {
        let spec = self.spec;
        let mut facts = Facts::default();
        for (index, dimension) in spec.dimensions.iter().enumerate() {
            facts.columns.push((format!("k{index}"), self.key(dimension, index)));
        }
        for (number, part) in plan.parts.iter().enumerate() {
            self.part(part, number, &mut facts);
        }
        facts
    }

    fn part(&mut self, part: &Part<'_>, number: usize, facts: &mut Facts) {
        let mut conditions: Vec<String> = Vec::new();
        if !part.filters.is_empty() {
            conditions.push(self.all(part.filters));
        }
        if let Some(condition) = part.condition {
            conditions.push(format!("IFNULL({}, 0)", self.formula(condition).sql));
        }
        let mut value = self.source(part.of);
        let mut second = part.second.map(|second| self.source(second));
        if matches!(part.kind, Kind::Weighted) {
            let weight = second.take().expect("a weight");
            conditions.push(format!("{} IS NOT NULL AND {} IS NOT NULL", value.sql, weight.sql));
            let wide = |typed: Typed| match typed.shown {
                Shown::Integer => Typed::new(format!("dec({}, 0)", typed.sql), Shown::Sum(0)),
                _ => typed.exact(),
            };
            let weight = wide(weight);
            value = arithmetic(Sign::Multiply, &wide(value), &weight);
            second = Some(weight);
        }
        let when = |value: &str, conditions: &[String]| {
            if conditions.is_empty() {
                return value.to_owned();
            }
            format!("CASE WHEN {} THEN {value} END", conditions.join(" AND "))
        };
        facts.columns.push((format!("v{number}"), when(&value.sql, &conditions)));
        if let Some(second) = &second {
            facts.columns.push((format!("w{number}"), when(&second.sql, &conditions)));
        }
        facts.values.push((value.shown, second.map(|second| second.shown)));
        match part.rows {
            Rows::All => {}
            Rows::Latest { date, entities, .. } => {
                let date = self.column(date);
                facts.columns.push((format!("d{number}"), when(&date, &conditions)));
                for (place, entity) in entities.iter().enumerate() {
                    let entity = self.column(*entity);
                    facts.columns.push((format!("e{number}_{place}"), entity));
                }
            }
            Rows::Cumulative { over, .. } => {
                let over = self.column(over);
                facts.columns.push((format!("d{number}"), over));
            }
        }
    }

    fn source(&mut self, source: Source<'_>) -> Typed {
        match source {
            Source::Rows => Typed::new("1", Shown::Integer),
            Source::Column(at) => Typed::new(self.column(at), shown::column(self.ground, at)),
            Source::Formula(formula) => self.formula(formula),
        }
    }
}
