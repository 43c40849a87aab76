//! Whether, where and how often a part is found.

use super::argument::characters;
use crate::interpret::Value;

/// The first place of the second argument in the first, if it has one; nothing without arguments.
pub(super) fn first(arguments: &[Value]) -> Option<Option<usize>> {
    Some(find(&characters(arguments, 0)?, &characters(arguments, 1)?, 0))
}

/// The places of the second argument in the first.
pub(super) fn places(arguments: &[Value]) -> Option<Vec<usize>> {
    Some(places_of(&characters(arguments, 0)?, &characters(arguments, 1)?))
}

/// The first place of the part from a place on.
fn find(text: &[char], part: &[char], from: usize) -> Option<usize> {
    (from..=text.len()).find(|place| text.get(*place..).is_some_and(|rest| rest.starts_with(part)))
}

/// The places of the part from left to right, each behind the end of the one before; none of an empty part.
pub(super) fn places_of(text: &[char], part: &[char]) -> Vec<usize> {
    let next = |from: usize| if part.is_empty() { None } else { find(text, part, from) };
    std::iter::successors(next(0), |place| next(place + part.len())).collect()
}
