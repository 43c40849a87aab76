//! What the tests of aggregates share: plans of several partitions, and another arithmetic.

mod whole;

use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion::datasource::MemTable;
use datafusion::logical_expr::Expr;
use datafusion::prelude::{SessionConfig, SessionContext};

pub(super) use whole::{Whole, is_nearest};

/// Aggregates partitions of batches. Partial aggregation is given up where it does not pay.
pub(super) fn aggregated(
    partitions: Vec<Vec<RecordBatch>>,
    groups: Vec<Expr>,
    aggregates: Vec<Expr>,
) -> datafusion::common::Result<RecordBatch> {
    let schema = partitions[0][0].schema();
    let config = SessionConfig::new()
        .with_target_partitions(4)
        .with_batch_size(50)
        .set_str("datafusion.execution.skip_partial_aggregation_probe_rows_threshold", "50")
        .set_str("datafusion.execution.skip_partial_aggregation_probe_ratio_threshold", "0.1");
    let table = MemTable::try_new(schema, partitions)?;
    let frame = SessionContext::new_with_config(config).read_table(Arc::new(table))?.aggregate(groups, aggregates)?;
    let schema = Arc::new(frame.schema().as_arrow().clone());
    let batches = tokio::runtime::Runtime::new().unwrap().block_on(frame.collect())?;
    Ok(arrow::compute::concat_batches(&schema, &batches)?)
}
