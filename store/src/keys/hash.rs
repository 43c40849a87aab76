//! Keyed hashes of keys and digests of rows, made of the canonical encoding of their values.

#[cfg(test)]
mod tests;

use std::fmt;

use arrow::array::{Array, ArrayRef};
use arrow::buffer::NullBuffer;
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;
use siphasher::{sip, sip128};

use super::encode::{Component, Values, at, day, integer, moment, push_decimal};
use super::secret::KeySecret;
use crate::error::{Error, ErrorKind, Result};

/// Rows that one thread takes at a time.
const CHUNK_ROWS: usize = 8_192;

/// Hashes keys: SipHash-1-3 with 128 bits over the canonical encoding of their components (docs/format.md).
///
/// Equal values have equal hashes whatever their type: the integer 5 and the decimal 5.00, -0.0 and 0.0, a string and
/// the same string out of a dictionary. Components do not run together: `("a", "bc")` is not `("ab", "c")`.
///
/// ```
/// use std::sync::Arc;
///
/// use arrow::array::{ArrayRef, Decimal128Array, Int64Array};
/// use drillcore_store::{KeyHasher, KeySecret};
///
/// let hasher = KeyHasher::new(&KeySecret::from([7; 16]));
/// let narrow: ArrayRef = Arc::new(Int64Array::from(vec![Some(5), None]));
/// let wide: ArrayRef = Arc::new(Decimal128Array::from(vec![Some(500), None]).with_precision_and_scale(20, 2)?);
/// let (narrow, wide) = (hasher.hash(&[narrow])?, hasher.hash(&[wide])?);
/// assert_eq!(narrow.hashes, wide.hashes);
/// assert!(narrow.nulls.is_some_and(|nulls| nulls.is_null(1)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct KeyHasher {
    sip: sip128::SipHasher13,
}

/// The keys of some rows.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct KeyHashes {
    /// The hash of the key of each row; 0 for a NULL key.
    pub hashes: Vec<u128>,
    /// Which rows have a NULL key, because a component is NULL or NaN; `None` if none have.
    pub nulls: Option<NullBuffer>,
}

impl KeyHasher {
    /// A hasher of keys of the dataset that has this secret.
    #[must_use]
    pub fn new(secret: &KeySecret) -> Self {
        Self { sip: sip128::SipHasher13::new_with_key(secret.as_bytes()) }
    }

    /// The hashes of the keys that consist of these columns, row by row, in parallel on the rayon pool of the calling
    /// thread. Columns are `Int64`, `Float64`, `Decimal128`, `Decimal256`, `Boolean`, `Date32`, timestamps in
    /// microseconds, or strings of any layout, also behind dictionaries.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] without columns, for columns of different lengths, and for other types.
    pub fn hash(&self, columns: &[ArrayRef]) -> Result<KeyHashes> {
        let (components, rows) = components(columns)?;
        let mut hashes = vec![0_u128; rows];
        match components.as_slice() {
            [only] => self.hash_single(only, &mut hashes),
            _ => self.hash_rows(&components, &mut hashes),
        }
        let nulls = NullBuffer::union_many(components.iter().map(Component::nulls));
        if let Some(nulls) = &nulls {
            for (hash, valid) in hashes.iter_mut().zip(nulls) {
                *hash = if valid { *hash } else { 0 };
            }
        }
        Ok(KeyHashes { hashes, nulls })
    }

    /// Keys of one column of fixed width need neither a buffer nor a look at what they are per row.
    fn hash_single(&self, only: &Component, hashes: &mut [u128]) {
        match only.values() {
            Values::Integers(values) => by_row(hashes, |row, _| self.of(&integer(at(values, row)))),
            Values::Days(values) => by_row(hashes, |row, _| self.of(&day(at(values, row)))),
            Values::Moments(values) => by_row(hashes, |row, _| self.of(&moment(at(values, row)))),
            Values::Decimals { values, scale } => by_row(hashes, |row, buffer| {
                push_decimal(at(values, row), *scale, buffer);
                self.of(buffer)
            }),
            _ => by_row(hashes, |row, buffer| {
                only.push(row, buffer);
                self.of(buffer)
            }),
        }
    }

    fn hash_rows(&self, components: &[Component], hashes: &mut [u128]) {
        by_row(hashes, |row, buffer| {
            components.iter().for_each(|component| component.push(row, buffer));
            self.of(buffer)
        });
    }

    fn of(&self, encoded: &[u8]) -> u128 {
        self.sip.hash(encoded).into()
    }
}

impl fmt::Debug for KeyHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHasher(..)")
    }
}

/// A digest of the values of each row, to tell whether two rows with the same key are the same: SipHash-1-3 with 64
/// bits over the same encoding as keys have, with a tag where a value is NULL or NaN. Types and rules are those of
/// [`KeyHasher::hash`].
///
/// # Errors
/// As of [`KeyHasher::hash`].
pub fn row_digests(secret: &KeySecret, columns: &[ArrayRef]) -> Result<Vec<u64>> {
    let sip = sip::SipHasher13::new_with_key(secret.as_bytes());
    let (components, rows) = components(columns)?;
    let mut digests = vec![0_u64; rows];
    by_row(&mut digests, |row, buffer| {
        components.iter().for_each(|component| component.push(row, buffer));
        sip.hash(buffer)
    });
    Ok(digests)
}

/// The columns ready to be encoded, and how many rows they have.
fn components(columns: &[ArrayRef]) -> Result<(Vec<Component>, usize)> {
    let Some(rows) = columns.first().map(Array::len) else {
        return Err(Error::new(ErrorKind::InvalidInput, "a key or row needs at least one column"));
    };
    if columns.iter().any(|column| column.len() != rows) {
        return Err(Error::new(ErrorKind::InvalidInput, "the columns of a key or row have different lengths"));
    }
    Ok((columns.iter().map(Component::new).collect::<Result<_>>()?, rows))
}

/// Computes something for every row; the buffer is empty at each call.
fn by_row<T: Send>(out: &mut [T], compute: impl Fn(usize, &mut Vec<u8>) -> T + Sync) {
    out.par_chunks_mut(CHUNK_ROWS).enumerate().for_each(|(chunk, out)| {
        let mut buffer = Vec::with_capacity(64);
        for (row, out) in (chunk * CHUNK_ROWS..).zip(out) {
            buffer.clear();
            *out = compute(row, &mut buffer);
        }
    });
}
