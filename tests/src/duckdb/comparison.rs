//! The comparison: rows of the base under the labels that their buckets have in the present.

use super::columns::{Writer, key};
use super::literals::{cast, interval};
use super::relative::within;
use crate::oracle::calendar::{Calendar, Kind, Length, Range};
use crate::oracle::wall::DAY;
use crate::spec::{At, Bucket, Filter, Level};

impl Writer<'_> {
    /// The values of a date that the query asks for, as far as its ranges tell.
    pub(super) fn range_on(&self, at: At) -> Option<Range> {
        self.spec.filter.iter().filter_map(|filter| self.range_in(filter, at)).reduce(Range::and)
    }

    /// The range that a filter is, if it is one of a date.
    fn range_in(&self, filter: &Filter, at: At) -> Option<Range> {
        let calendar = Calendar::new(self.ground, at, &self.spec.options);
        match filter {
            Filter::Leaf(leaf) | Filter::Context(leaf) if leaf.at == at => calendar.range_of(leaf),
            _ => None,
        }
    }

    /// The filters that are no ranges of a date, and stay where its range is another.
    pub(super) fn other_filters(&self, at: At) -> impl Iterator<Item = &Filter> {
        self.spec.filter.iter().filter(move |filter| self.range_in(filter, at).is_none())
    }

    /// The level of a dimension that is a bucket of the compared date.
    fn shifted(&self, index: usize) -> Option<Level> {
        let compare = self.spec.compare.as_ref()?;
        let dimension = &self.spec.dimensions[index];
        match dimension.bucket {
            _ if dimension.at != compare.at => None,
            None => Some(Level(5)),
            Some(Bucket::Level { level, .. }) => Some(level),
            Some(Bucket::Part(_)) => None,
        }
    }

    fn displacement(&self) -> Option<(Calendar, Range, Length)> {
        let compare = self.spec.compare.as_ref()?;
        let calendar = Calendar::new(self.ground, compare.at, &self.spec.options);
        let range = self.range_on(compare.at).unwrap_or(Range { start: None, end: None });
        let length = calendar.length(compare.shift, range).expect("a comparison with a length");
        Some((calendar, range, length))
    }

    /// The condition on rows of the base. Where it lies is told by the oracle's calendar.
    pub(super) fn base_filter(&self) -> String {
        let compare = self.spec.compare.as_ref().expect("a comparison");
        let (calendar, range, length) = self.displacement().expect("a comparison");
        let grain = (0..self.dimensions.len()).find_map(|index| self.shifted(index));
        let base = calendar.base_range(range, length, grain, compare.trim_running);
        let others = self.all(self.other_filters(compare.at));
        format!("{others} AND {}", within(&self.column(compare.at), base, self.kind(compare.at)))
    }

    /// The rows of the base as rows of the present; those without a label there are left out.
    pub(super) fn shifted_base(&self, columns: &[(String, String)]) -> String {
        let mut parts = Vec::new();
        let mut meets = Vec::new();
        for index in 0..self.dimensions.len() {
            let name = key(index);
            match self.carried(index, false) {
                Some(label) => {
                    parts.push(format!("{label} AS {name}"));
                    meets.push(format!("({name} IS NULL OR {label} IS NOT NULL)"));
                }
                None => parts.push(name),
            }
        }
        for (name, _) in &columns[self.dimensions.len()..] {
            // Entities are the same on both sides.
            let other = if name.starts_with('e') { name.clone() } else { format!("{name} AS b{name}") };
            parts.push(other);
        }
        if parts.is_empty() {
            parts.push("1 AS one".to_owned());
        }
        let kept = if meets.is_empty() { "TRUE".to_owned() } else { meets.join(" AND ") };
        format!("SELECT {} FROM base WHERE {kept}", parts.join(", "))
    }

    /// The dimensions kept whose day or bucket did not exist in the base: a condition, if there can be some.
    pub(super) fn without_base(&self, keys: &[String]) -> Option<String> {
        let kept = (0..self.dimensions.len()).filter(|index| keys.contains(&key(*index)));
        let absent = kept.filter_map(|index| {
            self.carried(index, true).map(|label| format!("({} IS NOT NULL AND {label} IS NULL)", key(index)))
        });
        let absent: Vec<String> = absent.collect();
        (!absent.is_empty()).then(|| absent.join(" OR "))
    }

    /// The label in the present of a bucket of the base, or the other way round: NULL if there is none. Nothing for what
    /// is no bucket of the compared date.
    fn carried(&self, index: usize, back: bool) -> Option<String> {
        let level = self.shifted(index)?;
        let (calendar, _, length) = self.displacement()?;
        let label = key(index);
        let sign = if back { -1 } else { 1 };
        // Years and quarters meet under shifts by whole ones, weeks under shifts by years or weeks.
        let months_each = if level.0 == 2 { 3 } else { 12 };
        let micros_each = if let Length::Micros(micros) = Length::of(1, level) { micros } else { DAY };
        let none = || "NULL".to_owned();
        Some(match (length, level.0) {
            (Length::Months(0) | Length::Days(0) | Length::Micros(0), _) => label,
            (Length::Months(months), 1 | 2 | 4) if months % months_each != 0 => none(),
            (Length::Months(months), 4) => {
                let first = self.spec.options.first_weekday();
                format!("same_week({label}, {}, {first})", sign * months / 12)
            }
            (Length::Months(months), 1..=5) => format!("same_day({label}, {})", sign * months),
            (Length::Days(days), 5) => format!("({label} + {})", sign * days),
            (Length::Days(days), 4) if days % 7 == 0 => format!("({label} + {})", sign * days),
            (Length::Micros(micros), 5) if micros % DAY == 0 => format!("({label} + {})", sign * micros / DAY),
            (Length::Micros(micros), 6..) if micros % micros_each == 0 => {
                format!("({label} + {})", interval(sign * micros))
            }
            (Length::Months(months), 6..) => {
                self.same_clock(&label, calendar.kind, |day| format!("same_day({day}, {})", sign * months))
            }
            (Length::Days(days), 6..) => {
                self.same_clock(&label, calendar.kind, |day| format!("({day} + {})", sign * days))
            }
            _ => none(),
        })
    }

    /// The same time of the clock on another day.
    fn same_clock(&self, label: &str, kind: Kind, other: impl Fn(&str) -> String) -> String {
        let shown = self.clock(label, kind);
        let moved = format!("({} + clock({shown}))", cast(&other(&cast(&shown, "DATE")), "TIMESTAMP"));
        if kind == Kind::Instant { self.shown_again(label, &moved) } else { moved }
    }
}
