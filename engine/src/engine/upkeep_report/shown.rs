//! Reports of upkeep as lines of text.

use std::fmt;

use super::{CompactionReport, Damage, VacuumReport, VerifyReport, VersionInfo, VersionOperation, count};
use crate::engine::report::grouped;

impl fmt::Display for VersionOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for VersionInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "version {}, {}, {}", self.version, self.operation, counted(self.rows, "row"))?;
        if self.deleted_rows > 0 {
            write!(f, ", {} deleted", grouped(self.deleted_rows))?;
        }
        let committed = self.committed_at.format("%Y-%m-%d %H:%M:%S UTC");
        write!(f, ", {}, {}, {committed}", counted(self.files, "file"), counted(self.bytes, "byte"))
    }
}

impl fmt::Display for CompactionReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = counted(self.files_before, "file");
        let Some(version) = self.version else { return write!(f, "nothing to do, {before}") };
        let rows = counted(self.rows_rewritten, "row");
        write!(f, "version {version}, {before} became {}, {rows} rewritten", grouped(self.files_after))?;
        for (number, of, what) in [
            (self.deleted_rows_removed, "deleted row", "removed"),
            (self.key_runs_merged, "key run", "merged"),
            (self.bytes_written, "byte", "written"),
        ] {
            if number > 0 {
                write!(f, ", {} {what}", counted(number, of))?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for VacuumReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.datasets_removed > 0 {
            write!(f, "{}, ", counted(self.datasets_removed, "dataset"))?;
        }
        let (versions, files) = (counted(self.versions_removed, "version"), counted(self.files_removed, "file"));
        write!(f, "{versions} and {files} removed, {}", counted(self.bytes_removed, "byte"))?;
        others(f, &self.postponed, "still in use")?;
        others(f, &self.foreign, "not made by drillcore")
    }
}

impl fmt::Display for VerifyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (versions, files) = (counted(self.versions, "version"), counted(self.files, "file"));
        write!(f, "{versions}, {files}, {}, {}", counted(self.rows, "row"), counted(self.bytes, "byte"))?;
        if self.is_sound() {
            f.write_str(", all as it was written")?;
        } else {
            write!(f, ", {} damaged", grouped(count(self.damage.len())))?;
        }
        others(f, &self.unneeded, "not needed")?;
        others(f, &self.foreign, "not made by drillcore")
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

/// How many files are so, if any are.
fn others(f: &mut fmt::Formatter<'_>, files: &[String], how: &str) -> fmt::Result {
    if files.is_empty() { Ok(()) } else { write!(f, ", {} {how}", grouped(count(files.len()))) }
}

/// A number of things.
fn counted(number: u64, one: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {one}{ending}", grouped(number))
}

#[cfg(test)]
mod tests {
    use super::{CompactionReport, Damage, VacuumReport, VerifyReport, VersionInfo, VersionOperation};

    #[test]
    fn versions_are_a_line_each() {
        let version = VersionInfo {
            version: 3,
            committed_at: "2026-01-01T00:00:00Z".parse().unwrap(),
            operation: VersionOperation::Delta,
            rows: 1_204,
            deleted_rows: 7,
            files: 1,
            bytes: 51_558,
        };
        let line = "version 3, delta, 1,204 rows, 7 deleted, 1 file, 51,558 bytes, 2026-01-01 00:00:00 UTC";
        assert_eq!(version.to_string(), line);
        let json = serde_json::to_value(&version).unwrap();
        assert_eq!(json["committed_at"], "2026-01-01T00:00:00Z");
        assert_eq!(json["operation"], "delta");
    }

    #[test]
    fn compactions_are_a_line_each() {
        let mut report = CompactionReport { files_before: 12, ..CompactionReport::nothing("notes") };
        assert_eq!(report.to_string(), "nothing to do, 12 files");
        (report.version, report.files_after, report.rows_rewritten) = (Some(4), 2, 5_000);
        report.deleted_rows_removed = 1;
        let line = "version 4, 12 files became 2, 5,000 rows rewritten, 1 deleted row removed";
        assert_eq!(report.to_string(), line);
        (report.deleted_rows_removed, report.key_runs_merged, report.bytes_written) = (0, 3, 1_000);
        let line = "version 4, 12 files became 2, 5,000 rows rewritten, 3 key runs merged, 1,000 bytes written";
        assert_eq!(report.to_string(), line);
    }

    #[test]
    fn vacuums_are_a_line_each() {
        let mut report = VacuumReport { versions_removed: 2, files_removed: 1, ..VacuumReport::default() };
        assert_eq!(report.to_string(), "2 versions and 1 file removed, 0 bytes");
        report.datasets_removed = 1;
        report.postponed.push("datasets/x".to_owned());
        report.foreign.push("notes.txt".to_owned());
        let line = "1 dataset, 2 versions and 1 file removed, 0 bytes, 1 still in use, 1 not made by drillcore";
        assert_eq!(report.to_string(), line);
    }

    #[test]
    fn checks_are_a_line_each_and_so_is_damage() {
        let mut report = VerifyReport { versions: 3, files: 2, rows: 10, bytes: 2_000, ..VerifyReport::default() };
        assert!(report.is_sound());
        assert_eq!(report.to_string(), "3 versions, 2 files, 10 rows, 2,000 bytes, all as it was written");
        let damage = Damage { path: "a/b".to_owned(), kind: "corruption", message: "the file is missing".to_owned() };
        assert_eq!(damage.to_string(), "a/b: the file is missing");
        report.damage.push(damage);
        report.unneeded.push("c/d".to_owned());
        assert_eq!(report.to_string(), "3 versions, 2 files, 10 rows, 2,000 bytes, 1 damaged, 1 not needed");
        assert!(!report.is_sound());
    }
}
