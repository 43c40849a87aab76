//! Pieces of texts, by place and between separators.

use super::argument::{characters, count, integer, shown};
use super::search::{first, places_of};
use crate::interpret::Value;

pub(super) fn left(arguments: &[Value]) -> Option<Value> {
    shown(characters(arguments, 0)?.into_iter().take(count(arguments, 1)?))
}

pub(super) fn right(arguments: &[Value]) -> Option<Value> {
    let (text, count) = (characters(arguments, 0)?, count(arguments, 1)?);
    let left_out = text.len().saturating_sub(count);
    shown(text.into_iter().skip(left_out))
}

pub(super) fn substring(arguments: &[Value]) -> Option<Value> {
    let (text, start) = (characters(arguments, 0)?, integer(arguments, 1)?);
    let length = if arguments.len() > 2 { count(arguments, 2)? } else { usize::MAX };
    let held = i64::try_from(text.len()).ok()?;
    let left_out = match start {
        0 => return None,
        1.. => start - 1,
        _ => held.saturating_add(start).max(0),
    };
    shown(text.into_iter().skip(usize::try_from(left_out).ok()?).take(length))
}

pub(super) fn split_part(arguments: &[Value]) -> Option<Value> {
    let parts = split(&characters(arguments, 0)?, &characters(arguments, 1)?)?;
    let place = integer(arguments, 2)?;
    let held = i64::try_from(parts.len()).ok()?;
    let index = if place > 0 { place - 1 } else { held.saturating_add(place) };
    if index >= held {
        return None;
    }
    shown(parts.into_iter().nth(usize::try_from(index).ok()?)?)
}

pub(super) fn before(arguments: &[Value]) -> Option<Value> {
    let place = first(arguments)??;
    shown(characters(arguments, 0)?.into_iter().take(place))
}

pub(super) fn after(arguments: &[Value]) -> Option<Value> {
    let place = first(arguments)??;
    let length = characters(arguments, 1)?.len();
    shown(characters(arguments, 0)?.into_iter().skip(place + length))
}

/// The parts between separators.
pub(super) fn split(text: &[char], separator: &[char]) -> Option<Vec<Vec<char>>> {
    let places = places_of(text, separator);
    let starts = std::iter::once(0).chain(places.iter().map(|place| place + separator.len()));
    let ends = places.iter().copied().chain([text.len()]);
    starts.zip(ends).map(|(start, end)| text.get(start..end).map(<[char]>::to_vec)).collect()
}
