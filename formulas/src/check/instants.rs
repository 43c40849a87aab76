//! Functions of the calendar that mean something else for instants than for what a wall clock shows.

use super::build::{convert, null, text};
use super::expression::Checker;
use super::level::Level;
use super::scalar::applied;
use crate::{CalendarFunction, ScalarFunction, Type, Typed};

/// The place of the time that a function does more with than to read it off the wall clock.
pub(super) fn place_of_instant(function: CalendarFunction) -> Option<usize> {
    match function {
        CalendarFunction::DateAdd => Some(0),
        CalendarFunction::TimeTrunc => Some(1),
        _ => None,
    }
}

impl<V: Level> Checker<'_, V> {
    /// A function of the calendar. The argument at [`place_of_instant`] is as it was written.
    pub(super) fn of_calendar(
        &mut self,
        function: CalendarFunction,
        mut arguments: Vec<Typed<V::Leaf>>,
    ) -> Typed<V::Leaf> {
        let place = place_of_instant(function);
        let written = place.and_then(|place| arguments.get_mut(place));
        let Some(time) = written else { return applied(ScalarFunction::Calendar(function), arguments) };
        let of_instant = time.value_type == Type::Datetime;
        if of_instant && function == CalendarFunction::TimeTrunc {
            // In an hour that comes twice the wall clock alone does not tell which.
            arguments.push(text(self.shared.setting.zone.name()));
            return applied(ScalarFunction::Calendar(CalendarFunction::TimeTruncIn), arguments);
        }
        let given = std::mem::replace(time, null(Type::LocalDatetime));
        *time = match function {
            CalendarFunction::TimeTrunc => convert(given, Type::LocalDatetime),
            _ => self.wall(given),
        };
        let found = applied(ScalarFunction::Calendar(function), arguments);
        if of_instant { self.instant(found) } else { found }
    }
}
