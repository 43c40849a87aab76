//! Keys that are texts.

use std::hash::BuildHasher;

use arrow::array::{Array, StringViewArray};
use drillcore_hierarchies::Node;
use hashbrown::{DefaultHashBuilder, HashTable};

use super::near::Near;
use super::{Slot, nodes_of};

/// The longest text that a string view holds in itself.
const INLINE_TEXT: u128 = 12;
/// The low four bytes of a view are the length.
const LENGTH_BITS: u128 = 0xFFFF_FFFF;

/// Nodes by text.
#[derive(Debug)]
pub(in crate::members) struct Texts {
    /// Most short texts, where they are few.
    near: Near,
    /// By the views of short texts, which are the texts themselves.
    short: HashTable<(u128, u32)>,
    /// By the hashes of long texts.
    long: HashTable<Slot>,
    long_texts: StringViewArray,
    null: Option<u32>,
    /// Differs from index to index, so that nobody can choose keys that collide.
    hasher: DefaultHashBuilder,
}

impl Texts {
    pub(super) fn new(keys: &StringViewArray, nodes: &[u32]) -> Self {
        let hasher = DefaultHashBuilder::default();
        let mut short = HashTable::with_capacity(keys.views().iter().filter(|view| is_short(**view)).count());
        let (mut long, mut null) = (Vec::new(), None);
        for ((text, view), node) in keys.iter().zip(keys.views().iter()).zip(nodes) {
            match text {
                None => null = Some(*node),
                Some(_) if is_short(*view) => {
                    short.insert_unique(hasher.hash_one(*view), (*view, *node), |(other, _)| hasher.hash_one(*other));
                }
                Some(text) => long.push((text, *node)),
            }
        }
        let mut slots = HashTable::with_capacity(long.len());
        for (place, (text, node)) in (0_u32..).zip(&long) {
            let hash = hasher.hash_one(*text);
            slots.insert_unique(hash, Slot { hash, place, node: *node }, |slot| slot.hash);
        }
        let long_texts = StringViewArray::from_iter_values(long.into_iter().map(|(text, _)| text));
        Self { near: Near::new(&short), short, long: slots, long_texts, null, hasher }
    }

    pub(super) fn find<N: Copy>(&self, keys: &StringViewArray, of: impl Fn(u32) -> N) -> Vec<N> {
        // Within one column, equal views are equal texts, whatever their length.
        let views = keys.views().iter().copied();
        match keys.nulls().filter(|nulls| nulls.null_count() > 0) {
            None if self.near.has_texts() => {
                let far = |row, view| self.node(keys, row, view).unwrap_or_else(|| Node::ROOT.number());
                views.enumerate().map(|(row, view)| of(self.near.get(view).unwrap_or_else(|| far(row, view)))).collect()
            }
            None => nodes_of(views, |row, view| self.node(keys, row, view), of),
            Some(nulls) => {
                let views = views.zip(nulls).map(|(view, valid)| valid.then_some(view));
                let find = |row, view: Option<u128>| match view {
                    Some(view) => self.node(keys, row, view),
                    None => self.null,
                };
                nodes_of(views, find, of)
            }
        }
    }

    fn node(&self, keys: &StringViewArray, row: usize, view: u128) -> Option<u32> {
        if is_short(view) {
            let same = |(other, _): &(u128, u32)| *other == view;
            return self.short.find(self.hasher.hash_one(view), same).map(|(_, node)| *node);
        }
        let text = keys.value(row);
        let hash = self.hasher.hash_one(text);
        let same = |slot: &Slot| slot.hash == hash && self.long_texts.value(slot.place as usize) == text;
        self.long.find(hash, same).map(|slot| slot.node)
    }

    pub(super) fn bytes(&self) -> usize {
        self.near.bytes()
            + self.short.allocation_size()
            + self.long.allocation_size()
            + self.long_texts.get_array_memory_size()
    }
}

fn is_short(view: u128) -> bool {
    view & LENGTH_BITS <= INLINE_TEXT
}
