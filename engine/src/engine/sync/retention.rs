//! Rows that are older than rows may be.

use std::sync::Arc;

use super::super::sync_report::SyncReport;
use super::apply::Step;
use super::job::{Base, Job};
use crate::error::Result;
use crate::sync::{Merged, NO_TIME, SyncState, TimeRange, held_rows, retention_us};
use crate::tables::table_schema;

impl Job {
    /// Takes rows away that were made before the time from which rows are kept.
    pub(super) async fn expire(self: &Arc<Self>, report: &mut SyncReport) -> Result<()> {
        let (job, encoders) = (Arc::clone(self), self.inner.executor.encoders());
        let work = move || {
            encoders.install(|| {
                let decide = |base: &Base| job.expired(base);
                // Whoever lengthens the retention later must know that these rows are gone.
                let advance = |state: &mut SyncState| state.retention = retention_us(&job.acceleration);
                job.apply(job.newest()?, &Step { incoming: None, decide: &decide, advance: &advance })
            })
        };
        self.inner.executor.blocking(work).await?.tell(report);
        Ok(())
    }

    fn expired(&self, base: &Base) -> Result<Merged> {
        let Some(kept_from) = self.window().kept_from else { return Ok(Merged::default()) };
        let schema = table_schema(&self.entry.columns);
        let wanted: Vec<_> = self.roles.key.iter().filter_map(|place| schema.fields().get(*place)).cloned().collect();
        let column = self.acceleration.created_at.as_deref().unwrap_or_default();
        let range = TimeRange { column, micros: vec![NO_TIME.saturating_add(1)..=kept_from.saturating_sub(1)] };
        let held = held_rows(&base.snapshot, &self.inner.open, &wanted, Some(&range))?;
        let Some(keys) = base.keys.as_ref().filter(|_| !held.places.is_empty()) else {
            let mut merged = Merged { remove: held.places, ..Merged::default() };
            merged.counts.expired = merged.remove.len() as u64;
            return Ok(merged);
        };
        let hashes = keys.hasher().hash(&held.columns)?.hashes;
        let entries: Vec<_> = keys.find(&hashes)?.into_iter().flatten().collect();
        Ok(Merged::expired(&entries))
    }
}
