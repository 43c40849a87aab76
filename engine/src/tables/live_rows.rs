//! The node of a plan that leaves deleted rows out.

use std::fmt;
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch, RecordBatchOptions, RunArray};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::{DataType, Field, FieldRef, Int32Type, Int64Type, Schema, SchemaRef, UInt32Type};
use datafusion::common::config::ConfigOptions;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, Result, ScalarValue, Statistics};
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

use super::gaps::close_gaps;
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
    let [ends, values] = runs();
    let file = Field::new(named("#file"), DataType::RunEndEncoded(ends, values), false);
    let row = Field::new(named("#row"), DataType::Int64, false).with_extension_type(RowNumber);
    TableSchemaBuilder::new(Arc::clone(schema))
        .with_table_partition_cols(vec![Arc::new(file)])
        .with_virtual_columns(vec![Arc::new(row)])
        .build()
}

/// The place of a file among the others, as the value of the first of these columns in all of its rows. It is run-end
/// encoded, so that the column takes no time: written out, it would be made and looked through for every batch. There is
/// no run of no rows, but a scan gives no batch without rows either.
pub(super) fn place_of_file(place: usize) -> Result<ScalarValue> {
    let place = u32::try_from(place).map_err(|_| displaced())?;
    let [ends, values] = runs();
    Ok(ScalarValue::RunEndEncoded(ends, values, Box::new(ScalarValue::from(place))))
}

/// The fields of run-end encoded places.
fn runs() -> [FieldRef; 2] {
    [Field::new("run_ends", DataType::Int32, false), Field::new("values", DataType::UInt32, false)].map(Arc::new)
}

/// Leaves deleted rows out, and the two columns by which they are known ([`with_places`]). Others may take their places,
/// so the order of rows changes.
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
        let schema = self.schema();
        let live = self.input.execute(partition, context)?.filter_map(move |batch| {
            let timer = metrics.elapsed_compute().timer();
            let of_file = |place: u32| {
                let open = usize::try_from(place).ok().and_then(|place| files.at(place)).ok_or_else(displaced)?;
                Ok(open.live().map(|live| &live.rows))
            };
            let live = batch.and_then(|batch| live(batch, &schema, of_file)).transpose();
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
    batch: RecordBatch,
    schema: &SchemaRef,
    of_file: impl Fn(u32) -> Result<Option<&'a BooleanBuffer>>,
) -> Result<Option<RecordBatch>> {
    let (_, mut columns, _) = batch.into_parts();
    let (Some(row), Some(file)) = (columns.pop(), columns.pop()) else { return Err(displaced()) };
    let rows = row.as_primitive_opt::<Int64Type>().ok_or_else(displaced)?.values();
    let live = which_live(file.as_run_opt().ok_or_else(displaced)?, rows, of_file)?;
    let (columns, count) = match live.map(|live| (live.count_set_bits(), live)) {
        None => (columns, rows.len()),
        Some((count, live)) if count == live.len() => (columns, count),
        Some((count, live)) => (close_gaps(columns, &live, count)?, count),
    };
    let options = RecordBatchOptions::new().with_row_count(Some(count));
    let batch = || RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options);
    Ok(if count == 0 { None } else { Some(batch()?) })
}

/// Which of the rows of some files live; `None` if all do.
fn which_live<'a>(
    files: &RunArray<Int32Type>,
    rows: &[i64],
    of_file: impl Fn(u32) -> Result<Option<&'a BooleanBuffer>>,
) -> Result<Option<BooleanBuffer>> {
    if rows.is_empty() {
        return Ok(None);
    }
    let places = files.values().as_primitive_opt::<UInt32Type>().ok_or_else(displaced)?.values();
    let of_run = |run: usize| of_file(places.get(run).copied().ok_or_else(displaced)?);
    let (first, last) = (files.get_start_physical_index(), files.get_end_physical_index());
    if first == last {
        return of_run(first)?.map(|live| some_live(rows, live)).transpose();
    }
    // Scans give rows of one file at a time, but nothing keeps a node between from putting batches together.
    let lives =
        |(at, row): (usize, &i64)| of_run(files.get_physical_index(at))?.map_or(Ok(true), |live| is_live(*row, live));
    rows.iter().enumerate().map(lives).collect::<Result<BooleanBuffer>>().map(Some)
}

/// Which of some rows of a file live.
fn some_live(rows: &[i64], live: &BooleanBuffer) -> Result<BooleanBuffer> {
    let Some(first) = rows.first() else { return Ok(BooleanBuffer::new_unset(0)) };
    // They come one after the other, unless pages between them were left out. All are compared, as a loop that may end
    // early compares one at a time.
    if rows.iter().zip(*first..).fold(0, |differ, (row, expected)| differ | (row ^ expected)) == 0 {
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

    use arrow::array::{ArrayRef, Int64Array};
    use arrow::compute::concat;
    use datafusion::common::exec_err;
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{AsArray, BooleanBuffer, Int64Type, RecordBatch, Result, live, place_of_file};

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
        let of_file = |(file, count)| place_of_file(file).unwrap().to_array_of_size(count).unwrap();
        let runs = places.chunk_by(|(file, _), (other, _)| file == other);
        let runs = runs.map(|run| (usize::try_from(run[0].0).unwrap(), run.len()));
        let files: Vec<ArrayRef> = runs.map(of_file).collect();
        let files = concat(&files.iter().map(|file| &**file).collect::<Vec<_>>()).unwrap();
        let rows: ArrayRef = Arc::new(places.iter().map(|(_, row)| *row).collect::<Int64Array>());
        RecordBatch::try_from_iter([("n", values), ("#file", files), ("#row", rows)]).unwrap()
    }

    fn live_in(batch: RecordBatch, files: &[BooleanBuffer]) -> Result<Option<RecordBatch>> {
        let schema = Arc::new(batch.schema().project(&[0]).unwrap());
        live(batch, &schema, |place| of_file(files, place))
    }

    proptest! {
        #[test]
        fn rows_of_any_files_in_any_order_are_told_by_their_places(
            files in vec(vec(any::<bool>(), 20), 2),
            places in vec((0_u32..3, 0_i64..20), 1..30),
            only in proptest::option::of(0_u32..3),
            first in proptest::option::of(0_i64..5),
            cut in 0_usize..10,
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
            // Slices of run-end encoded columns begin within a run.
            let cut = cut.min(places.len());
            let wanted: Vec<i64> =
                (0..).zip(&places).skip(cut).filter(|(_, place)| lives(place)).map(|(n, _)| n).collect();
            let found = live_in(batch(&places).slice(cut, places.len() - cut), &files).unwrap();
            prop_assert_eq!(found.is_none(), wanted.is_empty());
            let found = found.map(|batch| batch.column(0).as_primitive::<Int64Type>().values().to_vec());
            let mut found = found.unwrap_or_default();
            found.sort_unstable();
            prop_assert_eq!(found, wanted);
        }
    }

    #[test]
    fn rows_that_a_file_does_not_have_are_no_rows() {
        let files = [BooleanBuffer::new_set(3), BooleanBuffer::new_set(3)];
        for places in [vec![(0, 3)], vec![(0, 2), (0, 3)], vec![(0, 0), (1, 3)], vec![(0, -1)], vec![(3, 0)]] {
            assert!(live_in(batch(&places), &files).is_err(), "{places:?}");
        }
    }
}
