//! Finding numbers among sorted ones that are spread evenly.

/// How many of these sorted numbers are smaller than `number`. They should be spread evenly, as hashes are; then a place can
/// be told but for a few, while a binary search would touch memory all over the fences of a large run.
pub(super) fn place_of(sorted: &[u64], number: u64) -> usize {
    let expected = |number: u64| usize::try_from((u128::from(number) * sorted.len() as u128) >> 64).unwrap_or(0);
    let is_smaller = |place: usize| sorted.get(place).is_some_and(|held| *held < number);
    let place = expected(number);
    // What lies around it is off by about as much.
    let guess = sorted.get(place).map_or(place, |held| (2 * place).saturating_sub(expected(*held)));
    let (mut low, mut high) = (guess.min(sorted.len()), guess.min(sorted.len()));
    let mut step = 1;
    if is_smaller(high) {
        while is_smaller(high) {
            low = high + 1;
            high += step;
            step *= 2;
        }
        high = high.min(sorted.len());
    } else {
        while low > 0 && !is_smaller(low - 1) {
            high = low - 1;
            low = high.saturating_sub(step);
            step *= 2;
        }
    }
    low + sorted.get(low..high).map_or(0, |between| between.partition_point(|held| *held < number))
}

#[cfg(test)]
mod tests {
    use super::place_of;
    use crate::rng::SplitMix64;

    #[track_caller]
    fn check(sorted: &[u64], numbers: impl IntoIterator<Item = u64>) {
        for number in numbers {
            let expected = sorted.partition_point(|held| *held < number);
            assert_eq!(place_of(sorted, number), expected, "{number} among {sorted:?}");
        }
    }

    #[test]
    fn places_are_those_of_a_binary_search() {
        let mut random = SplitMix64::new(7);
        for length in 0..200 {
            // From numbers spread evenly to numbers that are nearly all alike.
            let shift = random.below(64);
            let mut sorted: Vec<u64> = (0..length).map(|_| random.next_u64() >> shift).collect();
            sorted.sort_unstable();
            let near = sorted.iter().flat_map(|held| [held.saturating_sub(1), *held, held.saturating_add(1)]);
            check(&sorted, near.chain([0, 1, u64::MAX / 2, u64::MAX]));
            check(&sorted, (0..50).map(|_| random.next_u64()));
        }
    }

    #[test]
    fn numbers_at_both_ends_are_found() {
        check(&[u64::MAX; 100], [0, u64::MAX - 1, u64::MAX]);
        check(&[0; 100], [0, 1, u64::MAX]);
        check(&[&[0; 50][..], &[u64::MAX; 50]].concat(), [0, 1, u64::MAX / 2, u64::MAX - 1, u64::MAX]);
    }
}
