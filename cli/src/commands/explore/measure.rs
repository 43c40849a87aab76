//! What can be measured.

use crate::plain::plain;
use drillcore::{Aggregation, Measure, column_in, count, formula, stored_formula};

/// How the queries call the measure that is shown.
pub(super) const VALUE: &str = "shown_value";

/// A measure to choose.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Choice {
    /// How the command line calls it.
    pub(super) id: String,
    /// How it is shown.
    pub(super) label: String,
    pub(super) measure: Measure,
    /// Whether the values of members add up to that of all; none where only the values tell.
    pub(super) adds_up: Option<bool>,
}

impl Choice {
    /// The number of rows.
    pub(super) fn count() -> Self {
        Self { id: "count".to_owned(), label: "count".to_owned(), measure: count().named(VALUE), adds_up: Some(true) }
    }

    /// A numeric column with its aggregation.
    pub(super) fn column(dataset: &str, id: &str, label: &str, aggregation: Aggregation) -> Self {
        let adds_up = matches!(aggregation, Aggregation::Sum | Aggregation::Count | Aggregation::CountValues);
        Self {
            id: id.to_owned(),
            label: format!("{} of {}", aggregation.as_str(), plain(label)),
            measure: Measure::new(aggregation, column_in(dataset, id)).named(VALUE),
            adds_up: Some(adds_up),
        }
    }

    /// A stored formula.
    pub(super) fn stored(name: &str) -> Self {
        let measure = stored_formula(name).named(VALUE);
        Self { id: name.to_owned(), label: plain(name), measure, adds_up: None }
    }

    /// The text of a formula.
    pub(super) fn text(text: &str) -> Self {
        Self { id: text.to_owned(), label: plain(text), measure: formula(text).named(VALUE), adds_up: None }
    }
}
