//! Where an answer came from.

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use super::value::Value;

/// Where the rows of an answer were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Path {
    /// All from the sources of the datasets.
    Source,
    /// All from snapshots.
    Snapshot,
    /// Some datasets from their source, others from a snapshot.
    Mixed,
}

impl Path {
    /// The name in documents: `source`, `snapshot`, `mixed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Snapshot => "snapshot",
            Self::Mixed => "mixed",
        }
    }
}

/// A snapshot that was read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct SnapshotRef {
    /// The dataset.
    pub dataset: String,
    /// The version of its snapshot.
    pub version: u64,
}

/// What an answer rests on: what was read, under which filters, as of when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Provenance {
    /// Where the rows were read.
    pub path: Path,
    /// The snapshots that were read.
    pub snapshots: Vec<SnapshotRef>,
    /// The datasets that were read from their source.
    pub sources: Vec<String>,
    /// Whether every figure is exact; false only where the query allowed an approximation.
    pub exact: bool,
    /// Rows read before filtering; none where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows_scanned: Option<u64>,
    /// The filters that were applied, those of the scope among them, as text. They show the query's own literals;
    /// a value that came from the scope is shown by the name of its parameter.
    pub filters: Vec<String>,
    /// How far the data reaches, where its source tells.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "known_instant")]
    pub data_time: Option<DateTime<Utc>>,
    /// When the answer was computed.
    #[serde(serialize_with = "instant")]
    pub computed_at: DateTime<Utc>,
}

fn instant<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&Value::Datetime(at.timestamp_micros(), 0).to_text())
}

fn known_instant<S: Serializer>(at: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => instant(at, serializer),
        None => serializer.serialize_none(),
    }
}
