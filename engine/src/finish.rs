//! From the rows of a plan to the columns of an answer: names of months and weekdays, instants in the query's zone.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, StringViewArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef, TimeUnit};

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Aggregation, CyclicPart, Kind};
use crate::resolve::{Output, OutputType, ResolvedQuery, Shape};
use crate::result::{ResultColumn, Role};
use crate::time::part_label;

/// The columns of the answer of a query.
pub(crate) fn columns(query: &ResolvedQuery) -> Vec<ResultColumn> {
    match &query.shape {
        Shape::Grouped { dimensions, measures, .. } => {
            let dimensions = dimensions.iter().map(|dimension| column(&dimension.output, Role::Dimension, None));
            let measures =
                measures.iter().map(|measure| column(&measure.output, Role::Measure, Some(measure.aggregation)));
            dimensions.chain(measures).collect()
        }
        Shape::Rows { columns } => columns.iter().map(|shown| column(&shown.output, Role::Dimension, None)).collect(),
    }
}

fn column(output: &Output, role: Role, aggregation: Option<Aggregation>) -> ResultColumn {
    let kind = match output.output_type {
        OutputType::Plain(column_type) => column_type.kind(),
        OutputType::InstantBucket | OutputType::Cyclic(_) => Kind::Datetime,
    };
    let mut column = ResultColumn::new(&output.name, &output.label, role, kind);
    column.level.clone_from(&output.level);
    column.aggregation = aggregation;
    column.subtype = output.subtype;
    column.format.clone_from(&output.format);
    column
}

/// The rows of the answer, in at least one batch. `schema` is that of the plan.
///
/// # Errors
///
/// `LimitExceeded` if there are more rows than allowed, also within the limit of the query.
pub(crate) fn rows(query: &ResolvedQuery, schema: &SchemaRef, batches: &[RecordBatch]) -> Result<Vec<RecordBatch>> {
    let count: usize = batches.iter().map(RecordBatch::num_rows).sum();
    if u64::try_from(count).unwrap_or(u64::MAX) > query.max_rows {
        let message =
            format!("the answer has more than {} rows; ask for fewer with a limit or a filter", query.max_rows);
        return Err(Error::new(ErrorKind::LimitExceeded, message));
    }
    let outputs: Vec<&Output> = match &query.shape {
        Shape::Grouped { dimensions, measures, .. } => {
            dimensions.iter().map(|d| &d.output).chain(measures.iter().map(|m| &m.output)).collect()
        }
        Shape::Rows { columns } => columns.iter().map(|column| &column.output).collect(),
    };
    let none = RecordBatch::new_empty(Arc::clone(schema));
    let filled: Vec<&RecordBatch> = batches.iter().filter(|batch| batch.num_rows() > 0).collect();
    let given = if filled.is_empty() { vec![&none] } else { filled };
    given.into_iter().map(|batch| shown(query, batch, &outputs)).collect()
}

fn shown(query: &ResolvedQuery, batch: &RecordBatch, outputs: &[&Output]) -> Result<RecordBatch> {
    let arrow = |error| Error::internal("the answer cannot be put together").with_source(error);
    let mut fields = Vec::with_capacity(outputs.len());
    let mut columns = Vec::with_capacity(outputs.len());
    for (output, column) in outputs.iter().zip(batch.columns()) {
        let column = match output.output_type {
            OutputType::Cyclic(part @ (CyclicPart::MonthName | CyclicPart::WeekdayName)) => {
                labels(query, part, column)?
            }
            // Instants are shown in the query's zone; the values stay the same.
            _ if matches!(column.data_type(), DataType::Timestamp(_, Some(_))) => {
                let zoned = DataType::Timestamp(TimeUnit::Microsecond, Some(query.calendar.zone().name().into()));
                cast(column, &zoned).map_err(arrow)?
            }
            _ => Arc::clone(column),
        };
        fields.push(Field::new(&output.name, column.data_type().clone(), true));
        columns.push(column);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(arrow)
}

fn labels(query: &ResolvedQuery, part: CyclicPart, numbers: &ArrayRef) -> Result<ArrayRef> {
    let numbers = numbers
        .as_primitive_opt::<Int64Type>()
        .ok_or_else(|| Error::internal("a part of a datetime is not a number"))?;
    let label = |number| part_label(part, number, query.calendar.week_start(), &query.locale);
    let labels: StringViewArray = numbers.iter().map(|number| number.and_then(label)).collect();
    Ok(Arc::new(labels))
}
