//! Filters relative to now and to the newest row.

use super::clock::place;
use super::columns::Writer;
use super::conditions::{known, ruled};
use super::literals::{cast, interval, moment};
use crate::oracle::calendar::{Kind, Length, Range, period};
use crate::spec::{Filter, Leaf, Level, Operator};

impl Writer<'_> {
    /// Now, as a value of a date.
    fn now(&self, kind: Kind) -> String {
        let now = moment(self.spec.options.now.unwrap_or(0));
        match kind {
            Kind::Instant => now,
            Kind::Local => self.shown_at(&now),
            Kind::Date => self.day_of(&now, Kind::Instant),
        }
    }

    /// The start of a unit, so many behind that of a value.
    pub(super) fn unit(&self, value: &str, kind: Kind, unit: Level, number: i64) -> String {
        let label = self.label(value, unit, kind);
        if unit.is_calendar() {
            self.day_start(&moved(&label, number, unit), kind)
        } else {
            moved(&label, number, unit)
        }
    }

    /// A test relative to now or to the newest row.
    pub(super) fn relative(&self, leaf: &Leaf) -> String {
        let (kind, x) = (self.kind(leaf.at), self.column(leaf.at));
        let (quantity, unit) = period(leaf);
        let test = match leaf.operator {
            Operator::ToDateEach => self.to_date_each(&x, kind, unit),
            Operator::LastAvailable => {
                between(&x, Some("(SELECT first FROM newest)"), Some("(SELECT last FROM newest)"))
            }
            operator => {
                let (start, end) = self.range(operator, quantity, unit, kind);
                between(&x, start.as_deref(), end.as_deref())
            }
        };
        ruled(test, format!("({x} IS NULL)"), leaf.nulls)
    }

    /// The first value of a range relative to now, and the first behind it.
    fn range(&self, operator: Operator, n: i64, unit: Level, kind: Kind) -> (Option<String>, Option<String>) {
        let now = self.now(kind);
        let units = |number| Some(self.unit(&now, kind, unit, number));
        let days = |from: i64, number| {
            let day = format!("({} + {from})", self.now(Kind::Date));
            Some(self.day_start(&moved(&day, number, unit), kind))
        };
        match operator {
            Operator::LastNow if unit.is_calendar() => (days(1, -n), days(1, 0)),
            Operator::LastNow => (Some(moved(&now, -n, unit)), Some(now.clone())),
            Operator::NextNow if unit.is_calendar() => (Some(now.clone()), days(0, n)),
            Operator::NextNow => (Some(now.clone()), Some(moved(&now, n, unit))),
            Operator::LastCompleted => (units(-n), units(0)),
            Operator::NextFull => (units(1), units(n + 1)),
            Operator::Current => (units(0), units(1)),
            Operator::Ago => (units(-n), units(1 - n)),
            Operator::MoreThanAgo => (None, units(-n)),
            Operator::OrMoreAgo => (None, units(1 - n)),
            Operator::ToDate | Operator::Wtd | Operator::Mtd | Operator::Qtd | Operator::Ytd => {
                (units(0), Some(if kind == Kind::Date { format!("({now} + 1)") } else { now.clone() }))
            }
            other => panic!("{other:?} has no range of its own"),
        }
    }

    /// Whether a time is not further into its unit than now is into its own.
    fn to_date_each(&self, x: &str, kind: Kind, unit: Level) -> String {
        let shown = self.clock(x, kind);
        let now = self.now(if kind == Kind::Date { Kind::Date } else { Kind::Local });
        // What the clock shows is a local time, whatever the column is; days begin at midnight.
        let held = if kind == Kind::Date { Kind::Date } else { Kind::Local };
        let time = |value: &str| cast(value, "TIMESTAMP");
        let start = |value: &str| self.label(value, unit, held);
        let form = if unit.0 <= 3 { "months" } else { "days" };
        known(&format!("within_{form}({}, {}, {}, {})", time(&shown), start(&shown), time(&now), start(&now)))
    }

    /// The range that `last_available` means, as a part of the statement. There is one such filter at most, and it looks
    /// at the rows that pass all others.
    pub(super) fn newest(&self) -> Option<String> {
        let is_available =
            |filter: &Filter| matches!(filter, Filter::Leaf(leaf) if leaf.operator == Operator::LastAvailable);
        let Some(Filter::Leaf(leaf)) = self.spec.filter.iter().find(|filter| is_available(filter)) else {
            return None;
        };
        let kind = self.kind(leaf.at);
        let (quantity, unit) = period(leaf);
        Some(format!(
            "SELECT {} AS first, {} AS last FROM (SELECT max({}) AS newest FROM rows WHERE {})",
            self.unit("newest", kind, unit, 1 - quantity),
            self.unit("newest", kind, unit, 1),
            self.column(leaf.at),
            self.all(self.spec.filter.iter().filter(|filter| !is_available(filter)))
        ))
    }
}

/// A value so many units on; the day of a month that is too short is its last.
pub(super) fn moved(value: &str, number: i64, unit: Level) -> String {
    match Length::of(number, unit) {
        Length::Months(months) => format!("clamped({value}, {months})"),
        Length::Days(days) => format!("({value} + {days})"),
        Length::Micros(micros) => format!("({value} + {})", interval(micros)),
    }
}

/// Whether a value is not before one end and before the other.
fn between(x: &str, start: Option<&str>, end: Option<&str>) -> String {
    let sides = start.map(|start| format!("{x} >= {start}")).into_iter().chain(end.map(|end| format!("{x} < {end}")));
    let sides: Vec<String> = sides.collect();
    if sides.is_empty() { "TRUE".to_owned() } else { known(&sides.join(" AND ")) }
}

/// Whether a value is in a range that the oracle's calendar tells.
pub(super) fn within(x: &str, range: Range, kind: Kind) -> String {
    let side = |value: Option<i64>| value.map(|value| place(value, kind));
    between(x, side(range.start).as_deref(), side(range.end).as_deref())
}
