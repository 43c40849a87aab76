//! What the next version consists of, worked out from the version before and what a commit brings.

use std::collections::{BTreeMap, HashMap, HashSet};

use arrow::datatypes::Schema;

use super::DatasetInner;
use super::changes::{Changes, Full, KeyChanges};
use super::evolution::{check_evolution, restate};
use crate::deletions::{DeletionVector, VectorFile};
use crate::error::{Error, ErrorKind, Result};
use crate::keys::{KeyRunFile, Keys};
use crate::layout::{
    DATA_DIR, DELETIONS_DIR, KEYS_DIR, deletions_path, is_data_name, is_deletions_name, is_keys_name, is_path_in,
};
use crate::manifest::{DataFile, Manifest, Operation, first_duplicate, first_twice};
use crate::touched::Touched;

/// What a commit brings.
#[derive(Debug)]
pub(crate) enum Content {
    /// All of the version.
    Full(Full),
    /// Files that come after those of the version before.
    Append(Vec<DataFile>),
    /// Other changes of the version before.
    Changes(Changes),
}

/// The parts of a manifest that are worked out here.
#[derive(Debug)]
pub(super) struct Assembled {
    pub(super) files: Vec<DataFile>,
    pub(super) keys: Option<Keys>,
    pub(super) touched_days: Option<BTreeMap<String, Touched>>,
}

impl Content {
    pub(super) fn is_full(&self) -> bool {
        matches!(self, Self::Full(_))
    }
}

impl DatasetInner {
    /// Checks what a commit brings and puts it together with the version before. Deletion vectors are written last, when
    /// nothing is left to refuse.
    pub(super) fn assemble(
        &self,
        content: Content,
        operation: Operation,
        schema: &Schema,
        base: Option<Manifest>,
    ) -> Result<Assembled> {
        match content {
            Content::Full(full) => self.assemble_full(full, schema),
            Content::Append(added) => {
                self.check_files(&added, schema)?;
                let (mut files, keys) = base.map(|base| (base.files, base.keys)).unwrap_or_default();
                let keys = keys.filter(|_| added.is_empty());
                files.extend(added);
                self.refuse_twice(first_duplicate(&files))?;
                Ok(Assembled { files, keys, touched_days: None })
            }
            Content::Changes(changes) => self.assemble_changes(changes, operation, schema, base),
        }
    }

    fn assemble_full(&self, full: Full, schema: &Schema) -> Result<Assembled> {
        let Full { files, deleted, keys } = full;
        self.check_files(&files, schema)?;
        self.refuse_twice(first_duplicate(&files))?;
        if let Some(keys) = &keys {
            self.check_keys(keys, &keys.runs)?;
        }
        let files = self.delete_rows(files, &deleted)?;
        Ok(Assembled { files, keys, touched_days: None })
    }

    fn assemble_changes(
        &self,
        changes: Changes,
        operation: Operation,
        schema: &Schema,
        base: Option<Manifest>,
    ) -> Result<Assembled> {
        let Changes { added, deleted, removed, keys, touched } = changes;
        let same_rows = matches!(operation, Operation::Compact | Operation::Purge)
            || (added.is_empty() && removed.is_empty() && deleted.values().all(DeletionVector::is_empty));
        self.check_files(&added, schema)?;
        let (mut files, held_keys) = match base {
            None => (Vec::new(), None),
            Some(base) => {
                let before = base.schema.to_arrow()?;
                check_evolution(&before, schema)?;
                let mut files = base.files;
                if before != *schema {
                    files.iter_mut().for_each(|file| restate(file, &before, schema));
                }
                (files, base.keys)
            }
        };
        if held_keys.is_some() && !same_rows && matches!(keys, KeyChanges::Keep) {
            let error = Error::new(ErrorKind::InvalidInput, "rows are added or deleted and the key runs do not say it");
            return Err(error.with_path(&self.dir));
        }
        self.remove_files_from(&mut files, &removed)?;
        files.extend(added);
        self.refuse_twice(first_duplicate(&files))?;
        let keys = self.change_keys(held_keys, keys)?;
        let files = self.delete_rows(files, &deleted)?;
        let touched_days = (same_rows || !touched.is_empty()).then_some(touched);
        Ok(Assembled { files, keys, touched_days })
    }

    fn refuse(&self, message: &str, path: &str) -> Error {
        Error::new(ErrorKind::InvalidInput, message).with_path(&self.locate(path))
    }

    fn refuse_twice(&self, path: Option<&str>) -> Result<()> {
        path.map_or(Ok(()), |path| Err(self.refuse("a file is committed twice", path)))
    }

    /// Refuses a file that is not there, or that this dataset's writers did not make, before a manifest names it.
    fn check_path(&self, path: &str, dir: &str, is_name: fn(&str) -> bool, strange: &str) -> Result<()> {
        if !is_path_in(path, dir, is_name) {
            return Err(self.refuse(strange, path));
        }
        if !self.context.exists(&self.locate(path))? {
            return Err(self.refuse("the file to commit does not exist", path));
        }
        Ok(())
    }

    fn check_files(&self, files: &[DataFile], schema: &Schema) -> Result<()> {
        for file in files {
            let strange = "the file is not a data file of this dataset";
            self.check_path(&file.path, DATA_DIR, is_data_name, strange)?;
            if !file.columns.iter().map(|column| &column.name).eq(schema.fields().iter().map(|field| field.name())) {
                return Err(self.refuse("the file has other columns than the commit", &file.path));
            }
            if let Some(deletions) = &file.deletions {
                let strange = "the file is not one of deletion vectors of this dataset";
                self.check_path(&deletions.path, DELETIONS_DIR, is_deletions_name, strange)?;
            }
        }
        Ok(())
    }

    /// `new` are the runs to look for on the medium.
    fn check_keys(&self, keys: &Keys, new: &[KeyRunFile]) -> Result<()> {
        for run in new {
            self.check_path(&run.path, KEYS_DIR, is_keys_name, "the file is not a key run of this dataset")?;
        }
        self.refuse_twice(first_twice(keys.runs.iter().map(|run| run.path.as_str())))
    }

    fn remove_files_from(&self, files: &mut Vec<DataFile>, removed: &[String]) -> Result<()> {
        let held: HashSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        if let Some(strange) = removed.iter().find(|path| !held.contains(path.as_str())) {
            return Err(self.refuse("the file to remove is not part of the version", strange));
        }
        let removed: HashSet<&str> = removed.iter().map(String::as_str).collect();
        files.retain(|file| !removed.contains(file.path.as_str()));
        Ok(())
    }

    fn change_keys(&self, held: Option<Keys>, changes: KeyChanges) -> Result<Option<Keys>> {
        let KeyChanges::Change { added, removed } = changes else { return Ok(held) };
        let refuse = |message: &str| Err(Error::new(ErrorKind::InvalidInput, message).with_path(&self.dir));
        let Some(mut keys) = held else { return refuse("the version has no key runs to change") };
        let goes: Vec<bool> = keys.runs.iter().map(|run| removed.contains(&run.path)).collect();
        if goes.iter().filter(|goes| **goes).count() != removed.len() {
            return refuse("a key run to remove is not part of the version");
        }
        let place = goes.iter().position(|goes| *goes).unwrap_or(goes.len());
        let gap = goes.iter().skip(place).skip_while(|goes| **goes).any(|goes| *goes);
        if gap && !added.is_empty() {
            return refuse("key runs that others take the place of must lie next to each other");
        }
        keys.runs.retain(|run| !removed.contains(&run.path));
        for (index, run) in added.iter().enumerate() {
            keys.runs.insert(place + index, run.clone());
        }
        self.check_keys(&keys, &added)?;
        Ok(Some(keys))
    }

    /// Deletes rows: writes down, durably, which rows of each file are gone by now. A file without a living row goes
    /// altogether.
    fn delete_rows(&self, files: Vec<DataFile>, deleted: &BTreeMap<String, DeletionVector>) -> Result<Vec<DataFile>> {
        let places: HashMap<&str, usize> =
            files.iter().enumerate().map(|(index, file)| (file.path.as_str(), index)).collect();
        let mut vectors = BTreeMap::new();
        for (path, rows) in deleted {
            let index = places.get(path.as_str()).copied();
            let found = index.and_then(|index| Some((index, files.get(index)?)));
            let (index, file) =
                found.ok_or_else(|| self.refuse("the file to delete rows of is not part of the version", path))?;
            if rows.last().is_some_and(|last| u64::from(last) >= file.rows) {
                return Err(self.refuse("a row to delete is beyond the end of its file", path));
            }
            if let Some(vector) = self.grown(file, rows)? {
                vectors.insert(index, vector);
            }
        }
        self.write_deletions(files, &vectors)
    }

    /// All rows of a file that are deleted once `rows` are, too; `None` if that changes nothing.
    fn grown(&self, file: &DataFile, rows: &DeletionVector) -> Result<Option<DeletionVector>> {
        let held = self.files.deletions(file)?;
        let vector = held.as_ref().map_or_else(|| rows.clone(), |held| held.union(rows));
        Ok(Some(vector).filter(|vector| vector.len() > file.dead_rows()))
    }

    fn write_deletions(
        &self,
        files: Vec<DataFile>,
        vectors: &BTreeMap<usize, DeletionVector>,
    ) -> Result<Vec<DataFile>> {
        if vectors.is_empty() {
            return Ok(files);
        }
        let mut written = VectorFile::new(deletions_path(self.context.env.new_id()));
        let mut changed = Vec::with_capacity(files.len());
        for (index, mut file) in files.into_iter().enumerate() {
            match vectors.get(&index) {
                Some(vector) if vector.len() >= file.rows => continue,
                Some(vector) => file.deletions = Some(written.add(vector)?),
                None => {}
            }
            changed.push(file);
        }
        if !written.is_empty() {
            self.write_file(written.path(), written.content())?;
            self.sync_dir(DELETIONS_DIR)?;
        }
        Ok(changed)
    }
}
