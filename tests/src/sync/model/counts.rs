//! What the report of a sync must say.

use drillcore::{SyncMode, SyncReport};

use crate::sync::row::{Minute, Row, minute};

/// What a sync read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Full,
    Reload,
    Delta,
}

/// What a sync did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    pub mode: Mode,
    pub fetched: u64,
    pub inserted: u64,
    pub updated: u64,
    pub deleted: u64,
    pub dropped: u64,
    pub null_keys: u64,
    pub conflicts: u64,
    pub late: u64,
    pub expired: u64,
    pub reconciled: u64,
    /// Rows that are late if nobody knows that their key was deleted.
    pub perhaps_late: u64,
    /// Rows of the cache afterwards.
    pub rows: u64,
    pub watermark: Option<Minute>,
    /// Whether it can be told what became of each row.
    pub is_exact: bool,
}

impl Counts {
    /// A sync that has read these rows and done nothing yet.
    pub(super) fn new(mode: Mode, fetched: &[Row]) -> Self {
        Self {
            mode,
            fetched: fetched.len() as u64,
            inserted: 0,
            updated: 0,
            deleted: 0,
            dropped: 0,
            null_keys: 0,
            conflicts: 0,
            late: 0,
            expired: 0,
            reconciled: 0,
            perhaps_late: 0,
            rows: 0,
            watermark: None,
            is_exact: true,
        }
    }

    /// Whether rows came or went.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        self.inserted + self.updated + self.deleted + self.expired + self.reconciled > 0
    }

    /// Where a report says something else.
    #[must_use]
    pub fn differences(&self, report: &SyncReport, has_watermark: bool) -> Vec<String> {
        let mut found = Vec::new();
        let mut compare = |name: &str, expected: u64, reported: u64| {
            if expected != reported {
                found.push(format!("{name}: {reported} instead of {expected}"));
            }
        };
        compare("rows", self.rows, report.rows);
        compare("fetched", self.fetched, report.fetched);
        compare("null keys", self.null_keys, report.null_keys);
        compare("reconciled", self.reconciled, report.reconciled);
        let written = report.inserted + report.updated + report.deleted;
        let left = report.dropped + report.unchanged + report.null_keys;
        compare("rows accounted for", report.fetched, written + left);
        if self.is_exact {
            compare("expired", self.expired, report.expired);
            compare("inserted", self.inserted, report.inserted);
            compare("updated", self.updated, report.updated);
            compare("deleted", self.deleted, report.deleted);
            compare("dropped", self.dropped, report.dropped);
            compare("conflicts", self.conflicts, report.conflicts);
            compare("late", report.late.clamp(self.late, self.late + self.perhaps_late), report.late);
        }
        let watermark = report.watermark.and_then(|at| minute(at.timestamp_micros()));
        if has_watermark && watermark != self.watermark {
            found.push(format!("watermark: {watermark:?} instead of {:?}", self.watermark));
        }
        let agrees = match report.mode {
            SyncMode::Full => self.mode == Mode::Full,
            SyncMode::FullReload => self.mode == Mode::Reload,
            SyncMode::Delta => self.mode == Mode::Delta,
            SyncMode::Unchanged => self.mode == Mode::Delta && !self.has_changes(),
            _ => false,
        };
        if !agrees {
            found.push(format!("mode: {:?} instead of {:?}", report.mode, self.mode));
        }
        found
    }
}
