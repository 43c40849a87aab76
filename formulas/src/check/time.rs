//! Dates and times among each other. Whatever depends on a zone becomes a call that names it, so evaluators know none.

use chrono::{DateTime, NaiveDateTime, TimeZone as _};

use super::build::{convert, is_null, null, text, typed};
use super::expression::Checker;
use super::level::Level;
use super::unify::common;
use crate::{ClockFunction, Constant, Error, Node, ScalarFunction, Span, Type, Typed};

/// Two values of one type.
type Pair<L> = (Typed<L>, Typed<L>);

impl<V: Level> Checker<'_, V> {
    /// Two values that are compared, as one type. A time and a date are compared by their days.
    pub(super) fn comparable(
        &mut self,
        left: Typed<V::Leaf>,
        right: Typed<V::Leaf>,
        span: Span,
    ) -> Result<Pair<V::Leaf>, Error> {
        let (l, r) = (left.value_type, right.value_type);
        if is_null(&left) {
            return Ok((null(r), right));
        }
        if is_null(&right) {
            return Ok((left, null(l)));
        }
        if let Some(both) = common(l, r) {
            return Ok((convert(left, both), convert(right, both)));
        }
        match (l, r) {
            (Type::Date, Type::Datetime | Type::LocalDatetime) | (Type::Datetime | Type::LocalDatetime, Type::Date) => {
                Ok((self.day(left), self.day(right)))
            }
            (Type::Datetime, Type::LocalDatetime) if is_constant(&right) => {
                let right = self.instant(right);
                Ok((left, right))
            }
            (Type::LocalDatetime, Type::Datetime) if is_constant(&left) => {
                let left = self.instant(left);
                Ok((left, right))
            }
            _ => Err(Error::new(span, format!("{l} cannot be compared with {r}{}", hint(l, r)))),
        }
    }

    /// A time as its day; of an instant the day of the formula's zone.
    pub(super) fn day(&mut self, value: Typed<V::Leaf>) -> Typed<V::Leaf> {
        convert(self.wall(value), Type::Date)
    }

    /// An instant as what the wall clock of the formula's zone shows; other values as they are.
    pub(super) fn wall(&mut self, value: Typed<V::Leaf>) -> Typed<V::Leaf> {
        match value.value_type {
            Type::Datetime => self.clock(ClockFunction::Wall, value, Type::LocalDatetime),
            _ => value,
        }
    }

    /// A date or wall clock time as its first instant in the formula's zone; instants as they are.
    pub(super) fn instant(&mut self, value: Typed<V::Leaf>) -> Typed<V::Leaf> {
        match value.value_type {
            Type::Date | Type::LocalDatetime => {
                let value = convert(value, Type::LocalDatetime);
                self.clock(ClockFunction::Instant, value, Type::Datetime)
            }
            _ => value,
        }
    }

    fn clock(&mut self, function: ClockFunction, value: Typed<V::Leaf>, to: Type) -> Typed<V::Leaf> {
        if is_null(&value) {
            return null(to);
        }
        let arguments = vec![value, text(self.shared.setting.zone.name())];
        typed(Node::Call(ScalarFunction::Clock(function), arguments), to)
    }

    /// `NOW()`.
    pub(super) fn now(&self) -> Typed<V::Leaf> {
        typed(Node::Constant(Constant::Datetime(self.shared.setting.now)), Type::Datetime)
    }

    /// `TODAY()`: the day of the formula's zone; NULL where the clock stands outside of what calendars know.
    pub(super) fn today(&self) -> Typed<V::Leaf> {
        let setting = &self.shared.setting;
        let wall = |now: DateTime<chrono::Utc>| setting.zone.from_utc_datetime(&now.naive_utc()).naive_local();
        let days = |wall: NaiveDateTime| {
            let since = wall.date().signed_duration_since(DateTime::UNIX_EPOCH.date_naive());
            i32::try_from(since.num_days()).ok()
        };
        let today = DateTime::from_timestamp_micros(setting.now).map(wall).and_then(days);
        typed(Node::Constant(today.map_or(Constant::Null, Constant::Date)), Type::Date)
    }
}

fn is_constant<L>(value: &Typed<L>) -> bool {
    matches!(value.node, Node::Constant(_))
}

fn hint(left: Type, right: Type) -> &'static str {
    match (left, right) {
        (Type::Text, Type::Date | Type::Datetime | Type::LocalDatetime)
        | (Type::Date | Type::Datetime | Type::LocalDatetime, Type::Text) => "; dates are written `@2024-03-01`",
        (Type::Datetime, Type::LocalDatetime) | (Type::LocalDatetime, Type::Datetime) => {
            "; AT_ZONE and FROM_ZONE bring one to the other"
        }
        _ => "",
    }
}
