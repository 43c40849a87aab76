//! The Levenshtein distance.

use super::pieces::offset;

/// The longest texts that are held against each other, in characters.
const LONGEST: usize = 1_000;

/// The bits that a text is held in where it has no more characters than that.
const BITS: usize = 64;

/// Texts to hold against each other, and room for it.
#[derive(Debug, Default)]
pub(super) struct Distance {
    left: Vec<char>,
    right: Vec<char>,
    row: Vec<usize>,
}

/// Whether a text is not too long.
pub(super) fn is_short(text: &str) -> bool {
    offset(text, LONGEST) == text.len()
}

impl Distance {
    /// The distance between two texts, and the characters of the longer; none if one is too long.
    pub(super) fn between(&mut self, left: &str, right: &str) -> Option<(usize, usize)> {
        if !is_short(left) || !is_short(right) {
            return None;
        }
        if left.is_ascii() && right.is_ascii() {
            let (one, other) = differing(left.as_bytes(), right.as_bytes());
            let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
            let distance = if short.len() <= BITS { by_bits(short, long) } else { by_rows(&mut self.row, short, long) };
            return Some((distance, left.len().max(right.len())));
        }
        self.left.clear();
        self.left.extend(left.chars());
        self.right.clear();
        self.right.extend(right.chars());
        let (one, other) = differing(&self.left, &self.right);
        Some((by_rows(&mut self.row, one, other), self.left.len().max(self.right.len())))
    }
}

/// What is left of both without the same start and the same end.
fn differing<'t, T: PartialEq>(mut left: &'t [T], mut right: &'t [T]) -> (&'t [T], &'t [T]) {
    while let (Some((one, behind)), Some((other, behind_other))) = (left.split_first(), right.split_first()) {
        if one != other {
            break;
        }
        (left, right) = (behind, behind_other);
    }
    while let (Some((one, before)), Some((other, before_other))) = (left.split_last(), right.split_last()) {
        if one != other {
            break;
        }
        (left, right) = (before, before_other);
    }
    (left, right)
}

/// A column of the table of distances at a time, as the bits where it rises and falls (Myers, in the form of Hyyrö).
/// The short text is ASCII of at most [`BITS`] characters.
fn by_bits(short: &[u8], long: &[u8]) -> usize {
    let mut places = [0_u64; 128];
    let mut last = 0_u64;
    for (place, byte) in short.iter().enumerate() {
        last = 1_u64 << place;
        if let Some(places) = places.get_mut(usize::from(*byte)) {
            *places |= last;
        }
    }
    if last == 0 {
        return long.len();
    }
    let mut distance = short.len();
    let (mut rises, mut falls) = (u64::MAX, 0_u64);
    for byte in long {
        let same = places.get(usize::from(*byte)).copied().unwrap_or_default();
        let diagonal = ((same & rises).wrapping_add(rises) ^ rises) | same | falls;
        let mut rises_along = falls | !(diagonal | rises);
        let mut falls_along = rises & diagonal;
        if rises_along & last != 0 {
            distance += 1;
        }
        if falls_along & last != 0 {
            distance -= 1;
        }
        rises_along = (rises_along << 1) | 1;
        falls_along <<= 1;
        rises = falls_along | !(diagonal | rises_along);
        falls = rises_along & diagonal;
    }
    distance
}

/// A row of the table of distances at a time.
fn by_rows<T: PartialEq>(row: &mut Vec<usize>, left: &[T], right: &[T]) -> usize {
    row.clear();
    row.extend(1..=right.len());
    let mut last = right.len();
    for (place, one) in left.iter().enumerate() {
        let mut diagonal = place;
        last = place + 1;
        for (other, above) in right.iter().zip(row.iter_mut()) {
            let changed = diagonal + usize::from(one != other);
            last = changed.min(last + 1).min(*above + 1);
            diagonal = std::mem::replace(above, last);
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Distance, by_rows};

    #[track_caller]
    fn check(left: &str, right: &str, expected: Option<(usize, usize)>) {
        let mut distance = Distance::default();
        assert_eq!(distance.between(left, right), expected, "{left} {right}");
        assert_eq!(distance.between(right, left), expected, "{right} {left}");
    }

    #[test]
    fn distances_at_the_ends_of_words_of_bits() {
        check("", "", Some((0, 0)));
        check("abc", "abc", Some((0, 3)));
        check("abab", "ab", Some((2, 4)));
        for length in [63, 64, 65, 128] {
            let (ones, others) = ("a".repeat(length), "b".repeat(length));
            check(&ones, &others, Some((length, length)));
            check(&format!("x{ones}"), &format!("{ones}y"), Some((2, length + 1)));
            check(&format!("x{ones}é"), &format!("{ones}y"), Some((2, length + 2)));
        }
    }

    #[test]
    fn long_texts_have_no_distance() {
        let longest = "é".repeat(1_000);
        check(&longest, "", Some((1_000, 1_000)));
        check(&format!("{longest}a"), &format!("{longest}a"), None);
        check(&"a".repeat(1_001), "", None);
    }

    proptest! {
        #[test]
        fn distances_are_those_of_another_crate(left in "[ab]{0,90}|[abcé]{0,9}", right in "[ab]{0,90}|[abcé]{0,9}") {
            let expected = strsim::levenshtein(&left, &right);
            let longer = left.chars().count().max(right.chars().count());
            prop_assert_eq!(Distance::default().between(&left, &right), Some((expected, longer)));
            let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
            prop_assert_eq!(by_rows(&mut vec![7, 7], &left, &right), expected);
        }
    }
}
