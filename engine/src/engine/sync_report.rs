//! What the engine reports of syncs, while they run and when they are done.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::report::grouped;
use super::upkeep_report::CompactionReport;

/// What a sync did.
///
/// Every row that was fetched is counted once among `inserted`, `updated`, `deleted`, `dropped`, `unchanged` and
/// `null_keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SyncReport {
    /// The dataset.
    pub dataset: String,
    /// How it was synced.
    pub mode: SyncMode,
    /// Rows of the dataset afterwards.
    pub rows: u64,
    /// The version that holds them. Upkeep may have made a later one, with the same rows.
    pub version: u64,
    /// Rows of the source that were in question by their times.
    pub fetched: u64,
    /// Rows that are new.
    pub inserted: u64,
    /// Rows in place of which a later version came.
    pub updated: u64,
    /// Rows that went because the source says so.
    pub deleted: u64,
    /// Rows left out: others with the same key that count more, and, where rows are only ever added, those held already.
    pub dropped: u64,
    /// Rows that changed nothing: known already, older than what is held, or the deletion of what is not held.
    pub unchanged: u64,
    /// Rows left out because they have no key.
    pub null_keys: u64,
    /// Rows that took the place of another one of the same version.
    pub conflicts: u64,
    /// New rows older than the newest one known before.
    pub late: u64,
    /// Rows that went because the source does not have their key any more.
    pub reconciled: u64,
    /// Rows that went because they are older than rows may be.
    pub expired: u64,
    /// Periods that were compared with the source.
    pub audited_periods: u64,
    /// Periods of them that were read anew.
    pub reloaded_periods: u64,
    /// Pieces in which the sync caught up; 0 if everything was read.
    pub pieces: u64,
    /// NaN and infinite values of the source that became NULL.
    pub non_finite: u64,
    /// Bytes of the new files.
    pub bytes: u64,
    /// The latest version of the rows held, from which the next delta goes back by its overlap. For dates and wall clock
    /// times as though they were in UTC.
    #[serde(serialize_with = "optional_instant")]
    pub watermark: Option<DateTime<Utc>>,
    /// For targets of links: rows that no lookup can find, because an earlier row has the same key; by link.
    pub duplicate_keys: Vec<(String, u64)>,
    /// What upkeep did at the end, if it did anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upkeep: Option<CompactionReport>,
    /// How long it took.
    #[serde(rename = "seconds", serialize_with = "seconds")]
    pub took: Duration,
}

/// How a dataset was synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SyncMode {
    /// Everything was read.
    Full,
    /// What had changed was read.
    Delta,
    /// Everything was read, because the source has other columns.
    FullReload,
    /// Nothing had changed, so there is no new version.
    Unchanged,
}

/// What a sync is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SyncPhase {
    /// It reads the source.
    Reading,
    /// It finds out what has to change.
    Merging,
    /// It writes the last rows and makes the new version durable.
    Committing,
    /// It tidies up.
    Upkeep,
}

impl SyncPhase {
    /// The name, for example `reading`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Merging => "merging",
            Self::Committing => "committing",
            Self::Upkeep => "upkeep",
        }
    }
}

/// How far a sync is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SyncProgress {
    /// What it is doing.
    pub phase: SyncPhase,
    /// Rows of the source read so far.
    pub rows: u64,
    /// How many there may be in all, as far as that can be guessed.
    pub total_hint: Option<u64>,
}

impl SyncReport {
    /// The report of a sync of which nothing is done yet.
    pub(super) fn begun(dataset: &str) -> Self {
        Self {
            dataset: dataset.to_owned(),
            mode: SyncMode::Unchanged,
            rows: 0,
            version: 0,
            fetched: 0,
            inserted: 0,
            updated: 0,
            deleted: 0,
            dropped: 0,
            unchanged: 0,
            null_keys: 0,
            conflicts: 0,
            late: 0,
            reconciled: 0,
            expired: 0,
            audited_periods: 0,
            reloaded_periods: 0,
            pieces: 0,
            non_finite: 0,
            bytes: 0,
            watermark: None,
            duplicate_keys: Vec::new(),
            upkeep: None,
            took: Duration::ZERO,
        }
    }

    /// Whether everything was read.
    fn is_full(&self) -> bool {
        matches!(self.mode, SyncMode::Full | SyncMode::FullReload)
    }
}

impl fmt::Display for SyncReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows, version {}, {:.1} s", grouped(self.rows), self.version, self.took.as_secs_f64())?;
        match self.mode {
            SyncMode::Unchanged => write!(f, ", unchanged")?,
            SyncMode::FullReload => write!(f, ", read anew with other columns")?,
            SyncMode::Full | SyncMode::Delta => {}
        }
        let in_delta = |number: u64| if self.is_full() { 0 } else { number };
        for (number, what) in [
            (in_delta(self.fetched), "fetched"),
            (in_delta(self.inserted), "inserted"),
            (self.updated, "updated"),
            (self.deleted, "deleted"),
            (self.dropped, "dropped"),
            (self.null_keys, "without a key"),
            (self.conflicts, "of the same version as another row"),
            (self.late, "late"),
            (self.reconciled, "gone from the source"),
            (self.expired, "expired"),
            (self.reloaded_periods, "periods read anew"),
            (self.non_finite, "NaN or infinite values became NULL"),
        ] {
            if number > 0 {
                write!(f, ", {} {what}", grouped(number))?;
            }
        }
        for (link, rows) in &self.duplicate_keys {
            write!(f, ", {} rows hidden from link {link} by an earlier row with their key", grouped(*rows))?;
        }
        Ok(())
    }
}

fn seconds<S: serde::Serializer>(took: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(took.as_secs_f64())
}

fn optional_instant<S: serde::Serializer>(at: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{SyncMode, SyncReport};

    #[test]
    fn a_report_is_one_line() {
        let mut report = SyncReport::begun("orders");
        (report.rows, report.version, report.took) = (1_204, 7, Duration::from_millis(120));
        assert_eq!(report.to_string(), "1,204 rows, version 7, 0.1 s, unchanged");
        report.mode = SyncMode::Full;
        (report.fetched, report.inserted, report.dropped) = (1_205, 1_204, 1);
        assert_eq!(report.to_string(), "1,204 rows, version 7, 0.1 s, 1 dropped");
        report.mode = SyncMode::Delta;
        (report.fetched, report.inserted, report.updated, report.dropped) = (12, 8, 4, 0);
        report.duplicate_keys.push(("sales.order".to_owned(), 2));
        assert_eq!(
            report.to_string(),
            "1,204 rows, version 7, 0.1 s, 12 fetched, 8 inserted, 4 updated, \
             2 rows hidden from link sales.order by an earlier row with their key"
        );
    }

    #[test]
    fn the_document_has_every_figure() {
        let mut report = SyncReport::begun("orders");
        report.watermark = "2026-03-01T10:00:00.5Z".parse().ok();
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!((&json["mode"], &json["watermark"]), (&"unchanged".into(), &"2026-03-01T10:00:00.500Z".into()));
        assert_eq!((&json["seconds"], json.get("upkeep")), (&0.0.into(), None));
    }
}
