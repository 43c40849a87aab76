//! Removing what is past its retention and what was never committed.
//!
//! The order is what keeps this safe. Manifests go first, oldest first, and durably; then the leases are looked at
//! again, because a reader may have taken one and found its manifest in the meantime; only then do files go. Whoever
//! writes files that no manifest names yet holds a shared lock, and without having it exclusively such files stay.
//!
//! Manifests are read before the lock is taken, because that may take long; with the lock only those are read that have
//! come meanwhile.
//!
//! Where there are no locks, time takes their place: versions stay for a while after they were the newest, whatever the
//! retention, and no file goes before it is older than a commit may take.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::time::Duration;

use super::DatasetInner;
use super::inventory::{Named, Stored};
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::layout::{DATA_DIR, FILE_DIRS, WRITING_LOCK, join};
use crate::log::{Envelope, LogGuard, NumberedLog};
use crate::manifest::Manifest;
use crate::options::Retention;
use crate::storage::LockMode;

/// What a vacuum did.
#[non_exhaustive]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VacuumReport {
    /// Manifests and catalog versions removed.
    pub versions_removed: u64,
    /// Every path removed, from the root of the store.
    pub removed: Vec<String>,
    /// The bytes of the files removed, without those of manifests.
    pub bytes_removed: u64,
    /// Files no version needs that had to stay because somebody writes or reads; a later vacuum gets them.
    pub postponed: Vec<String>,
    /// What this software never made; it is left alone.
    pub foreign: Vec<String>,
}

impl VacuumReport {
    pub(crate) fn of_removed(path: String, bytes: u64) -> Self {
        Self { removed: vec![path], bytes_removed: bytes, ..Self::default() }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.versions_removed += other.versions_removed;
        self.removed.extend(other.removed);
        self.bytes_removed += other.bytes_removed;
        self.postponed.extend(other.postponed);
        self.foreign.extend(other.foreign);
    }

    fn add_removed(&mut self, path: String, bytes: u64) {
        self.removed.push(path);
        self.bytes_removed += bytes;
    }
}

/// All versions as far as removing them is concerned.
#[derive(Debug, Default)]
struct Versions {
    /// When each was committed; `None` for one that cannot be read.
    times: BTreeMap<u64, Option<i64>>,
    /// Why those cannot be read that cannot.
    unreadable: BTreeMap<u64, Error>,
    named: Named,
}

impl Versions {
    fn add(&mut self, number: u64, read: &Envelope<Manifest>) {
        self.times.insert(number, Some(read.header.committed_at_us));
        self.named.add(number, &read.body);
    }
}

impl DatasetInner {
    pub(crate) fn vacuum(&self, retention: Retention) -> Result<VacuumReport> {
        let mut report = VacuumReport::default();
        if self.context.list(&self.dir)?.is_empty() {
            return Ok(report);
        }
        let before = self.versions_before_lock()?;
        let guard = self.log.lock()?;
        let retention = self.context.kept(retention);
        self.pins.advance()?;
        let mut versions = self.versions_in_lock(&guard, before, retention)?;
        let oldest_kept = self.oldest_kept(&mut versions, retention)?;
        let removed = self.log.remove_below(&guard, oldest_kept)?;
        report.versions_removed = removed.len() as u64;
        report.removed.extend(removed);
        for (path, bytes) in self.log.remove_temps(&guard)? {
            report.add_removed(path, bytes);
        }
        self.remove_files(&guard, &versions, oldest_kept, &mut report)?;
        Ok(report)
    }

    /// The versions that can be read now. What fails is left for later, when nothing is removed meanwhile.
    fn versions_before_lock(&self) -> Result<Versions> {
        let mut versions = Versions::default();
        for number in self.log.versions()? {
            if let Ok(read) = self.read_version(number) {
                versions.add(number, &read);
            }
        }
        Ok(versions)
    }

    /// All versions. Those that are kept must be readable; of others not even that matters.
    fn versions_in_lock(&self, _lock: &LogGuard<'_>, mut versions: Versions, retention: Retention) -> Result<Versions> {
        let numbers = self.log.versions()?;
        if versions.times.keys().any(|known| numbers.binary_search(known).is_err()) {
            // Another vacuum was here. Versions may have come and gone meanwhile whose files those that are known name
            // too, and somebody may read them.
            versions = Versions::default();
        }
        let newest_kept = numbers.len().saturating_sub(retention.min_versions.max(1));
        for (index, number) in numbers.into_iter().enumerate() {
            if versions.times.contains_key(&number) {
                continue;
            }
            match self.read_version(number) {
                Ok(read) => versions.add(number, &read),
                Err(error) if index >= newest_kept => return Err(error),
                Err(error) => {
                    versions.times.insert(number, None);
                    versions.unreadable.insert(number, error);
                }
            }
        }
        Ok(versions)
    }

    fn read_version(&self, number: u64) -> Result<Envelope<Manifest>> {
        let read = self.log.read_kept::<Manifest>(number)?;
        read.body.check(self.id, &self.log.path_of(number))?;
        Ok(read)
    }

    fn oldest_kept(&self, versions: &mut Versions, retention: Retention) -> Result<u64> {
        let times: Vec<(u64, Option<i64>)> = versions.times.iter().map(|(number, time)| (*number, *time)).collect();
        let oldest = oldest_by_retention(&times, retention, self.context.env.now_us());
        let oldest = match self.pins.lowest_known()? {
            Some(leased) => oldest.min(leased),
            None => oldest,
        };
        // A version that cannot be read is in the way of everything only if it would be kept. Whether it is damaged, or
        // the medium has failed, is for the caller to know.
        match versions.unreadable.split_off(&oldest).pop_first() {
            None => Ok(oldest),
            Some((_, error)) => Err(error),
        }
    }

    fn remove_files(
        &self,
        _commits_held: &LogGuard<'_>,
        versions: &Versions,
        oldest_kept: u64,
        report: &mut VacuumReport,
    ) -> Result<()> {
        let leased = self.pins.lowest_known()?.unwrap_or(u64::MAX);
        let oldest_needed = oldest_kept.min(leased);
        let writing = self.locate(&join(DATA_DIR, WRITING_LOCK));
        let inventory = self.inventory()?;
        report.foreign.extend(inventory.foreign);
        // Files no manifest names are somebody's work under way, or belong to a version whose manifest an earlier
        // vacuum removed while it was still being read.
        let locks = self.context.has_locks();
        let writers = if inventory.files.is_empty() || !locks {
            None
        } else {
            match self.context.storage.try_lock(&writing, LockMode::Exclusive) {
                // After a power failure other folders may be there without the one that is locked. Whoever writes next
                // makes it; till then nothing is known of writers.
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                lock => lock.map_err(|error| Error::io("take the lock", &writing, error))?,
            }
        };
        let oldest_known = versions.times.range(oldest_needed..).next().map_or(u64::MAX, |(number, _)| *number);
        let orphans_free = (writers.is_some() || !locks) && leased >= oldest_known;
        // Whoever took a lease since may have read what could not be read here; nobody else knows what that needs.
        let all_read = versions.unreadable.range(oldest_needed..).next().is_none();
        let unclaimed = |file: &Stored| locks || self.context.is_abandoned(file.modified_us);
        let outdated = |file: &Stored| versions.named.has_before(oldest_needed, &file.path);
        let (free, postponed): (Vec<Stored>, Vec<Stored>) = inventory
            .files
            .into_iter()
            .filter(|file| !versions.named.has_from(oldest_needed, &file.path))
            .partition(|file| all_read && unclaimed(file) && (orphans_free || outdated(file)));
        report.postponed.extend(postponed.iter().map(|file| self.locate(&file.path)));
        if !free.is_empty() {
            // A vacuum before this one may not have lived to make the removal of manifests durable.
            self.log.sync()?;
        }
        self.remove_all(&free, report)
    }

    fn remove_all(&self, files: &[Stored], report: &mut VacuumReport) -> Result<()> {
        for file in files {
            let path = self.locate(&file.path);
            self.context.remove(&path)?;
            report.add_removed(path, file.size);
        }
        let touched: HashSet<&str> = files.iter().filter_map(|file| Some(file.path.split_once('/')?.0)).collect();
        for dir in FILE_DIRS.into_iter().filter(|dir| touched.contains(dir)) {
            self.sync_dir(dir)?;
        }
        Ok(())
    }
}

/// The oldest version that the retention keeps, given numbers and times in order; with none there is nothing to remove.
/// A version that cannot be read has no time. Times increase with the numbers, so it is older than the next one that can
/// be read, and no more is known: it may be as young as that, and then the one before it was the newest until lately.
fn oldest_by_retention(versions: &[(u64, Option<i64>)], retention: Retention, now_us: i64) -> u64 {
    let by_count = versions.len().saturating_sub(retention.min_versions.max(1));
    let since = now_us.saturating_sub(micros(retention.max_age));
    // A version was the newest one until its successor came: of those known to be old the last one is needed still.
    let known_old = |(_, time): &(u64, Option<i64>)| time.is_some_and(|committed_at_us| committed_at_us < since);
    let by_age = versions.iter().rposition(known_old).unwrap_or(0);
    let oldest = if retention.max_age.is_zero() { by_count } else { by_age.min(by_count) };
    versions.get(oldest).map_or(0, |(version, _)| *version)
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// Removes versions of a log whose readers hold nothing but the document itself.
pub(crate) fn vacuum_log(log: &NumberedLog, context: &Context) -> Result<VacuumReport> {
    let mut report = VacuumReport::default();
    if context.list(log.dir())?.is_empty() {
        return Ok(report);
    }
    let guard = log.lock()?;
    let mut versions = Vec::new();
    for number in log.versions()? {
        match log.read_raw(number) {
            Ok(Some(raw)) => versions.push((number, Some(raw.header.committed_at_us))),
            // Somebody else has removed it.
            Ok(None) => {}
            // Unlike a manifest it says of no files that they are needed, so it is in nobody's way, kept or not; only how
            // old it is must not be guessed.
            Err(error) if matches!(error.kind(), ErrorKind::Corruption | ErrorKind::UnsupportedFormat) => {
                versions.push((number, None));
            }
            // The medium failed; the next vacuum may read it.
            Err(error) => return Err(error),
        }
    }
    let oldest = oldest_by_retention(&versions, context.kept(context.retention), context.env.now_us());
    let removed = log.remove_below(&guard, oldest)?;
    report.versions_removed = removed.len() as u64;
    report.removed.extend(removed);
    for (path, bytes) in log.remove_temps(&guard)? {
        report.add_removed(path, bytes);
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::{Duration, Retention, oldest_by_retention};

    /// Time 0 is that of a version that cannot be read.
    #[track_caller]
    fn check(times: &[i64], max_age_us: u64, min_versions: usize, expected: u64) {
        let times = times.iter().map(|time| Some(*time).filter(|time| *time != 0));
        let versions: Vec<(u64, Option<i64>)> = (11..).zip(times).collect();
        let retention = Retention { max_age: Duration::from_micros(max_age_us), min_versions };
        assert_eq!(oldest_by_retention(&versions, retention, 100), expected);
    }

    #[test]
    fn versions_are_kept_by_count_and_by_when_they_were_the_newest() {
        check(&[], 10, 1, 0);
        check(&[1, 2, 3], 10, 10, 11);
        check(&[1, 2, 3], 10, 2, 12);
        check(&[1, 2, 3], 10, 0, 13);
        check(&[1, 2, 95], 10, 1, 12);
        check(&[1, 90, 95], 10, 1, 11);
        check(&[1, 2, 3], u64::MAX, 1, 11);
        check(&[1, 2, 100], 0, 1, 13);
        check(&[90, 95], 10, 1, 11);
    }

    #[test]
    fn a_version_that_cannot_be_read_may_be_as_young_as_the_next() {
        check(&[1, 0, 95], 10, 1, 11);
        check(&[1, 2, 0, 0, 95], 10, 1, 12);
        check(&[1, 0, 3, 95], 10, 1, 13);
        check(&[1, 0, 3], 10, 1, 13);
        check(&[1, 2, 0], 10, 1, 12);
        check(&[0, 0, 0], 10, 1, 11);
        check(&[0, 95, 96], 10, 1, 11);
        check(&[1, 0, 0], 10, 3, 11);
        check(&[1, 2, 0], 0, 1, 13);
    }
}
