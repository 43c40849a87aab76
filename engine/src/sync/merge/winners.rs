//! The one row that counts among several with the same key.

use rayon::slice::ParallelSliceMut;

/// The numbers of the rows that count, in order: for each key the one with the latest version, and of several the last.
pub(in crate::sync) fn latest_of_each(hashes: &[u128], times: &[i64]) -> Vec<usize> {
    let rows = hashes.iter().zip(times).enumerate().map(|(row, (hash, time))| (*hash, *time, row));
    of_each(rows.collect(), <[_]>::last)
}

/// The numbers of the rows that count, in order: the first of each key.
pub(in crate::sync) fn first_of_each(hashes: &[u128]) -> Vec<usize> {
    let rows = hashes.iter().enumerate().map(|(row, hash)| (*hash, 0, row));
    of_each(rows.collect(), <[_]>::first)
}

type Ranked = (u128, i64, usize);

fn of_each(mut rows: Vec<Ranked>, choose: impl Fn(&[Ranked]) -> Option<&Ranked>) -> Vec<usize> {
    rows.par_sort_unstable();
    let same_key = |one: &Ranked, other: &Ranked| one.0 == other.0;
    let mut chosen: Vec<usize> = rows.chunk_by(same_key).filter_map(&choose).map(|(_, _, row)| *row).collect();
    chosen.par_sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::{first_of_each, latest_of_each};

    #[test]
    fn the_latest_version_counts_and_of_several_the_last() {
        let hashes = [5, 3, 5, 9, 5, 3];
        assert_eq!(latest_of_each(&hashes, &[1, 1, 2, 0, 2, 0]), [1, 3, 4]);
        assert_eq!(first_of_each(&hashes), [0, 1, 3]);
        assert_eq!(latest_of_each(&[], &[]), Vec::<usize>::new());
    }
}
