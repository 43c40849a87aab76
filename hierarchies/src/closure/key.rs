//! A text or NULL that sorts fast.

use std::cmp::Ordering;
use std::ptr;

/// A text, or NULL behind all texts. It compares by its first bytes, which are at hand, and looks at the text itself
/// only if those are the same: sorting many texts is mostly waiting for memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key<'a> {
    /// The first eight bytes, zeros behind a shorter text. No text begins with the byte 255, so NULL has the greatest.
    start: u64,
    text: Option<&'a str>,
}

impl<'a> Key<'a> {
    pub(super) fn new(text: Option<&'a str>) -> Self {
        let Some(bytes) = text.map(str::as_bytes) else { return Self { start: u64::MAX, text: None } };
        let mut start = [0; 8];
        for (to, from) in start.iter_mut().zip(bytes) {
            *to = *from;
        }
        Self { start: u64::from_be_bytes(start), text }
    }

    pub(super) fn text(self) -> Option<&'a str> {
        self.text
    }
}

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.start.cmp(&other.start).then_with(|| match (self.text, other.text) {
            // The values of a dictionary are the same place in memory.
            (Some(left), Some(right)) if !ptr::eq(left, right) => left.cmp(right),
            _ => Ordering::Equal,
        })
    }
}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn keys_sort_like_their_texts_and_null_is_last() {
        let sorted =
            ["", "\0", "a", "a\0", "abcdefg", "abcdefg\0", "abcdefgh", "abcdefgh\0", "abcdefghi", "b", "é", "😀"];
        let keys: Vec<Key<'_>> = sorted.into_iter().map(Some).chain([None]).map(Key::new).collect();
        for (index, left) in keys.iter().enumerate() {
            for (other, right) in keys.iter().enumerate() {
                assert_eq!(left.cmp(right), index.cmp(&other), "{left:?} {right:?}");
                assert_eq!(left == right, index == other, "{left:?} {right:?}");
            }
        }
        let copy = "abcdefghi".to_owned();
        assert!(Key::new(Some(&copy)).cmp(&Key::new(Some("abcdefghi"))).is_eq());
    }
}
