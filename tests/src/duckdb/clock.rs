//! Times: what the clocks of the query's zone show, days, levels and parts.

use chrono_tz::Tz;

use super::columns::Writer;
use super::literals::{self, cast, moment};
use crate::cell::Type;
use crate::oracle::calendar::Kind;
use crate::spec::{At, Bucket, Level, Part};

impl Writer<'_> {
    /// How a column stands in time.
    pub(super) fn kind(&self, at: At) -> Kind {
        match self.ground.column(at).ty {
            Type::Date => Kind::Date,
            Type::Datetime => Kind::Instant,
            _ => Kind::Local,
        }
    }

    /// The zone of the query, if its clocks differ from those of instants.
    fn zone(&self) -> Option<&'static str> {
        let zone = self.spec.zone();
        (zone != Tz::UTC).then(|| zone.name())
    }

    /// What the clock shows at an instant.
    pub(super) fn shown_at(&self, instant: &str) -> String {
        match self.zone() {
            Some(zone) => format!("wall({instant}, '{zone}')"),
            None => instant.to_owned(),
        }
    }

    /// The instant at which the clock shows a time.
    pub(super) fn instant(&self, shown: &str) -> String {
        match self.zone() {
            Some(zone) => format!("instant({shown}, '{zone}')"),
            None => shown.to_owned(),
        }
    }

    /// The instant, of those at which the clock shows a time, that is the first or second where another one was.
    pub(super) fn shown_again(&self, instant: &str, shown: &str) -> String {
        match self.zone() {
            Some(zone) => format!("shown_again({instant}, {shown}, '{zone}')"),
            None => shown.to_owned(),
        }
    }

    /// The first value of a day.
    pub(super) fn day_start(&self, day: &str, kind: Kind) -> String {
        match (kind, self.zone()) {
            (Kind::Date, _) => day.to_owned(),
            (Kind::Instant, Some(zone)) => format!("day_start({day}, '{zone}')"),
            _ => cast(day, "TIMESTAMP"),
        }
    }

    /// What the clock shows at a value.
    pub(super) fn clock(&self, value: &str, kind: Kind) -> String {
        if kind == Kind::Instant { self.shown_at(value) } else { value.to_owned() }
    }

    /// The day of a value.
    pub(super) fn day_of(&self, value: &str, kind: Kind) -> String {
        if kind == Kind::Date { value.to_owned() } else { cast(&self.clock(value, kind), "DATE") }
    }

    /// The first day of the bucket of a day.
    pub(super) fn first_day(&self, day: &str, level: Level) -> String {
        let (fiscal, first) = (self.spec.options.first_month(), self.spec.options.first_weekday());
        match level.0 {
            1 => format!("year_start({day}, {fiscal})"),
            2 => format!("quarter_start({day}, {fiscal})"),
            3 => format!("month_start({day})"),
            4 => format!("week_start({day}, {first})"),
            _ => day.to_owned(),
        }
    }

    /// The start of the hour, minute, second or millisecond of a value.
    pub(super) fn floor(&self, value: &str, level: Level, kind: Kind) -> String {
        match (kind, self.zone()) {
            (Kind::Instant, Some(zone)) => format!("instant_floor('{}', {value}, '{zone}')", level.name()),
            _ => format!("date_trunc('{}', {value})", level.name()),
        }
    }

    /// The label of the bucket of a value.
    pub(super) fn label(&self, value: &str, level: Level, kind: Kind) -> String {
        if level.is_calendar() {
            self.first_day(&self.day_of(value, kind), level)
        } else {
            self.floor(value, level, kind)
        }
    }

    /// A column at a level.
    pub(super) fn value(&self, at: At, bucket: Option<Bucket>) -> String {
        let (column, kind) = (self.column(at), self.kind(at));
        match bucket {
            None => column,
            Some(Bucket::Level { level, .. }) => self.label(&column, level, kind),
            Some(Bucket::Part(part)) => self.part(&column, part, kind),
        }
    }

    /// The number of a cyclic part.
    fn part(&self, value: &str, part: Part, kind: Kind) -> String {
        let (fiscal, first) = (self.spec.options.first_month(), self.spec.options.first_weekday());
        let shown = self.clock(value, kind);
        match part.0 {
            0 => format!("quarter_number({shown}, {fiscal})"),
            1 | 2 => format!("month({shown})"),
            3 => format!("week_number({}, {first})", self.day_of(value, kind)),
            4 => format!("day({shown})"),
            5 => format!("dayofyear({shown})"),
            6 | 7 => format!("weekday_number({shown}, {first})"),
            8 => format!("hour({shown})"),
            9 => format!("minute({shown})"),
            _ => format!("second({shown})"),
        }
    }

    /// The name of the part with a number.
    pub(super) fn part_name(&self, number: &str, part: Part) -> String {
        if part.0 == 2 {
            format!("month_name({number})")
        } else {
            format!("weekday_name({number}, {})", self.spec.options.first_weekday())
        }
    }
}

/// A value of a date as the oracle's calendar counts it.
pub(super) fn place(value: i64, kind: Kind) -> String {
    match kind {
        Kind::Date => literals::day(i32::try_from(value).expect("a day")),
        _ => moment(value),
    }
}
