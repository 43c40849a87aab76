//! Parquet files.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::file::metadata::ParquetMetaData;
use serde::{Deserialize, Serialize};

use super::contract::{BatchIter, ReadRequest, Source};
use super::memory::project;
use super::{BATCH_ROWS, fields, files, names, since};
use crate::error::Result;
use crate::model::Column;

/// A Parquet file. Rows keep the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParquetSource {
    path: PathBuf,
}

impl ParquetSource {
    /// The file of that path.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn open(&self) -> Result<(File, ArrowReaderMetadata)> {
        let file = files::open(&self.path)?;
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())
            .map_err(|cause| files::unreadable(&self.path, "Parquet", cause))?;
        Ok((file, metadata))
    }

    fn names(&self, metadata: &ArrowReaderMetadata) -> Result<Vec<String>> {
        fields::column_names(metadata.schema()).map_err(|error| error.at(self.path.display().to_string()))
    }
}

impl Source for ParquetSource {
    fn describe(&self) -> String {
        format!("parquet {}", self.path.display())
    }

    fn discover(&self) -> Result<Vec<Column>> {
        self.discover_without(&[])
    }

    fn discover_without(&self, left_out: &[String]) -> Result<Vec<Column>> {
        let (_, metadata) = self.open()?;
        fields::columns(metadata.schema(), left_out).map_err(|error| error.at(self.path.display().to_string()))
    }

    fn read(&self, request: &ReadRequest) -> Result<BatchIter> {
        let (file, metadata) = self.open()?;
        let wanted = names::positions(&self.names(&metadata)?, &request.columns)
            .map_err(|error| error.at(self.path.display().to_string()))?;
        if request.limit == Some(0) {
            return Ok(Box::new(std::iter::empty()));
        }
        let metadata = with_text_views(metadata);
        let mask = ProjectionMask::roots(metadata.parquet_schema(), wanted.iter().copied());
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
            .with_batch_size(BATCH_ROWS)
            .with_projection(mask);
        if let Some(groups) = self.changed_groups(builder.metadata(), builder.schema(), request) {
            builder = builder.with_row_groups(groups);
        }
        if let Some(limit) = request.limit {
            builder = builder.with_limit(usize::try_from(limit).unwrap_or(usize::MAX));
        }
        let batches = builder.build().map_err(|cause| files::unreadable(&self.path, "Parquet", cause))?;
        // The reader gives columns in the order of the file, each once.
        let mut read = wanted.clone();
        read.sort_unstable();
        read.dedup();
        let places: Vec<usize> = wanted.iter().map(|index| read.partition_point(|other| other < index)).collect();
        let path = self.path.clone();
        Ok(Box::new(batches.map(move |batch| {
            let batch = batch.map_err(|cause| files::unreadable(&path, "Parquet", cause))?;
            project(&batch, &places)
        })))
    }
}

impl ParquetSource {
    /// The row groups that may hold changed rows, by their statistics; none if all must be read.
    fn changed_groups(&self, metadata: &ParquetMetaData, schema: &Schema, request: &ReadRequest) -> Option<Vec<usize>> {
        let wanted = request.since.as_ref()?;
        let mut kept = vec![false; metadata.num_row_groups()];
        for id in &wanted.columns {
            let column = request.columns.iter().find(|column| column.id == *id)?;
            let parquet = metadata.file_metadata().schema_descr();
            let statistics = StatisticsConverter::try_new(&column.source_name, schema, parquet).ok()?;
            let greatest = statistics.row_group_maxes(metadata.row_groups()).ok()?;
            let reaching = since::reaching(&greatest, column, wanted.at_us)?;
            for (kept, reaches) in kept.iter_mut().zip(&reaching) {
                // Without statistics nobody knows.
                *kept |= reaches.unwrap_or(true);
            }
        }
        Some(kept.iter().enumerate().filter(|(_, kept)| **kept).map(|(group, _)| group).collect())
    }
}

/// Has texts read as views right away, which spares a copy of each; left alone if the reader does not agree.
fn with_text_views(metadata: ArrowReaderMetadata) -> ArrowReaderMetadata {
    let view = |field: &Field| match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => field.clone().with_data_type(DataType::Utf8View),
        _ => field.clone(),
    };
    let found: Vec<Field> = metadata.schema().fields().iter().map(|field| view(field.as_ref())).collect();
    let options = ArrowReaderOptions::new().with_schema(Arc::new(Schema::new(found)));
    ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options).unwrap_or(metadata)
}
