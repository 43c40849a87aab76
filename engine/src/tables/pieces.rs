//! What a scan reads of a data file: all of it, or, where rows of it are deleted, pieces with the rows that live.
//!
//! A piece is a range of bytes that begins and ends with a row group, so that scans are split between threads as those
//! of whole files are. Row groups without deleted rows are pieces of their own, because only where no rows are picked
//! one by one can DataFusion leave row groups out while a query runs.

use std::iter::Peekable;
use std::ops::Range;

use arrow::array::BooleanBufferBuilder;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::{ParquetAccessPlan, RowGroupAccess};
use drillcore_store::DeletionVector;
use parquet::arrow::arrow_reader::{RowSelection, RowSelector};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};

use crate::error::{Error, ErrorKind, Result};

/// Rows of a piece of which some are deleted; it has more only if its one row group has. What is picked is copied
/// whenever a piece is opened, so pieces must not be large, and each costs a little, so they must not be small.
const PIECE_ROWS: usize = 1 << 20;

/// Row groups in a row that are read together.
#[derive(Debug)]
struct Piece {
    bytes: Range<i64>,
    groups: Range<usize>,
    rows: usize,
    /// Whether no row of them is deleted.
    whole: bool,
}

/// The parts of a file that a scan reads, in their order; none if all its rows are deleted.
pub(super) fn pieces(
    path: &str,
    size: u64,
    footer: &ParquetMetaData,
    deleted: Option<&DeletionVector>,
) -> Result<Vec<PartitionedFile>> {
    let Some(deleted) = deleted.filter(|deleted| !deleted.is_empty()) else {
        return Ok(vec![PartitionedFile::new(path, size)]);
    };
    let accesses = accesses(path, footer, deleted)?;
    let pieces = cut(size, footer, &accesses)?;
    Ok(pieces.iter().filter_map(|piece| file(path, size, piece, &accesses)).collect())
}

/// How each row group is read.
fn accesses(path: &str, footer: &ParquetMetaData, deleted: &DeletionVector) -> Result<Vec<RowGroupAccess>> {
    let mut deleted = deleted.rows().map(|row| usize::try_from(row).unwrap_or(usize::MAX)).peekable();
    let mut first = 0;
    let mut accesses = Vec::with_capacity(footer.num_row_groups());
    for group in footer.row_groups() {
        let rows = rows_of(group);
        accesses.push(access(first, rows, &mut deleted));
        first = first.saturating_add(rows);
    }
    if deleted.next().is_some() {
        let message = format!("file {path} has fewer rows than are deleted in it");
        return Err(Error::new(ErrorKind::Storage, message));
    }
    Ok(accesses)
}

/// How a row group is read that begins with the row `first` of its file. Takes its rows from the deleted ones.
fn access(first: usize, rows: usize, deleted: &mut Peekable<impl Iterator<Item = usize>>) -> RowGroupAccess {
    let end = first.saturating_add(rows);
    let mut live: Option<BooleanBufferBuilder> = None;
    let mut left = rows;
    while let Some(row) = deleted.next_if(|row| *row < end) {
        live.get_or_insert_with(|| all(rows)).set_bit(row.saturating_sub(first), false);
        left = left.saturating_sub(1);
    }
    match live {
        None => RowGroupAccess::Scan,
        Some(_) if left == 0 => RowGroupAccess::Skip,
        Some(mut live) => {
            let live = live.finish();
            // A run takes a selector, and so does the gap behind it; a row takes a bit.
            let by_runs = live.set_slices().count().saturating_mul(2 * size_of::<RowSelector>());
            RowGroupAccess::Selection(if by_runs < rows / 8 {
                RowSelection::from_consecutive_ranges(live.set_slices().map(|(start, end)| start..end), rows)
            } else {
                RowSelection::from_boolean_buffer(live)
            })
        }
    }
}

fn all(rows: usize) -> BooleanBufferBuilder {
    let mut all = BooleanBufferBuilder::new(rows);
    all.append_n(rows, true);
    all
}

fn rows_of(group: &RowGroupMetaData) -> usize {
    usize::try_from(group.num_rows()).unwrap_or_default()
}

/// Puts the row groups of a file together to pieces.
fn cut(size: u64, footer: &ParquetMetaData, accesses: &[RowGroupAccess]) -> Result<Vec<Piece>> {
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    let mut pieces: Vec<Piece> = Vec::new();
    for (index, (group, access)) in footer.row_groups().iter().zip(accesses).enumerate() {
        let (rows, whole) = (rows_of(group), matches!(access, RowGroupAccess::Scan));
        let start = start_of(group)?;
        match pieces.last_mut() {
            Some(piece) if piece.whole == whole && (whole || piece.rows.saturating_add(rows) <= PIECE_ROWS) => {
                piece.groups.end = index + 1;
                piece.rows = piece.rows.saturating_add(rows);
            }
            before => {
                if let Some(before) = before {
                    before.bytes.end = start;
                }
                pieces.push(Piece { bytes: start..size, groups: index..index + 1, rows, whole });
            }
        }
    }
    Ok(pieces)
}

/// The byte by which DataFusion tells in which range a row group lies.
fn start_of(group: &RowGroupMetaData) -> Result<i64> {
    let first = group.columns().first().ok_or_else(|| Error::internal("a row group has no columns"))?;
    Ok(first.dictionary_page_offset().unwrap_or_else(|| first.data_page_offset()))
}

/// A piece as DataFusion reads it; none if nothing of it lives.
fn file(path: &str, size: u64, piece: &Piece, accesses: &[RowGroupAccess]) -> Option<PartitionedFile> {
    let file = PartitionedFile::new(path, size).with_range(piece.bytes.start, piece.bytes.end);
    if piece.whole {
        return Some(file);
    }
    let within = |(index, access): (usize, &RowGroupAccess)| {
        if piece.groups.contains(&index) { access.clone() } else { RowGroupAccess::Skip }
    };
    let plan: Vec<RowGroupAccess> = accesses.iter().enumerate().map(within).collect();
    plan.iter().any(RowGroupAccess::should_scan).then(|| file.with_extension(ParquetAccessPlan::new(plan)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, RecordBatch};
    use bytes::Bytes;
    use parquet::arrow::ArrowWriter;
    use parquet::file::metadata::ParquetMetaDataReader;
    use parquet::file::properties::WriterProperties;

    use super::{
        DeletionVector, ErrorKind, ParquetAccessPlan, ParquetMetaData, PartitionedFile, RowGroupAccess, pieces,
        start_of,
    };

    /// A file with so many rows in row groups of ten.
    fn written(rows: i64) -> (u64, ParquetMetaData) {
        let values: ArrayRef = Arc::new(Int64Array::from_iter_values(0..rows));
        let batch = RecordBatch::try_from_iter([("n", values)]).unwrap();
        let properties = WriterProperties::builder().set_max_row_group_row_count(Some(10)).build();
        let mut file = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let file = Bytes::from(file);
        (file.len() as u64, ParquetMetaDataReader::new().parse_and_finish(&file).unwrap())
    }

    /// What is read of a row group: all, nothing, or so many rows.
    #[derive(Debug, PartialEq)]
    enum Read {
        All,
        Nothing,
        Some(usize),
    }

    /// The row groups of each piece, by the range of bytes and the plan that it has.
    fn read(rows: i64, deleted: &[u32]) -> Vec<Vec<(usize, Read)>> {
        let (size, footer) = written(rows);
        let deleted = DeletionVector::from_rows(deleted.iter().copied());
        let found = pieces("f.parquet", size, &footer, Some(&deleted)).unwrap();
        let in_range = |piece: &PartitionedFile, group: usize| {
            let start = start_of(footer.row_group(group)).unwrap();
            piece.range.as_ref().is_none_or(|range| range.contains(start))
        };
        let access = |piece: &PartitionedFile, group: usize| match piece.extension::<ParquetAccessPlan>() {
            None => Read::All,
            Some(plan) => match &plan.inner()[group] {
                RowGroupAccess::Scan => Read::All,
                RowGroupAccess::Skip => Read::Nothing,
                RowGroupAccess::Selection(selection) => Read::Some(selection.row_count()),
            },
        };
        let groups = 0..footer.num_row_groups();
        let of = |piece: &PartitionedFile| -> Vec<(usize, Read)> {
            let inside = groups.clone().filter(|group| in_range(piece, *group));
            inside.map(|group| (group, access(piece, group))).collect()
        };
        found.iter().map(of).collect()
    }

    #[test]
    fn a_file_without_deleted_rows_is_one_piece() {
        let (size, footer) = written(25);
        for deleted in [None, Some(&DeletionVector::default())] {
            let found = pieces("f.parquet", size, &footer, deleted).unwrap();
            assert_eq!(found.len(), 1);
            assert!(found[0].range.is_none() && found[0].extension::<ParquetAccessPlan>().is_none());
        }
    }

    #[test]
    fn pieces_hold_each_row_group_once_and_keep_whole_ones_apart() {
        use Read::{All, Nothing, Some};
        assert_eq!(read(25, &[12]), [vec![(0, All)], vec![(1, Some(9))], vec![(2, All)]]);
        assert_eq!(read(25, &[0, 24]), [vec![(0, Some(9))], vec![(1, All)], vec![(2, Some(4))]]);
        let second: Vec<u32> = (10..20).collect();
        assert_eq!(read(25, &second), [vec![(0, All)], vec![(2, All)]], "what is deleted entirely is no piece");
        let more: Vec<u32> = (9..20).collect();
        assert_eq!(read(45, &more), [vec![(0, Some(9)), (1, Nothing)], vec![(2, All), (3, All), (4, All)]]);
        let every: Vec<u32> = (0..25).collect();
        assert_eq!(read(25, &every), Vec::<Vec<(usize, Read)>>::new());
    }

    #[test]
    fn few_runs_are_kept_as_runs_and_many_as_bits() {
        let deleted = |rows: Vec<u32>| DeletionVector::from_rows(rows);
        let selection = |deleted: &DeletionVector| {
            let mut rows = deleted.rows().map(|row| usize::try_from(row).unwrap()).peekable();
            match super::access(0, 10_000, &mut rows) {
                RowGroupAccess::Selection(selection) => selection,
                other => panic!("{other:?}"),
            }
        };
        let few = selection(&deleted(vec![5, 6, 7]));
        assert_eq!((few.as_mask().is_some(), few.row_count()), (false, 9_997));
        let many = selection(&deleted((0..10_000).step_by(3).collect()));
        assert_eq!((many.as_mask().is_some(), many.row_count()), (true, 6_666));
    }

    #[test]
    fn rows_that_the_file_does_not_have_are_damage() {
        let (size, footer) = written(25);
        let beyond = DeletionVector::from_rows([25]);
        let error = pieces("f.parquet", size, &footer, Some(&beyond)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Storage);
        assert_eq!(error.message(), "file f.parquet has fewer rows than are deleted in it");
    }
}
