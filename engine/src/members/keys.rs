//! Key columns in the types that a tree was built of.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, new_null_array};
use arrow::compute::cast;
use arrow::datatypes::DataType;

use crate::error::{Error, Result};

/// Whether a column of the given type holds keys of a type, though maybe in another form.
pub(super) fn is_taken(key_type: &DataType, given: &DataType) -> bool {
    match given {
        DataType::Utf8 | DataType::LargeUtf8 => *key_type == DataType::Utf8View,
        DataType::Dictionary(_, value) => is_taken(key_type, value),
        DataType::Null => true,
        given => given == key_type,
    }
}

/// The columns, each in its type.
pub(super) fn conformed(key_types: &[DataType], keys: &[ArrayRef]) -> Result<Vec<ArrayRef>> {
    if keys.len() != key_types.len() {
        return Err(Error::internal("the key of a hierarchy has another number of columns"));
    }
    key_types.iter().zip(keys).map(|(key_type, key)| in_type(key_type, key)).collect()
}

fn in_type(key_type: &DataType, key: &ArrayRef) -> Result<ArrayRef> {
    match key.data_type() {
        given if given == key_type => Ok(Arc::clone(key)),
        DataType::Null => Ok(new_null_array(key_type, key.len())),
        given if is_taken(key_type, given) => {
            let broken = |error| Error::internal("the keys of a hierarchy cannot be read").with_source(error);
            cast(key, key_type).map_err(broken)
        }
        given => Err(Error::internal(format!("the key of a hierarchy is of type {given}, not {key_type}"))),
    }
}
