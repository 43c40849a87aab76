//! One step of the way.

use serde::{Deserialize, Serialize};

use super::Clicked;
use super::rows::same_member;
use crate::query::{Member, Query};

/// One step of the way to a [`Drilled`](crate::Drilled) query: what was clicked, where, and the query before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crumb {
    place: usize,
    dimension: String,
    step: Step,
    clicked: Clicked,
    label: String,
    pub(super) query: Query,
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Step {
    /// It went one level down below what was clicked.
    Down,
    /// It expanded what was clicked, in its place.
    Open,
    /// It went to another dimension.
    To,
}

impl Crumb {
    pub(super) fn new(step: Step, place: usize, dimension: &str, clicked: &Clicked, before: Query) -> Self {
        let (dimension, clicked, label) = (dimension.to_owned(), clicked.clone(), clicked.label());
        Self { place, dimension, step, clicked, label, query: before }
    }

    /// The place of the dimension among those of the query. It never changes.
    #[must_use]
    pub fn place(&self) -> usize {
        self.place
    }

    /// How the dimension was called when it was clicked.
    #[must_use]
    pub fn dimension(&self) -> &str {
        &self.dimension
    }

    /// What was clicked.
    #[must_use]
    pub fn clicked(&self) -> &Clicked {
        &self.clicked
    }

    /// What to show: the label given by [`Drilled::labelled`](crate::Drilled::labelled), else the value or the id.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The query in whose answer it was clicked.
    #[must_use]
    pub fn query(&self) -> &Query {
        &self.query
    }

    pub(super) fn set_label(&mut self, label: String) {
        self.label = label;
    }

    /// Whether it put something else in the place of a dimension.
    pub(super) fn replaced(&self, place: usize) -> bool {
        self.place == place && self.step != Step::Open
    }

    /// Whether it expanded a member of a dimension.
    pub(super) fn opened(&self, place: usize, member: &Member) -> bool {
        let is_it = |clicked: Member| same_member(&clicked, member);
        self.place == place && self.step == Step::Open && self.clicked.member(&self.dimension).is_ok_and(is_it)
    }
}
