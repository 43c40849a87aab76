//! One sync of one dataset: all that stays the same while it runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use drillcore_store::{KeyIndex, KeySecret, ParquetLayout, Snapshot};

use super::super::Inner;
use super::super::derived::Adder;
use super::super::sync_report::{SyncPhase, SyncProgress};
use super::super::write::clustered_layout;
use super::overtaken;
use crate::catalog::{Acceleration, Catalog, DatasetEntry};
use crate::error::{Error, Result};
use crate::source::Source;
use crate::sync::{Basis, Roles, SyncState};
use crate::tables::{check_readable, table_schema};

/// Who is told how far a sync is.
pub(super) type Tell = Arc<dyn Fn(SyncProgress) + Send + Sync>;

/// One sync of one dataset.
pub(super) struct Job {
    pub(super) inner: Arc<Inner>,
    pub(super) catalog: Arc<Catalog>,
    pub(super) entry: Arc<DatasetEntry>,
    pub(super) source: Arc<dyn Source>,
    pub(super) acceleration: Acceleration,
    pub(super) roles: Roles,
    pub(super) adder: Adder,
    /// When it began, in microseconds since 1970.
    pub(super) now: i64,
    tell: Tell,
    /// Rows read so far.
    read: AtomicU64,
    /// Rows there may be in all.
    total: AtomicU64,
}

/// A version that changes are made to.
#[derive(Debug)]
pub(super) struct Base {
    pub(super) snapshot: Arc<Snapshot>,
    /// What it remembers.
    pub(super) stored: SyncState,
    /// The same, with the columns that have come since.
    pub(super) state: SyncState,
    /// Which row each key is; none without a key.
    pub(super) keys: Option<KeyIndex>,
}

impl Job {
    pub(super) fn new(inner: &Arc<Inner>, catalog: &Arc<Catalog>, dataset: &str, tell: Tell) -> Result<Arc<Self>> {
        let entry = Arc::clone(catalog.dataset(dataset)?);
        let source = entry
            .source()
            .ok_or_else(|| Error::input(format!("dataset `{dataset}` was pushed and has no source to sync")))?;
        let acceleration = entry
            .acceleration
            .clone()
            .ok_or_else(|| Error::input(format!("dataset `{dataset}` is not accelerated; accelerate it first")))?;
        let job = Self {
            inner: Arc::clone(inner),
            catalog: Arc::clone(catalog),
            roles: Roles::new(&acceleration, &entry.columns)?,
            adder: Adder::new(catalog, &entry)?,
            entry,
            source,
            acceleration,
            now: inner.clock.now().timestamp_micros(),
            tell,
            read: AtomicU64::new(0),
            total: AtomicU64::new(0),
        };
        Ok(Arc::new(job))
    }

    /// How the files of the dataset are laid out.
    pub(super) fn layout(&self) -> ParquetLayout {
        clustered_layout(&self.acceleration.cluster_by)
    }

    /// A length of time before the sync began.
    pub(super) fn before_now(&self, length: std::time::Duration) -> i64 {
        self.now.saturating_sub(micros_of(length))
    }

    /// Tells what the sync does now.
    pub(super) fn tell(&self, phase: SyncPhase) {
        let total = Some(self.total.load(Ordering::Relaxed)).filter(|total| *total > 0);
        (self.tell)(SyncProgress { phase, rows: self.read.load(Ordering::Relaxed), total_hint: total });
    }

    /// Tells that more rows were read.
    pub(super) fn tell_read(&self, rows: u64) {
        self.read.fetch_add(rows, Ordering::Relaxed);
        self.tell(SyncPhase::Reading);
    }

    /// Says how many rows there may be.
    pub(super) fn expect(&self, rows: u64) {
        self.total.store(rows, Ordering::Relaxed);
    }
}

impl Job {
    /// Whether changes can be made to a version: its columns can become those there are now, its rows are found by the
    /// key, and its derived columns are defined as they were.
    pub(super) fn fits(&self, snapshot: &Snapshot) -> Result<bool> {
        let wanted = table_schema(&self.adder.columns);
        let held = snapshot.schema();
        let has_all = held.fields().iter().all(|field| wanted.field_with_name(field.name()).is_ok());
        // Rows without a key cannot be told from those that lack a column.
        let comparable = self.roles.is_keyed() || held.fields().len() == wanted.fields().len();
        let keys = snapshot.manifest().keys.as_ref();
        let found = !self.roles.is_keyed() || keys.is_some_and(|keys| keys.columns == self.acceleration.key);
        let readable = check_readable(snapshot, wanted.fields()).is_ok();
        Ok(has_all && comparable && found && readable && self.adder.is_held_by(snapshot)?)
    }

    /// A version as one that changes are made to.
    ///
    /// # Errors
    ///
    /// `Conflict` if it does not fit any more, because somebody has made it by other rules meanwhile.
    pub(super) fn base(&self, snapshot: Arc<Snapshot>) -> Result<Base> {
        let basis = Basis::of(&self.acceleration);
        let stored = SyncState::of(&snapshot)?.filter(|state| state.basis == basis);
        let Some(stored) = stored.filter(|state| state.watermark.is_some()) else {
            return Err(overtaken(&self.entry.name));
        };
        if !self.fits(&snapshot)? {
            return Err(overtaken(&self.entry.name));
        }
        let mut state = stored.clone();
        let columns = self.entry.columns.iter().map(|column| &column.id);
        let lacks = |id: &&String| snapshot.schema().field_with_name(id).is_err();
        state.added.extend(columns.filter(lacks).cloned());
        let keys = if self.roles.is_keyed() { snapshot.keys()? } else { None };
        Ok(Base { snapshot, stored, state, keys })
    }

    /// The newest version as one that changes are made to.
    pub(super) fn newest(&self) -> Result<Base> {
        let newest = self.inner.store.dataset(self.entry.id).latest()?;
        self.base(newest.ok_or_else(|| overtaken(&self.entry.name))?)
    }
}

impl Base {
    /// By which keys are hashed.
    pub(super) fn secret(&self) -> Option<KeySecret> {
        self.keys.as_ref().map(|keys| *keys.secret())
    }

    /// Which row each key is.
    pub(super) fn keys(&self) -> Result<&KeyIndex> {
        self.keys.as_ref().ok_or_else(|| Error::internal("a version of a dataset with a key knows no keys"))
    }
}

/// A length of time in microseconds.
pub(super) fn micros_of(length: std::time::Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}
