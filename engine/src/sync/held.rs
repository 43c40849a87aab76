//! The rows that a snapshot holds, with their places, as far as a sync has to look at them.

#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, new_null_array};
use arrow::compute::{cast, concat};
use arrow::datatypes::FieldRef;
use drillcore_store::{DeletionVector, Place, Snapshot, VerifiedFile};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
};
use parquet::errors::ParquetError;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::versions::{NO_TIME, micros};
use crate::error::{Error, Result};
use crate::tables::OpenSnapshots;

/// Rows that are looked at: those whose column of that name has a time in one of the ranges, which are in order and do
/// not overlap.
#[derive(Debug, Clone)]
pub(crate) struct TimeRange<'a> {
    pub(crate) column: &'a str,
    pub(crate) micros: Vec<RangeInclusive<i64>>,
}

impl TimeRange<'_> {
    /// Whether a time is in one of the ranges; NULL is not.
    pub(crate) fn contains(&self, time: i64) -> bool {
        time != NO_TIME && self.meets(time, time)
    }

    /// Whether one of the ranges has a time between these two, themselves included.
    fn meets(&self, least: i64, greatest: i64) -> bool {
        let next = self.micros.partition_point(|range| *range.end() < least);
        self.micros.get(next).is_some_and(|range| *range.start() <= greatest)
    }
}

/// Rows of a snapshot, in the order of its files.
#[derive(Debug)]
pub(crate) struct HeldRows {
    /// The columns asked for.
    pub(crate) columns: Vec<ArrayRef>,
    pub(crate) places: Vec<Place>,
}

/// Reads columns of the rows that live, in the types asked for; a column that a file does not have is NULL there. Row
/// groups are left out by their statistics, the others are read in parallel on the rayon pool of the calling thread.
pub(crate) fn held_rows(
    snapshot: &Snapshot,
    open: &OpenSnapshots,
    wanted: &[FieldRef],
    range: Option<&TimeRange<'_>>,
) -> Result<HeldRows> {
    let groups = groups(snapshot, open, range)?;
    let parts: Vec<Part> = groups.into_par_iter().map(|group| group.read(wanted, range)).collect::<Result<_>>()?;
    together(&parts, wanted)
}

/// Makes something of the columns of all rows that live, row group by row group: as many of these are in memory as the
/// rayon pool of the calling thread has threads.
pub(crate) fn each_held<T: Send>(
    snapshot: &Snapshot,
    open: &OpenSnapshots,
    wanted: &[FieldRef],
    make: impl Fn(&[ArrayRef]) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let groups = groups(snapshot, open, None)?;
    groups.into_par_iter().map(|group| make(&group.read(wanted, None)?.columns)).collect()
}

/// The row groups that may have rows in the range.
fn groups(snapshot: &Snapshot, open: &OpenSnapshots, range: Option<&TimeRange<'_>>) -> Result<Vec<Group>> {
    let opened = open.open(snapshot)?;
    let mut groups = Vec::new();
    for (number, described) in snapshot.files().iter().enumerate() {
        let file = snapshot.open_file(number)?;
        let known = opened.file(file.path()).ok_or_else(|| Error::internal("a file of a snapshot is not open"))?;
        let metadata = ArrowReaderMetadata::try_new(Arc::clone(&known.footer), ArrowReaderOptions::new())
            .map_err(|error| file.recover(error))?;
        let deleted = snapshot.deletions(number)?;
        let in_range = groups_in(&metadata, range);
        let mut first = 0_u64;
        for (group, is_in_range) in in_range.iter().enumerate() {
            let rows = metadata.metadata().row_groups().get(group).map_or(0, |group| group.num_rows());
            let rows = u64::try_from(rows).unwrap_or(0);
            if *is_in_range {
                let (file, metadata, deleted) = (file.clone(), metadata.clone(), deleted.clone());
                let number = u32::try_from(number).map_err(|_| Error::internal("a snapshot has too many files"))?;
                groups.push(Group { file, metadata, deleted, number, group, first, rows });
            }
            first = first.saturating_add(rows);
        }
        debug_assert!(first == described.rows, "the row groups of a file have its rows");
    }
    Ok(groups)
}

/// A row group that is read.
#[derive(Debug)]
struct Group {
    file: VerifiedFile,
    metadata: ArrowReaderMetadata,
    deleted: Option<Arc<DeletionVector>>,
    /// The number of the file in the snapshot.
    number: u32,
    /// The number of the row group in the file.
    group: usize,
    /// The number of its first row in the file.
    first: u64,
    rows: u64,
}

/// What was read of a row group.
#[derive(Debug)]
struct Part {
    columns: Vec<ArrayRef>,
    places: Vec<Place>,
}

impl Group {
    fn read(&self, wanted: &[FieldRef], range: Option<&TimeRange<'_>>) -> Result<Part> {
        let mut rows = self.live();
        if let Some(range) = range
            && !rows.is_empty()
        {
            let times = self.column(range.column, None)?;
            let times = times.map(|times| micros(&times)).transpose()?.unwrap_or_default();
            rows.retain(|row| times.get(*row).is_some_and(|time| range.contains(*time)));
        }
        let mut columns = Vec::with_capacity(wanted.len());
        for field in wanted {
            columns.push(match self.column(field.name(), Some(&rows))? {
                Some(found) => cast(&found, field.data_type())
                    .map_err(|error| Error::internal("a held column cannot be read as it is now").with_source(error))?,
                None => new_null_array(field.data_type(), rows.len()),
            });
        }
        let place = |row: &usize| {
            let row = u64::try_from(*row).ok().and_then(|row| u32::try_from(self.first.checked_add(row)?).ok());
            row.map(|row| Place { file: self.number, row })
        };
        let places: Option<Vec<Place>> = rows.iter().map(place).collect();
        let places = places.ok_or_else(|| Error::internal("a file has too many rows"))?;
        Ok(Part { columns, places })
    }

    /// The rows that live, by their number in the row group.
    fn live(&self) -> Vec<usize> {
        let rows = usize::try_from(self.rows).unwrap_or(usize::MAX);
        let Some(deleted) = &self.deleted else { return (0..rows).collect() };
        let is_deleted = |row: u64| u32::try_from(row).is_ok_and(|row| deleted.contains(row));
        (0..rows).zip(self.first..).filter(|(_, row)| !is_deleted(*row)).map(|(row, _)| row).collect()
    }

    /// The values of a column in some rows or in all; none if the file does not have it.
    fn column(&self, name: &str, rows: Option<&[usize]>) -> Result<Option<ArrayRef>> {
        let fields = self.metadata.schema().fields();
        let Some((place, field)) = fields.iter().enumerate().find(|(_, field)| field.name() == name) else {
            return Ok(None);
        };
        if rows.is_some_and(<[usize]>::is_empty) {
            return Ok(Some(new_null_array(field.data_type(), 0)));
        }
        let read = || -> Result<ArrayRef, ParquetError> {
            let mask = ProjectionMask::roots(self.metadata.parquet_schema(), [place]);
            let all = usize::try_from(self.rows).unwrap_or(usize::MAX);
            let mut reader =
                ParquetRecordBatchReaderBuilder::new_with_metadata(self.file.clone(), self.metadata.clone())
                    .with_row_groups(vec![self.group])
                    .with_projection(mask)
                    .with_batch_size(rows.map_or(all, <[usize]>::len));
            if let Some(rows) = rows {
                let runs = rows.chunk_by(|one, next| one + 1 == *next);
                let runs = runs.filter_map(|run| Some(*run.first()?..run.last()? + 1));
                reader = reader.with_row_selection(RowSelection::from_consecutive_ranges(runs, all));
            }
            let mut parts: Vec<ArrayRef> = Vec::new();
            for batch in reader.build()? {
                parts.extend(batch?.columns().first().cloned());
            }
            let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
            Ok(concat(&parts)?)
        };
        Ok(Some(self.file.guard(read)?))
    }
}

/// Which row groups may have rows in the range.
fn groups_in(metadata: &ArrowReaderMetadata, range: Option<&TimeRange<'_>>) -> Vec<bool> {
    let all = vec![true; metadata.metadata().num_row_groups()];
    let Some(range) = range else { return all };
    let bounds = || -> Option<(Vec<i64>, Vec<i64>)> {
        let statistics =
            StatisticsConverter::try_new(range.column, metadata.schema(), metadata.parquet_schema()).ok()?;
        let groups = metadata.metadata().row_groups();
        let (least, greatest) = (statistics.row_group_mins(groups).ok()?, statistics.row_group_maxes(groups).ok()?);
        Some((micros(&least).ok()?, micros(&greatest).ok()?))
    };
    let Some((least, greatest)) = bounds() else { return all };
    let overlaps = |(least, greatest): (i64, i64)| {
        let known = least != NO_TIME && greatest != NO_TIME;
        !known || range.meets(least, greatest)
    };
    least.into_iter().zip(greatest).map(overlaps).collect()
}

/// The parts behind each other.
fn together(parts: &[Part], wanted: &[FieldRef]) -> Result<HeldRows> {
    let mut columns = Vec::with_capacity(wanted.len());
    for (place, field) in wanted.iter().enumerate() {
        let of_parts: Vec<&dyn Array> =
            parts.iter().filter_map(|part| part.columns.get(place)).map(AsRef::as_ref).collect();
        columns.push(if of_parts.is_empty() {
            new_null_array(field.data_type(), 0)
        } else {
            concat(&of_parts).map_err(|error| Error::internal("held rows cannot be put together").with_source(error))?
        });
    }
    Ok(HeldRows { columns, places: parts.iter().flat_map(|part| part.places.iter().copied()).collect() })
}
