//! What one version of a dataset consists of.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::blocks::BlockDigests;
use crate::context::Context;
use crate::digest::{DIGEST_BLOCK_BYTES, Digest};
use crate::error::{Error, ErrorKind, Result};
use crate::layout::{dataset_dir, join};
use crate::schema::SchemaDoc;

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
    /// The columns of every file.
    pub schema: SchemaDoc,
    /// All rows of all files.
    pub rows: u64,
    /// The files, in the order in which their rows come.
    pub files: Vec<DataFile>,
    /// Whatever the engine keeps with the version: watermark, source ordinal column, counts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, String>,
    /// Idempotency tokens of the latest commits that had one, and the versions those commits made.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tokens: BTreeMap<String, u64>,
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
    /// Its rows.
    pub rows: u64,
    /// How many row groups it has.
    pub row_groups: u64,
    /// The bytes at its end that hold the footer, including the 8 bytes of length and magic.
    pub footer_bytes: u64,
    /// How its content is checked.
    pub digest: FileDigest,
    /// What is known about its columns, in the order of the schema.
    pub columns: Vec<ColumnStats>,
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
        let rows = self.files.iter().try_fold(0_u64, |rows, file| rows.checked_add(file.rows));
        if rows != Some(self.rows) {
            return Err(Error::corruption(path, "the rows of the files do not add up to those of the manifest"));
        }
        match first_duplicate(&self.files) {
            None => Ok(()),
            Some(twice) => Err(Error::corruption(path, "the manifest names a file twice")
                .with_context("file", twice.path.escape_debug())),
        }
    }

    /// All bytes of the data files.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().fold(0, |bytes, file| bytes.saturating_add(file.size))
    }

    /// The paths of all files needed, digests included, relative to the folder of the dataset.
    pub(crate) fn references(&self) -> impl Iterator<Item = &str> {
        self.files.iter().flat_map(|file| {
            let digests = match &file.digest {
                FileDigest::Blocks { path, .. } => Some(path.as_str()),
                FileDigest::Whole { .. } => None,
            };
            digests.into_iter().chain([file.path.as_str()])
        })
    }
}

/// The first file that was named before.
pub(crate) fn first_duplicate(files: &[DataFile]) -> Option<&DataFile> {
    let mut paths = HashSet::new();
    files.iter().find(|file| !paths.insert(file.path.as_str()))
}

impl DataFile {
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
mod tests {
    use super::{BTreeMap, DataFile, Digest, ErrorKind, FileDigest, Manifest, Operation, Uuid};
    use crate::schema::SchemaDoc;
    use arrow::datatypes::{DataType, Field, Schema};

    fn file(path: &str, rows: u64) -> DataFile {
        let digest = FileDigest::Whole { digest: Digest::of(b"") };
        DataFile { path: path.to_owned(), size: 9, rows, row_groups: 1, footer_bytes: 8, digest, columns: Vec::new() }
    }

    fn manifest(files: Vec<DataFile>, rows: u64) -> Manifest {
        let schema = Schema::new(vec![Field::new("a", DataType::Int64, true)]);
        Manifest {
            dataset: Uuid::nil(),
            operation: Operation::Full,
            schema: SchemaDoc::from_arrow(&schema).unwrap(),
            rows,
            files,
            properties: BTreeMap::new(),
            tokens: BTreeMap::new(),
        }
    }

    #[test]
    fn the_parts_must_fit() {
        let good = manifest(vec![file("a", 1), file("b", 2)], 3);
        assert!(good.check(Uuid::nil(), "m").is_ok());
        assert_eq!(good.bytes(), 18);
        let bad = [
            good.check(Uuid::from_u128(1), "m"),
            manifest(vec![file("a", 1)], 2).check(Uuid::nil(), "m"),
            manifest(vec![file("a", 1), file("a", 1)], 2).check(Uuid::nil(), "m"),
            manifest(vec![file("a", u64::MAX), file("b", 2)], 1).check(Uuid::nil(), "m"),
        ];
        for outcome in bad {
            assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Corruption);
        }
    }

    #[test]
    fn json_keeps_everything_and_ignores_what_it_does_not_know() {
        let good = manifest(vec![file("a", 1)], 1);
        let mut json = serde_json::to_value(&good).unwrap();
        assert_eq!(serde_json::from_value::<Manifest>(json.clone()).unwrap(), good);
        json["operation"] = "compact".into();
        json["touched_days"] = "all".into();
        assert_eq!(serde_json::from_value::<Manifest>(json).unwrap().operation, Operation::Other);
    }
}
