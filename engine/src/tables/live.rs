//! Which rows of a data file live.
//!
//! A scan reads row groups with deleted rows as a whole, with the number that each row has in its file, and
//! [`LiveRowsExec`](super::live_rows::LiveRowsExec) leaves the deleted ones out. Picking rows while pages are decoded
//! (`RowSelection`) costs more where many are deleted, and keeps DataFusion from leaving out row groups while a query
//! runs. Row groups of which no row lives are not read.

use arrow::array::BooleanBufferBuilder;
use arrow::buffer::BooleanBuffer;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::{ParquetAccessPlan, RowGroupAccess};
use drillcore_store::DeletionVector;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};

use crate::error::{Error, ErrorKind, Result};

/// The rows of a file of which some are deleted.
#[derive(Debug)]
pub(super) struct LiveRows {
    /// Whether a row lives, by its number in the file.
    pub(super) rows: BooleanBuffer,
    /// Whether any row of a row group lives.
    groups: Vec<bool>,
}

impl LiveRows {
    /// Those of a file without the deleted ones.
    pub(super) fn of(footer: &ParquetMetaData, deleted: &DeletionVector) -> Self {
        let count = count(footer);
        let mut rows = BooleanBufferBuilder::new(count);
        rows.append_n(count, true);
        for row in deleted.rows().filter_map(|row| usize::try_from(row).ok()).take_while(|row| *row < count) {
            rows.set_bit(row, false);
        }
        let (rows, mut first) = (rows.finish(), 0);
        let mut lives = |group: &RowGroupMetaData| {
            let of_group = rows.slice(first, rows_of(group));
            first += rows_of(group);
            of_group.count_set_bits() > 0
        };
        let groups = footer.row_groups().iter().map(&mut lives).collect();
        Self { rows, groups }
    }

    /// Fails if rows are deleted that the file does not have.
    ///
    /// # Errors
    ///
    /// `Storage`.
    pub(super) fn check(path: &str, footer: &ParquetMetaData, deleted: &DeletionVector) -> Result<()> {
        let last = deleted.last().and_then(|row| usize::try_from(row).ok());
        if last.is_none_or(|last| last < count(footer)) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Storage, format!("file {path} has fewer rows than are deleted in it")))
    }

    /// A file as DataFusion reads it; `None` if no row of it lives.
    pub(super) fn file(path: &str, size: u64, live: Option<&Self>) -> Option<PartitionedFile> {
        let file = PartitionedFile::new(path, size);
        let Some(Self { groups, .. }) = live else { return Some(file) };
        if groups.iter().all(|lives| *lives) {
            return Some(file);
        }
        let access = |lives: &bool| if *lives { RowGroupAccess::Scan } else { RowGroupAccess::Skip };
        let plan = ParquetAccessPlan::new(groups.iter().map(access).collect());
        groups.contains(&true).then(|| file.with_extension(plan))
    }
}

/// All rows of a file.
fn count(footer: &ParquetMetaData) -> usize {
    footer.row_groups().iter().map(rows_of).sum()
}

fn rows_of(group: &RowGroupMetaData) -> usize {
    usize::try_from(group.num_rows()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::tests::file_in_tens;
    use super::{DeletionVector, ErrorKind, LiveRows, ParquetAccessPlan, ParquetMetaData, RowGroupAccess};

    fn footer(rows: i64) -> ParquetMetaData {
        file_in_tens(rows).0
    }

    fn live(rows: i64, deleted: &[u32]) -> LiveRows {
        let deleted = DeletionVector::from_rows(deleted.iter().copied());
        LiveRows::of(&footer(rows), &deleted)
    }

    /// Which row groups are read; `None` if all of them are.
    fn read(live: Option<&LiveRows>) -> Option<Option<Vec<bool>>> {
        let file = LiveRows::file("f.parquet", 1_000, live)?;
        let is_read = |access: &RowGroupAccess| matches!(access, RowGroupAccess::Scan);
        Some(file.extension::<ParquetAccessPlan>().map(|plan| plan.inner().iter().map(is_read).collect()))
    }

    #[test]
    fn a_file_without_deleted_rows_is_read_as_it_is() {
        LiveRows::check("f.parquet", &footer(25), &DeletionVector::default()).unwrap();
        assert_eq!(read(None), Some(None));
    }

    #[test]
    fn what_is_deleted_entirely_is_not_read() {
        assert_eq!(read(Some(&live(25, &[12]))), Some(None));
        let second: Vec<u32> = (10..20).collect();
        assert_eq!(read(Some(&live(25, &second))), Some(Some(vec![true, false, true])));
        let every: Vec<u32> = (0..25).collect();
        assert_eq!(read(Some(&live(25, &every))), None);
        let rows: Vec<usize> = live(25, &[0, 12, 24]).rows.set_indices().collect();
        assert_eq!(rows, (1..12).chain(13..24).collect::<Vec<usize>>());
    }

    #[test]
    fn rows_that_the_file_does_not_have_are_damage() {
        let beyond = DeletionVector::from_rows([25]);
        let error = LiveRows::check("f.parquet", &footer(25), &beyond).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Storage);
        assert_eq!(error.message(), "file f.parquet has fewer rows than are deleted in it");
    }
}
