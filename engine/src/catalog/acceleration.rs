//! How a dataset is kept in the store: the settings of its syncs, as they stand in the catalog and in documents.

mod builder;
mod check;
mod seconds;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::Level;

/// How a slow source is kept as a snapshot in the store: what a sync reads, and what it does with it.
///
/// ```
/// use std::time::Duration;
///
/// use drillcore::Acceleration;
///
/// let by_time = Acceleration::full().cluster_by(["time_hour"]);
/// let changes = Acceleration::full_delta(7, "created_at")
///     .key(["id"])
///     .insert_update("updated_at")
///     .overlap(Duration::from_secs(900));
/// let document = r#"{
///     "load_type": {"full_delta": 7}, "strategy": "insert_update", "key": ["id"],
///     "created_at": "created_at", "updated_at": "updated_at", "overlap": 900
/// }"#;
/// assert_eq!(serde_json::from_str::<Acceleration>(document)?, changes);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Acceleration {
    /// What a sync reads.
    pub load_type: LoadType,
    /// What a delta does with the rows that it reads.
    #[serde(default, skip_serializing_if = "is_default")]
    pub strategy: Strategy,
    /// The columns that tell a row from all others. A row with NULL in one of them has no key; see [`NullKeys`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<String>,
    /// The column that says when a row was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// The column that says when a row was last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// The column that says when a row was deleted; NULL while it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<String>,
    /// How far before the newest row known a delta begins to read, for rows that became visible late. In documents
    /// seconds, as all lengths of time here; 0 by default.
    #[serde(default, with = "seconds", skip_serializing_if = "Duration::is_zero")]
    pub overlap: Duration,
    /// Rows of the latest such time are left to a later sync, because the source may still change them. 0 by default.
    #[serde(default, with = "seconds", skip_serializing_if = "Duration::is_zero")]
    pub lag: Duration,
    /// How far the clock of the source may be ahead: a row with a later time is taken, but the next delta begins as
    /// though it were no later. 5 minutes by default.
    #[serde(default = "five_minutes", with = "seconds", skip_serializing_if = "is_five_minutes")]
    pub clock_tolerance: Duration,
    /// A delta that has more than this time to catch up on does it in pieces of that length, each committed.
    #[serde(default, with = "seconds::optional", skip_serializing_if = "Option::is_none")]
    pub max_sync_period: Option<Duration>,
    /// What happens to rows without a key.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_keys: NullKeys,
    /// What happens when the source has other columns than before.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_schema_change: SchemaChange,
    /// Every so many syncs the keys of the source are read as well, and rows whose key is gone are deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconcile_every: Option<u32>,
    /// What is compared between source and cache at every delta.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit: Option<Audit>,
    /// Rows that were made longer ago are neither fetched nor kept; those whose time is NULL stay.
    #[serde(default, with = "seconds::optional", skip_serializing_if = "Option::is_none")]
    pub retention: Option<Duration>,
    /// Whether syncs tidy up after themselves.
    #[serde(default, skip_serializing_if = "is_default")]
    pub upkeep: Upkeep,
    /// The columns by which the rows of a snapshot are sorted, so that filters on them read few row groups.
    #[serde(default)]
    pub cluster_by: Vec<String>,
}

/// What a sync reads from the source. In documents `"full"`, `"delta"` or `{"full_delta": 7}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "LoadTypeForm", into = "LoadTypeForm")]
#[non_exhaustive]
pub enum LoadType {
    /// Everything; the new snapshot replaces the old one.
    Full,
    /// What has changed since the last sync. The first one reads everything.
    Delta,
    /// As `Delta`, but every so many syncs everything.
    FullDelta {
        /// 1 reads everything each time, 7 once in seven successful syncs.
        every: u32,
    },
}

/// [`LoadType`] in documents.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LoadTypeForm {
    Full,
    Delta,
    FullDelta(u32),
}

impl From<LoadTypeForm> for LoadType {
    fn from(form: LoadTypeForm) -> Self {
        match form {
            LoadTypeForm::Full => Self::Full,
            LoadTypeForm::Delta => Self::Delta,
            LoadTypeForm::FullDelta(every) => Self::FullDelta { every },
        }
    }
}

impl From<LoadType> for LoadTypeForm {
    fn from(load_type: LoadType) -> Self {
        match load_type {
            LoadType::Full => Self::Full,
            LoadType::Delta => Self::Delta,
            LoadType::FullDelta { every } => Self::FullDelta(every),
        }
    }
}

/// What a sync does with the rows that it reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Strategy {
    /// Rows are only ever added to the source. Needs `created_at`; with a key the first row of each stays, without one
    /// rows that are equal in all columns are told apart by their number.
    #[default]
    Insert,
    /// Rows are added and changed. Needs a key, `created_at` and `updated_at`; the latest row of each key stays.
    InsertUpdate,
    /// As `InsertUpdate`; besides, a row whose `deleted_at` is not NULL says that its key is deleted.
    InsertUpdateDelete,
}

impl Strategy {
    /// The name in documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::InsertUpdate => "insert_update",
            Self::InsertUpdateDelete => "insert_update_delete",
        }
    }
}

/// What happens to rows with NULL or NaN in a column of the key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NullKeys {
    /// The sync fails, and nothing is taken.
    #[default]
    Reject,
    /// They are left out, and counted in the report.
    Drop,
}

/// What happens when the source has other columns than at the last full load.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SchemaChange {
    /// The sync fails and names them.
    #[default]
    Fail,
    /// New columns become columns of the dataset, NULL in the rows that are held; a type becomes a wider one that holds
    /// all its values. Everything else fails.
    AddColumns,
    /// The dataset takes the columns of the source, and everything is read anew. What links, formulas, filters and
    /// hierarchies use must stay.
    FullReload,
}

/// Whether a sync ends with compaction where it pays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Upkeep {
    /// Syncs put small files together, rewrite files with many deleted rows, and merge runs of keys.
    #[default]
    Inline,
    /// Only `Engine::compact` does.
    Manual,
}

/// What a delta compares between source and cache, period by period; a period that differs is read anew.
///
/// ```
/// use drillcore::{Audit, Level};
///
/// let audit = Audit::by(Level::Month).measure("amount");
/// assert_eq!(serde_json::to_string(&audit)?, r#"{"level":"month","measure":"amount"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Audit {
    /// Year, quarter, month, week (from Monday) or day of `created_at`, in UTC.
    pub level: Level,
    /// A column whose values are compared, besides the number of rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<String>,
}

impl Audit {
    /// Compares the number of rows in each period.
    #[must_use]
    pub fn by(level: Level) -> Self {
        Self { level, measure: None }
    }

    /// Compares the values of a column as well.
    #[must_use]
    pub fn measure(mut self, column: impl Into<String>) -> Self {
        self.measure = Some(column.into());
        self
    }
}

const FIVE_MINUTES: Duration = Duration::from_secs(300);

fn five_minutes() -> Duration {
    FIVE_MINUTES
}

fn is_five_minutes(length: &Duration) -> bool {
    *length == FIVE_MINUTES
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
