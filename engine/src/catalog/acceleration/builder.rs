//! Saying in Rust how a dataset is kept.

use std::time::Duration;

use super::{Acceleration, Audit, FIVE_MINUTES, LoadType, NullKeys, SchemaChange, Strategy, Upkeep};

impl Acceleration {
    fn new(load_type: LoadType) -> Self {
        Self {
            load_type,
            strategy: Strategy::default(),
            key: Vec::new(),
            created_at: None,
            updated_at: None,
            deleted_at: None,
            overlap: Duration::ZERO,
            lag: Duration::ZERO,
            clock_tolerance: FIVE_MINUTES,
            max_sync_period: None,
            null_keys: NullKeys::default(),
            on_schema_change: SchemaChange::default(),
            reconcile_every: None,
            audit: None,
            retention: None,
            upkeep: Upkeep::default(),
            cluster_by: Vec::new(),
        }
    }

    /// Every sync reads the whole source.
    #[must_use]
    pub fn full() -> Self {
        Self::new(LoadType::Full)
    }

    /// A sync reads what has changed since the last one. The column says when a row was made. Rows are only ever
    /// added, unless [`insert_update`](Self::insert_update) or [`insert_update_delete`](Self::insert_update_delete)
    /// follows.
    #[must_use]
    pub fn delta(created_at: impl Into<String>) -> Self {
        Self::new(LoadType::Delta).created_at(created_at)
    }

    /// As [`delta`](Self::delta), but once in so many successful syncs everything is read.
    #[must_use]
    pub fn full_delta(every: u32, created_at: impl Into<String>) -> Self {
        Self::new(LoadType::FullDelta { every }).created_at(created_at)
    }

    /// The columns that tell a row from all others.
    #[must_use]
    pub fn key<C: Into<String>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.key = columns.into_iter().map(Into::into).collect();
        self
    }

    /// The column that says when a row was made.
    #[must_use]
    pub fn created_at(mut self, column: impl Into<String>) -> Self {
        self.created_at = Some(column.into());
        self
    }

    /// Rows are only ever added.
    #[must_use]
    pub fn insert(mut self) -> Self {
        (self.strategy, self.updated_at, self.deleted_at) = (Strategy::Insert, None, None);
        self
    }

    /// Rows are added and changed; the column says when a row was last changed.
    #[must_use]
    pub fn insert_update(mut self, updated_at: impl Into<String>) -> Self {
        (self.strategy, self.deleted_at) = (Strategy::InsertUpdate, None);
        self.updated_at = Some(updated_at.into());
        self
    }

    /// Rows are added, changed and deleted; the columns say when a row was last changed, and when it was deleted.
    #[must_use]
    pub fn insert_update_delete(mut self, updated_at: impl Into<String>, deleted_at: impl Into<String>) -> Self {
        self.strategy = Strategy::InsertUpdateDelete;
        (self.updated_at, self.deleted_at) = (Some(updated_at.into()), Some(deleted_at.into()));
        self
    }

    /// How far before the newest row known a delta begins to read.
    #[must_use]
    pub fn overlap(mut self, length: Duration) -> Self {
        self.overlap = length;
        self
    }

    /// Leaves rows of the latest such time to a later sync.
    #[must_use]
    pub fn lag(mut self, length: Duration) -> Self {
        self.lag = length;
        self
    }

    /// How far the clock of the source may be ahead; 5 minutes by default.
    #[must_use]
    pub fn clock_tolerance(mut self, length: Duration) -> Self {
        self.clock_tolerance = length;
        self
    }

    /// Catches up in pieces of this length, each committed.
    #[must_use]
    pub fn max_sync_period(mut self, length: Duration) -> Self {
        self.max_sync_period = Some(length);
        self
    }

    /// What happens to rows without a key.
    #[must_use]
    pub fn null_keys(mut self, policy: NullKeys) -> Self {
        self.null_keys = policy;
        self
    }

    /// What happens when the source has other columns than before.
    #[must_use]
    pub fn on_schema_change(mut self, policy: SchemaChange) -> Self {
        self.on_schema_change = policy;
        self
    }

    /// Every so many syncs, deletes the rows whose key the source no longer has.
    #[must_use]
    pub fn reconcile_every(mut self, syncs: u32) -> Self {
        self.reconcile_every = Some(syncs);
        self
    }

    /// Compares source and cache at every delta.
    #[must_use]
    pub fn audit(mut self, audit: Audit) -> Self {
        self.audit = Some(audit);
        self
    }

    /// Neither fetches nor keeps rows that were made longer ago.
    #[must_use]
    pub fn retention(mut self, length: Duration) -> Self {
        self.retention = Some(length);
        self
    }

    /// Whether syncs tidy up after themselves.
    #[must_use]
    pub fn upkeep(mut self, upkeep: Upkeep) -> Self {
        self.upkeep = upkeep;
        self
    }

    /// Sorts the rows of a snapshot by these columns, NULLs last.
    #[must_use]
    pub fn cluster_by<C: Into<String>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.cluster_by = columns.into_iter().map(Into::into).collect();
        self
    }
}
