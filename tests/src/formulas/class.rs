//! Types without the digits of decimals: what an expression is made for, and what a function takes.

use drillcore_formulas::{Kind, Type};

use crate::rng::Rng;

/// A type of any digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// True or false.
    Boolean,
    /// A signed 64-bit integer.
    Integer,
    /// An exact decimal.
    Decimal,
    /// A 64-bit float.
    Float,
    /// UTF-8 text.
    Text,
    /// A calendar date.
    Date,
    /// An instant.
    Datetime,
    /// A wall clock time.
    LocalDatetime,
}

const ALL: &[Class] = &[
    Class::Boolean,
    Class::Integer,
    Class::Decimal,
    Class::Float,
    Class::Text,
    Class::Date,
    Class::Datetime,
    Class::LocalDatetime,
];
const NUMBERS: &[Class] = &[Class::Integer, Class::Decimal, Class::Float];
const TIMES: &[Class] = &[Class::Date, Class::Datetime, Class::LocalDatetime];

impl Class {
    /// Every class.
    pub const ALL: &'static [Self] = ALL;
    /// Those of numbers.
    pub const NUMBERS: &'static [Self] = NUMBERS;
    /// Those of dates and times.
    pub const TIMES: &'static [Self] = TIMES;

    /// The class of a type.
    #[must_use]
    pub fn of(value_type: Type) -> Self {
        match value_type {
            Type::Boolean => Self::Boolean,
            Type::Integer => Self::Integer,
            Type::Decimal { .. } => Self::Decimal,
            Type::Float => Self::Float,
            Type::Text => Self::Text,
            Type::Date => Self::Date,
            Type::Datetime => Self::Datetime,
            Type::LocalDatetime => Self::LocalDatetime,
        }
    }

    /// A type of the class.
    #[must_use]
    pub fn sample(self) -> Type {
        match self {
            Self::Boolean => Type::Boolean,
            Self::Integer => Type::Integer,
            Self::Decimal => Type::Decimal { precision: 10, scale: 2 },
            Self::Float => Type::Float,
            Self::Text => Type::Text,
            Self::Date => Type::Date,
            Self::Datetime => Type::Datetime,
            Self::LocalDatetime => Type::LocalDatetime,
        }
    }

    /// Whether it is a number.
    #[must_use]
    pub fn is_number(self) -> bool {
        NUMBERS.contains(&self)
    }

    /// Whether it is a date or time.
    #[must_use]
    pub fn is_time(self) -> bool {
        TIMES.contains(&self)
    }

    /// A name of a type of the class behind `CAST(..,`.
    pub(super) fn target(self, rng: &mut Rng) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Decimal => rng.pick::<&str>(&[
                "decimal(10,2)",
                "decimal(5,0)",
                "decimal(18,6)",
                "decimal(38,10)",
                "decimal(76,20)",
            ]),
            Self::Float => rng.pick::<&str>(&["float", "numeric"]),
            Self::Text => rng.pick::<&str>(&["text", "hierarchy"]),
            Self::Date => "date",
            Self::Datetime => "datetime",
            Self::LocalDatetime => "local_datetime",
        }
    }
}

/// What a function can get for an argument of a kind.
pub(super) fn gets(kind: Kind) -> &'static [Class] {
    match kind {
        Kind::Boolean => &[Class::Boolean],
        Kind::Integer | Kind::Constant(..) => &[Class::Integer],
        Kind::Float | Kind::Share => &[Class::Float],
        Kind::Number => NUMBERS,
        Kind::Text | Kind::Word(_) | Kind::Separator | Kind::Pattern | Kind::DateFormat | Kind::Zone => &[Class::Text],
        Kind::Date => &[Class::Date],
        Kind::Wall => &[Class::Date, Class::LocalDatetime],
        Kind::WallTime => &[Class::LocalDatetime],
        Kind::Moment => TIMES,
        Kind::Instant => &[Class::Datetime],
        _ => ALL,
    }
}

/// Whether an argument of a kind is written as a constant.
pub(super) fn is_constant(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Word(_)
            | Kind::Constant(..)
            | Kind::Share
            | Kind::Separator
            | Kind::Pattern
            | Kind::DateFormat
            | Kind::Zone
    )
}

/// What may be written where a function gets a class for an argument of a kind.
pub(super) fn written(kind: Kind, class: Class, rng: &mut Rng) -> Class {
    use Class::{Date, Datetime, LocalDatetime};
    match (kind, class) {
        // An instant is no class that these get; where it is asked for, it must be written.
        (Kind::Date | Kind::Wall | Kind::WallTime, Datetime) => Datetime,
        (Kind::Float, _) => *rng.pick(NUMBERS),
        (Kind::Date, _) => *rng.pick(&[Date, Date, Date, LocalDatetime, Datetime]),
        (Kind::Wall, LocalDatetime) => *rng.pick(&[LocalDatetime, LocalDatetime, Datetime]),
        (Kind::WallTime, _) => *rng.pick(&[LocalDatetime, LocalDatetime, Datetime, Date]),
        (Kind::Instant, _) => *rng.pick(&[Datetime, Datetime, Datetime, LocalDatetime, Date]),
        (_, class) => class,
    }
}
