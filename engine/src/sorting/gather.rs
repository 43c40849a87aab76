//! Rows from several sources put together, all columns at once, with their values as they are.

use std::mem::discriminant;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions, UInt32Array};
use arrow::compute::{concat, interleave, take};
use arrow::datatypes::{DataType, FieldRef, SchemaRef, UInt16Type};
use arrow::error::ArrowError;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::column::{Form, owned};
use super::failure::unsorted;
use super::packed::Packed;
use crate::error::Result;

/// Where the texts of gathered rows lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Texts {
    /// Where they were, which keeps the sources alive that they come from.
    Shared,
    /// In buffers that hold nothing else.
    Owned,
}

/// The values of a column of one source, and how they are held.
type Held<'a> = (&'a ArrayRef, &'a Form);

/// The rows at these places: of which source, and which row of it. Works in parallel on the rayon pool of the calling
/// thread.
pub(super) fn gather(
    schema: &SchemaRef,
    sources: &[Arc<Packed>],
    places: &[(usize, usize)],
    texts: Texts,
) -> Result<RecordBatch> {
    let column = |(column, field): (usize, &FieldRef)| {
        let held: Vec<Held<'_>> = sources.iter().filter_map(|source| source.column(column)).collect();
        let picked = pick(field.data_type(), &held, places)?;
        Ok(if texts == Texts::Owned { owned(picked) } else { picked })
    };
    let columns: Result<Vec<ArrayRef>, ArrowError> = schema.fields().par_iter().enumerate().map(column).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(places.len()));
    let gathered = columns.and_then(|columns| RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options));
    gathered.map_err(unsorted)
}

/// Sources that hold a column alike are gathered together; mostly all do.
fn pick(data_type: &DataType, sources: &[Held<'_>], places: &[(usize, usize)]) -> Result<ArrayRef, ArrowError> {
    let mut groups: Vec<Vec<Held<'_>>> = Vec::new();
    // Of each source its group, and its place in it.
    let mut members: Vec<(usize, usize)> = Vec::with_capacity(sources.len());
    for source in sources {
        let known = groups.iter().position(|group| group.first().is_some_and(|first| are_alike(first, source)));
        let group = known.unwrap_or(groups.len());
        match groups.get_mut(group) {
            Some(sources) => {
                members.push((group, sources.len()));
                sources.push(*source);
            }
            None => {
                members.push((group, 0));
                groups.push(vec![*source]);
            }
        }
    }
    if let [_] = groups.as_slice() {
        return pick_alike(data_type, sources, places);
    }
    let mut wanted: Vec<Vec<(usize, usize)>> = vec![Vec::new(); groups.len()];
    let mut order = Vec::with_capacity(places.len());
    for (source, row) in places {
        let Some((group, member)) = members.get(*source) else { continue };
        let Some(wanted) = wanted.get_mut(*group) else { continue };
        order.push((*group, wanted.len()));
        wanted.push((*member, *row));
    }
    let picked: Vec<ArrayRef> = groups
        .iter()
        .zip(&wanted)
        .map(|(group, places)| pick_alike(data_type, group, places))
        .collect::<Result<_, _>>()?;
    interleave(&picked.iter().map(|array| array.as_ref()).collect::<Vec<_>>(), &order)
}

fn are_alike((values, form): &Held<'_>, (other_values, other_form): &Held<'_>) -> bool {
    discriminant(*form) == discriminant(*other_form) && values.data_type() == other_values.data_type()
}

fn pick_alike(data_type: &DataType, sources: &[Held<'_>], places: &[(usize, usize)]) -> Result<ArrayRef, ArrowError> {
    match sources {
        [(_, Form::Coded(_)), ..] => pick_coded(sources, places),
        [(_, form), ..] => {
            let arrays: Vec<&dyn Array> = sources.iter().map(|(values, _)| values.as_ref()).collect();
            form.unpack(interleave(&arrays, places)?, data_type)
        }
        [] => Err(ArrowError::ComputeError("there is nothing to gather from".to_owned())),
    }
}

/// Each source has values of its own, so the numbers become those among all of them.
fn pick_coded(sources: &[Held<'_>], places: &[(usize, usize)]) -> Result<ArrayRef, ArrowError> {
    // Of each source the number that its first value gets, and its codes.
    let mut numbers: Vec<(u32, &[u16])> = Vec::with_capacity(sources.len());
    let mut values: Vec<&dyn Array> = Vec::with_capacity(sources.len());
    let mut next = 0_u32;
    for (codes, form) in sources {
        let Form::Coded(texts) = form else { continue };
        numbers.push((next, codes.as_primitive::<UInt16Type>().values()));
        values.push(texts.as_ref());
        next = next.saturating_add(u32::try_from(texts.len()).unwrap_or(u32::MAX));
    }
    let number = |(source, row): &(usize, usize)| {
        let (first, codes) = numbers.get(*source)?;
        codes.get(*row).map(|code| first + u32::from(*code))
    };
    let numbers: Option<Vec<u32>> = places.iter().map(number).collect();
    let lost = || ArrowError::ComputeError("a row is not where it should be".to_owned());
    take(&concat(&values)?, &UInt32Array::from(numbers.ok_or_else(lost)?), None)
}
