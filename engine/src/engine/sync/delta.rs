//! Reading what has changed, and merging it into the newest version.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::super::sync_report::{SyncMode, SyncPhase, SyncReport};
use super::apply::{Applied, Step};
use super::fetch::Fetched;
use super::job::{Base, Job, micros_of};
use super::overtaken;
use crate::catalog::{Acceleration, LoadType, Strategy};
use crate::error::Result;
use crate::sync::{
    HeldRows, Incoming, Merged, SyncState, TimeRange, Window, exchange, held_rows, insert_by_key, insert_missing,
    is_reconcile_due, retention_us, upsert,
};
use crate::tables::table_schema;

/// What a delta leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// The cache is up to date.
    Done,
    /// So much of the source is different that it is better read anew.
    ReadEverything,
}

impl Job {
    /// Brings the cache up to date by what has changed: rows go that are too old or that the source no longer has, then
    /// come the changes, and then the two are compared, as far as that is wanted.
    pub(super) async fn delta(self: &Arc<Self>, report: &mut SyncReport) -> Result<After> {
        let job = Arc::clone(self);
        let newest = self.inner.executor.blocking(move || {
            let base = job.newest()?;
            Ok((base.snapshot.version(), base.stored))
        });
        let (version, known) = newest.await?;
        report.version = version;
        if self.acceleration.retention.is_some() {
            self.expire(report).await?;
        }
        let reconciles = is_reconcile_due(&self.acceleration, &known);
        if reconciles {
            self.reconcile_keys(report).await?;
        }
        let audits = self.acceleration.audit.is_some();
        self.catch_up(&known, Ending { reconciles, counts: !audits }, report).await?;
        if audits { self.audit(Ending { reconciles, counts: true }, report).await } else { Ok(After::Done) }
    }

    /// Fetches and merges changes, in pieces if they reach far back.
    async fn catch_up(self: &Arc<Self>, known: &SyncState, ending: Ending, report: &mut SyncReport) -> Result<()> {
        let limits = self.window();
        let known_until = known.watermark.unwrap_or(self.now);
        let mut window =
            Window { from: Some(known_until.saturating_sub(micros_of(self.acceleration.overlap))), ..limits };
        let mut start = known_until;
        loop {
            window.before = self.piece_end(start, limits.before);
            let fetched = self.fetch(window, limits.before).await?;
            let next = fetched.beyond;
            report.pieces += 1;
            report.non_finite += fetched.non_finite;
            let last = next.is_none();
            let (job, watermark) = (Arc::clone(self), known.watermark);
            let (ending, encoders) = (ending.of_piece(last), self.inner.executor.encoders());
            let from = window.from;
            let work = move || encoders.install(|| job.merge(fetched, from, watermark, ending));
            self.inner.executor.blocking(work).await?.tell(report);
            match next {
                Some(time) => (window.from, start) = (Some(time), time),
                None => return Ok(()),
            }
        }
    }

    /// Where a piece ends that reads on from a time; none if it reads to the end.
    fn piece_end(&self, start: i64, end: Option<i64>) -> Option<i64> {
        let length = self.acceleration.max_sync_period.map(micros_of);
        let piece = length.map(|length| start.saturating_add(length.max(1)));
        piece.filter(|piece| *piece < end.unwrap_or(self.now)).or(end)
    }

    /// Merges fetched rows into the newest version. Blocking; works on the rayon pool of the calling thread.
    fn merge(
        &self,
        fetched: Fetched,
        fetched_from: Option<i64>,
        watermark: Option<i64>,
        ending: Ending,
    ) -> Result<Merging> {
        self.tell(SyncPhase::Merging);
        let base = self.newest()?;
        let incoming = self.incoming(fetched, &base)?;
        let latest = incoming.latest(self.latest_trusted());
        let (from, back) = (fetched_from, self.forgotten_after());
        let winners = if self.roles.is_keyed() { incoming.winners(self.roles.strategy) } else { Vec::new() };
        let decide = |base: &Base| -> Result<Merged> {
            if !goes_on_from(base, watermark, from, back) {
                return Err(overtaken(&self.entry.name));
            }
            if incoming.is_empty() {
                return Ok(Merged::default());
            }
            if !self.roles.is_keyed() {
                return self.insert_missing(&incoming, base, watermark);
            }
            let held = base.keys()?.find(&incoming.hashes_of(&winners))?;
            Ok(match self.roles.strategy {
                Strategy::Insert => insert_by_key(&incoming, &winners, &held, watermark),
                _ => upsert(&incoming, &winners, &held, watermark),
            })
        };
        let advance = |state: &mut SyncState| {
            state.advance(latest);
            ending.advance(self, state);
        };
        let applied = self.apply(base, &Step { incoming: Some(&incoming), decide: &decide, advance: &advance })?;
        Ok(Merging::new(applied, Some(&incoming)))
    }

    /// How long after the latest version syncs remember deleted rows.
    fn forgotten_after(&self) -> i64 {
        let Acceleration { overlap, lag, clock_tolerance, .. } = &self.acceleration;
        [overlap, lag, clock_tolerance].map(|length| micros_of(*length)).into_iter().fold(0, i64::saturating_add)
    }

    /// Fetched rows with all that they are compared by.
    pub(super) fn incoming(&self, fetched: Fetched, base: &Base) -> Result<Incoming> {
        let (secret, added, dataset) = (base.secret(), &base.state.added, &self.entry.name);
        Incoming::new(fetched.rows, secret, added, &self.roles, &self.acceleration, dataset, &self.window())
    }

    /// Adds the rows without a key for which no equal one is held. Only rows that were made in the same stretch of time
    /// can be equal.
    fn insert_missing(&self, incoming: &Incoming, base: &Base, watermark: Option<i64>) -> Result<Merged> {
        let (first, last) = (incoming.times.iter().min(), incoming.times.iter().max());
        let range = first.copied().unwrap_or(0)..=last.copied().unwrap_or(0);
        let held = self.held_between(base, 0..self.entry.columns.len(), vec![range])?;
        let columns = self.roles.content_of(&incoming.rows);
        let ours = (0..incoming.times.len()).collect();
        let theirs = (0..held.places.len()).collect();
        let exchanged = exchange(&columns, ours, &held.columns, theirs)?;
        Ok(insert_missing(incoming, exchanged, watermark))
    }

    /// The columns of the dataset that stand at these places, in the held rows that were made in these stretches of time,
    /// which are in order and do not overlap.
    pub(super) fn held_between(
        &self,
        base: &Base,
        places: impl IntoIterator<Item = usize>,
        micros: Vec<RangeInclusive<i64>>,
    ) -> Result<HeldRows> {
        let schema = table_schema(&self.entry.columns);
        let wanted: Vec<_> = places.into_iter().filter_map(|place| schema.fields().get(place)).cloned().collect();
        let column = self.acceleration.created_at.as_deref().unwrap_or_default();
        held_rows(&base.snapshot, &self.inner.open, &wanted, Some(&TimeRange { column, micros }))
    }
}

/// Whether rows that were fetched from a time on, because syncs had come as far as a watermark, can be merged into a
/// version. Behind an earlier watermark, as of a version that was restored meanwhile, rows would be missing between the
/// two; and where syncs have come so far that deleted rows of that time may be forgotten, old rows would come back.
fn goes_on_from(base: &Base, watermark: Option<i64>, from: Option<i64>, forgotten_after: i64) -> bool {
    let held = base.state.watermark;
    let remembers = |from: i64| held.is_none_or(|held| held.saturating_sub(forgotten_after) <= from);
    held >= watermark && from.is_none_or(remembers)
}

/// What the last step of a delta changes besides rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ending {
    /// Whether keys were compared.
    pub(super) reconciles: bool,
    /// Whether this is the last step, so that the delta counts.
    pub(super) counts: bool,
}

impl Ending {
    fn of_piece(self, last: bool) -> Self {
        Self { counts: self.counts && last, ..self }
    }

    /// Counts the delta, as far as that makes a difference for a later one.
    pub(super) fn advance(self, job: &Job, state: &mut SyncState) {
        if !self.counts {
            return;
        }
        state.retention = retention_us(&job.acceleration);
        if matches!(job.acceleration.load_type, LoadType::FullDelta { .. }) {
            state.deltas = state.deltas.saturating_add(1);
        }
        if job.acceleration.reconcile_every.is_some() {
            state.since_reconcile = if self.reconciles { 0 } else { state.since_reconcile.saturating_add(1) };
        }
    }
}

/// What was done with rows that were fetched.
#[derive(Debug, Clone, Copy)]
pub(super) struct Merging {
    applied: Applied,
    fetched: u64,
    null_keys: u64,
}

impl Merging {
    pub(super) fn new(applied: Applied, incoming: Option<&Incoming>) -> Self {
        let fetched = incoming.map_or(0, Incoming::fetched);
        Self { applied, fetched, null_keys: incoming.map_or(0, |incoming| incoming.null_keys) }
    }

    /// Adds it to a report.
    pub(super) fn tell(&self, report: &mut SyncReport) {
        report.fetched = report.fetched.saturating_add(self.fetched);
        report.null_keys = report.null_keys.saturating_add(self.null_keys);
        self.applied.tell(report);
    }
}

impl Applied {
    /// Adds what was done to a report.
    pub(super) fn tell(&self, report: &mut SyncReport) {
        let counts = &self.counts;
        for (sum, more) in [
            (&mut report.inserted, counts.inserted),
            (&mut report.updated, counts.updated),
            (&mut report.deleted, counts.deleted),
            (&mut report.dropped, counts.dropped),
            (&mut report.unchanged, counts.unchanged),
            (&mut report.conflicts, counts.conflicts),
            (&mut report.late, counts.late),
            (&mut report.reconciled, counts.reconciled),
            (&mut report.expired, counts.expired),
            (&mut report.bytes, self.bytes),
        ] {
            *sum = sum.saturating_add(more);
        }
        report.version = self.version;
        if self.committed {
            report.mode = SyncMode::Delta;
        }
    }
}
