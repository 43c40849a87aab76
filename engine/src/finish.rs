//! From the rows of a plan to the columns of an answer: names of months and weekdays, labels of bins, instants in the
//! query's zone.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, RecordBatchOptions, StringViewArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef, TimeUnit};

use drillcore_hierarchies::Node;

use crate::answer::{HiddenChildren, PivotedColumn};
use crate::error::{Error, ErrorKind, Result};
use crate::execute::failed;
use crate::functions::Bins;
use crate::members::member_cell;
use crate::model::{Aggregation, CyclicPart, Kind};
use crate::resolve::{Dimension, Groups, NodeOf, Output, OutputType, ResolvedQuery, Scalar, Shape};
use crate::result::{Bin, CellShape, MemberColumn, ResultColumn, Role, cell_of, column_texts};
use crate::time::part_label;

/// The columns of the answer of a query, in the order of its outputs.
pub(crate) fn columns(query: &ResolvedQuery) -> Vec<ResultColumn> {
    match &query.shape {
        Shape::Grouped(groups) => {
            groups.outputs().enumerate().map(|(at, output)| grouped(groups, at, output)).collect()
        }
        Shape::Rows { columns } => columns.iter().map(|shown| column(&shown.output, Role::Dimension, None)).collect(),
    }
}

/// The columns of a pivot.
pub(crate) fn pivoted(query: &ResolvedQuery, pivoted: &[PivotedColumn]) -> Vec<ResultColumn> {
    let columns = columns(query);
    let shown = pivoted.iter().filter_map(|shown| {
        let mut column = columns.get(shown.of)?.clone();
        column.name.clone_from(&shown.name);
        if column.role != Role::Dimension {
            column.label.clone_from(&shown.name);
        }
        Some(column)
    });
    shown.collect()
}

fn grouped(groups: &Groups, at: usize, output: &Output) -> ResultColumn {
    let (dimensions, measures) = (groups.dimensions.len(), groups.measures.len());
    let compared = groups.steps.compare.as_ref().map_or(0, |compare| 3 * compare.measures.len());
    if at < dimensions {
        return column(output, Role::Dimension, None);
    }
    let measure = groups.measures.get(at - dimensions);
    match measure {
        Some(measure) => column(output, Role::Measure, measure.aggregation),
        None if at < dimensions + measures + compared => column(output, Role::Comparison, None),
        None => column(output, Role::Window, None),
    }
}

fn column(output: &Output, role: Role, aggregation: Option<Aggregation>) -> ResultColumn {
    let kind = match output.output_type {
        OutputType::Plain(column_type) => column_type.kind(),
        OutputType::InstantBucket | OutputType::Cyclic(_) => Kind::Datetime,
        OutputType::EdgeBin | OutputType::Histogram => Kind::Numeric,
        OutputType::Node => Kind::Hierarchy,
    };
    let mut column = ResultColumn::new(&output.name, &output.label, role, kind);
    column.level.clone_from(&output.level);
    column.aggregation = aggregation;
    column.subtype = output.subtype;
    column.format.clone_from(&output.format);
    if output.output_type == OutputType::Histogram {
        column.shape = CellShape::Histogram;
    }
    if output.output_type == OutputType::Node {
        column.shape = CellShape::Member;
    }
    column
}

/// The bins that stand in the columns of an answer, for those of its columns that are dimensions of bins.
pub(crate) fn describe_bins(
    query: &ResolvedQuery,
    batches: &[RecordBatch],
    columns: &mut [ResultColumn],
) -> Result<()> {
    let dimensions: Vec<&Dimension> = match &query.shape {
        Shape::Grouped(groups) => groups.dimensions.iter().collect(),
        Shape::Rows { columns } => columns.iter().collect(),
    };
    for dimension in dimensions {
        let Scalar::Bin { bins, .. } = &dimension.value else { continue };
        let name = &dimension.output.name;
        let found = columns.iter_mut().enumerate().find(|(_, column)| column.name == *name);
        if let Some((place, column)) = found {
            column.bins = described(bins, batches.iter().filter_map(|batch| batch.columns().get(place)))?;
        }
    }
    Ok(())
}

/// The bins whose lower borders stand in a column, or all bins between edges.
fn described<'a>(bins: &Bins, pieces: impl Iterator<Item = &'a ArrayRef>) -> Result<Vec<Bin>> {
    if bins.border_type().is_none() {
        // All bins between edges; the last one is open above.
        let mut all: Vec<Bin> = Vec::new();
        while all.last().is_none_or(|last| last.hi.is_some()) {
            all.push(bin(bins, i64::try_from(all.len()).unwrap_or(i64::MAX)));
        }
        return Ok(all);
    }
    let mut numbers = BTreeSet::new();
    for values in pieces {
        numbers.extend(bins.numbers_of_lows(values).map_err(failed)?.iter().flatten());
    }
    Ok(numbers.into_iter().map(|number| bin(bins, number)).collect())
}

fn bin(bins: &Bins, number: i64) -> Bin {
    let (low, high) = bins.border(number);
    Bin::new(low.as_ref().map(cell_of), high.as_ref().map(cell_of), number)
}

/// The rows of the answer, in at least one batch. `schema` is that of the plan.
///
/// # Errors
///
/// `LimitExceeded` if there are more rows than allowed, also within the limit of the query.
pub(crate) fn rows(query: &ResolvedQuery, schema: &SchemaRef, batches: &[RecordBatch]) -> Result<Vec<RecordBatch>> {
    check_count(query, batches.iter().map(RecordBatch::num_rows).sum())?;
    let outputs: Vec<(&Output, Option<&Scalar>)> = match &query.shape {
        Shape::Grouped(groups) => with_values(groups),
        Shape::Rows { columns } => columns.iter().map(|column| (&column.output, Some(&column.value))).collect(),
    };
    let none = RecordBatch::new_empty(Arc::clone(schema));
    let filled: Vec<&RecordBatch> = batches.iter().filter(|batch| batch.num_rows() > 0).collect();
    let given = if filled.is_empty() { vec![&none] } else { filled };
    given
        .into_iter()
        .map(|batch| shown(query, batch.columns(), batch.num_rows(), &outputs, None, &HiddenChildren::new()))
        .collect()
}

/// The rows of an answer whose steps are done, as one batch. `of` says which outputs the columns are, where they are not
/// all of them.
///
/// # Errors
///
/// As [`rows`].
pub(crate) fn answered(
    query: &ResolvedQuery,
    groups: &Groups,
    arrays: &[ArrayRef],
    count: usize,
    of: Option<&[PivotedColumn]>,
    hidden: &HiddenChildren,
) -> Result<RecordBatch> {
    check_count(query, count)?;
    shown(query, arrays, count, &with_values(groups), of, hidden)
}

fn check_count(query: &ResolvedQuery, count: usize) -> Result<()> {
    if u64::try_from(count).unwrap_or(u64::MAX) > query.max_rows {
        let message =
            format!("the answer has more than {} rows; ask for fewer with a limit or a filter", query.max_rows);
        return Err(Error::new(ErrorKind::LimitExceeded, message));
    }
    Ok(())
}

/// The outputs of a grouped answer, dimensions with the value that they show.
fn with_values(groups: &Groups) -> Vec<(&Output, Option<&Scalar>)> {
    let value = |at: usize| groups.dimensions.get(at).map(|dimension| &dimension.value);
    groups.outputs().enumerate().map(|(at, output)| (output, value(at))).collect()
}

fn shown(
    query: &ResolvedQuery,
    arrays: &[ArrayRef],
    count: usize,
    outputs: &[(&Output, Option<&Scalar>)],
    of: Option<&[PivotedColumn]>,
    hidden: &HiddenChildren,
) -> Result<RecordBatch> {
    let mut fields = Vec::with_capacity(arrays.len());
    let mut columns = Vec::with_capacity(arrays.len());
    for (at, array) in arrays.iter().enumerate() {
        let pivoted = of.and_then(|of| of.get(at));
        let place = pivoted.map_or(at, |column| column.of);
        let Some((output, value)) = outputs.get(place) else { continue };
        let column = match value {
            Some(Scalar::Node(node)) => members(node, array, &query.locale, place, hidden)?,
            value => shown_column(query, output.output_type, *value, array)?,
        };
        let name = pivoted.map_or(&output.name, |column| &column.name);
        fields.push(Field::new(name, column.data_type().clone(), true));
        columns.push(column);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(count));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options).map_err(broken)
}

fn broken(error: arrow::error::ArrowError) -> Error {
    Error::internal("the answer cannot be put together").with_source(error)
}

/// A column as it is shown.
fn shown_column(
    query: &ResolvedQuery,
    output_type: OutputType,
    value: Option<&Scalar>,
    column: &ArrayRef,
) -> Result<ArrayRef> {
    match (output_type, value) {
        (OutputType::Cyclic(part @ (CyclicPart::MonthName | CyclicPart::WeekdayName)), _) => {
            labels(column, |number| part_label(part, number, query.calendar.week_start(), &query.locale))
        }
        (OutputType::EdgeBin, Some(Scalar::Bin { bins, .. })) => {
            labels(column, |number| Some(bin(bins, number).label()))
        }
        (OutputType::Node, Some(Scalar::Node(node))) => members(node, column, &query.locale, 0, &HiddenChildren::new()),
        // Instants are shown in the query's zone; the values stay the same.
        _ if matches!(column.data_type(), DataType::Timestamp(_, Some(_))) => {
            let zoned = DataType::Timestamp(TimeUnit::Microsecond, Some(query.calendar.zone().name().into()));
            cast(column, &zoned).map_err(broken)
        }
        _ => Ok(Arc::clone(column)),
    }
}

/// The members that numbers of nodes stand for. What is rolled up or a remainder has none.
fn members(of: &NodeOf, numbers: &ArrayRef, locale: &str, place: usize, hidden: &HiddenChildren) -> Result<ArrayRef> {
    let closure = of.tree.closure();
    let numbers = numbers
        .as_primitive_opt::<Int64Type>()
        .ok_or_else(|| Error::internal("a member of a hierarchy is not a number"))?;
    let mut members = MemberColumn::new();
    for number in numbers {
        let node = number.and_then(|number| u32::try_from(number).ok()).and_then(|number| closure.node(number));
        if node == Some(Node::ROOT) {
            return Err(of.tree.has_changed());
        }
        let cell = node.and_then(|node| Some((node, member_cell(&of.tree, node, locale)?)));
        let Some((node, mut cell)) = cell else {
            members.push_null();
            continue;
        };
        if let Some(expanded) = of.shown.expanded_nodes() {
            cell.depth = i64::try_from(closure.depth(node)).ok();
            cell.expanded = Some(expanded.binary_search(&node.number()).is_ok());
        }
        cell.hidden_children = hidden.get(&(place, node.number())).copied();
        members.push(&cell);
    }
    Ok(members.finish())
}

fn labels<L: AsRef<str>>(numbers: &ArrayRef, label: impl Fn(i64) -> Option<L>) -> Result<ArrayRef> {
    let numbers = numbers
        .as_primitive_opt::<Int64Type>()
        .ok_or_else(|| Error::internal("a part of a datetime is not a number"))?;
    let labels: StringViewArray = numbers.iter().map(|number| number.and_then(&label)).collect();
    Ok(Arc::new(labels))
}

/// The members of a dimension as CSV shows them.
pub(crate) fn member_texts(
    query: &ResolvedQuery,
    dimension: &Dimension,
    values: &ArrayRef,
    other: Option<&BooleanArray>,
) -> Result<Vec<String>> {
    let shown = shown_column(query, dimension.output.output_type, Some(&dimension.value), values)?;
    let mut texts = column_texts(&shown)?;
    for (row, text) in texts.iter_mut().enumerate() {
        if other.is_some_and(|other| other.is_valid(row) && other.value(row)) {
            "(other)".clone_into(text);
        }
    }
    Ok(texts)
}
