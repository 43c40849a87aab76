//! How a dataset is kept in the store.

use serde::{Deserialize, Serialize};

/// How a slow source is kept as a snapshot in the store.
///
/// ```
/// use drillcore::Acceleration;
///
/// let by_time = Acceleration::full().cluster_by(["time_hour"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Acceleration {
    /// What a sync reads.
    pub load_type: LoadType,
    /// The columns by which the rows of a snapshot are sorted, so that filters on them read few row groups.
    #[serde(default)]
    pub cluster_by: Vec<String>,
}

/// What a sync reads from the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LoadType {
    /// Everything; the new snapshot replaces the old one.
    Full,
}

impl Acceleration {
    /// Every sync reads the whole source.
    #[must_use]
    pub fn full() -> Self {
        Self { load_type: LoadType::Full, cluster_by: Vec::new() }
    }

    /// Sorts the rows of a snapshot by these columns, NULLs last.
    #[must_use]
    pub fn cluster_by<C: Into<String>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.cluster_by = columns.into_iter().map(Into::into).collect();
        self
    }
}
