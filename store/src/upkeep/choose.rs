//! Which files are worth being rewritten, and which of them together.

use std::collections::{BTreeMap, BTreeSet};

use super::options::CompactOptions;
use crate::error::Result;
use crate::manifest::DataFile;

/// A file of this size is not small, however few rows it has: putting such files together would take much memory and
/// give readers little.
const LARGE_FILE_BYTES: u64 = 128 * 1024 * 1024;

/// Groups of files by their place in the version, each in the order of the version.
type Groups = Vec<Vec<usize>>;

/// The files to rewrite: small ones of similar size together, and those with many deleted rows, unless they are among
/// `spared`.
///
/// Sizes are put into tiers, each reaching to a multiple of the one before. Files of a tier wait until there are so many
/// of them that together they belong into a higher one; then what is left in lower tiers goes along.
pub(super) fn choose(files: &[DataFile], options: &CompactOptions, spared: &BTreeSet<usize>) -> Groups {
    let least = options.min_small_files.max(2);
    let tier = |rows: u64| rows.max(1).ilog(least as u64);
    let mut tiers: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (index, file) in files.iter().enumerate().filter(|(_, file)| is_small(file, options)) {
        tiers.entry(tier(file.live_rows())).or_default().push(index);
    }
    // All files so far, those of them that are chosen, and the rows of the file these will make.
    let (mut lower, mut chosen, mut rows) = (Vec::new(), BTreeSet::new(), 0);
    for (at, members) in tiers {
        let reached = tier(rows);
        let alike = members.len() + usize::from(reached == at && !chosen.is_empty());
        lower.extend(members);
        if alike >= least || (reached > at && !chosen.is_empty()) {
            chosen.extend(lower.iter().copied());
            rows = chosen.iter().filter_map(|index| files.get(*index)).map(DataFile::live_rows).sum();
        }
    }
    let mut alone = Vec::new();
    let mostly_dead = files.iter().enumerate().filter(|(_, file)| is_mostly_dead(file, options.dead_share));
    for (index, file) in mostly_dead.filter(|(index, _)| !spared.contains(index)) {
        if is_small(file, options) {
            chosen.insert(index);
        } else {
            alone.push(vec![index]);
        }
    }
    parts(&chosen.into_iter().collect::<Vec<usize>>(), options.max_inputs).into_iter().chain(alone).collect()
}

/// Files that belong together, at most so many at a time; what that leaves small is put together another time.
fn parts(chosen: &[usize], most: usize) -> Groups {
    let count = chosen.len().div_ceil(most.max(2)).max(1);
    chosen.chunks(chosen.len().div_ceil(count).max(1)).map(<[usize]>::to_vec).collect()
}

/// Everything that is not yet as it should be, together. `is_in_order` says of a file, which has to be looked into,
/// whether it has the columns of the version and says it is in the layout's order.
pub(super) fn choose_all(
    files: &[DataFile],
    options: &CompactOptions,
    is_in_order: impl Fn(usize) -> Result<bool>,
) -> Result<Groups> {
    let (mut chosen, mut small) = (Vec::new(), 0);
    for (index, file) in files.iter().enumerate() {
        let sound = file.deletions.is_none() && is_in_order(index)?;
        let is_small = is_small(file, options);
        if is_small || !sound {
            chosen.push(index);
            small += usize::from(is_small && sound);
        }
    }
    // The last file of a sequence may be small.
    let done = chosen.len() == small && small <= 1;
    Ok(if done { Vec::new() } else { parts(&chosen, options.max_inputs) })
}

fn is_small(file: &DataFile, options: &CompactOptions) -> bool {
    let full = options.layout.target_file_rows as u64;
    !file.full && file.live_rows() < options.small_file_rows.min(full) && file.size < LARGE_FILE_BYTES
}

pub(super) fn is_mostly_dead(file: &DataFile, share: f64) -> bool {
    let dead = file.dead_rows();
    dead > 0 && is_share(dead, file.rows, share)
}

/// Whether a part is at least that share of the whole.
pub(super) fn is_share(part: u64, whole: u64, share: f64) -> bool {
    as_float(part) >= share * as_float(whole)
}

#[expect(clippy::cast_precision_loss, reason = "numbers of rows are below 2^53, and a share need not be exact")]
fn as_float(rows: u64) -> f64 {
    rows as f64
}

#[cfg(test)]
mod tests {
    use super::{BTreeSet, CompactOptions, DataFile, LARGE_FILE_BYTES, choose_all};
    use crate::deletions::FileDeletions;
    use crate::digest::Digest;
    use crate::manifest::FileDigest;
    use crate::writer::ParquetLayout;

    fn file(rows: u64, dead: u64) -> DataFile {
        let digest = Digest::of(b"");
        let path = "dv/x.bin".to_owned();
        let deletions = FileDeletions { path, offset: 1, size: 1, cardinality: dead, digest };
        DataFile {
            path: String::new(),
            size: 1,
            rows,
            row_groups: 1,
            footer_bytes: 8,
            digest: FileDigest::Whole { digest },
            columns: Vec::new(),
            deletions: Some(deletions).filter(|_| dead > 0),
            full: false,
        }
    }

    const NONE: [[usize; 0]; 0] = [];

    fn choose(files: &[DataFile], options: &CompactOptions) -> super::Groups {
        super::choose(files, options, &BTreeSet::new())
    }

    /// Files without deleted rows.
    fn files(rows: &[u64]) -> Vec<DataFile> {
        rows.iter().map(|rows| file(*rows, 0)).collect()
    }

    /// Files below 1,000 rows are small, and three alike are enough.
    fn options() -> CompactOptions {
        CompactOptions::default().with_small_file_rows(1_000).with_min_small_files(3)
    }

    #[track_caller]
    fn check(files: &[DataFile], expected: &[&[usize]]) {
        assert_eq!(choose(files, &options()), expected);
    }

    #[test]
    fn small_files_wait_for_others_of_their_size() {
        check(&[], &[]);
        check(&files(&[1_000, 2_000, 3_000, 1_001]), &[]);
        check(&files(&[10, 5_000, 10]), &[]);
        check(&files(&[10, 5_000, 12, 20]), &[&[0, 2, 3]]);
        check(&files(&[10, 30, 90, 300, 900]), &[]);
        check(&files(&[1, 900, 800, 2, 10, 750]), &[&[0, 1, 2, 3, 4, 5]]);
        check(&files(&[0, 1, 2]), &[&[0, 1, 2]]);
    }

    #[test]
    fn what_small_files_make_counts_among_those_of_its_size() {
        // Thirty rows belong to the tier from 27 to 80; two more of these are three alike.
        check(&files(&[10, 10, 10, 30]), &[&[0, 1, 2]]);
        check(&files(&[10, 10, 10, 30, 80]), &[&[0, 1, 2, 3, 4]]);
        // A hundred leap over a tier, and what is in it goes along.
        check(&files(&[10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 50, 500]), &[&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]);
    }

    #[test]
    fn large_and_full_files_are_not_small() {
        let mut large = files(&[10, 10, 10]);
        large[1].size = LARGE_FILE_BYTES;
        check(&large, &[]);
        let mut wide = files(&[10, 10, 10, 10]);
        wide[1].full = true;
        check(&wide, &[&[0, 2, 3]]);
        wide[2].full = true;
        check(&wide, &[]);
        let all = |files: &[DataFile]| choose_all(files, &options(), |_| Ok(true)).unwrap();
        assert_eq!(all(&wide), [[0, 3]]);
        assert_eq!(all(&wide[..3]), NONE, "the last one of a sequence may be small");
        let full = options().with_layout(ParquetLayout::default().with_target_file_rows(10));
        assert_eq!(choose(&files(&[10, 10, 10]), &full), NONE);
        assert_eq!(choose(&files(&[9, 9, 9]), &full), [[0, 1, 2]]);
    }

    #[test]
    fn files_with_many_deleted_rows_are_rewritten() {
        check(&[file(4_000, 999), file(4_000, 1_000), file(2_000, 1_500), file(20, 5), file(9, 1)], &[&[2, 3], &[1]]);
        check(&[file(10, 1), file(10, 0), file(10, 1), file(700, 600)], &[&[0, 1, 2, 3]]);
        let at_once = options().with_dead_share(0.0);
        assert_eq!(choose(&[file(4_000, 0), file(4_000, 1)], &at_once), [[1]]);
        let never = options().with_dead_share(1.5);
        assert_eq!(choose(&[file(4_000, 3_999), file(5, 4)], &never), NONE);
    }

    #[test]
    fn files_that_are_spared_wait() {
        let files = [file(4_000, 2_000), file(20, 15), file(4_000, 2_000)];
        let spared = |indexes: &[usize]| super::choose(&files, &options(), &indexes.iter().copied().collect());
        assert_eq!(spared(&[0, 1]), [[2]]);
        assert_eq!(spared(&[2]), [[1], [0]]);
    }

    #[test]
    fn many_files_are_put_together_in_parts() {
        let few = |most: usize| options().with_max_inputs(most);
        assert_eq!(choose(&files(&[5; 7]), &few(7)), [[0, 1, 2, 3, 4, 5, 6]]);
        let parts: [&[usize]; 3] = [&[0, 1, 2], &[3, 4, 5], &[6]];
        assert_eq!(choose(&files(&[5; 7]), &few(3)), parts);
        let parts: [&[usize]; 2] = [&[0, 1, 2, 3], &[4, 5, 6]];
        assert_eq!(choose_all(&files(&[5; 7]), &few(6), |_| Ok(true)).unwrap(), parts, "about as many in each");
        assert_eq!(choose(&files(&[5; 4]), &few(0)), [[0, 1], [2, 3]]);
    }

    #[test]
    fn all_means_whatever_is_not_as_it_should_be() {
        let all = |files: &[DataFile], disorder: &[usize]| {
            choose_all(files, &options(), |index| Ok(!disorder.contains(&index))).unwrap()
        };
        assert_eq!(all(&[], &[]), NONE);
        assert_eq!(all(&files(&[1_000, 2_000, 5]), &[]), NONE);
        assert_eq!(all(&files(&[5]), &[]), NONE);
        assert_eq!(all(&files(&[1_000, 7, 5]), &[]), [[1, 2]]);
        assert_eq!(all(&files(&[1_000, 2_000, 5]), &[1]), [[1, 2]]);
        assert_eq!(all(&files(&[5]), &[0]), [[0]]);
        assert_eq!(all(&[file(2_000, 1), file(2_000, 0)], &[]), [[0]]);
    }
}
