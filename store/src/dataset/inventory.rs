//! What lies in the folder of a dataset, told apart by name.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use super::DatasetInner;
use crate::context::Context;
use crate::error::Result;
use crate::layout::{
    COMMIT_LOCK, DATA_DIR, DELETIONS_DIR, DIGESTS_DIR, FILE_DIRS, KEYS_DIR, MANIFEST_DIR, WRITING_LOCK, is_data_name,
    is_deletions_name, is_digests_name, is_keys_name, is_temp_name, join, parse_version_name,
};
use crate::manifest::Manifest;
use crate::storage::StorageEntry;

/// A file by its path from the folder of the dataset.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) path: String,
    pub(super) size: u64,
    pub(super) modified_us: Option<i64>,
}

/// The files of a dataset apart from its versions.
#[derive(Debug, Default)]
pub(super) struct Inventory {
    /// Data files, their digests, deletion vectors and key runs, whether needed or not.
    pub(super) files: Vec<Stored>,
    /// What interrupted commits left.
    pub(super) temps: Vec<Stored>,
    /// What this software never made, by path from the root of the store.
    pub(super) foreign: Vec<String>,
}

/// What an entry of a folder is.
#[derive(Debug)]
enum Kind {
    File,
    Temp,
    Known,
    Foreign,
}

impl DatasetInner {
    pub(super) fn inventory(&self) -> Result<Inventory> {
        let mut inventory = Inventory::default();
        for entry in self.context.list(&self.dir)? {
            let name = entry.name.as_str();
            if !(entry.is_dir && (name == MANIFEST_DIR || FILE_DIRS.contains(&name))) {
                inventory.foreign.push(self.locate(&entry.name));
            }
        }
        inventory.add(&self.context, &self.dir, MANIFEST_DIR, manifest_kind)?;
        inventory.add(&self.context, &self.dir, DATA_DIR, data_kind)?;
        inventory.add(&self.context, &self.dir, DIGESTS_DIR, |entry| file_kind(entry, is_digests_name))?;
        inventory.add(&self.context, &self.dir, DELETIONS_DIR, |entry| file_kind(entry, is_deletions_name))?;
        inventory.add(&self.context, &self.dir, KEYS_DIR, |entry| file_kind(entry, is_keys_name))?;
        Ok(inventory)
    }
}

impl Inventory {
    fn add(&mut self, context: &Context, dataset: &str, dir: &str, kind: fn(&StorageEntry) -> Kind) -> Result<()> {
        for entry in context.list(&join(dataset, dir))? {
            let kind = if entry.is_dir { Kind::Foreign } else { kind(&entry) };
            let stored = Stored { path: join(dir, &entry.name), size: entry.size, modified_us: entry.modified_us };
            match kind {
                Kind::File => self.files.push(stored),
                Kind::Temp => self.temps.push(stored),
                Kind::Known => {}
                Kind::Foreign => self.foreign.push(join(dataset, &stored.path)),
            }
        }
        Ok(())
    }
}

fn manifest_kind(entry: &StorageEntry) -> Kind {
    if is_temp_name(&entry.name) {
        Kind::Temp
    } else if entry.name == COMMIT_LOCK || parse_version_name(&entry.name).is_some() {
        Kind::Known
    } else {
        Kind::Foreign
    }
}

fn data_kind(entry: &StorageEntry) -> Kind {
    if is_data_name(&entry.name) {
        Kind::File
    } else if entry.name == WRITING_LOCK {
        Kind::Known
    } else {
        Kind::Foreign
    }
}

fn file_kind(entry: &StorageEntry, is_name: fn(&str) -> bool) -> Kind {
    if is_name(&entry.name) { Kind::File } else { Kind::Foreign }
}

/// The paths that some versions need, from the folder of the dataset, each with the oldest and the newest of the versions
/// that name it. This is all that is kept of their manifests, which say far more about files than their names.
#[derive(Debug, Default)]
pub(super) struct Named {
    paths: HashMap<String, RangeInclusive<u64>>,
}

impl Named {
    pub(super) fn add(&mut self, version: u64, manifest: &Manifest) {
        for path in manifest.references() {
            match self.paths.get_mut(path) {
                Some(by) => *by = version.min(*by.start())..=version.max(*by.end()),
                None => {
                    self.paths.insert(path.to_owned(), version..=version);
                }
            }
        }
    }

    /// Whether any version names the path.
    pub(super) fn has(&self, path: &str) -> bool {
        self.paths.contains_key(path)
    }

    /// Whether a version from this one on names the path.
    pub(super) fn has_from(&self, version: u64, path: &str) -> bool {
        self.paths.get(path).is_some_and(|by| *by.end() >= version)
    }

    /// Whether a version before this one names the path.
    pub(super) fn has_before(&self, version: u64, path: &str) -> bool {
        self.paths.get(path).is_some_and(|by| *by.start() < version)
    }
}
