//! What is kept of a dataset, in numbers.

use uuid::Uuid;

use super::DatasetInner;
use super::inventory::Named;
use crate::error::Result;
use crate::log::Envelope;
use crate::manifest::{Manifest, Operation};

/// A dataset in numbers.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetDescription {
    /// The dataset.
    pub dataset: Uuid,
    /// All versions kept, oldest first.
    pub versions: Vec<VersionDescription>,
    /// All files on the medium with rows, digests, deletion vectors or key runs, whether needed by a version or not.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The bytes of those that no version needs.
    pub orphan_bytes: u64,
}

/// A version in numbers.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionDescription {
    /// Its number.
    pub version: u64,
    /// When it was committed, in microseconds since 1970-01-01T00:00:00Z.
    pub committed_at_us: i64,
    /// What made it.
    pub operation: Operation,
    /// Its rows, without deleted ones.
    pub rows: u64,
    /// Its data files.
    pub files: u64,
    /// Their bytes; versions may share files.
    pub bytes: u64,
    /// Deleted rows that are still in its data files.
    pub dead_rows: u64,
    /// Its deletion vectors, one for each data file with deleted rows.
    pub deletion_vectors: u64,
    /// Their bytes.
    pub deletion_bytes: u64,
    /// Its key runs.
    pub key_runs: u64,
    /// Their bytes.
    pub key_bytes: u64,
}

impl DatasetInner {
    pub(super) fn describe(&self) -> Result<DatasetDescription> {
        let (mut versions, mut needed) = (Vec::new(), Named::default());
        for number in self.log.versions()? {
            // One may have gone since it was listed.
            if let Some(envelope) = self.log.read::<Manifest>(number)? {
                versions.push(describe_version(&envelope));
                needed.add(number, &envelope.body);
            }
        }
        let files = self.inventory()?.files;
        let orphans = files.iter().filter(|file| !needed.has(&file.path));
        Ok(DatasetDescription {
            dataset: self.id,
            versions,
            files: files.len() as u64,
            bytes: files.iter().map(|file| file.size).sum(),
            orphan_bytes: orphans.map(|file| file.size).sum(),
        })
    }
}

fn describe_version(envelope: &Envelope<Manifest>) -> VersionDescription {
    let manifest = &envelope.body;
    let deletions = || manifest.files.iter().filter_map(|file| file.deletions.as_ref());
    VersionDescription {
        version: envelope.header.version,
        committed_at_us: envelope.header.committed_at_us,
        operation: manifest.operation,
        rows: manifest.rows,
        files: manifest.files.len() as u64,
        bytes: manifest.bytes(),
        dead_rows: manifest.dead_rows(),
        deletion_vectors: deletions().count() as u64,
        deletion_bytes: deletions().map(|deletions| deletions.size).sum(),
        key_runs: manifest.runs().len() as u64,
        key_bytes: manifest.runs().iter().map(|run| run.size).sum(),
    }
}
