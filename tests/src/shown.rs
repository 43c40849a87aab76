//! What the columns of an answer hold, told from the query alone.

use crate::cell::Type;
use crate::spec::{Aggregation, At, Bucket, Dimension, Measure, Part};
use crate::world::World;

/// How a column of an answer is to be compared and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Text.
    Text,
    /// A boolean.
    Boolean,
    /// An integer.
    Integer,
    /// A float, equal in every bit.
    Float,
    /// A decimal with this many digits behind the point.
    Decimal(u32),
    /// A date.
    Day,
    /// An instant, in the query's zone.
    Instant,
    /// A wall clock time.
    Local,
    /// A cyclic part.
    Part(Part),
    /// An exact sum of integers or decimals, with this many digits behind the point.
    Sum(u32),
    /// A quotient, at most one float off.
    Average,
    /// A middle value: the nearest float.
    Median,
    /// A variance or standard deviation, one part in a thousand million off.
    Deviation,
}

/// A column as it is.
#[must_use]
pub fn column(world: &World, at: At) -> Shown {
    match world.column(at.path, at.column).ty {
        Type::Text => Shown::Text,
        Type::Boolean => Shown::Boolean,
        Type::Integer => Shown::Integer,
        Type::Float => Shown::Float,
        Type::Decimal(scale) => Shown::Decimal(scale),
        Type::Date => Shown::Day,
        Type::Datetime => Shown::Instant,
        Type::LocalDatetime => Shown::Local,
    }
}

/// A dimension.
#[must_use]
pub fn dimension(world: &World, dimension: &Dimension) -> Shown {
    match dimension.bucket {
        None => column(world, dimension.at),
        Some(Bucket::Part(part)) => Shown::Part(part),
        Some(Bucket::Level { level, .. }) if level.is_calendar() => Shown::Day,
        Some(Bucket::Level { .. }) => column(world, dimension.at),
    }
}

/// A measure.
#[must_use]
pub fn measure(world: &World, measure: &Measure) -> Shown {
    let Some(at) = measure.at else { return Shown::Integer };
    let of = column(world, at);
    match measure.aggregation {
        Aggregation::Count | Aggregation::CountValues | Aggregation::DistinctCount => Shown::Integer,
        Aggregation::Sum => match of {
            Shown::Integer => Shown::Sum(0),
            Shown::Decimal(scale) => Shown::Sum(scale),
            other => other,
        },
        Aggregation::Average => Shown::Average,
        Aggregation::Median => Shown::Median,
        Aggregation::Min | Aggregation::Max => of,
        Aggregation::Stddev | Aggregation::Variance => Shown::Deviation,
    }
}
