//! How many rows each period has, and of which values, in the source and in the cache.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::versions::NO_TIME;
use crate::model::Level;
use crate::time::{Civil, DAY, day_number, days_from_monday};

/// The periods that are compared: those of a length that end before the latest version known, because later ones may
/// still be on their way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Periods {
    level: Level,
    /// The first day behind the last of them.
    end: i64,
}

impl Periods {
    pub(crate) fn new(level: Level, watermark: i64) -> Self {
        Self { level, end: first_day(level, watermark.div_euclid(DAY)) }
    }

    /// The stretches of time that periods take up, given by their first days, in microseconds.
    pub(crate) fn stretches(&self, periods: &BTreeSet<i64>) -> Vec<RangeInclusive<i64>> {
        let mut stretches: Vec<RangeInclusive<i64>> = Vec::new();
        for first in periods {
            let start = first.saturating_mul(DAY);
            let end = next_first_day(self.level, *first).min(self.end).saturating_mul(DAY).saturating_sub(1);
            match stretches.last_mut() {
                Some(last) if last.end().saturating_add(1) == start => *last = *last.start()..=end,
                _ => stretches.push(start..=end),
            }
        }
        stretches
    }

    /// The first day of the period of a time; none if it is not compared.
    pub(crate) fn of(&self, time: i64) -> Option<i64> {
        let day = time.div_euclid(DAY);
        (time != NO_TIME && day < self.end).then(|| first_day(self.level, day))
    }
}

/// What there is of each period, by its first day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PeriodsOf {
    tallies: BTreeMap<i64, Tally>,
}

/// What there is of a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    rows: u64,
    /// The sum of the digests of the values, which does not depend on their order.
    values: u64,
}

impl PeriodsOf {
    /// Counts rows by the time when they were made, with the digest of a value for each, if values are compared.
    pub(crate) fn add(&mut self, periods: &Periods, created: &[i64], digests: Option<&[u64]>) {
        // Neighbours are of one day more often than not.
        let (mut day, mut period) = (i64::MAX, None);
        let mut digests = digests.map(|digests| digests.iter().copied());
        for time in created {
            let digest = digests.as_mut().and_then(Iterator::next).unwrap_or(0);
            if time.div_euclid(DAY) != day || *time == NO_TIME {
                (day, period) = (time.div_euclid(DAY), periods.of(*time));
            }
            if let Some(period) = period {
                let tally = self.tallies.entry(period).or_default();
                tally.rows += 1;
                tally.values = tally.values.wrapping_add(digest);
            }
        }
    }

    /// Adds what others counted.
    pub(crate) fn merge(&mut self, others: &Self) {
        for (period, more) in &others.tallies {
            let tally = self.tallies.entry(*period).or_default();
            tally.rows += more.rows;
            tally.values = tally.values.wrapping_add(more.values);
        }
    }

    /// The periods of which the other one has something else.
    pub(crate) fn differing(&self, other: &Self) -> BTreeSet<i64> {
        let all = self.tallies.keys().chain(other.tallies.keys());
        all.filter(|period| self.tallies.get(period) != other.tallies.get(period)).copied().collect()
    }

    /// How many periods have rows on either side.
    pub(crate) fn count(&self, other: &Self) -> usize {
        self.tallies.len() + other.tallies.keys().filter(|period| !self.tallies.contains_key(period)).count()
    }

    /// The rows of some periods.
    pub(crate) fn rows_of(&self, periods: &BTreeSet<i64>) -> u64 {
        periods.iter().filter_map(|period| self.tallies.get(period)).map(|tally| tally.rows).sum()
    }

    /// All rows counted.
    pub(crate) fn rows(&self) -> u64 {
        self.tallies.values().map(|tally| tally.rows).sum()
    }
}

/// The first day of the period that a day lies in.
fn first_day(level: Level, day: i64) -> i64 {
    let date = Civil::from_day(day);
    match level {
        Level::Year => day_number(date.year, 1, 1),
        Level::Quarter => day_number(date.year, date.month - (date.month - 1) % 3, 1),
        Level::Month => day_number(date.year, date.month, 1),
        Level::Week => day - days_from_monday(day),
        _ => day,
    }
}

/// The first day of the period after the one that begins on a day.
fn next_first_day(level: Level, first: i64) -> i64 {
    // As many days as the longest has lead into the next one, whatever its length.
    let longest = match level {
        Level::Year => 366,
        Level::Quarter => 92,
        Level::Month => 31,
        Level::Week => 7,
        _ => 1,
    };
    first_day(level, first.saturating_add(longest))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{DAY, Level, NO_TIME, Periods, PeriodsOf, day_number, first_day, next_first_day};

    #[test]
    fn periods_begin_where_the_calendar_says() {
        let day = day_number(2026, 8, 19);
        for (level, first) in [
            (Level::Year, day_number(2026, 1, 1)),
            (Level::Quarter, day_number(2026, 7, 1)),
            (Level::Month, day_number(2026, 8, 1)),
            (Level::Week, day_number(2026, 8, 17)),
            (Level::Day, day),
        ] {
            assert_eq!(first_day(level, day), first, "{level:?}");
            assert_eq!(first_day(level, first), first, "{level:?}");
        }
    }

    #[test]
    fn every_period_ends_where_the_next_begins() {
        for level in [Level::Year, Level::Quarter, Level::Month, Level::Week, Level::Day] {
            let mut first = first_day(level, day_number(1999, 12, 31));
            while first < day_number(2005, 1, 1) {
                let next = next_first_day(level, first);
                assert!(first < next && first_day(level, next) == next, "{level:?} {first}");
                assert_eq!(first_day(level, next - 1), first, "{level:?}");
                first = next;
            }
        }
    }

    #[test]
    fn periods_that_follow_each_other_are_one_stretch() {
        let periods = Periods::new(Level::Month, day_number(2026, 8, 19) * DAY);
        let days = |month| day_number(2026, month, 1);
        let stretches = periods.stretches(&BTreeSet::from([days(1), days(2), days(4), days(7)]));
        let expected = [(1, 3), (4, 5), (7, 8)].map(|(from, to)| days(from) * DAY..=days(to) * DAY - 1);
        assert_eq!(stretches, expected);
        assert!(periods.stretches(&BTreeSet::new()).is_empty());
    }

    #[test]
    fn the_running_period_and_unknown_times_are_not_compared() {
        let periods = Periods::new(Level::Month, day_number(2026, 8, 19) * DAY + 5);
        let end = day_number(2026, 8, 1) * DAY;
        assert_eq!(periods.of(end), None);
        assert_eq!(periods.of(end - 1), Some(day_number(2026, 7, 1)));
        assert_eq!(periods.of(NO_TIME), None);
    }

    #[test]
    fn counts_and_values_tell_periods_apart_and_their_order_does_not() {
        let periods = Periods::new(Level::Day, 10 * DAY);
        let of = |rows: &[(i64, u64)]| {
            let mut tallies = PeriodsOf::default();
            let (created, digests): (Vec<i64>, Vec<u64>) = rows.iter().copied().unzip();
            tallies.add(&periods, &created, Some(&digests));
            tallies
        };
        let one = of(&[(1, 7), (DAY, 3), (2, u64::MAX), (NO_TIME, 1), (3 * DAY, 5), (11 * DAY, 5)]);
        let other = of(&[(2 * DAY, 5), (5, u64::MAX), (3, 7), (DAY + 1, 4)]);
        assert_eq!(one.differing(&one.clone()), BTreeSet::new());
        assert_eq!(one.differing(&other), BTreeSet::from([1, 2, 3]));
        assert_eq!((one.count(&other), one.rows()), (4, 4));
        assert_eq!(one.rows_of(&BTreeSet::from([0, 2, 3])), 3);
        let (mut parts, rest) = (of(&[(1, 7), (3 * DAY, 5)]), of(&[(DAY, 3), (2, u64::MAX)]));
        parts.merge(&rest);
        assert_eq!(parts, one);
    }
}
