//! Window calculations: their columns, orders and partitions.

mod column;
mod formula;
mod frame;
mod named;

use datafusion::scalar::ScalarValue;

pub(crate) use column::{Window, WindowPart};

use super::answer::Answer;
use super::{Dimension, Groups, OutputType, Resolver, Scalar, member, wrong};
use crate::error::{Error, Result};
use crate::model::{Aggregation, Kind};
use crate::query::{self, Literal, WindowTotal, WindowValue};

impl Resolver<'_> {
    /// The windows asked for, and those that cumulative sums are. Later ones may use earlier ones.
    pub(super) fn windows(&mut self, groups: &mut Groups) -> Result<()> {
        for index in 0..groups.measures.len() {
            let aggregation = groups.measures.get(index).and_then(|measure| measure.aggregation);
            if aggregation == Some(Aggregation::CumulativeSum) {
                let place = groups.dimensions.len() + index;
                let path = format!("/measures/{index}/aggregation");
                let window = named::cumulative_sum(place, groups, &path)?;
                groups.steps.windows.push(window);
            }
        }
        for (index, asked) in self.query.windows.iter().enumerate() {
            let window = match &asked.value {
                WindowValue::Function(function) => named::window(asked, *function, groups),
                WindowValue::Formula(reference) => self.window_formula(asked, reference, groups),
            };
            groups.steps.windows.push(window.map_err(|error| error.within(&format!("/window/{index}")))?);
        }
        Ok(())
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

/// The dimensions that a window is asked to keep apart.
fn partition(asked: &query::Window, answer: &Answer<'_>) -> Result<Option<Vec<usize>>> {
    let Some(names) = &asked.partition_by else { return Ok(None) };
    let place = |(index, name): (usize, &String)| answer.dimension(name, &format!("/partition_by/{index}"));
    names.iter().enumerate().map(place).collect::<Result<Vec<_>>>().map(Some)
}

/// What stands in rows of totals, if the value can stand there so.
fn total(asked: &query::Window, value: &Scalar) -> Result<WindowTotal> {
    let is_number = matches!(value.output_type(), OutputType::Plain(held) if held.kind() == Kind::Numeric);
    if asked.total == WindowTotal::SumOfRows && !is_number {
        return Err(wrong("/total", "only a column of numbers can be summed"));
    }
    Ok(asked.total)
}
