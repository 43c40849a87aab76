//! Keys of several columns, or of other types.

use std::hash::BuildHasher;

use arrow::array::{Array, ArrayRef};
use arrow::error::ArrowError;
use arrow::row::{Row, RowConverter, Rows, SortField};
use hashbrown::{DefaultHashBuilder, HashTable};

use super::{Slot, nodes_of};
use crate::error::{Error, Result};

/// Nodes by tuple, in the comparable form of arrow-row.
#[derive(Debug)]
pub(in crate::members) struct Tuples {
    converter: RowConverter,
    rows: Rows,
    slots: HashTable<Slot>,
    hasher: DefaultHashBuilder,
}

impl Tuples {
    pub(super) fn new(keys: &[ArrayRef], nodes: &[u32]) -> Result<Self> {
        let fields = keys.iter().map(|key| SortField::new(key.data_type().clone())).collect();
        let converter = RowConverter::new(fields).map_err(broken)?;
        let rows = converter.convert_columns(keys).map_err(broken)?;
        let hasher = DefaultHashBuilder::default();
        let mut slots = HashTable::with_capacity(rows.num_rows());
        for ((place, row), node) in (0_u32..).zip(&rows).zip(nodes) {
            let hash = hasher.hash_one(row.as_ref());
            slots.insert_unique(hash, Slot { hash, place, node: *node }, |slot| slot.hash);
        }
        Ok(Self { converter, rows, slots, hasher })
    }

    pub(super) fn find<N: Copy>(&self, keys: &[ArrayRef], of: impl Fn(u32) -> N) -> Result<Vec<N>> {
        let wanted = self.converter.convert_columns(keys).map_err(broken)?;
        let find = |_, key: Row<'_>| {
            let hash = self.hasher.hash_one(key.as_ref());
            let same = |slot: &Slot| slot.hash == hash && self.rows.row(slot.place as usize) == key;
            self.slots.find(hash, same).map(|slot| slot.node)
        };
        Ok(nodes_of(wanted.iter(), find, of))
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.size() + self.slots.allocation_size()
    }
}

fn broken(error: ArrowError) -> Error {
    Error::internal("the keys of a hierarchy cannot be compared").with_source(error)
}
