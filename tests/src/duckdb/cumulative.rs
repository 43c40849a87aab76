//! Cumulative figures: each group takes the rows up to the end of its bucket, however far they reach back.

use super::chain::meet_but;
use super::clock::place;
use super::columns::{Writer, key};
use super::literals::interval;
use super::parts::{Part, Reach};
use super::relative::moved;
use crate::oracle::calendar::{Kind, Length};
use crate::spec::{At, Bucket, Level, Span};

impl Writer<'_> {
    /// The groups, those of members without rows among them.
    pub(super) fn leaves(&self) -> String {
        let keys = self.keys();
        if keys.is_empty() {
            return "SELECT 1 AS one".to_owned();
        }
        format!("SELECT DISTINCT {} FROM known", keys.join(", "))
    }

    /// For each cumulative part the rows that count for each group.
    pub(super) fn reached(&self, parts: &[Part<'_>]) -> String {
        let mut reached = String::new();
        for (number, part) in parts.iter().enumerate() {
            if let Reach::Cumulative { over, span } = part.reach {
                reached += &format!(" UNION ALL BY NAME {}", self.reaching(number, over, span));
            }
        }
        reached
    }

    fn reaching(&self, number: usize, over: At, span: Span) -> String {
        let kind = self.kind(over);
        let along = self.spec.dimensions.iter().position(|dimension| dimension.at == over);
        let range = self.range_on(over).expect("a range on the cumulative date");
        let last = place(range.end.expect("a cumulative range with an end"), kind);
        let end = match along.map(|along| (along, self.spec.dimensions[along].bucket)) {
            None => last,
            Some((along, bucket)) => {
                let level = if let Some(Bucket::Level { level, .. }) = bucket { level } else { Level(5) };
                let next = moved(&format!("leaves.{}", key(along)), 1, level);
                format!("least({}, {last})", self.day_start(&next, kind))
            }
        };
        let mut conditions = vec![meet_but("earlier", "leaves", &self.keys(), along)];
        conditions.extend(along.map(|along| format!("leaves.{} IS NOT NULL", key(along))));
        let start = self.reach_back(&end, span, kind);
        conditions.extend(start.map(|start| format!("earlier.d{number} >= {start}")));
        conditions.push(format!("earlier.d{number} < {end}"));
        let mut columns: Vec<String> = self.keys().iter().map(|key| format!("leaves.{key}")).collect();
        columns.push(format!("earlier.v{number}"));
        format!("SELECT {} FROM leaves JOIN earlier ON {}", columns.join(", "), conditions.join(" AND "))
    }

    /// The first value that counts up to an end, which begins a day.
    fn reach_back(&self, end: &str, span: Span, kind: Kind) -> Option<String> {
        match span {
            Span::All => None,
            Span::ToDate(level) => {
                let step = if kind == Kind::Date { "1".to_owned() } else { interval(1) };
                let last = format!("({end} - {step})");
                Some(self.unit(&last, kind, level, 0))
            }
            Span::Window { quantity, unit } => {
                let day = self.day_of(end, kind);
                let first = match Length::of(i64::from(quantity), unit) {
                    Length::Months(months) => format!("day_or_next({day}, {})", -months),
                    Length::Days(days) => format!("({day} - {days})"),
                    Length::Micros(_) => panic!("a window below a day"),
                };
                Some(self.day_start(&first, kind))
            }
        }
    }
}

/// The date along which figures are cumulative, if some are.
pub(super) fn cumulative_over(parts: &[Part<'_>]) -> Option<At> {
    parts.iter().find_map(|part| match part.reach {
        Reach::Cumulative { over, .. } => Some(over),
        _ => None,
    })
}
