//! How Parquet files are laid out.

use arrow::datatypes::{DataType, Schema};
use parquet::basic::{Compression as ParquetCompression, Encoding, ZstdLevel};
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use crate::error::{Error, ErrorKind, Result};

/// The Parquet format counts row groups of a file with 15 bits.
const MOST_ROW_GROUPS: usize = 32_767;

/// Dictionaries this small cost nothing worth saving.
const LEAST_DICTIONARY_BYTES: usize = 64 * 1024;
/// What the Parquet library allows if nothing is said.
const MOST_DICTIONARY_BYTES: usize = 1024 * 1024;

/// The layout of the files one call writes.
///
/// ```
/// use drillcore_store::{ParquetLayout, SortColumn};
///
/// let layout = ParquetLayout::default().with_row_group_rows(65_536).with_sorting(vec![SortColumn::ascending("time")]);
/// assert!(layout.page_index);
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParquetLayout {
    /// Rows per row group, at least 1. Default: 131,072.
    pub row_group_rows: usize,
    /// Rows after which a new file begins, at least 1. Default: 16,777,216.
    pub target_file_rows: usize,
    /// How pages are compressed. Default: LZ4.
    pub compression: Compression,
    /// Whether values are replaced by codes as long as that pays. Default: yes.
    pub dictionary: bool,
    /// Whether the file has bounds per page, by which readers skip pages. Default: yes.
    pub page_index: bool,
    /// Rows after which a new page begins, at least 1; checked every 1,024 rows or fewer. Default: 20,000.
    pub data_page_rows: usize,
    /// The order in which the rows come, which is recorded, not made. Default: none.
    pub sorting: Vec<SortColumn>,
    /// Columns that get a Bloom filter per row group. Default: none.
    pub bloom_columns: Vec<String>,
    /// Columns of integers that are written as differences of neighbours (`DELTA_BINARY_PACKED`), without codes and
    /// without compression: for numbers that ascend, which then take next to no space and no time. Default: none.
    pub delta_columns: Vec<String>,
}

/// How pages are compressed.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// Snappy: fast, less dense.
    Snappy,
    /// LZ4 (raw blocks): fast, less dense.
    Lz4,
    /// Zstandard.
    Zstd {
        /// 1 (fast) to 22 (dense).
        level: i32,
    },
}

/// One column of a sort order.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortColumn {
    /// The name of the column.
    pub name: String,
    /// Whether greater values come first.
    pub descending: bool,
    /// Whether NULLs come before all values; otherwise after them.
    pub nulls_first: bool,
}

impl SortColumn {
    /// Smaller values first, NULLs last.
    #[must_use]
    pub fn ascending(name: impl Into<String>) -> Self {
        Self { name: name.into(), descending: false, nulls_first: false }
    }

    /// Greater values first, NULLs last.
    #[must_use]
    pub fn descending(name: impl Into<String>) -> Self {
        Self { name: name.into(), descending: true, nulls_first: false }
    }

    /// Puts NULLs before all values.
    #[must_use]
    pub fn nulls_first(mut self) -> Self {
        self.nulls_first = true;
        self
    }
}

impl Default for ParquetLayout {
    fn default() -> Self {
        Self {
            row_group_rows: 131_072,
            target_file_rows: 16_777_216,
            compression: Compression::Lz4,
            dictionary: true,
            page_index: true,
            data_page_rows: 20_000,
            sorting: Vec::new(),
            bloom_columns: Vec::new(),
            delta_columns: Vec::new(),
        }
    }
}

impl ParquetLayout {
    /// Sets the rows per row group.
    #[must_use]
    pub fn with_row_group_rows(mut self, rows: usize) -> Self {
        self.row_group_rows = rows;
        self
    }

    /// Sets the rows after which a new file begins.
    #[must_use]
    pub fn with_target_file_rows(mut self, rows: usize) -> Self {
        self.target_file_rows = rows;
        self
    }

    /// Sets how pages are compressed.
    #[must_use]
    pub fn with_compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// Sets whether values are replaced by codes.
    #[must_use]
    pub fn with_dictionary(mut self, dictionary: bool) -> Self {
        self.dictionary = dictionary;
        self
    }

    /// Sets whether the file has bounds per page.
    #[must_use]
    pub fn with_page_index(mut self, page_index: bool) -> Self {
        self.page_index = page_index;
        self
    }

    /// Sets the rows after which a new page begins.
    #[must_use]
    pub fn with_data_page_rows(mut self, rows: usize) -> Self {
        self.data_page_rows = rows;
        self
    }

    /// Sets the order in which the rows come.
    #[must_use]
    pub fn with_sorting(mut self, sorting: Vec<SortColumn>) -> Self {
        self.sorting = sorting;
        self
    }

    /// Sets the columns that get a Bloom filter.
    #[must_use]
    pub fn with_bloom_columns(mut self, columns: Vec<String>) -> Self {
        self.bloom_columns = columns;
        self
    }

    /// Sets the columns that are written as differences.
    #[must_use]
    pub fn with_delta_columns(mut self, columns: Vec<String>) -> Self {
        self.delta_columns = columns;
        self
    }

    /// The settings of the Parquet writer, after checking this layout against the schema.
    pub(crate) fn properties(&self, schema: &Schema) -> Result<WriterProperties> {
        self.check_counts()?;
        let mut builder = WriterProperties::builder()
            .set_compression(self.compression.for_parquet()?)
            .set_dictionary_enabled(self.dictionary)
            .set_data_page_row_count_limit(self.data_page_rows)
            .set_write_batch_size(self.data_page_rows.min(1_024))
            .set_max_row_group_row_count(Some(self.row_group_rows));
        builder = if self.page_index {
            builder.set_statistics_enabled(EnabledStatistics::Page)
        } else {
            builder.set_statistics_enabled(EnabledStatistics::Chunk).set_offset_index_disabled(true)
        };
        for field in schema.fields() {
            let limit = self.dictionary_bytes(field.data_type());
            let path = ColumnPath::from(field.name().as_str());
            builder = builder.set_column_dictionary_page_size_limit(path, limit);
        }
        for name in &self.bloom_columns {
            column_index(schema, name)?;
            builder = builder.set_column_bloom_filter_enabled(ColumnPath::from(name.as_str()), true);
        }
        for name in &self.delta_columns {
            column_index(schema, name)?;
            if !schema.field_with_name(name).is_ok_and(|field| field.data_type().is_integer()) {
                let error = Error::new(ErrorKind::InvalidInput, "only integers are written as differences");
                return Err(error.with_context("column", name.escape_debug()));
            }
            let path = ColumnPath::from(name.as_str());
            builder = builder
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path.clone(), Encoding::DELTA_BINARY_PACKED)
                .set_column_compression(path, ParquetCompression::UNCOMPRESSED);
        }
        let sorting = self.sorting.iter().map(|column| column.for_parquet(schema)).collect::<Result<Vec<_>>>()?;
        Ok(builder.set_sorting_columns((!sorting.is_empty()).then_some(sorting)).build())
    }

    /// The most bytes of the distinct values of a column that are replaced by codes in a row group: about as many as one
    /// value for every eight rows takes. What has more of them costs much to look up and gains nothing.
    fn dictionary_bytes(&self, data_type: &DataType) -> usize {
        const TEXT_BYTES: usize = 16;
        let width = data_type.primitive_width().unwrap_or(TEXT_BYTES);
        (self.row_group_rows / 8).saturating_mul(width).clamp(LEAST_DICTIONARY_BYTES, MOST_DICTIONARY_BYTES)
    }

    fn check_counts(&self) -> Result<()> {
        if self.row_group_rows == 0 || self.target_file_rows == 0 || self.data_page_rows == 0 {
            return Err(Error::new(ErrorKind::InvalidInput, "row counts of a layout must be at least 1"));
        }
        if self.target_file_rows.div_ceil(self.row_group_rows) > MOST_ROW_GROUPS {
            let error = Error::new(ErrorKind::InvalidInput, "files of this layout would have too many row groups");
            return Err(error.with_context("most", MOST_ROW_GROUPS));
        }
        Ok(())
    }
}

impl Compression {
    fn for_parquet(self) -> Result<ParquetCompression> {
        Ok(match self {
            Self::None => ParquetCompression::UNCOMPRESSED,
            Self::Snappy => ParquetCompression::SNAPPY,
            Self::Lz4 => ParquetCompression::LZ4_RAW,
            Self::Zstd { level } => ParquetCompression::ZSTD(ZstdLevel::try_new(level).map_err(|error| {
                Error::new(ErrorKind::InvalidInput, "there is no such zstd level")
                    .with_context("level", level)
                    .with_source(error)
            })?),
        })
    }
}

impl SortColumn {
    fn for_parquet(&self, schema: &Schema) -> Result<SortingColumn> {
        let column_idx = column_index(schema, &self.name)?;
        Ok(SortingColumn { column_idx, descending: self.descending, nulls_first: self.nulls_first })
    }
}

fn column_index(schema: &Schema, name: &str) -> Result<i32> {
    let index = schema.fields().iter().position(|field| field.name() == name);
    index.and_then(|index| i32::try_from(index).ok()).ok_or_else(|| {
        Error::new(ErrorKind::InvalidInput, "a layout names a column that is not in the schema")
            .with_context("column", name.escape_debug())
    })
}

#[cfg(test)]
mod tests {
    use super::{Compression, DataType, ErrorKind, ParquetLayout, Schema, SortColumn};
    use arrow::datatypes::Field;

    #[test]
    fn impossible_layouts_are_refused() {
        let text = Field::new("t", DataType::Utf8View, true);
        let schema = Schema::new(vec![Field::new("a", DataType::Int64, true), text]);
        let base = ParquetLayout::default;
        assert!(base().with_sorting(vec![SortColumn::descending("a").nulls_first()]).properties(&schema).is_ok());
        for layout in [
            base().with_row_group_rows(0),
            base().with_target_file_rows(0),
            base().with_data_page_rows(0),
            base().with_row_group_rows(1),
            base().with_compression(Compression::Zstd { level: 99 }),
            base().with_sorting(vec![SortColumn::ascending("b")]),
            base().with_bloom_columns(vec!["b".to_owned()]),
            base().with_delta_columns(vec!["b".to_owned()]),
            base().with_delta_columns(vec!["t".to_owned()]),
        ] {
            assert_eq!(layout.properties(&schema).unwrap_err().kind(), ErrorKind::InvalidInput);
        }
    }
}
