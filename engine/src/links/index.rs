//! The index of a link's target: from key to row, the first row of a key wins.

use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::array::{Array, ArrayRef, UInt32Array};
use arrow::row::{Row, RowConverter, Rows, SortField};
use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};

use super::keys::WordTable;
use crate::error::{Error, ErrorKind, Result};

/// Rows of a link's target by key.
#[derive(Debug)]
pub(crate) struct LinkIndex {
    /// Tells indexes apart in plans.
    id: u64,
    keys: Keys,
    /// Rows whose key an earlier row already had.
    duplicates: u64,
}

#[derive(Debug)]
enum Keys {
    /// Keys of one word.
    One(WordTable<1>),
    /// Keys of two words.
    Two(WordTable<2>),
    /// Rows in the comparable form of arrow-row, for keys of any type and number.
    Encoded { converter: RowConverter, rows: Rows, table: HashTable<u32>, hasher: DefaultHashBuilder },
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
        if u32::try_from(length).is_err() {
            let message = "the target of a link has more than 4,294,967,295 rows";
            return Err(Error::new(ErrorKind::LimitExceeded, message));
        }
        let (keys, duplicates) = match columns.len() {
            1 => match WordTable::build(columns) {
                Some((table, duplicates)) => (Keys::One(table), duplicates),
                None => encoded(columns)?,
            },
            2 => match WordTable::build(columns) {
                Some((table, duplicates)) => (Keys::Two(table), duplicates),
                None => encoded(columns)?,
            },
            _ => encoded(columns)?,
        };
        Ok(Self { id: NEXT.fetch_add(1, Ordering::Relaxed), keys, duplicates })
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
        match &self.keys {
            Keys::One(table) => table.bytes(),
            Keys::Two(table) => table.bytes(),
            Keys::Encoded { rows, table, .. } => rows.size() + table.capacity() * size_of::<u32>(),
        }
    }

    /// The row of each key, NULL where there is none.
    pub(crate) fn find(&self, columns: &[ArrayRef]) -> Result<UInt32Array> {
        match &self.keys {
            Keys::One(table) => Ok(table.find(columns)),
            Keys::Two(table) => Ok(table.find(columns)),
            Keys::Encoded { converter, rows, table, hasher } => {
                let wanted = converter.convert_columns(columns).map_err(|error| broken(&error))?;
                let row_of = |(place, key): (usize, Row<'_>)| {
                    let present = columns.iter().all(|column| column.is_valid(place));
                    let same = |other: &u32| rows.row(*other as usize) == key;
                    present.then(|| table.find(hasher.hash_one(key.as_ref()), same)).flatten().copied()
                };
                Ok(wanted.iter().enumerate().map(row_of).collect())
            }
        }
    }
}

fn encoded(columns: &[ArrayRef]) -> Result<(Keys, u64)> {
    let fields = columns.iter().map(|column| SortField::new(column.data_type().clone())).collect();
    let converter = RowConverter::new(fields).map_err(|error| broken(&error))?;
    let rows = converter.convert_columns(columns).map_err(|error| broken(&error))?;
    let hasher = DefaultHashBuilder::default();
    let hash = |row: &u32| hasher.hash_one(rows.row(*row as usize).as_ref());
    let (mut table, mut duplicates) = (HashTable::with_capacity(rows.num_rows()), 0);
    for row in (0_u32..).take(rows.num_rows()) {
        if columns.iter().any(|column| column.is_null(row as usize)) {
            continue;
        }
        let same = |other: &u32| rows.row(*other as usize) == rows.row(row as usize);
        match table.entry(hash(&row), same, hash) {
            Entry::Occupied(_) => duplicates += 1,
            Entry::Vacant(entry) => {
                entry.insert(row);
            }
        }
    }
    Ok((Keys::Encoded { converter, rows, table, hasher }, duplicates))
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
