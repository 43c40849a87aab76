//! The earlier period that a range is compared with.

mod labels;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

use super::calendar::Calendar;
use super::civil::{Civil, DAY};
use super::literal::TimeKind;
use super::range::OpenRange;
use super::span::{Moved, Span};
use super::value::check_unit;
use crate::error::Result;
use crate::model::Level;

/// So many units back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Shift {
    /// How many.
    pub(crate) quantity: u32,
    /// Of what.
    pub(crate) unit: Level,
}

/// How far the base of a comparison lies before what is compared with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Displacement {
    /// By units of the calendar, on the wall clock of its zone; by units below day, elapsed time.
    Calendar(Shift),
    /// By elapsed time, in microseconds.
    Micros(i64),
}

impl Displacement {
    /// The range that a range is compared with.
    ///
    /// Each side moves in the calendar and keeps its time of day. A side on a day that does not exist there moves to
    /// the end of the month that is too short, so that of the days and buckets that have a counterpart exactly those
    /// of the range have it in the range returned. Of times that the wall clock shows twice, the first goes with the
    /// first and the second with the second.
    ///
    /// `grain` is the level at which the column is grouped, if it is. Grouped by week and moved by whole years, days
    /// move to the same weekday of the week with the same number, as the weeks themselves do.
    ///
    /// # Errors
    /// `InvalidQuery` for a unit below day on dates.
    pub(crate) fn range(
        self,
        range: OpenRange,
        grain: Option<Level>,
        calendar: &Calendar,
        kind: TimeKind,
    ) -> Result<OpenRange> {
        self.check(kind)?;
        let back = Back { span: self.span().reversed(), grain, calendar, kind };
        Ok(OpenRange { start: range.start.map(|side| back.side(side)), end: range.end.map(|side| back.side(side)) })
    }

    /// The base of a range, cut at the same elapsed part if now lies in the range: at the counterpart of now, on dates
    /// behind the counterpart of today.
    ///
    /// # Errors
    /// `InvalidQuery` for a unit below day on dates.
    pub(crate) fn trim_running(
        self,
        base: OpenRange,
        range: OpenRange,
        now_micros: i64,
        grain: Option<Level>,
        calendar: &Calendar,
        kind: TimeKind,
    ) -> Result<OpenRange> {
        self.check(kind)?;
        let now = calendar.now(now_micros, kind);
        if !range.contains(now) {
            return Ok(base);
        }
        let back = Back { span: self.span().reversed(), grain, calendar, kind };
        let cut = match kind {
            TimeKind::Date => match back.day(now) {
                Moved::To(day) => day.saturating_add(1),
                Moved::Missing(next) => next,
            },
            TimeKind::Datetime | TimeKind::Local => back.side(now),
        };
        Ok(OpenRange { start: base.start, end: Some(base.end.map_or(cut, |end| end.min(cut))) })
    }

    /// The label of the bucket that a bucket is compared with, or nothing if it has none. Labels are what the bucket
    /// function gives: the first day of a bucket at day and coarser, whatever the kind, and its start below.
    ///
    /// - Under months, quarters and years a day meets the same day number, and a time the same wall clock time on it.
    /// - Under whole years a week meets the week of the same number; week 53 has no base in years of 52.
    /// - Under days and weeks, a bucket below day meets the same wall clock time. The second of two buckets that show
    ///   the same meets the second; one that was skipped there has no base.
    /// - Buckets that the shift does not carry onto buckets have no base: months under a shift of days, weeks under
    ///   one of months, hours under one of minutes.
    pub(crate) fn base_of(self, label: i64, level: Level, calendar: &Calendar, kind: TimeKind) -> Option<i64> {
        labels::counterpart(self.span().reversed(), label, level, calendar, kind)
    }

    /// The label of the bucket whose base this is: [`Displacement::base_of`] the other way.
    pub(crate) fn present_of(self, label: i64, level: Level, calendar: &Calendar, kind: TimeKind) -> Option<i64> {
        labels::counterpart(self.span(), label, level, calendar, kind)
    }

    fn span(self) -> Span {
        match self {
            Self::Calendar(Shift { quantity, unit }) => Span::of(i64::from(quantity), unit),
            Self::Micros(micros) => Span::Micros(micros),
        }
    }

    fn check(self, kind: TimeKind) -> Result<()> {
        match self {
            Self::Calendar(Shift { unit, .. }) => check_unit(unit, kind),
            Self::Micros(_) => check_unit(Level::Millisecond, kind),
        }
    }
}

/// The period just before a range, and how far back it lies.
///
/// Where both sides are borders of one unit of the calendar, tried from year to day, it is as many of these units;
/// otherwise as much elapsed time. Nothing for a range with an open side. A range without values is its own base.
pub(crate) fn previous_period(
    range: OpenRange,
    calendar: &Calendar,
    kind: TimeKind,
) -> Option<(OpenRange, Displacement)> {
    let (start, end) = (range.start?, range.end?);
    if end <= start {
        return Some((range, Displacement::Calendar(Shift { quantity: 0, unit: Level::Day })));
    }
    let displacement = match (calendar.day_from(start, kind), calendar.day_from(end, kind)) {
        (Some(first), Some(next)) => Displacement::Calendar(whole_units(first, next, calendar)?),
        _ => Displacement::Micros(end.saturating_sub(start)),
    };
    Some((displacement.range(range, None, calendar, kind).ok()?, displacement))
}

/// The days from `first` to before `next` as a number of the coarsest units that they make up.
fn whole_units(first: i64, next: i64, calendar: &Calendar) -> Option<Shift> {
    let begins = |unit, day| calendar.days(unit, day).0 == day;
    let unit = [Level::Year, Level::Quarter, Level::Month, Level::Week]
        .into_iter()
        .find(|unit| begins(*unit, first) && begins(*unit, next))
        .unwrap_or(Level::Day);
    let quantity = match Span::of(1, unit) {
        Span::Months(months) => (Civil::from_day(next).month_index() - Civil::from_day(first).month_index()) / months,
        Span::Days(days) => (next - first) / days,
        Span::Micros(_) => return None,
    };
    Some(Shift { quantity: u32::try_from(quantity).ok()?, unit })
}

/// Moves single values.
#[derive(Debug)]
struct Back<'a> {
    span: Span,
    grain: Option<Level>,
    calendar: &'a Calendar,
    kind: TimeKind,
}

impl Back<'_> {
    /// Where a day goes.
    fn day(&self, day: i64) -> Moved {
        match self.span {
            Span::Months(months) if self.grain == Some(Level::Week) && months % 12 == 0 => {
                self.calendar.move_in_weeks(day, months / 12)
            }
            span => span.move_day(day),
        }
    }

    /// Where a side of a range goes.
    fn side(&self, value: i64) -> i64 {
        match (self.span, self.kind) {
            (_, TimeKind::Date) => self.day(value).or_next(),
            (Span::Micros(micros), _) => value.saturating_add(micros),
            (_, TimeKind::Local) => self.local(value, value.div_euclid(DAY)),
            (_, TimeKind::Datetime) => self.instant(value),
        }
    }

    /// The same time of day, or the midnight behind a day that is missing.
    fn local(&self, local: i64, day: i64) -> i64 {
        match self.day(day) {
            Moved::To(moved) => local.saturating_add(moved.saturating_sub(day).saturating_mul(DAY)),
            Moved::Missing(next) => next.saturating_mul(DAY),
        }
    }

    fn instant(&self, instant: i64) -> i64 {
        // A day that begins in a gap begins with its first moment, whatever the clock shows then.
        if let Some(day) = self.calendar.day_from(instant, TimeKind::Datetime) {
            return self.calendar.start_of_day(self.day(day).or_next(), TimeKind::Datetime);
        }
        let zone = self.calendar.zone();
        let segment = zone.segment_at(instant);
        let local = segment.local(instant);
        let day = local.div_euclid(DAY);
        let moved = self.local(local, day);
        if zone.to_instant(local) == instant || self.day(day).exact().is_none() {
            return zone.to_instant(moved);
        }
        // The clock shows this time once more. If it does so there too, that is where it goes; if not, all that comes
        // twice lies before where it goes.
        labels::showings(zone, moved, 1).nth(1).unwrap_or_else(|| {
            let before = zone.segment_at(segment.start.saturating_sub(1));
            let repeated_to = before.local(before.end);
            zone.to_instant(moved.saturating_add(repeated_to.saturating_sub(local)))
        })
    }
}
