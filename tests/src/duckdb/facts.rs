//! The rows of a query with what its aggregates take of each. Rows of the base of a comparison and members without rows
//! are among them: of the former only the columns of the base are set, of the latter none.

use super::chain::Chain;
use super::columns::{Writer, key};
use super::conditions::known;
use super::cumulative::cumulative_over;
use super::parts::{Part, Reach};
use crate::spec::At;

/// Names and expressions.
type Columns = Vec<(String, String)>;

impl Writer<'_> {
    /// What a part needs of each row.
    fn part_columns(&self, number: usize, part: &Part<'_>) -> Columns {
        let (value, second, both) = self.taken(part);
        let mut conditions: Vec<String> = Vec::new();
        if !part.filters.is_empty() {
            conditions.push(self.all(part.filters));
        }
        conditions.extend(part.condition.as_ref().map(|condition| known(&self.formula(condition).sql)));
        conditions.extend(both);
        let when = |value: &str| {
            if conditions.is_empty() {
                return value.to_owned();
            }
            format!("CASE WHEN {} THEN {value} END", conditions.join(" AND "))
        };
        let mut columns = vec![(format!("v{number}"), when(&value.sql))];
        columns.extend(second.map(|second| (format!("w{number}"), when(&second.sql))));
        match part.reach {
            Reach::All => {}
            Reach::Latest { date, entities } => {
                columns.push((format!("d{number}"), when(&self.column(date))));
                let entity = |(place, at): (usize, At)| (format!("e{number}_{place}"), self.column(at));
                columns.extend(entities.iter().copied().enumerate().map(entity));
            }
            Reach::Cumulative { over, .. } => columns.push((format!("d{number}"), self.column(over))),
        }
        columns
    }

    /// The keys of the dimensions.
    fn key_columns(&self) -> Columns {
        let dimensions = self.spec.dimensions.iter().enumerate();
        dimensions.map(|(index, dimension)| (key(index), self.member(dimension, index))).collect()
    }

    /// Appends the parts that end with `facts`.
    pub(super) fn facts(&self, parts: &[Part<'_>], chain: &mut Chain) {
        let spec = self.spec;
        let keys = self.key_columns();
        let (mut plain, mut running): (Columns, Columns) = (keys.clone(), keys);
        for (number, part) in parts.iter().enumerate() {
            let cumulative = matches!(part.reach, Reach::Cumulative { .. });
            let columns = if cumulative { &mut running } else { &mut plain };
            columns.extend(self.part_columns(number, part));
        }
        chain.add("present", from_rows(&plain, &self.all(&spec.filter)));
        let mut occurring = "SELECT * FROM present".to_owned();
        if spec.compare.is_some() {
            chain.add("base", from_rows(&plain, &self.base_filter()));
            occurring += &format!(" UNION ALL BY NAME {}", self.shifted_base(&plain));
        }
        chain.add("occurring", occurring);
        let mut all = "SELECT * FROM occurring".to_owned();
        if spec.dimensions.iter().any(|dimension| dimension.gaps) {
            chain.add("members", self.members());
            all += " UNION ALL BY NAME SELECT * FROM members";
        }
        if let Some(over) = cumulative_over(parts) {
            chain.add("known", all);
            chain.add("earlier", from_rows(&running, &self.all(self.other_filters(over))));
            chain.add("leaves", self.leaves());
            all = format!("SELECT * FROM known{}", self.reached(parts));
        }
        chain.add("facts", all);
    }
}

/// Columns of the rows that pass a condition.
fn from_rows(columns: &[(String, String)], condition: &str) -> String {
    let columns: Vec<String> = columns.iter().map(|(name, sql)| format!("{sql} AS {name}")).collect();
    let columns = if columns.is_empty() { "1 AS one".to_owned() } else { columns.join(", ") };
    format!("SELECT {columns} FROM rows WHERE {condition}")
}
