//! Checking that everything is as it was written.

use std::collections::HashMap;

use parquet::file::metadata::PageIndexPolicy;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::DatasetInner;
use super::inventory::referenced;
use crate::error::{Error, ErrorKind, Result};
use crate::manifest::{DataFile, Manifest};
use crate::snapshot::open_data_file;

/// Which versions a check covers.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerifyScope {
    /// The newest version of every dataset and of the catalog.
    Latest,
    /// All versions that are kept.
    AllKept,
}

/// What a check found.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
pub struct VerifyReport {
    /// Catalog versions and manifests read.
    pub versions_checked: u64,
    /// Data files read from beginning to end.
    pub files_checked: u64,
    /// Their bytes.
    pub bytes_checked: u64,
    /// Their rows.
    pub rows_checked: u64,
    /// Everything that is wrong.
    pub problems: Vec<Problem>,
    /// Files this software made that no version needs: harmless, vacuum removes them.
    pub orphans: Vec<String>,
    /// Files and folders this software never made: harmless, nobody touches them.
    pub foreign: Vec<String>,
}

/// Something that is wrong.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file or folder concerned, from the root of the store.
    pub path: String,
    /// What kind of failure reading it gives.
    pub kind: ErrorKind,
    /// The failure in words.
    pub message: String,
}

impl VerifyReport {
    /// Whether nothing is wrong; orphans and foreign files are not.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.versions_checked += other.versions_checked;
        self.files_checked += other.files_checked;
        self.bytes_checked += other.bytes_checked;
        self.rows_checked += other.rows_checked;
        self.problems.extend(other.problems);
        self.orphans.extend(other.orphans);
        self.foreign.extend(other.foreign);
    }

    pub(crate) fn add_problem(&mut self, error: &Error, otherwise: &str) {
        self.problems.push(Problem {
            path: error.path().unwrap_or(otherwise).to_owned(),
            kind: error.kind(),
            message: error.to_string(),
        });
    }
}

impl DatasetInner {
    pub(super) fn verify(&self, scope: VerifyScope) -> Result<VerifyReport> {
        let mut report = VerifyReport::default();
        // Versions found after the oldest was pinned stay while they are checked.
        let oldest = self.log.versions()?.first().copied();
        let pin = oldest.map(|oldest| self.pins.pin(oldest)).transpose()?;
        let numbers = self.log.versions()?;
        let mut manifests = Vec::new();
        for number in &numbers {
            match self.read_checked(*number) {
                Ok(manifest) => manifests.push((*number, manifest)),
                Err(error) => report.add_problem(&error, &self.dir),
            }
        }
        let all_readable = manifests.len() == numbers.len();
        let in_scope: Vec<&Manifest> = manifests
            .iter()
            .filter(|(number, _)| scope == VerifyScope::AllKept || Some(number) == numbers.last())
            .map(|(_, manifest)| manifest)
            .collect();
        report.versions_checked += in_scope.len() as u64;
        self.verify_files(&in_scope, &mut report);
        let inventory = self.inventory()?;
        report.foreign.extend(inventory.foreign);
        report.orphans.extend(inventory.temps.iter().map(|temp| self.locate(&temp.path)));
        if all_readable {
            let needed = referenced(manifests.iter().map(|(_, manifest)| manifest));
            let orphans = inventory.files.iter().filter(|file| !needed.contains(&file.path));
            report.orphans.extend(orphans.map(|file| self.locate(&file.path)));
        }
        drop(pin);
        self.pins.advance()?;
        Ok(report)
    }

    fn read_checked(&self, number: u64) -> Result<Manifest> {
        let manifest: Manifest = self.log.read_kept(number)?.body;
        manifest.check(self.id, &self.log.path_of(number))?;
        manifest.schema.to_arrow()?;
        Ok(manifest)
    }

    /// Reads every file once, however many versions need it.
    fn verify_files(&self, manifests: &[&Manifest], report: &mut VerifyReport) {
        let mut files: HashMap<&str, &DataFile> = HashMap::new();
        for file in manifests.iter().flat_map(|manifest| &manifest.files) {
            let known = *files.entry(&file.path).or_insert(file);
            if known != file {
                let error = Error::corruption(&self.locate(&file.path), "two versions disagree about the file");
                report.add_problem(&error, &self.dir);
            }
        }
        let mut files: Vec<&DataFile> = files.into_values().collect();
        files.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        let outcomes: Vec<Result<()>> = files.par_iter().map(|file| self.verify_file(file)).collect();
        for (file, outcome) in files.iter().zip(outcomes) {
            report.files_checked += 1;
            report.bytes_checked += file.size;
            report.rows_checked += file.rows;
            if let Err(error) = outcome {
                report.add_problem(&error, &self.locate(&file.path));
            }
        }
    }

    fn verify_file(&self, file: &DataFile) -> Result<()> {
        let opened = open_data_file(&self.context, self.id, file)?;
        opened.read_everything()?;
        let footer = opened.read_metadata(PageIndexPolicy::Skip)?;
        let rows = footer.file_metadata().num_rows();
        let fits = u64::try_from(rows) == Ok(file.rows) && footer.num_row_groups() as u64 == file.row_groups;
        if fits {
            return Ok(());
        }
        let error = Error::corruption(opened.path(), "the footer counts other rows than the manifest");
        Err(error.with_context("footer", rows).with_context("manifest", file.rows))
    }
}
