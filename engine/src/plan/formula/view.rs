//! Functions under which larger values never become smaller ones, so that a comparison of their value with a constant is
//! one of their argument.
//!
//! Days, microseconds, integers and decimals without their point are all points of one line here.

use drillcore_formulas::{CalendarFunction, ClockFunction, Constant, Node, ScalarFunction, Type, Typed};

use crate::model::{Level, WeekStart};
use crate::time::{Calendar, DAY, SECOND, Zone, day_number, days_from_monday};

/// The first and the last day of the years 2 to 9998. Periods that touch one of them lie within the years 1 to 9999,
/// which are all that functions of the calendar know.
const KNOWN: (i64, i64) = (-718_797, 2_932_531);

/// Days by which a constant may lie outside of them; it is farther from all values than any period or offset reaches.
const MARGIN: i64 = 1_000;

/// The argument at which the values of a function reach a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edge {
    /// Values of all arguments below are below the constant.
    pub(super) first: i128,
    /// Values of this argument and of all above are not. In between it must be looked: a clock was set back there.
    pub(super) sure: i128,
}

/// A function of one argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum View {
    /// A wall clock time as its day.
    Day,
    /// A day as its midnight.
    Midnight,
    /// A day itself.
    Same,
    /// An exact number in smaller units, and the greatest that there may be of them.
    Units { in_one: i128, most: i128 },
    /// What the wall clock of a zone shows at an instant.
    Wall(Zone),
    /// The first day of the period that holds a day.
    First(Calendar, Level),
    /// Its last day.
    Last(Calendar, Level),
    /// The year that holds a day.
    Year,
    /// The fiscal year, which starts in this month.
    FiscalYear(i64),
    /// The year of the week that holds a day, where weeks start so many days after Monday.
    WeekYear(i64),
    /// The start of a unit of so many microseconds on the wall clock.
    Clock(i64),
    /// The same of an instant, in the zone of the calendar.
    ClockIn(Calendar, Level),
}

impl View {
    /// A conversion between types.
    pub(super) fn of_conversion(from: Type, to: Type) -> Option<Self> {
        let scale = match from {
            Type::LocalDatetime if to == Type::Date => return Some(Self::Day),
            Type::Date if to == Type::LocalDatetime => return Some(Self::Midnight),
            Type::Integer => 0,
            Type::Decimal { precision, scale } if precision <= 38 => scale,
            _ => return None,
        };
        let Type::Decimal { precision: to_precision @ ..=38, scale: to_scale } = to else { return None };
        // Where digits are cut off, several numbers become one.
        let places = u32::try_from(i32::from(to_scale) - i32::from(scale)).ok()?;
        Some(Self::Units { in_one: 10_i128.checked_pow(places)?, most: 10_i128.pow(to_precision.into()) - 1 })
    }

    /// A call, and what of its arguments the function looks at.
    pub(super) fn of_call<L>(function: ScalarFunction, arguments: &[Typed<L>]) -> Option<(Self, &Typed<L>)> {
        use CalendarFunction as F;
        Some(match (function, arguments) {
            (ScalarFunction::Clock(ClockFunction::Wall), [instant, zone]) => (Self::Wall(named(zone)?), instant),
            (ScalarFunction::Clock(ClockFunction::DateOf), [day]) => (Self::Same, day),
            (ScalarFunction::Calendar(F::DateTrunc), [unit, day, week_start, fiscal]) => {
                let (calendar, level) = periods(unit, week_start, fiscal)?;
                (Self::First(calendar, level), day)
            }
            (ScalarFunction::Calendar(F::LastDay), [unit, day, week_start, fiscal]) => {
                let (calendar, level) = periods(unit, week_start, fiscal)?;
                (Self::Last(calendar, level), day)
            }
            (ScalarFunction::Calendar(F::DayNumber), [day]) => (Self::Same, day),
            (ScalarFunction::Calendar(F::Year), [day]) => (Self::Year, day),
            (ScalarFunction::Calendar(F::FiscalYear), [day, month]) => (Self::FiscalYear(integer(month)?), day),
            (ScalarFunction::Calendar(F::WeekYear), [day, start]) => (Self::WeekYear(integer(start)?), day),
            (ScalarFunction::Calendar(F::IsoYear), [day]) => (Self::WeekYear(0), day),
            (ScalarFunction::Calendar(F::TimeTrunc), [unit, time]) => (Self::Clock(clock_unit(unit)?), time),
            (ScalarFunction::Calendar(F::TimeTruncIn), [unit, instant, zone]) => {
                let calendar = Calendar::new(named(zone)?, WeekStart::Monday, 1).ok()?;
                (Self::ClockIn(calendar, Level::from_name(text(unit)?)?), instant)
            }
            _ => return None,
        })
    }

    /// Whether the argument is a day, and that of a time if it is one.
    pub(super) fn is_of_days(&self) -> bool {
        matches!(
            self,
            Self::Same | Self::First(..) | Self::Last(..) | Self::Year | Self::FiscalYear(_) | Self::WeekYear(_)
        )
    }

    /// The first and the last argument of those that all have a value, and for which the edges are right.
    pub(super) fn domain(&self) -> (i128, i128) {
        match self {
            Self::Day => (i64::MIN.into(), i64::MAX.into()),
            Self::Midnight => ((i64::MIN / DAY).into(), (i64::MAX / DAY).into()),
            Self::Units { in_one, most } => (-(most / in_one), most / in_one),
            Self::Wall(_) | Self::Clock(_) | Self::ClockIn(..) => {
                ((KNOWN.0 * DAY).into(), ((KNOWN.1 + 1) * DAY - 1).into())
            }
            _ => (KNOWN.0.into(), KNOWN.1.into()),
        }
    }

    /// Where in its domain the function reaches a constant.
    pub(super) fn edge(&self, constant: i128) -> Edge {
        let exact = |argument: i128| Edge { first: argument, sure: argument };
        match self {
            Self::Day => exact(constant.saturating_mul(DAY.into())),
            Self::Midnight => exact(units_up_to(constant, DAY.into())),
            Self::Same => exact(constant),
            Self::Units { in_one, .. } => exact(units_up_to(constant, *in_one)),
            Self::Wall(zone) => wall_edge(zone, near_time(constant)),
            Self::First(calendar, level) => {
                let day = near_day(constant);
                let (first, next) = calendar.date_bucket(*level, day);
                exact(if first == day { first } else { next }.into())
            }
            Self::Last(calendar, level) => exact(calendar.date_bucket(*level, near_day(constant)).0.into()),
            Self::Year => exact(day_number(near_year(constant), 1, 1).into()),
            Self::FiscalYear(start) => {
                let months = 12 * near_year(constant) - (13 - *start).rem_euclid(12);
                exact(day_number(months.div_euclid(12), months.rem_euclid(12) + 1, 1).into())
            }
            Self::WeekYear(start) => {
                // The first week holds 4 January.
                let day = day_number(near_year(constant), 1, 4);
                exact((day - (days_from_monday(day) - *start).rem_euclid(7)).into())
            }
            Self::Clock(unit) => exact(units_up_to(constant, (*unit).into()).saturating_mul((*unit).into())),
            Self::ClockIn(calendar, level) => {
                let time = near_time(constant);
                let bucket = calendar.bucket(*level, time);
                exact(if bucket.start_micros == time { time } else { bucket.end_micros }.into())
            }
        }
    }
}

/// The fewest units that make up as much or more.
fn units_up_to(value: i128, unit: i128) -> i128 {
    value.div_euclid(unit).saturating_add(i128::from(value.rem_euclid(unit) > 0))
}

/// Where the wall clock of a zone reaches a time.
fn wall_edge(zone: &Zone, local: i64) -> Edge {
    let first = zone.to_instant(local);
    let mut sure = first;
    let mut segment = zone.segment_at(first);
    // A clock is less than a day ahead of UTC and less than a day behind it.
    while segment.end < first.saturating_add(2 * DAY) {
        segment = zone.segment_at(segment.end);
        if segment.local(segment.start) < local {
            sure = local.saturating_sub(segment.offset_micros).min(segment.end);
        }
    }
    Edge { first: first.into(), sure: sure.into() }
}

/// The day; the end of the margin if it lies farther out.
fn near_day(day: i128) -> i32 {
    let near = day.clamp((KNOWN.0 - MARGIN).into(), (KNOWN.1 + MARGIN).into());
    i32::try_from(near).unwrap_or_default()
}

/// The same for microseconds.
fn near_time(micros: i128) -> i64 {
    let near = micros.clamp(((KNOWN.0 - MARGIN) * DAY).into(), ((KNOWN.1 + MARGIN) * DAY).into());
    i64::try_from(near).unwrap_or_default()
}

/// The same for years.
fn near_year(year: i128) -> i64 {
    i64::try_from(year.clamp(0, 10_001)).unwrap_or_default()
}

fn text<L>(of: &Typed<L>) -> Option<&str> {
    match &of.node {
        Node::Constant(Constant::Text(text)) => Some(text),
        _ => None,
    }
}

fn integer<L>(of: &Typed<L>) -> Option<i64> {
    match of.node {
        Node::Constant(Constant::Integer(value)) => Some(value),
        _ => None,
    }
}

fn named<L>(zone: &Typed<L>) -> Option<Zone> {
    Zone::named(text(zone)?).ok()
}

/// The calendar and the level of a function of periods.
fn periods<L>(unit: &Typed<L>, week_start: &Typed<L>, fiscal: &Typed<L>) -> Option<(Calendar, Level)> {
    let starts = [
        WeekStart::Monday,
        WeekStart::Tuesday,
        WeekStart::Wednesday,
        WeekStart::Thursday,
        WeekStart::Friday,
        WeekStart::Saturday,
        WeekStart::Sunday,
    ];
    let days = integer(week_start)?;
    let week_start = starts.into_iter().find(|start| start.days_from_monday() == days)?;
    let calendar = Calendar::new(Zone::utc(), week_start, u8::try_from(integer(fiscal)?).ok()?).ok()?;
    Some((calendar, Level::from_name(text(unit)?)?))
}

/// The length of a unit below a day.
fn clock_unit<L>(unit: &Typed<L>) -> Option<i64> {
    match text(unit)? {
        "hour" => Some(3_600 * SECOND),
        "minute" => Some(60 * SECOND),
        "second" => Some(SECOND),
        "millisecond" => Some(SECOND / 1_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Edge, KNOWN, View, wall_edge};
    use crate::model::{Level, WeekStart};
    use crate::time::{Calendar, DAY, Zone, day_number};

    #[test]
    fn the_known_days_are_those_of_the_years_2_to_9998() {
        assert_eq!(KNOWN, (day_number(2, 1, 1), day_number(9999, 1, 1) - 1));
    }

    #[track_caller]
    fn check(view: &View, constant: i64, argument: i64) {
        let argument = i128::from(argument);
        assert_eq!(view.edge(constant.into()), Edge { first: argument, sure: argument }, "{view:?} {constant}");
    }

    #[test]
    fn values_reach_a_constant_where_its_period_begins() {
        let calendar = Calendar::new(Zone::utc(), WeekStart::Sunday, 4).unwrap();
        let first = |level| View::First(calendar.clone(), level);
        let last = |level| View::Last(calendar.clone(), level);
        check(&first(Level::Month), day_number(2024, 3, 1), day_number(2024, 3, 1));
        check(&first(Level::Month), day_number(2024, 3, 2), day_number(2024, 4, 1));
        check(&first(Level::Year), day_number(2024, 3, 1), day_number(2024, 4, 1));
        check(&first(Level::Week), day_number(2024, 3, 3), day_number(2024, 3, 3));
        check(&last(Level::Month), day_number(2024, 3, 31), day_number(2024, 3, 1));
        check(&last(Level::Quarter), day_number(2024, 3, 1), day_number(2024, 1, 1));
        check(&View::Year, 2024, day_number(2024, 1, 1));
        check(&View::FiscalYear(1), 2024, day_number(2024, 1, 1));
        check(&View::FiscalYear(4), 2024, day_number(2023, 4, 1));
        check(&View::WeekYear(0), 2025, day_number(2024, 12, 30));
        check(&View::WeekYear(6), 2025, day_number(2024, 12, 29));
        check(&View::Day, -1, -DAY);
        check(&View::Midnight, 1, 1);
        check(&View::Midnight, -1, 0);
        check(&View::Units { in_one: 100, most: 99_999 }, 101, 2);
        check(&View::Units { in_one: 100, most: 99_999 }, -101, -1);
        check(&View::Clock(60), 61, 120);
    }

    #[test]
    fn constants_of_any_size_have_an_edge() {
        let calendar = Calendar::new(Zone::named("Europe/Brussels").unwrap(), WeekStart::Monday, 1).unwrap();
        for view in [
            View::Day,
            View::Midnight,
            View::Same,
            View::Units { in_one: 1_000, most: 10_i128.pow(38) - 1 },
            View::Wall(calendar.zone().clone()),
            View::First(calendar.clone(), Level::Week),
            View::Last(calendar.clone(), Level::Year),
            View::Year,
            View::FiscalYear(7),
            View::WeekYear(3),
            View::Clock(DAY / 24),
            View::ClockIn(calendar, Level::Hour),
        ] {
            let (least, greatest) = view.domain();
            for constant in [i128::MIN, i64::MIN.into(), 0, i64::MAX.into(), i128::MAX] {
                let edge = view.edge(constant);
                assert!(edge.first <= edge.sure, "{view:?} {constant}");
            }
            assert!(view.edge(i128::MIN).sure <= least, "{view:?}");
            assert!(view.edge(i128::MAX).first > greatest, "{view:?}");
        }
    }

    #[test]
    fn a_clock_that_is_set_back_across_a_time_reaches_it_twice() {
        // At 00:01 the clocks went back to 23:01 of the day before, from 2:30 behind UTC to 3:30.
        let zone = Zone::named("America/St_Johns").unwrap();
        let (midnight, half_hour) = (day_number(2010, 11, 7) * DAY, DAY / 48);
        let edge = wall_edge(&zone, midnight);
        assert_eq!((edge.first, edge.sure), ((midnight + 5 * half_hour).into(), (midnight + 7 * half_hour).into()));
        let noon = wall_edge(&zone, midnight + DAY / 2);
        assert_eq!(noon.first, noon.sure);
    }
}
