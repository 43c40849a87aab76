//! What a sync is going to do.

use std::sync::Arc;

use super::super::Inner;
use super::super::sync_report::SyncMode;
use super::columns::{ColumnChange, TakenOver, column_change};
use super::job::{Job, Tell};
use crate::error::Result;
use crate::sync::{Load, SyncState, load_due};

/// What a sync is going to do.
pub(super) struct Plan {
    pub(super) job: Arc<Job>,
    pub(super) load: Load,
    /// What it is called if everything is read.
    pub(super) mode: SyncMode,
    /// Columns that the dataset has once everything was read.
    pub(super) taken_over: Option<TakenOver>,
}

/// Looks at the source and at the newest version. Columns that can be added become columns of the dataset. Blocking.
pub(super) fn plan(inner: &Arc<Inner>, dataset: &str, tell: Tell) -> Result<Plan> {
    let catalog = inner.catalog()?;
    let entry = Arc::clone(catalog.dataset(dataset)?);
    let newest = inner.store.dataset(entry.id).latest()?;
    let (catalog, has_new, taken_over) = match column_change(inner, &catalog, &entry)? {
        ColumnChange::None => (catalog, false, None),
        ColumnChange::Added { has_new } => (inner.catalog()?, has_new, None),
        ColumnChange::TakenOver(columns) => (columns.catalog(&catalog)?, true, Some(columns)),
    };
    let job = Job::new(inner, &catalog, dataset, tell)?;
    let Some(newest) = newest else { return Ok(Plan { job, load: Load::Full, mode: SyncMode::Full, taken_over }) };
    job.expect(newest.rows());
    let known = SyncState::of(&newest)?;
    let in_turn = load_due(&job.acceleration, known.as_ref(), true);
    // Rows without a key cannot be told from those that lack a new column.
    if taken_over.is_some() || (has_new && !job.roles.is_keyed() && in_turn == Load::Delta) {
        return Ok(Plan { job, load: Load::Full, mode: SyncMode::FullReload, taken_over });
    }
    let load = if job.fits(&newest)? { in_turn } else { Load::Full };
    if load == Load::Delta {
        // How much has changed cannot be guessed.
        job.expect(0);
    }
    Ok(Plan { job, load, mode: SyncMode::Full, taken_over })
}
