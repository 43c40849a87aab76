//! What one version of a dataset consists of.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::blocks::BlockDigests;
use crate::context::Context;
use crate::deletions::FileDeletions;
use crate::digest::{DIGEST_BLOCK_BYTES, Digest};
use crate::error::{Error, ErrorKind, Result};
use crate::format::Features;
use crate::keys::{KeyRunFile, Keys};
use crate::layout::{dataset_dir, join};
use crate::schema::SchemaDoc;
use crate::touched::Touched;

/// One version of a dataset, complete in itself.
///
/// Fields this build does not know are ignored when reading: whatever readers must know is declared in the header's
/// `reader_features`, whatever writers must keep up in its `writer_features` (docs/format.md).
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The dataset, the same as in the name of its folder.
    pub dataset: Uuid,
    /// What made this version.
    pub operation: Operation,
    /// The columns. Files of earlier versions may lack some of the later ones (NULL in all of their rows then) and have
    /// narrower types, which widen without loss; what [`DataFile::columns`] says is in terms of these columns all the
    /// same.
    pub schema: SchemaDoc,
    /// The rows that live: all rows of all files but the deleted ones.
    pub rows: u64,
    /// The files, in the order in which their rows come.
    pub files: Vec<DataFile>,
    /// Whatever the engine keeps with the version: watermark, source ordinal column, counts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, String>,
    /// Idempotency tokens of the latest commits that had one, and the versions those commits made.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tokens: BTreeMap<String, u64>,
    /// How rows are found by their key; `None` if there is no key, or rows came that no run knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<Keys>,
    /// What the version touched of time columns by name, as far as that is known; [`touched`](Self::touched) reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touched_days: Option<BTreeMap<String, Touched>>,
}

/// What made a version.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// All rows were replaced.
    Full,
    /// Files were added.
    Append,
    /// Rows were added, replaced and deleted.
    Delta,
    /// The same rows were written into other files.
    Compact,
    /// The content of an earlier version came back.
    Restore,
    /// Deleted rows were removed from the files that had them.
    Purge,
    /// Something a newer build does; the content is complete all the same.
    #[serde(other)]
    Other,
}

/// An immutable Parquet file.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFile {
    /// Where it is, relative to the folder of its dataset.
    pub path: String,
    /// Its length in bytes.
    pub size: u64,
    /// Its rows, deleted ones included.
    pub rows: u64,
    /// How many row groups it has.
    pub row_groups: u64,
    /// The bytes at its end that hold the footer, including the 8 bytes of length and magic.
    pub footer_bytes: u64,
    /// How its content is checked.
    pub digest: FileDigest,
    /// What is known about its columns, in the order of the schema. It is about all of its rows: where some are deleted,
    /// bounds still hold but need not occur any more, and counts and sums are those of before.
    pub columns: Vec<ColumnStats>,
    /// Which of its rows are deleted; `None` if none are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletions: Option<FileDeletions>,
    /// Whether it ended because no more rows of their size were to go into it, however few they are: putting it together
    /// with others would only give such files again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub full: bool,
}

/// How the content of a file is checked.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FileDigest {
    /// One digest of the whole file, which has at most [`DIGEST_BLOCK_BYTES`].
    Whole {
        /// The digest of all its bytes.
        digest: Digest,
    },
    /// A digest per block, kept in a file of their own.
    Blocks {
        /// Where that file is, relative to the folder of the dataset.
        path: String,
        /// The digest of that file.
        digest: Digest,
    },
}

/// What is known about one column of a file.
///
/// Bounds and sums are text, because JSON numbers are not exact: integers, dates, times and timestamps are the digits
/// of the stored integer (in the unit of the type), decimals those of the unscaled integer, floats Rust's shortest text
/// that reads back the same `f64`, booleans `true` and `false`, strings themselves.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnStats {
    /// The name of the column.
    pub name: String,
    /// How many rows are NULL.
    pub null_count: u64,
    /// No value is smaller. `None` if all rows are NULL, or if nothing is known (NaN among the values, binary types).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// No value is greater; `None` as for `min`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// Whether `min` itself occurs; long strings are cut, and such bounds prune but never answer.
    #[serde(default)]
    pub min_exact: bool,
    /// Whether `max` itself occurs.
    #[serde(default)]
    pub max_exact: bool,
    /// The exact sum of integers and (unscaled) decimals that are not NULL, 0 for none; `None` for other types and when
    /// it does not fit 128 bits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sum: Option<String>,
}

impl Manifest {
    /// Checks what must hold between the parts; `path` is the manifest's own.
    pub(crate) fn check(&self, dataset: Uuid, path: &str) -> Result<()> {
        if self.dataset != dataset {
            return Err(Error::corruption(path, "the manifest belongs to another dataset"));
        }
        if let Some(file) = self.files.iter().find(|file| file.dead_rows() > file.rows) {
            return Err(Error::corruption(path, "more rows of a file are deleted than it has")
                .with_context("file", file.path.escape_debug()));
        }
        if live_rows(&self.files) != Some(self.rows) {
            return Err(Error::corruption(path, "the rows of the files do not add up to those of the manifest"));
        }
        let runs = self.runs().iter().map(|run| run.path.as_str());
        match first_duplicate(&self.files).or_else(|| first_twice(runs)) {
            None => Ok(()),
            Some(twice) => {
                Err(Error::corruption(path, "the manifest names a file twice")
                    .with_context("file", twice.escape_debug()))
            }
        }
    }

    /// All bytes of the data files.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().fold(0, |bytes, file| bytes.saturating_add(file.size))
    }

    /// How many rows of the files are deleted.
    #[must_use]
    pub fn dead_rows(&self) -> u64 {
        self.files.iter().fold(0, |rows, file| rows.saturating_add(file.dead_rows()))
    }

    /// What the version touched of a time column, compared with the version before.
    ///
    /// That is everything if the version does not say it, also if it says it of other columns only. A version with the
    /// same rows as the one before touched nothing.
    #[must_use]
    pub fn touched(&self, column: &str) -> Touched {
        match &self.touched_days {
            Some(columns) if columns.is_empty() => Touched::nothing(),
            Some(columns) => columns.get(column).cloned().unwrap_or(Touched::All),
            None => Touched::All,
        }
    }

    /// The runs by which rows are found, oldest first.
    pub(crate) fn runs(&self) -> &[KeyRunFile] {
        self.keys.as_ref().map_or(&[], |keys| keys.runs.as_slice())
    }

    /// What the version asks of its readers and of those who commit after it.
    pub(crate) fn features(&self) -> Features {
        let deletion_vectors = self.files.iter().any(|file| file.deletions.is_some());
        Features { deletion_vectors, key_runs: self.keys.is_some() }
    }

    /// The paths of all files needed, relative to the folder of the dataset: rows, digests, deletion vectors (which
    /// several files may share) and key runs.
    pub(crate) fn references(&self) -> impl Iterator<Item = &str> {
        let files = self.files.iter().flat_map(|file| {
            let digests = match &file.digest {
                FileDigest::Blocks { path, .. } => Some(path.as_str()),
                FileDigest::Whole { .. } => None,
            };
            let deletions = file.deletions.as_ref().map(|deletions| deletions.path.as_str());
            digests.into_iter().chain(deletions).chain([file.path.as_str()])
        });
        files.chain(self.runs().iter().map(|run| run.path.as_str()))
    }
}

/// The rows that live in some files; `None` if they are too many to count.
pub(crate) fn live_rows(files: &[DataFile]) -> Option<u64> {
    files.iter().try_fold(0_u64, |rows, file| rows.checked_add(file.live_rows()))
}

/// The path of the first file that was named before.
pub(crate) fn first_duplicate(files: &[DataFile]) -> Option<&str> {
    first_twice(files.iter().map(|file| file.path.as_str()))
}

/// The first path that came before.
pub(crate) fn first_twice<'a>(paths: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = HashSet::new();
    paths.into_iter().find(|path| !seen.insert(*path))
}

impl DataFile {
    /// The rows that are not deleted.
    #[must_use]
    pub fn live_rows(&self) -> u64 {
        self.rows.saturating_sub(self.dead_rows())
    }

    /// The rows that are deleted.
    #[must_use]
    pub fn dead_rows(&self) -> u64 {
        self.deletions.as_ref().map_or(0, |deletions| deletions.cardinality)
    }

    /// Whether two versions mean the same bytes by a path; what they say about columns and deleted rows may differ.
    pub(crate) fn is_same_file(&self, other: &Self) -> bool {
        let parts = |file: &Self| (file.size, file.rows, file.row_groups, file.footer_bytes);
        self.path == other.path && parts(self) == parts(other) && self.digest == other.digest
    }

    /// The digests of the file's blocks, read from their own file and checked if need be.
    pub(crate) fn load_digests(&self, context: &Context, dataset: Uuid) -> Result<BlockDigests> {
        let file_path = join(&dataset_dir(dataset), &self.path);
        let (path, digests) = match &self.digest {
            FileDigest::Whole { digest } if self.size <= u64::from(DIGEST_BLOCK_BYTES) => {
                (file_path, BlockDigests::whole(self.size, *digest))
            }
            FileDigest::Whole { .. } => (file_path, None),
            FileDigest::Blocks { path, digest } => {
                let path = join(&dataset_dir(dataset), path);
                let content =
                    context.read_all(&path)?.ok_or_else(|| Error::corruption(&path, "the file is missing"))?;
                if Digest::of(&content) != *digest {
                    return Err(Error::corruption(&path, "the content does not match its digest"));
                }
                let digests = BlockDigests::from_file(&content).filter(|digests| digests.size() == self.size);
                (path, digests)
            }
        };
        digests.ok_or_else(|| {
            Error::new(ErrorKind::UnsupportedFormat, "the digests have a shape this build does not know")
                .with_path(&path)
        })
    }
}

#[cfg(test)]
mod tests;
