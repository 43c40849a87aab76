//! Which bucket meets which.

use crate::model::Level;
use crate::time::calendar::{Calendar, clock_unit};
use crate::time::civil::DAY;
use crate::time::literal::TimeKind;
use crate::time::span::Span;
use crate::time::zone::Zone;

/// The label of the bucket that a span carries a bucket onto, given by its label. The way back is the reversed span.
pub(super) fn counterpart(span: Span, label: i64, level: Level, calendar: &Calendar, kind: TimeKind) -> Option<i64> {
    match clock_unit(level) {
        _ if span.is_nothing() => Some(label),
        None => of_day(span, label, level, calendar),
        Some(unit) => match kind {
            TimeKind::Date => None,
            TimeKind::Datetime => of_instant(span, label, level, unit, calendar),
            TimeKind::Local => of_local(span, label, unit),
        },
    }
}

/// For buckets of days and longer, whose labels are days.
fn of_day(span: Span, day: i64, level: Level, calendar: &Calendar) -> Option<i64> {
    let whole = |length: i64, unit: i64| length % unit == 0;
    let carried = match (span, level) {
        (Span::Micros(micros), _) if whole(micros, DAY) => {
            return of_day(Span::Days(micros / DAY), day, level, calendar);
        }
        (Span::Months(months), Level::Week) => {
            return if whole(months, 12) { calendar.move_in_weeks(day, months / 12).exact() } else { None };
        }
        (Span::Months(months), Level::Year) => whole(months, 12),
        (Span::Months(months), Level::Quarter) => whole(months, 3),
        (Span::Months(_), Level::Month | Level::Day) | (Span::Days(_), Level::Day) => true,
        (Span::Days(days), Level::Week) => whole(days, 7),
        _ => false,
    };
    if carried { span.move_day(day).exact() } else { None }
}

/// For shorter buckets of local times, which all are as long.
fn of_local(span: Span, local: i64, unit: i64) -> Option<i64> {
    match span {
        Span::Micros(micros) if micros % unit != 0 => None,
        Span::Micros(micros) => local.checked_add(micros),
        Span::Days(_) | Span::Months(_) => {
            let moved = span.move_day(local.div_euclid(DAY)).exact()?;
            moved.checked_mul(DAY)?.checked_add(local.rem_euclid(DAY))
        }
    }
}

/// For shorter buckets of instants: elapsed time where it leads to the start of a bucket, otherwise the bucket that
/// shows the same on the wall clock, the second if this is the second that does.
fn of_instant(span: Span, instant: i64, level: Level, unit: i64, calendar: &Calendar) -> Option<i64> {
    if let Span::Micros(_) = span {
        let moved = of_local(span, instant, unit)?;
        return (calendar.bucket(level, moved).start_micros == moved).then_some(moved);
    }
    let zone = calendar.zone();
    let local = zone.segment_at(instant).local(instant);
    let shown = local.checked_sub(local.rem_euclid(unit))?;
    let occurrence = showings(zone, shown, unit).position(|start| start == instant)?;
    showings(zone, of_local(span, shown, unit)?, unit).nth(occurrence)
}

/// The instants at which the wall clock of a zone begins to show a time or one of the `unit` microseconds from it on,
/// one for each offset at which it does.
pub(super) fn showings(zone: &Zone, local: i64, unit: i64) -> impl Iterator<Item = i64> {
    let first = zone.to_instant(local);
    // No zone was ever set back by more than a day.
    let until = first.saturating_add(DAY).saturating_add(unit);
    let mut next = Some(zone.segment_at(first));
    std::iter::from_fn(move || {
        let segment = next?;
        next = (segment.end < until).then(|| zone.segment_at(segment.end));
        Some(segment)
    })
    .filter_map(move |segment| {
        let start = local.saturating_sub(segment.offset_micros).max(segment.start);
        let end = local.saturating_add(unit).saturating_sub(segment.offset_micros).min(segment.end);
        (start < end).then_some(start)
    })
}
