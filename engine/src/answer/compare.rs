//! The base of a comparison: its groups under the labels of the present period.

use arrow::array::ArrayRef;

use super::times::{label_array, labels};
use crate::error::{Error, Result};
use crate::resolve::{Compare, Groups, LostLabels, ResolvedQuery};
use crate::time::TimeKind;

/// The keys of states of a base as they are called in the present period.
#[derive(Debug)]
pub(super) struct Moved {
    pub(super) keys: Vec<ArrayRef>,
    /// Which of the states have a counterpart there. Those without stand in no answer.
    pub(super) counts: Vec<bool>,
    /// The labels without a counterpart.
    pub(super) lost: LostLabels,
}

/// Calls the keys of some dimensions, in so many states of a base, as they are called in the present period.
pub(super) fn present_keys(
    query: &ResolvedQuery,
    groups: &Groups,
    compare: &Compare,
    dimensions: &[usize],
    keys: &[ArrayRef],
    states: usize,
) -> Result<Moved> {
    let mut moved = Moved { keys: keys.to_vec(), counts: vec![true; states], lost: LostLabels::new() };
    for (index, level) in &compare.shifted {
        let place = dimensions.iter().position(|dimension| dimension == index);
        let Some(column) = place.and_then(|place| moved.keys.get_mut(place)) else { continue };
        let kind = kind_of(groups, *index)?;
        let mut present = Vec::with_capacity(states);
        for (label, counts) in labels(column)?.into_iter().zip(&mut moved.counts) {
            let found = label.and_then(|label| compare.displacement.present_of(label, *level, &query.calendar, kind));
            if let (Some(label), None) = (label, found) {
                *counts = false;
                moved.lost.entry(*index).or_default().insert(label);
            }
            present.push(found);
        }
        *column = label_array(&present, column.data_type())?;
    }
    Ok(moved)
}

/// How the date that a dimension buckets stands in time.
pub(super) fn kind_of(groups: &Groups, dimension: usize) -> Result<TimeKind> {
    let found = groups.dimensions.get(dimension).and_then(|dimension| dimension.value.time_kind());
    found.ok_or_else(|| Error::internal("a dimension that should be a date is none"))
}
