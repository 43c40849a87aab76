//! The node of each row of a snapshot by the row's ordinal, so that queries look no key up.

use std::fmt;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;

use crate::error::{Error, Result};

/// In place of the node of a row that there is not. Trees have fewer nodes.
const NO_ROW: u32 = u32::MAX;

/// Ordinals without a row that are taken whatever the number of rows.
const SPARE_ORDINALS: usize = 65_536;

/// The node of each row of one version of a dataset, by ordinal.
pub(crate) struct RowNodes {
    nodes: Box<[u32]>,
}

/// Puts the nodes of rows together, in whatever order the rows come.
#[derive(Debug)]
pub(crate) struct RowNodesBuilder {
    nodes: Vec<u32>,
    /// Nodes of the tree.
    known: usize,
    /// Rows that there are.
    rows: usize,
    met: usize,
    /// Ordinals are below.
    most: usize,
}

impl RowNodes {
    /// Rows from which on it pays to keep the node of each.
    pub(crate) const LEAST_ROWS: u64 = 65_536;

    /// What is shown of the rows with some ordinals: what `to` has for the node of each, or without it the node.
    ///
    /// # Errors
    ///
    /// An internal one for an ordinal that no row has.
    pub(crate) fn shown(&self, ordinals: &[i64], to: Option<&[u32]>) -> Result<Vec<i64>> {
        let node = |ordinal: &i64| {
            let place = usize::try_from(*ordinal).ok();
            place.and_then(|place| self.nodes.get(place)).copied().unwrap_or(NO_ROW)
        };
        // Looked at once behind the loop, which it would slow down.
        let mut is_missing = false;
        let shown = match to {
            None => {
                let number = |ordinal: &i64| {
                    let node = node(ordinal);
                    is_missing |= node == NO_ROW;
                    i64::from(node)
                };
                ordinals.iter().map(number).collect()
            }
            Some(to) => {
                let number = |ordinal: &i64| {
                    let shown = to.get(node(ordinal) as usize).copied();
                    is_missing |= shown.is_none();
                    shown.map_or(0, i64::from)
                };
                ordinals.iter().map(number).collect()
            }
        };
        if is_missing {
            return Err(Error::internal("a row is not among those whose members are known"));
        }
        Ok(shown)
    }

    /// Bytes in memory.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.nodes)
    }
}

impl RowNodesBuilder {
    /// For so many rows, whose nodes are of a tree of so many. None where there are too many rows to number them.
    pub(crate) fn new(rows: u64, known: usize) -> Option<Self> {
        let rows = usize::try_from(rows).ok()?;
        let most = rows.checked_mul(2)?.checked_add(SPARE_ORDINALS)?.checked_add(1)?;
        Some(Self { nodes: Vec::with_capacity(rows), known, rows, met: 0, most })
    }

    /// Adds rows: their ordinals in the first column, their nodes in the second. False if the nodes cannot be kept by
    /// ordinal: the ordinals are too far apart for it, or no nodes of different rows.
    pub(crate) fn add(&mut self, rows: &RecordBatch) -> bool {
        let [ordinals, nodes] = rows.columns() else { return false };
        let (Some(ordinals), Some(nodes)) =
            (ordinals.as_primitive_opt::<Int64Type>(), nodes.as_primitive_opt::<Int64Type>())
        else {
            return false;
        };
        if ordinals.null_count() > 0 || nodes.null_count() > 0 {
            return false;
        }
        ordinals.values().iter().zip(nodes.values()).all(|(ordinal, node)| self.add_row(*ordinal, *node))
    }

    fn add_row(&mut self, ordinal: i64, node: i64) -> bool {
        let (Ok(place), Ok(node)) = (usize::try_from(ordinal), u32::try_from(node)) else { return false };
        if place >= self.most || node == NO_ROW || node as usize >= self.known {
            return false;
        }
        if place >= self.nodes.len() {
            self.nodes.resize(place + 1, NO_ROW);
        }
        let Some(slot) = self.nodes.get_mut(place) else { return false };
        if *slot != NO_ROW {
            return false;
        }
        *slot = node;
        self.met += 1;
        true
    }

    /// The nodes, if all rows were met.
    pub(crate) fn finish(self) -> Option<RowNodes> {
        (self.met == self.rows).then(|| RowNodes { nodes: self.nodes.into_boxed_slice() })
    }
}

impl fmt::Debug for RowNodes {
    /// Without the nodes, which may be very many.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowNodes").field("ordinals", &self.nodes.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, RecordBatch};

    use super::{RowNodes, RowNodesBuilder, SPARE_ORDINALS};

    fn batch(rows: &[(i64, i64)]) -> RecordBatch {
        let column = |values: Vec<i64>| Arc::new(Int64Array::from(values)) as ArrayRef;
        let (ordinals, nodes) = rows.iter().copied().unzip();
        RecordBatch::try_from_iter([("ordinal", column(ordinals)), ("node", column(nodes))]).unwrap()
    }

    /// The nodes of rows that come in batches, of a tree of ten.
    fn made(batches: &[&[(i64, i64)]]) -> Option<RowNodes> {
        let rows = batches.iter().map(|batch| batch.len()).sum::<usize>();
        let mut builder = RowNodesBuilder::new(u64::try_from(rows).unwrap(), 10)?;
        if !batches.iter().all(|rows| builder.add(&batch(rows))) {
            return None;
        }
        builder.finish()
    }

    #[test]
    fn rows_are_found_by_ordinal_in_whatever_order_they_came() {
        let rows = made(&[&[(5, 1), (6, 9)], &[(0, 3), (2, 1)]]).unwrap();
        assert_eq!(rows.shown(&[0, 2, 5, 6, 2], None).unwrap(), [3, 1, 1, 9, 1]);
        let to = [0, 7, 0, 8, 0, 0, 0, 0, 0, 2];
        assert_eq!(rows.shown(&[6, 5, 0], Some(&to)).unwrap(), [2, 7, 8]);
        assert!(rows.shown(&[], None).unwrap().is_empty());
        assert_eq!(rows.bytes(), 7 * size_of::<u32>());
    }

    #[test]
    fn an_ordinal_without_a_row_is_no_member() {
        let rows = made(&[&[(0, 3), (2, 1)]]).unwrap();
        let to = [4; 10];
        for ordinal in [1, 3, -1, i64::MAX, i64::MIN] {
            for to in [None, Some(to.as_slice())] {
                assert!(rows.shown(&[0, ordinal, 2], to).is_err(), "{ordinal}");
            }
        }
        // Nor is a node that nothing is said of.
        assert!(rows.shown(&[0], Some(&[1, 2])).is_err());
    }

    #[test]
    fn ordinals_far_apart_are_not_kept() {
        let most = i64::try_from(2 * 2 + SPARE_ORDINALS).unwrap();
        assert!(made(&[&[(0, 1), (most, 1)]]).is_some());
        assert!(made(&[&[(0, 1), (most + 1, 1)]]).is_none());
    }

    #[test]
    fn rows_that_contradict_are_not_kept() {
        for rows in [[(0, 1), (0, 2)], [(0, 1), (-1, 1)], [(0, 1), (1, 10)], [(0, 1), (1, -1)]] {
            assert!(made(&[&rows]).is_none(), "{rows:?}");
        }
        let mut fewer = RowNodesBuilder::new(3, 10).unwrap();
        assert!(fewer.add(&batch(&[(0, 1), (1, 1)])));
        assert!(fewer.finish().is_none());
    }
}
