//! The node of a plan that leaves deleted rows out.

use std::fmt;
use std::sync::Arc;

use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::buffer::BooleanBuffer;
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef, UInt32Type};
use datafusion::common::config::ConfigOptions;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, Result, Statistics};
use datafusion::datasource::table_schema::{TableSchema, TableSchemaBuilder};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr};
use datafusion::physical_plan::execution_plan::CardinalityEffect;
use datafusion::physical_plan::filter_pushdown::{FilterDescription, FilterPushdownPhase};
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::statistics::StatisticsArgs;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties as _, PlanProperties,
    ReplaceChildrenOptions,
};
use futures::StreamExt as _;
use parquet::arrow::RowNumber;

use super::open_files::OpenFiles;

/// The columns behind those of the table: the place of the file among the others, and the number of the row in it.
const PLACES: usize = 2;

/// A table whose rows say where they are, in two more columns.
pub(super) fn with_places(schema: &SchemaRef) -> TableSchema {
    let named = |name: &str| {
        let mut name = name.to_owned();
        while schema.field_with_name(&name).is_ok() {
            name.push(' ');
        }
        name
    };
    let file = Field::new(named("#file"), DataType::UInt32, false);
    let row = Field::new(named("#row"), DataType::Int64, false).with_extension_type(RowNumber);
    TableSchemaBuilder::new(Arc::clone(schema))
        .with_table_partition_cols(vec![Arc::new(file)])
        .with_virtual_columns(vec![Arc::new(row)])
        .build()
}

/// Leaves deleted rows out, and the two columns by which they are known ([`with_places`]).
#[derive(Debug, Clone)]
pub(super) struct LiveRowsExec {
    input: Arc<dyn ExecutionPlan>,
    files: Arc<OpenFiles>,
    /// How many rows live, of all files.
    rows: Precision<usize>,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl LiveRowsExec {
    pub(super) fn new(input: Arc<dyn ExecutionPlan>, files: Arc<OpenFiles>, rows: Precision<usize>) -> Result<Self> {
        let schema = input.schema();
        let width = schema.fields().len().checked_sub(PLACES).ok_or_else(displaced)?;
        let schema = Schema::new(schema.fields().iter().take(width).cloned().collect::<Vec<_>>());
        let properties = PlanProperties::new(
            EquivalenceProperties::new(Arc::new(schema)),
            Partitioning::UnknownPartitioning(input.output_partitioning().partition_count()),
            input.pipeline_behavior(),
            input.boundedness(),
        );
        Ok(Self { input, files, rows, properties: Arc::new(properties), metrics: ExecutionPlanMetricsSet::new() })
    }
}

impl DisplayAs for LiveRowsExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LiveRowsExec")
    }
}

impl ExecutionPlan for LiveRowsExec {
    fn name(&self) -> &str {
        "LiveRowsExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        _f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let [input] = <[_; 1]>::try_from(children).map_err(|_| displaced())?;
        Ok(Arc::new(Self::new(input, Arc::clone(&self.files), self.rows)?))
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let (files, metrics) = (Arc::clone(&self.files), BaselineMetrics::new(&self.metrics, partition));
        let live = self.input.execute(partition, context)?.filter_map(move |batch| {
            let timer = metrics.elapsed_compute().timer();
            let of_file = |place: u32| {
                let open = usize::try_from(place).ok().and_then(|place| files.at(place)).ok_or_else(displaced)?;
                Ok(open.live.as_ref().map(|live| &live.rows))
            };
            let live = batch.and_then(|batch| live(&batch, of_file)).transpose();
            timer.done();
            if let Some(Ok(batch)) = &live {
                metrics.output_rows().add(batch.num_rows());
            }
            std::future::ready(live)
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), live)))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn statistics_from_inputs(&self, _: &[Arc<Statistics>], args: &StatisticsArgs) -> Result<Arc<Statistics>> {
        let mut statistics = Statistics::new_unknown(&self.schema());
        if args.partition().is_none() {
            statistics.num_rows = self.rows;
        }
        Ok(Arc::new(statistics))
    }

    fn cardinality_effect(&self) -> CardinalityEffect {
        CardinalityEffect::LowerEqual
    }

    /// Filters are of columns that are the same in the scan.
    fn gather_filters_for_pushdown(
        &self,
        _: FilterPushdownPhase,
        filters: Vec<Arc<dyn PhysicalExpr>>,
        _: &ConfigOptions,
    ) -> Result<FilterDescription> {
        FilterDescription::from_children(filters, &self.children())
    }
}

/// The live rows of a batch, without their places; `None` if there are none. Tells of the place of a file which of its
/// rows live, `None` if all do.
fn live<'a>(
    batch: &RecordBatch,
    of_file: impl Fn(u32) -> Result<Option<&'a BooleanBuffer>>,
) -> Result<Option<RecordBatch>> {
    let width = batch.num_columns().checked_sub(PLACES).ok_or_else(displaced)?;
    let place = |behind: usize| batch.columns().get(width + behind).ok_or_else(displaced);
    let places = place(0)?.as_primitive_opt::<UInt32Type>().ok_or_else(displaced)?.values();
    let rows = place(1)?.as_primitive_opt::<Int64Type>().ok_or_else(displaced)?.values();
    let columns = || batch.project(&(0..width).collect::<Vec<usize>>()).map_err(DataFusionError::from);
    let Some(first) = places.first() else { return Ok(None) };
    let live = if places.iter().all(|place| place == first) {
        match of_file(*first)? {
            None => return columns().map(Some),
            Some(live) => some_live(rows, live)?,
        }
    } else {
        // Scans give rows of one file at a time, but nothing keeps a node between from putting batches together.
        let lives = |(place, row): (&u32, &i64)| of_file(*place)?.map_or(Ok(true), |live| is_live(*row, live));
        places.iter().zip(rows).map(lives).collect::<Result<BooleanBuffer>>()?
    };
    match live.count_set_bits() {
        0 => Ok(None),
        count if count == live.len() => columns().map(Some),
        _ => Ok(Some(filter_record_batch(&columns()?, &BooleanArray::from(live))?)),
    }
}

/// Which of some rows of a file live.
fn some_live(rows: &[i64], live: &BooleanBuffer) -> Result<BooleanBuffer> {
    let Some(first) = rows.first() else { return Ok(BooleanBuffer::new_unset(0)) };
    // They come one after the other, unless pages between them were left out.
    if rows.iter().zip(*first..).all(|(row, expected)| *row == expected) {
        let first = usize::try_from(*first).map_err(|_| displaced())?;
        let end = first.checked_add(rows.len()).filter(|end| *end <= live.len()).ok_or_else(displaced)?;
        return Ok(live.slice(first, end - first));
    }
    rows.iter().map(|row| is_live(*row, live)).collect()
}

fn is_live(row: i64, live: &BooleanBuffer) -> Result<bool> {
    let row = usize::try_from(row).ok().filter(|row| *row < live.len()).ok_or_else(displaced)?;
    Ok(live.value(row))
}

fn displaced() -> DataFusionError {
    DataFusionError::Internal("rows do not say where they are".to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, UInt32Array};
    use datafusion::common::exec_err;
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{AsArray, BooleanBuffer, Int64Type, RecordBatch, Result, live};

    /// Of the third file all rows live.
    fn of_file(files: &[BooleanBuffer], place: u32) -> Result<Option<&BooleanBuffer>> {
        match place {
            0 | 1 => Ok(files.get(usize::try_from(place).unwrap())),
            2 => Ok(None),
            _ => exec_err!("there is no file {place}"),
        }
    }

    fn batch(places: &[(u32, i64)]) -> RecordBatch {
        let values: ArrayRef = Arc::new((0..).take(places.len()).collect::<Int64Array>());
        let files: ArrayRef = Arc::new(places.iter().map(|(file, _)| *file).collect::<UInt32Array>());
        let rows: ArrayRef = Arc::new(places.iter().map(|(_, row)| *row).collect::<Int64Array>());
        RecordBatch::try_from_iter([("n", values), ("#file", files), ("#row", rows)]).unwrap()
    }

    proptest! {
        #[test]
        fn rows_of_any_files_in_any_order_are_told_by_their_places(
            files in vec(vec(any::<bool>(), 20), 2),
            places in vec((0_u32..3, 0_i64..20), 0..30),
            only in proptest::option::of(0_u32..3),
            first in proptest::option::of(0_i64..5),
        ) {
            let files: Vec<BooleanBuffer> = files.into_iter().map(BooleanBuffer::from).collect();
            let count = places.len().min(15);
            let mut places = places;
            if let Some(first) = first {
                places.truncate(count);
                places.iter_mut().zip(first..).for_each(|((_, row), next)| *row = next);
            }
            if let Some(only) = only {
                places.iter_mut().for_each(|(file, _)| *file = only);
            }
            let lives = |(file, row): &(u32, i64)| {
                of_file(&files, *file).unwrap().is_none_or(|live| live.value(usize::try_from(*row).unwrap()))
            };
            let wanted: Vec<i64> = (0..).zip(&places).filter(|(_, place)| lives(place)).map(|(n, _)| n).collect();
            let found = live(&batch(&places), |place| of_file(&files, place)).unwrap();
            prop_assert_eq!(found.is_none(), wanted.is_empty());
            let found = found.map(|batch| batch.column(0).as_primitive::<Int64Type>().values().to_vec());
            prop_assert_eq!(found.unwrap_or_default(), wanted);
        }
    }

    #[test]
    fn rows_that_a_file_does_not_have_are_no_rows() {
        let files = [BooleanBuffer::new_set(3), BooleanBuffer::new_set(3)];
        for places in [vec![(0, 3)], vec![(0, 2), (0, 3)], vec![(0, 0), (1, 3)], vec![(0, -1)], vec![(3, 0)]] {
            assert!(live(&batch(&places), |place| of_file(&files, place)).is_err(), "{places:?}");
        }
    }
}
