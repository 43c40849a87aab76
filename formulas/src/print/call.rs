//! Calls with their clauses, and the types of `CAST`.

use std::fmt::{self, Display, Formatter};

use super::Joined;
use crate::precedence::Precedence;
use crate::tree::{Call, CastTarget, Grain, GrainKind, OrderKey};

/// Names or keys with commas between them.
struct Listed<'a, T>(&'a [T]);

impl<T: Display> Display for Listed<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(items) = self;
        for (index, item) in items.iter().enumerate() {
            let between = if index > 0 { ", " } else { "" };
            write!(f, "{between}{item}")?;
        }
        Ok(())
    }
}

impl Display for Call {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}({}", self.function.name(), Joined(&self.arguments, ", ", Precedence::Or))?;
        // Clauses stand apart from what is before them, but not from the bracket.
        let mut blank = if self.arguments.is_empty() { "" } else { " " };
        if let Some(filter) = &self.filter {
            write!(f, "{blank}WHERE {filter}")?;
            blank = " ";
        }
        if let Some(grain) = &self.grain {
            write!(f, "{blank}{grain}")?;
            blank = " ";
        }
        if let Some(partition) = &self.partition {
            let all = if partition.is_empty() { "()" } else { "" };
            write!(f, "{blank}PARTITION BY {all}{}", Listed(partition))?;
            blank = " ";
        }
        if !self.order.is_empty() {
            write!(f, "{blank}ORDER BY {}", Listed(&self.order))?;
        }
        f.write_str(")")
    }
}

impl Display for Grain {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let blank = if self.by.is_empty() { "" } else { " " };
        write!(f, "{}{blank}{}", self.kind.word(), Listed(&self.by))
    }
}

impl GrainKind {
    /// The word in a formula.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Full => "FULL",
            Self::Fixed => "FIXED",
            Self::Include => "INCLUDE",
            Self::Exclude => "EXCLUDE",
        }
    }
}

impl Display for OrderKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let direction = if self.descending { " DESC" } else { "" };
        let nulls = if self.nulls_first { " NULLS FIRST" } else { "" };
        write!(f, "{}{direction}{nulls}", self.by)
    }
}

impl Display for CastTarget {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Float => "numeric",
            Self::Integer => "integer",
            Self::Decimal { precision, scale } => return write!(f, "decimal({precision}, {scale})"),
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Datetime => "datetime",
            Self::LocalDatetime => "local_datetime",
        })
    }
}
