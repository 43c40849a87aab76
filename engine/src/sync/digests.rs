//! What tells whether two rows with the same key are the same.

use std::iter::repeat_n;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, StringViewArray};
use drillcore_store::{KeySecret, row_digests};

use super::roles::Roles;
use crate::error::Result;

/// A digest of the values of each row. A column that was added later counts only where it is not NULL, so that a row
/// that was there before the column is the same as the row that has NULL in it.
pub(super) fn content_digests(
    secret: &KeySecret,
    rows: &RecordBatch,
    roles: &Roles,
    added: &[String],
) -> Result<Vec<u64>> {
    let schema = rows.schema();
    let names = schema.fields().iter().map(|field| field.name());
    let columns: Vec<(&String, &ArrayRef)> = names.zip(rows.columns()).take(roles.columns).collect();
    let is_added = |column: &&(&String, &ArrayRef)| added.contains(column.0);
    let first: Vec<ArrayRef> =
        columns.iter().filter(|one| !is_added(one)).map(|(_, column)| Arc::clone(column)).collect();
    let mut digests = row_digests(secret, &first)?;
    for (name, column) in columns.iter().filter(is_added) {
        let names: ArrayRef = Arc::new(StringViewArray::from_iter_values(repeat_n(name.as_str(), rows.num_rows())));
        let further = row_digests(secret, &[names, Arc::clone(column)])?;
        let nulls = column.logical_nulls();
        for (row, (digest, more)) in digests.iter_mut().zip(further).enumerate() {
            if nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row)) {
                *digest ^= more;
            }
        }
    }
    Ok(digests)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, RecordBatch};
    use drillcore_store::KeySecret;

    use super::content_digests;
    use crate::catalog::Acceleration;
    use crate::model::{Column, ColumnType};
    use crate::sync::roles::Roles;

    fn digests(columns: &[(&str, [Option<i64>; 2])], added: &[&str]) -> Vec<u64> {
        let array = |values: [Option<i64>; 2]| -> ArrayRef { Arc::new(Int64Array::from(values.to_vec())) };
        let ordinals = [("#ordinal", array([Some(0), Some(1)]))];
        let arrays = columns.iter().map(|(name, values)| (*name, array(*values)));
        let rows = RecordBatch::try_from_iter(arrays.chain(ordinals)).unwrap();
        let of_dataset: Vec<Column> = columns.iter().map(|(name, _)| Column::new(*name, ColumnType::Integer)).collect();
        let roles = Roles::new(&Acceleration::full(), &of_dataset).unwrap();
        let added: Vec<String> = added.iter().map(|name| (*name).to_owned()).collect();
        content_digests(&KeySecret::from([3; 16]), &rows, &roles, &added).unwrap()
    }

    #[test]
    fn a_row_is_the_same_with_null_in_a_later_column() {
        let (id, one) = ([Some(1), Some(2)], [Some(7), None]);
        let before = digests(&[("id", id)], &[]);
        let after = digests(&[("id", id), ("a", one)], &["a"]);
        assert_ne!(before[0], before[1]);
        assert_ne!(before[0], after[0]);
        assert_eq!(before[1], after[1]);
        assert_eq!(digests(&[("a", one), ("id", id)], &["a"]), after, "wherever it stands");
    }

    #[test]
    fn later_columns_are_told_apart() {
        let (id, one, none) = ([Some(1), Some(1)], [Some(7), Some(7)], [None, None]);
        let both = ["a", "b"];
        let a = digests(&[("id", id), ("a", one), ("b", none)], &both);
        let b = digests(&[("id", id), ("a", none), ("b", one)], &both);
        assert_ne!(a, b);
        assert_ne!(digests(&[("id", id), ("a", one), ("b", one)], &both), digests(&[("id", id)], &[]));
    }
}
