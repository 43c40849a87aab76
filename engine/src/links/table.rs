//! The rows of a link's target in memory: an index by key, and the columns that queries take.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use arrow::array::{Array, ArrayRef};

use super::LinkIndex;
use crate::error::Result;

/// Targets with more rows than this are grouped by their values, because finding equal values would cost more.
const MOST_IDENTIFIED_ROWS: usize = 1 << 20;

/// What a query knows of a link's target. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct LookupTable {
    pub(crate) index: Arc<LinkIndex>,
    pub(crate) columns: BTreeMap<String, LookupColumn>,
}

/// A column of a link's target.
#[derive(Debug, Clone)]
pub(crate) struct LookupColumn {
    values: ArrayRef,
    /// For each row the first row with the same value, NULL for NULL; made when first needed.
    identities: Arc<OnceLock<Option<ArrayRef>>>,
}

impl LookupTable {
    /// Rows of the target, as far as a column of it was read.
    pub(crate) fn rows(&self) -> usize {
        self.columns.values().next().map_or(0, |column| column.values().len())
    }

    /// Bytes in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.index.bytes() + self.columns.values().map(LookupColumn::bytes).sum::<usize>()
    }
}

impl LookupColumn {
    pub(crate) fn new(values: ArrayRef) -> Self {
        Self { values, identities: Arc::default() }
    }

    pub(crate) fn values(&self) -> &ArrayRef {
        &self.values
    }

    /// Row numbers that are equal exactly where the values are, so that grouping compares small numbers instead of
    /// texts. None where that does not pay.
    pub(crate) fn identities(&self) -> Option<&ArrayRef> {
        self.identities.get_or_init(|| self.identify().ok().flatten()).as_ref()
    }

    fn identify(&self) -> Result<Option<ArrayRef>> {
        if self.values.len() > MOST_IDENTIFIED_ROWS {
            return Ok(None);
        }
        let keys = [Arc::clone(&self.values)];
        Ok(Some(Arc::new(LinkIndex::build(&keys)?.find(&keys)?)))
    }

    fn bytes(&self) -> usize {
        let identities = self.identities.get().and_then(Option::as_ref);
        self.values.get_array_memory_size() + identities.map_or(0, Array::get_array_memory_size)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{AsArray, StringViewArray};
    use arrow::datatypes::UInt32Type;

    use super::LookupColumn;

    #[test]
    fn equal_values_have_the_number_of_their_first_row_and_null_has_none() {
        let values = ["b", "a text longer than a view", "b", "a text longer than a view", ""].map(Some);
        let values = values.into_iter().chain([None, Some("")]);
        let column = LookupColumn::new(Arc::new(StringViewArray::from_iter(values)));
        let identities = column.identities().unwrap().as_primitive::<UInt32Type>();
        let expected = [Some(0), Some(1), Some(0), Some(1), Some(4), None, Some(4)];
        assert_eq!(identities.iter().collect::<Vec<_>>(), expected);
    }
}
