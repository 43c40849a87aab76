//! What commits are made of.

use std::collections::BTreeMap;

use crate::deletions::DeletionVector;
use crate::keys::{KeyRunFile, Keys};
use crate::manifest::DataFile;
use crate::touched::Touched;

/// All that a version consists of, for a commit that takes over nothing from the version before.
///
/// ```
/// use drillcore_store::{DeletionVector, Full};
///
/// let full = Full::default().with_deleted("data/0192.parquet", DeletionVector::from_rows([4]));
/// assert!(full.files.is_empty() && full.keys.is_none());
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
pub struct Full {
    /// The files, in the order in which their rows come.
    pub files: Vec<DataFile>,
    /// Rows that are deleted, by the path of one of the files.
    pub deleted: BTreeMap<String, DeletionVector>,
    /// How rows are found by their key.
    pub keys: Option<Keys>,
}

impl Full {
    /// These files and nothing else.
    #[must_use]
    pub fn new(files: Vec<DataFile>) -> Self {
        Self { files, ..Self::default() }
    }

    /// Deletes rows of one of the files.
    #[must_use]
    pub fn with_deleted(mut self, path: impl Into<String>, rows: DeletionVector) -> Self {
        self.deleted.insert(path.into(), rows);
        self
    }

    /// Sets how rows are found by their key.
    #[must_use]
    pub fn with_keys(mut self, keys: Keys) -> Self {
        self.keys = Some(keys);
        self
    }
}

/// What a commit changes of the version before.
///
/// ```
/// use drillcore_store::{Changes, DeletionVector};
///
/// let changes = Changes::default()
///     .with_deleted("data/0192.parquet", DeletionVector::from_rows([4, 9]))
///     .with_removed(vec!["data/0193.parquet".to_owned()]);
/// assert_eq!(changes.removed.len(), 1);
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Files to add after the others.
    pub added: Vec<DataFile>,
    /// Rows to delete, by the path of a data file of the version before or of one that is added. Rows that are deleted
    /// already do no harm.
    pub deleted: BTreeMap<String, DeletionVector>,
    /// Paths of data files of the version before that are no longer part of it.
    pub removed: Vec<String>,
    /// What becomes of the key runs.
    pub keys: KeyChanges,
    /// What of time columns is touched, by name. Without any entry everything is, unless the rows stay the same; a
    /// column without an entry beside others that have one counts as touched all over.
    pub touched: BTreeMap<String, Touched>,
}

/// What a commit does to the key runs of the version before.
#[derive(Debug, Clone, Default)]
pub enum KeyChanges {
    /// They stay as they are. If there are any, the rows must, too, or may only be written into other files
    /// ([`Operation::Compact`](crate::Operation::Compact), [`Operation::Purge`](crate::Operation::Purge)): the key of a
    /// deleted row would still lead to it, and no key to one that is added.
    #[default]
    Keep,
    /// Some come and some go.
    Change {
        /// Runs that come, the oldest first. They take the place of those that go, or come last if none goes.
        added: Vec<KeyRunFile>,
        /// Paths of runs that go. If others take their place, they must lie next to each other, because the order of
        /// runs says which of two entries for a key counts.
        removed: Vec<String>,
    },
}

impl Changes {
    /// Sets the files to add.
    #[must_use]
    pub fn with_added(mut self, files: Vec<DataFile>) -> Self {
        self.added = files;
        self
    }

    /// Deletes rows of a file.
    #[must_use]
    pub fn with_deleted(mut self, path: impl Into<String>, rows: DeletionVector) -> Self {
        self.deleted.insert(path.into(), rows);
        self
    }

    /// Sets the paths of files that go.
    #[must_use]
    pub fn with_removed(mut self, paths: Vec<String>) -> Self {
        self.removed = paths;
        self
    }

    /// Sets what becomes of the key runs.
    #[must_use]
    pub fn with_keys(mut self, keys: KeyChanges) -> Self {
        self.keys = keys;
        self
    }

    /// Says what of a time column is touched.
    #[must_use]
    pub fn with_touched(mut self, column: impl Into<String>, touched: Touched) -> Self {
        self.touched.insert(column.into(), touched);
        self
    }
}
