//! Comparing source and cache period by period, and reading those anew that differ.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch};
use drillcore_store::{KeySecret, row_digests};
use uuid::Uuid;

use super::super::sync_report::{SyncPhase, SyncReport};
use super::apply::{Applied, Step};
use super::delta::{After, Ending};
use super::fetch::Fetched;
use super::job::{Base, Job};
use crate::catalog::Audit;
use crate::error::{Error, Result};
use crate::model::Column;
use crate::sync::{
    Exchanged, Incoming, Merged, NO_TIME, Periods, PeriodsOf, SyncState, exchange, held_rows, micros, replace,
};
use crate::tables::table_schema;

impl Job {
    /// Compares the periods before the one in which the latest version lies, and reads those anew that differ. If that is
    /// most of the source, nothing is done.
    pub(super) async fn audit(self: &Arc<Self>, ending: Ending, report: &mut SyncReport) -> Result<After> {
        let job = Arc::clone(self);
        let base = self.inner.executor.blocking(move || job.newest()).await?;
        let (Some(audit), Some(watermark)) = (self.acceleration.audit.clone(), base.state.watermark) else {
            return Ok(After::Done);
        };
        let periods = Periods::new(audit.level, watermark);
        let secret = KeySecret::from(Uuid::new_v4().into_bytes());
        let source = self.tally_source(&audit, periods, secret).await?;
        let (job, encoders) = (Arc::clone(self), self.inner.executor.encoders());
        let cache =
            self.inner.executor.blocking(move || encoders.install(|| job.tally_cache(&base, &audit, periods, &secret)));
        let cache = cache.await?;
        let differing = source.differing(&cache);
        report.audited_periods = source.count(&cache) as u64;
        report.reloaded_periods = differing.len() as u64;
        if source.rows_of(&differing).saturating_mul(2) > source.rows() && differing.len() > 1 {
            return Ok(After::ReadEverything);
        }
        let fetched = if differing.is_empty() { None } else { Some(self.fetch_periods(periods, &differing).await?) };
        if let Some(fetched) = &fetched {
            report.fetched += fetched.rows.num_rows() as u64;
            report.non_finite += fetched.non_finite;
        }
        let (job, encoders) = (Arc::clone(self), self.inner.executor.encoders());
        let work = move || encoders.install(|| job.reload(fetched, periods, &differing, ending));
        let (applied, null_keys) = self.inner.executor.blocking(work).await?;
        report.null_keys += null_keys;
        applied.tell(report);
        Ok(After::Done)
    }

    /// What the source has of each period, of the rows that a sync would take.
    async fn tally_source(&self, audit: &Audit, periods: Periods, secret: KeySecret) -> Result<PeriodsOf> {
        let created = self.created()?;
        let kept_from = self.window().kept_from;
        let measure = audit.measure.as_ref().map(|id| self.entry.column(id)).transpose()?;
        let key = self.roles.key.iter().filter_map(|place| self.entry.columns.get(*place));
        let deleted = self.roles.deleted.and_then(|place| self.entry.columns.get(place));
        let (keys, deletes) = (self.roles.key.len(), usize::from(deleted.is_some()));
        let columns = [created].into_iter().chain(key).chain(deleted).chain(measure).cloned();
        self.fold(columns.collect::<Vec<Column>>(), PeriodsOf::default(), move |tallies, rows| {
            let mut created = column_at(rows, 0).map_or_else(|| Ok(Vec::new()), micros)?;
            let key: Vec<&ArrayRef> = rows.columns().iter().skip(1).take(keys).collect();
            let deleted = (deletes > 0).then(|| column_at(rows, 1 + keys)).flatten();
            for (row, time) in created.iter_mut().enumerate() {
                let too_old = kept_from.is_some_and(|kept_from| *time < kept_from);
                let no_key = key.iter().any(|column| column.is_null(row));
                let is_deleted = deleted.is_some_and(|column| column.is_valid(row));
                if too_old || no_key || is_deleted {
                    *time = NO_TIME;
                }
            }
            let measure = column_at(rows, 1 + keys + deletes).cloned();
            let digests = measure.map(|measure| row_digests(&secret, &[measure])).transpose()?;
            tallies.add(&periods, &created, digests.as_deref());
            Ok(())
        })
        .await
    }

    /// What the cache has of each period. Blocking.
    fn tally_cache(&self, base: &Base, audit: &Audit, periods: Periods, secret: &KeySecret) -> Result<PeriodsOf> {
        let schema = table_schema(&self.entry.columns);
        let created = self.created()?;
        let wanted = [Some(&created.id), audit.measure.as_ref()];
        let wanted = wanted.into_iter().flatten().map(|id| schema.field_with_name(id).cloned().map(Arc::new));
        let wanted = wanted.collect::<Result<Vec<_>, _>>();
        let wanted = wanted.map_err(|error| Error::internal("a column to audit is gone").with_source(error))?;
        let held = held_rows(&base.snapshot, &self.inner.open, &wanted, None)?;
        let mut columns = held.columns.iter();
        let created = columns.next().map_or_else(|| Ok(Vec::new()), micros)?;
        let digests = columns.next().map(|measure| row_digests(secret, &[Arc::clone(measure)])).transpose()?;
        let mut tallies = PeriodsOf::default();
        tallies.add(&periods, &created, digests.as_deref());
        Ok(tallies)
    }

    fn created(&self) -> Result<&Column> {
        let column = self.roles.created.and_then(|place| self.entry.columns.get(place));
        column.ok_or_else(|| Error::internal("an audit goes by when rows were made"))
    }

    /// The rows of the source of some periods.
    async fn fetch_periods(&self, periods: Periods, differing: &BTreeSet<i64>) -> Result<Fetched> {
        let kept_from = self.window().kept_from;
        let pick = |rows: &RecordBatch| -> Result<Option<BooleanArray>> {
            let created = self.roles.created_of(rows)?.unwrap_or_default();
            let wanted = |time: &i64| {
                let in_question = periods.of(*time).is_some_and(|period| differing.contains(&period));
                in_question && kept_from.is_none_or(|kept_from| *time >= kept_from)
            };
            Ok(Some(BooleanArray::from(created.iter().map(wanted).collect::<Vec<bool>>())))
        };
        let (rows, non_finite) = self.read_picked(None, pick).await?;
        Ok(Fetched { rows, beyond: None, non_finite })
    }

    /// Makes the cache hold what the source has of some periods, and ends the delta. Blocking; works on the rayon pool of
    /// the calling thread.
    fn reload(
        &self,
        fetched: Option<Fetched>,
        periods: Periods,
        differing: &BTreeSet<i64>,
        ending: Ending,
    ) -> Result<(Applied, u64)> {
        self.tell(SyncPhase::Merging);
        let base = self.newest()?;
        let incoming = fetched.map(|fetched| self.incoming(fetched, &base)).transpose()?;
        let decide = |base: &Base| match &incoming {
            Some(incoming) => self.replaced(base, incoming, periods, differing),
            None => Ok(Merged::default()),
        };
        let advance = |state: &mut SyncState| ending.advance(self, state);
        let applied = self.apply(base, &Step { incoming: incoming.as_ref(), decide: &decide, advance: &advance })?;
        Ok((applied, incoming.map_or(0, |incoming| incoming.null_keys)))
    }

    fn replaced(
        &self,
        base: &Base,
        incoming: &Incoming,
        periods: Periods,
        differing: &BTreeSet<i64>,
    ) -> Result<Merged> {
        let first = differing.first().map_or(NO_TIME, |day| day.saturating_mul(crate::time::DAY));
        let held = self.held_between(base, first..=periods.end().saturating_sub(1))?;
        let created = self.roles.created.and_then(|place| held.columns.get(place));
        let created = created.map_or_else(|| Ok(Vec::new()), micros)?;
        let in_question = |time: &i64| periods.of(*time).is_some_and(|period| differing.contains(&period));
        let theirs: Vec<usize> =
            created.iter().enumerate().filter(|(_, time)| in_question(time)).map(|(row, _)| row).collect();
        let Some(keys) = &base.keys else {
            let columns = self.roles.content_of(&incoming.rows);
            let ours = (0..incoming.times.len()).collect();
            let Exchanged { new, held: gone } = exchange(&columns, ours, &held.columns, theirs)?;
            let mut merged = Merged::default();
            (merged.counts.inserted, merged.counts.deleted) = (new.len() as u64, gone.len() as u64);
            merged.counts.unchanged = incoming.times.len().saturating_sub(new.len()) as u64;
            merged.remove = gone.iter().filter_map(|row| held.places.get(*row)).copied().collect();
            merged.write = new;
            return Ok(merged);
        };
        let key: Vec<ArrayRef> = self.roles.key.iter().filter_map(|place| held.columns.get(*place)).cloned().collect();
        let hashes = keys.hasher().hash(&key)?.hashes;
        let of_period: Vec<u128> = theirs.iter().filter_map(|row| hashes.get(*row)).copied().collect();
        let winners = incoming.winners(self.roles.strategy);
        let wanted = incoming.hashes_of(&winners);
        Ok(replace(incoming, &winners, &keys.find(&wanted)?, &keys.find(&of_period)?))
    }
}

fn column_at(rows: &RecordBatch, place: usize) -> Option<&ArrayRef> {
    rows.columns().get(place)
}
