//! "Did you mean": the nearest known name for a mistyped one.

/// Longer names are not compared: the work grows with the length, and nobody mistypes so much.
const MAX_BYTES: usize = 32;

/// The candidate with the fewest slips, if they are at most a third of the letters (rounded up).
pub(crate) fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    if name.len() > MAX_BYTES {
        return None;
    }
    let wanted = name.to_ascii_uppercase();
    let slips = wanted.chars().count().div_ceil(3);
    candidates
        .into_iter()
        .map(|candidate| (distance(&wanted, &candidate.to_ascii_uppercase()), candidate))
        .filter(|(distance, _)| *distance <= slips)
        .min()
        .map(|(_, candidate)| candidate)
}

/// The fewest letters to add, drop or replace that make one text the other.
fn distance(left: &str, right: &str) -> usize {
    // The distances of what was read of `left` to every beginning of `right`.
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (read, l) in left.chars().enumerate() {
        let (mut diagonal, mut before) = (read, read + 1);
        if let Some(first) = row.first_mut() {
            *first = before;
        }
        for (cell, r) in row.iter_mut().skip(1).zip(right.chars()) {
            let replaced = diagonal + usize::from(l != r);
            diagonal = *cell;
            *cell = replaced.min(diagonal + 1).min(before + 1);
            before = *cell;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn distances_count_slips() {
        for (left, right, slips) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("SUM", "SUN", 1),
            ("COUNT", "CONT", 1),
            ("KITTEN", "SITTING", 3),
        ] {
            assert_eq!(distance(left, right), slips, "{left} {right}");
            assert_eq!(distance(right, left), slips, "{right} {left}");
        }
    }

    #[test]
    fn the_nearest_name_is_found_and_far_ones_are_not() {
        let known = ["SUM", "MEDIAN", "COUNT", "COUNTD"];
        assert_eq!(nearest("medain", known), Some("MEDIAN"));
        assert_eq!(nearest("Cont", known), Some("COUNT"));
        assert_eq!(nearest("countx", known), Some("COUNT"));
        assert_eq!(nearest("xyz", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest(&"S".repeat(10_000), known), None);
    }
}
