//! What the engine reports of versions and of upkeep.

mod shown;

use chrono::{DateTime, SecondsFormat, Utc};
use drillcore_store::{
    CompactReport, DatasetDescription, ErrorKind as StoreErrorKind, Operation, Snapshot, VacuumReport as StoreVacuum,
    VerifyReport as StoreVerify, VersionDescription,
};
use serde::Serialize;

/// A version of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct VersionInfo {
    /// Its number; the first is 1.
    pub version: u64,
    /// When it was committed.
    #[serde(serialize_with = "instant")]
    pub committed_at: DateTime<Utc>,
    /// What made it.
    pub operation: VersionOperation,
    /// Its rows.
    pub rows: u64,
    /// Rows that are deleted and still in its files, until these are rewritten.
    pub deleted_rows: u64,
    /// Its data files.
    pub files: u64,
    /// Bytes of its data files; versions share files.
    pub bytes: u64,
}

/// What made a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum VersionOperation {
    /// All rows were read or pushed anew.
    Full,
    /// Rows were pushed behind those there were.
    Append,
    /// A sync read what had changed.
    Delta,
    /// The same rows were put into other files.
    Compact,
    /// The rows of an earlier version came back.
    Restore,
    /// Deleted rows were removed from the files.
    Purge,
    /// Something that a newer release does.
    Other,
}

/// What a compaction did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CompactionReport {
    /// The dataset.
    pub dataset: String,
    /// The version that it made; none if there was nothing to do.
    pub version: Option<u64>,
    /// Data files before.
    pub files_before: u64,
    /// Data files afterwards.
    pub files_after: u64,
    /// Rows that were written anew.
    pub rows_rewritten: u64,
    /// Deleted rows that are in no file of the new version.
    pub deleted_rows_removed: u64,
    /// Runs of keys that others took the place of.
    pub key_runs_merged: u64,
    /// Bytes written.
    pub bytes_written: u64,
}

/// What a vacuum removed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct VacuumReport {
    /// Dropped datasets removed.
    pub datasets_removed: u64,
    /// Versions removed, of datasets and of the catalog.
    pub versions_removed: u64,
    /// Files removed, those that hold what a version says about itself included.
    pub files_removed: u64,
    /// Bytes of the files removed, without those that hold what a version says about itself.
    pub bytes_removed: u64,
    /// What nobody needs and had to stay, because somebody reads or writes; a later vacuum gets it.
    pub postponed: Vec<String>,
    /// What was never made by drillcore; it is left alone.
    pub foreign: Vec<String>,
}

/// What a check of everything that is kept found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct VerifyReport {
    /// Versions read, of datasets and of the catalog.
    pub versions: u64,
    /// Data files read, from beginning to end.
    pub files: u64,
    /// Sets of deleted rows read.
    pub deletion_vectors: u64,
    /// Runs of keys read, from beginning to end.
    pub key_runs: u64,
    /// Rows of the data files, deleted ones included.
    pub rows: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Everything that is wrong.
    pub damage: Vec<Damage>,
    /// Files that no version needs. They do no harm, and a vacuum removes them.
    pub unneeded: Vec<String>,
    /// What was never made by drillcore. It does no harm.
    pub foreign: Vec<String>,
}

/// Something in a store that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Damage {
    /// The file or folder, from the root of the store.
    pub path: String,
    /// `corruption`, `unsupported_format` for what a newer release wrote, `io` for what cannot be read, or `other`.
    pub kind: &'static str,
    /// What is wrong, in words.
    pub message: String,
}

impl VersionInfo {
    pub(super) fn of_description(described: &VersionDescription) -> Self {
        Self {
            version: described.version,
            committed_at: moment(described.committed_at_us),
            operation: described.operation.into(),
            rows: described.rows,
            deleted_rows: described.dead_rows,
            files: described.files,
            bytes: described.bytes,
        }
    }

    pub(super) fn of_snapshot(snapshot: &Snapshot) -> Self {
        let manifest = snapshot.manifest();
        Self {
            version: snapshot.version(),
            committed_at: moment(snapshot.committed_at_us()),
            operation: manifest.operation.into(),
            rows: snapshot.rows(),
            deleted_rows: manifest.dead_rows(),
            files: count(snapshot.files().len()),
            bytes: manifest.bytes(),
        }
    }
}

impl VersionOperation {
    /// The name in documents, for example `append`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Append => "append",
            Self::Delta => "delta",
            Self::Compact => "compact",
            Self::Restore => "restore",
            Self::Purge => "purge",
            Self::Other => "other",
        }
    }
}

impl From<Operation> for VersionOperation {
    fn from(operation: Operation) -> Self {
        match operation {
            Operation::Full => Self::Full,
            Operation::Append => Self::Append,
            Operation::Delta => Self::Delta,
            Operation::Compact => Self::Compact,
            Operation::Restore => Self::Restore,
            Operation::Purge => Self::Purge,
            _ => Self::Other,
        }
    }
}

impl CompactionReport {
    pub(super) fn new(dataset: &str, report: &CompactReport) -> Self {
        Self {
            dataset: dataset.to_owned(),
            version: report.version,
            files_before: report.files_before,
            files_after: report.files_after,
            rows_rewritten: report.rows_rewritten,
            deleted_rows_removed: report.dead_rows_removed,
            key_runs_merged: report.key_runs_merged,
            bytes_written: report.bytes_written,
        }
    }

    /// Of a dataset of which nothing is kept.
    pub(super) fn nothing(dataset: &str) -> Self {
        Self { dataset: dataset.to_owned(), ..Self::default() }
    }
}

impl VacuumReport {
    /// Counts what was removed. What had to stay may be gone by the end.
    pub(super) fn add_removed(&mut self, report: &StoreVacuum) {
        self.versions_removed += report.versions_removed;
        self.files_removed += count(report.removed.len());
        self.bytes_removed += report.bytes_removed;
    }

    pub(super) fn add_dataset(&mut self, removed: &DatasetDescription) {
        let versions = count(removed.versions.len());
        self.datasets_removed += 1;
        self.versions_removed += versions;
        self.files_removed += removed.files + versions;
        self.bytes_removed += removed.bytes;
    }
}

impl VerifyReport {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.damage.is_empty()
    }
}

impl From<StoreVerify> for VerifyReport {
    fn from(report: StoreVerify) -> Self {
        let damage = report.problems.into_iter().map(|problem| {
            let kind = match problem.kind {
                StoreErrorKind::Corruption => "corruption",
                StoreErrorKind::UnsupportedFormat => "unsupported_format",
                StoreErrorKind::Io => "io",
                _ => "other",
            };
            Damage { path: problem.path, kind, message: problem.message }
        });
        Self {
            versions: report.versions_checked,
            files: report.files_checked,
            deletion_vectors: report.deletion_vectors_checked,
            key_runs: report.key_runs_checked,
            rows: report.rows_checked,
            bytes: report.bytes_checked,
            damage: damage.collect(),
            unneeded: report.orphans,
            foreign: report.foreign,
        }
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn moment(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

fn instant<S: serde::Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}
