//! What source and cache have of each period.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch};
use drillcore_store::{KeySecret, row_digests};

use super::super::job::{Base, Job};
use crate::catalog::Audit;
use crate::error::{Error, Result};
use crate::model::Column;
use crate::sync::{NO_TIME, Periods, PeriodsOf, each_held, micros, version_times};
use crate::tables::table_schema;

impl Job {
    /// What the source has of each period, of the rows that syncs take. One that was changed too recently to be read
    /// counts as there: what is held of it stays until it may be read.
    pub(super) async fn tally_source(&self, audit: &Audit, periods: Periods, secret: KeySecret) -> Result<PeriodsOf> {
        let (roles, window) = (&self.roles, self.window());
        let created = roles.created.ok_or_else(|| Error::internal("an audit goes by when rows were made"))?;
        let measure = audit.measure.as_ref().map(|id| self.place_of(id)).transpose()?;
        let versions = if window.before.is_some() { roles.versions.as_slice() } else { &[] };
        let key = roles.key.iter().copied();
        let mut places: Vec<usize> = key.chain(versions.iter().copied()).chain(roles.deleted).chain(measure).collect();
        places.push(created);
        places.sort_unstable();
        places.dedup();
        let columns: Vec<Column> = places.iter().filter_map(|place| self.entry.columns.get(*place)).cloned().collect();
        // Where they stand among those that are read.
        let at = |place: &usize| places.partition_point(|other| other < place);
        let (created, measure, deleted) = (at(&created), measure.as_ref().map(at), roles.deleted.as_ref().map(at));
        let key: Vec<usize> = roles.key.iter().map(at).collect();
        let versions: Vec<usize> = versions.iter().map(at).collect();
        self.fold(columns, PeriodsOf::default(), move |tallies, rows| {
            let mut created = column_at(rows, created).map_or_else(|| Ok(Vec::new()), micros)?;
            let key: Vec<&ArrayRef> = key.iter().filter_map(|place| column_at(rows, *place)).collect();
            let deleted = deleted.and_then(|place| column_at(rows, place));
            let versions = version_times(rows, &versions)?;
            for (row, (time, version)) in created.iter_mut().zip(&versions).enumerate() {
                let too_old = window.kept_from.is_some_and(|kept_from| *time < kept_from);
                let no_key = key.iter().any(|column| column.is_null(row));
                let is_settled = window.before.is_none_or(|before| *version < before);
                let is_deleted = is_settled && deleted.is_some_and(|column| column.is_valid(row));
                if too_old || no_key || is_deleted {
                    *time = NO_TIME;
                }
            }
            let measure = measure.and_then(|place| column_at(rows, place)).cloned();
            let digests = measure.map(|measure| row_digests(&secret, &[measure])).transpose()?;
            tallies.add(&periods, &created, digests.as_deref());
            Ok(())
        })
        .await
    }

    /// What the cache has of each period. Blocking; works on the rayon pool of the calling thread.
    pub(super) fn tally_cache(
        &self,
        base: &Base,
        audit: &Audit,
        periods: Periods,
        secret: &KeySecret,
    ) -> Result<PeriodsOf> {
        let schema = table_schema(&self.entry.columns);
        let measure = audit.measure.as_ref().map(|id| self.place_of(id)).transpose()?;
        let places = self.roles.created.into_iter().chain(measure);
        let wanted: Vec<_> = places.filter_map(|place| schema.fields().get(place)).cloned().collect();
        let parts = each_held(&base.snapshot, &self.inner.open, &wanted, |columns| {
            let mut columns = columns.iter();
            let created = columns.next().map_or_else(|| Ok(Vec::new()), micros)?;
            let digests = columns.next().map(|measure| row_digests(secret, &[Arc::clone(measure)])).transpose()?;
            let mut tallies = PeriodsOf::default();
            tallies.add(&periods, &created, digests.as_deref());
            Ok(tallies)
        })?;
        let mut tallies = PeriodsOf::default();
        parts.iter().for_each(|part| tallies.merge(part));
        Ok(tallies)
    }

    /// Where a column stands among those of the dataset.
    fn place_of(&self, id: &str) -> Result<usize> {
        let place = self.entry.columns.iter().position(|column| column.id == id);
        place.ok_or_else(|| Error::internal(format!("column `{id}` by which an audit goes is gone")))
    }
}

fn column_at(rows: &RecordBatch, place: usize) -> Option<&ArrayRef> {
    rows.columns().get(place)
}
