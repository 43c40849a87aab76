//! Values as they stand in an answer, and how they are to be compared.

use super::columns::Writer;
use super::literals::{cast, decimal};
use crate::shown::Shown;

impl Writer<'_> {
    /// A value as it stands in the answer: dates as text, times as microseconds, instants with what the clock shows.
    pub(super) fn shown(&self, value: &str, shown: Shown) -> String {
        match shown {
            Shown::Day => cast(value, "VARCHAR"),
            Shown::Local => format!("epoch_us({value})"),
            Shown::Instant => {
                let clock = self.shown_at(value);
                format!("CASE WHEN {value} IS NOT NULL THEN [epoch_us({value}), epoch_us({clock})] END")
            }
            Shown::Part(part) if part.is_name() => self.part_name(value, part),
            _ => value.to_owned(),
        }
    }

    /// The cells of a row as they stand in the answer.
    pub(super) fn shown_cells(&self) -> Vec<String> {
        self.cells.iter().enumerate().map(|(index, shown)| self.shown(&format!("c{index}"), *shown)).collect()
    }
}

/// How two values of a column are compared.
pub(super) fn kind(shown: Shown) -> &'static str {
    match shown {
        Shown::Text => "text",
        Shown::Boolean => "boolean",
        Shown::Part(part) if part.is_name() => "text",
        Shown::Integer | Shown::Decimal(_) | Shown::Sum(_) | Shown::Part(_) => "exact",
        Shown::Day => "day",
        Shown::Instant => "instant",
        Shown::Local => "local",
        Shown::Edges => "edges",
        Shown::Histogram => "bins",
        Shown::About => "about",
        Shown::Bounds => "bounds",
        Shown::Between => "between",
        Shown::Float | Shown::Average | Shown::Median | Shown::Deviation | Shown::Near | Shown::Change => "float",
    }
}

/// NULL of a type with which windows go on.
pub(super) fn null(shown: Shown) -> String {
    match shown {
        Shown::Integer => cast("NULL", "BIGINT"),
        Shown::Float => cast("NULL", "DOUBLE"),
        Shown::Sum(digits) | Shown::Decimal(digits) => cast("NULL", &decimal(digits)),
        _ => "NULL".to_owned(),
    }
}
