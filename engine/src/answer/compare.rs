//! The base of a comparison: its groups under the labels of the present period.

use arrow::array::ArrayRef;

use super::states::States;
use super::times::{label_array, labels};
use crate::error::{Error, Result};
use crate::resolve::{Compare, Groups, ResolvedQuery};
use crate::time::{Displacement, TimeKind};

/// The keys of the states of a base as they are called in the present period, and which of them have a counterpart
/// there. Those without stand in no answer.
pub(super) fn present_keys(
    query: &ResolvedQuery,
    groups: &Groups,
    compare: &Compare,
    base: &States,
) -> Result<(Vec<ArrayRef>, Vec<bool>)> {
    let mut keys = base.keys.clone();
    let mut counts = vec![true; base.rows];
    for (index, level) in &compare.shifted {
        let Some(place) = keys.get_mut(*index) else { continue };
        let kind = kind_of(groups, *index)?;
        let moved: Vec<Option<i64>> = labels(place)?
            .into_iter()
            .map(|label| label.map(|label| present(compare.displacement, label, *level, query, kind)))
            .zip(&mut counts)
            .map(|(label, counts)| match label {
                Some(None) => {
                    *counts = false;
                    None
                }
                label => label.flatten(),
            })
            .collect();
        *place = label_array(&moved, place.data_type())?;
    }
    Ok((keys, counts))
}

fn present(
    displacement: Displacement,
    label: i64,
    level: crate::model::Level,
    query: &ResolvedQuery,
    kind: TimeKind,
) -> Option<i64> {
    displacement.present_of(label, level, &query.calendar, kind)
}

/// How the date that a dimension buckets stands in time.
pub(super) fn kind_of(groups: &Groups, dimension: usize) -> Result<TimeKind> {
    let found = groups.dimensions.get(dimension).and_then(|dimension| dimension.value.time_kind());
    found.ok_or_else(|| Error::internal("a dimension that should be a date is none"))
}
