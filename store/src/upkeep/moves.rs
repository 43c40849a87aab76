//! Where the rows of a version are after some of its files were rewritten.

use std::collections::{BTreeMap, HashMap};

use super::rewrite::Rewritten;
use crate::dataset::Changes;
use crate::deletions::DeletionVector;
use crate::error::Result;
use crate::manifest::DataFile;
use crate::snapshot::Snapshot;

/// The files rewritten and those that took their place.
#[derive(Debug)]
pub(super) struct Moves {
    /// For each file of the version the group it went into and its place there; `None` if it stays.
    sources: Vec<Option<(usize, usize)>>,
    groups: Vec<Group>,
}

#[derive(Debug)]
struct Group {
    rewritten: Rewritten,
    /// How many new files other groups made before.
    before: usize,
}

impl Moves {
    pub(super) fn new(version: &Snapshot, rewritten: Vec<Rewritten>) -> Self {
        let mut sources = vec![None; version.files().len()];
        let (mut groups, mut before) = (Vec::with_capacity(rewritten.len()), 0);
        for rewritten in rewritten {
            for (place, source) in rewritten.sources.iter().enumerate() {
                if let Some(of_source) = sources.get_mut(*source) {
                    *of_source = Some((groups.len(), place));
                }
            }
            let made = rewritten.files.len();
            groups.push(Group { rewritten, before });
            before += made;
        }
        Self { sources, groups }
    }

    /// Whether all files stay.
    pub(super) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The new files.
    pub(super) fn added(&self) -> impl Iterator<Item = &DataFile> {
        self.groups.iter().flat_map(|group| &group.rewritten.files)
    }

    /// The rows in the new files.
    pub(super) fn rows(&self) -> u64 {
        self.groups.iter().map(|group| group.rewritten.positions.rows()).sum()
    }

    /// Whether a file of the version stays.
    pub(super) fn keeps(&self, file: usize) -> bool {
        self.sources.get(file).is_some_and(Option::is_none)
    }

    /// The place among the new files, and the row there, of a row of a file that was rewritten; `None` if it did not
    /// live.
    pub(super) fn locate(&self, file: usize, row: u32) -> Option<(usize, u32)> {
        let (group, place) = (*self.sources.get(file)?)?;
        let group = self.groups.get(group)?;
        let (file, row) = group.rewritten.positions.locate(place, row)?;
        Some((group.before + file, row))
    }

    /// What makes a version of the one that was rewritten, or of one that deltas made of it later: what those deleted
    /// is deleted in the new files, too.
    pub(super) fn changes(&self, version: &Snapshot, newest: &Snapshot) -> Result<Changes> {
        let places: HashMap<&str, usize> =
            newest.files().iter().enumerate().map(|(place, file)| (file.path.as_str(), place)).collect();
        let mut removed = Vec::new();
        let mut deleted: BTreeMap<usize, DeletionVector> = BTreeMap::new();
        let mut delete = |index: usize, row: u32| {
            if let Some((file, row)) = self.locate(index, row) {
                deleted.entry(file).or_default().insert(row);
            }
        };
        for (index, file) in version.files().iter().enumerate().filter(|(index, _)| !self.keeps(*index)) {
            let Some(place) = places.get(file.path.as_str()) else {
                // A delta deleted its last rows.
                (0..u32::try_from(file.rows).unwrap_or(u32::MAX)).for_each(|row| delete(index, row));
                continue;
            };
            removed.push(file.path.clone());
            if newest.files().get(*place).is_some_and(|later| later.deletions != file.deletions) {
                let later = newest.deletions(*place)?;
                later.iter().flat_map(|later| later.rows()).for_each(|row| delete(index, row));
            }
        }
        let added: Vec<DataFile> = self.added().cloned().collect();
        let path = |file: usize| added.get(file).map(|file| file.path.clone());
        let deleted = deleted.into_iter().filter_map(|(file, rows)| Some((path(file)?, rows))).collect();
        Ok(Changes { added, deleted, removed, ..Changes::default() })
    }
}
