//! Pieces of texts: slices by place and between separators.

use arrow::array::ArrayRef;
use datafusion::common::Result;

use super::super::call::Call;
use super::search::count_of;

/// A column of slices of texts, by a part.
pub(super) fn slices(call: &Call<'_>, slice: impl for<'t> Fn(&'t str, &str) -> Option<&'t str>) -> Result<ArrayRef> {
    let (texts, parts) = (call.texts(0)?, call.texts(1)?);
    Ok(call.gather_texts(|row| slice(texts.get(row)?, parts.get(row)?)))
}

/// A column of slices of texts, by a number of characters.
pub(super) fn counted(call: &Call<'_>, slice: impl for<'t> Fn(&'t str, usize) -> Option<&'t str>) -> Result<ArrayRef> {
    let (texts, counts) = (call.texts(0)?, call.integers(1)?);
    Ok(call.gather_texts(|row| slice(texts.get(row)?, characters(counts.get(row)?)?)))
}

pub(super) fn left(text: &str, count: usize) -> Option<&str> {
    text.get(..offset(text, count))
}

pub(super) fn right(text: &str, count: usize) -> Option<&str> {
    text.get(offset_from_end(text, count)..)
}

pub(super) fn substrings(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, starts) = (call.texts(0)?, call.integers(1)?);
    if call.count() < 3 {
        return Ok(call.gather_texts(|row| from_place(texts.get(row)?, starts.get(row)?)));
    }
    let lengths = call.integers(2)?;
    Ok(call.gather_texts(|row| {
        let length = characters(lengths.get(row)?)?;
        left(from_place(texts.get(row)?, starts.get(row)?)?, length)
    }))
}

/// The characters from a place on, which counts from 1, or from -1 back.
fn from_place(text: &str, place: i64) -> Option<&str> {
    let count = usize::try_from(place.unsigned_abs()).unwrap_or(usize::MAX);
    match place {
        0 => None,
        1.. => text.get(offset(text, count - 1)..),
        _ => right(text, count),
    }
}

pub(super) fn split_parts(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, separators, places) = (call.texts(0)?, call.texts(1)?, call.integers(2)?);
    Ok(call.gather_texts(|row| split_part(texts.get(row)?, separators.get(row)?, places.get(row)?)))
}

fn split_part<'t>(text: &'t str, separator: &str, place: i64) -> Option<&'t str> {
    let count = usize::try_from(place.unsigned_abs()).ok()?;
    let before = match place {
        0 => return None,
        1.. => count - 1,
        // Not from the right: that would find other separators where they overlap.
        _ => (count_of(text, separator) + 1).checked_sub(count)?,
    };
    if separator.is_empty() {
        return (before == 0).then_some(text);
    }
    text.split(separator).nth(before)
}

/// A number of characters; none if it is negative.
pub(super) fn characters(count: i64) -> Option<usize> {
    u64::try_from(count).ok().map(|count| usize::try_from(count).unwrap_or(usize::MAX))
}

/// Where so many characters end.
pub(super) fn offset(text: &str, count: usize) -> usize {
    // A character has a byte at least.
    if count >= text.len() {
        return text.len();
    }
    text.char_indices().nth(count).map_or(text.len(), |(place, _)| place)
}

/// Where the last so many characters begin.
fn offset_from_end(text: &str, count: usize) -> usize {
    match count.checked_sub(1) {
        None => text.len(),
        Some(_) if count >= text.len() => 0,
        Some(before) => text.char_indices().rev().nth(before).map_or(0, |(place, _)| place),
    }
}
