//! From key to node. NULL is a key like others.

mod integers;
mod near;
#[cfg(test)]
mod tests;
mod texts;
mod tuples;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::Int64Type;
use drillcore_hierarchies::Node;

use self::integers::Integers;
use self::texts::Texts;
use self::tuples::Tuples;
use crate::error::{Error, ErrorKind, Result};

/// The node of each key.
#[derive(Debug)]
pub(super) enum Index {
    /// Of one column of texts.
    Texts(Texts),
    /// Of one column of integers.
    Integers(Integers),
    /// Of any columns.
    Tuples(Tuples),
}

/// A key in a table, where the key itself stands elsewhere.
#[derive(Debug, Clone, Copy)]
struct Slot {
    hash: u64,
    /// Where the key stands.
    place: u32,
    node: u32,
}

impl Index {
    /// Indexes the nodes of different keys, one column after the other.
    ///
    /// # Errors
    ///
    /// `LimitExceeded` past four billion keys.
    pub(super) fn new(keys: &[ArrayRef], nodes: &[u32]) -> Result<Self> {
        if keys.is_empty() || keys.iter().any(|key| key.len() != nodes.len()) {
            return Err(Error::internal("the keys of a hierarchy are not as many as their nodes"));
        }
        if u32::try_from(nodes.len()).is_err() {
            return Err(Error::new(ErrorKind::LimitExceeded, "a hierarchy has more than 4,294,967,295 keys"));
        }
        if let [key] = keys {
            if let Some(texts) = key.as_string_view_opt() {
                return Ok(Self::Texts(Texts::new(texts, nodes)));
            }
            if let Some(integers) = key.as_primitive_opt::<Int64Type>() {
                return Ok(Self::Integers(Integers::new(integers, nodes)));
            }
        }
        Tuples::new(keys, nodes).map(Self::Tuples)
    }

    /// What `of` says of the node of each row by its key, and of the root for a key that is not there. The columns have the
    /// types of those indexed.
    pub(super) fn find<N: Copy>(&self, keys: &[ArrayRef], of: impl Fn(u32) -> N) -> Result<Vec<N>> {
        let column = || match keys {
            [key] => Ok(key),
            _ => Err(Error::internal("the key of a hierarchy has one column")),
        };
        match self {
            Self::Texts(index) => Ok(index.find(column()?.as_string_view_opt().ok_or_else(of_another_type)?, of)),
            Self::Integers(index) => Ok(index.find(column()?.as_primitive_opt().ok_or_else(of_another_type)?, of)),
            Self::Tuples(index) => index.find(keys, of),
        }
    }

    /// Bytes in memory.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Texts(index) => index.bytes(),
            Self::Integers(index) => index.bytes(),
            Self::Tuples(index) => index.bytes(),
        }
    }
}

fn of_another_type() -> Error {
    Error::internal("the key of a hierarchy is of another type than its members")
}

/// What `of` says of the node of each key, given with its row. Rows often have the key of the row before, which is not
/// looked for again.
fn nodes_of<K: Copy + PartialEq, N: Copy>(
    keys: impl ExactSizeIterator<Item = K>,
    mut find: impl FnMut(usize, K) -> Option<u32>,
    of: impl Fn(u32) -> N,
) -> Vec<N> {
    let mut nodes = Vec::with_capacity(keys.len());
    let mut before = None;
    for (row, key) in keys.enumerate() {
        let node = match before {
            Some((known, node)) if known == key => node,
            _ => of(find(row, key).unwrap_or_else(|| Node::ROOT.number())),
        };
        before = Some((key, node));
        nodes.push(node);
    }
    nodes
}
