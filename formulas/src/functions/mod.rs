//! The functions, in groups. Each group is a table: the one place to add a function, next to its reference in
//! `interpret/functions`. Whoever compiles formulas is told by the compiler that a function is missing.
//!
//! | file | functions |
//! |---|---|
//! | `choice` | conditions and alternatives; they are rewritten to `CASE` when a formula is checked |
//! | `number` | arithmetic, rounding, logarithms, angles |
//! | `text` | pieces of texts, search, padding, likeness |
//! | `pattern` | regular expressions |
//! | `calendar` | parts and periods of dates and times, distances between them, working days |
//! | `clock` | making, reading and writing dates and times; zones; the clock |
//! | `conversion` | other types, with a lenient and a strict reading |
//! | `aggregate` | one value for the rows of a group |
//! | `window` | over the rows of an answer |

mod aggregate;
mod calendar;
mod choice;
mod clock;
mod conversion;
mod number;
mod pattern;
mod text;
mod window;

use crate::Entry;

pub use aggregate::AggregateFunction;
pub use calendar::CalendarFunction;
pub use choice::ChoiceFunction;
pub use clock::ClockFunction;
pub use conversion::ConversionFunction;
pub use number::NumberFunction;
pub use pattern::PatternFunction;
pub use text::TextFunction;
pub use window::WindowFunction;

/// A function of single values that is evaluated as such.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScalarFunction {
    /// Of numbers.
    Number(NumberFunction),
    /// Of texts.
    Text(TextFunction),
    /// Of texts and regular expressions.
    Pattern(PatternFunction),
    /// Of dates and times.
    Calendar(CalendarFunction),
    /// Between dates, times and texts.
    Clock(ClockFunction),
    /// Between types.
    Conversion(ConversionFunction),
}

impl ScalarFunction {
    /// All of them, group by group.
    pub fn all() -> impl Iterator<Item = Self> {
        let numbers = NumberFunction::ALL.iter().copied().map(Self::Number);
        let texts = TextFunction::ALL.iter().copied().map(Self::Text);
        let patterns = PatternFunction::ALL.iter().copied().map(Self::Pattern);
        let calendar = CalendarFunction::ALL.iter().copied().map(Self::Calendar);
        let clock = ClockFunction::ALL.iter().copied().map(Self::Clock);
        let conversions = ConversionFunction::ALL.iter().copied().map(Self::Conversion);
        numbers.chain(texts).chain(patterns).chain(calendar).chain(clock).chain(conversions)
    }

    /// What is known of it.
    #[must_use]
    pub fn entry(self) -> &'static Entry {
        match self {
            Self::Number(function) => function.entry(),
            Self::Text(function) => function.entry(),
            Self::Pattern(function) => function.entry(),
            Self::Calendar(function) => function.entry(),
            Self::Clock(function) => function.entry(),
            Self::Conversion(function) => function.entry(),
        }
    }
}
