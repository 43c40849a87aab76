//! Rows without a key.

use arrow::array::BooleanArray;
use drillcore_store::KeyHashes;

use crate::catalog::{Acceleration, NullKeys};
use crate::error::{Error, ErrorKind, Result};

/// Which rows have a key; none if all have.
///
/// # Errors
///
/// `SourceError` for rows without one, unless they may be left out.
pub(super) fn with_key(hashes: &KeyHashes, acceleration: &Acceleration, dataset: &str) -> Result<Option<BooleanArray>> {
    let Some(nulls) = hashes.nulls.as_ref().filter(|nulls| nulls.null_count() > 0) else { return Ok(None) };
    if acceleration.null_keys == NullKeys::Drop {
        return Ok(Some(BooleanArray::new(nulls.inner().clone(), None)));
    }
    let (rows, key) = (nulls.null_count(), key_columns_text(&acceleration.key));
    let rows = if rows == 1 { "a row".to_owned() } else { format!("{rows} rows") };
    let message = format!("the source of dataset `{dataset}` has {rows} with NULL in the key {key}");
    Err(Error::new(ErrorKind::SourceError, message))
}

/// Which rows are left when those go that are too old to be held and have no key that they could tell anything about;
/// none if all are. Nobody misses their key.
pub(super) fn held_or_keyed(hashes: &KeyHashes, too_old: &[bool]) -> Option<BooleanArray> {
    let nulls = hashes.nulls.as_ref()?;
    let is_useful = |(has_key, too_old): (bool, &bool)| has_key || !too_old;
    let mask: Vec<bool> = nulls.iter().zip(too_old).map(is_useful).collect();
    if mask.iter().all(|useful| *useful) { None } else { Some(BooleanArray::from(mask)) }
}

/// The columns of a key in a message.
pub(crate) fn key_columns_text(key: &[String]) -> String {
    key.iter().map(|column| format!("`{column}`")).collect::<Vec<_>>().join(", ")
}

/// The values for which the mask is true.
pub(super) fn picked<T: Copy>(values: &[T], mask: &BooleanArray) -> Vec<T> {
    values.iter().zip(mask.values()).filter(|(_, kept)| *kept).map(|(value, _)| *value).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, StringArray};
    use drillcore_store::{KeyHasher, KeySecret};

    use super::{held_or_keyed, picked, with_key};
    use crate::catalog::{Acceleration, NullKeys};
    use crate::error::ErrorKind;

    #[test]
    fn rows_without_a_key_are_refused_or_left_out() {
        let hasher = KeyHasher::new(&KeySecret::from([7; 16]));
        let ids: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None, Some(3)]));
        let lines: ArrayRef = Arc::new(StringArray::from(vec![None, Some("a"), Some("b")]));
        let hashed = |columns: &[&ArrayRef]| hasher.hash(&columns.iter().map(|c| Arc::clone(c)).collect::<Vec<_>>());
        let (one, both) = (hashed(&[&ids]).unwrap(), hashed(&[&ids, &lines]).unwrap());

        let reject = Acceleration::delta("made").key(["id", "line"]);
        let refused = |hashes| with_key(hashes, &reject, "orders").unwrap_err();
        assert_eq!(refused(&one).kind(), ErrorKind::SourceError);
        let message = "the source of dataset `orders` has a row with NULL in the key `id`, `line`";
        assert_eq!(refused(&one).message(), message);
        assert_eq!(refused(&both).message(), message.replace("a row", "2 rows"));

        let mask = with_key(&both, &reject.null_keys(NullKeys::Drop), "orders").unwrap().unwrap();
        assert_eq!(picked(&[10, 20, 30], &mask), [30]);
    }

    #[test]
    fn rows_that_are_too_old_may_lack_their_key() {
        let ids: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None, None, Some(3)]));
        let hashes = KeyHasher::new(&KeySecret::from([7; 16])).hash(&[ids]).unwrap();
        let mask = held_or_keyed(&hashes, &[true, true, false, false]).unwrap();
        assert_eq!(picked(&[10, 20, 30, 40], &mask), [10, 30, 40]);
        assert!(held_or_keyed(&hashes, &[true, false, false, true]).is_none());
        assert!(held_or_keyed(&hashes, &[]).is_none(), "no row can be too old");
    }

    #[test]
    fn keys_that_are_all_there_need_no_mask() {
        let ids: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
        let hashes = KeyHasher::new(&KeySecret::from([7; 16])).hash(&[ids]).unwrap();
        assert!(with_key(&hashes, &Acceleration::delta("made"), "orders").unwrap().is_none());
    }
}
