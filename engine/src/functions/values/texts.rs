//! Texts.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, StringViewArray};
use arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::common::cast::as_string_view_array;

use super::held::Held;

impl Held for Box<str> {
    type Column = StringViewArray;
    type Item<'a> = &'a str;

    fn column(values: &dyn Array) -> Result<StringViewArray> {
        as_string_view_array(values).cloned()
    }

    fn get(column: &StringViewArray, row: usize) -> Option<&str> {
        (row < column.len()).then(|| column.value(row))
    }

    fn own(item: &str) -> Self {
        item.into()
    }

    fn item(&self) -> &str {
        self
    }

    fn compare(&self, item: &str) -> Ordering {
        // By bytes, which is by code point.
        (**self).cmp(item)
    }

    fn bytes(&self) -> usize {
        self.len()
    }

    fn array<'a>(values: impl Iterator<Item = Option<&'a Self>>, _data_type: &DataType) -> Result<ArrayRef> {
        let texts: StringViewArray = values.map(|value| value.map(|text| &**text)).collect();
        Ok(Arc::new(texts))
    }
}
