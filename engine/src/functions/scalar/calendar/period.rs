//! The periods of queries as dates, and the starts of the units of clocks.

use arrow::array::ArrayRef;
use datafusion::common::{DataFusionError, Result};

use super::days::PerDay;
use super::times::{Times, gather_days, gather_micros, length};
use crate::functions::argument::Clock;
use crate::functions::scalar::call::Call;
use crate::model::{Level, WeekStart};
use crate::time::{Calendar, Zone};

/// The periods of a level. The unit is the first argument of all functions here.
#[derive(Debug)]
struct Periods {
    level: Level,
    calendar: Calendar,
}

impl Periods {
    /// The start of weeks stands at a place, the one of fiscal years behind it.
    fn of(call: &Call<'_>, week_start: usize) -> Result<Self> {
        let days = call.constant(week_start)?;
        let starts = [
            WeekStart::Monday,
            WeekStart::Tuesday,
            WeekStart::Wednesday,
            WeekStart::Thursday,
            WeekStart::Friday,
            WeekStart::Saturday,
            WeekStart::Sunday,
        ];
        let week_start_day = starts.into_iter().find(|start| start.days_from_monday() == days);
        let fiscal = u8::try_from(call.constant(week_start + 1)?).ok();
        let (Some(start), Some(fiscal)) = (week_start_day, fiscal) else { return Err(call.unknown()) };
        let calendar = Calendar::new(Zone::utc(), start, fiscal).map_err(external)?;
        Ok(Self { level: level(call)?, calendar })
    }

    /// The first day of the period of a day, and the day behind its last.
    fn around(&self, day: i64) -> Option<(i64, i64)> {
        let (first, next) = self.calendar.date_bucket(self.level, i32::try_from(day).ok()?);
        Some((i64::from(first), i64::from(next)))
    }
}

pub(super) fn first(call: &Call<'_>) -> Result<ArrayRef> {
    let periods = Periods::of(call, 2)?;
    let firsts = PerDay::new(call, &Times::of(call, 1)?, |day| periods.around(day).map(|(first, _)| first));
    Ok(gather_days(call, |row| firsts.get(row)?))
}

pub(super) fn last(call: &Call<'_>) -> Result<ArrayRef> {
    let periods = Periods::of(call, 2)?;
    let lasts = PerDay::new(call, &Times::of(call, 1)?, |day| periods.around(day).map(|(_, next)| next - 1));
    Ok(gather_days(call, |row| lasts.get(row)?))
}

pub(super) fn same(call: &Call<'_>) -> Result<ArrayRef> {
    let (periods, one, other) = (Periods::of(call, 3)?, Times::of(call, 1)?, Times::of(call, 2)?);
    Ok(call.gather_booleans(|row| {
        let ((first, next), day) = (periods.around(one.day(row)?)?, other.day(row)?);
        Some((first..next).contains(&day))
    }))
}

/// The start of a unit on the wall clock.
pub(super) fn clock(call: &Call<'_>) -> Result<ArrayRef> {
    let unit = length(&call.word(0)?).ok_or_else(|| call.unknown())?;
    let times = Times::of(call, 1)?;
    gather_micros(call, |row| times.micros(row).map(|micros| micros - micros.rem_euclid(unit)))
}

/// The start of a unit in a zone: the bucket that a query has for an instant.
pub(super) fn clock_in(call: &Call<'_>) -> Result<ArrayRef> {
    let (level, instants) = (level(call)?, Times::of(call, 1)?);
    let zone = Zone::named(&call.word(2)?).map_err(external)?;
    let calendar = Calendar::new(zone, WeekStart::Monday, 1).map_err(external)?;
    let mut clock = Clock::new(calendar.zone());
    gather_micros(call, |row| {
        let instant = instants.micros(row)?;
        Some(calendar.bucket_within(&clock.segment(instant), level, instant).start_micros)
    })
}

fn level(call: &Call<'_>) -> Result<Level> {
    Level::from_name(&call.word(0)?).ok_or_else(|| call.unknown())
}

fn external(error: crate::Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
