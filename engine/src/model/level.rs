//! Levels of a datetime: the nine of the vocabulary, and the cyclic parts.

use serde::{Deserialize, Serialize};

/// A datetime level, from 1 (year) to 9 (millisecond).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 1: years.
    Year,
    /// 2: quarters.
    Quarter,
    /// 3: months.
    Month,
    /// 4: weeks, from the query's week start.
    Week,
    /// 5: days.
    Day,
    /// 6: hours.
    Hour,
    /// 7: minutes.
    Minute,
    /// 8: seconds.
    Second,
    /// 9: milliseconds.
    Millisecond,
}

impl Level {
    /// The nine levels, from year to millisecond.
    pub const ALL: [Self; 9] = [
        Self::Year,
        Self::Quarter,
        Self::Month,
        Self::Week,
        Self::Day,
        Self::Hour,
        Self::Minute,
        Self::Second,
        Self::Millisecond,
    ];

    /// The level of a number from 1 to 9.
    #[must_use]
    pub fn from_number(number: u64) -> Option<Self> {
        usize::try_from(number).ok()?.checked_sub(1).and_then(|index| Self::ALL.get(index)).copied()
    }

    /// The level of a name such as `month`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }

    /// The name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Quarter => "quarter",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
            Self::Millisecond => "millisecond",
        }
    }

    /// Whether the level is a day or coarser, so that its buckets are calendar dates.
    #[must_use]
    pub fn is_calendar(self) -> bool {
        self <= Self::Day
    }
}

/// A part of a datetime that comes round again, such as the hour in the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CyclicPart {
    /// 1 to 4.
    QuarterNumber,
    /// 1 to 12.
    MonthNumber,
    /// January to December, in that order.
    MonthName,
    /// 1 to 53; week 1 holds 4 January.
    WeekNumber,
    /// 1 to 31.
    DayInMonth,
    /// 1 to 366.
    DayInYear,
    /// 1 to 7, from the week start.
    WeekdayNumber,
    /// Monday to Sunday, in the order of the week start.
    WeekdayName,
    /// 0 to 23.
    HourInDay,
    /// 0 to 59.
    MinuteInHour,
    /// 0 to 59.
    SecondInMinute,
}

impl CyclicPart {
    /// Every part.
    pub const ALL: [Self; 11] = [
        Self::QuarterNumber,
        Self::MonthNumber,
        Self::MonthName,
        Self::WeekNumber,
        Self::DayInMonth,
        Self::DayInYear,
        Self::WeekdayNumber,
        Self::WeekdayName,
        Self::HourInDay,
        Self::MinuteInHour,
        Self::SecondInMinute,
    ];

    /// The name in a query document.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::QuarterNumber => "quarter_number",
            Self::MonthNumber => "month_number",
            Self::MonthName => "month_name",
            Self::WeekNumber => "week_number",
            Self::DayInMonth => "day_in_month",
            Self::DayInYear => "day_in_year",
            Self::WeekdayNumber => "weekday_number",
            Self::WeekdayName => "weekday_name",
            Self::HourInDay => "hour_in_day",
            Self::MinuteInHour => "minute_in_hour",
            Self::SecondInMinute => "second_in_minute",
        }
    }

    /// The part of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }

    /// Whether the part needs a time of day, which a date does not have.
    #[must_use]
    pub fn is_below_day(self) -> bool {
        matches!(self, Self::HourInDay | Self::MinuteInHour | Self::SecondInMinute)
    }
}

/// The first day of a week; Monday unless a query says otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeekStart {
    /// Weeks from Monday to Sunday.
    #[default]
    Monday,
    /// Weeks from Tuesday.
    Tuesday,
    /// Weeks from Wednesday.
    Wednesday,
    /// Weeks from Thursday.
    Thursday,
    /// Weeks from Friday.
    Friday,
    /// Weeks from Saturday.
    Saturday,
    /// Weeks from Sunday to Saturday.
    Sunday,
}

impl WeekStart {
    /// Days from Monday to the start of the week: 0 for Monday, 6 for Sunday.
    #[must_use]
    pub fn days_from_monday(self) -> i64 {
        match self {
            Self::Monday => 0,
            Self::Tuesday => 1,
            Self::Wednesday => 2,
            Self::Thursday => 3,
            Self::Friday => 4,
            Self::Saturday => 5,
            Self::Sunday => 6,
        }
    }
}
