//! Texts of which only few are different, as their numbers among these.

use arrow::array::{Array, ArrayRef, GenericByteViewArray, UInt16Array};
use arrow::compute::interleave;
use arrow::datatypes::ByteViewType;
use arrow::error::ArrowError;
use hashbrown::HashMap;

/// Different texts of a chunk, at most: so few that they stay in the caches.
const MOST_VALUES: usize = 4_096;
/// Rows for every one of them, at least. Otherwise codes gain nothing.
const LEAST_ROWS: usize = 4;

/// Texts as numbers.
pub(super) struct Codes {
    /// The number of each row, without NULLs.
    pub(super) numbers: UInt16Array,
    /// The text of each number; one of them may be NULL.
    pub(super) values: ArrayRef,
}

/// The codes of all rows of some arrays; `None` if too many texts are different.
pub(super) fn coded<T: ByteViewType>(arrays: &[&GenericByteViewArray<T>]) -> Result<Option<Codes>, ArrowError> {
    let rows: usize = arrays.iter().map(|array| array.len()).sum();
    let most = MOST_VALUES.min(rows / LEAST_ROWS);
    let mut known: HashMap<Option<&[u8]>, u16> = HashMap::new();
    // Of each value the array and the row where it was met first.
    let mut first: Vec<(usize, usize)> = Vec::new();
    let mut numbers: Vec<u16> = Vec::with_capacity(rows);
    for (place, array) in arrays.iter().enumerate() {
        // Views that are the same within an array are of the same text, which saves looking at it.
        let mut met: HashMap<u128, u16> = HashMap::new();
        for (row, view) in array.views().iter().enumerate() {
            let valid = array.is_valid(row);
            if let Some(number) = met.get(view).filter(|_| valid) {
                numbers.push(*number);
                continue;
            }
            let text = valid.then(|| -> &[u8] { array.value(row).as_ref() });
            let next = u16::try_from(first.len()).unwrap_or(u16::MAX);
            let number = *known.entry(text).or_insert(next);
            if number == next {
                if first.len() == most {
                    return Ok(None);
                }
                first.push((place, row));
            }
            if valid {
                met.insert(*view, number);
            }
            numbers.push(number);
        }
    }
    let arrays: Vec<&dyn Array> = arrays.iter().map(|array| *array as &dyn Array).collect();
    let values = if first.is_empty() { return Ok(None) } else { interleave(&arrays, &first)? };
    Ok(Some(Codes { numbers: UInt16Array::from(numbers), values }))
}
