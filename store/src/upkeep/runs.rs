//! Which key runs are merged, and merging them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

use super::choose::is_share;
use super::moves::Moves;
use super::options::CompactOptions;
use crate::dataset::KeyChanges;
use crate::error::Result;
use crate::keys::{KeyRunFile, Place};
use crate::manifest::DataFile;
use crate::snapshot::Snapshot;
use crate::writer::SnapshotWriter;

/// A run takes an elder along if that is at most so many times as large.
const GROWTH: u64 = 4;

/// A key run that takes the place of some others, which lie next to each other.
#[derive(Debug)]
pub(super) struct MergedRun {
    run: KeyRunFile,
    /// The paths of the others.
    removed: Vec<String>,
}

impl MergedRun {
    pub(super) fn changes(&self) -> KeyChanges {
        let added = Some(&self.run).filter(|run| run.entries > 0).cloned();
        KeyChanges::Change { added: added.into_iter().collect(), removed: self.removed.clone() }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.run.size
    }

    /// How many others there were.
    pub(super) fn others(&self) -> u64 {
        self.removed.len() as u64
    }
}

/// Merges the key runs that lead into files that were rewritten, and those that grew as large as their elders.
pub(super) fn merge_runs(
    writer: &SnapshotWriter,
    version: &Snapshot,
    moves: &Moves,
    options: &CompactOptions,
) -> Result<Option<MergedRun>> {
    let runs = version.manifest().runs();
    if moves.is_empty() && choose_runs(runs, None, options).is_none() {
        return Ok(None);
    }
    let Some(index) = version.keys()? else { return Ok(None) };
    let moved = |run: &usize| index.files_of(*run).any(|file| !moves.keeps(file as usize));
    let first = (0..runs.len()).find(moved);
    let must = first.zip((0..runs.len()).rfind(moved)).map(|(first, last)| first..last + 1);
    let Some(chosen) = choose_runs(runs, must.as_ref(), options) else { return Ok(None) };

    let mut files = Vec::new();
    let mut kept = vec![None; version.files().len()];
    let led_to: BTreeSet<u32> = chosen.clone().flat_map(|run| index.files_of(run)).collect();
    for file in led_to.iter().map(|file| *file as usize).filter(|file| moves.keeps(*file)) {
        if let (Some(place), Some(described)) = (kept.get_mut(file), version.files().get(file)) {
            *place = u32::try_from(files.len()).ok();
            files.push(described.clone());
        }
    }
    let first_new = u32::try_from(files.len()).ok();
    if must.is_some() {
        files.extend(moves.added().cloned());
    }
    let map = |place: Place| {
        let file = place.file as usize;
        if let Some(file) = kept.get(file).copied().flatten() {
            return Some(Place { file, row: place.row });
        }
        let (file, row) = moves.locate(file, place.row)?;
        Some(Place { file: first_new?.checked_add(u32::try_from(file).ok()?)?, row })
    };
    let run = writer.merge_keys(version, chosen.clone(), &map, &files, options.dead_horizon_us)?;
    let removed = runs.get(chosen).unwrap_or_default().iter().map(|run| run.path.clone()).collect();
    Ok(Some(MergedRun { run, removed }))
}

/// The files whose deleted rows are not worth rewriting them yet: a key run leads to them that is far larger, would have
/// to be merged too, and still leads to living rows nearly everywhere.
pub(super) fn led_to_by_large_runs(version: &Snapshot, share: f64) -> Result<BTreeSet<usize>> {
    let mut spared = BTreeSet::new();
    let Some(index) = version.keys()? else { return Ok(spared) };
    for (number, run) in version.manifest().runs().iter().enumerate() {
        let files = index.files_of(number).map(|file| file as usize);
        let led_to: BTreeMap<usize, &DataFile> =
            files.filter_map(|file| Some((file, version.files().get(file)?))).collect();
        let living = led_to.values().fold(0_u64, |rows, file| rows.saturating_add(file.live_rows()));
        // What is left says of a row where it was. Whether dead entries may be forgotten is another question.
        let stale = run.entries.saturating_sub(run.dead).saturating_sub(living);
        if !is_share(stale, run.entries, share) {
            let far_smaller = led_to.iter().filter(|(_, file)| run.entries > file.rows.saturating_mul(GROWTH));
            spared.extend(far_smaller.map(|(file, _)| *file));
        }
    }
    Ok(spared)
}

/// Whether what was merged of `version` can take its place in `newest`, to which deltas may have added runs.
pub(super) fn still_fit(version: &Snapshot, moves: &Moves, newest: &Snapshot) -> Result<bool> {
    let Some(keys) = &version.manifest().keys else { return Ok(true) };
    let same = newest.manifest().keys.as_ref().is_some_and(|newest| {
        newest.secret == keys.secret && newest.columns == keys.columns && newest.runs.starts_with(&keys.runs)
    });
    let Some(index) = newest.keys()?.filter(|_| same) else { return Ok(false) };
    let files = version.files().iter().enumerate();
    let gone: HashSet<&str> =
        files.filter(|(file, _)| !moves.keeps(*file)).map(|(_, described)| described.path.as_str()).collect();
    let is_gone = |file: u32| newest.files().get(file as usize).is_some_and(|file| gone.contains(file.path.as_str()));
    Ok(!(keys.runs.len()..newest.manifest().runs().len()).flat_map(|run| index.files_of(run)).any(is_gone))
}

/// The runs to merge: from the newest on each elder that is not much larger than those before it together, which keeps
/// their number and the work logarithmic, or else those that must be. Without any that must be, they wait until there are
/// more than of small files, so that these go first and take the runs along: to look into one run more, whose filter is in
/// memory, costs a delta far less than a merge, which is a commit of its own.
fn choose_runs(runs: &[KeyRunFile], must: Option<&Range<usize>>, options: &CompactOptions) -> Option<Range<usize>> {
    if options.all {
        let outlived = |horizon: i64| runs.iter().any(|run| run.oldest_dead.is_some_and(|oldest| oldest < horizon));
        let useful = runs.len() > 1 || must.is_some() || options.dead_horizon_us.is_some_and(outlived);
        return (useful && !runs.is_empty()).then_some(0..runs.len());
    }
    let (mut start, mut entries) = (runs.len(), 0_u64);
    while start > 0 {
        // Those that must be merged count as one.
        let next = must.filter(|must| must.end == start).map_or(start - 1, |must| must.start);
        let elder =
            runs.get(next..start).unwrap_or_default().iter().fold(0_u64, |sum, run| sum.saturating_add(run.entries));
        if start < runs.len() && elder > entries.saturating_mul(GROWTH) {
            break;
        }
        entries = entries.saturating_add(elder);
        start = next;
    }
    match must {
        Some(must) if start > must.start => Some(must.clone()),
        Some(_) => Some(start..runs.len()),
        None => Some(start..runs.len()).filter(|chosen| chosen.len() > options.min_small_files.max(2)),
    }
}

#[cfg(test)]
mod tests {
    use super::{CompactOptions, KeyRunFile, choose_runs};
    use crate::digest::Digest;

    fn run(entries: u64, oldest_dead: Option<i64>) -> KeyRunFile {
        KeyRunFile {
            path: String::new(),
            size: 0,
            entries,
            dead: u64::from(oldest_dead.is_some()),
            oldest_dead,
            head_bytes: 0,
            tail_bytes: 0,
            digest: Digest::of(b""),
        }
    }

    /// First and end of the runs to merge if more than two are worth it.
    #[track_caller]
    fn check(entries: &[u64], must: Option<(usize, usize)>, expected: Option<(usize, usize)>) {
        let runs: Vec<KeyRunFile> = entries.iter().map(|entries| run(*entries, None)).collect();
        let must = must.map(|(first, end)| first..end);
        let chosen = choose_runs(&runs, must.as_ref(), &CompactOptions::default().with_min_small_files(2));
        assert_eq!(chosen.map(|chosen| (chosen.start, chosen.end)), expected);
    }

    #[test]
    fn runs_take_elders_of_their_size_along() {
        check(&[], None, None);
        check(&[9], None, None);
        check(&[40, 10], None, None);
        check(&[201, 40, 10], None, None);
        check(&[200, 40, 10], None, Some((0, 3)));
        check(&[1_000, 30, 2, 10], None, Some((1, 4)));
        check(&[1_000, 200, 50, 10], None, None);
        check(&[100, 80, 8, 0], None, None);
        check(&[0, 0, 0], None, Some((0, 3)));
    }

    #[test]
    fn runs_stay_few_and_are_seldom_merged() {
        let (mut runs, mut written, mut most) = (vec![run(1_000_000, None)], 0, 0);
        let options = CompactOptions::default();
        for _ in 0..2_000 {
            runs.push(run(100, None));
            if let Some(chosen) = choose_runs(&runs, None, &options) {
                let entries = runs.get(chosen.clone()).unwrap().iter().map(|run| run.entries).sum();
                written += entries;
                runs.splice(chosen, [run(entries, None)]);
            }
            most = most.max(runs.len());
        }
        assert!(most <= 16, "{most} runs");
        assert!(written < 15 * 200_000, "{written} entries were written to merge 200,000");
    }

    #[test]
    fn runs_that_must_be_merged_are() {
        check(&[9], Some((0, 1)), Some((0, 1)));
        check(&[1_000, 30, 2, 10], Some((0, 1)), Some((0, 1)));
        check(&[1_000, 300, 2, 10], Some((1, 2)), Some((1, 2)));
        check(&[1_000, 30, 2, 10], Some((2, 3)), Some((1, 4)));
        check(&[1_000, 300, 2, 10], Some((1, 3)), Some((1, 3)));
        check(&[1_000, 30, 10], Some((1, 2)), Some((1, 3)));
        check(&[50, 30, 10], Some((0, 2)), Some((0, 2)));
        check(&[50, 30, 20], Some((0, 2)), Some((0, 3)));
        check(&[1_000, 30, 10], Some((2, 3)), Some((1, 3)));
    }

    #[test]
    fn everything_is_merged_if_that_is_of_use() {
        let all = CompactOptions::default().with_all(true);
        assert_eq!(choose_runs(&[], None, &all), None);
        assert_eq!(choose_runs(&[run(5, None)], None, &all), None);
        assert_eq!(choose_runs(&[run(5, None)], Some(&(0..1)), &all), Some(0..1));
        assert_eq!(choose_runs(&[run(500, None), run(5, None)], None, &all), Some(0..2));
        let forgetful = all.with_dead_horizon_us(10);
        assert_eq!(choose_runs(&[run(5, Some(10))], None, &forgetful), None);
        assert_eq!(choose_runs(&[run(5, Some(9))], None, &forgetful), Some(0..1));
    }
}
