//! Window calculations: their columns, orders and partitions.

use datafusion::scalar::ScalarValue;

use super::answer::Answer;
use super::numbers::{Place, place};
use super::order::{push, sort_keys};
use super::{Dimension, Groups, Output, OutputType, Resolver, Scalar, SortKey, Window, member, wrong};
use crate::answer::window_type;
use crate::error::{Error, Result};
use crate::model::{Aggregation, ColumnType, Kind};
use crate::query::{self, Literal, WindowFunction, WindowTotal};

impl Resolver<'_> {
    /// The windows asked for, and those that cumulative sums are. Later ones may use earlier ones.
    pub(super) fn windows(&mut self, groups: &mut Groups) -> Result<()> {
        for index in 0..groups.measures.len() {
            let aggregation = groups.measures.get(index).and_then(|measure| measure.aggregation);
            if aggregation == Some(Aggregation::CumulativeSum) {
                let place = groups.dimensions.len() + index;
                let path = format!("/measures/{index}/aggregation");
                let window = cumulative_sum(place, groups, &path)?;
                groups.steps.windows.push(window);
            }
        }
        for (index, asked) in self.query.windows.iter().enumerate() {
            let window = self.window(asked, groups).map_err(|error| error.within(&format!("/window/{index}")))?;
            groups.steps.windows.push(window);
        }
        Ok(())
    }

    fn window(&mut self, asked: &query::Window, groups: &Groups) -> Result<Window> {
        let answer = Answer {
            dimensions: &groups.dimensions,
            measures: &groups.measures,
            others: groups.outputs().skip(groups.dimensions.len() + groups.measures.len()).collect(),
        };
        let function = asked.function;
        let of = asked.of.as_ref().map(|name| answer.place(name, "/of")).transpose()?;
        let held = of.and_then(|of| answer.outputs().nth(of)).map(|output| output.output_type);
        let column_type =
            window_type(function, held.map(OutputType::column_type)).map_err(|text| wrong("/of", text))?;
        let output_type = match (function, held) {
            (
                WindowFunction::Lag | WindowFunction::Lead | WindowFunction::FirstValue | WindowFunction::LastValue,
                Some(held),
            ) => held,
            _ => OutputType::Plain(column_type),
        };
        let is_number = matches!(output_type, OutputType::Plain(held) if held.kind() == Kind::Numeric);
        if asked.total == WindowTotal::SumOfRows && !is_number {
            return Err(wrong("/total", "only a column of numbers can be summed"));
        }
        let mut order = sort_keys(&asked.order_by, &answer)?;
        if order.is_empty() && !function.is_rank() && function != WindowFunction::PercentOfTotal {
            order.push(first_date(&groups.dimensions).ok_or_else(|| {
                wrong("/order_by", "the query has no date among its dimensions, so the order must be given")
            })?);
        }
        let asked_keys = order.len();
        let partition = match &asked.partition_by {
            Some(names) => names
                .iter()
                .enumerate()
                .map(|(index, name)| answer.dimension(name, &format!("/partition_by/{index}")))
                .collect::<Result<Vec<_>>>()?,
            None if function.partitions_by_rest() => rest(&order, groups.dimensions.len()),
            None => Vec::new(),
        };
        all_dimensions(&mut order, &answer);
        let default = match (&asked.default, held) {
            (Some(literal), Some(held)) => Some(constant(literal, held).ok_or_else(|| {
                wrong("/default", format!("the column is {}, and this is not", held.column_type().name()))
            })?),
            _ => None,
        };
        if asked.total == WindowTotal::SumOfRows && column_type.kind() != Kind::Numeric {
            return Err(wrong("/total", format!("rows are summed, and this column is {}", column_type.name())));
        }
        Ok(Window {
            function,
            of,
            size: asked.size.unwrap_or(1),
            offset: asked.offset.unwrap_or(1),
            default,
            order,
            asked: asked_keys,
            partition,
            total: asked.total,
            output: Output::plain(&asked.name, output_type),
            replaces: None,
        })
    }

    /// A literal as a member of a dimension.
    pub(super) fn member(&self, dimension: &Dimension, literal: &Literal) -> Result<ScalarValue> {
        let nothing = || ScalarValue::try_from(&dimension.value.output_type().column_type().arrow());
        let nothing = || nothing().map_err(|error| Error::internal("a member has no type").with_source(error));
        match literal {
            Literal::Null => nothing(),
            // A member that the dimension can never have is in no cell, as NULL of another type.
            literal => Ok(member::value(&dimension.value, literal, &self.calendar)?.unwrap_or(ScalarValue::Null)),
        }
    }
}

/// A literal as a value of a column of the answer.
fn constant(literal: &Literal, held: OutputType) -> Option<ScalarValue> {
    let column_type = held.column_type();
    match (column_type, literal) {
        (_, Literal::Null) => ScalarValue::try_from(&column_type.arrow()).ok(),
        (ColumnType::Text, Literal::Text(text)) => Some(ScalarValue::Utf8View(Some(text.clone()))),
        (ColumnType::Boolean, Literal::Boolean(value)) => Some(ScalarValue::Boolean(Some(*value))),
        _ => match place(literal, column_type)? {
            Place::Exact(value) => Some(value),
            Place::Between { .. } => None,
        },
    }
}

fn output_key(index: usize, dimension: &Dimension) -> SortKey {
    let of = Scalar::Output { index, output_type: dimension.output.output_type };
    SortKey { of, descending: false, nulls_first: false }
}

/// The first dimension that is a date.
fn first_date(dimensions: &[Dimension]) -> Option<SortKey> {
    let is_date = |dimension: &Dimension| {
        matches!(dimension.output.output_type, OutputType::InstantBucket)
            || dimension.output.output_type.column_type().kind() == Kind::Datetime
    };
    let found = dimensions.iter().enumerate().find(|(_, dimension)| is_date(dimension));
    found.map(|(index, dimension)| output_key(index, dimension))
}

/// The dimensions that an order does not name.
fn rest(order: &[SortKey], dimensions: usize) -> Vec<usize> {
    let named =
        |index: usize| order.iter().any(|key| matches!(key.of, Scalar::Output { index: of, .. } if of == index));
    (0..dimensions).filter(|index| !named(*index)).collect()
}

/// Makes an order total.
fn all_dimensions(order: &mut Vec<SortKey>, answer: &Answer<'_>) {
    for index in 0..answer.dimensions.len() {
        if let Some(of) = answer.at(index) {
            push(order, of, None);
        }
    }
}

/// The running total that a cumulative sum is.
fn cumulative_sum(place: usize, groups: &Groups, path: &str) -> Result<Window> {
    let answer = Answer { dimensions: &groups.dimensions, measures: &groups.measures, others: Vec::new() };
    let held = answer.outputs().nth(place).map(|output| output.output_type.column_type());
    window_type(WindowFunction::RunningTotal, held).map_err(|text| wrong(path, text))?;
    // A running total of sums has the type of the sums, as totals of the column are sums too.
    let column_type = held.unwrap_or(ColumnType::Float);
    let key = first_date(&groups.dimensions)
        .ok_or_else(|| wrong(path, "a cumulative sum runs along a date, and no dimension of the query is one"))?;
    let mut order = vec![key];
    let partition = rest(&order, groups.dimensions.len());
    all_dimensions(&mut order, &answer);
    let name = answer.outputs().nth(place).map(|output| output.name.clone()).unwrap_or_default();
    Ok(Window {
        function: WindowFunction::RunningTotal,
        of: Some(place),
        size: 1,
        offset: 1,
        default: None,
        order,
        asked: 1,
        partition,
        total: WindowTotal::None,
        output: Output::plain(&name, OutputType::Plain(column_type)),
        replaces: Some(place),
    })
}
