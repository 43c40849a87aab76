//! Batches that are in memory already.

use arrow::array::RecordBatch;

use super::contract::{BatchIter, ReadRequest, Source};
use super::{fields, names};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Column;

/// Arrow batches of one schema. It must have at least one batch, which may have no rows.
#[derive(Debug, Clone)]
pub struct MemorySource {
    batches: Vec<RecordBatch>,
}

impl MemorySource {
    /// A source of these batches.
    #[must_use]
    pub fn new(batches: Vec<RecordBatch>) -> Self {
        Self { batches }
    }

    /// The first batch, if all have its names and types.
    fn first(&self) -> Result<&RecordBatch> {
        let invalid = |message: &str| Error::new(ErrorKind::InvalidInput, message);
        let first = self
            .batches
            .first()
            .ok_or_else(|| invalid("a source in memory needs a batch to know its columns; it may have no rows"))?;
        let shape = |batch: &RecordBatch| -> Vec<_> {
            let schema = batch.schema();
            schema.fields().iter().map(|field| (field.name().clone(), field.data_type().clone())).collect()
        };
        let wanted = shape(first);
        if self.batches.iter().any(|batch| shape(batch) != wanted) {
            return Err(invalid("the batches of a source in memory must have the same columns of the same types"));
        }
        Ok(first)
    }
}

impl Source for MemorySource {
    fn describe(&self) -> String {
        let rows: usize = self.batches.iter().map(RecordBatch::num_rows).sum();
        format!("memory ({rows} rows)")
    }

    fn discover(&self) -> Result<Vec<Column>> {
        self.discover_without(&[])
    }

    fn discover_without(&self, left_out: &[String]) -> Result<Vec<Column>> {
        fields::columns(&self.first()?.schema(), left_out)
    }

    fn read(&self, request: &ReadRequest) -> Result<BatchIter> {
        let names = fields::column_names(&self.first()?.schema())?;
        let places = names::positions(&names, &request.columns)?;
        let mut left = request.limit.unwrap_or(u64::MAX);
        let batches = self.batches.clone().into_iter().map_while(move |batch| first_rows(batch, &mut left));
        Ok(Box::new(batches.map(move |batch| project(&batch, &places))))
    }
}

/// The batch, or as many of its rows as are left; none when none are.
pub(super) fn first_rows(batch: RecordBatch, left: &mut u64) -> Option<RecordBatch> {
    let rows = usize::try_from(*left).unwrap_or(usize::MAX).min(batch.num_rows());
    if *left == 0 {
        return None;
    }
    *left -= rows as u64;
    Some(if rows == batch.num_rows() { batch } else { batch.slice(0, rows) })
}

/// The columns at these places.
pub(super) fn project(batch: &RecordBatch, places: &[usize]) -> Result<RecordBatch> {
    batch.project(places).map_err(|error| Error::internal("a batch lost a column").with_source(error))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, AsArray, BinaryArray, Int32Array, RecordBatch, StringArray};
    use arrow::datatypes::Int32Type;

    use super::MemorySource;
    use crate::model::ColumnType;
    use crate::source::{ReadRequest, Source};

    fn batch(numbers: Vec<i32>) -> RecordBatch {
        let names: ArrayRef = Arc::new(StringArray::from_iter_values(numbers.iter().map(i32::to_string)));
        let numbers: ArrayRef = Arc::new(Int32Array::from(numbers));
        RecordBatch::try_from_iter([("n", numbers), ("name", names)]).expect("a batch")
    }

    #[test]
    fn columns_in_any_order_and_rows_up_to_a_limit() {
        let source = MemorySource::new(vec![batch(vec![1, 2]), batch(vec![]), batch(vec![3, 4, 5])]);
        let mut columns = source.discover().expect("columns");
        assert_eq!(columns[0].column_type, ColumnType::Integer);
        columns.reverse();
        for (limit, wanted) in [(0, vec![]), (2, vec![1, 2]), (4, vec![1, 2, 3, 4]), (9, vec![1, 2, 3, 4, 5])] {
            let request = ReadRequest::new(columns.clone()).with_limit(limit);
            let mut found = Vec::new();
            for batch in source.read(&request).expect("opens") {
                let batch = batch.expect("reads");
                assert_eq!(batch.schema().field(0).name(), "name");
                found.extend(batch.column(1).as_primitive::<Int32Type>().values().iter().copied());
            }
            assert_eq!(found, wanted, "limit {limit}");
        }
    }

    #[test]
    fn no_columns_still_have_rows() {
        let source = MemorySource::new(vec![batch(vec![1, 2])]);
        let batches: Vec<_> = source.read(&ReadRequest::new(Vec::new())).expect("opens").collect();
        assert_eq!(batches[0].as_ref().expect("reads").num_rows(), 2);
    }

    #[test]
    fn what_cannot_be_told_apart_or_held_is_refused() {
        let message = |source: &MemorySource| source.discover().expect_err("refused").to_string();
        assert_eq!(
            message(&MemorySource::new(Vec::new())),
            "a source in memory needs a batch to know its columns; it may have no rows"
        );
        let other =
            RecordBatch::try_from_iter([("n", Arc::new(Int32Array::from(vec![1])) as ArrayRef)]).expect("a batch");
        assert_eq!(
            message(&MemorySource::new(vec![batch(vec![1]), other])),
            "the batches of a source in memory must have the same columns of the same types"
        );
        let bytes: ArrayRef = Arc::new(BinaryArray::from_vec(vec![b"x".as_slice()]));
        let photo = MemorySource::new(vec![RecordBatch::try_from_iter([("photo", bytes)]).expect("a batch")]);
        assert_eq!(message(&photo), "column `photo` has type Binary, which drillcore does not hold; leave it out");
        assert!(photo.discover_without(&["photo".into()]).expect("left out").is_empty());
    }
}
