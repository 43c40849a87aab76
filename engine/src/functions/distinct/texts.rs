//! Texts as numbers.

use std::hash::BuildHasher;

use arrow::array::{Array, ArrayRef, StringViewArray, UInt32Array};
use arrow::compute::take;
use datafusion::common::cast::as_string_view_array;
use datafusion::common::{DataFusionError, Result};
use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};

use super::values::Values;
use crate::functions::exact::damaged;

/// Different texts, one behind the other, numbered from 0.
#[derive(Debug)]
pub(super) struct Texts {
    text: String,
    /// Where each text ends.
    ends: Vec<usize>,
    /// The hash and the number of each text. Few other texts have the same hash and must be compared.
    numbers: HashTable<(u64, u32)>,
    hasher: DefaultHashBuilder,
}

impl Texts {
    pub(super) fn new() -> Self {
        Self { text: String::new(), ends: Vec::new(), numbers: HashTable::new(), hasher: DefaultHashBuilder::default() }
    }

    /// The number of a text, which may be a new one.
    fn number(&mut self, wanted: &str) -> Result<u32> {
        let Self { text, ends, numbers, hasher } = self;
        let hash = hasher.hash_one(wanted);
        let is_known = |(known, number): &(u64, u32)| *known == hash && numbered(text, ends, *number) == Some(wanted);
        match numbers.entry(hash, is_known, |(hash, _)| *hash) {
            Entry::Occupied(known) => Ok(known.get().1),
            Entry::Vacant(vacant) => {
                let number = u32::try_from(ends.len()).map_err(|_| {
                    DataFusionError::ResourcesExhausted("a count of more than 2^32 different texts".to_owned())
                })?;
                text.push_str(wanted);
                ends.push(text.len());
                vacant.insert((hash, number));
                Ok(number)
            }
        }
    }
}

/// The text with a number.
fn numbered<'a>(text: &'a str, ends: &[usize], number: u32) -> Option<&'a str> {
    let number = usize::try_from(number).ok()?;
    let start = match number.checked_sub(1) {
        Some(before) => *ends.get(before)?,
        None => 0,
    };
    text.get(start..*ends.get(number)?)
}

impl Values for Texts {
    type Key = u32;

    fn fresh(&self) -> Self {
        Self::new()
    }

    fn each(
        &mut self,
        values: &dyn Array,
        rows: impl Iterator<Item = usize>,
        mut each: impl FnMut(usize, u32) -> Result<()>,
    ) -> Result<()> {
        let texts = as_string_view_array(values)?;
        for row in rows {
            each(row, self.number(texts.value(row))?)?;
        }
        Ok(())
    }

    fn adopt(&mut self, other: &Self, key: u32) -> Result<u32> {
        self.number(numbered(&other.text, &other.ends, key).ok_or_else(damaged)?)
    }

    fn array(&self, keys: Vec<u32>) -> Result<ArrayRef> {
        let starts = std::iter::once(&0).chain(&self.ends);
        let texts = starts.zip(&self.ends).filter_map(|(start, end)| self.text.get(*start..*end));
        // A text stays held once: the views that are taken point to the same bytes.
        Ok(take(&StringViewArray::from_iter_values(texts), &UInt32Array::from(keys), None)?)
    }

    fn size(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<usize>() + self.numbers.allocation_size()
    }
}
