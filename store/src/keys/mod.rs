//! Key runs: by the key of a row, where it is, how new it is and what it holds.
//!
//! A dataset with a key has runs, one per commit until they are merged. A run is an immutable file of entries sorted by
//! a keyed hash of the key; what a newer run says of a key hides what older ones say. docs/format.md has every byte.

mod cache;
mod described;
mod encode;
mod entry;
mod filter;
mod format;
mod hash;
mod index;
mod merge;
mod run;
mod search;
mod secret;
mod sorter;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use self::cache::RunCache;
pub use self::described::{KeyRunFile, Keys};
pub use self::entry::{KeyEntry, Place};
pub use self::hash::{KeyHasher, KeyHashes, row_digests};
pub use self::index::KeyIndex;
pub use self::secret::KeySecret;
pub use self::sorter::{KeyRule, KeySorter};
