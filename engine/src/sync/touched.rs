//! On which days rows came and went, by the time columns of the dataset.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use drillcore_store::{DaySet, Touched};
use parquet::file::metadata::ParquetMetaData;
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::page_index::offset_index::OffsetIndexMetaData;
use parquet::file::statistics::Statistics;

use super::versions::{NO_TIME, micros};
use crate::error::Result;
use crate::model::{Column, Kind};
use crate::time::DAY;

/// The days that are touched, of every time column.
#[derive(Debug)]
pub(crate) struct TouchedDays {
    columns: Vec<(String, Days)>,
}

/// The days that are touched of one column.
#[derive(Debug, Default)]
struct Days {
    days: DaySet,
    null: bool,
    /// Nobody knows which, so it may be any.
    any: bool,
}

impl TouchedDays {
    pub(crate) fn new(columns: &[Column]) -> Self {
        let of_time = columns.iter().filter(|column| column.kind() == Kind::Datetime);
        Self { columns: of_time.map(|column| (column.id.clone(), Days::default())).collect() }
    }

    /// Rows that come, which have all of the columns.
    pub(crate) fn add_rows(&mut self, rows: &RecordBatch) -> Result<()> {
        for (name, days) in &mut self.columns {
            match rows.column_by_name(name.as_str()) {
                Some(column) => days.add_times(&micros(column)?),
                None => days.any = true,
            }
        }
        Ok(())
    }

    /// Rows of a file that go, by their numbers in it, in order. Their values are not read: the bounds of their pages say
    /// on which days they may be.
    pub(crate) fn add_removed(&mut self, footer: &ParquetMetaData, rows: &[u32]) {
        let names = footer.file_metadata().schema_descr().columns();
        for (name, days) in &mut self.columns {
            match names.iter().position(|column| column.name() == name.as_str()) {
                Some(place) => days.add_removed(footer, place, rows),
                // The file is older than the column.
                None => days.null = true,
            }
        }
    }

    /// What a commit says of it.
    pub(crate) fn into_touched(self) -> BTreeMap<String, Touched> {
        let one = |days: Days| match days {
            Days { any: true, .. } => Touched::All,
            Days { days, null, .. } => Touched::Days { days, null },
        };
        self.columns.into_iter().map(|(name, days)| (name, one(days))).collect()
    }
}

impl Days {
    fn add_times(&mut self, times: &[i64]) {
        // Neighbours are of one day more often than not.
        let mut last = None;
        for time in times {
            if *time == NO_TIME {
                self.null = true;
            } else if last != Some(time.div_euclid(DAY)) {
                last = Some(time.div_euclid(DAY));
                self.add_range(*time, *time);
            }
        }
    }

    fn add_range(&mut self, least: i64, greatest: i64) {
        let day = |time: i64| i32::try_from(time.div_euclid(DAY));
        match (day(least), day(greatest)) {
            (Ok(first), Ok(last)) if first <= last => self.days.insert_range(first..=last),
            _ => self.any = true,
        }
    }

    fn add_removed(&mut self, footer: &ParquetMetaData, place: usize, mut rows: &[u32]) {
        let mut first = 0_u64;
        for (number, group) in footer.row_groups().iter().enumerate() {
            let end = first.saturating_add(u64::try_from(group.num_rows()).unwrap_or(0));
            let (inside, behind) = rows.split_at(rows.partition_point(|row| u64::from(*row) < end));
            if !inside.is_empty() {
                let pages = footer.column_index().and_then(|index| index.get(number)?.get(place));
                let offsets = footer.offset_index().and_then(|index| index.get(number)?.get(place));
                let inside = inside.iter().map(|row| u64::from(*row).saturating_sub(first));
                let known = pages.zip(offsets).is_some_and(|(pages, offsets)| self.add_pages(pages, offsets, inside));
                if !known {
                    self.add_group(group.columns().get(place).and_then(|column| column.statistics()));
                }
            }
            (first, rows) = (end, behind);
        }
    }

    /// The bounds of the pages that have some rows of a row group, which come in order; false if they are not known.
    fn add_pages(
        &mut self,
        pages: &ColumnIndexMetaData,
        offsets: &OffsetIndexMetaData,
        rows: impl Iterator<Item = u64>,
    ) -> bool {
        let (mut next, mut last) = (0, None);
        let mut starts = offsets.page_locations().iter().map(|page| u64::try_from(page.first_row_index)).peekable();
        for row in rows {
            while starts.next_if(|first| first.is_ok_and(|first| first <= row)).is_some() {
                next += 1;
            }
            // The page that begins last before the row.
            let Some(page) = usize::checked_sub(next, 1) else { return false };
            if last != Some(page) && !self.add_page(pages, page) {
                return false;
            }
            last = Some(page);
        }
        true
    }

    fn add_page(&mut self, pages: &ColumnIndexMetaData, page: usize) -> bool {
        let in_days = |bounds: (Option<&i32>, Option<&i32>)| {
            let micros = |day: &i32| i64::from(*day).saturating_mul(DAY);
            bounds.0.map(micros).zip(bounds.1.map(micros))
        };
        let (all_null, bounds) = match pages {
            ColumnIndexMetaData::INT32(index) if page < index.min_values().len() => {
                (index.is_null_page(page), in_days((index.min_value(page), index.max_value(page))))
            }
            ColumnIndexMetaData::INT64(index) if page < index.min_values().len() => {
                (index.is_null_page(page), index.min_value(page).copied().zip(index.max_value(page).copied()))
            }
            _ => return false,
        };
        let nulls = pages.null_counts().and_then(|counts| counts.get(page));
        self.null |= all_null || nulls.is_none_or(|nulls| *nulls > 0);
        match bounds {
            Some((least, greatest)) => self.add_range(least, greatest),
            None => return all_null,
        }
        true
    }

    /// The bounds of a row group.
    fn add_group(&mut self, statistics: Option<&Statistics>) {
        let bounds = match statistics {
            Some(Statistics::Int32(values)) => {
                let micros = |day: &i32| i64::from(*day).saturating_mul(DAY);
                values.min_opt().map(micros).zip(values.max_opt().map(micros))
            }
            Some(Statistics::Int64(values)) => values.min_opt().copied().zip(values.max_opt().copied()),
            _ => None,
        };
        match bounds {
            Some((least, greatest)) => {
                self.null |= statistics.and_then(Statistics::null_count_opt).is_none_or(|nulls| nulls > 0);
                self.add_range(least, greatest);
            }
            None => self.any = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, TimestampMicrosecondArray};
    use bytes::Bytes;
    use drillcore_store::{DaySet, Touched};
    use parquet::arrow::ArrowWriter;
    use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
    use parquet::file::properties::{EnabledStatistics, WriterProperties};

    use super::{DAY, TouchedDays};
    use crate::model::{Column, ColumnType};

    /// Forty rows, one per day, in pages of five and row groups of twenty. The last ten have no date.
    fn rows() -> RecordBatch {
        let made = TimestampMicrosecondArray::from_iter_values((0..40).map(|day| day * DAY + 7));
        let made: ArrayRef = Arc::new(made.with_timezone("UTC"));
        let paid: ArrayRef = Arc::new(Date32Array::from_iter((0..40).map(|day| (day < 30).then_some(day + 100))));
        let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(0..40));
        RecordBatch::try_from_iter([("made", made), ("paid", paid), ("id", ids)]).unwrap()
    }

    fn columns() -> Vec<Column> {
        [("made", ColumnType::Datetime), ("paid", ColumnType::Date), ("id", ColumnType::Integer)]
            .map(|(id, column_type)| Column::new(id, column_type))
            .to_vec()
    }

    fn footer(statistics: EnabledStatistics) -> ParquetMetaData {
        let properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(20))
            .set_data_page_row_count_limit(5)
            .set_write_batch_size(5)
            .set_statistics_enabled(statistics)
            .build();
        let mut file = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut file, rows().schema(), Some(properties)).unwrap();
        writer.write(&rows()).unwrap();
        writer.close().unwrap();
        let reader = ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Optional);
        reader.parse_and_finish(&Bytes::from(file)).unwrap()
    }

    fn touched(rows: &[u32], statistics: EnabledStatistics) -> [Touched; 2] {
        let mut days = TouchedDays::new(&columns());
        days.add_removed(&footer(statistics), rows);
        let mut found = days.into_touched();
        assert_eq!(found.len(), 2, "numbers have no days");
        [found.remove("made").unwrap(), found.remove("paid").unwrap()]
    }

    fn days(text: &str, null: bool) -> Touched {
        Touched::Days { days: text.parse::<DaySet>().unwrap(), null }
    }

    #[test]
    fn rows_that_come_touch_their_days() {
        let mut touched = TouchedDays::new(&columns());
        touched.add_rows(&rows().slice(28, 4)).unwrap();
        let found = touched.into_touched();
        assert_eq!((&found["made"], &found["paid"]), (&days("28/31", false), &days("128/129", true)));
    }

    #[test]
    fn rows_that_go_touch_the_days_of_their_pages() {
        let page = EnabledStatistics::Page;
        assert_eq!(touched(&[6, 38], page), [days("5/9 35/39", false), days("105/109", true)]);
        assert_eq!(touched(&[27], page), [days("25/29", false), days("125/129", false)]);
        assert_eq!(touched(&[], page), [Touched::nothing(), Touched::nothing()]);
    }

    #[test]
    fn without_pages_row_groups_say_it_and_without_both_nobody_does() {
        assert_eq!(touched(&[25], EnabledStatistics::Chunk), [days("20/39", false), days("120/129", true)]);
        assert_eq!(touched(&[25], EnabledStatistics::None), [Touched::All, Touched::All]);
    }

    #[test]
    fn a_column_that_a_file_does_not_have_was_null() {
        let mut days = TouchedDays::new(&[Column::new("new", ColumnType::Date)]);
        days.add_removed(&footer(EnabledStatistics::Page), &[3]);
        assert_eq!(days.into_touched()["new"], self::days("", true));
    }
}
