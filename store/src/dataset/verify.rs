//! Checking that everything is as it was written.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::iter;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use parquet::file::metadata::PageIndexPolicy;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::DatasetInner;
use super::inventory::Named;
use super::verify_statistics::verify_statistics;
use crate::deletions::FileDeletions;
use crate::error::{Error, ErrorKind, Result};
use crate::keys::KeyRunFile;
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
    /// Data files read from beginning to end, and decoded to compare their statistics.
    pub files_checked: u64,
    /// Deletion vectors read.
    pub deletion_vectors_checked: u64,
    /// Key runs read from beginning to end.
    pub key_runs_checked: u64,
    /// The bytes of all of them.
    pub bytes_checked: u64,
    /// The rows of the data files, deleted ones included.
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
    /// What kind of failure reading it gives. [`ErrorKind::Io`] says of the bytes nothing: the medium did not give them,
    /// and may give them when it is asked again.
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
        self.deletion_vectors_checked += other.deletion_vectors_checked;
        self.key_runs_checked += other.key_runs_checked;
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
        let (mut needed, mut checks, mut all_readable) = (Named::default(), Checks::new(), true);
        for number in &numbers {
            match self.read_checked(*number) {
                Ok((manifest, schema)) => {
                    needed.add(*number, &manifest);
                    if scope == VerifyScope::AllKept || Some(number) == numbers.last() {
                        report.versions_checked += 1;
                        self.collect(manifest, &schema, &mut checks, &mut report);
                    }
                }
                // A vacuum that had looked at the pins before removed it.
                Err(error) if error.kind() == ErrorKind::VersionExpired => {}
                Err(error) => {
                    all_readable = false;
                    report.add_problem(&error, &self.dir);
                }
            }
        }
        self.verify_files(&checks, &mut report);
        self.forget_expired(&needed, &mut report)?;
        let inventory = self.inventory()?;
        report.foreign.extend(inventory.foreign);
        report.orphans.extend(inventory.temps.iter().map(|temp| self.locate(&temp.path)));
        if all_readable {
            let orphans = inventory.files.iter().filter(|file| !needed.has(&file.path));
            report.orphans.extend(orphans.map(|file| self.locate(&file.path)));
        }
        drop(pin);
        self.pins.advance()?;
        Ok(report)
    }

    /// Without locks a version may go while it is checked; what is missing then was not damaged.
    fn forget_expired(&self, named: &Named, report: &mut VerifyReport) -> Result<()> {
        if self.context.has_locks() || report.problems.is_empty() {
            return Ok(());
        }
        let oldest = self.log.versions()?.first().copied().unwrap_or(u64::MAX);
        let dir = self.locate("");
        let gone = |path: &str| named.has(path) && !named.has_from(oldest, path);
        report.problems.retain(|problem| !problem.path.strip_prefix(&dir).is_some_and(gone));
        Ok(())
    }

    fn read_checked(&self, number: u64) -> Result<(Manifest, SchemaRef)> {
        let manifest: Manifest = self.log.read_kept(number)?.body;
        manifest.check(self.id, &self.log.path_of(number))?;
        let schema = manifest.schema.to_arrow()?;
        Ok((manifest, Arc::new(schema)))
    }

    /// Reads everything once, however many versions need it, on all threads of the pool.
    fn verify_files(&self, checks: &Checks, report: &mut VerifyReport) {
        let checks: Vec<&Check> = checks.values().collect();
        let outcomes: Vec<Result<()>> = checks.par_iter().map(|check| self.verify_one(check)).collect();
        for (check, outcome) in checks.iter().zip(outcomes) {
            report.bytes_checked += check.bytes();
            match check {
                Check::Data(file, _) => {
                    report.files_checked += 1;
                    report.rows_checked += file.rows;
                }
                Check::Deletions { .. } => report.deletion_vectors_checked += 1,
                Check::Run(_) => report.key_runs_checked += 1,
            }
            if let Err(error) = outcome {
                report.add_problem(&error, &self.locate(check.path()));
            }
        }
    }

    /// Adds what a version consists of, as far as no other one has it. Versions that mean different bytes by the same place
    /// are a problem.
    fn collect(&self, manifest: Manifest, schema: &SchemaRef, checks: &mut Checks, report: &mut VerifyReport) {
        let Manifest { files, keys, .. } = manifest;
        let runs = keys.into_iter().flat_map(|keys| keys.runs).map(Check::Run);
        for check in files.into_iter().flat_map(|file| Check::of_file(file, schema)).chain(runs) {
            match checks.entry((check.path().to_owned(), check.offset())) {
                Entry::Vacant(unknown) => {
                    unknown.insert(check);
                }
                Entry::Occupied(known) if known.get().is_same(&check) => {}
                Entry::Occupied(_) => {
                    let error = Error::corruption(&self.locate(check.path()), "two versions disagree about the file");
                    report.add_problem(&error, &self.dir);
                }
            }
        }
    }

    fn verify_one(&self, check: &Check) -> Result<()> {
        match check {
            Check::Data(file, schema) => self.verify_file(file, schema),
            Check::Deletions { deletions, rows } => deletions.read(&self.context, self.id, *rows).map(drop),
            Check::Run(run) => run.verify(&self.context, self.id),
        }
    }

    fn verify_file(&self, file: &DataFile, schema: &SchemaRef) -> Result<()> {
        let opened = open_data_file(&self.context, self.id, file)?;
        opened.read_everything()?;
        let footer = opened.read_metadata(PageIndexPolicy::Skip)?;
        let rows = footer.file_metadata().num_rows();
        let fits = u64::try_from(rows) == Ok(file.rows) && footer.num_row_groups() as u64 == file.row_groups;
        if fits {
            return verify_statistics(&opened, file, schema);
        }
        let error = Error::corruption(opened.path(), "the footer counts other rows than the manifest");
        Err(error.with_context("footer", rows).with_context("manifest", file.rows))
    }
}

/// Every part of some versions once, by its path and, as deletion vectors share files, by where it begins there.
type Checks = BTreeMap<(String, u64), Check>;

/// Something to be read and checked.
#[derive(Debug)]
enum Check {
    /// A file, and the columns of the version that names it.
    Data(DataFile, SchemaRef),
    Deletions {
        deletions: FileDeletions,
        rows: u64,
    },
    Run(KeyRunFile),
}

impl Check {
    /// A data file and its deletion vector.
    fn of_file(mut file: DataFile, schema: &SchemaRef) -> impl Iterator<Item = Self> + use<> {
        let (deletions, rows) = (file.deletions.take(), file.rows);
        let deletions = deletions.map(|deletions| Self::Deletions { deletions, rows });
        iter::once(Self::Data(file, Arc::clone(schema))).chain(deletions)
    }

    /// The path from the folder of the dataset.
    fn path(&self) -> &str {
        match self {
            Self::Data(file, _) => &file.path,
            Self::Deletions { deletions, .. } => &deletions.path,
            Self::Run(run) => &run.path,
        }
    }

    /// Where it begins in its file.
    fn offset(&self) -> u64 {
        match self {
            Self::Deletions { deletions, .. } => deletions.offset,
            Self::Data(..) | Self::Run(_) => 0,
        }
    }

    fn bytes(&self) -> u64 {
        match self {
            Self::Data(file, _) => file.size,
            Self::Deletions { deletions, .. } => deletions.size,
            Self::Run(run) => run.size,
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Data(one, _), Self::Data(other, _)) => one.is_same_file(other),
            (Self::Deletions { deletions: one, rows }, Self::Deletions { deletions: other, rows: other_rows }) => {
                one == other && rows == other_rows
            }
            (Self::Run(one), Self::Run(other)) => one == other,
            _ => false,
        }
    }
}
