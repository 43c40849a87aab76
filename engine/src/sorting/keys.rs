//! The keys by which rows are sorted, as bytes that compare like them.

use std::cmp::Ordering;

use arrow::array::{ArrayRef, RecordBatch, UInt32Array};
use arrow::compute::SortOptions;
use arrow::datatypes::Schema;
use arrow::row::{RowConverter, Rows, SortField};
use rayon::slice::ParallelSliceMut;

use super::failure::unsorted;
use crate::error::{Error, Result};

/// The bytes of a key that are compared as a number. With the number of its row they make 16, so that most keys are
/// sorted without a look anywhere else.
const PREFIX_BYTES: usize = 12;
/// The bits of the number of a row.
const ROW_BITS: u32 = 32;

/// Makes keys: in ascending order, NULLs last.
#[derive(Debug)]
pub(super) struct KeyMaker {
    converter: RowConverter,
    /// The places of the columns.
    columns: Vec<usize>,
}

impl KeyMaker {
    pub(super) fn new(schema: &Schema, by: &[String]) -> Result<Self> {
        let options = SortOptions { descending: false, nulls_first: false };
        let (mut fields, mut columns) = (Vec::with_capacity(by.len()), Vec::with_capacity(by.len()));
        for name in by {
            let (place, field) = schema.column_with_name(name).ok_or_else(|| {
                Error::internal(format!("rows are sorted by column `{name}`, which they do not have"))
            })?;
            fields.push(SortField::new_with_options(field.data_type().clone(), options));
            columns.push(place);
        }
        let converter = RowConverter::new(fields).map_err(unsorted)?;
        Ok(Self { converter, columns })
    }

    /// The columns of a batch by which rows are sorted.
    pub(super) fn of(&self, batch: &RecordBatch) -> Vec<ArrayRef> {
        self.columns.iter().filter_map(|place| batch.columns().get(*place)).cloned().collect()
    }

    /// The places of the columns by which rows are sorted.
    pub(super) fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// The keys of all rows, given the columns by which they are sorted, batch by batch.
    pub(super) fn keys(&self, batches: impl IntoIterator<Item = Vec<ArrayRef>>) -> Result<Keys> {
        let mut rows = self.converter.empty_rows(0, 0);
        for columns in batches {
            self.converter.append(&mut rows, &columns).map_err(unsorted)?;
        }
        let prefixes = rows.iter().map(|row| prefix(row.data())).collect();
        let fit = rows.lengths().all(|length| length <= PREFIX_BYTES);
        Ok(Keys { prefixes, rows: (!fit).then_some(rows) })
    }
}

/// The first bytes of a key, most significant first, and room for the number of a row.
fn prefix(key: &[u8]) -> u128 {
    let mut bytes = [0_u8; 16];
    let length = key.len().min(PREFIX_BYTES);
    if let (Some(to), Some(from)) = (bytes.get_mut(..length), key.get(..length)) {
        to.copy_from_slice(from);
    }
    u128::from_be_bytes(bytes)
}

/// The keys of some rows.
#[derive(Debug)]
pub(super) struct Keys {
    prefixes: Vec<u128>,
    /// The whole keys, if one of them has more bytes than a prefix. No key is the beginning of another one, so where
    /// all of them are short, equal prefixes are of equal keys, however long the keys of other rows are.
    rows: Option<Rows>,
}

impl Keys {
    /// The beginning of the key of a row; keys compare like it where it differs.
    pub(super) fn prefix(&self, row: usize) -> u128 {
        self.prefixes.get(row).copied().unwrap_or(u128::MAX)
    }

    /// Compares the key of a row with that of a row of others. Both were made by the same [`KeyMaker`].
    pub(super) fn compare(&self, row: usize, others: &Self, other: usize) -> Ordering {
        self.prefix(row).cmp(&others.prefix(other)).then_with(|| self.compare_rest(row, others, other))
    }

    /// The same for keys whose prefixes are equal.
    pub(super) fn compare_rest(&self, row: usize, others: &Self, other: usize) -> Ordering {
        match (&self.rows, &others.rows) {
            (Some(rows), Some(other_rows)) => rows.row(row).cmp(&other_rows.row(other)),
            _ => Ordering::Equal,
        }
    }

    /// The rows in the order of their keys; those with equal keys stay in theirs. Works in parallel on the rayon pool
    /// of the calling thread.
    pub(super) fn into_order(self) -> Result<UInt32Array> {
        let mut items = self.prefixes;
        if u32::try_from(items.len()).is_err() {
            return Err(Error::internal("too many rows are to be put in order at once"));
        }
        for (item, row) in items.iter_mut().zip(0_u32..) {
            *item |= u128::from(row);
        }
        match self.rows {
            None if items.is_sorted() => {}
            None => items.par_sort_unstable(),
            Some(rows) => items.par_sort_unstable_by(|one, other| {
                let whole = || rows.row(row_of(*one) as usize).cmp(&rows.row(row_of(*other) as usize));
                (one >> ROW_BITS).cmp(&(other >> ROW_BITS)).then_with(whole).then_with(|| one.cmp(other))
            }),
        }
        Ok(items.into_iter().map(row_of).collect::<Vec<u32>>().into())
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the lower bits are the number of the row")]
fn row_of(item: u128) -> u32 {
    item as u32
}
