//! What is done to datetimes: levels and cyclic parts.

/// The nine levels of a datetime, from 1 (year) to 9 (millisecond).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level(pub u8);

impl Level {
    /// Names, from level 1 on.
    pub const NAMES: [&str; 9] = ["year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond"];

    /// The level's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[usize::from(self.0) - 1]
    }

    /// Whether buckets are whole days.
    #[must_use]
    pub fn is_calendar(self) -> bool {
        self.0 <= 5
    }
}

/// The eleven cyclic parts, by their place in [`Part::NAMES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part(pub u8);

impl Part {
    /// Names as they stand in a query.
    pub const NAMES: [&str; 11] = [
        "quarter_number",
        "month_number",
        "month_name",
        "week_number",
        "day_in_month",
        "day_in_year",
        "weekday_number",
        "weekday_name",
        "hour_in_day",
        "minute_in_hour",
        "second_in_minute",
    ];

    /// The part's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[usize::from(self.0)]
    }

    /// Whether a date has no such part.
    #[must_use]
    pub fn is_below_day(self) -> bool {
        self.0 >= 8
    }

    /// Whether the part is shown by name.
    #[must_use]
    pub fn is_name(self) -> bool {
        matches!(self.0, 2 | 7)
    }
}

/// What is done to a datetime before it is grouped or compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bucket {
    /// The bucket of a level; `named` writes the level's name instead of its number.
    Level {
        /// The level.
        level: Level,
        /// How it is written.
        named: bool,
    },
    /// A cyclic part.
    Part(Part),
}
