//! Ranges of time with open ends.

use super::calendar::Calendar;
use super::civil::DAY;
use super::literal::TimeKind;

/// A half-open range: of days for [`TimeKind::Date`], of instants for [`TimeKind::Datetime`], of local times for
/// [`TimeKind::Local`]. A side that lies beyond all values of the kind is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct OpenRange {
    /// The first value; none: all from the first on.
    pub(crate) start: Option<i64>,
    /// The value behind the last; none: all to the last.
    pub(crate) end: Option<i64>,
}

impl OpenRange {
    /// Whether a value lies in the range.
    pub(crate) fn contains(&self, value: i64) -> bool {
        self.start.is_none_or(|start| start <= value) && self.end.is_none_or(|end| value < end)
    }

    /// The values that lie in both.
    pub(crate) fn and(self, other: Self) -> Self {
        let end = match (self.end, other.end) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self { start: self.start.max(other.start), end }
    }

    /// All values of the days from `first` to before `next`.
    pub(super) fn of_days(first: i64, next: i64, calendar: &Calendar, kind: TimeKind) -> Self {
        Self { start: from_day(first, calendar, kind), end: to_day(next, calendar, kind) }
    }
}

/// The lower side of a range that begins with a day.
pub(super) fn from_day(day: i64, calendar: &Calendar, kind: TimeKind) -> Option<i64> {
    let (least, greatest) = days_of(kind);
    (day >= least).then(|| calendar.start_of_day(day.min(greatest), kind))
}

/// The upper side of a range that ends before a day.
pub(super) fn to_day(day: i64, calendar: &Calendar, kind: TimeKind) -> Option<i64> {
    let (least, greatest) = days_of(kind);
    (day <= greatest).then(|| calendar.start_of_day(day.max(least), kind))
}

/// The lower side of a range that begins with a time; a sum that saturated is no limit.
pub(super) fn from_micros(micros: i64) -> Option<i64> {
    (micros > i64::MIN).then_some(micros)
}

/// The upper side of a range that ends before a time.
pub(super) fn to_micros(micros: i64) -> Option<i64> {
    (micros < i64::MAX).then_some(micros)
}

/// The first and the last day that values of a kind can begin with.
fn days_of(kind: TimeKind) -> (i64, i64) {
    match kind {
        TimeKind::Date => (i64::from(i32::MIN), i64::from(i32::MAX)),
        TimeKind::Datetime | TimeKind::Local => (i64::MIN / DAY, i64::MAX / DAY),
    }
}

#[cfg(test)]
mod tests {
    use super::{OpenRange, from_day, to_day};
    use crate::model::WeekStart;
    use crate::time::{Calendar, TimeKind, Zone};

    #[test]
    fn a_range_holds_its_start_and_not_its_end() {
        let check = |start, end, expected: [bool; 3]| {
            let range = OpenRange { start, end };
            assert_eq!([3, 4, 5].map(|value| range.contains(value)), expected, "{range:?}");
        };
        check(Some(4), Some(5), [false, true, false]);
        check(None, Some(4), [true, false, false]);
        check(Some(4), None, [false, true, true]);
        check(None, None, [true; 3]);
        check(Some(5), Some(4), [false; 3]);
    }

    #[test]
    fn sides_beyond_all_values_are_open() {
        let calendar = Calendar::new(Zone::utc(), WeekStart::Monday, 1).unwrap();
        for kind in [TimeKind::Date, TimeKind::Datetime, TimeKind::Local] {
            let far = 1 << 40;
            assert_eq!(from_day(-far, &calendar, kind), None);
            assert_eq!(to_day(far, &calendar, kind), None);
            // Nothing lies before the first value, and nothing but the last day from there on.
            assert!(!OpenRange { start: None, end: to_day(-far, &calendar, kind) }.contains(-1_000_000));
            assert!(!OpenRange { start: from_day(far, &calendar, kind), end: None }.contains(1_000_000));
        }
        assert_eq!(to_day(i64::from(i32::MAX), &calendar, TimeKind::Date), Some(i64::from(i32::MAX)));
    }
}
