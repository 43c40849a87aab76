//! What manifests say about keys.

use serde::{Deserialize, Serialize};

use super::secret::KeySecret;
use crate::digest::Digest;

/// The key of a dataset, and the runs by which the row of a key is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// The names of the columns that are the key, in the order in which they are hashed.
    pub columns: Vec<String>,
    /// What the hashes are made with.
    pub secret: KeySecret,
    /// The runs, oldest first: what a newer one says of a key counts.
    pub runs: Vec<KeyRunFile>,
}

/// A key run: an immutable file of entries sorted by hash.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRunFile {
    /// Where it is, relative to the folder of its dataset.
    pub path: String,
    /// Its length in bytes.
    pub size: u64,
    /// How many entries it has, dead ones included.
    pub entries: u64,
    /// How many of them are dead.
    pub dead: u64,
    /// The least version time of a dead entry, in microseconds since 1970 UTC; `i64::MIN` if one has none. `None`
    /// without dead entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_dead: Option<i64>,
    /// The bytes before the first entry.
    pub head_bytes: u64,
    /// The bytes after the last entry.
    pub tail_bytes: u64,
    /// The digest of the digests of head and tail; what lies between them is checked block by block.
    pub digest: Digest,
}
