//! Few short texts, most of which are found at the first look.

use hashbrown::HashTable;

/// Beyond it the places would not stay in the cache of a processor.
const MOST_TEXTS: usize = 4096;
/// With so many places for a text nine of ten have one of their own.
const PLACES_PER_TEXT: usize = 4;
/// The view of no text: none is that long.
const NO_VIEW: u128 = u128::MAX;

/// Nodes by the views of texts: a text is in its place or, where another one has it, not here. Without texts there are no
/// places.
#[derive(Debug)]
pub(super) struct Near {
    places: Vec<(u128, u32)>,
    /// 64 less the bits of the number of a place.
    shift: u32,
}

impl Near {
    pub(super) fn new(texts: &HashTable<(u128, u32)>) -> Self {
        if texts.is_empty() || texts.len() > MOST_TEXTS {
            return Self { places: Vec::new(), shift: 0 };
        }
        let count = (texts.len() * PLACES_PER_TEXT).next_power_of_two();
        let mut near = Self { places: vec![(NO_VIEW, 0); count], shift: 64 - count.trailing_zeros() };
        for (view, node) in texts {
            let place = near.place(*view);
            if let Some(free) = near.places.get_mut(place).filter(|(taken, _)| *taken == NO_VIEW) {
                *free = (*view, *node);
            }
        }
        near
    }

    pub(super) fn has_texts(&self) -> bool {
        !self.places.is_empty()
    }

    pub(super) fn get(&self, view: u128) -> Option<u32> {
        self.places.get(self.place(view)).filter(|(known, _)| *known == view).map(|(_, node)| *node)
    }

    /// Multiplied by 2^64 over the golden ratio, texts that are alike go to different places.
    fn place(&self, view: u128) -> usize {
        let [low, high] = [view, view >> 64].map(|half| u64::try_from(half & u128::from(u64::MAX)).unwrap_or_default());
        let mixed = (low ^ high.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        usize::try_from(mixed >> (self.shift & 63)).unwrap_or_default()
    }

    pub(super) fn bytes(&self) -> usize {
        self.places.capacity() * size_of::<(u128, u32)>()
    }
}
