//! A snapshot in the store as a table of DataFusion.
//!
//! The table has today's columns. Where a file lacks one, its rows have NULL there, and where a file holds a column
//! with a narrower type, its values are widened; DataFusion does both by the schema of the table. Deleted rows are left
//! out as the files are read. What the table answers by itself is how many rows live. The bounds that files have of all
//! their rows only say which row groups and pages need not be read.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::config::TableParquetOptions;
use datafusion::common::stats::Precision;
use datafusion::common::{DFSchema, DataFusionError, Result, Statistics};
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use drillcore_store::Snapshot;

use super::open_files::OpenFiles;
use super::reader::VerifiedReaders;
use super::table_schema;
use super::widening::check_readable;
use crate::model::Column;

/// A table over the files of a pinned snapshot.
#[derive(Debug)]
pub(crate) struct SnapshotTable {
    /// Keeps the files from being removed while the table is in use.
    pinned: Arc<Snapshot>,
    files: Arc<OpenFiles>,
    schema: SchemaRef,
}

impl SnapshotTable {
    pub(crate) fn new(pinned: Arc<Snapshot>, files: Arc<OpenFiles>, columns: &[Column]) -> Self {
        Self { pinned, files, schema: table_schema(columns) }
    }

    /// Refuses columns that are no longer what the snapshot holds under their names.
    fn check_columns(&self, projection: Option<&Vec<usize>>) -> Result<()> {
        let fields = self.schema.fields();
        let checked = match projection {
            Some(wanted) => check_readable(&self.pinned, wanted.iter().filter_map(|index| fields.get(*index))),
            None => check_readable(&self.pinned, fields.iter()),
        };
        checked.map_err(|error| DataFusionError::External(Box::new(error)))
    }
}

#[async_trait]
impl TableProvider for SnapshotTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    /// Filters prune row groups and pages here; DataFusion tests every row again.
    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.check_columns(projection)?;
        let global = state.config_options().execution.parquet.clone();
        let options = TableParquetOptions { global, ..TableParquetOptions::default() };
        let mut source = ParquetSource::new(Arc::clone(&self.schema))
            .with_table_parquet_options(options)
            .with_parquet_file_reader_factory(Arc::new(VerifiedReaders::new(&self.files)));
        if let Some(filter) = conjunction(filters.to_vec()) {
            let schema = DFSchema::try_from(Arc::clone(&self.schema))?;
            source = source.with_predicate(state.create_physical_expr(filter, &schema)?);
        }
        let mut statistics = Statistics::new_unknown(&self.schema);
        statistics.num_rows = usize::try_from(self.pinned.rows()).map_or(Precision::Absent, Precision::Exact);
        // One group of all pieces: DataFusion splits it evenly by bytes, so that small files share a thread.
        let config = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), Arc::new(source))
            .with_file_groups(vec![FileGroup::new(self.files.pieces().cloned().collect())])
            .with_projection_indices(projection.cloned())?
            .with_statistics(statistics)
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}
