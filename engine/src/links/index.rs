//! The index of a link's target: from key to row, the first row of a key wins.

use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::array::{Array, ArrayRef, UInt32Array, UInt32Builder};
use arrow::datatypes::DataType;
use arrow::row::{RowConverter, Rows, SortField};
use hashbrown::{DefaultHashBuilder, HashTable};

use super::keys::{Words, have_words, words};
use crate::error::{Error, Result};

/// Rows of a link's target by key.
#[derive(Debug)]
pub(crate) struct LinkIndex {
    /// Tells indexes apart in plans.
    id: u64,
    hasher: DefaultHashBuilder,
    rows: HashTable<u32>,
    keys: Keys,
    /// Rows whose key an earlier row already had.
    duplicates: u64,
}

#[derive(Debug)]
enum Keys {
    /// `stride` words per row.
    Words { words: Vec<u128>, stride: usize },
    /// Rows in the comparable form of arrow-row, for keys of any type.
    Encoded { converter: RowConverter, rows: Rows },
}

impl LinkIndex {
    /// Indexes the rows of the key columns, in the order in which they win. Rows with a NULL in the key are left out.
    ///
    /// # Errors
    ///
    /// `LimitExceeded` past four billion rows.
    pub(crate) fn build(columns: &[ArrayRef]) -> Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let length = columns.first().map_or(0, |column| column.len());
        let length = u32::try_from(length).map_err(|_| {
            Error::new(crate::ErrorKind::LimitExceeded, "the target of a link has more than 4,294,967,295 rows")
        })?;
        let types: Vec<DataType> = columns.iter().map(|column| column.data_type().clone()).collect();
        let (keys, present) = keys_of(columns, &types)?;
        let hasher = DefaultHashBuilder::default();
        let mut rows = HashTable::with_capacity(columns.first().map_or(0, |column| column.len()));
        let mut duplicates = 0;
        for row in (0..length).filter(|row| present.get(*row as usize).copied().unwrap_or(false)) {
            let hash = keys.hash(&hasher, row);
            match rows.entry(hash, |other| keys.same(*other, row), |other| keys.hash(&hasher, *other)) {
                hashbrown::hash_table::Entry::Occupied(_) => duplicates += 1,
                hashbrown::hash_table::Entry::Vacant(entry) => {
                    entry.insert(row);
                }
            }
        }
        Ok(Self { id: NEXT.fetch_add(1, Ordering::Relaxed), hasher, rows, keys, duplicates })
    }

    /// A number that no other index of the process has.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// Rows that can never be found, because an earlier row has their key.
    pub(crate) fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// Bytes in memory.
    pub(crate) fn bytes(&self) -> usize {
        let keys = match &self.keys {
            Keys::Words { words, .. } => words.capacity() * size_of::<u128>(),
            Keys::Encoded { rows, .. } => rows.size(),
        };
        keys + self.rows.capacity() * size_of::<u32>()
    }

    /// The row of each key, NULL where there is none.
    pub(crate) fn find(&self, columns: &[ArrayRef]) -> Result<UInt32Array> {
        let length = columns.first().map_or(0, |column| column.len());
        let mut found = UInt32Builder::with_capacity(length);
        match &self.keys {
            Keys::Words { words: known, stride } => {
                let Words { words, present, .. } = words(columns);
                let mut last: Option<(&[u128], Option<u32>)> = None;
                for (key, present) in words.chunks_exact((*stride).max(1)).zip(present) {
                    if !present {
                        found.append_null();
                        continue;
                    }
                    // Neighbours often have the same key.
                    let row = match last {
                        Some((same, row)) if same == key => row,
                        _ => self
                            .rows
                            .find(self.hasher.hash_one(key), |row| word_key(known, *stride, *row) == Some(key))
                            .copied(),
                    };
                    last = Some((key, row));
                    found.append_option(row);
                }
            }
            Keys::Encoded { converter, rows: known } => {
                let wanted = converter.convert_columns(columns).map_err(|error| broken(&error))?;
                for (row, key) in wanted.iter().enumerate() {
                    let null = columns.iter().any(|column| column.is_null(row));
                    let same = |other: &u32| known.row(*other as usize) == key;
                    let row = (!null).then(|| self.rows.find(self.hasher.hash_one(key.as_ref()), same)).flatten();
                    found.append_option(row.copied());
                }
            }
        }
        Ok(found.finish())
    }
}

fn keys_of(columns: &[ArrayRef], types: &[DataType]) -> Result<(Keys, Vec<bool>)> {
    if have_words(types) {
        let Words { words, present, long_text } = words(columns);
        if !long_text {
            return Ok((Keys::Words { words, stride: columns.len() }, present));
        }
    }
    let fields = types.iter().map(|data_type| SortField::new(data_type.clone())).collect();
    let converter = RowConverter::new(fields).map_err(|error| broken(&error))?;
    let rows = converter.convert_columns(columns).map_err(|error| broken(&error))?;
    let length = columns.first().map_or(0, |column| column.len());
    let present = (0..length).map(|row| columns.iter().all(|column| column.is_valid(row))).collect();
    Ok((Keys::Encoded { converter, rows }, present))
}

fn word_key(words: &[u128], stride: usize, row: u32) -> Option<&[u128]> {
    let start = row as usize * stride;
    words.get(start..start + stride)
}

impl Keys {
    fn hash(&self, hasher: &DefaultHashBuilder, row: u32) -> u64 {
        match self {
            Self::Words { words, stride } => hasher.hash_one(word_key(words, *stride, row).unwrap_or(&[])),
            Self::Encoded { rows, .. } => hasher.hash_one(rows.row(row as usize).as_ref()),
        }
    }

    fn same(&self, a: u32, b: u32) -> bool {
        match self {
            Self::Words { words, stride } => word_key(words, *stride, a) == word_key(words, *stride, b),
            Self::Encoded { rows, .. } => rows.row(a as usize) == rows.row(b as usize),
        }
    }
}

fn broken(error: &arrow::error::ArrowError) -> Error {
    Error::internal(format!("the keys of a link cannot be compared: {error}"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, StringViewArray};

    use super::LinkIndex;

    fn text(values: &[Option<&str>]) -> ArrayRef {
        Arc::new(StringViewArray::from_iter(values.iter().copied()))
    }

    #[track_caller]
    fn check(target: &[ArrayRef], wanted: &[ArrayRef], rows: &[Option<u32>], duplicates: u64) {
        let index = LinkIndex::build(target).unwrap();
        assert_eq!(index.find(wanted).unwrap().iter().collect::<Vec<_>>(), rows);
        assert_eq!(index.duplicates(), duplicates);
    }

    #[test]
    fn the_first_row_of_a_key_wins_and_null_matches_nothing() {
        let target = text(&[Some("a"), None, Some("b"), Some("a"), Some("")]);
        let wanted = text(&[Some("b"), Some("a"), None, Some("c"), Some(""), Some("a longer text than a view holds")]);
        check(&[target], &[wanted], &[Some(2), Some(0), None, None, Some(4), None], 1);
    }

    #[test]
    fn long_texts_are_compared_whole() {
        let target = text(&[Some("a text that is long 1"), Some("a text that is long 2"), Some("short")]);
        let wanted = text(&[Some("a text that is long 2"), Some("short"), Some("a text that is long 3"), None]);
        check(&[target], &[wanted], &[Some(1), Some(2), None, None], 0);
    }

    #[test]
    fn composite_keys_do_not_run_together() {
        let target = [text(&[Some("a"), Some("ab"), Some("a")]), text(&[Some("bc"), Some("c"), None])];
        let wanted =
            [text(&[Some("ab"), Some("a"), Some("a"), Some("abc")]), text(&[Some("c"), Some("bc"), None, Some("")])];
        check(&target, &wanted, &[Some(1), Some(0), None, None], 0);
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 1]));
        let target = [text(&[Some("x"), Some("x"), Some("x")]), numbers];
        let wanted = [text(&[Some("x"), Some("x")]), Arc::new(Int64Array::from(vec![2, 3])) as ArrayRef];
        check(&target, &wanted, &[Some(1), None], 1);
    }
}
