//! The transition table of a zone.

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::Tz;

use crate::time::civil::SECOND;

/// 1840-01-01T00:00Z in seconds: the zone database knows of no change of an offset before it.
const FIRST: i64 = -4_102_444_800;
/// 2101-01-01T00:00Z in seconds: nor does it hold one after it.
const LAST: i64 = 4_133_980_800;
/// Seconds between two looks at the offset. An offset that comes back after less than this would be missed; the
/// shortest that any zone ever kept lasted longer than six days.
const STEP: i64 = 4 * 86_400;

/// A span of instants with one offset from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment {
    /// The first instant.
    pub(crate) start: i64,
    /// The first instant behind it; `i64::MAX` for the last span, which has no end.
    pub(crate) end: i64,
    /// Local time minus UTC.
    pub(crate) offset_micros: i64,
    /// The local time behind the last one that was shown in this span or before.
    reach: i64,
    /// The first local time of this span that was not shown before.
    fresh: i64,
}

impl Segment {
    /// Whether the span holds an instant. The last span leaves out `i64::MAX`.
    pub(crate) fn contains(&self, instant: i64) -> bool {
        self.start <= instant && instant < self.end
    }

    /// The wall clock time of an instant of the span.
    pub(crate) fn local(&self, instant: i64) -> i64 {
        instant.saturating_add(self.offset_micros)
    }

    /// The instant of a local time, if it lies in this span and was not shown before: then it is the earliest.
    pub(crate) fn unambiguous(&self, local: i64) -> Option<i64> {
        (self.fresh <= local && local < self.end.saturating_add(self.offset_micros))
            .then(|| local.saturating_sub(self.offset_micros))
    }

    /// The first instant of the span at which the clock shows this local time or a later one.
    pub(super) fn first_instant_of(&self, local: i64) -> i64 {
        local.saturating_sub(self.offset_micros).max(self.start)
    }
}

/// All spans of a zone, in order.
#[derive(Debug)]
pub(super) struct Table {
    name: &'static str,
    earlier: Vec<Segment>,
    last: Segment,
}

impl Table {
    /// Looks at every fourth day and closes in on each change to the second.
    pub(super) fn of(zone: Tz) -> Self {
        let mut earlier = Vec::new();
        let mut reach = i64::MIN;
        let mut start = i64::MIN;
        let mut offset = offset_at(zone, FIRST);
        let mut seen = FIRST;
        while seen < LAST {
            let next = seen.saturating_add(STEP).min(LAST);
            if offset_at(zone, next) == offset {
                seen = next;
                continue;
            }
            let change = change_between(zone, offset, seen, next);
            let segment = segment(start, change * SECOND, offset, reach);
            reach = segment.reach;
            start = segment.end;
            earlier.push(segment);
            offset = offset_at(zone, change);
            seen = change;
        }
        Self { name: zone.name(), earlier, last: segment(start, i64::MAX, offset, reach) }
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// The span that holds an instant.
    pub(super) fn at(&self, instant: i64) -> &Segment {
        self.earlier.get(self.earlier.partition_point(|segment| segment.end <= instant)).unwrap_or(&self.last)
    }

    /// The first span in which the clock shows this local time or a later one.
    pub(super) fn reaching(&self, local: i64) -> &Segment {
        self.earlier.get(self.earlier.partition_point(|segment| segment.reach <= local)).unwrap_or(&self.last)
    }
}

fn segment(start: i64, end: i64, offset_seconds: i64, reached: i64) -> Segment {
    let offset_micros = offset_seconds * SECOND;
    Segment {
        start,
        end,
        offset_micros,
        reach: end.saturating_add(offset_micros).max(reached),
        fresh: start.saturating_add(offset_micros).max(reached),
    }
}

/// The second at which an offset that holds at `seen` and no longer at `next` ends.
fn change_between(zone: Tz, offset: i64, mut seen: i64, mut next: i64) -> i64 {
    while next - seen > 1 {
        let middle = seen + (next - seen) / 2;
        if offset_at(zone, middle) == offset { seen = middle } else { next = middle }
    }
    next
}

/// Seconds to add to UTC, as the zone database says.
fn offset_at(zone: Tz, second: i64) -> i64 {
    DateTime::from_timestamp(second, 0)
        .map_or(0, |instant| i64::from(zone.offset_from_utc_datetime(&instant.naive_utc()).fix().local_minus_utc()))
}
