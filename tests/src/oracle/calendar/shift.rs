//! Where a comparison finds its base.

use super::{Calendar, Kind, Length, Range, add, add_months, micros_of};
use crate::oracle::wall::{self, DAY};
use crate::spec::{Level, Shift};

impl Calendar {
    /// How far the base of a comparison lies back.
    #[must_use]
    pub fn length(&self, shift: Shift, range: Range) -> Option<Length> {
        let Shift::By { quantity, unit } = shift else { return self.previous(range) };
        Some(Length::of(i64::from(quantity), unit))
    }

    /// As many whole units as the range has, if it has them, else its length.
    fn previous(&self, range: Range) -> Option<Length> {
        let (start, end) = (range.start?, range.end?);
        if end <= start {
            return Some(Length::Days(0));
        }
        let (first, next) = (self.day_of(start), self.day_of(end));
        if self.day_start(first) != start || self.day_start(next) != end {
            return Some(Length::Micros(end - start));
        }
        for unit in [1, 2, 3, 4, 5].map(Level) {
            if self.first_day(first, unit) != first || self.first_day(next, unit) != next {
                continue;
            }
            let count = (1..).find(|count| add(first, *count, unit) >= next)?;
            return Some(Length::of(count, unit));
        }
        None
    }

    /// Where a day goes; or else the day behind the month or year that is too short.
    fn move_day(&self, day: i32, length: Length, by_week: bool) -> Result<i32, i32> {
        match length {
            Length::Months(months) if by_week && months % 12 == 0 => {
                let start = self.first_day(day, Level(4));
                let (year, number) = wall::week_label(start, self.week_start);
                let year = year + (months / 12) as i32;
                let moved = wall::first_week(year, self.week_start) + 7 * (number - 1) + (day - start);
                let next = wall::first_week(year + 1, self.week_start);
                if moved < next { Ok(moved) } else { Err(next) }
            }
            Length::Months(months) => add_months(day, months),
            Length::Days(days) => Ok(day + days as i32),
            Length::Micros(micros) => Ok(day + micros.div_euclid(DAY) as i32),
        }
    }

    /// Where one side of a range goes, that far back.
    fn side_back(&self, value: i64, length: Length, by_week: bool) -> i64 {
        let back = length.reversed();
        if let (Length::Micros(micros), Kind::Instant | Kind::Local) = (back, self.kind) {
            return value + micros;
        }
        let day = self.day_of(value);
        let moved = self.move_day(day, back, by_week);
        if self.day_start(day) == value {
            return self.day_start(moved.unwrap_or_else(|next| next));
        }
        let shown = if self.kind == Kind::Instant { wall::wall(value, self.zone) } else { value };
        let time = shown.rem_euclid(DAY);
        let there = match moved {
            Ok(day) => i64::from(day) * DAY + time,
            Err(next) => i64::from(next) * DAY,
        };
        if self.kind == Kind::Instant { wall::resolve(there, self.zone) } else { there }
    }

    /// The range of the base. `grain` is the level by which the date is grouped.
    #[must_use]
    pub fn base_range(&self, range: Range, length: Length, grain: Option<Level>, trim: bool) -> Range {
        let by_week = grain == Some(Level(4));
        let back = |value: i64| self.side_back(value, length, by_week);
        let mut base = Range { start: range.start.map(back), end: range.end.map(back) };
        let now = self.now();
        let running = range.start.is_none_or(|start| start <= now) && range.end.is_none_or(|end| now < end);
        if trim && running {
            let cut = match self.kind {
                Kind::Date => match self.move_day(now as i32, length.reversed(), by_week) {
                    Ok(day) => i64::from(day) + 1,
                    Err(next) => i64::from(next),
                },
                _ => back(now),
            };
            base.end = Some(base.end.map_or(cut, |end| end.min(cut)));
        }
        base
    }

    /// The label that a bucket of the base has in the present; none if it meets no bucket there.
    #[must_use]
    pub fn present_label(&self, label: i64, level: Level, length: Length) -> Option<i64> {
        self.carried(label, level, length)
    }

    /// The label of the bucket that is the base of another.
    #[must_use]
    pub fn base_label(&self, label: i64, level: Level, length: Length) -> Option<i64> {
        self.carried(label, level, length.reversed())
    }

    fn carried(&self, label: i64, level: Level, length: Length) -> Option<i64> {
        let day = |length: Length| self.move_day(label as i32, length, level.0 == 4).ok().map(i64::from);
        match (length, level.0) {
            (Length::Days(0) | Length::Months(0) | Length::Micros(0), _) => Some(label),
            (Length::Months(months), 1) => {
                if months % 12 == 0 {
                    day(length)
                } else {
                    None
                }
            }
            (Length::Months(months), 2) => {
                if months % 3 == 0 {
                    day(length)
                } else {
                    None
                }
            }
            (Length::Months(_), 3 | 5) | (Length::Days(_), 5) => day(length),
            (Length::Months(months), 4) => {
                if months % 12 == 0 {
                    day(length)
                } else {
                    None
                }
            }
            (Length::Days(days), 4) => {
                if days % 7 == 0 {
                    day(length)
                } else {
                    None
                }
            }
            (Length::Micros(micros), 5) => {
                if micros % DAY == 0 {
                    day(length)
                } else {
                    None
                }
            }
            (Length::Micros(micros), 6..) => (micros % micros_of(level) == 0).then_some(label + micros),
            (_, 6..) if self.kind == Kind::Instant => {
                let shown = wall::wall(label, self.zone);
                let place = wall::showing(shown, self.zone).position(|at| at == label)?;
                let there = self.move_day(wall::day_of(shown), length, false).ok()?;
                let moved = i64::from(there) * DAY + shown.rem_euclid(DAY);
                wall::showing(moved, self.zone).nth(place)
            }
            (_, 6..) => {
                let there = self.move_day(wall::day_of(label), length, false).ok()?;
                Some(i64::from(there) * DAY + label.rem_euclid(DAY))
            }
            _ => None,
        }
    }
}
