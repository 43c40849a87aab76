//! Whether, where and how often a part is found.

use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, BooleanArray, Datum, Int64Array, Scalar};
use arrow::error::ArrowError;
use datafusion::common::Result;

use super::super::call::Call;
use super::view::inline_ascii;

/// A column of a number of each text.
pub(super) fn counts(call: &Call<'_>, count: impl Fn(&str) -> usize) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    Ok(call.gather_integers(|row| i64::try_from(count(texts.get(row)?)).ok()))
}

/// A column of the numbers of characters.
pub(super) fn lengths(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    let Some(column) = texts.column() else { return counts(call, |text| text.chars().count()) };
    let lengths = column.views().iter().enumerate().map(|(row, view)| match inline_ascii(*view) {
        Some(length) => i64::from(length),
        None => texts.get(row).map_or(0, |text| i64::try_from(text.chars().count()).unwrap_or(i64::MAX)),
    });
    Ok(Arc::new(Int64Array::new(lengths.collect(), column.nulls().cloned())))
}

/// A column of a number of each text and a part.
pub(super) fn part_counts(call: &Call<'_>, count: impl Fn(&str, &str) -> usize) -> Result<ArrayRef> {
    let (texts, parts) = (call.texts(0)?, call.texts(1)?);
    Ok(call.gather_integers(|row| i64::try_from(count(texts.get(row)?, parts.get(row)?)).ok()))
}

/// A column of what a kernel of Arrow says of texts and parts.
pub(super) fn conditions(
    call: &Call<'_>,
    holds: impl Fn(&dyn Datum, &dyn Datum) -> std::result::Result<BooleanArray, ArrowError>,
) -> Result<ArrayRef> {
    Ok(Arc::new(holds(datum(call, 0)?.as_ref(), datum(call, 1)?.as_ref())?))
}

fn datum(call: &Call<'_>, place: usize) -> Result<Box<dyn Datum>> {
    let (array, constant) = call.array(place)?;
    Ok(if constant { Box::new(Scalar::new(array)) } else { Box::new(array) })
}

/// The place of the part, from 1; 0 if it is not there.
pub(super) fn position(text: &str, part: &str) -> usize {
    text.split_once(part).map_or(0, |(before, _)| before.chars().count() + 1)
}

pub(super) fn count_of(text: &str, part: &str) -> usize {
    if part.is_empty() { 0 } else { text.matches(part).count() }
}
