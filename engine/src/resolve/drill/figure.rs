//! What a column of the answer is made of.

use crate::error::{Error, Result};
use crate::resolve::{Groups, Measure, Window};
use crate::suggest;

/// A measure in one period or two; without one the group itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Figure<'a> {
    pub(super) measure: Option<&'a Measure>,
    /// Whether rows of the present count.
    pub(super) present: bool,
    /// Whether rows of the base of the comparison count.
    pub(super) base: bool,
    /// The window that adds the measure up along a date.
    pub(super) running: Option<usize>,
}

impl<'a> Figure<'a> {
    /// All rows of a group.
    const GROUP: Self = Self { measure: None, present: true, base: false, running: None };

    /// What a column of that name is made of. A comparison with the base has the rows of both periods, a window those
    /// of what it is computed from.
    ///
    /// # Errors
    ///
    /// `InvalidQuery` if no measure, comparison or window has that name.
    pub(super) fn of(name: Option<&str>, groups: &'a Groups) -> Result<Self> {
        let Some(name) = name else { return Ok(Self::GROUP) };
        let outputs = || groups.outputs().skip(groups.dimensions.len());
        let Some(place) = outputs().position(|output| output.name == name) else {
            let hint = suggest::hint(name, outputs().map(|output| output.name.as_str()));
            return Err(Error::query(format!("the query has no measure `{name}`{hint}")));
        };
        Ok(Self::of_cell(place, groups))
    }

    /// By the place of a column among those that are no dimensions.
    fn of_cell(place: usize, groups: &'a Groups) -> Self {
        let first = groups.dimensions.len();
        if let Some(measure) = groups.measures.get(place) {
            let running = groups.steps.windows.iter().position(|window| window.replaces == Some(first + place));
            return Self { measure: Some(measure), running, ..Self::GROUP };
        }
        let place = place - groups.measures.len();
        let compared = groups.steps.compare.as_ref().map(|compare| compare.measures.as_slice()).unwrap_or_default();
        if let Some(compared) = compared.get(place / 3) {
            // The value of the base, then the change and its ratio, for which both count.
            let present = !place.is_multiple_of(3);
            return Self { measure: groups.measures.get(compared.measure), present, base: true, running: None };
        }
        let place = place - 3 * compared.len();
        let window = groups.steps.windows.iter().filter(|window| window.replaces.is_none()).nth(place);
        window.map_or(Self::GROUP, |window| Self::of_window(window, groups))
    }

    /// What a window is computed from in its own row. Of several columns, or with aggregates of its own, it has all
    /// rows of the group, in each period that one of them is of.
    fn of_window(window: &Window, groups: &'a Groups) -> Self {
        let sources = window.sources();
        let measures = sources.columns.iter().filter_map(|column| column.checked_sub(groups.dimensions.len()));
        let columns = measures.map(|place| Self::of_cell(place, groups));
        let all: Vec<Self> = columns.chain(sources.aggregates.then_some(Self::GROUP)).collect();
        match all.as_slice() {
            [] => Self::GROUP,
            [first, rest @ ..] if rest.iter().all(|other| other == first) => *first,
            several => Self {
                measure: None,
                present: several.iter().any(|figure| figure.present),
                base: several.iter().any(|figure| figure.base),
                running: None,
            },
        }
    }
}
