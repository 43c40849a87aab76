//! What upkeep is asked for, and what it says it did.

use crate::writer::ParquetLayout;

/// When files and key runs are rewritten, and how.
///
/// ```
/// use drillcore_store::{CompactOptions, ParquetLayout, SortColumn};
///
/// let layout = ParquetLayout::default().with_sorting(vec![SortColumn::ascending("time")]);
/// let options = CompactOptions::default().with_layout(layout).with_dead_share(0.1);
/// assert_eq!(options.min_small_files, 8);
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct CompactOptions {
    /// How new files are laid out. Its sorting is made, not only recorded: rows of several files, and those of a file
    /// that does not say it is in this order, are put into it.
    pub layout: ParquetLayout,
    /// Files with fewer living rows are small, unless they are full (the layout's `target_file_rows`, or `sort_bytes` of
    /// the compaction that made them) or large in bytes (128 MiB). Default: 1,048,576.
    pub small_file_rows: u64,
    /// How many small files of similar size there must be before they are put together; less than 2 means 2. Sizes are
    /// similar within a factor of this number, so a row is rewritten about as often as its logarithm to this base says.
    /// Of key runs, none of them more than four times as large as all after it together, there must be more before they
    /// are merged for no other reason. Default: 8.
    pub min_small_files: usize,
    /// A file is rewritten when at least this share of its rows, from 0 to 1, is deleted; 0 means at the first one. If
    /// that means to merge a key run more than four times as large, it waits until this share of the run's entries leads
    /// to no row any more. Default: 0.25.
    pub dead_share: f64,
    /// Whether everything is put together that is not yet in full files, in order, without deleted rows, in the columns
    /// of the version and, if there are keys, in one key run. Default: no.
    pub all: bool,
    /// How many files are put together at a time; less than 2 means 2. They are all open at once, and what putting them
    /// together leaves small is put together by the next compaction. Default: 256.
    pub max_inputs: usize,
    /// The bytes of rows that are held in memory to be put in order together, decoded. Files that end because of it are
    /// full, however few rows they have. Default: 1 GiB.
    pub sort_bytes: usize,
    /// What keys remember of deleted rows with an earlier version time (in microseconds since 1970-01-01T00:00:00Z, or
    /// without any) is forgotten when a merge reaches the oldest key run. Default: nothing is forgotten.
    pub dead_horizon_us: Option<i64>,
}

impl Default for CompactOptions {
    fn default() -> Self {
        Self {
            layout: ParquetLayout::default(),
            small_file_rows: 1_048_576,
            min_small_files: 8,
            dead_share: 0.25,
            all: false,
            max_inputs: 256,
            sort_bytes: 1024 * 1024 * 1024,
            dead_horizon_us: None,
        }
    }
}

impl CompactOptions {
    /// Sets how new files are laid out and in which order their rows come.
    #[must_use]
    pub fn with_layout(mut self, layout: ParquetLayout) -> Self {
        self.layout = layout;
        self
    }

    /// Sets the living rows from which on a file is not small.
    #[must_use]
    pub fn with_small_file_rows(mut self, rows: u64) -> Self {
        self.small_file_rows = rows;
        self
    }

    /// Sets how many small files of similar size, or key runs, are put together.
    #[must_use]
    pub fn with_min_small_files(mut self, files: usize) -> Self {
        self.min_small_files = files;
        self
    }

    /// Sets the share of deleted rows from which on a file is rewritten.
    #[must_use]
    pub fn with_dead_share(mut self, share: f64) -> Self {
        self.dead_share = share;
        self
    }

    /// Sets whether everything is put together.
    #[must_use]
    pub fn with_all(mut self, all: bool) -> Self {
        self.all = all;
        self
    }

    /// Sets how many files are put together at a time.
    #[must_use]
    pub fn with_max_inputs(mut self, files: usize) -> Self {
        self.max_inputs = files;
        self
    }

    /// Sets the bytes of rows that are put in order together.
    #[must_use]
    pub fn with_sort_bytes(mut self, bytes: usize) -> Self {
        self.sort_bytes = bytes;
        self
    }

    /// Sets before which version time deleted rows are forgotten.
    #[must_use]
    pub fn with_dead_horizon_us(mut self, horizon_us: i64) -> Self {
        self.dead_horizon_us = Some(horizon_us);
        self
    }
}

/// What a compaction did.
#[non_exhaustive]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompactReport {
    /// The version it made; `None` if there was nothing to do.
    pub version: Option<u64>,
    /// The data files of the version it started from.
    pub files_before: u64,
    /// The data files of the version it made.
    pub files_after: u64,
    /// The living rows of the files that were rewritten.
    pub rows_rewritten: u64,
    /// The deleted rows that are in no file of the new version any more.
    pub dead_rows_removed: u64,
    /// The bytes of the data files and key runs written.
    pub bytes_written: u64,
    /// The key runs that others took the place of.
    pub key_runs_merged: u64,
}

/// What a vacuum removes.
///
/// ```
/// use drillcore_store::VacuumOptions;
///
/// let options = VacuumOptions::default().with_purge(true);
/// assert!(options.purge);
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VacuumOptions {
    /// Whether deleted rows leave the medium: every file that has some is rewritten, and then all versions but the
    /// newest and those being read are removed, whatever the retention says. Default: no.
    pub purge: bool,
    /// How files that a purge rewrites are laid out. Without a sorting a file keeps its own.
    pub layout: ParquetLayout,
}

impl VacuumOptions {
    /// Sets whether deleted rows leave the medium.
    #[must_use]
    pub fn with_purge(mut self, purge: bool) -> Self {
        self.purge = purge;
        self
    }

    /// Sets how files that a purge rewrites are laid out.
    #[must_use]
    pub fn with_layout(mut self, layout: ParquetLayout) -> Self {
        self.layout = layout;
        self
    }
}
