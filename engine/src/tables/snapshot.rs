//! A snapshot in the store as a table of DataFusion.
//!
//! The table has today's columns. Where a file lacks one, its rows have NULL there, and where a file holds a column
//! with a narrower type, its values are widened; DataFusion does both by the schema of the table. Deleted rows are left
//! out right behind the scan. What the table answers by itself is how many rows live. The bounds that files have of all
//! their rows only say which row groups and pages need not be read.

use std::sync::Arc;

use arrow::datatypes::{Field, FieldRef, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::config::TableParquetOptions;
use datafusion::common::stats::Precision;
use datafusion::common::{DFSchema, DataFusionError, Result, Statistics};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, FileSource, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::projection::ProjectionExec;
use drillcore_store::Snapshot;

use super::live_rows::{LiveRowsExec, place_of_file, with_places};
use super::open_files::OpenFiles;
use super::reader::VerifiedReaders;
use super::table_schema;
use super::widening::check_readable;
use crate::model;

/// A table over the files of a pinned snapshot.
#[derive(Debug)]
pub(crate) struct SnapshotTable {
    /// Keeps the files from being removed while the table is in use.
    pinned: Arc<Snapshot>,
    files: Arc<OpenFiles>,
    schema: SchemaRef,
    /// Columns of the table whose name another one has in the files.
    hidden: Vec<String>,
}

impl SnapshotTable {
    pub(crate) fn new(pinned: Arc<Snapshot>, files: Arc<OpenFiles>, columns: &[model::Column]) -> Self {
        Self { pinned, files, schema: table_schema(columns), hidden: Vec::new() }
    }

    /// Leaves alone what the files hold under these names: the columns of the table are others, and NULL on all rows.
    pub(crate) fn hiding(self, hidden: Vec<String>) -> Self {
        Self { hidden, ..self }
    }

    fn is_hidden(&self, field: &Field) -> bool {
        self.hidden.contains(field.name())
    }

    /// The columns as they are looked for in the files: those that are hidden under a name that no file has.
    fn sought(&self) -> SchemaRef {
        if self.hidden.is_empty() {
            return Arc::clone(&self.schema);
        }
        let is_taken =
            |name: &str| [self.pinned.schema(), &self.schema].iter().any(|s| s.field_with_name(name).is_ok());
        let sought = |(place, field): (usize, &FieldRef)| -> FieldRef {
            if !self.is_hidden(field) {
                return Arc::clone(field);
            }
            let mut name = format!("{place} {}", field.name());
            while is_taken(&name) {
                name.push(' ');
            }
            Arc::new(Field::clone(field).with_name(name))
        };
        Arc::new(Schema::new(self.schema.fields().iter().enumerate().map(sought).collect::<Vec<FieldRef>>()))
    }

    /// The columns of a projection.
    fn projected(&self, projection: Option<&Vec<usize>>) -> Vec<&FieldRef> {
        let fields = self.schema.fields();
        match projection {
            Some(wanted) => wanted.iter().filter_map(|index| fields.get(*index)).collect(),
            None => fields.iter().collect(),
        }
    }

    /// Refuses columns that are no longer what the snapshot holds under their names.
    fn check_columns(&self, projection: Option<&Vec<usize>>) -> Result<()> {
        let fields = self.projected(projection).into_iter().filter(|field| !self.is_hidden(field));
        check_readable(&self.pinned, fields).map_err(|error| DataFusionError::External(Box::new(error)))
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
        let (schema, fields) = (self.sought(), self.projected(projection));
        let hides = fields.iter().any(|field| self.is_hidden(field));
        let global = state.config_options().execution.parquet.clone();
        let options = TableParquetOptions { global, ..TableParquetOptions::default() };
        let counted = self.files.have_deleted();
        let table = if counted { with_places(&schema) } else { TableSchema::from(&schema) };
        let mut source = ParquetSource::new(table)
            .with_table_parquet_options(options)
            .with_parquet_file_reader_factory(Arc::new(VerifiedReaders::new(&self.files)));
        // What is hidden has another name there.
        if let Some(filter) = conjunction(filters.to_vec()).filter(|_| !hides) {
            let schema = DFSchema::try_from(Arc::clone(&schema))?;
            source = source.with_predicate(state.create_physical_expr(filter, &schema)?);
        }
        let mut statistics = Statistics::new_unknown(source.table_schema().table_schema());
        let rows = usize::try_from(self.pinned.rows()).map_or(Precision::Absent, Precision::Exact);
        statistics.num_rows = if counted { rows.to_inexact() } else { rows };
        let file = |(place, mut file): (usize, PartitionedFile)| {
            if counted {
                file.partition_values = vec![place_of_file(place)?];
            }
            Ok(file)
        };
        let pieces = self.files.pieces(state.config().target_partitions());
        let files = pieces.into_iter().map(file).collect::<Result<Vec<PartitionedFile>>>()?;
        let width = schema.fields().len();
        let mut wanted = projection.cloned().unwrap_or_else(|| (0..width).collect());
        if counted {
            wanted.extend([width, width + 1]);
        }
        // One group of all: DataFusion makes one for each thread of it, from which all threads take in this order.
        let config = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), Arc::new(source))
            .with_file_groups(vec![FileGroup::new(files)])
            .with_projection_indices(Some(wanted))?
            .with_statistics(statistics)
            // Deleted rows do not count.
            .with_limit(limit.filter(|_| !counted))
            .build();
        let mut plan: Arc<dyn ExecutionPlan> = DataSourceExec::from_data_source(config);
        if counted {
            plan = Arc::new(LiveRowsExec::new(plan, Arc::clone(&self.files), rows)?);
        }
        if !hides {
            return Ok(plan);
        }
        let read = plan.schema();
        let renamed = read.fields().iter().zip(fields).enumerate().map(|(place, (read, field))| {
            let column: Arc<dyn PhysicalExpr> = Arc::new(Column::new(read.name(), place));
            (column, field.name().clone())
        });
        Ok(Arc::new(ProjectionExec::try_new(renamed, plan)?))
    }
}
