//! Rows in order whose columns are packed.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, UInt32Array};
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::column::{Form, owned, pack};

/// How the columns of some rows are held.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// The columns as they are held, called by their places.
    pub(super) schema: SchemaRef,
    pub(super) forms: Arc<[Form]>,
}

impl Layout {
    fn new(columns: &[ArrayRef], forms: Vec<Form>) -> Self {
        let field =
            |(place, column): (usize, &ArrayRef)| Field::new(place.to_string(), column.data_type().clone(), true);
        let fields: Vec<Field> = columns.iter().enumerate().map(field).collect();
        Self { schema: Arc::new(Schema::new(fields)), forms: forms.into() }
    }

    /// Of rows whose columns are as they are.
    pub(super) fn plain(schema: &SchemaRef) -> Self {
        Self { schema: Arc::clone(schema), forms: vec![Form::Plain; schema.fields().len()].into() }
    }
}

/// Rows in order.
#[derive(Debug)]
pub(super) struct Packed {
    batch: RecordBatch,
    forms: Arc<[Form]>,
}

impl Packed {
    /// The rows of some batches of a schema in this order, which has the number of each row once. Works in parallel on
    /// the rayon pool of the calling thread.
    pub(super) fn ordered(
        schema: &SchemaRef,
        batches: &[RecordBatch],
        order: &UInt32Array,
    ) -> Result<Self, ArrowError> {
        let column = |place: usize| {
            let arrays: Vec<ArrayRef> =
                batches.iter().filter_map(|batch| batch.columns().get(place)).cloned().collect();
            pack(&arrays, order)
        };
        let columns = (0..schema.fields().len()).into_par_iter().map(column).collect::<Result<Vec<_>, ArrowError>>()?;
        let (columns, forms): (Vec<ArrayRef>, Vec<Form>) = columns.into_iter().unzip();
        let Layout { schema, forms } = Layout::new(&columns, forms);
        let options = RecordBatchOptions::new().with_row_count(Some(order.len()));
        Ok(Self { batch: RecordBatch::try_new_with_options(schema, columns, &options)?, forms })
    }

    /// Rows that are held like this.
    pub(super) fn new(batch: RecordBatch, layout: &Layout) -> Self {
        Self { batch, forms: Arc::clone(&layout.forms) }
    }

    pub(super) fn layout(&self) -> Layout {
        Layout { schema: self.batch.schema(), forms: Arc::clone(&self.forms) }
    }

    pub(super) fn rows(&self) -> usize {
        self.batch.num_rows()
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        let values = self.forms.iter().map(|form| match form {
            Form::Coded(values) => values.get_buffer_memory_size(),
            Form::Plain | Form::Narrow => 0,
        });
        self.batch.columns().iter().map(|column| column.get_buffer_memory_size()).chain(values).sum()
    }

    /// How a column is held, and its values held like that.
    pub(super) fn column(&self, place: usize) -> Option<(&ArrayRef, &Form)> {
        self.batch.columns().get(place).zip(self.forms.get(place))
    }

    /// Some rows as they are held, in buffers that hold nothing else.
    pub(super) fn held(&self, first: usize, rows: usize) -> Result<RecordBatch, ArrowError> {
        let slice = self.batch.slice(first, rows);
        let columns: Vec<ArrayRef> = slice.columns().iter().cloned().map(owned).collect();
        RecordBatch::try_new_with_options(
            slice.schema(),
            columns,
            &RecordBatchOptions::new().with_row_count(Some(rows)),
        )
    }
}
