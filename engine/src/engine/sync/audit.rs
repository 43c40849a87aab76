//! Comparing source and cache period by period, and reading those anew that differ.

mod tally;

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

use arrow::array::{BooleanArray, RecordBatch};
use drillcore_store::{KeyIndex, KeySecret};
use uuid::Uuid;

use super::super::sync_report::{SyncPhase, SyncReport};
use super::apply::Step;
use super::delta::{After, Ending, Merging};
use super::fetch::Fetched;
use super::job::{Base, Job};
use super::overtaken;
use crate::error::Result;
use crate::sync::{
    Exchanged, HeldKeys, Incoming, Merged, Periods, SyncState, TimeRange, exchange, replace, version_times,
};

/// Rows of periods that are read anew at most, because they are held in memory. With more of them everything is read,
/// which takes no more memory for more rows.
const MOST_ROWS: u64 = 4_000_000;

/// What the source has of some periods.
#[derive(Debug)]
struct Again {
    /// The stretches of time that the periods take up.
    micros: Vec<RangeInclusive<i64>>,
    fetched: Fetched,
    /// Keys of which it has rows, in whatever period, that are not to be read yet.
    unsettled: HashSet<u128>,
}

impl Job {
    /// Compares the periods before the one in which the latest version lies, and reads those anew that differ. If that is
    /// most of the source, nothing is done.
    pub(super) async fn audit(self: &Arc<Self>, ending: Ending, report: &mut SyncReport) -> Result<After> {
        let job = Arc::clone(self);
        let base = Arc::new(self.inner.executor.blocking(move || job.newest()).await?);
        let (Some(audit), Some(watermark)) = (self.acceleration.audit.clone(), base.state.watermark) else {
            return Ok(After::Done);
        };
        // No row is made in one of them that is too new to be read, though it may have been changed later.
        let settled = self.window().before.unwrap_or(i64::MAX);
        let periods = Periods::new(audit.level, watermark.min(settled));
        let secret = KeySecret::from(Uuid::new_v4().into_bytes());
        let source = self.tally_source(&audit, periods, secret).await?;
        let (job, encoders, held) = (Arc::clone(self), self.inner.executor.encoders(), Arc::clone(&base));
        let cache =
            self.inner.executor.blocking(move || encoders.install(|| job.tally_cache(&held, &audit, periods, &secret)));
        let cache = cache.await?;
        let differing = source.differing(&cache);
        report.audited_periods = source.count(&cache) as u64;
        let rows = source.rows_of(&differing);
        let is_most = rows.saturating_mul(2) > source.rows() && differing.len() > 1;
        if is_most || rows.max(cache.rows_of(&differing)) > MOST_ROWS {
            return Ok(After::ReadEverything);
        }
        report.reloaded_periods = differing.len() as u64;
        let again = if differing.is_empty() {
            None
        } else {
            Some(Box::pin(self.read_periods(&base, periods.stretches(&differing))).await?)
        };
        report.non_finite += again.as_ref().map_or(0, |again| again.fetched.non_finite);
        let (job, encoders) = (Arc::clone(self), self.inner.executor.encoders());
        let work = move || encoders.install(|| job.reload(again, &base, ending));
        self.inner.executor.blocking(work).await?.tell(report);
        Ok(After::Done)
    }

    /// The rows of the source of some periods. Of a key that the cache does not have there, but knows, all rows are read:
    /// that of another period may be the one that counts.
    async fn read_periods(self: &Arc<Self>, base: &Arc<Base>, micros: Vec<RangeInclusive<i64>>) -> Result<Again> {
        let again = self.read_again(base, micros, &HashSet::new()).await?;
        if !self.roles.is_keyed() {
            return Ok(again);
        }
        let (job, encoders, base_held) = (Arc::clone(self), self.inner.executor.encoders(), Arc::clone(base));
        let work = move || {
            let elsewhere = encoders.install(|| job.known_elsewhere(&base_held, &again))?;
            Ok((again, elsewhere))
        };
        let (again, elsewhere) = self.inner.executor.blocking(work).await?;
        if elsewhere.is_empty() { Ok(again) } else { self.read_again(base, again.micros, &elsewhere).await }
    }

    /// The rows of the source that were made in stretches of time or have one of some keys, as far as a sync may read
    /// them now.
    async fn read_again(&self, base: &Base, micros: Vec<RangeInclusive<i64>>, keys: &HashSet<u128>) -> Result<Again> {
        let window = self.window();
        let since = micros.first().map(|first| *first.start()).filter(|_| keys.is_empty());
        let range = TimeRange { column: self.acceleration.created_at.as_deref().unwrap_or_default(), micros };
        let (hasher, encoders) = (base.keys.as_ref().map(KeyIndex::hasher), self.inner.executor.encoders());
        let is_unsettled = |version: &i64| window.before.is_some_and(|before| *version >= before);
        let mut unsettled = HashSet::new();
        let pick = |rows: &RecordBatch| -> Result<Option<BooleanArray>> {
            let created = self.roles.created_of(rows)?.unwrap_or_default();
            let versions = version_times(rows, &self.roles.versions)?;
            let mut wanted: Vec<bool> = created.iter().map(|time| range.contains(*time)).collect();
            let by_key = !keys.is_empty() || versions.iter().any(is_unsettled);
            if let Some(hasher) = hasher.as_ref().filter(|_| by_key) {
                let hashed = encoders.install(|| hasher.hash(&self.roles.key_of(rows)))?;
                for ((wanted, version), hash) in wanted.iter_mut().zip(&versions).zip(&hashed.hashes) {
                    *wanted |= keys.contains(hash);
                    // Wherever it was made: that may be what has changed.
                    if is_unsettled(version) {
                        unsettled.insert(*hash);
                    }
                }
            }
            if let Some(mask) = window.mask(&versions, Some(&created)) {
                for (wanted, in_time) in wanted.iter_mut().zip(mask.values()) {
                    *wanted &= in_time;
                }
            }
            Ok(Some(BooleanArray::from(wanted)))
        };
        let (rows, non_finite) = self.read_picked(since, pick).await?;
        Ok(Again { micros: range.micros, fetched: Fetched { rows, beyond: None, non_finite }, unsettled })
    }

    /// The keys among the rows that the cache knows, but has no row of in these periods. Blocking.
    fn known_elsewhere(&self, base: &Base, again: &Again) -> Result<HashSet<u128>> {
        let keys = base.keys()?;
        let mut hashes = keys.hasher().hash(&self.roles.key_of(&again.fetched.rows))?.hashes;
        hashes.sort_unstable();
        hashes.dedup();
        let here: HashSet<u128> = self.keys_between(base, &again.micros)?.into_iter().collect();
        let known = keys.find(&hashes)?.into_iter().flatten().map(|known| known.hash);
        Ok(known.filter(|hash| !here.contains(hash)).collect())
    }

    /// The hashes of the keys of the held rows that were made in stretches of time.
    fn keys_between(&self, base: &Base, micros: &[RangeInclusive<i64>]) -> Result<Vec<u128>> {
        let held = self.held_between(base, self.roles.key.iter().copied(), micros.to_vec())?;
        Ok(base.keys()?.hasher().hash(&held.columns)?.hashes)
    }

    /// Makes the cache hold what the source has of some periods, and ends the delta. Blocking; works on the rayon pool of
    /// the calling thread.
    fn reload(&self, again: Option<Again>, audited: &Base, ending: Ending) -> Result<Merging> {
        self.tell(SyncPhase::Merging);
        let base = self.newest()?;
        let advance = |state: &mut SyncState| ending.advance(self, state);
        let Some(Again { micros, fetched, unsettled }) = again else {
            let step = Step { incoming: None, decide: &|_| Ok(Merged::default()), advance: &advance };
            return Ok(Merging::new(self.apply(base, &step)?, None));
        };
        let incoming = self.incoming(fetched, audited)?;
        let decide = |base: &Base| {
            // Files may have been put together meanwhile, but if rows came, others may count now.
            let same = base.snapshot.version() == audited.snapshot.version() || base.stored == audited.stored;
            if !same || base.secret() != audited.secret() {
                return Err(overtaken(&self.entry.name));
            }
            self.replaced(base, &incoming, &micros, &unsettled)
        };
        let applied = self.apply(base, &Step { incoming: Some(&incoming), decide: &decide, advance: &advance })?;
        Ok(Merging::new(applied, Some(&incoming)))
    }

    fn replaced(
        &self,
        base: &Base,
        incoming: &Incoming,
        micros: &[RangeInclusive<i64>],
        unsettled: &HashSet<u128>,
    ) -> Result<Merged> {
        let Some(keys) = &base.keys else {
            let held = self.held_between(base, 0..self.entry.columns.len(), micros.to_vec())?;
            let columns = self.roles.content_of(&incoming.rows);
            let (ours, theirs) = ((0..incoming.times.len()).collect(), (0..held.places.len()).collect());
            let Exchanged { new, held: gone } = exchange(&columns, ours, &held.columns, theirs)?;
            let mut merged = Merged::default();
            (merged.counts.inserted, merged.counts.deleted) = (new.len() as u64, gone.len() as u64);
            merged.counts.unchanged = incoming.times.len().saturating_sub(new.len()) as u64;
            merged.remove = gone.iter().filter_map(|row| held.places.get(*row)).copied().collect();
            merged.write = new;
            return Ok(merged);
        };
        let winners = incoming.winners(self.roles.strategy);
        let held = keys.find(&incoming.hashes_of(&winners))?;
        let period = keys.find(&self.keys_between(base, micros)?)?;
        Ok(replace(incoming, &winners, &HeldKeys { winners: &held, period: &period, unsettled }))
    }
}
